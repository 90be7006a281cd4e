"""Web pages saved from a government site: the article, without menus, footers and scripts."""

import re
from collections.abc import Iterator, Set

from lxml import etree, html

from gazetteer.reading.formats import Content, DocumentError
from gazetteer.reading.formats import text as plain

ARTICLE_SHARE = 0.9
"""The article is the smallest element that holds this share of the page's prose. Outside it are related news and the
like; a report printed in two boxes keeps both."""

FURNITURE_SHARE = 0.1
"""An element that is called `header` or `share` and holds more than this share of the page's prose is not furniture."""

MAX_FURNITURE_LINE = 120
"""Characters of a line such as 发布时间:… 来源:… 浏览次数:…; a longer one that starts so is a sentence."""

HEAD_BYTES = 4096
"""Where a page may name its encoding: the HTML standard says the first 1024 bytes, saved pages put comments before."""

MAX_ROW_CHARS = 1000
"""A table row with more text than this is not a row of data but the page's layout, as old sites build it."""

MAX_PAGE_BYTES = 8 * 1024 * 1024
"""Bytes of one page. A report's page has under 1 MB; 8 MB of nothing but tags take 30 seconds."""

_ENCODINGS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "big5": "big5hkscs",
}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
# fmt: off
_DROPPED = frozenset((
    "script", "style", "noscript", "template", "head", "nav", "header", "footer", "aside", "button", "select",
    "option", "textarea", "input", "iframe", "object", "embed", "applet", "svg", "math", "canvas", "audio", "video",
    "map", "dialog", "menu",
))
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre",
    "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))
# fmt: on
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:nav|menu|header|footer|foot|sidebar|breadcrumb|crumbs?|share|toolbar|copyright|related|friendlink)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_FURNITURE_LINE = re.compile(
    r"[【\[(（]?\s*(?:打印|关闭|分享|收藏|字体|字号|上一[篇条]|下一[篇条]|浏览次数|点击[量数]|访问[量次]|扫一扫"
    r"|发布(?:时间|日期)|(?:信息)?来源[:：]|当前位置|您(?:当前|现在)?(?:的位置|所在)|首页\s*[>»])"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PROSE_MARKS = re.compile("[,，。;；、!！?？]")
_SPACES = re.compile(r"[ \r\n\f\v\xa0]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WIDE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_WRAP_IN_CHINESE = re.compile(f"(?<={_WIDE})[ \t]*[\r\n][ \t\r\n]*(?={_WIDE})")


def read(data: bytes) -> Content:
    """The article of a saved page. Raises DocumentError where the page has no text.

    Title, day and site come from the `ArticleTitle`, `PubDate` and `SiteName` tags that Chinese government sites must
    carry (政府网站发展指引, State Council General Office 2017, annex 2), else from `h1` or `title`.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise DocumentError(
            f"网页超过 {MAX_PAGE_BYTES >> 20} MB，请只保存正文页。"
            f"The page is larger than {MAX_PAGE_BYTES >> 20} MB: save the report's own page."
        )
    source, encoding = _decode(data)
    page = _parse(source)
    body = next(page.iter("body"), page)
    tags = {
        str(meta.get("name")).lower(): _one_line(meta.get("content")) for meta in page.iter("meta") if meta.get("name")
    }
    page_title = _first_text(page, "title")
    title = tags.get("articletitle") or _first_text(page, "h1") or page_title
    furniture = _furniture(body)
    text = "\n".join(_lines(_article(body, furniture), furniture))
    if not text:
        raise DocumentError(
            "网页里没有正文，请打开报告页面后再保存。The page holds no text: open the report itself and save that page."
        )
    note = " ".join(filter(None, (tags.get("sitename"), page_title, tags.get("pubdate"))))
    return Content(text, encoding, title, note)


def _decode(data: bytes) -> tuple[str, str]:
    """Text by byte order mark or the page's own word; where that word is wrong, as for plain text."""
    marked = any(data.startswith(bom) for bom, _ in plain.BOMS)
    if not marked and (match := _CHARSET.search(data[:HEAD_BYTES])):
        encoding = _ENCODINGS.get(match.group(1).decode("ascii", "ignore").lower())
        try:
            if encoding is not None:
                return data.decode(encoding), encoding
        except UnicodeDecodeError:
            pass
    return plain.decode(data)


def _parse(source: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError("网页是空的或已损坏。The page is empty or broken: save it again.") from error


def _one_line(text: str | None) -> str:
    return _SPACES.sub(" ", _INVISIBLE.sub("", text or "")).strip()


def _first_text(page: html.HtmlElement, tag: str) -> str | None:
    element = next(page.iter(tag), None)
    return None if element is None else _one_line("".join(element.itertext(with_tail=False))) or None


def _prose(body: html.HtmlElement, without: Set[html.HtmlElement]) -> dict[html.HtmlElement, int]:
    """How much written prose each element holds: its punctuation marks outside links, which menus have none of."""
    prose: dict[html.HtmlElement, int] = {}
    for element in reversed(list(body.iter())):
        if element.tag in _DROPPED or element.tag == "a" or element in without:
            prose[element] = 0
            continue
        own = "".join((element.text or "", *(child.tail or "" for child in element)))
        prose[element] = len(_PROSE_MARKS.findall(own)) + sum(prose[child] for child in element)
    return prose


def _furniture(body: html.HtmlElement) -> Set[html.HtmlElement]:
    """The site's own parts: by element, by being hidden, or by class name where there is little of the page's prose
    inside."""
    prose = _prose(body, frozenset())
    little = prose[body] * FURNITURE_SHARE

    def is_furniture(element: html.HtmlElement) -> bool:
        if not element.attrib:
            return element.tag in _DROPPED
        if element.tag in _DROPPED or "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")):
            return True
        names = f"{element.get('class', '')} {element.get('id', '')}"
        return _FURNITURE.search(names) is not None and prose[element] <= little

    return {element for element in body.iterdescendants() if is_furniture(element)}


def _article(body: html.HtmlElement, furniture: Set[html.HtmlElement]) -> html.HtmlElement:
    """The smallest element that holds nearly all the prose of the page."""
    prose = _prose(body, furniture)
    article, needed = body, prose[body] * ARTICLE_SHARE
    while needed and (inner := next((child for child in article if prose[child] >= needed), None)) is not None:
        article = inner
    return article


def _lines(article: html.HtmlElement, furniture: Set[html.HtmlElement]) -> Iterator[str]:
    """Paragraphs, headings (`# `) and table rows (cells parted by tabs) of the article, one a line, none empty."""
    words: list[str] = []
    mark = ""
    row: html.HtmlElement | None = None

    def flush() -> Iterator[str]:
        text = _tidy("".join(words))
        words.clear()
        if text and not (len(text) <= MAX_FURNITURE_LINE and _FURNITURE_LINE.match(text)):
            yield mark + text

    walk = etree.iterwalk(article, events=("start", "end"))
    for event, node in walk:
        is_block = row is None and node.tag in _BLOCKS
        if event == "start":
            if node in furniture:
                node.text = None
                walk.skip_subtree()
            elif is_block:
                yield from flush()
                mark = _HEADINGS.get(str(node.tag), "")
                row = node if node.tag == "tr" and _is_data_row(node) else None
            words.append(node.text or "")
            continue
        if is_block or node is row:
            yield from flush()
            mark, row = "", None
        elif row is not None and node.tag in {"td", "th"}:
            words.append("\t")
        if node is not article:
            words.append(node.tail or "")
    yield from flush()


def _is_data_row(row: html.HtmlElement) -> bool:
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    return (
        len(cells) > 1
        and next(row.iter("table"), None) is None
        and sum(len(text) for text in row.itertext()) <= MAX_ROW_CHARS
    )


def _tidy(text: str) -> str:
    """One line: source line breaks inside Chinese text vanish, other runs of white space become one space."""
    text = _WRAP_IN_CHINESE.sub("", _INVISIBLE.sub("", text))
    cells = (_SPACES.sub(" ", cell).strip(" \u3000") for cell in text.split("\t"))
    return "\t".join(cells).strip()
