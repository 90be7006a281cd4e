"""`guatu user`: who may see and change what is kept."""

import click

from geodata import accounts
from geodata.database import open_sessions
from geodata.models import Account, Purpose, Role
from webmap.accounts import invitation_path

ROLES = click.Choice([role.value for role in Role])


@click.group(no_args_is_help=True)
def command() -> None:
    """Add, list, disable and reset the accounts of people."""


@command.command()
@click.argument("name")
@click.option("--role", type=ROLES, default=Role.INSPECTOR.value, show_default=True, help="What the person may do.")
def add(name: str, role: str) -> None:
    """Make an account and print the link where its holder chooses a password."""
    with open_sessions() as sessions, sessions.begin() as session:
        account = accounts.add_account(session, name, Role(role))
        secret = accounts.invite(session, account)
    _say_link(account, secret)


@command.command("list")
def list_accounts() -> None:
    """List the accounts: name, role, state, and when each was last there."""
    with open_sessions() as sessions, sessions.begin() as session:
        for account in accounts.all_accounts(session):
            used = max((key.used_at for key in account.keys if key.used_at), default=None)
            words = (account.name, account.role.value, _state(account), f"{used:%Y-%m-%d %H:%M}" if used else "-")
            click.echo("\t".join(words))


@command.command()
@click.argument("name")
def disable(name: str) -> None:
    """Close an account at once, on every device; what the person did stays."""
    with open_sessions() as sessions, sessions.begin() as session:
        accounts.disable(session, accounts.get_account(session, name))
    click.echo(f"{name}: disabled; `guatu user reset {name}` opens it again")


@command.command()
@click.argument("name")
def reset(name: str) -> None:
    """Open an account again and print a new link; the old password and all sessions end."""
    with open_sessions() as sessions, sessions.begin() as session:
        account = accounts.get_account(session, name)
        accounts.enable(session, account)
        secret = accounts.invite(session, account)
    _say_link(account, secret)


@command.command()
@click.argument("name")
@click.argument("role", type=ROLES)
def role(name: str, role: str) -> None:
    """Give an account another role."""
    with open_sessions() as sessions, sessions.begin() as session:
        accounts.set_role(session, accounts.get_account(session, name), Role(role))
    click.echo(f"{name}: {role}")


@command.command()
@click.argument("name")
@click.option("--label", required=True, help="What the token is for, as the person's page shows it.")
@click.option("--days", type=click.IntRange(1, 3650), default=accounts.TOKEN_DAYS, show_default=True)
def token(name: str, label: str, days: int) -> None:
    """Print a token with which a script may do what the account may; it is shown only now."""
    with open_sessions() as sessions, sessions.begin() as session:
        secret = accounts.add_token(session, accounts.get_account(session, name), label, days)
    click.echo(secret)
    click.echo("send it as the header `Authorization: Bearer ...`", err=True)


def _state(account: Account) -> str:
    if account.disabled:
        return "disabled"
    if account.password_hash:
        return "active"
    return "invited" if any(key.purpose is Purpose.INVITATION for key in account.keys) else "no password"


def _say_link(account: Account, secret: str) -> None:
    click.echo(invitation_path(secret))
    click.echo(
        f"{account.name} opens this path on guatu's address within {accounts.INVITATION_DAYS} days, once,"
        " and chooses a password",
        err=True,
    )
