"""A clause to what it says and what it says it of: the verbs before the works, the works, the verbs behind them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from gazetteer.reading.lexicon import Lexicon, Role, trie_pattern
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.vocabulary import Period, Status

_SAYING = frozenset({Role.VERB, Role.ACTION})
_SPEAKING = frozenset({Role.VERB, Role.AFTER, Role.ACTION, Role.STAGE, Role.ADVERB})
_TELLING = frozenset({Role.VERB, Role.AFTER, Role.STAGE})
_TOWARDS = re.compile("[东西南北][延拓进扩伸].*")
"""Actions that stand behind what they extend; before a name they are its beginning."""
_LINKS = ("以及", "、", "和", "及", "与", "并", "或", "上级", "省政府", "市政府", "有关部门", "相关部门")
"""What stands between two verbs of one run (争取|市政府|加快)."""
_JOINTS = ("并", "后", "及", "和", "后又", "且", "或")
_TIME_ROLE = frozenset({Role.ADVERB})
_TWO = 2
"""Characters of the verbs that street names begin with (建设路)."""
_SHARE_ROLE = frozenset({Role.AFTER})
_SHARE = r"完成(?:总?工程量|总?投资|总?进度|形象进度)?的?(?:约)?\d+(?:\.\d+)?%"
_TIME = (
    r"于?(?:今年|明年|当年|20\d\d年)?\d{1,2}月(?:份|底|末|初|中旬|上旬|下旬)?(?:之?前)?"
    r"|20\d\d年(?:底|末|初)?(?:之?前)?"
    r"|[一二三四五六七八九十]+月(?:份|底|末|初)?(?:之?前)"
    r"|[春秋]季(?:学期)?(?:开学(?=之?前))?(?:之?前)?|第?[一二三四]季度(?:末|底)?(?:之?前)?|[上下]半年(?:之?前)?"
    r"|“\0{2}”节?之?前|(?:五一|十一|七一)节?之?前|(?:春节|五一|七一|国庆|元旦|中秋|端午|清明|开学|汛期|主汛期|雨季|冬季|采暖季|供暖季|供热期|高考)(?:节)?(?:来临)?之?前"
)


class Token(NamedTuple):
    """A word of the lexicon where it stands in the paragraph."""

    start: int
    end: int
    word: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Run:
    """Verbs, actions and adverbs that follow one another."""

    tokens: tuple[Token, ...] = ()

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    def words(self, role: Role) -> list[str]:
        return [token.word for token in self.tokens if role in token.roles]

    def __bool__(self) -> bool:
        return self.tokens != ()


def predicate_part(run: Run) -> Run:
    """The run without the actions it opens with, which belong to the name before it (A改造|全部完成)."""
    tokens = list(run.tokens)
    first = next((i for i, token in enumerate(tokens) if token.roles & _TELLING), len(tokens))
    while first > 0 and tokens[first - 1].roles == _TIME_ROLE:
        first -= 1
    return Run(tuple(tokens[first:]))


@dataclass(slots=True)
class Predicate:
    """What is said of a list of works."""

    lead: Run = field(default_factory=Run)
    tail: Run = field(default_factory=Run)
    rule: str = ""
    unknown: bool = False
    """Whether the works have a verb that the lexicon does not know."""
    carried: bool = False
    """Whether the verb is that of an earlier clause."""
    inside: bool = False
    """Whether more of the clause stands on its other side (A取得新成效, 率先打造A)."""
    perfect: bool = False
    """Whether 了 stands behind the verb (升级改造了A)."""
    quantity: Quantity | None = None
    """A number that stands behind the tail (安置房开工8423套)."""


class Predicates:
    """Finds the words of a lexicon in clauses and tells what they say."""

    def __init__(self, lexicon: Lexicon, measures: Measures) -> None:
        self._lexicon = lexicon
        self._measures = measures
        self._inside = frozenset(lexicon.lists["inside"])
        self._named = frozenset(word for word, action in lexicon.actions.items() if action.name)
        self._phrases = _phrases(lexicon)
        phrases = "|".join(f"(?P<p{index}>{pattern})" for index, (pattern, _) in enumerate(self._phrases))
        self._words = re.compile(f"{_SHARE}|{phrases}|{_TIME}|{lexicon.words.pattern}")

    def tokens(self, masked: str, start: int, end: int) -> list[Token]:
        """The lexicon's words and the times (12月底前) in a clause, the longest at each place. A word of one character
        counts only before another."""
        roles = self._lexicon.roles
        found = []
        for match in self._words.finditer(masked, start, end):
            word = match.group()
            if match.lastgroup:
                word = self._phrases[int(match.lastgroup[1:])][1]
                found.append(Token(match.start(), match.end(), word, self._lexicon.roles.get(word, _SHARE_ROLE)))
            else:
                known = roles.get(word) or (_SHARE_ROLE if word[-1] == "%" else _TIME_ROLE)
                found.append(Token(match.start(), match.end(), word, known))
        found = list(self._without_literals(masked, found, start))
        kept: list[Token] = []
        for index, token in enumerate(found):
            if token.end - token.start == 1:
                after = found[index + 1] if index + 1 < len(found) else None
                follows = after is not None and after.start == token.end
                acts = Role.ACTION in token.roles and token.start == start
                if acts and (follows or self._measures.at(masked, token.end, end)):
                    kept.append(token)
                    continue
                if acts or after is None or not follows or not (after.roles & _SPEAKING):
                    continue
            kept.append(token)
        return kept

    def _without_literals(self, masked: str, tokens: list[Token], start: int) -> Iterator[Token]:
        """A verb that ends where a word that is none begins gives it up: 启动|建设路, not 启动建设|路."""
        position = 0
        for token in tokens:
            if token.start < position:
                continue
            verb = self._lexicon.verbs.get(token.word[:-1]) if Role.LITERAL in token.roles else None
            if verb and verb.status is Status.START and token is tokens[0] and token.start == start:
                token = Token(token.start, token.end - 1, token.word[:-1], self._lexicon.roles[token.word[:-1]])  # noqa: PLW2901 - 启动|区级文化馆
            shorter = token.word[:-_TWO]
            literal = self._words.match(masked, token.end - _TWO) if shorter in self._lexicon.roles else None
            if literal and literal.end() > token.end and Role.LITERAL in self._lexicon.roles.get(literal.group(), ()):
                yield Token(token.start, token.end - _TWO, shorter, self._lexicon.roles[shorter])
                position = literal.end()
            else:
                yield token

    def lead(self, masked: str, tokens: list[Token], start: int) -> Run:
        """The run of verbs that begins at `start`."""
        run: list[Token] = []
        position, last = start, 0
        for token in tokens:
            if token.start < position:
                continue
            gap = masked[position : token.start]
            if gap and not (run and gap in _LINKS and token.roles & _SAYING):
                break
            if not token.roles & (_SAYING | {Role.ADVERB}):
                break
            if token.word in self._named and self._measures.at(masked, token.end, len(masked)):
                break
            if _TOWARDS.fullmatch(token.word):
                break  # 推动|北延高铁
            run.append(token)
            position = token.end
            if token.roles & _SAYING:
                last = len(run)
        return Run(tuple(run[:last]))

    def runs(self, masked: str, tokens: list[Token], start: int, end: int) -> list[Run]:
        """All runs of verbs, actions, stages and adverbs in the clause that say something."""
        runs: list[list[Token]] = []
        for token in tokens:
            if not token.roles & _SPEAKING or token.start < start or token.end > end:
                continue
            gap = masked[runs[-1][-1].end : token.start] if runs else None
            if gap is not None and (not gap or gap in _JOINTS):
                runs[-1].append(token)
            else:
                runs.append([token])
        return [Run(tuple(run)) for run in runs if any(token.roles - {Role.ADVERB, Role.HEAD} for token in run)]

    def tail(self, masked: str, runs: list[Run], start: int, end: int) -> tuple[Run, Quantity | None]:
        """The run that ends the clause (or stands before the quantity that ends it), without the actions before it."""
        if not runs:
            return Run(), None
        quantity = None
        last = runs[-1]
        if last.end < end:
            quantity = next(
                (q for q in self._measures.find(masked, last.end, end) if not q.foreign and q.end == end), None
            )
            if quantity is None or quantity.start != last.end:
                return Run(), None
        run = predicate_part(last)
        if not run or run.start <= start:
            return Run(), None
        return run, quantity

    def inside(self, run: Run) -> bool:
        """Whether a run may end what is said of the words before it though more follows."""
        inside = self._inside
        return any(
            token.word[-1] == "%"
            or token.word in inside
            or (token.end - token.start > 2 and token.roles & {Role.AFTER, Role.VERB})
            for token in run.tokens
        )

    def strong(self, predicate: Predicate) -> bool:
        """Whether it is said of physical works alone."""
        verbs, afters = self._lexicon.verbs, self._lexicon.afters
        for run in (predicate.lead, predicate.tail):
            for token in run.tokens:
                if Role.VERB in token.roles and verbs[token.word].strong:
                    return True
        return any(afters[word].strong for word in predicate.tail.words(Role.AFTER) if word in afters)

    def acts(self, predicate: Predicate) -> bool:
        """Whether it says what is done (整治A), not only how far it is."""
        return bool(predicate.lead.words(Role.ACTION) or predicate.tail.words(Role.ACTION))

    def says(self, run: Run) -> bool:
        """Whether it holds a verb with a status."""
        return any(self._said(token) for token in run.tokens)

    def status(self, predicate: Predicate, stage: Status | None, period: Period, said: Run) -> Status:
        """How far the works are: a stage behind them first, then the verbs behind, then those before, then the period.
        `said` are the verbs of an earlier clause of the sentence, whose 完成 goes on over a bare 改造."""
        stages = [self._lexicon.stages[w] for w in predicate.tail.words(Role.STAGE)]
        behind = [s for s in (self._said(t) for t in predicate.tail.tokens) if s]
        before = [s for s in (self._said(t) for t in predicate.lead.tokens) if s]
        if stage:
            return Status.PROPOSED if Status.PROPOSED in before else stage
        for token in predicate.tail.tokens:
            after = self._lexicon.afters.get(token.word)
            if after and after.final and after.status:
                return after.status
        if stages and not any(s is Status.START for s in behind):
            return stages[0]
        for statuses in (behind, before):
            if statuses:
                return _strongest(statuses)
        if (
            predicate.perfect
            or period is Period.DONE
            or Status.COMPLETE in [self._said(token) for token in said.tokens]
        ):
            return Status.COMPLETE
        return Status.ONGOING

    def _said(self, token: Token) -> Status | None:
        if token.word[-1] == "%":
            return Status.ONGOING
        verb = self._lexicon.afters.get(token.word) if Role.VERB not in token.roles else self._lexicon.verbs[token.word]
        return verb.status if verb else None


def _phrases(lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """What is said behind works in many words (列入省“十四五”规划, 通过省发改委评审, 完成全部桩基施工): a pattern, and
    the word of the lexicon that says the same."""
    plans, approvals, approvers, parts = (
        trie_pattern(lexicon.lists[key]) for key in ("plans", "approvals", "approvers", "part_works")
    )
    return (
        (
            r"(?:现|均|已)?(?:正在?|均)进行[^，。；、：和]{2,12}(?:施工|清表|开挖|填筑|浇筑|安装|装修|铺设)(?:施工|阶段)*",
            "加快施工",
        ),
        (r"(?:投资|投入)(?:资金)?(?:约|近|超)?\d[\d.]*(?:余|多)?[百千]?[万亿]?元(?![的、，。；])", "投资"),
        (r"完成(?=投资\d[^，。；、]{1,9}元的)", "完成"),
        (r"(?:新建|安装|更换|铺设|改造)（\0{2,4}）", "安装"),
        (r"新（\0{1,5}）建", "新建"),
        (r"改（\0{1,3}）建", "改扩建"),
        (rf"(?:列入|纳入|进入|入选|入列|挤进)[^，。；、：]{{0,16}}?(?:{plans})", "列入规划"),
        (
            rf"(?:通过|获得?|取得|完成)(?:{approvers}){{0,8}}(?:{approvals})"
            r"(?:工作|手续|报告)?(?:批复|审批|审查|评审)?",
            "通过评审",
        ),
        (rf"(?:通过|完成)(?:{approvers}|竣工|交工|完工|消防|单位工程){{0,6}}验收(?:合格|备案)?", "通过验收"),
        (
            rf"完成(?:全部|所有|部分|一期|全线|\d+%的?|[一二三四五六七八九十\d]{{1,3}}层)?(?:{parts})(?:[和及、](?:{parts}))*"
            r"(?:施工|浇筑|建设|工程|工程施工|架设)?",
            "完成桩基",
        ),
    )


_ORDER = (Status.PRELIMINARY, Status.COMPLETE, Status.START, Status.ONGOING, Status.PROPOSED)


def _strongest(said: list[Status]) -> Status:
    return next(status for status in _ORDER if status in said)
