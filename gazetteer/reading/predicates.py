"""A clause to what it says and what it says it of: the verbs before the works, the works, the verbs behind them."""

from dataclasses import dataclass, field

from gazetteer.reading.lexicon import Lexicon, Role
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.vocabulary import Period, Status

_SAYING = frozenset({Role.VERB, Role.ACTION})
_BEHIND = frozenset({Role.VERB, Role.AFTER, Role.ACTION, Role.STAGE, Role.ADVERB})
_LINKS = ("以及", "、", "和", "及", "与", "并", "或", "后", "了", "的")


@dataclass(frozen=True, slots=True)
class Token:
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
        return bool(self.tokens)


@dataclass(slots=True)
class Predicate:
    """What is said of a list of works."""

    lead: Run = field(default_factory=Run)
    tail: Run = field(default_factory=Run)
    rule: str = ""
    quantity: Quantity | None = None
    """A number that stands behind the tail (安置房开工8423套)."""


class Predicates:
    """Finds the words of a lexicon in clauses and tells what they say."""

    def __init__(self, lexicon: Lexicon, measures: Measures) -> None:
        self._lexicon = lexicon
        self._measures = measures

    def tokens(self, masked: str, start: int, end: int) -> list[Token]:
        """The lexicon's words in a clause, the longest at each place. A word of one character counts only before another."""
        roles = self._lexicon.roles
        found = [Token(m.start(), m.end(), m.group(), roles[m.group()]) for m in self._lexicon.words.finditer(masked, start, end)]
        kept: list[Token] = []
        for index, token in enumerate(found):
            if token.end - token.start == 1:
                after = found[index + 1] if index + 1 < len(found) else None
                if after is None or after.start != token.end or not (after.roles & (_SAYING | {Role.AFTER, Role.ADVERB})):
                    continue
            kept.append(token)
        return kept

    def lead(self, masked: str, tokens: list[Token], start: int) -> Run:
        """The run of verbs that begins at `start`."""
        return self._run(masked, tokens, start)

    def _run(self, masked: str, tokens: list[Token], start: int) -> Run:
        run: list[Token] = []
        position = start
        last = 0
        for token in tokens:
            if token.start < position:
                continue
            gap = masked[position : token.start]
            if gap and not (run and gap in _LINKS):
                break
            if not token.roles & (_SAYING | {Role.ADVERB}) or (token.roles <= {Role.HEAD, Role.LITERAL}):
                break
            if token.roles & _SAYING and Role.ADVERB not in token.roles:
                run.append(token)
                last = len(run)
            else:
                run.append(token)
            position = token.end
        return Run(tuple(run[:last]))

    def tail(self, masked: str, tokens: list[Token], start: int, end: int) -> tuple[Run, Quantity | None]:
        """The run that ends at `end` (or before the quantity that ends there), without the actions it opens with."""
        quantity = None
        for found in self._measures.find(masked, max(start, end - 24), end):
            if found.end == end and not found.foreign:
                quantity = found
        run = self._ending(masked, tokens, start, quantity.start if quantity else end)
        if not run:
            return Run(), None
        return run, quantity

    def _ending(self, masked: str, tokens: list[Token], start: int, end: int) -> Run:
        run: list[Token] = []
        position = end
        for token in reversed(tokens):
            gap = masked[token.end : position]
            if gap and not (gap in _LINKS and run):
                break
            if not token.roles & _BEHIND or token.start < start:
                break
            run.append(token)
            position = token.start
        run.reverse()
        while run and (Role.ACTION in run[0].roles or run[0].roles == {Role.ADVERB}) and not run[0].roles & {Role.AFTER}:
            if run[0].roles == {Role.ADVERB} and any(t.roles & {Role.VERB, Role.AFTER, Role.STAGE} for t in run):
                break
            run.pop(0)
        if run and run[0].start == start:
            return Run()
        if not any(t.roles & {Role.VERB, Role.AFTER, Role.STAGE} for t in run):
            return Run()
        return Run(tuple(run))

    def middle(self, masked: str, tokens: list[Token], start: int, end: int) -> list[Run]:
        """The runs of verbs that stand inside the clause."""
        runs: list[Run] = []
        position = start
        for token in tokens:
            if token.start < position or token.start == start or not token.roles & (_SAYING | {Role.AFTER}):
                continue
            run = self._run(masked, tokens, token.start) or Run((token,))
            position = run.end
            if run.end < end:
                runs.append(run)
        return runs

    def strong(self, predicate: Predicate) -> bool:
        """Whether it is said of physical works alone."""
        verbs = self._lexicon.verbs
        return any(verbs[w].strong for run in (predicate.lead, predicate.tail) for w in run.words(Role.VERB))

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
            return stage
        if stages and not any(s is Status.START for s in behind):
            return stages[0]
        for statuses in (behind, before):
            if statuses:
                return _strongest(statuses)
        if period is Period.DONE or Status.COMPLETE in [self._said(token) for token in said.tokens]:
            return Status.COMPLETE
        return Status.ONGOING

    def _said(self, token: Token) -> Status | None:
        verb = self._lexicon.afters.get(token.word) if Role.VERB not in token.roles else self._lexicon.verbs[token.word]
        return verb.status if verb else None


_ORDER = (Status.PRELIMINARY, Status.COMPLETE, Status.START, Status.ONGOING, Status.PROPOSED)


def _strongest(said: list[Status]) -> Status:
    return next(status for status in _ORDER if status in said)
