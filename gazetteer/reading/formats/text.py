"""Plain text in the encodings Chinese offices save: UTF-8, UTF-16 and GB18030 (with GBK and GB2312 inside it)."""

import codecs
import re

from gazetteer.reading.formats import Content, DocumentError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

MIN_UTF16_SHARE = 0.8
"""Characters of a report that are Chinese, full-width or ASCII. The right byte order gives nearly 1, the wrong one
about a third, as its characters spread over all of Unicode."""

MAX_CONTROL_SHARE = 0.005
"""Control characters in one character of text. A stray page break or two is text; a program or a picture is not."""

MIN_COMMON_SHARE = 0.55
"""Of the characters that GB18030 writes in more than one byte, the share that GB 2312 has too. Measured on a report
of 12,000 characters: simplified 1.00, the same in traditional characters 0.68, its Big5 bytes decoded by mistake
0.40."""

_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
_CHINESE_OR_ASCII = re.compile("[\t\n\r -~\u2000-\u206f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_NON_ASCII = re.compile("[^\x00-\x7f]")


def read(data: bytes) -> Content:
    """The text of a plain text file exactly as decoded, without its byte order mark. Raises DocumentError."""
    text, encoding = decode(data)
    return Content(text, encoding)


def decode(data: bytes) -> tuple[str, str]:
    """Text and Python codec name of bytes in UTF-8, UTF-16 or GB18030. Raises DocumentError for anything else.

    The order is fixed, so one file always gives one answer: byte order mark, UTF-8, UTF-16 known by its zero bytes,
    GB18030. Nothing is replaced or dropped, so offsets lead back to the file's own characters.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _checked(_strictly(data[len(bom) :], encoding), encoding), encoding
    if (text := _try(data, "utf-8")) is not None:
        return _checked(text, "utf-8"), "utf-8"
    if utf16 := _utf16_order(data):
        return _checked(_strictly(data, utf16), utf16), utf16
    if (text := _try(data, "gb18030")) is not None and _common_share(text) >= MIN_COMMON_SHARE:
        return _checked(text, "gb18030"), "gb18030"
    raise DocumentError(
        "文件的编码不是 UTF-8、UTF-16 或 GB18030，请另存为 UTF-8 文本。"
        f"The text is not UTF-8, UTF-16 or GB18030{_where_utf8_breaks(data)}: save it as UTF-8."
    )


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"文件在第 {error.start} 字节处损坏，不是完整的 {encoding} 文本。"
            f"The {encoding} text is broken at byte {error.start}: get the file again."
        ) from error


def _utf16_order(data: bytes) -> str | None:
    """Byte order of UTF-16 without a mark. Zero bytes, which no other encoding has, come from ASCII and from 一
    (U+4E00)."""
    if b"\x00" not in data or len(data) % 2:
        return None
    shares = {
        encoding: len(_CHINESE_OR_ASCII.findall(text)) / len(text)
        for encoding in ("utf-16-le", "utf-16-be")
        if (text := _try(data, encoding)) is not None
    }
    best = max(shares, key=lambda encoding: shares[encoding], default=None)
    return best if best is not None and shares[best] >= MIN_UTF16_SHARE else None


def _common_share(text: str) -> float:
    wide = _NON_ASCII.findall(text)
    if not wide:
        return 1.0
    encoded = "".join(wide).encode("gb2312", errors="ignore")
    return len(encoded) / 2 / len(wide)


def _checked(text: str, encoding: str) -> str:
    if len(_CONTROLS.findall(text)) > max(1, MAX_CONTROL_SHARE * len(text)):
        raise DocumentError(
            "这是二进制文件，不是文本；请提供 txt、docx、pdf 或 html。"
            f"This is a binary file, not text (read as {encoding}): give a txt, docx, pdf or html file."
        )
    return text


def _where_utf8_breaks(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) // 2:
            return f" (UTF-8 up to byte {error.start}, broken there)"
    return ""
