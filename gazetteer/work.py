"""A work 工程 as the report names it."""

from dataclasses import dataclass

from gazetteer.vocabulary import Kind, Nature, Period, Sector, Status


@dataclass(frozen=True, slots=True)
class Extent:
    """The two ends of a stretch of road, as written, without 段."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of character offsets into a report's text as decoded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Work:
    """One work read out of a report.

    `spans` are the words that spell `name`, in order: one span where the name is contiguous, several where a list
    shares its head (象珠 ... 污水处理厂). `start` and `end` of the machine format are those of the first span.
    `mentions` are the first spans of its other mentions. `flags` are doubts a planner should see, e.g.
    `count-mismatch`. `reasoning` says how it was read, one step an item, for `guatu read --explain`.
    """

    name: str
    kind: Kind
    status: Status
    nature: Nature
    sector: Sector
    named: bool
    extent: Extent | None
    quantity: float | None
    unit: str | None
    area: tuple[str, ...]
    period: Period
    places: tuple[str, ...]
    action: str
    sentence: str
    spans: tuple[Span, ...]
    mentions: tuple[Span, ...] = ()
    flags: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The object that `guatu read --jsonl` prints, keys in the contract's order."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "status": self.status.value,
            "nature": self.nature.value,
            "sector": self.sector.value,
            "named": self.named,
            "extent": {"from": self.extent.start, "to": self.extent.end} if self.extent else None,
            "quantity": self.quantity,
            "unit": self.unit,
            "area": list(self.area),
            "period": self.period.value,
            "places": list(self.places),
            "action": self.action,
            "sentence": self.sentence,
            "start": self.spans[0].start,
            "end": self.spans[0].end,
        }
