"""Queries to answers on drawn maps."""

from pathlib import Path

import pytest
import shapely

from gazetteer.geocode import Answer, Gazetteer, Query
from gazetteer.vocabulary import Precision
from gazetteer.work import Extent
from tests.support.grid import Grid

TOWN = """
     K           L
        P  Q  X
     A--B--C--D--E     V
        R  S  Y
              Z
     M           N
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    grid = Grid(TOWN)
    grid.road("城北东路", "ABCDE", names=["北环路"])
    grid.road("花园大道", "PBR")
    grid.road("和平街", "QCS")
    grid.road("环溪路", "XDYZ")
    grid.place("下里溪村", "Y")
    grid.place("8号桥", "D", kind="bridge")
    grid.place("象珠镇污水处理厂", "V", kind="plant")
    grid.area("象珠镇", "KLNM")
    return grid.gazetteer(tmp_path_factory.mktemp("gazetteer"))


def ask(gazetteer: Gazetteer, name: str, start: str = "", end: str = "", **more: object) -> Answer:
    extent = Extent(start, end) if start else None
    return gazetteer.geocode(Query("1", name, extent=extent, **more))  # type: ignore[arg-type]


def test_a_road_is_answered_with_its_line(town: Gazetteer) -> None:
    answer = ask(town, "城北东路", kind="road")
    assert answer.precision is Precision.EXACT
    assert answer.geometry is not None
    assert answer.geometry.geom_type == "LineString"
    assert answer.confidence > 0.9
    assert answer.matched[0]["name"] == "城北东路"


def test_a_name_with_one_character_dropped_is_found(town: Gazetteer) -> None:
    answer = ask(town, "花大道", kind="road")
    assert answer.precision is Precision.EXACT
    assert "漏一字" in answer.why
    assert answer.confidence < ask(town, "花园大道").confidence


def test_a_wrong_character_that_makes_another_name_is_where_to_look_and_no_find(town: Gazetteer) -> None:
    """环江路 may be a road that is not mapped; 环希路 sounds like 环溪路, 环幢路 is no name, 城北东陆 is long."""
    doubtful = ask(town, "环江路", kind="road")
    assert doubtful.precision is Precision.NEAR
    assert "环溪路" in doubtful.why
    for name in ("环希路", "环幢路", "城北东陆"):
        assert ask(town, name, kind="road").precision is Precision.EXACT


def test_two_names_one_slip_away_are_two_however_near(tmp_path: Path) -> None:
    grid = Grid("""
    A--B
    C--D
    """)
    grid.road("普安路", "AB")
    grid.road("兴安路", "CD")
    answer = ask(grid.gazetteer(tmp_path), "幢安路", kind="road")
    assert answer.precision is Precision.NONE
    assert "普安路" in answer.why
    assert "兴安路" in answer.why


def test_an_end_whose_name_may_be_anothers_is_none(town: Gazetteer) -> None:
    answer = ask(town, "城北东路", "花园大道", "环江路")
    assert answer.precision is Precision.PARTIAL
    assert "环溪路" in answer.why
    assert ask(town, "城北东路", "花园大道", "环幢路").precision is Precision.STRETCH


def test_a_flip_is_refused_with_the_sister_named(town: Gazetteer) -> None:
    answer = ask(town, "城北西路", kind="road")
    assert answer.precision is Precision.NONE
    assert answer.geometry is None
    assert "城北东路" in answer.why


def test_a_name_that_is_nowhere_is_refused(town: Gazetteer) -> None:
    answer = ask(town, "翠锦公园")
    assert (answer.precision, answer.geometry, answer.matched) == (Precision.NONE, None, ())
    assert answer.why


def test_an_abbreviation_finds_the_plant(town: Gazetteer) -> None:
    assert ask(town, "象珠污水厂").matched[0]["name"] == "象珠镇污水处理厂"


def test_a_village_is_not_found_for_a_road(town: Gazetteer) -> None:
    assert ask(town, "下里溪", kind="road").precision is Precision.NONE


@pytest.mark.parametrize(
    ("start", "end", "length_m"),
    [
        ("花园大道", "环溪路", 585),
        ("环溪路", "花园大道", 585),
        ("花园大道", "8号桥", 585),
        ("花园大道", "八号桥", 585),
        ("花园", "和平街", 292),
        ("花园大道交叉口", "和平街路口", 292),
        ("花园大道", "下里溪村", 585),
        ("花园大道", "东端", 877),
        ("花元大道", "和平街", 292),
    ],
)
def test_a_stretch_is_cut_at_its_ends(town: Gazetteer, start: str, end: str, length_m: float) -> None:
    answer = ask(town, "城北东路", start, end)
    assert answer.precision is Precision.STRETCH
    assert answer.evidence["length_m"] == pytest.approx(length_m, abs=8)


def test_an_extent_in_brackets_behind_the_name_is_read(town: Gazetteer) -> None:
    assert ask(town, "城北东路(花园大道-8号桥)").precision is Precision.STRETCH


def test_a_stretch_with_one_end_that_is_nowhere_is_partial(town: Gazetteer) -> None:
    answer = ask(town, "城北东路", "花园大道", "向阳三路")
    assert answer.precision is Precision.PARTIAL
    assert "向阳三路" in answer.why


def test_an_end_that_lies_elsewhere_is_no_find(town: Gazetteer) -> None:
    answer = ask(town, "花园大道", "城北东路", "象珠镇污水处理厂")
    assert answer.precision is Precision.NEAR
    assert "不在“花园大道”上" in answer.why


def test_a_road_that_is_not_on_the_map_is_a_corridor_and_no_find(town: Gazetteer) -> None:
    answer = ask(town, "翠锦路", "花园大道", "环溪路")
    assert answer.precision is Precision.NEAR
    assert "走廊示意" in answer.why


def test_a_length_that_agrees_is_worth_confidence(town: Gazetteer) -> None:
    plain = ask(town, "城北东路", "花园大道", "环溪路")
    agreeing = ask(town, "城北东路", "花园大道", "环溪路", length_m=600.0)
    wrong = ask(town, "城北东路", "花园大道", "环溪路", length_m=5700.0)
    assert agreeing.confidence > plain.confidence > wrong.confidence


@pytest.mark.parametrize("name", ["城北东路与和平街交叉口", "和平街/城北东路", "城北东路和和平街交汇处"])
def test_the_junction_of_two_roads_is_a_point(town: Gazetteer, name: str) -> None:
    answer = ask(town, name, kind="junction")
    assert answer.geometry is not None
    assert answer.geometry.distance(shapely.Point(Grid(TOWN).points["C"])) < 1e-6


def test_an_extension_is_a_direction_and_not_the_road(town: Gazetteer) -> None:
    answer = ask(town, "城北东路东延")
    assert answer.precision is Precision.NEAR
    assert answer.geometry is not None
    assert answer.geometry.equals(shapely.Point(Grid(TOWN).points["E"]))


def test_nothing_outside_the_area_is_answered(town: Gazetteer) -> None:
    west = (119.0, 28.0, 119.1, 29.0)
    assert ask(town, "城北东路", within=west).precision is Precision.NONE
    assert ask(town, "城北东路", within="象珠镇").precision is Precision.EXACT


def test_a_name_of_two_towns_is_answered_in_the_one_asked_for(tmp_path: Path) -> None:
    grid = Grid("""
     K---L          k---l
     | A-+-B        | C-+-D
     M---N          m---n
    """)
    grid.road("人民路", "AB")
    grid.road("人民路", "CD")
    grid.area("东溪镇", "KLNM")
    grid.area("西溪镇", "klnm")
    gazetteer = grid.gazetteer(tmp_path)
    answer = ask(gazetteer, "人民路", within="西溪镇")
    assert answer.geometry is not None
    assert answer.geometry.equals(grid.line("CD"))
    doubtful = ask(gazetteer, "人民路")
    assert doubtful.confidence < 0.9


@pytest.mark.parametrize(
    "name", ["", " ", "（）", "\x00\x01", "\u202e", "路", "城" * 10_000, "((((((((((" * 50, "(-)" * 300]
)
def test_a_query_of_nothing_or_of_too_much_is_refused(town: Gazetteer, name: str) -> None:
    for query in (
        ask(town, name),
        ask(town, name, "花园大道", name or "x"),
        ask(town, "城北东路", name or "x", "和平街"),
    ):
        assert query.why
    assert ask(town, name).precision is Precision.NONE


def test_every_rejected_candidate_has_its_reason(town: Gazetteer) -> None:
    found = town.find("城北西路")
    assert not found.candidates
    assert [r.name for r in found.rejected] == ["城北东路"]


COUNTY = """
     K-----------------------------------------L
     |                                         |
     |      t                           u      |
  A--a--B------C--D--E--F-----------G----H-----h--J
     |         P     S  X              Y       |
     |         Q     T  Z                      |
     M-----------------------------------------N
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    """A county road from boundary to boundary: 石桥镇 and 枫林镇 lie on it, and streets that share their stems."""
    grid = Grid(COUNTY)
    grid.road("石枫线", "AaBCDEFGHhJ")
    grid.road("枫林大街", "CPQ")
    grid.road("澜溪", "EST", kind="waterway")
    grid.road("石桥路", "FXZ")
    grid.place("石桥镇", "t", kind="town")
    grid.place("枫林镇", "u", kind="town")
    grid.place("云峰村", "Y")
    grid.area("云峰镇", "XFHY")
    grid.area("澜溪县", "KLNM", kind="county")
    return grid.gazetteer(tmp_path_factory.mktemp("county"))


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("石桥", "枫林", "t", "u"),
        ("石桥镇", "枫林镇", "t", "u"),
        ("石桥路", "枫林大街", "F", "C"),
        ("石桥", "县界", "t", "a"),
        ("枫林", "县界", "u", "h"),
        ("枫林", "省界", "u", "h"),
        ("枫林大街", "澜溪", "C", "E"),
        ("枫林大街", "云峰镇界", "C", "F"),
        ("石桥", "与甲县交界处", "t", None),
    ],
)
def test_an_end_is_the_settlement_the_street_the_river_or_the_boundary_that_its_words_mean(
    county: Gazetteer, start: str, end: str, first: str, last: str | None
) -> None:
    """Places beside the road end it straight below them; 与甲县交界处 could be either end of the county."""
    answer = ask(county, "石枫线", start, end, within="澜溪县")
    if last is None:
        assert answer.precision is Precision.PARTIAL
        return
    assert answer.precision is Precision.STRETCH
    assert answer.geometry is not None
    points = Grid(COUNTY).points
    wanted = sorted([points[first][0], points[last][0]])
    assert [answer.geometry.bounds[0], answer.geometry.bounds[2]] == pytest.approx(wanted, abs=1e-6)


def test_a_county_boundary_without_the_county_is_no_end(county: Gazetteer) -> None:
    answer = ask(county, "石枫线", "枫林", "县界")
    assert answer.precision is Precision.PARTIAL
    assert "边界" in answer.why


VALLEY = """
     K---------------L
     |  A--B--C--D   M--------------N
     |     v     w   |     x     z  |
     P---------------Q--------------R
     E--F--G--H--J
     s           t
     S           T
"""


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    grid = Grid(VALLEY)
    grid.road("枫云线", "ABCD")
    grid.road("黄泥岭隧道", "BC", kind="tunnel")
    grid.road("澜溪", "EFGHJ", kind="waterway")
    grid.road("解放桥", "FG", kind="bridge")
    grid.road("解放南路", "EsS", names=["东风桥"])
    grid.road("龙泉南路", "JtT", names=["龙泉大桥"])
    grid.place("石桥互通", "w", kind="interchange")
    grid.place("上坪村", "v")
    grid.place("上坪村", "x")
    grid.area("云峰乡", "KLQP")
    grid.area("樟坪镇", "LNRQ")
    grid.area("澜溪经济开发区", "MNRQ", kind="zone")
    return grid.gazetteer(tmp_path_factory.mktemp("valley"))


@pytest.mark.parametrize(
    ("name", "letter"),
    [("枫云线黄泥岭隧道", "B"), ("枫云线石桥互通", "w"), ("樟坪镇上坪村", "x"), ("云峰乡上坪村", "v")],
)
def test_a_thing_named_behind_the_road_or_town_it_lies_in_is_found(valley: Gazetteer, name: str, letter: str) -> None:
    answer = ask(valley, name)
    assert answer.precision is Precision.EXACT
    assert answer.geometry is not None
    assert answer.geometry.distance(shapely.Point(Grid(VALLEY).points[letter])) < 1e-6


def test_a_thing_that_lies_elsewhere_is_not_the_one_behind_the_name(valley: Gazetteer) -> None:
    assert ask(valley, "樟坪镇石桥互通").precision in (Precision.TOWN, Precision.NONE)


def test_works_in_the_village_of_a_town_are_near_the_village(valley: Gazetteer) -> None:
    answer = ask(valley, "樟坪镇上坪村饮水提升工程")
    assert answer.precision is Precision.NEAR
    assert answer.geometry is not None
    assert answer.geometry.equals(shapely.Point(Grid(VALLEY).points["x"]))


def test_a_part_of_a_zone_is_near_the_zone_and_no_sister_of_it(valley: Gazetteer) -> None:
    answer = ask(valley, "澜溪经济开发区东区")
    assert (answer.precision, answer.matched[0]["name"]) == (Precision.NEAR, "澜溪经济开发区")
    assert "两处" not in answer.why


def test_works_along_a_river_are_cut_from_the_river(valley: Gazetteer) -> None:
    answer = ask(valley, "澜溪城区段堤防", "东风桥", "龙泉大桥")
    assert answer.precision is Precision.STRETCH
    assert answer.matched[0]["kind"] == "waterway"
    assert answer.geometry is not None
    assert answer.geometry.equals(Grid(VALLEY).line("EFGHJ"))


def test_a_length_says_at_which_crossing_of_the_boundary_a_stretch_ends(county: Gazetteer) -> None:
    """枫林镇 lies at u, 0.7 km from the eastern boundary and 3.4 km from the western."""
    points = Grid(COUNTY).points
    for length_m, crossing in ((700.0, "h"), (3400.0, "a")):
        answer = ask(county, "石枫线", "枫林镇", "与甲县交界处", within="澜溪县", length_m=length_m)
        assert answer.precision is Precision.STRETCH
        assert answer.geometry is not None
        assert answer.geometry.distance(shapely.Point(points[crossing])) < 1e-6
        assert "相符" in answer.why
    neither = ask(county, "石枫线", "枫林镇", "与甲县交界处", within="澜溪县", length_m=9000.0)
    assert neither.precision is Precision.NEAR
    assert "不止一处到界" in neither.why


@pytest.mark.parametrize("name", ["石桥-枫林片区", "石桥镇、枫林镇工业片区"])
def test_a_block_named_after_two_towns_is_near_both(county: Gazetteer, name: str) -> None:
    answer = ask(county, name, kind="block")
    assert answer.precision is Precision.NEAR
    assert [place["name"] for place in answer.matched] == ["石桥镇", "枫林镇"]
    assert answer.geometry is not None
    assert answer.geometry.equals(shapely.MultiPoint([Grid(COUNTY).points[letter] for letter in "tu"]))


def test_a_pipeline_named_after_a_river_is_near_the_river(valley: Gazetteer) -> None:
    answer = ask(valley, "澜溪截污管道", kind="pipeline")
    assert (answer.precision, answer.matched[0]["name"]) == (Precision.NEAR, "澜溪")
    assert answer.geometry is not None
    assert answer.geometry.equals(Grid(VALLEY).line("EFGHJ"))


def test_a_bridge_as_an_end_is_not_part_of_the_stretch(tmp_path: Path) -> None:
    grid = Grid("""
       P
    A--B--C--D--E
    """)
    grid.road("城北东路", "ABC", "DE", links="CD")
    grid.road("8号桥", "CD", kind="bridge")
    grid.road("花园大道", "PB")
    answer = ask(grid.gazetteer(tmp_path), "城北东路", "花园大道", "8号桥")
    assert answer.precision is Precision.STRETCH
    assert answer.geometry is not None
    assert answer.geometry.equals(grid.line("BC"))
