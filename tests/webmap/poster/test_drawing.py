"""The sheet: what is on it, as a reader of the PDF finds it."""

from collections import Counter

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from drawing import a_report, a_work
from geoalchemy2.shape import from_shape
from shapely import wkt
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import SRID, GazetteerPlace, GazetteerSource, ReportKind
from geodata.selection import NOT_INSPECTED, Selection
from webmap.poster import SIZES, PosterError
from webmap.poster.canvas import Canvas

POINTS_A_MM = 72 / 25.4
RECTANGLE = "POLYGON((119.9 28.8, 120.2 28.8, 120.2 29.0, 119.9 29.0, 119.9 28.8))"


def text_of(document: pypdfium2.PdfDocument, page: int = 0) -> str:
    return document[page].get_textpage().get_text_bounded().replace("\r\n", "\n")


def in_one_line(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def county(session: Session) -> GazetteerSource:
    """The county's area and a road in it."""
    source = GazetteerSource(name="map", title="地图", licence="ODbL 1.0", attribution="© 某某", places=2)
    session.add(source)
    session.flush()
    for key, name, kind, shape in (
        ("relation/1", "永康市", "county", RECTANGLE),
        ("way/1", "望春大道", "road", "LINESTRING(119.95 28.85, 120.15 28.86)"),
    ):
        session.add(
            GazetteerPlace(
                source_id=source.id, key=key, name=name, kind=kind, geometry=from_shape(wkt.loads(shape), SRID)
            )
        )
    session.flush()
    return source


@pytest.fixture
def works(session: Session) -> None:
    report = a_report(session)
    road = {"extent_from": "东街", "extent_to": "西街", "town": "东城街道"}
    a_work(session, report, "人民路", place="LINESTRING(120 28.9, 120.05 28.9)", **road)
    a_work(session, report, "城北水厂", place="POINT(120 28.92)", sector=Sector.WATER, status=Status.COMPLETE)
    a_work(session, report, "农村公路", precision=Precision.NONE, reason="报告没有点名是哪一条")


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_has_the_size_that_was_asked_for(draw, works, size):
    _, document = draw(size=size)
    assert document[0].get_size() == pytest.approx([side * POINTS_A_MM for side in SIZES[size]], abs=1)


def test_its_words_are_text_and_its_fonts_are_embedded(draw, works, county):
    _, document = draw(size="A3")
    assert "永康市2022年政府工作报告工程挂图" in text_of(document)
    fonts = [
        pdfium.FPDFTextObj_GetFont(item.raw) for item in document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
    ]
    assert fonts
    assert all(pdfium.FPDFFont_GetIsEmbedded(font) == 1 for font in fonts)


def test_lines_and_letters_are_no_pictures(draw, works, county):
    _, document = draw(size="A3")
    assert not list(document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))


def test_the_list_has_number_name_extent_status_and_town(draw, works, county):
    text = in_one_line(text_of(draw(size="A3")[1]))
    assert "1人民路（东街—西街）在建东城街道" in text
    assert "2城北水厂建成" in text


def test_a_work_without_a_place_is_listed_apart_with_its_reason(draw, works, county):
    drawn, document = draw(size="A3")
    assert (drawn.works, drawn.placed) == (3, 2)
    assert "未上图的工程1报告没有点名是哪一条农村公路" in in_one_line(text_of(document))


def test_scale_projection_sources_and_licences_are_said(draw, works, county):
    text = in_one_line(text_of(draw(size="A3")[1]))
    for said in ("比例尺1:", "千米", "CGCS2000", "中央经线120°E", "©某某(ODbL1.0)", "《政府工作报告》", "120°00′", "N"):
        assert said in text


def test_names_of_the_base_map_are_set(draw, works, county):
    assert "望春大道" in in_one_line(text_of(draw(size="A3")[1]))


def test_what_is_made_up_is_marked(draw, session):
    a_work(session, a_report(session, fictional=True), place="POINT(120 28.9)")
    assert "虚构示例" in text_of(draw()[1])


def test_what_is_real_is_not(draw, works):
    assert "虚构示例" not in text_of(draw()[1])


def test_real_places_do_not_lie_under_made_up_works(draw, session, county):
    a_work(session, a_report(session, fictional=True), place="POINT(120 28.9)")
    assert "望春大道" not in in_one_line(text_of(draw()[1]))


def test_in_english_all_but_the_names_is_english(draw, works, county):
    text = text_of(draw(size="A3", language="en")[1])
    for said in (
        "works of the 2022 government work report",
        "Scale 1 :",
        "Transport",
        "Ongoing",
        "Works not on the map",
    ):
        assert said in text


def test_the_key_of_a_tall_county_holds_all_sectors_in_english(draw, session):
    report = a_report(session)
    for number, sector in enumerate(Sector):
        a_work(session, report, f"{number}号", place=f"POINT(120 {28 + number / 10})", sector=sector)
    text = text_of(draw(size="A4", language="en")[1])
    for said in ("Culture and tourism", "Public safety", "County boundary", "Scale 1 :", "km", "Drawn on"):
        assert said in text


def test_the_choices_choose_the_works_and_stand_under_the_title(draw, works, county):
    drawn, document = draw(Selection(sector=(Sector.WATER,)))
    assert (drawn.works, drawn.placed) == (1, 1)
    assert "水利 · 共 1 项工程" in text_of(document)
    assert "人民路" not in text_of(document)


def test_what_inspectors_said_stands_under_the_title(draw, works, county):
    assert "巡查结果：尚未巡查 · 共 3 项工程" in text_of(draw(Selection(finding=(NOT_INSPECTED,)))[1])


def test_a_sheet_of_project_lists_says_so(draw, session, works, county):
    a_work(session, a_report(session, "清单", kind=ReportKind.PROJECT_LIST), "滨江路", place="POINT(120 28.9)")
    text = text_of(draw(Selection(report_kind=(ReportKind.PROJECT_LIST,)))[1])
    assert "永康市2022年项目清单工程挂图" in text
    assert "项目清单 · 共 1 项工程" in text
    assert "永康市2022年政府工作报告工程挂图" in text_of(draw()[1])


def test_the_sheet_hangs_upright_for_a_tall_county(draw, session):
    report = a_report(session)
    for number in range(30):
        a_work(session, report, f"第{number}处（北）", place=f"POINT({120 + number % 3 / 50} {28.5 + number / 40})")
    drawn, document = draw(size="A3")
    width, height = SIZES["A3"]
    assert document[0].get_size() == pytest.approx([height * POINTS_A_MM, width * POINTS_A_MM], abs=1)
    assert (drawn.placed, drawn.pages) == (30, 1)
    text = in_one_line(text_of(document))
    assert all(said in text for said in ("第29处（北）在建", "县市界", "比例尺1:"))


def test_the_columns_of_the_list_are_about_as_long_as_each_other(draw, session):
    report = a_report(session)
    for number in range(90):
        a_work(session, report, f"第{number:02}处", place=f"POINT({120 + number % 3 / 50} {28.5 + number / 100})")
    page = draw(size="A3")[1][0].get_textpage()

    def left_in_the_list(name: str) -> float:
        search, left = page.search(name), 0.0
        while found := search.get_next():  # on the map first, where there was room
            left = round(page.get_charbox(found[0])[0])
        return left

    columns = Counter(left_in_the_list(f"第{number:02}处") for number in range(90))
    assert len(columns) == 2
    assert min(columns.values()) > 40


def test_no_line_ends_with_an_opening_bracket_or_begins_with_a_closing_one(tmp_path):
    canvas = Canvas(tmp_path / "lines.pdf", 100, 100, "")
    for width in range(20, 60):
        lines = canvas.wrapped("城北污水处理厂扩建（二期）、《规划》“一带”工程（北）", width, 4, 9)
        assert "".join(lines) == "城北污水处理厂扩建（二期）、《规划》“一带”工程（北）"
        assert not any(line[-1] in "（《“" for line in lines)
        assert not any(line[0] in "）》”、" for line in lines)
    canvas.finish()


def test_a_work_far_outside_the_county_is_not_on_the_map(draw, session, works, county):
    a_work(session, a_report(session, "远"), "远方大桥", place="POINT(121.9 30)")
    assert draw()[0].placed == 2


def test_the_list_goes_on_on_further_pages(draw, session, county):
    report = a_report(session)
    for number in range(400):
        a_work(
            session,
            report,
            f"第{number}号桥",
            place=f"POINT({120 + number % 20 * 0.005} {28.9 + number // 20 * 0.003})",
        )
    drawn, document = draw(size="A4")
    assert drawn.pages == len(document) > 1
    text = "".join(in_one_line(text_of(document, page)) for page in range(len(document)))
    assert all(f"第{number}号桥在建" in text for number in range(400))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("{{ 7*191 }}", "{{ 7*191 }}"),
        ("甲\u202e乙\u2066丙桥", "甲乙丙桥"),
        ("路" * 5000, "路" * 10),
        ("\x01\x1b桥", "桥"),
        ("%(county)s%n", "%(county)s%n"),
    ],
)
def test_hostile_names_are_shown_as_text_or_cut(draw, session, name, shown):
    report = a_report(session, county=name, title=name)
    a_work(session, report, name, place="POINT(120 28.9)", town=name, reason=name, extent_from=name, extent_to=name)
    a_work(session, report, "另一项", precision=Precision.NONE, reason=name)
    _, document = draw(size="A3", title=name)
    assert in_one_line(shown) in in_one_line(text_of(document))
    assert len(text_of(document)) < 4000


def test_nothing_to_draw_is_said(draw, session):
    with pytest.raises(PosterError, match="没有符合条件的工程"):
        draw()
    a_work(session, a_report(session), precision=Precision.NONE)
    with pytest.raises(PosterError, match="都还没有位置"):
        draw()
