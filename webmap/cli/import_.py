"""`guatu import`: project lists in Excel or CSV as works; exports that were edited, back into the works' histories."""

from pathlib import Path

import click

from gazetteer.errors import GuatuError
from gazetteer.reading.column_words import column_words
from gazetteer.reading.lexicon import load
from gazetteer.reading.project_list import Column, Field, ProjectList, read_project_list
from geodata.database import open_sessions
from geodata.edited_files import ENDINGS
from geodata.list_updates import SavedList, save_list
from geodata.project_lists import ListedWorks, listed_works, report_of_list
from geodata.settings import Settings
from webmap.cli.tables import print_table
from webmap.cli.take_back import take_back

FIELDS = ", ".join(field.value for field in Field)


def _mapping(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[Field, str]:
    chosen: dict[Field, str] = {}
    for value in values:
        name, equals, column = value.partition("=")
        if not equals or not column.strip() or name.strip() not in list(Field):
            raise click.BadParameter(f"{value!r}: write FIELD=COLUMN, with FIELD one of {FIELDS}")
        chosen[Field(name.strip())] = column.strip()
    return chosen


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--county", help="The county of the list, by name or six-digit code, where its titles do not say it.")
@click.option("--year", type=click.IntRange(1949, 2100), help="The year of the list, where its titles do not say it.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_mapping,
    metavar="FIELD=COLUMN",
    help=f"Set what a column holds, by its header or its letter (may be repeated). FIELD: {FIELDS}.",
)
@click.option("--sheet", help="Only this sheet of the file.")
@click.option("--by", metavar="NAME", help="For an edited export: the planner whose edits these are.")
@click.option("--dry-run", is_flag=True, help="Show what would be kept, and keep nothing.")
def command(
    file: Path,
    county: str | None,
    year: int | None,
    columns: dict[Field, str],
    sheet: str | None,
    by: str | None,
    dry_run: bool,
) -> None:
    """Keep a project list (xlsx, xls or CSV) as works, with responsible bodies, investment and planned dates.

    A newer version of a list that is kept brings its works up to date: what is new, changed or no longer listed is
    shown; no work is dropped, and what planners made of one stands.

    Or take back a GeoPackage or GeoJSON that `guatu export` wrote and somebody edited: moved places and changed
    statuses become entries of the works' histories by NAME. What others have changed since is shown and left. The same
    file twice changes nothing.
    """
    if file.suffix.lower() in ENDINGS:
        take_back(file, by, dry_run)
        return
    settings = Settings.from_environment()
    lexicon = load(settings.lexicon)
    projects = read_project_list(file, columns=columns, words=column_words(settings.lexicon))
    _show_columns(projects, sheet)
    _show_unused(projects, sheet)
    listed = listed_works(projects, sheet, lexicon)
    for problem in listed.problems:
        click.echo(f"guatu: {file.name}: {problem}", err=True)
    if dry_run:
        _show_works(listed)
        click.echo(f"{len(listed.works)} works would be kept")

    def save() -> None:
        report = report_of_list(listed, projects, file.name, settings.home / "gazetteer", county=county, year=year)
        with open_sessions(settings) as sessions, sessions() as session:
            _show_saved(save_list(session, report, listed), dry_run=dry_run)
            if not dry_run:
                session.commit()

    if not dry_run:
        save()
        return
    try:
        save()
    except GuatuError as error:
        click.echo(f"guatu: not compared with what is kept: {error}", err=True)


def _show_saved(saved: SavedList, *, dry_run: bool) -> None:
    what = f"{saved.report.county} {saved.report.year}, {saved.report.title}"
    if saved.is_new:
        click.echo(f"{what}: {'a new list' if dry_run else 'kept'}, {len(saved.added)} works")
        return
    click.echo(f"{what}: already kept, {'would be ' if dry_run else ''}brought up to date")
    click.echo(f"added: {len(saved.added)}")
    for name in saved.added:
        click.echo(f"  {name}")
    click.echo(f"changed: {len(saved.changed)}")
    for name, said in saved.changed:
        click.echo(f"  {name}: {'; '.join(said)}")
    click.echo(f"unchanged: {saved.unchanged}")
    click.echo(f"missing: {len(saved.missing)}{', kept with the flag not-in-list' if saved.missing else ''}")
    for name in saved.missing:
        click.echo(f"  {name}")
    for line in saved.stands:
        click.echo(f"guatu: {line}", err=True)


def _show_columns(projects: ProjectList, sheet: str | None) -> None:
    rows = []
    for table in projects.sheets:
        if sheet in (None, table.name):
            rows += [(table.name, *_cells(column)) for column in table.columns]
            for warning in table.warnings:
                click.echo(f"guatu: {table.name}: {warning}", err=True)
    print_table(("sheet", "column", "header", "field", "sure", "why"), rows, right=(4,))


def _cells(column: Column) -> tuple[object, ...]:
    field = f"{column.field.value}{f' ({column.unit})' if column.unit else ''}" if column.field else "-"
    return column.letter, column.header, field, f"{column.confidence:.0%}" if column.field else "", column.reason


def _show_unused(projects: ProjectList, sheet: str | None) -> None:
    unused = [row for row in projects.unused if sheet in (None, row.sheet)]
    if unused:
        click.echo(f"{len(unused)} rows are not used:")
        print_table(("sheet", "row", "text", "why"), [(row.sheet, row.row, row.text, row.reason) for row in unused])


def _show_works(listed: ListedWorks) -> None:
    rows = [
        (
            work.name,
            work.kind.value,
            work.sector.value,
            work.status.value,
            plan.responsible or "",
            "" if plan.investment is None else f"{plan.investment:g}",
            "–".join(date for date in (plan.planned_start, plan.planned_finish) if date),
        )
        for work, plan in zip(listed.works, listed.plans, strict=True)
    ]
    print_table(("name", "kind", "sector", "status", "responsible", "万元", "planned"), rows, right=(5,))
