"""A member that is a work, with all that is said of it, to a `Work` whose spans lead back to the report."""

import re
from collections.abc import Iterator

from gazetteer.reading.classify import Classifier
from gazetteer.reading.lexicon import Role
from gazetteer.reading.lists import WorkList
from gazetteer.reading.member import Item, Member
from gazetteer.reading.places import Places
from gazetteer.reading.predicates import Predicate, Predicates, Run
from gazetteer.reading.structure import Paragraph
from gazetteer.vocabulary import Status
from gazetteer.work import Extent, Span, Work

_QUOTES = '“”"'
_QUOTE = re.compile(f"[{_QUOTES}]")


class Maker:
    """Makes the works of one sentence of a paragraph; `source` is the report's text."""

    def __init__(
        self,
        source: str,
        paragraph: Paragraph,
        bounds: tuple[int, int],
        classifier: Classifier,
        predicates: Predicates,
        places: Places,
    ) -> None:
        self._source = source
        self._paragraph = paragraph
        self._bounds = bounds
        self._sentence: str | None = None
        self._classifier = classifier
        self._predicates = predicates
        self._sought = places
        self.field = ""
        """The field of work that the sentence names ahead of its works (交通方面，)."""
        self._actions: dict[int, tuple[Predicate, str]] = {}

    def make(self, item: Item, found: WorkList, said: Run) -> Work | None:
        """The work of a list's member; None where its name has no characters of its own."""
        member, text, paragraph = item.member, self._paragraph.text, self._paragraph
        pieces = [piece for piece in (member.before, member.core, member.shared) if piece]
        spans = tuple(span for piece in pieces for span in self._spans(*piece))
        if not spans:
            return None
        name = "".join(self._source[span.start : span.end] for span in spans)
        member.quantity = quantity = member.quantity or item.predicate.quantity
        heads = [i.member.head for i in found.items if i.group == item.group and i is not item]
        headings = (*paragraph.area, self.field) if self.field else paragraph.area
        kind, sector = self._classifier.classify(name, member, item.predicate, headings, heads)
        extent = Extent(*(self._words(*end) for end in member.ends)) if member.ends else None
        return Work(
            name=name,
            kind=kind,
            status=self._status(member, item.predicate, said),
            nature=self._classifier.nature(text, member, item.predicate),
            sector=sector,
            named=self._classifier.named(text, member),
            extent=extent,
            quantity=quantity.value if quantity else None,
            unit=quantity.unit if quantity else None,
            area=paragraph.area,
            period=paragraph.period,
            places=tuple(dict.fromkeys(self._places(name, member, extent))),
            action=self._action(item.predicate),
            sentence=self._said_in(),
            spans=spans,
            flags=tuple(member.flags),
            reasoning=tuple(self._reasons(item.predicate, member)),
        )

    def _status(self, member: Member, predicate: Predicate, said: Run) -> Status:
        status = self._predicates.status(predicate, member.stage, self._paragraph.period, said)
        return Status.ONGOING if member.partial and status is Status.COMPLETE else status

    def _places(self, name: str, member: Member, extent: Extent | None) -> Iterator[str]:
        """What a geocoder would look up: the work itself, the places in its name, its ends."""
        yield name
        for place in self._sought.of(self._paragraph.text, member):
            yield self._words(*place)
        if extent:
            yield extent.start
            yield extent.end

    def _action(self, predicate: Predicate) -> str:
        kept = self._actions.get(id(predicate))
        if kept is None:
            run = predicate.lead or predicate.tail
            verbs = [token for token in run.tokens if token.roles != {Role.ADVERB}]
            words = "".join(self._words(token.start, token.end) for token in verbs)
            kept = self._actions[id(predicate)] = (predicate, words)
        return kept[1]

    def _said_in(self) -> str:
        if self._sentence is None:
            self._sentence = self._words(*self._bounds)
        return self._sentence

    def _reasons(self, predicate: Predicate, member: Member) -> Iterator[str]:
        action = self._action(predicate)
        yield f"{predicate.rule}: {action}" if action else predicate.rule
        if member.head:
            start, end = member.shared or (member.head_start, member.head_end)
            yield f"head {self._words(start, end)}"
        for word in reversed(member.actions):
            yield f"action {word}"
        yield from member.notes

    def _spans(self, start: int, end: int) -> list[Span]:
        """The spans of a piece of a name, without quotation marks."""
        text, spans, begin = self._paragraph.text, [], start
        if not _QUOTE.search(text, start, end):
            return self._paragraph.spans(start, end)
        for position in range(start, end + 1):
            if position == end or text[position] in _QUOTES:
                if position > begin:
                    spans += self._paragraph.spans(begin, position)
                begin = position + 1
        return spans

    def _words(self, start: int, end: int) -> str:
        return "".join(self._source[span.start : span.end] for span in self._paragraph.spans(start, end))
