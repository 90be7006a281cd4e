"""One file a format: bytes in, the words a person reads out, in reading order."""

from dataclasses import dataclass

from gazetteer.errors import GuatuError

MAX_TEXT_CHARS = 16_000_000
"""Characters of text in one document. A report has under 100,000; a whole yearbook has a few million."""


class DocumentError(GuatuError):
    """A file that cannot be read as a report; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a format found in a file.

    `text` has one paragraph a line; a heading that the file marks as one starts with `# `. `encoding` is the name of
    the character encoding where the bytes had one. `title` is what the file itself says it is called. `note` is
    anything else the file says of itself (site name, day of publication), to be searched for a county and a year
    after the text. `warnings` are parts that could not be read, each a line.
    """

    text: str
    encoding: str | None = None
    title: str | None = None
    note: str = ""
    warnings: tuple[str, ...] = ()
