"""One sentence to its works: clause by clause, each by the place of its verb."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gazetteer.reading.asides import (
    SHORTEST,
    field,
    is_aside,
    labels,
    length,
    list_heading,
    places,
    without_whereabouts,
)
from gazetteer.reading.clauses import clauses
from gazetteer.reading.heads import PHASE
from gazetteer.reading.lexicon import Role
from gazetteer.reading.lists import WorkList
from gazetteer.reading.measures import Quantity
from gazetteer.reading.member import Item, Member
from gazetteer.reading.predicates import Predicate, Run, Token, predicate_part
from gazetteer.reading.result import Rejection
from gazetteer.reading.structure import Paragraph
from gazetteer.reading.works import Maker
from gazetteer.vocabulary import Kind, Period, Status
from gazetteer.work import Span, Work

if TYPE_CHECKING:
    from gazetteer.reading.reader import Grammar

_BUILT = frozenset(Kind) - {Kind.ZONE, Kind.TOWN, Kind.VILLAGE, Kind.FARMLAND, Kind.EQUIPMENT, Kind.BLOCK, Kind.OTHER}
"""Kinds whose name before an unknown verb is a work; districts and towns do all sorts of things."""
_OF_AGENTS = frozenset(("推动", "推进", "促进", "增加", "供应", "开发", "协调", "扩大", "加大", "提供", "支持", "保障"))
"""Verbs whose subject does something else than be built (国务院|推动高质量发展)."""
_WRITING = frozenset(("编制", "修编", "制定", "完善", "编制完成", "完成编制", "印发", "出台"))
_PAPERS = ("规划", "方案", "导则", "计划", "总体规划", "专项规划", "实施方案", "规划编制")
"""What is written, and what writing it is called."""
_ENABLING = ("支持", "鼓励", "引导")
_BUILDING = frozenset(("建设", "打造", "新建", "创建", "申建", "争创", "申创", "发展", "布局"))
"""What somebody is supported in (支持云溪镇|建设|游客中心)."""
_JOINED_PHASE = re.compile("(?P<number>[一二三四五])[、和及][二三四五六]期")
"""The first of two phases (二|、三期)."""
_SUMMED_PLACES = re.compile(
    r"\d{1,4}个(?:行政村|自然村|村|乡镇|社区|小区)(?:共计|合计|共)?(?=\d[\d.]*万?(?:户|座|公里|栋|幢)的?)"
)
"""Where the things are of which the number follows (271个村共计|18万户的)."""
_GOES_ON = (
    *("至", "到", "为", "成", "入", "于", "在", "向", "率"),
    *("计划", "方案", "资金", "指挥部"),
    *("项目", "工程", "进度", "过半", "一期", "二期", "三期", "首期"),
)
"""What stands behind a verb that goes on with it and is no object (搬迁|至新校区, 改扩建|项目)."""


class Sentence:
    """The clauses of one sentence, which hand verbs on to one another."""

    def __init__(
        self, grammar: "Grammar", source: str, paragraph: Paragraph, masked: str, bounds: tuple[int, int]
    ) -> None:
        self.g = grammar
        self.paragraph = paragraph
        self.text = paragraph.text
        self.masked = masked
        self.bounds = bounds
        self.maker = Maker(source, paragraph, bounds, grammar.classifier, grammar.predicates, grammar.places)
        self.works: list[Work] = []
        self.rejected: list[Rejection] = []
        self.carried = Predicate()
        self.heading: Predicate | None = None
        self.said = Run()
        self.last = Predicate()
        self.named: Member | None = None
        self.places: Quantity | None = None
        self.told = 0
        self.first = bounds[0]
        self.pending: list[tuple[WorkList, tuple[int, int]]] = []

    def read(self) -> None:
        label = False
        for index, (start, end) in enumerate(clauses(self.text, self.masked, *self.bounds)):
            self.first = self.first if index else start
            label = (label and self.text[end : end + 1] != "：") or labels(self.text, start, end)
            if label or self._introduced(start, end) or is_aside(self.text, start, end) or end - start < SHORTEST:
                continue
            if size := length(self.masked, start, end, self.g.measures):
                if self.told == 1 and self.works[-1].quantity is None:
                    self.works[-1] = replace(self.works[-1], quantity=size.value, unit=size.unit)
            else:
                before = len(self.works)
                self._clause(start, end)
                self.told = len(self.works) - before

    def _introduced(self, start: int, end: int) -> bool:
        """Whether a clause only says what the next ones are about: their field, or how far the works of a list are."""
        if verb := list_heading(self.text, start, end):
            lead = self.g.predicates.lead(self.masked, self.g.predicates.tokens(self.masked, *verb), verb[0])
            self.heading = Predicate(lead=lead, rule="verb of what heads the list", carried=True)
            return bool(lead)
        if named := field(self.text, start, end):
            self.maker.field = named
        return named is not None

    def _clause(self, start: int, end: int) -> None:
        p = self.g.predicates
        end = without_whereabouts(self.text, start, end)
        self.places = places(self.text, start, end, self.g.measures)
        start = self.places.end if self.places else start
        tokens = p.tokens(self.masked, start, end)
        if not tokens and not self.carried.lead and not self.text.endswith("项目", start, end):
            return
        if tokens and self.text.startswith(("将", "共"), start) and tokens[0].start == start + 1:
            start += 1  # 将|推动A建设, 共|引进A
        lead = p.lead(self.masked, tokens, start)
        if lead and lead.end >= end:
            self._late(Predicate(tail=lead, rule="verb in the next clause"))
            return
        if lead:
            self._led(tokens, lead, start, end)
        elif not self.heading or not self._keep(
            self._list(tokens, start, end, self.heading), self.heading, (start, end)
        ):
            self._unled(tokens, start, end)

    def _led(self, tokens: list[Token], lead: Run, start: int, end: int) -> None:
        """建成A、B; 推动A、B建成."""
        p = self.g.predicates
        if self.text.startswith(_ENABLING, lead.tokens[-1].start):
            lead = self._supported(tokens, lead, end)
        tail, quantity = p.tail(self.masked, p.runs(self.masked, tokens, lead.end, end), lead.end, end)
        perfect = self.text.startswith("了", lead.end)
        predicate = Predicate(lead, tail, "verb before", perfect=perfect, quantity=quantity if tail else None)
        written = self.text.endswith(_PAPERS, start, end) and "等" not in self.text[start:end]
        if lead.tokens[-1].word in _WRITING and written:
            return  # 编制了镇区地块改造规划
        if tail and self.text.endswith("覆盖", tail.start, tail.end) and "实现" in lead.words(Role.VERB):
            return  # 实现全区垃圾处理全覆盖
        found = self._list(tokens, lead.end, tail.start if tail else end, predicate)
        if self._keep(found, predicate, (start, end)):
            self._topic(Predicate(lead=lead, rule="verb in the next clause"))
            self.carried = Predicate(lead=lead, rule="verb carried over", carried=True)
            if p.says(lead):
                self.said = lead
        elif self.text[end : end + 1] == "：":
            self.carried = Predicate(lead=lead, rule="verb carried over", carried=True)  # 重点推进以下项目：A、B
        elif tail:
            link = not p.says(lead) and not lead.words(Role.ACTION)
            self._unled(tokens, lead.end if link else start, end)

    def _supported(self, tokens: list[Token], lead: Run, end: int) -> Run:
        """支持云溪、石桥建设游客中心: the verb of what is done, where it is said of somebody."""
        for token in tokens:
            if token.word in _BUILDING and lead.end < token.start and token.end < end:
                return self.g.predicates.lead(self.masked, tokens, token.start) or lead
        return lead

    def _unled(self, tokens: list[Token], start: int, end: int) -> None:
        """A、B建成; 城区新建A; a bare list, which takes the verb of the clause before."""
        p = self.g.predicates
        begin = self._behind_adverbs(tokens, start)
        runs = p.runs(self.masked, tokens, begin, end)
        if self._goes_on(runs, begin):
            return
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
        found = self._list(tokens, begin, end, predicate)
        if not self._acceptable(found, predicate) and self._subject(tokens, begin, (start, end)):
            return
        kept = self._keep(found, predicate, (start, end))
        aside = self.text.startswith(("方面", "以来", "期间"), end - 2)
        told = all(item.member.head for item in found.items) or self._is_topic(found)
        if not kept and not predicate.lead and not aside and told:
            self.pending = [*self.pending, (found, (start, end))]

    @staticmethod
    def _behind_adverbs(tokens: list[Token], start: int) -> int:
        for token in tokens:
            if token.start == start and token.roles == {Role.ADVERB}:
                start = token.end
        return start

    def _goes_on(self, runs: list[Run], begin: int) -> bool:
        """A全长3公里，|进入主体施工阶段: a clause that begins with what is said of the works of those before it."""
        first = runs[0] if runs and self.pending else Run()
        if not first or first.start > begin or Role.AFTER not in first.tokens[0].roles:
            return False
        self._late(Predicate(tail=first, rule="verb in the next clause"))
        return True

    def _subject(self, tokens: list[Token], begin: int, clause: tuple[int, int]) -> bool:
        """A verb that the lexicon does not know: the works are what stands before it, up to a head with a word for
        project behind it (米市水库灌区渠系工程|蓄势待发)."""
        for token in tokens:
            head = self.g.lexicon.heads.get(token.word)
            if head is None or head.weak or head.kind not in _BUILT or token.start < begin:
                continue
            stop = self.g.stripper.project(self.text, token.end, clause[1])
            if stop == token.end:
                continue
            predicate = Predicate(rule="verb not known", unknown=True)
            found = self._list(tokens, begin, stop, predicate)
            if any(self._told(item.member) for item in found.items) and self._acceptable(found, predicate):
                self._keep(found, predicate, clause)
                return True
        return False

    def _first(self, tokens: list[Token], telling: Run, begin: int, clause: tuple[int, int]) -> bool:
        """A开工、B完工: the first of two sentences that a list mark joins; the second is a clause of its own."""
        end = clause[1]
        stop = telling.end
        quantity = self.g.measures.at(self.masked, stop, end)
        if quantity and not quantity.foreign and quantity.end < end:
            stop = quantity.end
        if telling.start <= begin or self.text[stop] not in "、和及":
            return False
        behind = Predicate(tail=telling, rule="verb behind", quantity=quantity if stop > telling.end else None)
        found = self._list(tokens, begin, telling.start, behind)
        if not any(item.member.head for item in found.items) or not self._acceptable(found, behind):
            return False
        self._keep(found, behind, clause)
        self.carried = (
            Predicate(lead=telling, rule="verb carried over", carried=True) if behind.quantity else Predicate()
        )
        if end - stop > SHORTEST:
            self._clause(stop + 1, end)
        return True

    def _inside(
        self, tokens: list[Token], run: Run, tail: Run, bounds: tuple[int, int], clause: tuple[int, int]
    ) -> bool:
        """A verb inside the clause: of the works behind it (城区新建A), else of those before it (A通过环保验收)."""
        begin, end = bounds
        p = self.g.predicates
        telling = predicate_part(run)
        number = self.g.measures.at(self.masked, run.end, end)
        if number and not telling and self.masked.startswith("、", number.end):
            return False  # A改造18个、B改造3个
        if run.start > begin and telling and not self._complements(run.end):
            behind = Predicate(tail=telling, rule="verb behind, with more after it", inside=True)
            found = self._list(tokens, begin, telling.start, behind)
        else:
            behind, found = Predicate(tail=telling, rule="verb behind, with more after it", inside=True), WorkList()
            if run.start > begin:
                found = self._list(tokens, begin, telling.start if telling else run.end, behind)
        agent = telling and telling.tokens[-1].word in _OF_AGENTS
        named = not agent and any(self._proper(i.member) for i in found.items) and self._acceptable(found, behind)
        striven = p.status(Predicate(tail=telling), None, Period.PLANNED, Run()) is Status.PROPOSED
        lead = p.lead(self.masked, tokens, run.start)
        joined = self.text.startswith(("和", "及", "与"), run.end)  # 结合旧城更新和道路建设
        if lead and lead.end == run.end < end and not joined and not self._complements(lead.end):
            behind_too = tail if tail and tail.start > lead.end else Run()
            ahead = Predicate(lead=lead, tail=behind_too, rule="verb inside", inside=True)
            stop = behind_too.start if behind_too else end
            objects = self._list(tokens, lead.end, stop, ahead)
            if named and len(found.items) == 1 and len(objects.items) == 1 and found.items[0].member.ends:
                object_ = objects.items[0].member
                object_.before, object_.ends = found.items[0].member.core, found.items[0].member.ends
            if self._objects(objects, ahead, alone=not named or striven):
                self._keep(objects, ahead, clause)
                self.carried = Predicate(lead=lead, rule="verb carried over", carried=True)
                return True
        if striven and "争取" not in telling.words(Role.VERB):
            return False  # A争创B is said of B
        if named and (telling or self._complements(run.end)):
            self._keep(found, behind, clause)
            return True
        return False

    def _told(self, member: Member) -> bool:
        """Whether it says which thing it is, so that it is believed though what is said of it is not understood."""
        common = self.g.heads.common(self.text, *member.core) is not None
        return self._proper(member) and (self._named(member) or not (member.quantity or common))

    def _named(self, member: Member) -> bool:
        """Whether it has a head and a name of its own before it."""
        proper = member.head and self.g.heads.proper(self.text, member.core[0], member.head_start) > member.core[0]
        return bool(proper)

    def _proper(self, member: Member) -> bool:
        """Whether it has a head, and one that says enough or a name of its own before it."""
        return member.head is not None and (not member.head.weak or self._named(member))

    def _objects(self, objects: WorkList, predicate: Predicate, *, alone: bool) -> bool:
        """Whether a list behind a verb names works: any work, or where the words before it name one too (`alone`
        False), one with a name of its own or a number (A实现主管道贯通 is said of A)."""
        for item in objects.items:
            member = item.member
            if member.head is None or self._why_not(item, objects, predicate) is not None:
                continue
            if alone or member.quantity or member.before:
                return True
            if self._named(member):
                return True
        return False

    def _complements(self, position: int) -> bool:
        """Whether what stands here goes on with the verb and is no object (搬迁|至新校区)."""
        return self.text.startswith(_GOES_ON, position)

    def _list(self, tokens: list[Token], start: int, end: int, predicate: Predicate) -> WorkList:
        if summed := _SUMMED_PLACES.match(self.text, start, end):
            start = summed.end()
        if start >= end:
            return WorkList()
        found = self.g.lists.read(self.text, self.masked, tokens, start, end, predicate)
        before = self.named
        for item in found.items:
            self._continue(item.member)
            self._at_places(item.member)
            if before:
                self._again(item, before)
            before = item.member if item.member.head else before
        return found

    def _at_places(self, member: Member) -> None:
        """在16个乡镇建设垃圾转运站: one at each place."""
        if self.places and member.head and not member.quantity and not self._named(member):
            member.quantity = self.places
            member.notes.append("one at each place")

    def _again(self, item: Item, before: Member) -> None:
        """新建敬老院1所、|扩建2所; |改造9个: another number of the things counted before."""
        member = item.member
        quantity = member.quantity
        if not member.bare:
            quantity = self.g.measures.at(self.masked, *member.core)
            quantity = quantity if quantity and quantity.end == member.core[1] else None
        acted = member.actions or item.predicate.lead.words(Role.ACTION)
        if item.predicate.inside or not acted or member.head or quantity is None or before.quantity is None:
            return
        if not quantity.counts or quantity.unit != before.quantity.unit:
            return
        member.core, member.quantity = before.core, quantity
        member.head, member.head_start, member.head_end = before.head, before.head_start, before.head_end
        member.notes.append("more of what was counted before")

    def _continue(self, member: Member) -> None:
        """A公路一期通车，|二期|启动: a phase alone is one of the work named before it in the sentence."""
        before = self.named
        alone = member.bare and member.phase and self.text.startswith(member.phase, member.start)
        joined = _JOINED_PHASE.match(self.text, member.start) if member.head is None else None
        if joined and joined.end("number") == member.core[1]:
            member.phase, member.shared = joined["number"] + "期", (joined.end() - 1, joined.end())
        if before and before.head and (alone or joined):
            if alone:
                member.core = member.start, member.start + len(member.phase)
            phase = PHASE.search(self.text, *before.core)
            member.before = before.core[0], phase.start() if phase else before.core[1]
            member.head, member.head_start = before.head, member.core[0]
            member.notes.append("a phase of the work before it")

    def _acceptable(self, found: WorkList, predicate: Predicate) -> bool:
        return any(self._why_not(item, found, predicate) is None for item in found.items)

    def _keep(self, found: WorkList, predicate: Predicate, clause: tuple[int, int]) -> bool:
        """Make works of the members that are; True where there was one."""
        kept = False
        self.last = predicate
        if predicate.tail and predicate.rule == "verb behind":
            self._late(predicate)
        for item in found.items:
            why = self._why_not(item, found, predicate)
            if why is None:
                kept = True
                if item.member.head and not item.member.shared and not item.member.before:
                    self.named = item.member
                if work := self.maker.make(item, found, self.said):
                    self.works.append(work)
            elif not item.member.bare:
                spans = self.paragraph.spans(*item.member.core)
                if spans:
                    words = self.text[item.member.core[0] : item.member.core[1]]
                    self.rejected.append(Rejection(Span(spans[0].start, spans[-1].end), words, why))
        return kept

    @staticmethod
    def _is_topic(found: WorkList) -> bool:
        """A项目，新建B: one project, of which the next clauses tell."""
        return len(found.items) == 1 and "项目" in found.items[0].member.generic

    def _topic(self, predicate: Predicate) -> None:
        """A project named by itself ahead of what is built in it takes the verb of that."""
        if len(self.pending) == 1 and self._is_topic(self.pending[0][0]) and self.pending[0][1][0] == self.first:
            (found, clause), self.pending = self.pending[0], []
            for item in found.items:
                item.predicate = predicate
            self._keep(found, predicate, clause)

    def _late(self, predicate: Predicate) -> None:
        """Lists of earlier clauses that had no verb take that of this one (A、B，C加快推进)."""
        waiting, self.pending = self.pending, []
        if not self.g.predicates.says(predicate.tail):
            return
        for found, clause in waiting:
            for item in found.items:
                item.predicate = predicate
            late = replace(predicate, rule="verb in a later clause", quantity=None)
            if any(self._proper(item.member) and self._why_not(item, found, late) is None for item in found.items):
                self._keep(found, late, clause)

    def _why_not(self, item: Item, found: WorkList, predicate: Predicate) -> str | None:
        if item.verdict is None or item.verdict[0] is not predicate:
            item.verdict = predicate, self.g.judge.why_not(self.text, item, found, predicate)
        return item.verdict[1]
