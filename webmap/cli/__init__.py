"""The `guatu` command.

A command is a file of this package with a Click command called `command` in it, and one line in `COMMANDS`. Its module
is imported when it is called, so that `guatu --help` answers at once.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from gazetteer.errors import GuatuError

COMMANDS = {
    # what is typed: (module, what it does)
    "up": ("up", "Start guatu: database, migrations, web pages."),
    "read": ("read", "Read the works out of reports."),
    "import": ("import_", "Keep project lists as works, or take edited exports back."),
    "gazetteer": ("gazetteer", "Load places and look them up."),
    "locate": ("locate", "Place every saved work that has no place yet."),
    "geocode": ("geocode", "Answer queries: JSON lines in, JSON lines out."),
    "export": ("export", "Write works as GeoPackage, Shapefile, Excel and other files."),
    "poster": ("poster", "Draw the wall map: PDF or PNG, A4 to A0."),
    "user": ("user", "Add, list, disable and reset the accounts of people."),
    "db": ("db", "Start, stop, upgrade, back up and restore the database."),
}


class _Commands(click.Group):
    """Knows its commands from `COMMANDS` and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
@click.version_option(package_name="guatu")
def cli(debug: bool) -> None:
    """挂图: the works of a government report on one map."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 failed, 2 called wrongly, 130 interrupted; errors are one line on stderr.

    `--debug` may stand anywhere among the arguments and shows the traceback too.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    try:
        result = cli.main([word for word in arguments if word != "--debug"], "guatu", standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as nothing_asked:
        nothing_asked.show()
        sys.exit(nothing_asked.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        sys.exit(130)
    except Exception as error:
        if debug:
            traceback.print_exc()
        _say(_in_words(error))
        sys.exit(error.exit_code if isinstance(error, click.ClickException) else 1)


def _say(line: str) -> None:
    printable = "".join(character if character.isprintable() else " " for character in line)
    click.echo(f"guatu: {' '.join(printable.split())}", err=True)


def _in_words(error: Exception) -> str:
    """One line that says what to do."""
    if isinstance(error, click.UsageError) and error.ctx:
        return f"{error.format_message()} See {error.ctx.command_path} --help"
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, GuatuError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    driver_error = getattr(error, "orig", None)  # SQLAlchemy's errors carry the database's own
    if isinstance(driver_error, Exception):
        return f"the database refused: {str(driver_error).partition(chr(10))[0]}"
    return f"{type(error).__name__}: {error}. This is a defect of guatu; --debug shows where"
