"""The examples that guatu opens with: a real county's report, and a fictional county whose map shows every feature."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.geocode import Gazetteer
from gazetteer.index import current_generations
from gazetteer.place import Place, Source
from gazetteer.reading import read_works
from gazetteer.reading.documents import open_document
from gazetteer.sources.catalogue import DEFAULT_SOURCES, open_source
from gazetteer.sources.osm import read_osm
from geodata.database import open_sessions
from geodata.locations import locate
from geodata.models import GazetteerSource, Report
from geodata.places import load_places
from geodata.reports import report_of, save_report
from geodata.settings import Settings
from webmap.cli.progress import adding, counting

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FICTIONAL_MAP = EXAMPLES / "fictional" / "map.osm.pbf"
FICTIONAL = Source(
    "fictional",
    "虚构示例地图 Fictional example map",
    licence="MIT",
    attribution="虚构示例地图 / fictional example map",
    fictional=True,
)
REPORTS = (
    EXAMPLES / "yongkang-2022.txt",
    EXAMPLES / "fictional" / "lanxi-2024.txt",
    EXAMPLES / "fictional" / "lanxi-2025.txt",
)


def load_demo(settings: Settings) -> None:
    """Loads the default gazetteer, the fictional map and the example reports, each only where it is missing."""
    directory = settings.home / "gazetteer"
    with open_sessions(settings) as sessions:
        for source, places in _missing(sessions, directory):
            with counting(source.title) as progress:
                count = load_places(sessions, directory, source, places, progress=progress)
            click.echo(f"地名 places: {source.title}, {count}")
        with sessions.begin() as session:
            _load_reports(session, directory)


def _missing(sessions: sessionmaker[Session], directory: Path) -> Iterator[tuple[Source, Iterable[Place]]]:
    with sessions() as session:
        loaded = set(session.scalars(select(GazetteerSource.name)))
    indexed = {path.parent.name for path in current_generations(directory)} if directory.exists() else set()
    for name in DEFAULT_SOURCES:
        if name not in loaded & indexed:
            yield open_source(name)
    if FICTIONAL.name not in loaded & indexed:
        yield FICTIONAL, read_osm(FICTIONAL_MAP)


def _load_reports(session: Session, directory: Path) -> None:
    known = set(session.scalars(select(Report.source_file)))
    missing = [path for path in REPORTS if path.name not in known]
    if not missing:
        return
    for path in missing:
        document = open_document(path)
        report = report_of(document, path.name, directory)
        saved = save_report(session, report, read_works(document.text).works)
        click.echo(f"报告 report: {report.county} {report.year}, {saved.new} 项工程 works")
    with adding("定位 locating") as progress:
        locate(session, Gazetteer.open(directory), progress=progress)
