"""Stretches cut from drawn roads. One step of a drawing is about 100 m."""

import pytest
import shapely

from gazetteer.stretch import Road, Stretch, junctions
from tests.support.grid import Grid


def cut(road: Road, one: shapely.Geometry, other: shapely.Geometry, reach_m: float = 300.0) -> Stretch:
    first, second = road.meet(one, reach_m), road.meet(other, reach_m)
    assert first is not None
    assert second is not None
    line = road.between(first, second)
    assert line is not None
    return line


def ends(stretch: Stretch) -> set[tuple[float, float]]:
    coordinates = shapely.get_coordinates(stretch.geometry)
    return {tuple(coordinates[0].tolist()), tuple(coordinates[-1].tolist())}


def test_a_stretch_runs_from_one_cross_road_to_the_other() -> None:
    grid = Grid("""
        P  Q
     A--B--C--D
        R  S
    """)
    line = cut(Road(grid.line("ABCD")), grid.line("PBR"), grid.line("QCS"))
    assert ends(line) == {grid.points["B"], grid.points["C"]}
    assert line.length_m == pytest.approx(292, abs=5)


def test_roads_that_cross_without_a_common_vertex_meet_where_they_cross() -> None:
    grid = Grid("""
        P  Q
     A--------D
        R  S
    """)
    line = cut(Road(grid.line("AD")), grid.line("PR"), grid.line("QS"))
    assert line.length_m == pytest.approx(292, abs=5)


def test_an_end_that_does_not_touch_ends_the_stretch_at_the_nearest_point() -> None:
    grid = Grid("""
        P  Q
        V
     A--B-----D
    """)
    road = Road(grid.line("ABD"))
    meeting = road.meet(grid.line("PV"), 300)
    assert meeting is not None
    assert meeting.gap_m == pytest.approx(111, abs=2)
    assert road.meet(grid.line("PV"), 50) is None


def test_a_dual_carriageway_is_cut_once() -> None:
    grid = Grid("")
    upper = shapely.LineString([(120.0, 28.9002), (120.002, 28.9002), (120.006, 28.9002), (120.008, 28.9002)])
    lower = shapely.LineString([(120.0, 28.9), (120.002, 28.9), (120.006, 28.9), (120.008, 28.9)])
    road = Road(shapely.MultiLineString([upper, lower]))
    cross = shapely.LineString([(120.002, 28.91), (120.002, 28.9002), (120.002, 28.9), (120.002, 28.89)])
    only_upper = shapely.LineString([(120.006, 28.91), (120.006, 28.9002)])
    only_lower = shapely.LineString([(120.002, 28.89), (120.002, 28.9)])
    assert cut(road, cross, only_upper).length_m == pytest.approx(390, abs=5)
    assert cut(road, only_lower, only_upper).length_m == pytest.approx(390, abs=5)
    assert not grid.points


def test_a_broken_road_is_jumped_and_the_gap_left_out() -> None:
    grid = Grid("""
        P        Q
     A--B--C  D--E
        R        S
    """)
    line = cut(Road(shapely.MultiLineString([grid.line("ABC"), grid.line("DE")])), grid.line("PBR"), grid.line("QES"))
    assert line.gap_m == pytest.approx(292, abs=5)
    assert line.length_m == pytest.approx(585, abs=5)
    assert line.geometry.geom_type == "MultiLineString"
    assert len(line.jumps) == 1


def test_a_bridge_of_another_name_is_crossed_and_is_no_gap() -> None:
    grid = Grid("""
        P        Q
     A--B--C--D--E
        R        S
    """)
    road = Road(shapely.MultiLineString([grid.line("ABC"), grid.line("DE")]), grid.line("CD"))
    line = cut(road, grid.line("PBR"), grid.line("QES"))
    assert line.gap_m == 0
    assert line.length_m == pytest.approx(877, abs=8)


def test_a_ring_is_taken_the_short_way() -> None:
    grid = Grid("""
     A--B--------C
     |           |
     D-----------E
    """)
    line = cut(Road(grid.line("ABCEDA")), shapely.Point(grid.points["B"]), shapely.Point(grid.points["D"]))
    assert line.length_m < 600


def test_a_hairpin_is_not_taken_for_a_dual_carriageway() -> None:
    turn = [(120.0, 28.9), (120.004, 28.9), (120.0045, 28.9002), (120.004, 28.9004), (120.0, 28.9004)]
    road = Road(shapely.LineString(turn))
    line = cut(road, shapely.Point(120.001, 28.9), shapely.Point(120.001, 28.9004), 10)
    assert line.length_m > 600


def test_two_ends_at_one_junction_leave_no_stretch() -> None:
    grid = Grid("""
     P  Q
     A--B--C
        R
    """)
    road = Road(grid.line("ABC"))
    one, other = road.meet(grid.line("QB"), 50), road.meet(grid.line("BR"), 50)
    assert one is not None
    assert other is not None
    assert road.between(one, other) is None


def test_the_end_of_a_road_is_the_one_in_the_direction_asked_for() -> None:
    road = Road(Grid("A--B--C").line("ABC"))
    (east,) = road.end("东").spots
    (west,) = road.end("西").spots
    assert east.x > west.x
    assert len(road.end().spots) == 2


def test_two_dual_carriageways_have_one_junction() -> None:
    def pair(a: tuple[float, float], b: tuple[float, float], by: tuple[float, float]) -> shapely.MultiLineString:
        return shapely.MultiLineString([[a, b], [(a[0] + by[0], a[1] + by[1]), (b[0] + by[0], b[1] + by[1])]])

    across = pair((120.0, 28.9), (120.01, 28.9), (0, 0.0002))
    up = pair((120.005, 28.895), (120.005, 28.905), (0.0002, 0))
    ((point, gap),) = junctions(across, up, 100)
    assert gap == 0
    assert point.distance(shapely.Point(120.0051, 28.9001)) < 1e-5
