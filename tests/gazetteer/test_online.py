"""Online geocoders: what is believed of their answers, which a server on this machine gives in each one's own form."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import shapely
from web_server import Reply, WebServer, serve

from gazetteer.answer import Answer, Query
from gazetteer.build import build_index
from gazetteer.errors import GuatuError
from gazetteer.geocode import MIN_CONFIDENCE, Gazetteer
from gazetteer.offsets import wgs84_to_gcj02
from gazetteer.online import SecondOpinion
from gazetteer.place import Place
from gazetteer.sources import online as services
from gazetteer.sources.divisions import SOURCE
from gazetteer.sources.online import KEPT_S, SERVICES, Online, Service
from gazetteer.vocabulary import Precision
from gazetteer.work import Extent

HERE = (120.0321, 28.8912)
"""Where the thing is in truth, EPSG:4326."""
KEY = "a-secret-key"
METRE = 1 / 111_320

Hit = tuple[str, tuple[float, float]]


@pytest.fixture
def gazetteer(tmp_path: Path) -> Gazetteer:
    box = shapely.box(119.9, 28.8, 120.3, 29.1)
    places = [
        Place("330784", "永康市", "county", box, adcode="330784"),
        Place("1", "城北东路", "road", shapely.LineString([(120, 28.9), (120.1, 28.9)])),
    ]
    build_index(SOURCE, places, tmp_path / "gazetteer")
    return Gazetteer.open(tmp_path / "gazetteer")


@pytest.fixture(autouse=True)
def without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "DELAY_S", 0.0)


def text(number: float) -> str:
    return f"{number:.7f}"


def nominatim(*hits: Hit) -> object:
    return [
        {"name": name, "display_name": f"{name}, 永康市, 中国", "lat": text(lat), "lon": text(lon)}
        for name, (lon, lat) in hits
    ]


def photon(*hits: Hit) -> object:
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": list(point)}}
        for name, point in hits
    ]
    return {"type": "FeatureCollection", "features": features}


def amap(*hits: Hit) -> object:
    moved = [(name, wgs84_to_gcj02(np.array([point]))[0]) for name, point in hits]
    pois = [{"name": name, "location": f"{lon:.6f},{lat:.6f}"} for name, (lon, lat) in moved]
    return {"status": "1", "info": "OK", "infocode": "10000", "count": str(len(pois)), "pois": pois}


def tianditu(*hits: Hit) -> object:
    pois = [{"name": name, "lonlat": f"{text(lon)},{text(lat)}"} for name, (lon, lat) in hits]
    return {"status": {"infocode": 1000, "cndesc": "服务正常"}, "resultType": 1, "count": len(pois), "pois": pois}


def baidu(*hits: Hit, comprehension: int = 100, level: str = "道路") -> object:
    """BD-09 of GCJ-02, by the formula that gazetteer.offsets undoes."""
    if not hits:
        return {"status": 1, "msg": "无相关结果"}
    ((x, y),) = wgs84_to_gcj02(np.array([hits[0][1]]))
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * np.pi * 3000 / 180)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * np.pi * 3000 / 180)
    location = {"lng": radius * np.cos(angle) + 0.0065, "lat": radius * np.sin(angle) + 0.006}
    return {"status": 0, "result": {"location": location, "comprehension": comprehension, "level": level}}


FORMS: dict[str, Callable[..., object]] = {
    "nominatim": nominatim,
    "photon": photon,
    "amap": amap,
    "tianditu": tianditu,
    "baidu": baidu,
}


def test_every_service_is_tested() -> None:
    assert FORMS.keys() == SERVICES.keys()


@contextmanager
def opened(gazetteer: Gazetteer, folder: Path, name: str, answer: object) -> Iterator[tuple[SecondOpinion, WebServer]]:
    reply = answer if isinstance(answer, Reply) else Reply(json.dumps(answer))
    with serve(lambda _: reply) as server:
        key = KEY if SERVICES[name].needs_key else None
        yield SecondOpinion(gazetteer, Online(Service(name, key, server.url), folder / "online")), server


def ask(gazetteer: Gazetteer, opinion: SecondOpinion, name: str = "黄泥岭隧道", **query: object) -> Answer:
    asked = Query("1", name, **{"within": "永康市"} | query)
    return opinion.on(asked, gazetteer.geocode(asked))


@pytest.mark.parametrize("service", FORMS)
def test_what_a_service_finds_is_near_marked_and_little_believed(gazetteer: Gazetteer, tmp_path: Path, service: str):
    with opened(gazetteer, tmp_path, service, FORMS[service](("黄泥岭隧道", HERE))) as (opinion, server):
        answer = ask(gazetteer, opinion, kind="tunnel")
    assert answer.precision is Precision.NEAR
    assert answer.confidence <= MIN_CONFIDENCE
    assert answer.geometry.distance(shapely.Point(HERE)) < 3 * METRE
    assert [match["source"] for match in answer.matched] == [f"online:{service}"]
    assert "地名库中没有" in answer.why
    assert "未经核对" in answer.why
    assert answer.evidence["cap"] == "online"
    assert server.asked[0].headers["User-Agent"].startswith("guatu/")


@pytest.mark.parametrize("service", FORMS)
def test_what_a_service_does_not_know_stays_refused(gazetteer: Gazetteer, tmp_path: Path, service: str):
    with opened(gazetteer, tmp_path, service, FORMS[service]()) as (opinion, _):
        answer = ask(gazetteer, opinion)
    assert (answer.precision, answer.geometry) == (Precision.NONE, None)
    assert service in answer.why


@pytest.mark.parametrize(
    ("hits", "reason"),
    [
        ([("黄泥岭", (121.5, 31.2))], "没有"),
        ([("黄泥岭隧道", (121.5, 31.2))], "没有"),
        ([("黄泥岭村委会", HERE)], "没有"),
        ([("黄泥岭隧道", HERE), ("黄泥岭隧道", (120.2, 29.0))], "无法确定"),
    ],
)
def test_another_name_another_county_or_two_places_are_not_believed(gazetteer, tmp_path, hits: list[Hit], reason: str):
    with opened(gazetteer, tmp_path, "amap", amap(*hits)) as (opinion, _):
        answer = ask(gazetteer, opinion)
    assert answer.precision is Precision.NONE
    assert reason in answer.why


def test_an_east_road_is_never_a_west_road(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with opened(gazetteer, tmp_path, "photon", photon(("南都西路", HERE))) as (opinion, _):
        assert ask(gazetteer, opinion, "南都东路", kind="road").precision is Precision.NONE


def test_a_baidu_that_has_found_only_the_county_or_is_unsure_is_not_believed(gazetteer, tmp_path) -> None:
    for answer in (baidu(("", HERE), level="区县"), baidu(("", HERE), comprehension=60)):
        with opened(gazetteer, tmp_path / str(id(answer)), "baidu", answer) as (opinion, _):
            assert ask(gazetteer, opinion).precision is Precision.NONE


def test_what_the_gazetteer_finds_itself_is_not_asked(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with opened(gazetteer, tmp_path, "amap", amap(("城北东路", HERE))) as (opinion, server):
        assert ask(gazetteer, opinion, "城北东路").precision is Precision.EXACT
        assert ask(gazetteer, opinion, "甲路", extent=Extent("乙路", "丙路")).precision is Precision.NONE
        assert ask(gazetteer, opinion, "甲路", within=None).precision is Precision.NONE
        assert ask(gazetteer, opinion, "甲路", within="不存在市").precision is Precision.NONE
        assert ask(gazetteer, opinion, " \x00 ").precision is Precision.NONE
    assert server.asked == []


def test_the_question_names_the_county_and_carries_the_key(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with opened(gazetteer, tmp_path, "amap", amap()) as (opinion, server):
        ask(gazetteer, opinion)
    asked = server.asked[0].parameters
    assert (asked["keywords"], asked["city"], asked["citylimit"], asked["key"]) == ("黄泥岭隧道", "330784", "true", KEY)
    with opened(gazetteer, tmp_path, "tianditu", tianditu()) as (opinion, server):
        ask(gazetteer, opinion)
    assert json.loads(server.asked[0].parameters["postStr"])["specify"] == "156330784"


def test_a_question_is_asked_once_a_month(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with opened(gazetteer, tmp_path, "amap", amap(("黄泥岭隧道", HERE))) as (opinion, server):
        first, again = ask(gazetteer, opinion), ask(gazetteer, opinion)
        assert first.geometry.equals(again.geometry)
        assert len(server.asked) == 1
        (kept,) = (tmp_path / "online").rglob("*.json")
        assert KEY not in kept.read_text()
        os.utime(kept, (0, time.time() - KEPT_S - 1))
        ask(gazetteer, opinion)
        assert len(server.asked) == 2
        kept.write_text("[[")
        assert ask(gazetteer, opinion).geometry.equals(first.geometry)


def test_questions_are_asked_slowly(gazetteer: Gazetteer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "DELAY_S", 0.3)
    with opened(gazetteer, tmp_path, "photon", photon()) as (opinion, _):
        started = time.monotonic()
        for name in ("甲隧道", "乙隧道", "丙隧道"):
            ask(gazetteer, opinion, name)
        assert time.monotonic() - started >= 0.6


BROKEN = {
    "an error page": Reply("<html>blocked</html>"),
    "another answer": Reply('{"a": 1}'),
    "a list": Reply("[1]"),
    "null": Reply("null"),
    "refused": Reply("{}", status=403),
    "busy": Reply("{}", status=429),
    "failing": Reply("{}", status=500),
    "cut": Reply('{"pois"', length=500),
    "too long": Reply("x" * ((1 << 20) + 1)),
    "deep": Reply("[" * 100_000),
}


@pytest.mark.parametrize("service", FORMS)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_service_that_answers_nonsense_costs_nothing_but_its_answer(gazetteer, tmp_path, service: str, broken: str):
    with opened(gazetteer, tmp_path, service, BROKEN[broken]) as (opinion, _):
        answer = ask(gazetteer, opinion)
    assert (answer.precision, answer.geometry) == (Precision.NONE, None)
    assert service in answer.why
    assert KEY not in answer.why


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("amap", {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}),
        ("tianditu", {"code": 301002, "msg": "非法Key"}),
        ("baidu", {"status": 200, "message": "APP不存在"}),
    ],
)
def test_a_wrong_key_is_said(gazetteer: Gazetteer, tmp_path: Path, service: str, answer: object) -> None:
    with opened(gazetteer, tmp_path, service, answer) as (opinion, _):
        assert "GUATU_GEOCODER_KEY" in ask(gazetteer, opinion).why


def test_a_service_that_is_not_there_is_given_up(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        opinion = SecondOpinion(gazetteer, Online(Service("photon", None, url), tmp_path))
        reasons = [ask(gazetteer, opinion, f"{name}隧道").why for name in "甲乙丙丁"]
    assert "有网络吗" in reasons[0]
    assert "不再询问" in reasons[3]


def test_a_service_that_is_unknown_or_lacks_its_key_is_refused_in_one_line(tmp_path: Path) -> None:
    for service, said in ((Service("google"), "nominatim"), (Service("amap"), "GUATU_GEOCODER_KEY")):
        with pytest.raises(GuatuError, match=said):
            Online(service, tmp_path)


def test_addresses_of_their_own_and_the_public_ones(tmp_path: Path) -> None:
    def api(name: str, url: str | None = None) -> str:
        return str(SERVICES[name].open(Service(name, KEY, url)).api)

    assert api("nominatim") == "https://nominatim.openstreetmap.org/search"
    assert api("nominatim", "http://maps.intranet/nominatim") == "http://maps.intranet/nominatim/search"
    assert all(api(name).startswith("https://") for name in SERVICES)
