"""OpenStreetMap files: good ones written in the test, and broken ones."""

from pathlib import Path

import osmium
import pytest
import shapely

from gazetteer.errors import GuatuError
from gazetteer.place import Place
from gazetteer.sources.osm import read_osm
from tests.support.grid import Grid

STREETS = """
    A--B--C--D--E
       P        Q
    K--L
    |  |
    M--N
"""


def write(path: Path, grid: Grid, ways: list[tuple[str, dict[str, str]]], nodes: dict[str, dict[str, str]]) -> Path:
    numbers = {letter: number for number, letter in enumerate(grid.points, 1)}
    with osmium.SimpleWriter(str(path)) as writer:
        for letter, number in numbers.items():
            tags = nodes.get(letter, {})
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=grid.points[letter], tags=tags))
        for number, (letters, tags) in enumerate(ways, 1):
            refs = [numbers.get(letter, 999) for letter in letters]
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=refs, tags=tags))
    return path


def read(path: Path) -> dict[str, Place]:
    return {place.name: place for place in read_osm(path)}


@pytest.fixture
def grid() -> Grid:
    return Grid(STREETS)


def test_the_ways_of_one_road_become_one_place_with_its_parts(tmp_path: Path, grid: Grid) -> None:
    road = {"highway": "primary", "name": "城北东路", "ref": "G330"}
    places = read(write(tmp_path / "a.osm.pbf", grid, [("ABC", road | {"alt_name": "北环路"}), ("CDE", road)], {}))
    assert places["城北东路"].geometry is not None
    assert places["城北东路"].geometry.geom_type == "MultiLineString"
    assert places["城北东路"].names == ("北环路",)
    assert places["G330"].kind == "road"


def test_a_bridge_of_another_name_links_the_parts(tmp_path: Path, grid: Grid) -> None:
    road = {"highway": "primary", "name": "城北东路"}
    bridge = {"highway": "primary", "name": "8号桥", "bridge": "yes"}
    places = read(write(tmp_path / "a.osm.pbf", grid, [("ABC", road), ("CD", bridge), ("DE", road)], {}))
    assert places["8号桥"].kind == "bridge"
    links = places["城北东路"].links
    assert links is not None
    assert links.equals(grid.line("CD"))


def test_a_tunnel_is_one_place_with_the_roads_to_its_mouths(tmp_path: Path, grid: Grid) -> None:
    road = {"highway": "primary", "name": "外滩隧道"}
    places = read(write(tmp_path / "a.osm.pbf", grid, [("AB", road), ("BCD", road | {"tunnel": "yes"})], {}))
    assert places["外滩隧道"].kind == "tunnel"
    assert places["外滩隧道"].geometry.equals(grid.line("ABCD"))


def test_a_tunnel_longer_than_any_gap_keeps_its_road_in_one_piece(tmp_path: Path) -> None:
    """Two kilometres from A to E; the road at R, as far away and joined by nothing, is another of that name."""
    grid = Grid("""
    P--A-------------------E--Q                    R--S
    """)
    road = {"highway": "secondary", "name": "樟青线", "ref": "X904"}
    tunnel = {"highway": "secondary", "name": "大岭隧道", "ref": "X904", "tunnel": "yes"}
    path = write(tmp_path / "a.osm.pbf", grid, [("PA", road), ("AE", tunnel), ("EQ", road), ("RS", road)], {})
    whole, other = sorted(
        (place for place in read_osm(path) if place.name == "樟青线"), key=lambda place: place.geometry.bounds
    )
    assert whole.geometry.equals(shapely.MultiLineString([grid.line("PA"), grid.line("EQ")]))
    assert whole.links.equals(grid.line("AE"))
    assert other.geometry.equals(grid.line("RS"))


def test_named_nodes_and_closed_ways_are_points_and_areas(tmp_path: Path, grid: Grid) -> None:
    nodes = {
        "P": {"place": "village", "name": "下里溪村", "old_name": "里溪;下溪"},
        "Q": {"highway": "bus_stop", "name": "站"},
    }
    places = read(write(tmp_path / "a.osm.pbf", grid, [("KLNMK", {"leisure": "park", "name": "人民公园"})], nodes))
    assert (places["下里溪村"].kind, places["下里溪村"].names) == ("village", ("里溪", "下溪"))
    assert places["人民公园"].geometry is not None
    assert places["人民公园"].geometry.geom_type == "Polygon"
    assert "站" not in places


def test_ways_without_nodes_and_rings_that_cross_themselves_are_left_out_or_mended(tmp_path: Path, grid: Grid) -> None:
    ways = [
        ("?!", {"highway": "primary", "name": "无点路"}),
        ("KNLMK", {"leisure": "park", "name": "自交公园"}),
        ("AB", {"highway": "primary", "name": "好路"}),
    ]
    places = read(write(tmp_path / "a.osm.pbf", grid, ways, {}))
    assert "好路" in places
    assert "无点路" not in places
    assert all(place.geometry is not None and place.geometry.is_valid for place in places.values())


@pytest.mark.parametrize("content", [b"", b"not a PBF at all", b"\x00" * 5000])
def test_what_is_no_openstreetmap_file_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(GuatuError) as error:
        list(read_osm(path))
    assert "\n" not in str(error.value)


def test_a_file_cut_in_half_is_refused(tmp_path: Path, grid: Grid) -> None:
    path = write(tmp_path / "a.osm.pbf", grid, [("ABC", {"highway": "primary", "name": "城北东路"})], {})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(GuatuError, match="a whole OpenStreetMap file"):
        list(read_osm(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GuatuError, match="no such file"):
        list(read_osm(tmp_path / "none.osm.pbf"))
