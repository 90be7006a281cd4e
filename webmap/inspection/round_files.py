"""A round of inspections to hand in: a table as an Excel file, and a PDF with the photos."""

import io
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from flask_babel import gettext
from geoalchemy2.shape import to_shape
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from geodata.decisions import place_of
from geodata.models import Inspection, Photo
from geodata.rounds import CHINA
from webmap import labels
from webmap.inspection.wording import DECISIONS, FINDINGS

FONT_FILE = (
    Path(__file__)
    .resolve()
    .parents[2]
    .joinpath("node_modules", "@expo-google-fonts", "noto-sans-sc", "400Regular", "NotoSansSC_400Regular.ttf")
)
READERS_FONT = "STSong-Light"  # of every PDF reader's own: used where no font that can be embedded is installed
MARGIN = 18 * mm
PHOTO_WIDTH = 54 * mm
PHOTOS_A_ROW = 3
PHOTO_PIXELS = 900  # of a photo's longer side on paper: 400 dots an inch


def as_xlsx(inspections: Sequence[Inspection]) -> bytes:
    """One row an inspection; text is never taken for a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("巡查记录"))
    sheet.append(
        [
            gettext("工程"),
            gettext("县市区"),
            gettext("年份"),
            gettext("现场情况"),
            gettext("看到的进展"),
            gettext("备注"),
            gettext("巡查员"),
            gettext("时间"),
            gettext("经度"),
            gettext("纬度"),
            gettext("定位误差（米）"),
            gettext("照片数"),
            gettext("审核"),
            gettext("审核人"),
            gettext("问题"),
        ]
    )
    for inspection in inspections:
        sheet.append([_cell(value) for value in _row(inspection)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_pdf(inspections: Sequence[Inspection]) -> bytes:
    """One block an inspection, with its photos; A4 upright."""
    font = chinese_font()
    body = ParagraphStyle("body", fontName=font, fontSize=9.5, leading=14, wordWrap="CJK")
    small = ParagraphStyle("small", parent=body, fontSize=8, leading=11, textColor=HexColor("#555555"))
    head = ParagraphStyle("head", parent=body, fontSize=12, leading=17, spaceBefore=4)
    title = ParagraphStyle("title", parent=body, fontSize=17, leading=24)
    story: list[Flowable] = [Paragraph(gettext("巡查记录"), title), Spacer(1, 3 * mm)]
    for number, inspection in enumerate(inspections, 1):
        facts = [
            FINDINGS[inspection.finding],
            labels.STATUSES[inspection.status_seen] if inspection.status_seen else "",
            DECISIONS[inspection.decision],
        ]
        lines = [
            Paragraph(escape(f"{number}. {inspection.work.name}"), head),
            Paragraph(escape(" · ".join(str(fact) for fact in facts if fact)), body),
            Paragraph(escape(f"{inspection.account.name} {_time(inspection)} {_where(inspection)}"), small),
        ]
        if inspection.note:
            lines.append(Paragraph(escape(inspection.note).replace("\n", "<br/>"), body))
        pictures = [picture for photo in inspection.photos if (picture := _picture(photo, small))]
        rows = [pictures[at : at + PHOTOS_A_ROW] for at in range(0, len(pictures), PHOTOS_A_ROW)]
        story.append(KeepTogether([*lines, *(Table([row], hAlign="LEFT") for row in rows[:1]), Spacer(1, 3 * mm)]))
        story.extend(Table([row], hAlign="LEFT") for row in rows[1:])
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=gettext("巡查记录"),
        author=gettext("挂图"),
        lang="zh-CN",
    )
    document.build(story)
    return file.getvalue()


def chinese_font() -> str:
    """The name of a font with Chinese characters, embedded where one is installed that can be."""
    name = FONT_FILE.stem if FONT_FILE.exists() else READERS_FONT
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, FONT_FILE) if FONT_FILE.exists() else UnicodeCIDFont(name))
    return name


def _row(inspection: Inspection) -> list[object]:
    place = place_of(inspection)
    point = to_shape(place).representative_point() if place is not None else None
    return [
        inspection.work.name,
        inspection.work.report.county,
        inspection.work.report.year,
        str(FINDINGS[inspection.finding]),
        str(labels.STATUSES[inspection.status_seen]) if inspection.status_seen else "",
        inspection.note,
        inspection.account.name,
        _time(inspection),
        round(point.x, 6) if point else None,
        round(point.y, 6) if point else None,
        inspection.accuracy_m,
        len(inspection.photos),
        str(DECISIONS[inspection.decision]),
        inspection.decided_by,
        inspection.question,
    ]


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _time(inspection: Inspection) -> str:
    doubt = gettext("（平板时钟不准）") if inspection.clock_doubtful else ""
    return f"{inspection.seen_at.astimezone(CHINA):%Y-%m-%d %H:%M}{doubt}"


def _where(inspection: Inspection) -> str:
    place = place_of(inspection)
    if place is None:
        return ""
    point = to_shape(place).representative_point()
    return f"{point.x:.5f}, {point.y:.5f}"


def _picture(photo: Photo, style: ParagraphStyle) -> list[Flowable] | None:
    if not photo.content:
        return None
    with Picture.open(io.BytesIO(photo.content)) as picture:
        picture.thumbnail((PHOTO_PIXELS, PHOTO_PIXELS))
        small = io.BytesIO()
        picture.convert("RGB").save(small, "JPEG", quality=80)
        height = PHOTO_WIDTH * picture.height / picture.width
    small.seek(0)
    direction = f" · {photo.direction:.0f}°" if photo.direction is not None else ""
    caption = f"{photo.taken_at.astimezone(CHINA):%m-%d %H:%M}{direction}"
    return [Image(small, PHOTO_WIDTH, height), Paragraph(escape(caption), style)]
