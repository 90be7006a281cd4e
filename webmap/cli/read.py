"""`guatu read`: the works in reports."""

import json
from pathlib import Path

import click

from gazetteer.errors import GuatuError
from gazetteer.reading import Reading, read_works
from gazetteer.reading.documents import Document, open_document
from gazetteer.reading.explain import explain
from gazetteer.reading.lexicon import Lexicon, load
from gazetteer.work import Work
from geodata.settings import Settings

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.command()
@_FILES
@click.option("--jsonl", is_flag=True, help="One JSON object a work, for machines.")
@click.option("--explain", "explained", is_flag=True, help="How each work was read, and what was rejected and why.")
@click.option("--save", is_flag=True, help="Keep the report and its works.")
@click.option("--county", help="The county of the report, by name or six-digit code, where the report does not say it.")
@click.option(
    "--year", type=click.IntRange(1949, 2100), help="The year of the report, where the report does not say it."
)
def command(
    files: tuple[Path, ...], jsonl: bool, explained: bool, save: bool, county: str | None, year: int | None
) -> None:
    """Read the works out of reports (txt, docx, pdf, html)."""
    lexicon = load(Settings.from_environment().lexicon)
    readings = [(path, *_read(path, lexicon)) for path in files]
    for path, document, reading in readings:
        for warning in document.warnings:
            click.echo(f"guatu: {path.name}: {warning}", err=True)
        if not reading.works:
            raise GuatuError(
                f"{path.name} 里没有读到工程。No works were read in {path.name}: is it a government work report?"
            )
    if save:
        _save(readings, county, year)
    for _, _, reading in readings:
        if jsonl:
            for work in reading.works:
                click.echo(json.dumps(work.to_json(), ensure_ascii=False))
        elif explained:
            for line in explain(reading):
                click.echo(line)
        elif not save:
            _print(reading.works)


def _read(path: Path, lexicon: Lexicon) -> tuple[Document, Reading]:
    document = open_document(path)
    return document, read_works(document.text, lexicon=lexicon)


def _print(works: tuple[Work, ...]) -> None:
    from webmap.cli.tables import print_table

    rows = [
        (
            work.name,
            f"{work.extent.start} – {work.extent.end}" if work.extent else "",
            f"{work.quantity:g} {work.unit or ''}" if work.quantity is not None else "",
            work.status.value,
            work.nature.value,
            work.kind.value,
            work.sector.value,
            work.area[-1] if work.area else "",
        )
        for work in works
    ]
    print_table(("name", "extent", "quantity", "status", "nature", "kind", "sector", "heading"), rows, right=(2,))
    click.echo(f"{len(works)} works")


def _save(readings: list[tuple[Path, Document, Reading]], county: str | None, year: int | None) -> None:
    from geodata.database import open_sessions
    from geodata.reports import report_of, save_report

    settings = Settings.from_environment()
    directory = settings.home / "gazetteer"
    reports = [
        (report_of(document, path.name, directory, county=county, year=year), reading)
        for path, document, reading in readings
    ]
    with open_sessions(settings) as sessions, sessions.begin() as session:
        for report, reading in reports:
            saved = save_report(session, report, reading.works)
            what = f"{report.county} {report.year}"
            if saved.known:
                click.echo(
                    f"{what}: already kept; {saved.new} new works, {saved.changed} changed, {saved.dropped} dropped,"
                    f" {saved.known} known",
                    err=True,
                )
            else:
                click.echo(f"{what}: kept, {saved.new} works", err=True)
