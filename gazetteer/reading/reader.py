"""A report's text to its works, stage by stage: paragraphs, clauses, predicates, lists, members, classes."""

from dataclasses import dataclass

from gazetteer.reading.classify import MAX_NAME, Classifier
from gazetteer.reading.clauses import clauses, mask, sentences
from gazetteer.reading.lexicon import Lexicon, Role
from gazetteer.reading.lists import Item, Lists, WorkList
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.reading.members import Member, Members
from gazetteer.reading.merge import merge
from gazetteer.reading.predicates import Predicate, Predicates, Run, Token, predicate_part
from gazetteer.reading.structure import Heading, Paragraph, Reader
from gazetteer.vocabulary import Kind, Period, Status
from gazetteer.work import Extent, Span, Work


_SINGLE = frozenset((Kind.BUILDING, Kind.FACILITY, Kind.SCHOOL, Kind.HOSPITAL, Kind.PLANT, Kind.PARK, Kind.PARKING, Kind.HOUSING))
_LEVELS = ("国家级", "国家", "全国", "省级", "全省", "市级", "省", "世界")


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
        self.last = Predicate()
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
            self._led(tokens, lead, start, end)
        else:
            self._unled(tokens, start, end)

    def _led(self, tokens: list[Token], lead: Run, start: int, end: int) -> None:
        """建成A、B; 推动A、B建成."""
        p = self.g._predicates
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
        p = self.g._predicates
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
        p = self.g._predicates
        telling = predicate_part(run)
        if run.start > begin and telling and not self._complements(run.end):
            behind = Predicate(tail=telling, rule="verb behind, with more after it")
            found = self._list(tokens, begin, telling.start, behind)
        else:
            behind, found = Predicate(tail=telling, rule="verb behind, with more after it"), WorkList()
            if run.start > begin:
                found = self._list(tokens, begin, telling.start if telling else run.end, behind)
        named = any(i.member.head and not i.member.head.weak for i in found.items) and self._acceptable(found, behind)
        if p.status(Predicate(tail=telling), None, Period.PLANNED, Run()) is Status.PROPOSED:
            named = False  # A争创B is said of B
        lead = p.lead(self.masked, tokens, run.start)
        if lead and lead.end == run.end < end and not self._complements(lead.end):
            ahead = Predicate(lead=lead, rule="verb inside")
            stop = tail.start if tail and tail.start > lead.end else end
            objects = self._list(tokens, lead.end, stop, ahead)
            if named and len(found.items) == 1 and len(objects.items) == 1 and found.items[0].member.ends:
                object_ = objects.items[0].member
                object_.before, object_.ends = found.items[0].member.core, found.items[0].member.ends
            if self._objects(objects, ahead, alone=not named):
                self._keep(objects, ahead, clause)
                self.carried = Predicate(lead=lead, rule="verb carried over")
                return True
        if named and (telling or self._complements(run.end)):
            self._keep(found, behind, clause)
            return True
        return False

    def _objects(self, objects: WorkList, predicate: Predicate, *, alone: bool) -> bool:
        """Whether a list behind a verb names works: any work, or where the words before the verb name one too (`alone` False),
        one with a name of its own or a number (A实现主管道贯通 is said of A)."""
        for item in objects.items:
            member = item.member
            if member.head is None or self._why_not(item, objects, predicate) is not None:
                continue
            if alone or member.quantity or member.before:
                return True
            if self.g._members.proper(self.text, member.core[0], member.head_start) > member.core[0]:
                return True
        return False

    def _complements(self, position: int) -> bool:
        """Whether what stands here goes on with the verb and is no object (搬迁|至新校区)."""
        return self.text.startswith(("至", "到", "为", "成", "入", "于", "在", "向", "率", "项目", "工程", "进度", "过半", "一期", "二期", "三期", "首期"), position)

    def _list(self, tokens: list[Token], start: int, end: int, predicate: Predicate) -> WorkList:
        if start >= end:
            return WorkList()
        return self.g._lists.read(self.text, self.masked, tokens, start, end, predicate)

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
        numbered = member.head is not None and member.head.kind is Kind.ROAD and any(c.isdigit() for c in name)
        if not (numbered or any("一" <= c <= "鿿" for c in name)) or "%" in name or name.endswith("率") or any(
            word in name for word in ("的", "了", "亿元", "万元", "是")
        ):
            return f"{name}: no name"
        if (measured := self.g._measures.at(text, start, end)) and measured.end == end and not measured.foreign:
            return f"{name}: a number alone"
        classifier = self.g._classifier
        if self.g._members.is_modifier(name) and not member.shared and not self._quantity(item, predicate):
            return f"{name}: no name"
        if any(name.endswith(word) for word, action in self.g._lexicon.actions.items() if action.name) and member.quantity:
            return None
        if member.stopped:
            return "its list sums itself up as no works"
        if why := classifier.stop_start(name):
            return why
        if not member.shared and (why := classifier.stop(name)):
            if member.head is None or len(self.g._lexicon.stop_ends) and not self._head_beats_stop(member, name):
                return why
        if member.head is None:
            return self._headless(item, found, predicate, name)
        if any(word in name for word in ("争创", "申报", "争取", "命名为", "创建国家", "创建省")):
            return f"{name}: a title that is striven for"
        quantity = self._quantity(item, predicate)
        if member.shared or member.before:
            return None
        if quantity is None or (not quantity.counts and not self.g._members.common(text, start, end)):
            common = self.g._members.common(text, start, end)
            placed = quantity is None and self.g._members.placed(text, start, member.head_start)
            whole = member.head.kind in _SINGLE and (self.g._predicates.strong(predicate) or predicate.tail.words(Role.AFTER))
            if whole and any(
                i is not item and i.member.head and not self.g._members.common(text, *i.member.core) for i in found.items
            ):
                placed = True  # 科创中心、人才公寓完工
            if common and not placed and self.g._members.proper(text, start, member.head_start) <= start:
                return f"{name}: one of many, with neither a name of its own nor a number"
        if quantity is None and self.g._members.proper(text, start, member.head_start) <= start:
            if name.startswith(_LEVELS) and member.head.kind is not Kind.ROAD:
                return f"{name}: a title, not a thing"
            if member.head.weak and not self.g._predicates.strong(predicate) and not predicate.tail.words(Role.AFTER):
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
        if any(c in name for c in "的将为是在有于") or any(word in name for word in ("争创", "创建", "申报", "争取")):
            return f"{name}: no known kind of thing"
        if member.ends and (predicate.lead or predicate.tail):
            return None
        siblings = [other.member for other in found.items if other is not item]
        if self.g._predicates.strong(predicate) and len(name) <= 12:
            return None
        said = predicate.lead or predicate.tail
        if said and len(name) <= 14 and (member.summed or member.phase or (member.generic and "项目" in member.generic)):
            return None
        if predicate.tail.words(Role.AFTER) and member.generic:
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
        others = [i.member.head for i in found.items if i.group == item.group and i is not item and i.member.head]
        kind, sector = g._classifier.classify(name, member, paragraph.area, others)
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
                nature=g._classifier.nature(text, member, item.predicate),
                sector=sector,
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
