"""`guatu import` of an export that was edited: shows what it changes, and takes what nobody need look at."""

from pathlib import Path

import click

from geodata import returns
from geodata.accounts import find_account
from geodata.database import open_sessions
from geodata.models import Role
from geodata.returns import Change, Taken
from geodata.settings import Settings
from geodata.teaching import teach
from webmap.cli.tables import print_table
from webmap.wording import status_words


def take_back(file: Path, by: str | None, dry_run: bool) -> None:
    """Takes the edits of a file, as entries by the planner called `by`; a dry run needs none and writes nothing."""
    settings = Settings.from_environment()
    with open_sessions(settings) as sessions, sessions.begin() as session:
        account = find_account(session, by or "")
        if not dry_run and (account is None or not account.role.may_act_as(Role.PLANNER)):
            raise click.BadParameter("name the planner whose edits these are; see guatu user list", param_hint="--by")
        changes, remarks, same = returns.changes_in(session, file, status_words())
        for remark in remarks:
            click.echo(f"guatu: {file.name}: {remark.text}: {remark.what.value}", err=True)
        chosen = returns.choices_without_conflict(changes)
        taken = returns.take(session, chosen, account.name, file.name) if account and not dry_run else Taken()
        _show(changes, taken)
        if taken.places:
            teach(session, settings.home / "gazetteer")
        number = len(chosen) if dry_run else len(taken.places.keys() | taken.statuses.keys())
        done = "works would be changed" if dry_run else "works changed"
        click.echo(f"{file.name}: {number} {done}, {len(changes) - number} left, {same} the same")


def _show(changes: list[Change], taken: Taken) -> None:
    rows = []
    for change in changes:
        work = change.edited.work_id
        reasons = [refusal.reason.value for refusal in change.refusals]
        edits = [edit for edit in (change.place, change.status) if edit]
        reasons += [edit.conflict.value for edit in edits if edit.conflict]
        reasons += ["far-from-county"] if change.place and change.place.far else []
        reasons += [taken.late[work]] if work in taken.late else []
        status = f"{change.status.now.status.value} -> {change.status.status.value}" if change.status else ""
        place = "moved" if change.place and change.place.now else "placed" if change.place else ""
        rows.append((work, change.work.name if change.work else "", place, status, ", ".join(reasons)))
    print_table(("work", "name", "place", "status", "left because"), rows)
