"""Project lists in the database: a list is kept as a report of the kind `project-list`.

Its text is made of its rows (`list_rows`), so that the offsets of its works lead back to the row as those of a report's
lead back to the sentence: a line `# ` with the table's title or the sheet's name, and for every project one line with
its name and its other filled cells as `name｜header：text｜header：text`. The path of group rows above a project is its
area.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gazetteer.errors import GuatuError
from gazetteer.names import MAX_NAME
from gazetteer.reading import read_works
from gazetteer.reading.columns import Field
from gazetteer.reading.lexicon import Lexicon
from gazetteer.reading.project_list import ProjectList, ProjectRow, Sheet
from gazetteer.vocabulary import Kind, Nature, Period, Sector, Status
from gazetteer.work import Span
from gazetteer.work import Work as ReadWork
from geodata.counties import County, find_county
from geodata.list_rows import HEADING, SAID, SEPARATOR, Headers
from geodata.models import Report, ReportKind
from geodata.reports import text_hash

NO_STATUS, NOT_READ = "no-status", "kind-unknown"
"""Flags: the list says nothing of the progress, which is taken for ongoing; the name did not say what the thing is."""

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SEVERAL = re.compile(r"\s*[、，,；;/]\s*")
"""Between the places of one cell."""
_COUNTY = re.compile(r"[一-鿿]{1,10}?(?:自治县|自治旗|县|市|区|旗)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list says of a project beyond what reports say: money in 10,000 yuan (万元), partial ISO 8601 dates."""

    responsible: str | None
    investment: float | None
    planned_start: str | None
    planned_finish: str | None


@dataclass(frozen=True, slots=True)
class ListedWorks:
    """A project list as a text, its works, and what is planned for each. `problems` are cells that were not kept."""

    text: str
    works: tuple[ReadWork, ...]
    plans: tuple[Plan, ...]
    problems: tuple[str, ...]
    headers: Headers


def listed_works(projects: ProjectList, sheet: str | None = None, lexicon: Lexicon | None = None) -> ListedWorks:
    """The works of a list, or of one of its sheets, their names read with a lexicon (the package's own where None).

    Raises GuatuError where there is no such sheet or no project.
    """
    chosen = [table for table in projects.sheets if sheet in (None, table.name)]
    if not chosen:
        names = "、".join(dict.fromkeys(table.name for table in projects.sheets))
        raise GuatuError(f"没有工作表“{sheet}”，有：{names}。There is no sheet {sheet}: choose one of these")
    lines: list[str] = []
    works: list[ReadWork] = []
    plans: list[Plan] = []
    problems: list[str] = []
    length = 0
    for table in chosen:
        heading = f"{HEADING}{_one_line(table.title or table.name)}"
        lines.append(heading)
        length += len(heading) + 1
        for row in table.rows:
            name = _name(row)
            line = SEPARATOR.join([name, *_other_cells(row)])
            works.append(_work(row, name, line, length, lexicon))
            lines.append(line)
            length += len(line) + 1
            plan, wrong = _plan(row)
            plans.append(plan)
            problems += [f"{row.sheet} {row.row}: {problem}" for problem in (*row.problems, *wrong)]
    if not works:
        raise GuatuError("表里没有可用的项目。The list holds no project that could be used: see the reasons above")
    return ListedWorks("\n".join(lines) + "\n", tuple(works), tuple(plans), tuple(problems), _headers(chosen))


def _headers(tables: Sequence[Sheet]) -> Headers:
    columns = [column for table in tables for column in table.columns]
    return {field: frozenset(_header(c.header) for c in columns if c.field == field) for field in Field}


def report_of_list(
    listed: ListedWorks, projects: ProjectList, file_name: str, gazetteer: Path, *, county: str | None, year: int | None
) -> Report:
    """The report that holds a list, not saved yet. County and year are looked for in its titles and its file's name.

    Raises GuatuError where they are not found there and not given.
    """
    titles = [text for table in projects.sheets for text in (table.title, table.name) if text]
    places = [*titles, Path(file_name).stem]
    found = find_county(gazetteer, county) if county else _county_in(places, gazetteer)
    years = {int(number) for text in places for number in _YEAR.findall(text)}
    in_year = year or (years.pop() if len(years) == 1 else None)
    if found is None:
        raise GuatuError(f"看不出 {file_name} 是哪个县的，请用 --county 说明。Give the county of {file_name}: --county")
    if in_year is None:
        raise GuatuError(f"看不出 {file_name} 是哪一年的，请用 --year 说明。Give the year of {file_name}: --year")
    return Report(
        title=titles[0] if titles else Path(file_name).stem,
        county=found.name,
        adcode=found.adcode,
        year=in_year,
        text=listed.text,
        source_file=file_name,
        sha256=text_hash(listed.text),
        fictional=found.fictional,
        kind=ReportKind.PROJECT_LIST,
    )


def _county_in(texts: Sequence[str], gazetteer: Path) -> County | None:
    for text in texts:
        if match := _COUNTY.match(_YEAR.sub("", text).lstrip("年度# ")):
            try:
                return find_county(gazetteer, match.group())
            except GuatuError:
                continue
    return None


def _other_cells(row: ProjectRow) -> Iterator[str]:
    for header, text in row.cells:
        if text != row.name:
            yield f"{_header(header)}{SAID}{_one_line(text)}"


def _name(row: ProjectRow) -> str:
    """The row's name, so that its line is no heading."""
    return re.sub(f"^(?:{HEADING})+", "", _one_line(row.name))


def _header(text: str) -> str:
    return _one_line(text).replace(SAID, ":")


def _one_line(text: str) -> str:
    """Words without what has a meaning in a list's text."""
    return " ".join(text.replace("\x00", "").replace(SEPARATOR, "|").split())


def _work(row: ProjectRow, name: str, line: str, start: int, lexicon: Lexicon | None) -> ReadWork:
    """The row as a work: its own columns first, then what guatu reads in its name."""
    read = read_name(name, lexicon)
    flags = list(read.flags)
    if row.status is None:
        flags.append(NO_STATUS)
    cells = [_one_line(cell) for cell in (row.place, row.town) if cell]
    places = [place[:MAX_NAME] for cell in cells for place in _SEVERAL.split(cell) if place]
    return replace(
        read,
        status=row.status or Status.ONGOING,
        nature=row.nature or read.nature,
        sector=row.sector or read.sector,
        area=row.area,
        places=tuple(dict.fromkeys((*read.places, *places))),
        sentence=line,
        spans=(Span(start, start + len(name)),),
        flags=tuple(flags),
    )


def read_name(name: str, lexicon: Lexicon | None = None) -> ReadWork:
    """What guatu reads in a name alone: kind, sector, nature, extent. The name itself stays as it is given."""
    found = read_works(f"实施{name}。", lexicon=lexicon).works
    work = max(found, key=lambda work: sum(span.end - span.start for span in work.spans), default=None)
    span = Span(0, len(name))
    if work is None:
        return ReadWork(
            name=name,
            kind=Kind.OTHER,
            status=Status.ONGOING,
            nature=Nature.NEW,
            sector=Sector.URBAN,
            named=True,
            extent=None,
            quantity=None,
            unit=None,
            area=(),
            period=Period.PLANNED,
            places=(),
            action="",
            sentence=name,
            spans=(span,),
            flags=(NOT_READ,),
        )
    return replace(
        work,
        name=name,
        named=True,
        area=(),
        period=Period.PLANNED,
        action="",
        sentence=name,
        spans=(span,),
        mentions=(),
        reasoning=(),
    )


def _plan(row: ProjectRow) -> tuple[Plan, list[str]]:
    """What the row plans, and what of it cannot be."""
    start, finish, investment, wrong = row.start, row.finish, row.investment, []
    if start and finish and start[: len(finish)] > finish[: len(start)]:
        wrong.append(f"开工 {start} 晚于完工 {finish}，都没有保留 the start is later than the finish, neither is kept")
        start = finish = None
    if investment is not None and investment < 0:
        wrong.append(f"投资 {investment:g} 是负数，没有保留 a negative investment is not kept")
        investment = None
    return Plan(row.responsible, investment, start, finish), wrong
