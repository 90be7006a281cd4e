"""`guatu gazetteer`: load places, look them up, count them."""

import click
import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer
from gazetteer.sources.catalogue import DEFAULT_SOURCES, open_source
from gazetteer.sources.vector import Mapping
from geodata.database import open_sessions
from geodata.models import GazetteerPlace, GazetteerSource
from geodata.places import load_places
from geodata.settings import Settings
from webmap.cli.progress import counting
from webmap.cli.tables import print_table


@click.group(no_args_is_help=True)
def command() -> None:
    """Load places and look them up."""


def _mapping(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> Mapping | None:
    values: dict[str, object] = {}
    for pair in given:
        field, equals, column = pair.partition("=")
        if not equals or field not in Mapping.__slots__:
            raise click.BadParameter(f"{pair}: write FIELD=COLUMN with one of {', '.join(Mapping.__slots__)}")
        values[field] = tuple(column.split("+")) if field == "names" else column
    return Mapping(**values) if values else None  # type: ignore[arg-type]


@command.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    callback=_mapping,
    help=f"Which column of a file says what: {', '.join(Mapping.__slots__)}; names=A+B for several.",
)
@click.option("--crs", help="The coordinate system of a file that does not say it (EPSG:4547).")
@click.option("--encoding", help="The encoding of a Shapefile or CSV that is neither UTF-8 nor GBK.")
@click.option("--layer", help="The layer of a GeoPackage with several.")
def load(
    sources: tuple[str, ...], mapping: Mapping | None, crs: str | None, encoding: str | None, layer: str | None
) -> None:
    """Load places: SRC is `default`, a source's name, or a file (.osm.pbf, .gpkg, .shp, .geojson, .csv).

    Loading a source again replaces it.
    """
    given = {"mapping": mapping, "crs": crs, "encoding": encoding, "layer": layer}
    options = {name: value for name, value in given.items() if value is not None}
    settings = Settings.from_environment()
    with open_sessions(settings) as sessions:
        for spec in _expanded(sources):
            source, places = open_source(spec, **options)
            with counting(source.name) as progress:
                count = load_places(sessions, settings.home / "gazetteer", source, places, progress=progress)
            click.echo(f"{source.name}: {count} places")


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
