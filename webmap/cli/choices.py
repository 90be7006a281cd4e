"""The filters of the map as options of a command."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.selection import AREA_SEPARATOR, Selection
from webmap.choices import selection_of

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--report", multiple=True, metavar="ID", help="Of this report."),
    click.option(
        "--area", multiple=True, metavar="PATH", help=f"Under this heading: 一、交通{AREA_SEPARATOR}（二）路网."
    ),
    click.option("--sector", multiple=True, type=click.Choice([s.value for s in Sector])),
    click.option("--status", multiple=True, type=click.Choice([s.value for s in Status])),
    click.option("--town", multiple=True, metavar="NAME"),
    click.option("--precision", multiple=True, type=click.Choice([p.value for p in Precision])),
    click.option("--words", metavar="TEXT", help="In the name or the sentence."),
    click.option("--bbox", metavar="W,S,E,N", help="Degrees; west greater than east crosses the date line."),
)


def choice_options(command: Command) -> Command:
    """Gives a command the options `--report` to `--bbox`; what they say arrives as keyword arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def selection_of_options(choices: dict[str, tuple[str, ...] | str | None]) -> Selection:
    """The selection of the options, by the same reading as that of an address; raises click.UsageError."""
    try:
        return selection_of(MultiDict({name: value for name, value in choices.items() if value}))
    except BadRequest as error:
        raise click.UsageError(f"--{error.description}") from error
