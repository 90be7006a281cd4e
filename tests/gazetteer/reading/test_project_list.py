"""Bureaus' project lists become typed rows; the guess for each column and every row left out are said with reasons."""

import datetime
import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.errors import GuatuError
from gazetteer.reading.project_list import Field, SpreadsheetError, project_list_from_bytes, read_project_list
from gazetteer.vocabulary import Nature, Sector, Status


def xlsx(*sheets: list[list[object]], merged: tuple[str, ...] = (), names: tuple[str, ...] = ("重点项目",)) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(names[number] if number < len(names) else f"表{number}")
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes, **options):
    return project_list_from_bytes(data, "list.xlsx", **options)


SIMPLE = [
    ["序号", "项目名称", "建设地点", "建设内容及规模", "总投资(万元)", "责任单位", "形象进度"],
    [1, "花园大道", "城区", "新建道路5.7公里", 12000, "住建局", "路基施工"],
    [2, "象山污水处理厂扩建", "象山镇", "日处理2万吨", 8000.5, "水务集团", "前期"],
]

TWO_LINES = [
    ["金溪县2023年政府投资重点项目计划表"],
    ["单位:万元"],
    ["序号", "项目名称", "建设\n性质", "建设起止年限", "投资情况", None, None, "2023年计划", None, "责任单位"],
    [None, None, None, None, "总投资", "截至2022年底累计完成投资", "资金来源", "年度计划投资", "主要建设内容", None],
    ["合计", None, None, None, 100000, 2000, None, 30000, None, None],
    ["一", "交通类(2个)", None, None, 90000, 1000, None, 20000, None, None],
    ["(一)", "续建项目(1个)"],
    [1, "环城北路", "续建", "2021-2023", 50000, 1000, "专项债", 15000, "路面施工", "交通局"],
    ["(二)", "新开工项目(1个)"],
    [2, "花园大道延伸", "新建", "2023年3月-2024年12月", 40000, None, "自筹", 5000, "路基施工", None],
    ["二", "教育类(1个)"],
    [3, "第一中学迁建", "迁建", "2023.06—2025.12", "1.2亿元", None, None, 3000, "主体结构封顶", "教育局"],
    ["备注:本表为初步计划"],
]
MERGED = ("A1:J1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:G3", "H3:I3", "J3:J4", "J8:J10")


def test_a_plain_list_is_read_with_all_its_fields():
    found = read(xlsx(SIMPLE))
    first, second = found.rows
    assert (first.name, first.place, first.content) == ("花园大道", "城区", "新建道路5.7公里")
    assert (first.investment, first.responsible, first.progress) == (12000.0, "住建局", "路基施工")
    assert (second.investment, second.row, second.sheet) == (8000.5, 3, "重点项目")
    assert found.unused == ()


def test_every_guess_has_its_letter_confidence_and_reason():
    columns = read(xlsx(SIMPLE)).sheets[0].columns
    assert [column.field for column in columns] == [
        Field.SERIAL,
        Field.NAME,
        Field.PLACE,
        Field.CONTENT,
        Field.INVESTMENT,
        Field.RESPONSIBLE,
        Field.PROGRESS,
    ]
    assert [column.letter for column in columns] == list("ABCDEFG")
    assert all(0 < column.confidence <= 1 and column.reason for column in columns)
    assert columns[4].unit == "万元"


def test_headers_of_two_lines_with_merged_cells_titles_groups_and_totals_are_understood():
    found = read(xlsx(TWO_LINES, merged=MERGED))
    sheet = found.sheets[0]
    fields = {column.letter: column.field for column in sheet.columns}
    assert fields == {
        "A": Field.SERIAL,
        "B": Field.NAME,
        "C": Field.NATURE,
        "D": Field.PERIOD,
        "E": Field.INVESTMENT,
        "F": Field.INVESTED,
        "G": None,
        "H": Field.PLAN_INVESTMENT,
        "I": Field.PLAN,
        "J": Field.RESPONSIBLE,
    }
    assert sheet.title == "金溪县2023年政府投资重点项目计划表"
    ring, garden, school = found.rows
    assert (ring.area, ring.sector, ring.status) == (("交通类", "续建项目"), Sector.TRANSPORT, Status.ONGOING)
    assert (ring.start, ring.finish, ring.investment, ring.plan_investment) == ("2021", "2023", 50000, 15000)
    assert (garden.area, garden.status, garden.nature) == (("交通类", "新开工项目"), Status.START, Nature.NEW)
    assert (garden.start, garden.finish) == ("2023-03", "2024-12")
    assert garden.responsible == "交通局"
    assert (school.area, school.sector, school.nature) == (("教育类",), Sector.EDUCATION, Nature.RELOCATE)
    assert (school.investment, school.plan, school.finish) == (12000, "主体结构封顶", "2025-12")
    assert [(row.row, row.reason.split()[0]) for row in found.unused] == [(5, "合计行"), (13, "说明")]


def test_full_width_marks_mean_what_half_width_marks_mean():
    wide = str.maketrans("(),:", "\uff08\uff09\uff0c\uff1a")
    rows = [[cell.translate(wide) if isinstance(cell, str) else cell for cell in row] for row in TWO_LINES]
    wide_list, narrow_list = read(xlsx(rows, merged=MERGED)), read(xlsx(TWO_LINES, merged=MERGED))
    assert [(row.name, row.area, row.investment, row.start) for row in wide_list.rows] == [
        (row.name, row.area, row.investment, row.start) for row in narrow_list.rows
    ]
    assert [row.reason for row in wide_list.unused] == [row.reason for row in narrow_list.unused]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("gb18030", ","), ("gb18030", ";"), ("utf-16", "\t")]
)
def test_the_same_list_as_csv_is_read_alike(encoding, delimiter):
    lines = [delimiter.join("" if cell is None else str(cell).replace("\n", "") for cell in row) for row in TWO_LINES]
    found = project_list_from_bytes("\r\n".join(lines).encode(encoding), "list.csv")
    assert [(row.name, row.area, row.investment, row.plan_investment) for row in found.rows] == [
        ("环城北路", ("交通类", "续建项目"), 50000, 15000),
        ("花园大道延伸", ("交通类", "新开工项目"), 40000, 5000),
        ("第一中学迁建", ("教育类",), 12000, 3000),
    ]


def test_units_come_from_the_cell_the_header_or_a_line_above():
    rows = [["项目名称", "总投资(亿元)", "年度计划投资(万元)"], ["甲路", 1.5, "3,000"], ["乙路", "800万元", "约0.2亿"]]
    first, second = read(xlsx(rows)).rows
    assert (first.investment, first.plan_investment) == (15000, 3000)
    assert (second.investment, second.plan_investment) == (800, 2000)
    above = [["单位:亿元"], ["项目名称", "建设地点", "总投资"], ["甲路", "城区", 2]]
    assert read(xlsx(above)).rows[0].investment == 20000


def test_a_list_that_names_no_unit_says_that_one_was_assumed():
    column = read(xlsx([["项目名称", "建设地点", "总投资"], ["甲路", "城区", 2]])).sheets[0].columns[2]
    assert column.unit == "万元"
    assert "没写单位" in column.reason


def test_a_cell_that_is_no_amount_or_date_is_said_and_left_open():
    rows = [
        ["项目名称", "总投资(万元)", "开工时间"],
        ["甲路", "待定", "尽快"],
        ["乙路", "5000-8000", "2023年5月"],
        ["丙路", "/", "—"],
    ]
    first, second, third = read(xlsx(rows)).rows
    assert first.investment is first.start is None
    assert len(first.problems) == 2
    assert second.investment is None
    assert second.start == "2023-05"
    assert third.problems == ()


@pytest.mark.parametrize(
    ("cell", "start"),
    [
        (datetime.date(2023, 5, 17), "2023-05-17"),
        (datetime.datetime(2023, 5, 17, 8), "2023-05-17"),
        ("2023年5月底", "2023-05"),
        ("2023.05", "2023-05"),
        ("2023-5-7", "2023-05-07"),
        ("2023年一季度", "2023"),
        (2023, "2023"),
        (2023.1, "2023"),
        (2023.06, "2023-06"),
        (202306, "2023-06"),
        ("2023年13月", None),
    ],
)
def test_dates_are_as_exact_as_they_are_written(cell, start):
    assert read(xlsx([["项目名称", "建设地点", "开工时间"], ["甲路", "城区", cell]])).rows[0].start == start


def test_a_project_over_several_rows_is_one_project():
    rows = [*SIMPLE[:2], [None, None, "西城", "新建桥梁1座", 300, None, None], SIMPLE[2]]
    found = read(xlsx(rows, merged=("B2:B3",)))
    assert [row.name for row in found.rows] == ["花园大道", "象山污水处理厂扩建"]
    assert found.unused[0].reason.startswith("属于第 2 行的项目")


def test_rows_that_give_no_project_are_listed_with_reasons():
    rows = [
        *SIMPLE,
        [3],
        [None, None, "城区"],
        ["小计(2个)", None, None, None, 3],
        SIMPLE[0],
        [4, "丁路"],
        ["注:以上数据"],
    ]
    found = read(xlsx(rows))
    assert [row.name for row in found.rows] == ["花园大道", "象山污水处理厂扩建", "丁路"]
    assert [row.reason.split()[0] for row in found.unused] == [
        "只有序号",
        "没有项目名称",
        "合计行",
        "重复的表头",
        "说明",
    ]


def test_group_rows_without_numbers_give_the_area():
    rows = [SIMPLE[0], ["续建项目"], SIMPLE[1], ["前期项目"], SIMPLE[2]]
    first, second = read(xlsx(rows, merged=("A2:G2", "A4:G4"))).rows
    assert (first.area, first.status) == (("续建项目",), Status.ONGOING)
    assert (second.area, second.status) == (("前期项目",), Status.PRELIMINARY)


def test_a_group_row_under_which_no_project_stands_is_listed():
    rows = [SIMPLE[0], ["一、花园大道"], ["二、水利类(1个)"], SIMPLE[2]]
    found = read(xlsx(rows))
    assert [row.area for row in found.rows] == [("水利类",)]
    assert [(row.row, row.reason.split()[0]) for row in found.unused] == [(2, "下面没有项目")]


def test_several_sheets_and_several_tables_on_a_sheet_are_read_and_hidden_ones_are_not():
    other = [["工程名称", "业主单位", "投资额(亿元)"], ["人民医院新院区", "卫健局", 3]]
    data = xlsx(
        SIMPLE, [*other, [], ["序号", "项目名称", "所属乡镇", "责任单位", "总投资"], [1, "戊路", "芝山镇", "镇政府", 9]]
    )
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.create_sheet("旧表").append(["项目名称", "建设地点", "总投资"])
    book["旧表"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue())
    assert [sheet.name for sheet in found.sheets] == ["重点项目", "表1", "表1"]
    assert [row.name for row in found.rows][2:] == ["人民医院新院区", "戊路"]
    assert (found.rows[2].investment, found.rows[3].town) == (30000, "芝山镇")


def test_columns_can_be_set_by_header_or_letter():
    rows = [["编码", "事项", "哪里"], ["a", "甲路", "城区"]]
    with pytest.raises(SpreadsheetError, match="项目名称"):
        read(xlsx(rows))
    by_header = read(xlsx(rows), columns={Field.NAME: "事项", Field.PLACE: "哪里"})
    assert [(row.name, row.place) for row in by_header.rows] == [("甲路", "城区")]
    by_letter = read(xlsx(rows[1:]), columns={Field.NAME: "B", Field.PLACE: "C"})
    assert [(row.name, row.place) for row in by_letter.rows] == [("甲路", "城区")]
    with pytest.raises(SpreadsheetError, match="没有列"):
        read(xlsx(SIMPLE), columns={Field.TOWN: "哪个镇"})


def test_a_column_set_by_hand_wins_over_the_guess():
    found = read(xlsx(SIMPLE), columns={Field.PLAN: "形象进度"})
    assert found.rows[0].plan == "路基施工"
    assert found.rows[0].progress is None


def test_a_column_with_an_unknown_header_is_known_by_its_cells():
    rows = [
        ["项目名称", "建设地点", "分档"],
        ["甲路", "城区", "续建"],
        ["乙路", "城区", "前期"],
        ["丙路", "城区", "新开工"],
    ]
    found = read(xlsx(rows))
    assert [row.status for row in found.rows] == [Status.ONGOING, Status.PRELIMINARY, Status.START]
    assert found.sheets[0].columns[2].confidence < 0.6


OLD_EXCEL = Path(__file__).with_name("list.xls")
"""Title, two header lines with merged cells, a group row, two roads that share a responsible body, a hidden sheet."""


def test_an_old_excel_file_is_read_like_a_new_one():
    found = read_project_list(OLD_EXCEL)
    first, second = found.rows
    assert (first.name, first.investment, first.plan_investment, first.start) == (
        "花园大道",
        100.5,
        50.25,
        "2023-03-01",
    )
    assert (first.town, first.area, second.responsible) == ("城西街道", ("交通类",), "交通局")
    assert [sheet.name for sheet in found.sheets] == ["重点项目"]


@given(st.data())
@settings(max_examples=100)
def test_a_damaged_old_excel_file_gives_rows_or_one_clear_line(data):
    damaged = bytearray(OLD_EXCEL.read_bytes())
    for _ in range(3):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        project_list_from_bytes(bytes(damaged[: data.draw(st.integers(100, len(damaged)))]), "old.xls")
    except GuatuError as error:
        assert "\n" not in str(error)


def with_sheet_xml(rows: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(SIMPLE))) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if "worksheets/" in name:
                data = data.replace(b"</sheetData>", rows + b"</sheetData>")
            new.writestr(name, data)
    return stream.getvalue()


def test_a_million_empty_rows_take_seconds():
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (n, n, n) for n in range(4, 1_048_577))
    data = with_sheet_xml(rows)
    started = time.monotonic()
    assert len(read(data).rows) == 2
    assert time.monotonic() - started < 10


def test_a_cell_in_the_last_corner_takes_no_memory():
    assert len(read(with_sheet_xml(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')).rows) == 2


def test_entities_and_bombs_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(SpreadsheetError, match="实体"):
        read(stream.getvalue())
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/sharedStrings.xml", "w") as part,
    ):
        for _ in range(20):
            part.write(b" " * (1 << 20))
    with pytest.raises(SpreadsheetError, match="too much"):
        read(stream.getvalue())


@given(st.sampled_from((b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xef\xbb\xbf")), st.binary(max_size=1000))
@settings(max_examples=200)
def test_any_bytes_give_rows_or_one_clear_line(start, rest):
    try:
        project_list_from_bytes(start + rest, "a.xlsx")
    except GuatuError as error:
        assert "\n" not in str(error)


def test_a_damaged_workbook_gives_rows_or_one_clear_line():
    whole = xlsx(TWO_LINES)
    for at in range(30, len(whole), 199):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        for data in (whole[:at], bytes(damaged)):
            try:
                read(data)
            except GuatuError as error:
                assert "\n" not in str(error)


cells = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 1, 1)),
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn", "Co"]), max_size=12),
    st.sampled_from(["一、交通类(12个)", "合计", "(二)", "序号", "项目名称", "1.2亿元", "2023.05", "续建项目"]),
)


@given(st.lists(st.lists(cells, min_size=7, max_size=7), max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_row_below_the_header_is_a_project_a_group_or_unused_with_a_reason(body):
    found = read(xlsx([*SIMPLE, *body]))
    numbers = [row.row for row in found.rows] + [row.row for row in found.unused]
    assert len(numbers) == len(set(numbers))
    assert all(row.name for row in found.rows)
    assert all(row.reason for row in found.unused)


def test_a_list_is_read_from_a_path_and_a_missing_one_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx(SIMPLE))
    assert len(read_project_list(path).rows) == 2
    with pytest.raises(SpreadsheetError):
        read_project_list(tmp_path / "none.xlsx")
