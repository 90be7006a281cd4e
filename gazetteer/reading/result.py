"""What reading gives back."""

from dataclasses import dataclass

from gazetteer.reading.structure import Heading
from gazetteer.work import Span, Work


@dataclass(frozen=True, slots=True)
class Rejection:
    """Words that looked like a work and were not taken for one, and why."""

    span: Span
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read out of a report, in the order of its text."""

    works: tuple[Work, ...]
    rejected: tuple[Rejection, ...]
    headings: tuple[Heading, ...]
