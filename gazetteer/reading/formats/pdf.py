"""PDF with a text layer, read by PDFium: each character with its place, then the layout of the page.

PDFium rather than pdfminer: it mends broken cross-reference tables, reads the Chinese fonts that newspapers and Word
embed, and stays as quick on large pages.
"""

import ctypes
import math
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from gazetteer.reading.formats import MAX_TEXT_CHARS, Content, DocumentError
from gazetteer.reading.formats.page_layout import Glyph, paragraphs

MAX_PAGES = 500
"""Pages of one document. A report has 15 to 60, a report with its annexes 200."""

MAX_SECONDS = 60.0
"""Time for all pages, checked after each. A report takes under 5 seconds."""

MIN_CHARS_PER_PAGE = 20
"""Fewer characters on the average page are a scanner's stamp or page numbers, not a text layer."""

MAX_UNREADABLE_SHARE = 0.2
"""Characters without a Unicode meaning (private use, replacement, controls). More come from a font without a
character map."""

MIN_TYPE_SIZE, MAX_TYPE_SIZE = 2.0, 200.0
"""Points. Smaller type is hidden text, larger is a watermark."""

_HYPHEN_AT_LINE_END = "\x02"
"""What PDFium gives for it; in a report it joins the ends of a road (花园大道-8号桥)."""

_LOOK_ALIKES = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFAFF))
} | str.maketrans(
    "\u2e9f\u2ea0\u2ec1\u2ec4\u2ec5\u2ec6\u2ec9\u2ecb\u2ed1\u2ed3\u2ed4\u2ed7\u2ed8\u2ed9\u2eda\u2edb"
    "\u2edc\u2edd\u2ee2\u2ee3\u2ee4\u2ee5\u2ee6\u2ee7\u2ee8\u2ee9\u2eea\u2eec\u2eee\u2ef0\u2ef3",
    "母民虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
"""Radicals and compatibility forms that fonts name instead of the character itself (U+2F83 for 自). Unicode maps
Kangxi radicals and compatibility ideographs (NFKC) but only two of the radicals supplement; those that are words are
listed."""

_LOCK = threading.Lock()
"""PDFium may only be used by one thread at a time."""


def read(data: bytes) -> Content:
    """Paragraphs of a PDF in reading order. Raises DocumentError for scanned, encrypted, broken or oversized files."""
    with _LOCK:
        pages = _pages(data)
    blank = [number for number, glyphs in enumerate(pages, start=1) if not glyphs]
    chars = sum(len(glyphs) for glyphs in pages)
    if chars < MIN_CHARS_PER_PAGE * len(pages):
        raise DocumentError(
            "这是扫描的 PDF，没有文字层；请先做文字识别（OCR）或用原稿。"
            "This pdf is scanned and has no text layer: run text recognition on it or use the original file."
        )
    unreadable = sum(_is_unreadable(glyph.char) for glyphs in pages for glyph in glyphs)
    if unreadable > MAX_UNREADABLE_SHARE * chars:
        raise DocumentError(
            "PDF 的字体没有编码，文字无法取出；请用原稿。"
            "The fonts of this pdf carry no character codes, so its text cannot be taken out: use the original file."
        )
    warnings = (f"第 {'、'.join(map(str, blank))} 页没有文字层 pages without text",) if blank else ()
    return Content("\n".join(paragraphs(pages)), warnings=warnings)


def _pages(data: bytes) -> list[list[Glyph]]:
    started = time.monotonic()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise DocumentError(
                "PDF 有密码，请先去掉密码。This pdf is encrypted: save it without a password."
            ) from error
        raise DocumentError("PDF 已损坏，请重新下载。This pdf is broken: download it again.") from error
    with document:
        if not 0 < len(document) <= MAX_PAGES:
            raise DocumentError(
                f"PDF 有 {len(document)} 页，只接受 1 到 {MAX_PAGES} 页。"
                f"This pdf has {len(document)} pages, 1 to {MAX_PAGES} are taken: split it."
            )
        pages: list[list[Glyph]] = []
        total = 0
        for number in range(len(document)):
            pages.append(list(_glyphs(document, number)))
            total += len(pages[-1])
            if total > MAX_TEXT_CHARS or time.monotonic() - started > MAX_SECONDS:
                raise DocumentError("PDF 太大，读不完；请拆分。This pdf is too large to read: split it.")
        return pages


def _glyphs(document: pypdfium2.PdfDocument, number: int) -> Iterator[Glyph]:
    """Visible characters of one page as it is shown; none where the page itself is broken.

    Rows are known by the origins of the characters: their boxes are as low as their ink where a font gives no height
    (一).
    """
    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    turn = _TURNS[pdfium.FPDFPage_GetRotation(page) % 4]
    spaced = False
    for index in range(text.count_chars()):
        char = plain_character(chr(pdfium.FPDFText_GetUnicode(text, index)))
        if char <= " " or char.isspace() or pdfium.FPDFText_IsGenerated(text, index) == 1:
            spaced = char == " "
            continue
        found = (
            pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box))
            and pdfium.FPDFText_GetCharOrigin(text, index, ctypes.byref(x), ctypes.byref(y))
            and pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
        )
        size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        if not found or not MIN_TYPE_SIZE <= size <= MAX_TYPE_SIZE:
            continue
        left, base = turn(x.value, y.value)
        corner, other = turn(box.left, box.bottom), turn(box.right, box.top)
        wide = unicodedata.east_asian_width(char) in "WF"
        yield Glyph(char, left, left + size if wide else max(corner[0], other[0]), base, size, spaced)
        spaced = False
    text.close()
    page.close()


_TURNS: tuple[Callable[[float, float], tuple[float, float]], ...] = (
    lambda x, y: (x, y),
    lambda x, y: (y, -x),
    lambda x, y: (-x, -y),
    lambda x, y: (-y, x),
)
"""From the page as drawn to the page as shown, by quarters of a turn clockwise; only differences of places count."""


def plain_character(char: str) -> str:
    """The character that a reader sees: for a radical the word it looks like, for half a surrogate pair U+FFFD."""
    if char == _HYPHEN_AT_LINE_END:
        return "-"
    return "\ufffd" if "\ud800" <= char <= "\udfff" else char.translate(_LOOK_ALIKES)


def _is_unreadable(char: str) -> bool:
    return char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " "
