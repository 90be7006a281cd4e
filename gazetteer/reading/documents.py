"""A report as a file or as pasted text, turned into one text that all offsets refer to."""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from gazetteer.reading.formats import MAX_TEXT_CHARS, Content, DocumentError, docx, html, mhtml, pdf
from gazetteer.reading.formats import text as plain

__all__ = ["Document", "DocumentError", "document_from_bytes", "document_from_text", "open_document"]

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Size of one file. A newspaper page or a report with photographs has 5 to 40 MB."""

HEAD_CHARS = 800
"""The title, the day and the congress that heard the report stand in the first lines."""

MAX_TITLE_CHARS = 60

TEXT, HTML, MHTML, PDF = "text/plain", "text/html", "multipart/related", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_OTHER_FORMATS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word/WPS 文件 （doc、wps）", "an old Word or WPS file", "docx"),
    (b"{\\rtf", "RTF 文件", "an RTF file", "docx"),
    (b"Rar!", "压缩包", "an archive", "docx"),
    (b"7z\xbc\xaf", "压缩包", "an archive", "docx"),
    (b"\x1f\x8b", "压缩包", "an archive", "docx"),
    (b"\xff\xd8\xff", "图片", "a picture", "txt"),
    (b"\x89PNG", "图片", "a picture", "txt"),
)

_HTML_START = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*|<\?xml[^>]{0,200}>\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)

_NUMERAL = "[一二三四五六七八九十百〇零0-9]"
_COUNTY = r"(?P<county>[一-鿿]{1,24}?(?:自治县|自治旗|林区|特区|县|市|区|旗))"
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_HELD = re.compile(
    rf"(?P<year>20\d\d)年(?P<month>\d{{1,2}})月\d{{1,2}}日.{{0,6}}?在{_COUNTY}(?:召开的)?第{_NUMERAL}+届人民代表大会",
    re.S,
)
_CONGRESS = re.compile(rf"(?:在|^|[\s——]){_COUNTY}(?:召开的)?第{_NUMERAL}+届人民代表大会", re.M)
_SPOKEN_FOR = re.compile(rf"代表{_COUNTY}人民政府")
_TITLED = re.compile(
    rf"^#*\s*(?:(?P<year>20\d\d)年?(?:度)?)?{_COUNTY}(?:人民政府)?(?:20\d\d年?(?:度)?)?(?:政府|人民政府)?工作报告", re.M
)
_TITLE_YEAR = re.compile(r"(20\d\d)年?(?:度)?[一-鿿]{0,16}工作报告")
_AHEAD = re.compile(
    r"^[#\s]*(?:[一二三四五六七]、|第[一二三四五六七]部分[、\s]*)?[^。\n]{0,12}?(20\d\d)年[一-鿿、]{0,12}(?:工作(?:安排|任务|打算|重点|总体要求)|(?:目标|重点)任务|主要(?:目标|工作)|总体要求)",
    re.M,
)
_SITE = re.compile(rf"{_COUNTY}(?:人民)?政府")
_NOT_NAMES = re.compile("[我全本各该这两此][县市区旗]$|.*[的在]")


@dataclass(frozen=True, slots=True)
class Document:
    """One report, read.

    All offsets refer to `text`: for plain text the characters exactly as decoded, without the byte order mark; for
    docx, pdf and html the words in reading order, one paragraph a line, headings that the file marks as such starting
    with `# `. `media_type` is an Internet media type, `encoding` a Python codec name or None where the format leaves
    no choice, `sha256` the hash of the file's bytes (of the UTF-8 bytes of pasted text) in hexadecimal. `title`,
    `year` (the year that the report plans) and `county` (as written, so perhaps with its province or city:
    浙江省永康市) are read from the first lines, the file's own tags or its name, and None where those do not say.
    `warnings` are parts that could not be read, one line each.
    """

    text: str
    media_type: str
    encoding: str | None
    sha256: str
    title: str | None
    year: int | None
    county: str | None
    warnings: tuple[str, ...] = ()


def open_document(path: Path) -> Document:
    """Read a report from a txt, docx, pdf or html file. Raises DocumentError with a line that says what to do."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise DocumentError(f"{path} 不是文件。{path} is not a file: name the report itself.")
        if size > MAX_FILE_BYTES:
            raise _too_large(path.name)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise DocumentError(f"打不开 {path}：{reason}。Cannot open {path} ({reason}): check the name.") from error
    return document_from_bytes(data, path.name)


def document_from_bytes(data: bytes, name: str) -> Document:
    """Read a report from the bytes of a file; `name` is its file name. Raises DocumentError.

    The format is known by the bytes, not by the ending; the ending only tells a page without its usual start from
    plain text.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(name)
    if not data.strip():
        raise DocumentError(f"文件 {name} 是空的。The file {name} is empty: choose the report's own file.")
    media_type = _media_type(data, name)
    readers = {TEXT: plain.read, HTML: html.read, MHTML: mhtml.read, PDF: pdf.read, DOCX: docx.read}
    content = readers[media_type](data)
    return _document(content, media_type, hashlib.sha256(data).hexdigest(), name)


def document_from_text(text: str) -> Document:
    """A report pasted into a form. Raises DocumentError where there is none."""
    return _document(Content(text), TEXT, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "")


def _too_large(name: str) -> DocumentError:
    limit = MAX_FILE_BYTES >> 20
    return DocumentError(
        f"文件 {name} 超过 {limit} MB。The file {name} is larger than {limit} MB: save the report alone."
    )


def _media_type(data: bytes, name: str) -> str:
    for magic, chinese, english, wanted in _OTHER_FORMATS:
        if data.startswith(magic):
            raise DocumentError(f"{name} 是{chinese}，请另存为 {wanted}。{name} is {english}: save it as {wanted}.")
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data, name)
    if mhtml.START.match(data):
        return MHTML
    if b"%PDF-" in data[:1024]:
        return PDF
    if _HTML_START.match(data.removeprefix(b"\xef\xbb\xbf")[:2048]) or name.lower().endswith(
        (".html", ".htm", ".shtml")
    ):
        return HTML
    return TEXT


def _zipped(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise DocumentError(f"文件 {name} 已损坏。The file {name} is broken: download it again.") from error
    if docx.MAIN_PART in names:
        return DOCX
    if "xl/workbook.xml" in names:
        raise DocumentError(f"{name} 是 Excel 表格，请用“导入项目表”。{name} is an Excel list: use guatu import.")
    if "OFD.xml" in names:
        raise DocumentError(f"{name} 是 OFD 版式文件，请另存为 pdf。{name} is an OFD file: save it as pdf.")
    raise DocumentError(f"{name} 不是 Word 文件，请另存为 docx。{name} is not a Word document: save it as docx.")


def _document(content: Content, media_type: str, sha256: str, name: str) -> Document:
    text = content.text
    if not text.strip():
        raise DocumentError("文件里没有文字。The document holds no text: choose the report's own file.")
    if len(text) > MAX_TEXT_CHARS:
        raise DocumentError(
            f"文字超过 {MAX_TEXT_CHARS // 1_000_000} 百万字。"
            f"The text has more than {MAX_TEXT_CHARS // 1_000_000} million characters: split it."
        )
    stem = Path(name).stem if name else ""
    head = text[:HEAD_CHARS]
    return Document(
        text=text,
        media_type=media_type,
        encoding=content.encoding,
        sha256=sha256,
        title=_title(head, content.title),
        year=_year(head, text, content.title or "", stem, content.note),
        county=_county(head, content.title or "", stem, content.note),
        warnings=content.warnings,
    )


def _title(head: str, own: str | None) -> str | None:
    """The first line that calls itself a work report, else what the file calls itself, else a short first line."""
    lines = [line.strip(" \t\r\u3000#*") for line in head.splitlines()]
    lines = [line for line in lines if line]
    for line in lines[:10]:
        if (
            "工作报告" in line.replace(" ", "").replace("\u3000", "")
            and len(line) <= MAX_TITLE_CHARS
            and "。" not in line
        ):
            return line
    if own:
        return own[:MAX_TITLE_CHARS]
    first = lines[0] if lines else ""
    return first if 0 < len(first) <= MAX_TITLE_CHARS and not re.search("[。;；:：,，]", first) else None


def _year(head: str, text: str, title: str, stem: str, note: str) -> int | None:
    """The year that the report plans: a congress in November or December hears the plan of the next year."""
    if held := _HELD.search(head):
        return int(held["year"]) + (int(held["month"]) >= 11)
    for source in (head, title, stem):
        if match := _TITLE_YEAR.search(source):
            return int(match.group(1))
    if len(years := set(_YEAR.findall(stem))) == 1:
        return int(years.pop())
    if ahead := [int(year) for year in _AHEAD.findall(text)]:
        return max(ahead)
    match = _YEAR.search(note)
    return int(match.group(1)) if match else None


def _county(head: str, title: str, stem: str, note: str) -> str | None:
    for pattern, source in (
        (_HELD, head),
        (_CONGRESS, head),
        (_TITLED, head),
        (_TITLED, title),
        (_TITLED, stem),
        (_SPOKEN_FOR, head),
        (_SITE, note),
    ):
        for match in pattern.finditer(source):
            if len(match["county"]) > 1 and not _NOT_NAMES.match(match["county"]):
                return match["county"]
    return None
