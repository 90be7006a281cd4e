"""`guatu export`: works as a file for QGIS, ArcGIS, SuperMap, Excel and others."""

from pathlib import Path

import click
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.database import open_sessions
from geodata.datums import datum_of
from geodata.exports import (
    ENCODINGS,
    FORMATS,
    LANGUAGES,
    Encoding,
    Format,
    Language,
    export,
    format_of,
    middle_longitude,
    snapshot,
)
from geodata.selection import AREA_SEPARATOR, Selection
from webmap.choices import selection_of
from webmap.cli.progress import adding
from webmap.wording import wording


@click.command(no_args_is_help=True)
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), help="Otherwise by the ending of OUT.")
@click.option(
    "--crs",
    default="EPSG:4326",
    show_default=True,
    help="EPSG:4326, EPSG:4490, EPSG:3857, cgcs2000-gk3 or -gk6 (the zone of the works), EPSG:4491 to 4554, GCJ-02.",
)
@click.option("--encoding", type=click.Choice(ENCODINGS), default="UTF-8", show_default=True, help="Shapefile and CSV.")
@click.option("--names", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="Field names and words.")
@click.option("--report", multiple=True, metavar="ID", help="Of this report.")
@click.option("--area", multiple=True, metavar="PATH", help=f"Under this heading: 一、交通{AREA_SEPARATOR}（二）路网.")
@click.option("--sector", multiple=True, type=click.Choice([s.value for s in Sector]))
@click.option("--status", multiple=True, type=click.Choice([s.value for s in Status]))
@click.option("--town", multiple=True, metavar="NAME")
@click.option("--precision", multiple=True, type=click.Choice([p.value for p in Precision]))
@click.option("--words", metavar="TEXT", help="In the name or the sentence.")
@click.option("--bbox", metavar="W,S,E,N", help="Degrees; west greater than east crosses the date line.")
def command(
    out: Path, kind: str | None, crs: str, encoding: Encoding, names: Language, **choices: tuple[str, ...] | str | None
) -> None:
    """Write works to OUT, those that meet every choice; without a choice all of them.

    Choices may be given several times: `--sector water --sector energy`.
    """
    file_format = format_of(kind) if kind else _by_ending(out)
    selection = _selection(choices)
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}: make it first", param_hint="OUT")
    with open_sessions() as sessions, sessions() as session:
        snapshot(session)
        datum = datum_of(crs, middle_longitude(session, selection))
        with adding("exporting") as step:
            words = wording(names)
            works = export(out, session, selection, file_format, datum, words, encoding=encoding, progress=step)
    click.echo(f"{out}: {works} works, {file_format.name}, {datum.key} {datum.name}")


def _by_ending(out: Path) -> Format:
    """The format of a file's ending; `.zip` is a Shapefile."""
    name = out.name.lower()
    for file_format in FORMATS.values():
        if name.endswith(file_format.ending):
            return file_format
    if name.endswith(".zip"):
        return FORMATS["shp"]
    endings = ", ".join(f.ending for f in FORMATS.values())
    raise click.BadParameter(
        f"the ending of {out.name} is of no format: choose --format, or {endings}", param_hint="OUT"
    )


def _selection(choices: dict[str, tuple[str, ...] | str | None]) -> Selection:
    """The selection of the options, by the same reading as that of an address."""
    try:
        return selection_of(MultiDict({name: value for name, value in choices.items() if value}))
    except BadRequest as error:
        raise click.UsageError(f"--{error.description}") from error
