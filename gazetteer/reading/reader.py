"""A report's text to its works, stage by stage: paragraphs, clauses, predicates, lists, members, classes."""

from dataclasses import dataclass

from gazetteer.reading.classify import MAX_NAME, Classifier
from gazetteer.reading.clauses import clauses, mask, sentences
from gazetteer.reading.lexicon import Lexicon, Role
from gazetteer.reading.lists import Item, Lists, WorkList
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.reading.members import Member, Members
from gazetteer.reading.merge import merge
from gazetteer.reading.predicates import Predicate, Predicates, Run, Token
from gazetteer.reading.structure import Heading, Paragraph, Reader
from gazetteer.vocabulary import Kind, Period, Status
from gazetteer.work import Extent, Span, Work


@dataclass(frozen=True, slots=True)
class Rejection:
    """Words that looked like a work and were not taken for one, and why."""

    span: Span
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read out of a report."""

    works: tuple[Work, ...]
    rejected: tuple[Rejection, ...]
    headings: tuple[Heading, ...]


@dataclass(slots=True)
class _Clause:
    start: int
    end: int
    tokens: list[Token]


class Grammar:
    """Reads reports with one lexicon. It keeps nothing between reports."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._measures = Measures(lexicon)
        self._predicates = Predicates(lexicon, self._measures)
        self._members = Members(lexicon, self._measures)
        self._lists = Lists(lexicon, self._measures, self._members, self._predicates)
        self._classifier = Classifier(lexicon, self._members)
        self._collective = frozenset(lexicon.lists["collective"])

    def read(self, text: str) -> Reading:
        """All works of a report."""
        reader = Reader(text, self._lexicon)
        works: list[Work] = []
        rejected: list[Rejection] = []
        for paragraph in reader:
            self._paragraph(text, paragraph, works, rejected)
        return Reading(tuple(merge(works)), tuple(rejected), tuple(reader.headings))

    def _paragraph(self, source: str, paragraph: Paragraph, works: list[Work], rejected: list[Rejection]) -> None:
        masked = mask(paragraph.text)
        for start, end in sentences(masked):
            _Sentence(self, source, paragraph, masked, (start, end), works, rejected).read()


class _Sentence:
    """The clauses of one sentence, which hand verbs on to one another."""

    def __init__(
        self,
        grammar: Grammar,
        source: str,
        paragraph: Paragraph,
        masked: str,
        bounds: tuple[int, int],
        works: list[Work],
        rejected: list[Rejection],
    ) -> None:
        self.g = grammar
        self.source = source
        self.paragraph = paragraph
        self.text = paragraph.text
        self.masked = masked
        self.start, self.end = bounds
        self.works = works
        self.rejected = rejected
        self.carried = Predicate()
        self.said = Run()
        self.pending: list[tuple[WorkList, tuple[int, int]]] = []

    def read(self) -> None:
        for start, end in clauses(self.text, self.masked, self.start, self.end):
            if end - start >= 3:
                self._clause(start, end)

    def _clause(self, start: int, end: int) -> None:
        p = self.g._predicates
        tokens = p.tokens(self.masked, start, end)
        if not tokens:
            return
        lead = p.lead(self.masked, tokens, start)
        if lead and lead.end >= end:
            return
        if lead:
            tail, quantity = p.tail(self.masked, tokens, lead.end, end)
            predicate = Predicate(lead, tail, "verb before", quantity if tail else None)
            stop = tail.start if tail else end
            found = self._list(tokens, lead.end, stop, predicate)
            if self._keep(found, predicate, (start, end)):
                self.carried = Predicate(lead=lead, rule="verb carried over")
                if self.g._predicates.says(lead):
                    self.said = lead
            elif tail:
                self._keep(self._list(tokens, start, stop, Predicate(tail=tail)), Predicate(tail=tail, rule="verb behind"), (start, end))
            return
        begin = start
        for token in tokens:
            if token.start == begin and token.roles == {Role.ADVERB}:
                begin = token.end
        tail, quantity = p.tail(self.masked, tokens, begin, end)
        middle = p.middle(self.masked, tokens, begin, end)
        if tail and tail.start > begin:
            predicate = Predicate(tail=tail, rule="verb behind", quantity=quantity)
            if self._keep(self._list(tokens, begin, tail.start, predicate), predicate, (start, end)):
                self.carried = Predicate()
                return
        for run in middle:
            predicate = Predicate(lead=run, rule="verb inside")
            stop = tail.start if tail and tail.start > run.end else end
            found = self._list(tokens, run.end, stop, predicate)
            if self._acceptable(found, predicate):
                self._keep(found, predicate, (start, end))
                self.carried = Predicate(lead=run, rule="verb carried over")
                return
            behind = Predicate(tail=run, rule="verb behind, with more after it")
            found = self._list(tokens, begin, run.start, behind)
            headed = any(item.member.head for item in found.items)
            if headed and (run.words(Role.VERB) or run.words(Role.AFTER)) and self._acceptable(found, behind):
                self._keep(found, behind, (start, end))
                return
        predicate = self.carried if self.carried.lead else Predicate(rule="no verb")
        self._keep(self._list(tokens, begin, end, predicate), predicate, (start, end))

    def _list(self, tokens: list[Token], start: int, end: int, predicate: Predicate) -> WorkList:
        if start >= end:
            return WorkList()
        return self.g._lists.read(self.text, self.masked, tokens, start, end, predicate)

    def _acceptable(self, found: WorkList, predicate: Predicate) -> bool:
        return any(self._why_not(item, found, predicate) is None for item in found.items)

    def _keep(self, found: WorkList, predicate: Predicate, clause: tuple[int, int]) -> bool:
        """Make works of the members that are; True where there was one."""
        kept = False
        for item in found.items:
            why = self._why_not(item, found, predicate)
            if why is None:
                kept = True
                self._work(item, found, clause)
            elif not item.member.bare:
                spans = self.paragraph.spans(*item.member.core)
                if spans:
                    words = self.text[item.member.core[0] : item.member.core[1]]
                    self.rejected.append(Rejection(Span(spans[0].start, spans[-1].end), words, why))
        for group, words in found.closings.items():
            if kept:
                self._summed(group, words, found, predicate, clause)
        return kept

    def _summed(self, group: int, words: str, found: WorkList, predicate: Predicate, clause: tuple[int, int]) -> None:
        """The number at the end of a list (荆泉路等10条道路) where it counts more than the list names is left to `flags`."""

    def _why_not(self, item: Item, found: WorkList, predicate: Predicate) -> str | None:
        """Why a member is no work; None where it is one."""
        member, text = item.member, self.text
        start, end = member.core
        name = text[start:end]
        if end - start < 2 and not member.shared:
            return "too short for a name"
        if end - start > MAX_NAME:
            return "a phrase, not a name"
        if not any("一" <= c <= "鿿" for c in name):
            return "no name"
        classifier = self.g._classifier
        if member.stopped:
            return "its list sums itself up as no works"
        if why := classifier.stop_start(name):
            return why
        if not member.shared and (why := classifier.stop(name)):
            if member.head is None or len(self.g._lexicon.stop_ends) and not self._head_beats_stop(member, name):
                return why
        if member.head is None:
            return self._headless(item, found, predicate, name)
        quantity = self._quantity(item, predicate)
        if member.shared or member.before:
            return None
        if quantity is None or (not quantity.counts and not self.g._members.common(text, start, end)):
            common = self.g._members.common(text, start, end)
            if common and self.g._members.proper(text, start, member.head_start) <= start:
                return f"{name}: one of many, with neither a name of its own nor a number"
        if quantity is None and not predicate.lead and not predicate.tail and not member.actions:
            return "nothing is said of it"
        return None

    def _head_beats_stop(self, member: Member, name: str) -> bool:
        head = member.core[1] - member.head_start
        for length in range(min(len(name), 8), 0, -1):
            if name[-length:] in self.g._lexicon.stop_ends:
                return head >= length
        return False

    def _headless(self, item: Item, found: WorkList, predicate: Predicate, name: str) -> str | None:
        member = item.member
        if member.quantity and member.quantity.counts:
            return f"{name}: no known kind of thing"
        if any(c in name for c in "的将为是在有于"):
            return f"{name}: no known kind of thing"
        if member.ends and (predicate.lead or predicate.tail):
            return None
        siblings = [other.member for other in found.items if other is not item]
        if self.g._predicates.strong(predicate) and len(name) <= 12:
            return None
        if member.generic and (predicate.lead or predicate.tail) and len(name) <= 12:
            return None
        if len(name) <= 10 and (predicate.lead or predicate.tail) and any(
            s.head and not s.quantity and self.g._classifier.stop(self.text[s.core[0] : s.core[1]]) is None for s in siblings
        ):
            return None
        return f"{name}: no known kind of thing"

    def _quantity(self, item: Item, predicate: Predicate) -> Quantity | None:
        return item.member.quantity or predicate.quantity

    def _work(self, item: Item, found: WorkList, clause: tuple[int, int]) -> None:
        member, text, paragraph, g = item.member, self.text, self.paragraph, self.g
        pieces = [p for p in (member.before, member.core, member.shared) if p]
        spans = tuple(span for piece in pieces for span in self._pieces(*piece))
        if not spans:
            return
        name = "".join(self.source[span.start : span.end] for span in spans)
        member.quantity = self._quantity(item, item.predicate)
        kind = g._classifier.kind(member)
        extent = None
        if member.ends:
            a, b = (self._words(*ends) for ends in member.ends)
            extent = Extent(a, b)
        action = "".join(run.words(role)[0] if run.words(role) else "" for run, role in ((item.predicate.lead, Role.VERB),))
        if not action:
            run = item.predicate.lead or item.predicate.tail
            action = text[run.start : run.end] if run else ""
        sentence = paragraph.spans(*self._trim(self.start, self.end))
        quantity = member.quantity
        self.works.append(
            Work(
                name=name,
                kind=kind,
                status=g._predicates.status(item.predicate, member.stage, paragraph.period, self.said),
                nature=g._classifier.nature(member, item.predicate),
                sector=g._classifier.sector(name, member, kind, paragraph.area),
                named=g._classifier.named(text, member),
                extent=extent,
                quantity=quantity.value if quantity else None,
                unit=quantity.unit if quantity else None,
                area=paragraph.area,
                period=paragraph.period,
                places=(name,),
                action=action,
                sentence="".join(self.source[s.start : s.end] for s in sentence),
                spans=spans,
                flags=tuple(member.flags),
                reasoning=tuple([item.predicate.rule, *member.notes]),
            )
        )

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        return start, end

    def _pieces(self, start: int, end: int) -> list[Span]:
        """The spans of a piece of a name, without quotation marks."""
        spans: list[Span] = []
        begin = start
        for position in range(start, end + 1):
            if position == end or self.text[position] in "“”\"":
                if position > begin:
                    spans += self.paragraph.spans(begin, position)
                begin = position + 1
        return spans

    def _words(self, start: int, end: int) -> str:
        return "".join(self.source[s.start : s.end] for s in self.paragraph.spans(start, end))
