"""Whether works of two reports of one county are the same work, with a confidence and the reason.

A rule gives the confidence; the rules are ordered by how often they go wrong. The numbers are judgements made on
yearly reports read side by side, not frequencies: they rank links and decide which of two rivals is kept.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property

from gazetteer.names import Rule, fold, forms
from gazetteer.reading.lexicon import load
from gazetteer.slips import Agreement, Slip, compare
from gazetteer.vocabulary import Kind, Nature, Period, Status
from geodata.models import Relation

SAME_NAME = 0.97
OTHER_FORM = 0.9
"""The names agree by a rule of `gazetteer.names`: suffix, prefix, abbreviation, road number."""
SHORTENED = 0.8
"""One name is the other with characters left out: 职教中心, 职业教育中心."""
ONE_SLIP = 0.65
"""The names differ by one character that does not tell sister places apart: 污水主管, 污水干管."""
OTHER_PHASE = 0.8
COUNTED = 0.75
"""A number of things promised and the number of the same things done: 病险山塘 12 座."""

OTHER_KIND, OTHER_NATURE, ONE_EXTENT, ONE_END, UNKNOWN_PHASE = 0.8, 0.95, 0.95, 0.85, 0.9
"""Factors: the kinds differ; what is done differs; only one report gives the ends; only one end is the same; only one
report says which phase."""

LEAST = 0.5
"""Links less sure than this are not made."""

MIN_SLIP_CHARACTERS = 5
"""Shorter names that differ by one character are mostly two names."""
MIN_STEM = 2
MIN_WITHOUT_COUNTY = 3
"""Characters that must be left of a name when the county is taken off: 澜溪县图书馆 is 图书馆, 澜溪大道 is itself."""
MIN_SHORT = 4

_PHASE = re.compile(r"(?:第)?([1-9])(?:期|阶段)")
_PHASE_BEHIND = re.compile(r"[\s“”\"'（(]{0,2}([一二三四五六七八九1-9])期")
_TAILS = re.compile(r"(?:工程|项目|建设|新校区|新院区|新址|主体|子项目)$")
_CHANGED = frozenset({Nature.RENOVATE, Nature.UPGRADE, Nature.RESTORE, Nature.EXPAND})


@dataclass(frozen=True)
class Candidate:
    """What is compared of a work: `county` is the county's name, `behind` the report's words right after the name."""

    id: int
    name: str
    kind: Kind
    nature: Nature
    status: Status
    period: Period
    named: bool
    unit: str | None
    ends: tuple[str, ...]
    county: str
    behind: str = ""

    @cached_property
    def phase(self) -> int | None:
        """The number of the phase that the name, or the words behind it, give."""
        if found := _PHASE.search(fold(self.name)):
            return int(found.group(1))
        if found := _PHASE_BEHIND.match(self.behind):
            return int(fold(found.group(1)))
        return None

    @cached_property
    def stem(self) -> str:
        """The name folded, without the county, the phase and what is done to the thing."""
        stem = _PHASE.sub("", fold(re.sub(r"[（(][^（）()]*[）)]", "", self.name)))
        shorter = _without_deed(stem)
        while shorter != stem:
            stem, shorter = shorter, _without_deed(shorter)
        county = fold(self.county)
        prefixes = (county, county[:-1], county[-1:])
        known = (prefix for prefix in prefixes if prefix and stem.startswith(prefix))
        prefix = next((prefix for prefix in known if len(stem) - len(prefix) >= MIN_WITHOUT_COUNTY), "")
        return stem.removeprefix(prefix)

    @cached_property
    def folded_ends(self) -> frozenset[str]:
        """The two ends of its stretch, without 村, 路 and the like."""
        return frozenset(min((form.text for form in forms(end)), key=len) for end in self.ends)


@dataclass(frozen=True, slots=True)
class Likeness:
    """That two works belong together, how surely, and why in a planner's words."""

    relation: Relation
    confidence: float
    reason: str


def likeness(earlier: Candidate, later: Candidate) -> Likeness | None:
    """What the later work is to the earlier one; None where they have nothing to do with each other."""
    if not (earlier.named and later.named):
        return _counted(earlier, later)
    found = _names(earlier, later)
    if found is None:
        return None
    confidence, reasons = found
    if earlier.kind != later.kind:
        confidence *= OTHER_KIND
        reasons.append("类别不同")
    apart = _apart(earlier, later)
    if apart is None:
        factor, reason = _details(earlier, later)
        confidence *= factor
        reasons += reason
        relation = Relation.SAME
    else:
        confidence *= OTHER_PHASE
        reasons.append(apart)
        relation = Relation.THING
    if confidence < LEAST:
        return None
    return Likeness(relation, round(confidence, 3), "；".join(reasons))


def _counted(earlier: Candidate, later: Candidate) -> Likeness | None:
    """A number promised and a number done. Two promises of a number are two lots."""
    promised = earlier.period is Period.PLANNED and later.period is Period.DONE
    if earlier.named or later.named or not promised or earlier.unit != later.unit or earlier.stem != later.stem:
        return None
    return Likeness(Relation.SAME, COUNTED, "同一类工程，先说计划数，后说完成数")


def _names(earlier: Candidate, later: Candidate) -> tuple[float, list[str]] | None:
    one, other = earlier.stem, later.stem
    if min(len(one), len(other)) < MIN_STEM:
        return None
    if one == other:
        reason = "名称一致" if fold(earlier.name) == fold(later.name) else "名称一致（不计县名、分期和建设方式）"
        return SAME_NAME, [reason]
    agreement = compare(forms(one), forms(other))
    if isinstance(agreement, Agreement) and agreement.slip is Slip.NONE:
        return OTHER_FORM, [agreement.words]
    if earlier.kind != later.kind:
        return None
    if isinstance(agreement, Agreement):
        whole = agreement.query.rule is agreement.place.rule is Rule.SAME
        long_enough = min(len(one), len(other)) >= MIN_SLIP_CHARACTERS
        return (ONE_SLIP, [f"名称相近（{agreement.words}）"]) if whole and long_enough else None
    short, long = sorted((one, other), key=len)
    return (SHORTENED, ["简称与全称"]) if agreement is None and _is_short_for(short, long) else None


def _is_short_for(short: str, long: str) -> bool:
    """Whether the short name is the long one with characters left out, the first and the last two kept."""
    if len(short) < MIN_SHORT or short[0] != long[0] or short[-2:] != long[-2:] or len(long) > 2 * len(short):
        return False
    rest = iter(long)
    return all(character in rest for character in short)


def _apart(earlier: Candidate, later: Candidate) -> str | None:
    """Why the later is another work on the same thing, or None."""
    if earlier.phase and later.phase and earlier.phase != later.phase:
        return f"同一对象的另一期（{earlier.phase}期、{later.phase}期）"
    if later.phase and later.phase > 1 and earlier.phase is None and earlier.period is Period.DONE:
        return f"同一对象的另一期（{later.phase}期）"
    if earlier.ends and later.ends and not earlier.folded_ends & later.folded_ends:
        return "同一条路的另一段"
    if earlier.period is Period.DONE and earlier.status is Status.COMPLETE:
        return "前一份报告说已建成，后一份是另一项工程"
    finished = earlier.status is Status.COMPLETE and later.period is Period.PLANNED
    if finished and earlier.nature is Nature.NEW and later.nature in _CHANGED:
        return "前一份报告是新建，后一份是建成后的改扩建"
    return None


def _details(earlier: Candidate, later: Candidate) -> tuple[float, list[str]]:
    factor, reasons = 1.0, []
    if earlier.ends and later.ends:
        if earlier.folded_ends == later.folded_ends:
            reasons.append("起止点一致")
        else:
            factor *= ONE_END
            reasons.append("起止点有一端一致")
    elif earlier.ends or later.ends:
        factor *= ONE_EXTENT
        reasons.append("只有一份报告写了起止点")
    if earlier.phase != later.phase:
        factor *= UNKNOWN_PHASE
        reasons.append("只有一份报告写了分期")
    if earlier.nature != later.nature:
        factor *= OTHER_NATURE
        reasons.append("建设方式说法不同")
    return factor, reasons


@cache
def _deeds() -> tuple[str, ...]:
    """What is done to things, longest first, from the lexicon."""
    return tuple(sorted({fold(word) for word in load().actions if len(word) > 1}, key=len, reverse=True))


def _without_deed(stem: str) -> str:
    shorter = _TAILS.sub("", stem)
    if shorter == stem:
        deed = next((deed for deed in _deeds() if stem.endswith(deed)), "")
        shorter = stem.removesuffix(deed)
    return shorter if len(shorter) >= MIN_STEM else stem
