"""`guatu gazetteer`: load, fetch, look up, count, export places."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.divisions import Divisions
from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer
from gazetteer.place import Place, Source
from gazetteer.sources import vector
from gazetteer.sources.catalogue import DEFAULT_SOURCES, open_source
from geodata.database import open_sessions
from geodata.models import GazetteerPlace, GazetteerSource
from geodata.places import load_places, write_places
from geodata.settings import Settings
from geodata.teaching import import_taught
from webmap.cli.progress import adding, counting
from webmap.cli.tables import print_table

MARGIN_DEGREES = 0.01
"""About a kilometre around a county's area: what may lie in it, since boundaries are generalised that much
(docs/data-sources.md)."""


@click.group(no_args_is_help=True)
def command() -> None:
    """Load places and look them up."""


def _mapping(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> vector.Mapping | None:
    values: dict[str, object] = {}
    for pair in given:
        field, equals, column = pair.partition("=")
        if not equals or field not in vector.Mapping.__slots__:
            raise click.BadParameter(f"{pair}: write FIELD=COLUMN with one of {', '.join(vector.Mapping.__slots__)}")
        values[field] = tuple(column.split("+")) if field == "names" else column
    return vector.Mapping(**values) if values else None  # type: ignore[arg-type]


@command.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    callback=_mapping,
    help=f"Which column of a file says what: {', '.join(vector.Mapping.__slots__)}; names=A+B for several.",
)
@click.option("--crs", help="The coordinate system of a file that does not say it (EPSG:4547).")
@click.option("--encoding", help="The encoding of a Shapefile or CSV that is neither UTF-8 nor GBK.")
@click.option("--layer", help="The layer of a GeoPackage with several.")
@click.option("--within", metavar="COUNTY", help="Only what lies in this province, city or county (OSM, Overture).")
def load(
    sources: tuple[str, ...],
    mapping: vector.Mapping | None,
    crs: str | None,
    encoding: str | None,
    layer: str | None,
    within: str | None,
) -> None:
    """Load places: SRC is `default`, a source's name, or a file (.osm.pbf, .osm, .parquet of Overture, .gpkg, .shp,
    .geojson, .csv).

    Loading a source again replaces it.
    """
    given = {"mapping": mapping, "crs": crs, "encoding": encoding, "layer": layer}
    options: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    settings = Settings.from_environment()
    county = _county(settings, within) if within else None
    if county:
        options["area"] = _surroundings(county)
    with open_sessions(settings) as sessions:
        for spec in _expanded(sources):
            source, places = open_source(spec, **options)
            _load(settings, sessions, _of(source, county) if county else source, places)


def _load(settings: Settings, sessions: sessionmaker[Session], source: Source, places: Iterable[Place]) -> None:
    with counting(source.name) as progress:
        count = load_places(sessions, settings.home / "gazetteer", source, places, progress=progress)
    click.echo(f"{source.name}: {count} places")


def _county(settings: Settings, name: str) -> Place:
    return Divisions.open(settings.home / "gazetteer").find(name)


def _surroundings(county: Place) -> BaseGeometry:
    """The area of a county with a margin, in degrees (EPSG:4326)."""
    if county.geometry is None:
        raise GuatuError(f"“{county.name}”没有边界,请用它所在的县市 It has no area: say the county or city it lies in")
    return county.geometry.buffer(MARGIN_DEGREES)


def _of(source: Source, county: Place) -> Source:
    """A source of what lies in one county: another one than that of the next county."""
    return replace(source, name=f"{source.name}-{county.key}", title=f"{source.title} {county.name}")


@command.command()
@click.argument("county")
@click.option("--url", help="An extract (.osm.pbf) to take the county out of, instead of asking Overpass.")
def fetch(county: str, url: str | None) -> None:
    """Fetch OpenStreetMap of one county over the network, and load it.

    COUNTY is a name (永康市) or a six-digit code. GUATU_OVERPASS names an Overpass server of your own.
    """
    from gazetteer.sources import osm
    from gazetteer.sources.fetch import OVERPASS, from_extract, from_overpass

    settings = Settings.from_environment()
    place = _county(settings, county)
    area = _surroundings(place)
    with TemporaryDirectory(prefix="fetch-", dir=settings.home) as folder, open_sessions(settings) as sessions:
        with adding("bytes") as progress:
            if url:
                path = from_extract(url, Path(folder), progress)
            else:
                path = from_overpass(area, settings.overpass or OVERPASS, Path(folder), progress)
        _load(settings, sessions, _of(osm.source("osm"), place), osm.read_osm(path, area=area))


@command.command()
@click.argument("source")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def export(source: str, out: Path) -> None:
    """Write the places of a source to OUT, as GeoJSON: `taught` is what people have placed by hand."""
    with open_sessions() as sessions, sessions() as session:
        count = write_places(session, source, out)
    click.echo(f"{out}: {count} places")


@command.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--undo", is_flag=True, help="Take out again what was imported.")
def import_(file: Path | None, undo: bool) -> None:
    """Take in places that were placed by hand elsewhere: FILE is what `export taught` wrote.

    They are preferred as those placed here are. Importing again replaces what was imported before.
    """
    if (file is None) != undo:
        raise click.UsageError("name a FILE, or --undo")
    settings = Settings.from_environment()
    places = vector.places(file, vector.Mapping(name="name", kind="kind", key="key")) if file else ()
    with open_sessions(settings) as sessions, sessions.begin() as session:
        count = import_taught(session, settings.home / "gazetteer", places)
    click.echo(f"{file}: {count} places" if file else "taken out")


def _expanded(sources: tuple[str, ...]) -> list[str]:
    return [name for spec in sources for name in (DEFAULT_SOURCES if spec == "default" else (spec,))]


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--within", help="Only in this place, by name or code.")
@click.option("--limit", default=5, type=click.IntRange(1, 1000), show_default=True, help="How many a name.")
@click.option("--explain", is_flag=True, help="Also what was looked at and left out, and why.")
def find(names: tuple[str, ...], within: str | None, limit: int, explain: bool) -> None:
    """Look names up."""
    gazetteer = Gazetteer.open(Settings.from_environment().home / "gazetteer")
    area = gazetteer.area(within) if within else None
    if within and area is None:
        raise GuatuError(f"地名库中没有“{within}”。The gazetteer does not know {within}")
    nothing = True
    for name in names:
        found = gazetteer.find(name, limit, area)
        rows = [
            (
                candidate.title,
                candidate.kind,
                candidate.index.source.name,
                _point(candidate.point),
                candidate.agreement.words,
            )
            for candidate in found.candidates
        ]
        nothing = nothing and not rows
        if rows:
            print_table(("name", "kind", "source", "lon, lat", "why"), rows)
        else:
            click.echo(f"{name}: nothing")
        for rejection in found.rejected if explain else ():
            click.echo(f"  not {rejection.name}: {rejection.reason}")
    if nothing:
        click.get_current_context().exit(1)


def _point(point: npt.NDArray[np.float64]) -> str:
    return "" if np.isnan(point).any() else f"{point[0]:.5f}, {point[1]:.5f}"


@command.command()
def stats() -> None:
    """Count the places of every source, by kind."""
    with open_sessions() as sessions, sessions() as session:
        kinds = session.execute(
            select(GazetteerSource.name, GazetteerPlace.kind, func.count(), func.count(GazetteerPlace.geometry))
            .join(GazetteerPlace, GazetteerPlace.source_id == GazetteerSource.id)
            .group_by(GazetteerSource.name, GazetteerPlace.kind)
            .order_by(GazetteerSource.name, func.count().desc())
        ).all()
    print_table(("source", "kind", "places", "with geometry"), kinds, right=(2, 3))
