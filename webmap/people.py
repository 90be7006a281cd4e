"""For administrators: everybody's accounts, and the record of what was done."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from geodata import accounts
from geodata.audit import entries
from geodata.models import Account, Role
from geodata.rounds import CHINA
from webmap import labels
from webmap.accounts import invitation_path, require
from webmap.database import database

blueprint = Blueprint("people", __name__, url_prefix="/people")

ENTRIES = 200  # of the record on one page


@blueprint.get("/")
def page() -> str:
    """All accounts."""
    require(Role.ADMINISTRATOR)
    return _page()


@blueprint.post("/")
def add() -> str | tuple[str, int]:
    """Makes an account and shows the link where its holder chooses a password; it is shown only now."""
    administrator = require(Role.ADMINISTRATOR)
    try:
        role = Role(request.form.get("role", ""))
        account = accounts.add_account(database(), request.form.get("name", ""), role, administrator.name)
    except (accounts.AccountError, ValueError):
        return _page(refusal=gettext("姓名已有人用，或不能作姓名")), 400
    secret = accounts.invite(database(), account, administrator.name)
    database().commit()
    return _page(invited=account, link=invitation_path(secret))


@blueprint.post("/<int:account_id>/reset")
def reset(account_id: int) -> str:
    """Opens an account again and shows a new link; the old password and all sessions end."""
    administrator, account = require(Role.ADMINISTRATOR), _account(account_id)
    accounts.enable(database(), account, administrator.name)
    secret = accounts.invite(database(), account, administrator.name)
    database().commit()
    return _page(invited=account, link=invitation_path(secret))


@blueprint.post("/<int:account_id>/change")
def change(account_id: int) -> Response | tuple[str, int]:
    """Gives an account another role, or closes it where the role is empty."""
    administrator, account = require(Role.ADMINISTRATOR), _account(account_id)
    try:
        if request.form.get("role"):
            accounts.set_role(database(), account, Role(request.form["role"]), administrator.name)
        else:
            accounts.disable(database(), account, administrator.name)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    except accounts.AccountError:
        database().rollback()
        return _page(refusal=gettext("至少要留一位管理员")), 409
    database().commit()
    return redirect(url_for("people.page"))


@blueprint.get("/record")
def record() -> str:
    """Who did what, and when, the newest first: `?subject=`, `?before=`."""
    require(Role.ADMINISTRATOR)
    before = request.args.get("before", "")
    found = entries(
        database(),
        subject=request.args.get("subject", "").replace("\x00", "") or None,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        limit=ENTRIES,
    )
    return render_template("account/record.html", entries=found, most=ENTRIES, china=CHINA)


def _account(account_id: int) -> Account:
    account = database().get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def _page(*, invited: Account | None = None, link: str = "", refusal: str = "") -> str:
    return render_template(
        "account/people.html",
        people=accounts.all_accounts(database()),
        invited=invited,
        link=request.host_url.rstrip("/") + link if link else "",
        refusal=refusal,
        labels=labels,
        china=CHINA,
        days=accounts.INVITATION_DAYS,
    )
