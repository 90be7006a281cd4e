"""`guatu poster`: the wall map."""

from pathlib import Path

import click
from flask import Flask
from flask_babel import force_locale

from geodata.database import open_sessions
from webmap import languages
from webmap.cli.choices import choice_options, selection_of_options
from webmap.poster import ENDINGS, SIZES, draw_poster


@click.command(no_args_is_help=True)
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--size", type=click.Choice(list(SIZES)), default="A1", show_default=True, help="Of the sheet.")
@click.option("--title", default="", metavar="TEXT", help="Otherwise county and year.")
@click.option("--language", type=click.Choice(list(languages.LANGUAGES)), default=languages.DEFAULT, show_default=True)
@choice_options
def command(out: Path, size: str, title: str, language: str, **choices: tuple[str, ...] | str | None) -> None:
    """Draw works on a wall map, OUT.pdf or OUT.png, those that meet every choice; without a choice all of them.

    Choices may be given several times: `--sector water --sector energy`. A list that does not fit beside the map goes
    on on further sheets: pages of the PDF, or OUT-2.png and so on.
    """
    if out.suffix.lower() not in ENDINGS:
        raise click.BadParameter(f"{out.name} ends neither in {' nor in '.join(ENDINGS)}", param_hint="OUT")
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}: make it first", param_hint="OUT")
    selection = selection_of_options(choices)
    app = Flask("webmap")  # whose translations give the words
    languages.init_app(app)
    with open_sessions() as sessions, sessions() as session, app.app_context(), force_locale(language):
        drawn = draw_poster(out, session, selection, size=size, title=title)
    click.echo(
        f"{out}: {size}, 1 : {drawn.scale:.0f}, {drawn.placed} of {drawn.works} works on the map, {drawn.pages} sheets"
    )
