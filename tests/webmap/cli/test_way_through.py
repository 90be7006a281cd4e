"""Text to works to places to locations, by the commands that a planner types."""

import json
from pathlib import Path

import pytest

REPORT = """2022年永康市政府工作报告

二、2022年工作安排

(一)完善交通路网。建成城北东路(花园大道-建设路)、上坪村公路。扩建芝英、象珠等2个污水处理厂,改造老旧小区3个。
"""

PLACES = {
    "永康市": ("county", [[[120, 28.8], [120.3, 28.8], [120.3, 29.1], [120, 29.1], [120, 28.8]]]),
    "芝英镇": ("town", [[[120.1, 28.9], [120.2, 28.9], [120.2, 29], [120.1, 29], [120.1, 28.9]]]),
    "城北东路": ("road", [[120.02, 28.85], [120.12, 28.85]]),
    "花园大道": ("road", [[120.04, 28.82], [120.04, 28.88]]),
    "建设路": ("road", [[120.08, 28.82], [120.08, 28.88]]),
}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_text(REPORT, encoding="gb18030")
    return file


@pytest.fixture
def places(tmp_path: Path) -> Path:
    file = tmp_path / "places.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "kind": kind},
            "geometry": {"type": "Polygon" if kind in ("county", "town") else "LineString", "coordinates": shape},
        }
        for name, (kind, shape) in PLACES.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def test_a_report_is_read_saved_and_located(guatu, report: Path, places: Path):
    loaded = guatu("gazetteer", "load", places)
    assert (loaded.status, loaded.out) == (0, "places.geojson: 5 places\n"), loaded.err
    saved = guatu("read", report, "--save")
    assert saved.status == 0, saved.err
    assert "永康市 2022: kept, 5 works" in saved.err
    located = guatu("locate")
    assert located.status == 0, located.err
    assert "1 stretch" in located.out
    assert guatu("locate").out == "every work has a place or a reason already\n"


def test_reading_the_same_report_again_changes_nothing(guatu, report: Path, places: Path):
    guatu("gazetteer", "load", places)
    guatu("read", report, "--save")
    again = guatu("read", report, "--save")
    assert "already kept; 0 new works, 0 changed" in again.err


def test_machines_get_one_object_a_work_with_the_keys_of_the_contract(guatu, report: Path):
    works = [json.loads(line) for line in guatu("read", report, "--jsonl").out.splitlines()]
    assert [work["name"] for work in works][:2] == ["城北东路", "上坪村公路"]
    road = works[0]
    assert list(road) == (
        [
            "name",
            "kind",
            "status",
            "nature",
            "sector",
            "named",
            "extent",
            "quantity",
            "unit",
            "area",
            "period",
            "places",
            "action",
            "sentence",
            "start",
            "end",
        ]
    )
    assert road["extent"] == {"from": "花园大道", "to": "建设路"}
    assert REPORT[road["start"] : road["end"]] == "城北东路"
    assert road["period"] == "planned"


def test_people_get_a_table_and_on_asking_the_reasons(guatu, report: Path):
    table = guatu("read", report)
    assert "花园大道 – 建设路" in table.out
    assert "5 works" in table.out
    assert "城北东路" in guatu("read", report, "--explain").out


def test_queries_are_answered_in_order_with_a_reason_for_what_is_nowhere(guatu, places: Path):
    guatu("gazetteer", "load", places)
    queries = [
        {"id": 7, "name": "城北东路", "kind": "road", "extent": {"from": "花园大道", "to": "建设路"}},
        {"id": "x", "name": "城北西路", "kind": "road", "within": "永康市"},
        {"id": "y", "name": "芝英镇", "within": [120, 28.8, 120.3, 29.1]},
    ]
    answered = guatu("geocode", given="\n".join(map(json.dumps, queries)))
    answers = [json.loads(line) for line in answered.out.splitlines()]
    assert [answer["id"] for answer in answers] == [7, "x", "y"]
    stretch, nowhere, town = answers
    assert stretch["precision"] == "stretch"
    assert {match["name"] for match in stretch["matched"]} == {"城北东路", "花园大道", "建设路"}
    assert (nowhere["geometry"], nowhere["precision"], nowhere["matched"]) == (None, "none", [])
    assert "城北东路" in nowhere["why"]
    assert town["geometry"]["type"] == "Polygon"


def test_a_name_is_found_and_what_was_left_out_explained(guatu, places: Path):
    guatu("gazetteer", "load", places)
    assert "120.07000, 28.85000" in guatu("gazetteer", "find", "城北东路").out
    nothing = guatu("gazetteer", "find", "城北西路", "--explain")
    assert nothing.status == 1
    assert "城北东路" in nothing.out


def test_the_places_of_every_source_are_counted(guatu, places: Path):
    guatu("gazetteer", "load", places)
    assert guatu("gazetteer", "stats").out.split("\n")[1].split() == ["places.geojson", "road", "3", "3"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("read", "nowhere.txt"), 1, "nowhere.txt"),
        (("read",), 2, "FILES"),
        (("geocode",), 1, "gazetteer load"),
        (("gazetteer", "load", "nothing.xyz"), 1, "nothing.xyz"),
        (("gazetteer", "load", "x.csv", "--map", "colour=red"), 2, "colour"),
        (("gazetteer", "find", "人民路", "--limit", "0"), 2, "limit"),
        (("magic",), 2, "magic"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_it(guatu, arguments, status: int, words: str):
    called = guatu(*arguments)
    assert called.status == status
    assert words in called.err
    assert len(called.err.strip().splitlines()) == 1
    assert "Traceback" not in called.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "UTF-8"),
        ("今天天气很好，大家都很高兴。".encode(), "No works"),
        ("建成人民路。".encode(), "--county"),
    ],
)
def test_a_file_that_is_no_report_is_refused_and_nothing_kept(guatu, tmp_path: Path, places: Path, content, words):
    guatu("gazetteer", "load", places)
    file = tmp_path / "report.txt"
    file.write_bytes(content)
    called = guatu("read", file, "--save")
    assert called.status == 1
    assert words in called.err
    assert len(called.err.strip().splitlines()) == 1
    assert guatu("locate").out == "every work has a place or a reason already\n"


def test_an_unknown_county_is_refused(guatu, report: Path, places: Path):
    guatu("gazetteer", "load", places)
    called = guatu("read", report, "--save", "--county", "虚无县")
    assert called.status == 1
    assert "gazetteer load divisions" in called.err  # a county that only the divisions could know


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"id": 1}', '{"id": 1, "name": "x", "within": [1, 2]}'])
def test_a_query_that_is_none_is_named_by_its_line(guatu, places: Path, line: str):
    guatu("gazetteer", "load", places)
    called = guatu("geocode", given='{"id": 0, "name": "芝英镇"}\n' + line)
    assert called.status == 1
    assert "line 2" in called.err


def test_queries_of_any_characters_are_answered(guatu, places: Path):
    guatu("gazetteer", "load", places)
    odd = ["", " ", "路" * 10_000, "\u0000\u202e", "'; drop table place; --", "(((("]
    given = "\n".join(json.dumps({"id": number, "name": name}) for number, name in enumerate(odd))
    answers = [json.loads(line) for line in guatu("geocode", given=given).out.splitlines()]
    assert [answer["precision"] for answer in answers] == ["none"] * len(odd)
