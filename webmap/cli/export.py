"""`guatu export`: works as a file for QGIS, ArcGIS, SuperMap, Excel and others."""

from pathlib import Path

import click

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
from webmap.cli.choices import choice_options, selection_of_options
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
@choice_options
def command(
    out: Path, kind: str | None, crs: str, encoding: Encoding, names: Language, **choices: tuple[str, ...] | str | None
) -> None:
    """Write works to OUT, those that meet every choice; without a choice all of them.

    Choices may be given several times: `--sector water --sector energy`.
    """
    file_format = format_of(kind) if kind else _by_ending(out)
    selection = selection_of_options(choices)
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
