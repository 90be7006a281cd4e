"""Drawing on a sheet with cairo: millimetres, a Chinese typeface, text that is measured before it is set.

cairo writes real text into PDF, with the used glyphs of the font embedded, and the same drawing as pixels into PNG.
"""

import contextlib
import functools
import types
import unicodedata
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Literal

import numpy as np
import shapely
from flask_babel import gettext
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from webmap.poster.errors import PosterError

POINTS_A_MM = 72 / 25.4
PNG_DOTS_A_MM = 150 / 25.4  # 150 dots an inch: the smallest list still reads, and A0 takes 140 MB while it is drawn
MAX_CHARACTERS = 400  # of one text that is measured: longer ones are cut, since no line of any sheet holds them
ELLIPSIS = "…"
MARKS_TOGETHER = 3  # at most that are kept from being parted: more are no writing
NOT_AT_A_LINES_END = "（《〈【「『“‘(["
NOT_AT_A_LINES_START = "）》】”’、，。；：！？)]—…"

Anchor = Literal["left", "middle", "right"]
Line = NDArray[np.float64]


class Face(Enum):
    """A cut of the typeface: family and whether it is bold."""

    PLAIN = ("Noto Sans CJK SC", False)
    BOLD = ("Noto Sans CJK SC", True)
    SERIF = ("Noto Serif CJK SC", False)
    SERIF_BOLD = ("Noto Serif CJK SC", True)


@functools.cache
def _cairo() -> types.ModuleType:
    try:
        import cairocffi  # type: ignore[import-untyped]
    except OSError as error:  # the Python part is there, the library is not
        raise PosterError(gettext("缺少绘图用的 cairo 库，请安装 Debian 的 libcairo2")) from error
    module: types.ModuleType = cairocffi
    return module


def printable(text: str) -> str:
    """A text as one line of visible characters: no controls, no marks that turn the direction of writing."""
    spaced = "".join(" " if c.isspace() else c for c in text[:MAX_CHARACTERS])
    visible = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    return " ".join(visible.split()) + (ELLIPSIS if len(text) > MAX_CHARACTERS else "")


class Canvas:
    """One sheet or several of `width` by `height` mm. Ends with `finish`; `out` ending in .png gives one file a sheet.

    Raises PosterError where cairo or the typeface is missing.
    """

    def __init__(self, out: Path, width: float, height: float, title: str) -> None:
        self.out, self.width, self.height, self.pages = out, width, height, 1
        self._pixels = out.suffix.lower() == ".png"
        cairo = self.cairo = _cairo()
        if self._pixels:
            self._open_image()
        else:
            self._surface = cairo.PDFSurface(str(out), width * POINTS_A_MM, height * POINTS_A_MM)
            self._surface.set_metadata(cairo.PDF_METADATA_TITLE, printable(title))
            self._surface.set_metadata(cairo.PDF_METADATA_CREATOR, "guatu")
            self._open_context(POINTS_A_MM)
        self._check_typeface()

    def _open_image(self) -> None:
        size = (round(side * PNG_DOTS_A_MM) for side in (self.width, self.height))
        self._surface = self.cairo.ImageSurface(self.cairo.FORMAT_RGB24, *size)
        self._open_context(PNG_DOTS_A_MM)
        self.fill_box(0, 0, self.width, self.height, "#ffffff")

    def _open_context(self, scale: float) -> None:
        self.context = self.cairo.Context(self._surface)
        self.context.scale(scale)
        options = self.context.get_font_options()
        options.set_hint_metrics(self.cairo.HINT_METRICS_OFF)  # the same widths on paper and on screen
        options.set_hint_style(self.cairo.HINT_STYLE_NONE)
        self.context.set_font_options(options)
        self.context.set_line_join(self.cairo.LINE_JOIN_ROUND)

    def _check_typeface(self) -> None:
        self._choose(Face.PLAIN, 10)
        glyphs = self.context.get_scaled_font().text_to_glyphs(0, 0, "挂图", with_clusters=False)
        if any(glyph[0] == 0 for glyph in glyphs):
            raise PosterError(gettext("缺少中文字体，请安装 Debian 的 fonts-noto-cjk"))

    def next_page(self) -> None:
        """Begins another sheet of the same size."""
        if self._pixels:
            self._write_image()
            self.pages += 1
            self._open_image()
        else:
            self.context.show_page()
            self.pages += 1

    def finish(self) -> None:
        """Writes the file."""
        if self._pixels:
            self._write_image()
        self._surface.finish()

    def _write_image(self) -> None:
        name = self.out if self.pages == 1 else self.out.with_name(f"{self.out.stem}-{self.pages}{self.out.suffix}")
        self._surface.write_to_png(str(name))

    # --- lines and areas -------------------------------------------------------------------------------------------

    def colour(self, colour: str, opacity: float = 1) -> None:
        """Sets the colour, #rrggbb."""
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        self.context.set_source_rgba(red, green, blue, opacity)

    def trace(self, shape: BaseGeometry) -> None:
        """Adds the lines and rings of a shape in sheet coordinates to the path."""
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                for ring in (part.exterior, *part.interiors):
                    self.trace_line(shapely.get_coordinates(ring)[:-1], closed=True)
            elif part.geom_type in ("LineString", "LinearRing"):
                self.trace_line(shapely.get_coordinates(part))

    def trace_line(self, points: Line, *, closed: bool = False) -> None:
        """Adds one line, shape (n, 2), to the path."""
        move = self.context.move_to
        for x, y in points.tolist():
            move(x, y)
            move = self.context.line_to
        if closed:
            self.context.close_path()

    def fill(self, shape: BaseGeometry, colour: str, opacity: float = 1) -> None:
        """Fills the areas of a shape."""
        self.trace(shape)
        self.colour(colour, opacity)
        self.context.set_fill_rule(self.cairo.FILL_RULE_EVEN_ODD)
        self.context.fill()

    def stroke(
        self, shape: BaseGeometry, colour: str, width: float, *, dashes: tuple[float, ...] = (), opacity: float = 1
    ) -> None:
        """Draws the lines and rings of a shape."""
        self.trace(shape)
        self.stroke_path(colour, width, dashes=dashes, opacity=opacity)

    def stroke_path(self, colour: str, width: float, *, dashes: tuple[float, ...] = (), opacity: float = 1) -> None:
        """Draws the path that was added."""
        self.colour(colour, opacity)
        self.context.set_line_width(width)
        self.context.set_dash(list(dashes))
        self.context.stroke()
        self.context.set_dash([])

    def fill_box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fills a rectangle."""
        self.context.rectangle(x, y, width, height)
        self.colour(colour)
        self.context.fill()

    def frame(self, x: float, y: float, width: float, height: float, line: float, colour: str) -> None:
        """Draws the outline of a rectangle."""
        self.context.rectangle(x, y, width, height)
        self.stroke_path(colour, line)

    @contextlib.contextmanager
    def clipped(self, x: float, y: float, width: float, height: float) -> Iterator[None]:
        """Nothing is drawn outside the rectangle meanwhile."""
        self.context.save()
        self.context.rectangle(x, y, width, height)
        self.context.clip()
        yield
        self.context.restore()

    # --- text ------------------------------------------------------------------------------------------------------

    def _choose(self, face: Face, size: float) -> None:
        family, bold = face.value
        weight = self.cairo.FONT_WEIGHT_BOLD if bold else self.cairo.FONT_WEIGHT_NORMAL
        self.context.select_font_face(family, self.cairo.FONT_SLANT_NORMAL, weight)
        self.context.set_font_size(size)

    def text_width(self, text: str, size: float, face: Face = Face.PLAIN) -> float:
        """How wide a text is, in mm, at a size (of the em) in mm."""
        self._choose(face, size)
        advance: float = self.context.text_extents(text)[4]
        return advance

    def shortened(self, text: str, width: float, size: float, face: Face = Face.PLAIN) -> str:
        """The text, or as much of it as fits the width with an ellipsis at its end."""
        if self.text_width(text, size, face) <= width:
            return text
        fits = self._fitting(text, width - self.text_width(ELLIPSIS, size, face), size, face)
        return text[:fits].rstrip() + ELLIPSIS

    def wrapped(self, text: str, width: float, size: float, lines: int, face: Face = Face.PLAIN) -> list[str]:
        """The text in at most so many lines, the last with an ellipsis where more is left."""
        found: list[str] = []
        while text and len(found) < lines - 1 and self.text_width(text, size, face) > width:
            fits = max(self._fitting(text, width, size, face), 1)
            space = text.rfind(" ", 1, fits + 1)
            cut = space if space > fits // 2 and text[fits - 1].isascii() else fits  # Latin words stay whole
            least = max(cut - MARKS_TOGETHER, 1)
            while cut > least and (text[cut] in NOT_AT_A_LINES_START or text[cut - 1] in NOT_AT_A_LINES_END):
                cut -= 1
            found.append(text[:cut].rstrip())
            text = text[cut:].lstrip()
        if text:
            found.append(self.shortened(text, width, size, face))
        return found

    def _fitting(self, text: str, width: float, size: float, face: Face) -> int:
        """How many of the first characters fit."""
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.text_width(text[:middle], size, face) <= width:
                low = middle
            else:
                high = middle - 1
        return low

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        face: Face = Face.PLAIN,
        colour: str = "#20242a",
        anchor: Anchor = "left",
        halo: float = 0,
        angle: float = 0,
    ) -> None:
        """Sets a text whose baseline begins, is centred or ends at x, y, turned around it by `angle` radians clockwise.

        `halo` mm of white lie around its strokes.
        """
        self._choose(face, size)
        shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor]
        back = shift * self.context.text_extents(text)[4] if shift else 0
        self.context.save()
        self.context.translate(x, y)
        if angle:
            self.context.rotate(angle)
        if halo:
            self.context.move_to(-back, 0)
            self.context.text_path(text)
            self.stroke_path("#ffffff", 2 * halo, opacity=0.85)
        self.context.move_to(-back, 0)
        self.colour(colour)
        self.context.show_text(text)
        self.context.new_path()
        self.context.restore()
