"""A web page saved as one file (MHTML, RFC 2557), as Chrome, Edge and WPS do."""

import email
import re

from gazetteer.reading.formats import Content, DocumentError, html

START = re.compile(
    rb"(?:From: <Saved by|MIME-Version:|Content-Type: multipart/related|Snapshot-Content-Location:)", re.I
)
"""First line of such a file: a mail header that no report begins with."""


def read(data: bytes) -> Content:
    """The article of the page. Raises DocumentError where the file holds no page."""
    try:
        page = _page(data)
    except (RecursionError, ValueError, LookupError) as error:  # parts in parts without end, or broken headers
        raise DocumentError("mhtml 文件已损坏，请重新保存。This mhtml file is broken: save the page again.") from error
    if page is not None:
        return html.read(page)
    raise DocumentError("mhtml 里没有网页，请另存为 html。This mhtml file holds no page: save the page as html.")


def _page(data: bytes) -> bytes | None:
    for part in email.message_from_bytes(data).walk():
        page = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(page, bytes):
            charset = part.get_content_charset("")
            if charset and b"charset" not in page[: html.HEAD_BYTES].lower():
                return f'<meta charset="{charset}">'.encode("ascii", "replace") + page
            return page
    return None
