"""A report's text cut into pieces, those that name a work told from the rest; templates print the pieces as text."""

from collections.abc import Sequence
from dataclasses import dataclass

CONTEXT_CHARACTERS = 160  # of the report on either side of a work's sentence: a few lines
SENTENCE_ENDS = "。！？；\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a report: marked where they name a work, within the work's own sentence or around it."""

    words: str
    marked: bool
    in_sentence: bool


def passage_of(text: str, spans: Sequence[Sequence[int]]) -> list[Piece]:
    """The sentence that holds the spans (character offsets, in order), with the words around it."""
    first, last = spans[0][0], spans[-1][1]
    begin = max(text.rfind(mark, 0, first) for mark in SENTENCE_ENDS) + 1
    ends = [found for mark in SENTENCE_ENDS if (found := text.find(mark, last)) >= 0]
    end = min(ends, default=len(text) - 1) + 1
    pieces = [Piece(text[max(0, begin - CONTEXT_CHARACTERS) : begin], False, False)]
    at = begin
    for start, stop in spans:
        pieces += [Piece(text[at:start], False, True), Piece(text[start:stop], True, True)]
        at = stop
    pieces += [Piece(text[at:end], False, True), Piece(text[end : end + CONTEXT_CHARACTERS], False, False)]
    return [piece for piece in pieces if piece.words]
