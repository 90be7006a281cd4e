"""The dashboard: what the works of a selection add up to, by sector, town and status, and what became of promises."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from sqlalchemy import select

from gazetteer.vocabulary import Sector, Status
from geodata.linking import same_county
from geodata.models import Report, ReportKind
from geodata.outcomes import Outcome, outcomes
from geodata.selection import NO_TOWN, Selection, facets
from geodata.signs import SIGNS
from geodata.tallies import Tally, tallies
from webmap import labels
from webmap.choices import selection_of
from webmap.database import database
from webmap.history import OUTCOMES
from webmap.inspection.wording import FINDING_CHOICES

blueprint = Blueprint("dashboard", __name__)

CLOSENESS_LABELS: dict[str, LazyString] = {
    "exact": lazy_gettext("确切位置或路段"),
    "close": lazy_gettext("一端可考或附近"),
    "vague": lazy_gettext("只知乡镇或县"),
    "unplaced": lazy_gettext("未定位"),
}
PROMISED = [outcome for outcome in Outcome if outcome is not Outcome.NEW]  # a new work was no promise
RARE = ("report_kind", "finding")  # offered where there is a choice: many keep no lists, or inspect nothing yet
MAX_YEARS = 6  # reports whose promises are followed on one page: each takes two reports to be read whole
TOWNS_SHOWN = 40  # in the picture; the table has them all


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: the class of its colour, how many works, and what they are."""

    sign: str
    works: int
    label: str

    @property
    def words(self) -> str:
        """For those who hear the picture."""
        return f"{self.label} {self.works}"


def status_parts(tally: Tally) -> list[Part]:
    """A bar of how far works are."""
    return _bar("status", ((status.value, tally.statuses[status], labels.STATUSES[status]) for status in Status))


def closeness_parts(tally: Tally) -> list[Part]:
    """A bar of how well works are placed."""
    return _bar("place", ((name, tally.closeness[name], label) for name, label in CLOSENESS_LABELS.items()))


def _bar(sign: str, pieces: Iterable[tuple[str, int, object]]) -> list[Part]:
    return [Part(f"{sign}-{name}", works, str(label)) for name, works, label in pieces if works]


@dataclass(frozen=True, slots=True)
class Year:
    """What became in a report of what the county's report before it had promised, by sector."""

    report: Report
    before: Report
    counts: Mapping[tuple[Sector, Outcome], int]

    @property
    def total(self) -> Counter[Outcome]:
        """Over all sectors."""
        total: Counter[Outcome] = Counter()
        for (_, outcome), works in self.counts.items():
            total[outcome] += works
        return total

    def works_in(self, sector: Sector) -> int:
        """Promises of a sector."""
        return sum(self.counts.get((sector, outcome), 0) for outcome in PROMISED)

    @property
    def most(self) -> int:
        """Of any sector."""
        return max(1, *map(self.works_in, Sector))

    def parts(self, sector: Sector) -> list[Part]:
        """A bar of what became of a sector's promises."""
        pieces = ((outcome.value, self.counts.get((sector, outcome), 0), OUTCOMES[outcome]) for outcome in PROMISED)
        return _bar("outcome", pieces)

    @property
    def sectors(self) -> list[Sector]:
        """The sectors that have any, in the order of the list."""
        return [sector for sector in Sector if any(self.counts.get((sector, outcome)) for outcome in Outcome)]


@blueprint.get("/dashboard")
def page() -> str:
    """The dashboard of the selection of the address."""
    selection = selection_of(request.args)
    found = tallies(database(), selection)
    found["sector"].sort(key=lambda tally: list(Sector).index(Sector(tally.value)))
    found["status"].sort(key=lambda tally: list(Status).index(Status(tally.value)))
    return render_template(
        "dashboard.html",
        total=found["all"][0] if found["all"] else None,
        tallies={name: found[name] for name in ("sector", "town", "status")},
        names={
            "sector": {word.value: label for word, label in labels.SECTORS.items()},
            "status": {word.value: label for word, label in labels.STATUSES.items()},
        },
        years=_years(selection),
        choices=_choices(selection),
        map_of=_map_of,
        labels=labels,
        closeness=CLOSENESS_LABELS,
        status_parts=status_parts,
        closeness_parts=closeness_parts,
        status_signs=[(f"status-{status.value}", label) for status, label in labels.STATUSES.items()],
        closeness_signs=[(f"place-{name}", label) for name, label in CLOSENESS_LABELS.items()],
        outcome_signs=[(f"outcome-{outcome.value}", OUTCOMES[outcome]) for outcome in PROMISED],
        outcome_labels=OUTCOMES,
        Outcome=Outcome,
        Status=Status,
        signs=SIGNS,
        no_town=NO_TOWN,
        towns_shown=TOWNS_SHOWN,
    )


def _map_of(**choice: str) -> str:
    """The address of the map with the choices of this one, and one more."""
    made: dict[str, Any] = {name: values for name, values in request.args.lists() if name != "lang"}
    return url_for("map_page.index", **(made | choice))


def _choices(selection: Selection) -> dict[str, list[tuple[str, str, int, bool]]]:
    """Every value of every choice: what the address says, what is shown, how many works it has, and if it is chosen."""
    counts = facets(database(), selection)
    reports = {
        str(report.id): f"{report.county} {report.year}"
        for report in database().execute(select(Report.id, Report.county, Report.year))
    }
    shown: dict[str, Mapping[str, object]] = {
        "report_kind": {word.value: label for word, label in labels.REPORT_KINDS.items()},
        "report": reports,
        "sector": {word.value: label for word, label in labels.SECTORS.items()},
        "status": {word.value: label for word, label in labels.STATUSES.items()},
        "precision": {word.value: label for word, label in labels.PRECISIONS.items()},
        "finding": FINDING_CHOICES,
        "town": {town: town for town in counts["town"] if town != NO_TOWN},
    }
    found = {
        name: [
            (value, str(words[value]), counts[name].get(value, 0), value in chosen)
            for value in words
            if counts[name].get(value) or value in chosen
        ]
        for name, words in shown.items()
        for chosen in [{str(one) for one in getattr(selection, name)}]
    }
    return {
        name: values
        for name, values in found.items()
        if name not in RARE or len(values) > 1 or getattr(selection, name)
    }


def _years(selection: Selection) -> list[Year]:
    """The reports of the selection, the newest first, that have one before them to be held against."""
    statement = select(Report).where(Report.kind == ReportKind.REPORT).order_by(Report.year.desc(), Report.id)
    if selection.report:
        statement = statement.where(Report.id.in_(selection.report))
    years = []
    for report in database().scalars(statement.limit(MAX_YEARS)):
        before = _before(report)
        if before is None:
            continue
        counts = Counter(
            (promise.sector, promise.outcome)
            for promise in outcomes(database(), before, report)
            if not selection.sector or promise.sector in selection.sector
        )
        years.append(Year(report, before, counts))
    return years


def _before(report: Report) -> Report | None:
    earlier = select(Report).where(same_county(report), Report.kind == ReportKind.REPORT, Report.year < report.year)
    return database().scalars(earlier.order_by(Report.year.desc(), Report.id).limit(1)).first()
