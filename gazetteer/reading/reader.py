"""A report's text to its works, stage by stage: paragraphs, clauses, predicates, lists, members, classes."""

from dataclasses import dataclass

from gazetteer.reading.classify import Classifier
from gazetteer.reading.clauses import clauses, mask, sentences
from gazetteer.reading.judge import Judge
from gazetteer.reading.lexicon import Lexicon, Role
from gazetteer.reading.lists import Item, Lists, WorkList
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.reading.members import Member, Members
from gazetteer.reading.merge import merge
from gazetteer.reading.predicates import Predicate, Predicates, Run, Token, predicate_part
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
        measures = Measures(lexicon)
        self.predicates = Predicates(lexicon, measures)
        self.members = Members(lexicon, measures)
        self.lists = Lists(lexicon, measures, self.members, self.predicates)
        self.classifier = Classifier(lexicon, self.members)
        self.judge = Judge(lexicon, measures, self.members, self.predicates)

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
        self.last = Predicate()
        self.pending: list[tuple[WorkList, tuple[int, int]]] = []

    def read(self) -> None:
        for start, end in clauses(self.text, self.masked, self.start, self.end):
            if end - start >= 3:
                self._clause(start, end)

    def _clause(self, start: int, end: int) -> None:
        p = self.g.predicates
        tokens = p.tokens(self.masked, start, end)
        if not tokens:
            return
        lead = p.lead(self.masked, tokens, start)
        if lead and lead.end >= end:
            return
        if lead:
            self._led(tokens, lead, start, end)
        else:
            self._unled(tokens, start, end)

    def _led(self, tokens: list[Token], lead: Run, start: int, end: int) -> None:
        """建成A、B; 推动A、B建成."""
        p = self.g.predicates
        tail, quantity = p.tail(self.masked, p.runs(self.masked, tokens, lead.end, end), lead.end, end)
        predicate = Predicate(lead, tail, "verb before", quantity if tail else None)
        found = self._list(tokens, lead.end, tail.start if tail else end, predicate)
        if self._keep(found, predicate, (start, end)):
            self.carried = Predicate(lead=lead, rule="verb carried over")
            if p.says(lead):
                self.said = lead
        elif tail:
            self._unled(tokens, start, end)

    def _unled(self, tokens: list[Token], start: int, end: int) -> None:
        """A、B建成; 城区新建A; a bare list, which takes the verb of the clause before."""
        p = self.g.predicates
        begin = start
        for token in tokens:
            if token.start == begin and token.roles == {Role.ADVERB}:
                begin = token.end
        runs = p.runs(self.masked, tokens, begin, end)
        tail, quantity = p.tail(self.masked, runs, begin, end)
        inside = [run for run in runs if run.end < end and not (tail and run.end == tail.end)]
        telling = [run for run in inside if (part := predicate_part(run)) and p.inside(part)]
        for run in telling:
            if self._first(tokens, predicate_part(run), begin, (start, end)):
                return
            if self._inside(tokens, run, tail, (begin, end), (start, end)):
                return
        if tail:
            predicate = Predicate(tail=tail, rule="verb behind", quantity=quantity)
            if self._keep(self._list(tokens, begin, tail.start, predicate), predicate, (start, end)):
                self.carried = Predicate()
                return
        for run in inside:
            if run not in telling and self._inside(tokens, run, tail, (begin, end), (start, end)):
                return
        predicate = self.carried if self.carried.lead else Predicate(rule="no verb")
        if self.text.startswith("其中", start) and self.last.tail:
            predicate = self.last
        self._keep(self._list(tokens, begin, end, predicate), predicate, (start, end))

    def _first(self, tokens: list[Token], telling: Run, begin: int, clause: tuple[int, int]) -> bool:
        """A开工、B完工: the first of two sentences that a list mark joins; the second is read as a clause of its own."""
        end = clause[1]
        if telling.start <= begin or self.text[telling.end] != "、":
            return False
        behind = Predicate(tail=telling, rule="verb behind")
        found = self._list(tokens, begin, telling.start, behind)
        if not any(item.member.head for item in found.items) or not self._acceptable(found, behind):
            return False
        self._keep(found, behind, clause)
        self.carried = Predicate()
        if end - telling.end > 3:
            self._clause(telling.end + 1, end)
        return True

    def _inside(self, tokens: list[Token], run: Run, tail: Run, bounds: tuple[int, int], clause: tuple[int, int]) -> bool:
        """A verb inside the clause: of the works behind it (城区新建A), else of those before it (A通过环保验收)."""
        begin, end = bounds
        p = self.g.predicates
        telling = predicate_part(run)
        if run.start > begin and telling and not self._complements(run.end):
            behind = Predicate(tail=telling, rule="verb behind, with more after it")
            found = self._list(tokens, begin, telling.start, behind)
        else:
            behind, found = Predicate(tail=telling, rule="verb behind, with more after it"), WorkList()
            if run.start > begin:
                found = self._list(tokens, begin, telling.start if telling else run.end, behind)
        named = any(self._proper(i.member) for i in found.items) and self._acceptable(found, behind)
        striven = p.status(Predicate(tail=telling), None, Period.PLANNED, Run()) is Status.PROPOSED
        lead = p.lead(self.masked, tokens, run.start)
        if lead and lead.end == run.end < end and not self._complements(lead.end):
            ahead = Predicate(lead=lead, rule="verb inside")
            stop = tail.start if tail and tail.start > lead.end else end
            objects = self._list(tokens, lead.end, stop, ahead)
            if named and len(found.items) == 1 and len(objects.items) == 1 and found.items[0].member.ends:
                object_ = objects.items[0].member
                object_.before, object_.ends = found.items[0].member.core, found.items[0].member.ends
            if self._objects(objects, ahead, alone=not named or striven):
                self._keep(objects, ahead, clause)
                self.carried = Predicate(lead=lead, rule="verb carried over")
                return True
        if striven and "争取" not in telling.words(Role.VERB):
            return False  # A争创B is said of B
        if named and (telling or self._complements(run.end)):
            self._keep(found, behind, clause)
            return True
        return False

    def _proper(self, member: Member) -> bool:
        """Whether it has a head, and one that says enough or a name of its own before it."""
        if member.head is None:
            return False
        return not member.head.weak or self.g.members.proper(self.text, member.core[0], member.head_start) > member.core[0]

    def _objects(self, objects: WorkList, predicate: Predicate, *, alone: bool) -> bool:
        """Whether a list behind a verb names works: any work, or where the words before the verb name one too (`alone` False),
        one with a name of its own or a number (A实现主管道贯通 is said of A)."""
        for item in objects.items:
            member = item.member
            if member.head is None or self._why_not(item, objects, predicate) is not None:
                continue
            if alone or member.quantity or member.before:
                return True
            if self.g.members.proper(self.text, member.core[0], member.head_start) > member.core[0]:
                return True
        return False

    def _complements(self, position: int) -> bool:
        """Whether what stands here goes on with the verb and is no object (搬迁|至新校区)."""
        return self.text.startswith(("至", "到", "为", "成", "入", "于", "在", "向", "率", "项目", "工程", "进度", "过半", "一期", "二期", "三期", "首期"), position)

    def _list(self, tokens: list[Token], start: int, end: int, predicate: Predicate) -> WorkList:
        if start >= end:
            return WorkList()
        return self.g.lists.read(self.text, self.masked, tokens, start, end, predicate)

    def _acceptable(self, found: WorkList, predicate: Predicate) -> bool:
        return any(self._why_not(item, found, predicate) is None for item in found.items)

    def _keep(self, found: WorkList, predicate: Predicate, clause: tuple[int, int]) -> bool:
        """Make works of the members that are; True where there was one."""
        kept = False
        self.last = predicate
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
        return kept

    def _why_not(self, item: Item, found: WorkList, predicate: Predicate) -> str | None:
        return self.g.judge.why_not(self.text, item, found, predicate)

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
        others = [i.member.head for i in found.items if i.group == item.group and i is not item and i.member.head]
        kind, sector = g.classifier.classify(name, member, paragraph.area, others)
        status = g.predicates.status(item.predicate, member.stage, paragraph.period, self.said)
        if member.partial and status is Status.COMPLETE:
            status = Status.ONGOING
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
                status=status,
                nature=g.classifier.nature(text, member, item.predicate),
                sector=sector,
                named=g.classifier.named(text, member),
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
