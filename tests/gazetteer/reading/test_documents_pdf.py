"""PDF reports and newspaper pages, drawn in the test, read back in the order a person reads them."""

import io

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from gazetteer.reading.documents import DocumentError, document_from_bytes
from gazetteer.reading.formats import pdf

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

A4 = (595, 842)
FIRST = "各位代表现在我向大会报告工作请予审议并请市政协委员提出意见建成花园大道和城北东路开工扩建城区等三个污水处理厂。"
SECOND = (
    "今年我们将坚持稳中求进工作总基调加快建设现代化城市启动建设铁路客运枢纽和综合交通中心推进老旧小区改造新建学校五所。"
)
THIRD = "各位代表做好今年的工作任务艰巨使命光荣让我们更加紧密团结起来锐意进取真抓实干为建设现代化新城而努力奋斗。"


class Paper:
    """A document drawn line by line in Chinese."""

    def __init__(self, **options):
        self.stream = io.BytesIO()
        self.canvas = Canvas(self.stream, pagesize=A4, **options)

    def text(self, x, y, words, size=10):
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, y, words)

    def column(self, x, top, paragraphs, width=20, size=10, leading=15):
        """Indented, justified paragraphs of `width` characters a line; `^` before one that is not indented."""
        y = top
        for paragraph in paragraphs:
            rest = paragraph if paragraph.startswith("^") else "\u3000\u3000" + paragraph
            rest = rest.removeprefix("^")
            for at in range(0, len(rest), width):
                self.text(x, y, rest[at : at + width], size)
                y -= leading

    def page(self):
        self.canvas.showPage()

    def saved(self) -> bytes:
        self.canvas.save()
        return self.stream.getvalue()


def lines(paper: Paper) -> list[str]:
    return document_from_bytes(paper.saved(), "paper.pdf").text.splitlines()


def test_lines_are_joined_to_paragraphs_and_the_large_title_is_a_heading():
    paper = Paper()
    paper.text(220, 780, "政府工作报告", 22)
    paper.column(90, 730, [FIRST, SECOND, THIRD], width=40)
    assert lines(paper) == ["# 政府工作报告", FIRST, SECOND, THIRD]


def test_a_sentence_broken_by_the_page_is_joined_and_page_numbers_are_dropped():
    paper = Paper()
    paper.column(90, 750, [FIRST, SECOND[:38]], width=40)
    paper.text(280, 40, "— 1 —")
    paper.page()
    paper.column(90, 750, ["^" + SECOND[38:], THIRD], width=40)
    paper.text(280, 40, "— 2 —")
    assert lines(paper) == [FIRST, SECOND, THIRD]


def test_running_heads_are_dropped_on_every_page():
    paper = Paper()
    for number, paragraph in enumerate((FIRST, SECOND, THIRD), start=1):
        paper.text(200, 800, "金溪市2022年政府工作报告", 9)
        paper.column(90, 750, [paragraph] * 3, width=40)
        paper.text(290, 40, str(number))
        paper.page()
    assert lines(paper) == [FIRST] * 3 + [SECOND] * 3 + [THIRD] * 3


@pytest.mark.parametrize("shift", [0, 3, 7])
def test_two_columns_under_a_headline_are_read_one_after_the_other(shift):
    paper = Paper()
    paper.text(60, 810, "2022年1月12日 星期三 责任编辑:王小明", 8)
    paper.text(500, 810, "4 要闻", 8)
    paper.text(180, 770, "政府工作报告", 30)
    paper.text(150, 740, "在金溪市第十八届人民代表大会第一次会议上", 12)
    paper.column(60, 700, [FIRST, SECOND, FIRST[:20]], width=22)
    paper.column(300, 700 - shift, ["^" + FIRST[20:], THIRD, SECOND, THIRD], width=22)
    assert lines(paper) == [
        "# 政府工作报告",
        "在金溪市第十八届人民代表大会第一次会议上",
        FIRST,
        SECOND,
        FIRST,
        THIRD,
        SECOND,
        THIRD,
    ]


def test_five_columns_above_two_columns_are_read_article_by_article():
    paper = Paper()
    for number in range(5):
        paper.column(40 + 105 * number, 780, [f"^第{number}栏" + FIRST[:36]], width=10, size=9, leading=13)
    paper.text(200, 650, "另一篇文章", 20)
    paper.column(40, 620, [SECOND], width=24)
    paper.column(310, 620, [THIRD], width=24)
    text = "".join(lines(paper)).replace("# ", "")
    places = [text.index(words) for words in (*(f"第{n}栏各位" for n in range(5)), "另一篇", SECOND[:24], THIRD[:24])]
    assert places == sorted(places)


def test_a_table_is_read_row_by_row():
    paper = Paper()
    paper.column(60, 780, [FIRST], width=40)
    rows = [
        "1 花园大道 城区 3亿元",
        "2 城北东路延伸工程 象山街道 12亿元",
        "3 中医院 芝山 2亿元",
        "4 一中迁建工程 城西新区 1亿元",
    ]
    for number, row in enumerate(rows):
        for x, cell in zip((60, 100, 260, 400), row.split(), strict=True):
            paper.text(x, 680 - 20 * number, cell)
    assert lines(paper)[-4:] == [row.replace(" ", "\t") for row in rows]


@pytest.mark.parametrize(
    ("on", "back"),
    [("(下转3版)", "(上接1版)"), ("\uff08下转第三版\uff09", "\uff08紧接第一版\uff09"), ("下转A3版", "【上接A1版】")],
)
def test_a_report_continued_on_another_page_is_read_through(on, back):
    paper = Paper()
    paper.text(500, 810, "1版", 8)
    paper.text(200, 770, "政府工作报告", 24)
    paper.column(60, 740, [FIRST, SECOND[:28]], width=40)
    paper.text(420, 660, on)
    paper.text(200, 500, "另一篇文章", 20)
    paper.column(60, 470, [FIRST], width=40)
    paper.page()
    paper.text(500, 810, "2版", 8)
    paper.text(200, 770, "第二版文章", 20)
    paper.column(60, 740, [FIRST], width=40)
    paper.page()
    paper.text(500, 810, "3版", 8)
    paper.column(60, 740, [back + SECOND[28:], THIRD], width=40)
    assert lines(paper) == ["# 政府工作报告", FIRST, SECOND, THIRD, "# 另一篇文章", FIRST, "# 第二版文章", FIRST]


def test_a_continuation_mark_broken_by_the_end_of_a_line_is_left_out():
    paper = Paper()
    paper.column(60, 700, [FIRST + SECOND[:20] + "(下转5版)"], width=24)
    assert lines(paper) == [FIRST + SECOND[:20]]


def test_latin_words_and_numbers_keep_their_spaces():
    paper = Paper()
    paper.text(60, 700, "引进 SMART PARK 项目,新建道路 5.7公里")
    assert lines(paper) == ["引进SMART PARK项目,新建道路5.7公里"]


def test_a_hyphen_at_the_end_of_a_line_still_joins_the_ends_of_a_road():
    paper = Paper()
    paper.column(60, 700, ["今年建成城北东路一期工程花园大道-8号桥段和南都路延伸工程等五条道路"], width=18)
    assert lines(paper) == ["今年建成城北东路一期工程花园大道-8号桥段和南都路延伸工程等五条道路"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_as_shown(turn):
    paper = Paper()
    paper.canvas.setPageRotation(turn)
    paper.canvas.translate(*{90: (595, 0), 180: (595, 842), 270: (0, 842)}[turn])
    paper.canvas.rotate(turn)
    paper.column(60, 500, [FIRST, SECOND], width=30)
    assert lines(paper) == [FIRST, SECOND]


def test_bold_made_by_printing_twice_is_read_once():
    paper = Paper()
    paper.column(60, 700, [FIRST], width=40)
    paper.column(60.4, 700, [FIRST], width=40)
    assert lines(paper) == [FIRST]


def test_a_scanned_document_is_refused_in_a_line_that_says_so():
    paper = Paper()
    for _ in range(3):
        paper.canvas.rect(50, 50, 400, 700, fill=1)
        paper.page()
    with pytest.raises(DocumentError, match="OCR"):
        lines(paper)


def test_a_page_without_text_among_others_is_named():
    paper = Paper()
    paper.column(60, 750, [FIRST, SECOND], width=40)
    paper.page()
    paper.canvas.rect(50, 50, 400, 700, fill=1)
    paper.page()
    document = document_from_bytes(paper.saved(), "a.pdf")
    assert len(document.warnings) == 1
    assert "2" in document.warnings[0]


def test_an_encrypted_document_is_refused_and_one_locked_only_for_printing_is_read():
    paper = Paper(encrypt=StandardEncryption("secret", canPrint=0))
    paper.text(60, 700, FIRST)
    with pytest.raises(DocumentError, match="密码"):
        lines(paper)
    paper = Paper(encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0))
    paper.text(60, 700, FIRST)
    assert lines(paper) == [FIRST]


def test_a_broken_document_is_refused_or_read_never_a_crash():
    paper = Paper()
    paper.column(60, 700, [FIRST] * 4, width=40)
    whole = paper.saved()
    for at in range(9, len(whole), 61):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        for data in (whole[:at], bytes(damaged)):
            try:
                assert document_from_bytes(data, "a.pdf").text
            except DocumentError as error:
                assert "\n" not in str(error)


def test_a_document_of_too_many_pages_is_refused():
    paper = Paper()
    for _ in range(501):
        paper.page()
    with pytest.raises(DocumentError, match="500"):
        lines(paper)


def test_radicals_that_a_font_names_are_read_as_the_characters_they_look_like():
    assert pdf.plain_character("\u2f83") == "\u81ea"
    assert pdf.plain_character("\u2ed4") == "\u95e8"
    assert pdf.plain_character("\u8def") == "\u8def"
    assert pdf.plain_character("\x02") == "-"
