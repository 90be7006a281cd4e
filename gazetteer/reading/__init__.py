"""Documents to paragraphs to headings to works."""

from gazetteer.reading.lexicon import Lexicon, load
from gazetteer.reading.reader import Grammar
from gazetteer.reading.result import Reading, Rejection
from gazetteer.reading.structure import Heading

__all__ = ["Heading", "Reading", "Rejection", "read_works"]


def read_works(text: str, *, lexicon: Lexicon | None = None) -> Reading:
    """The works that a report's text names, in the order of the text, with what was rejected and the headings.

    Offsets are those of `text`. `lexicon` is the package's own unless another is given
    (`gazetteer.reading.lexicon.load`).
    """
    return _grammar(lexicon).read(text)


_made: dict[int, tuple[Lexicon, Grammar]] = {}


def _grammar(lexicon: Lexicon | None) -> Grammar:
    chosen = lexicon or load()
    kept = _made.get(id(chosen))
    if kept is None or kept[0] is not chosen:
        _made.clear()
        kept = _made[id(chosen)] = (chosen, Grammar(chosen))
    return kept[1]
