"""A member of a list, taken apart."""

from dataclasses import dataclass, field

from gazetteer.reading.lexicon import Head
from gazetteer.reading.measures import Quantity
from gazetteer.reading.predicates import Predicate
from gazetteer.vocabulary import Status


@dataclass(slots=True)
class Member:
    """A member of a list. Positions are those of the paragraph's text."""

    start: int
    end: int
    core: tuple[int, int]
    """Its own name, without what was stripped."""
    head: Head | None = None
    head_start: int = 0
    head_end: int = 0
    shared: tuple[int, int] | None = None
    """The head of another member that it takes over."""
    before: tuple[int, int] | None = None
    """The place of another member that it takes over."""
    actions: list[str] = field(default_factory=list)
    stage: Status | None = None
    phase: str = ""
    generic: str = ""
    """The word for project that was stripped behind it."""
    summed: bool = False
    """Whether its list sums itself up as works (等一批项目)."""
    stopped: bool = False
    """Whether the list it stands in sums itself up as something that is no work (等一批应用)."""
    quantity: Quantity | None = None
    each: bool = False
    ends: tuple[tuple[int, int], tuple[int, int]] | None = None
    flags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    partial: bool = False
    """Whether it is only a part of the work that is spoken of (水库|大坝)."""
    alias: bool = False
    """Whether a bracket gives another name for it."""
    weak: bool = False
    """Whether its head may as well end a place's name (石塘, 许码头)."""

    @property
    def bare(self) -> bool:
        """Whether nothing was left of it."""
        return self.core[0] >= self.core[1]

    @property
    def head_length(self) -> int:
        """Characters of its own head."""
        return self.head_end - self.head_start if self.head else 0

    def take_head(self, giver: "Member", span: tuple[int, int], why: str) -> None:
        """Take over the head of another member, written in `span`."""
        self.shared = span
        self.head = giver.head
        self.notes.append(why)


@dataclass(slots=True)
class Item:
    """A member with what is said of it and the group of its list that it shares things with."""

    member: Member
    predicate: Predicate
    group: int = 0
    verdict: tuple[Predicate, str | None] | None = None
    """Why it is no work, of the last predicate that it was judged with."""
