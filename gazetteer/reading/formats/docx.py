"""Word documents (Office Open XML, ISO/IEC 29500): paragraphs, headings, automatic numbers and tables in order.

Read with lxml rather than python-docx, whose paragraphs leave out inserted revisions, content controls and the
numbers that Word writes itself (一、(一)), which are most of a report's headings.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from gazetteer.reading.formats import Content, DocumentError

MAX_PART_BYTES = 32 * 1024 * 1024
"""Unpacked size of one part. A report's main part is 0.3 to 3 MB; an unpacked bomb is gigabytes."""

MAX_PARTS = 5_000
"""Files in the package. A document with a picture on every page has a few hundred."""

MAX_TABLE_DEPTH = 8
"""Tables in tables. Forms nest two or three deep."""

MAIN_PART, STYLES_PART, NUMBERING_PART = "word/document.xml", "word/styles.xml", "word/numbering.xml"

_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "txbxContent", "rPr", "pPr", "instrText", "delText"})
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"title|标题", re.IGNORECASE)
_TOC_STYLE = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
_CHINESE_DIGITS = "〇一二三四五六七八九"


def read(data: bytes) -> Content:
    """The body of a Word document. Raises DocumentError for what is not one, is locked, broken or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if len(package.infolist()) > MAX_PARTS:
                raise DocumentError(
                    "docx 内的文件太多，不予打开。This docx holds too many files: save a copy with the report alone."
                )
            parts = {name: _parse(package, name) for name in (MAIN_PART, STYLES_PART, NUMBERING_PART)}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise DocumentError(
            "docx 文件已损坏或有密码，请重新下载或另存。This docx is broken or locked: download or save it again."
        ) from error
    body = None if (main := parts[MAIN_PART]) is None else next((c for c in main if _tag(c) == "body"), None)
    if body is None:
        raise DocumentError("docx 里没有正文。This docx has no body: save it again in Word or WPS.")
    reader = _Reader(_Styles.of(parts[STYLES_PART]), _Numbering.of(parts[NUMBERING_PART]))
    return Content("\n".join(reader.blocks(body)))


def _parse(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    """Root of one part, or None where the package lacks it."""
    try:
        info = package.getinfo(name)
    except KeyError:
        return None
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile(name)
    if info.file_size > MAX_PART_BYTES:
        raise DocumentError(
            f"docx 解压后超过 {MAX_PART_BYTES >> 20} MB，不予打开。"
            f"This docx unpacks to more than {MAX_PART_BYTES >> 20} MB: save a copy with the report alone."
        )
    with package.open(info) as stream:
        xml = stream.read(MAX_PART_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(
            "docx 文件已损坏，请重新下载。The XML in this docx is broken: download it again."
        ) from error
    if root.getroottree().docinfo.doctype:
        raise DocumentError(
            "docx 含有外部实体声明，不予打开。This docx declares entities, which Word never does: it is not opened."
        )
    return root


def _tag(element: etree._Element) -> str:
    """Local name: transitional and strict documents differ only in the namespace. Empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: etree._Element | None, *path: str, name: str = "val") -> str | None:
    """Attribute `name` (any namespace) of the descendant reached by local names, or None."""
    for step in path:
        element = None if element is None else next((c for c in element if _tag(c) == step), None)
    if element is None:
        return None
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), None)


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,6}", text) else default


@dataclass(frozen=True, slots=True)
class _Styles:
    """Paragraph styles: display name, and the list (numId, level) that a style puts its paragraphs in."""

    names: dict[str, str]
    lists: dict[str, tuple[str, int]]

    @classmethod
    def of(cls, root: etree._Element | None) -> "_Styles":
        names: dict[str, str] = {}
        lists: dict[str, tuple[str, int]] = {}
        for style in () if root is None else root:
            if _tag(style) != "style" or (key := _value(style, name="styleId")) is None:
                continue
            names[key] = _value(style, "name") or key
            if (list_id := _value(style, "pPr", "numPr", "numId")) is not None:
                lists[key] = list_id, _number(_value(style, "pPr", "numPr", "ilvl"), 0)
        return cls(names, lists)


@dataclass(slots=True)
class _Numbering:
    """The lists of a document and how far each has counted."""

    levels: dict[str, dict[int, tuple[str, str, int]]]
    """numId -> level -> (number format, level text such as `(%1)`, first number)"""
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: etree._Element | None) -> "_Numbering":
        abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
        levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        for element in () if root is None else root:
            if _tag(element) == "abstractNum":
                abstract[_value(element, name="abstractNumId") or ""] = {
                    _number(_value(level, name="ilvl"), 0): (
                        _value(level, "numFmt") or "decimal",
                        _value(level, "lvlText") or "",
                        _number(_value(level, "start"), 1),
                    )
                    for level in element
                    if _tag(level) == "lvl"
                }
            elif _tag(element) == "num":
                levels[_value(element, name="numId") or ""] = abstract.get(_value(element, "abstractNumId") or "", {})
        return cls(levels)

    def next_label(self, list_id: str, level: int) -> str:
        """The number that Word shows before the next paragraph of this list and level; bullets show as nothing."""
        levels = self.levels.get(list_id, {})
        if level not in levels:
            return ""
        counts = self.counts.setdefault(list_id, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        number_format, pattern, _ = levels[level]
        if number_format in {"bullet", "none"}:
            return ""

        def numeral(match: re.Match[str]) -> str:
            shown = int(match.group(1)) - 1
            shown_format, _, first = levels.get(shown, ("decimal", "", 1))
            return _numeral(counts.get(shown, first), shown_format)

        return re.sub(r"%([1-9])", numeral, pattern)


def _numeral(number: int, number_format: str) -> str:
    """A number below 100 as Word's Chinese counting formats write it (十二); any other format or number in digits."""
    if not (number_format.startswith(("chinese", "ideograph", "taiwanese", "japaneseC")) and 0 < number < 100):
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else _CHINESE_DIGITS[tens] + "十")
    return head + (_CHINESE_DIGITS[ones] if ones else "")


@dataclass(slots=True)
class _Reader:
    styles: _Styles
    numbering: _Numbering

    def blocks(self, container: etree._Element, depth: int = 0) -> Iterator[str]:
        """Lines of text of the paragraphs and tables in a body, cell or content control."""
        for element in container:
            match _tag(element):
                case "p":
                    if line := self._paragraph(element):
                        yield line
                case "tbl" if depth < MAX_TABLE_DEPTH:
                    yield from self._rows(element, depth)
                case "sdt" | "sdtContent" | "customXml" | "ins" | "smartTag":
                    yield from self.blocks(element, depth)

    def _paragraph(self, paragraph: etree._Element) -> str:
        style_id = _value(paragraph, "pPr", "pStyle") or ""
        style = self.styles.names.get(style_id, style_id)
        if _TOC_STYLE.match(style):
            return ""
        text = "".join(_words(paragraph)).strip()
        if not text:
            return ""
        own_list = _value(paragraph, "pPr", "numPr", "numId")
        list_id, level = self.styles.lists.get(style_id, ("0", 0))
        if own_list is not None:
            list_id, level = own_list, _number(_value(paragraph, "pPr", "numPr", "ilvl"), 0)
        return _heading_mark(style, paragraph) + self.numbering.next_label(list_id, level) + text

    def _rows(self, table: etree._Element, depth: int) -> Iterator[str]:
        """One line a row, cells parted by tabs, the paragraphs of a cell joined."""
        for row in table.iterchildren():
            if _tag(row) != "tr":
                continue
            cells = ["".join(self.blocks(cell, depth + 1)) for cell in row.iterdescendants() if _is_cell_of(cell, row)]
            if any(cells):
                yield "\t".join(cells)


def _is_cell_of(cell: etree._Element, row: etree._Element) -> bool:
    """Whether this is a cell of the row itself (perhaps in a content control), not of a table inside it."""
    if _tag(cell) != "tc":
        return False
    return next(ancestor for ancestor in cell.iterancestors() if _tag(ancestor) == "tr") is row


def _heading_mark(style: str, paragraph: etree._Element) -> str:
    """`# ` to `###### ` where the style or the outline level makes the paragraph a heading, else nothing."""
    if match := _HEADING_STYLE.match(style):
        return "#" * min(6, 1 + int(match.group(1))) + " "
    if _TITLE_STYLE.fullmatch(style):
        return "# "
    outline = _number(_value(paragraph, "pPr", "outlineLvl"), 9)
    return "#" * min(6, 2 + outline) + " " if outline < 9 else ""


def _words(element: etree._Element) -> Iterator[str]:
    """Text of a paragraph's runs, without deleted revisions, field codes and text boxes."""
    for child in element:
        match _tag(child):
            case "t":
                yield child.text or ""
            case "tab":
                yield "\t"
            case "br" | "cr":
                yield "\n"
            case "noBreakHyphen":
                yield "-"
            case tag if tag and tag not in _SKIPPED:
                yield from _words(child)
