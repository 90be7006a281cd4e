"""`guatu locate`: a place for every saved work."""

import click

from gazetteer.geocode import Gazetteer
from geodata.database import open_sessions
from geodata.locations import locate, no_second_opinion
from geodata.settings import Settings
from webmap.cli.online import second_opinion
from webmap.cli.progress import adding


@click.command()
@click.option("--again", is_flag=True, help="Also those that guatu placed before; never what a person placed.")
@click.option("--report", "reports", multiple=True, type=int, help="Only the works of this report (may be repeated).")
@click.option("--online", is_flag=True, help="Take what is not found to the online geocoder that GUATU_GEOCODER names.")
def command(again: bool, reports: tuple[int, ...], online: bool) -> None:
    """Place every saved work that has no place yet."""
    settings = Settings.from_environment()
    gazetteer = Gazetteer.open(settings.home / "gazetteer")
    second = second_opinion(settings, gazetteer).on if online else no_second_opinion
    with open_sessions(settings) as sessions, sessions.begin() as session, adding("locating") as progress:
        counts = locate(session, gazetteer, again=again, reports=reports, second=second, progress=progress)
    found = ", ".join(f"{number} {precision.value}" for precision, number in counts.most_common())
    click.echo(f"{counts.total()} works: {found}" if counts else "every work has a place or a reason already")
