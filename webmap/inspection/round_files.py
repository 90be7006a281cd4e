"""A round of inspections to hand in: a table as an Excel file, and a PDF with the photos."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import gettext
from geoalchemy2.shape import to_shape
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from PIL import Image as Picture

from geodata.decisions import place_of
from geodata.models import Inspection, Photo
from geodata.rounds import CHINA
from webmap import labels
from webmap.inspection.wording import DECISIONS, FINDINGS
from webmap.poster.canvas import MAX_CHARACTERS, Canvas, Face, printable

A4 = (210.0, 297.0)  # mm, upright; so are all lengths and sizes of letters here
MARGIN = 18.0
TITLE, HEAD, BODY, SMALL = 6.0, 4.2, 3.4, 2.8
LEADING = 1.45  # from line to line, of the letters' size
GAP = 4.0  # between blocks and between photos
BLOCK_START = 22.0  # a block's name and facts stay together
INK, SOFT = "#20242a", "#555555"
PHOTOS_A_ROW = 3
PHOTO_WIDTH = (A4[0] - 2 * MARGIN - (PHOTOS_A_ROW - 1) * GAP) / PHOTOS_A_ROW  # of the longer side
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
    """One block an inspection, with its photos; A4 upright, in the wall map's typeface, which is embedded.

    Raises PosterError where cairo or the typeface is missing.
    """
    with TemporaryDirectory(prefix="guatu-round-") as folder:
        out = Path(folder) / "round.pdf"
        pages = _Pages(out)
        pages.write(gettext("巡查记录"), TITLE, Face.BOLD)
        for number, inspection in enumerate(inspections, 1):
            _draw(pages, number, inspection)
        pages.canvas.finish()
        return out.read_bytes()


class _Pages:
    """A4 sheets that are written from top to bottom; `y` is where the next thing goes, mm."""

    def __init__(self, out: Path) -> None:
        self.canvas = Canvas(out, *A4, gettext("巡查记录"))
        self.width, self.y = A4[0] - 2 * MARGIN, MARGIN

    def keep(self, height: float) -> None:
        """Turns the page where less than `height` is left of it."""
        if self.y + height > A4[1] - MARGIN:
            self.canvas.next_page()
            self.y = MARGIN

    def write(self, text: str, size: float, face: Face = Face.PLAIN, colour: str = INK) -> None:
        """A paragraph as wide as the page, and over as many pages as it needs."""
        for line in self.lines(text, size, face):
            self.keep(size * LEADING)
            self.y += size * LEADING
            self.canvas.text(MARGIN, self.y, line, size, face=face, colour=colour)

    def lines(self, text: str, size: float, face: Face = Face.PLAIN) -> list[str]:
        """The lines that a paragraph takes; of the text itself nothing is left out."""
        found = []
        for line in text.splitlines():
            pieces = (line[at : at + MAX_CHARACTERS] for at in range(0, len(line), MAX_CHARACTERS))
            whole = "".join(printable(piece) for piece in pieces)
            found += self.canvas.wrapped(whole, self.width, size, len(whole) + 1, face)
        return found


def _draw(pages: _Pages, number: int, inspection: Inspection) -> None:
    facts = [
        FINDINGS[inspection.finding],
        labels.STATUSES[inspection.status_seen] if inspection.status_seen else "",
        DECISIONS[inspection.decision],
    ]
    photos = [photo for photo in inspection.photos if photo.content]
    pages.keep(BLOCK_START + (PHOTO_WIDTH if photos else 0))
    pages.y += GAP
    pages.write(f"{number}. {inspection.work.name}", HEAD, Face.BOLD)
    pages.write(" · ".join(str(fact) for fact in facts if fact), BODY)
    pages.write(" ".join([inspection.account.name, _time(inspection), _where(inspection)]), SMALL, colour=SOFT)
    pages.write(inspection.note, BODY)
    for at in range(0, len(photos), PHOTOS_A_ROW):
        row = [_picture(pages.canvas, photo) for photo in photos[at : at + PHOTOS_A_ROW]]
        tallest = max(picture.height for picture in row)
        pages.keep(tallest + SMALL * LEADING + GAP)
        pages.y += GAP / 2
        for column, picture in enumerate(row):
            picture.draw(pages.canvas, MARGIN + column * (PHOTO_WIDTH + GAP), pages.y)
        pages.y += tallest + SMALL * LEADING


@dataclass(frozen=True, slots=True)
class _Picture:
    """A photo on paper: what cairo draws, pixels for a millimetre, height in mm, and what stands under it."""

    surface: Any
    pixels_a_mm: float
    height: float
    caption: str

    def draw(self, canvas: Canvas, x: float, y: float) -> None:
        context = canvas.context
        context.save()
        context.translate(x, y)
        context.scale(1 / self.pixels_a_mm)
        context.set_source_surface(self.surface)
        context.paint()
        context.restore()
        canvas.text(x, y + self.height + SMALL * LEADING, self.caption, SMALL, colour=SOFT)


def _picture(canvas: Canvas, photo: Photo) -> _Picture:
    with Picture.open(io.BytesIO(photo.content or b"")) as picture:
        picture.thumbnail((PHOTO_PIXELS, PHOTO_PIXELS))
        width, height = picture.size
        jpeg = io.BytesIO()
        picture.convert("RGB").save(jpeg, "JPEG", quality=80)
    surface = canvas.cairo.ImageSurface(canvas.cairo.FORMAT_RGB24, width, height)
    surface.set_mime_data("image/jpeg", jpeg.getvalue())  # this is what the PDF gets, not the surface's pixels
    longer = PHOTO_WIDTH / max(width, height)
    direction = f" · {photo.direction:.0f}°" if photo.direction is not None else ""
    caption = f"{photo.taken_at.astimezone(CHINA):%m-%d %H:%M}{direction}"
    return _Picture(surface, 1 / longer, height * longer, caption)


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
