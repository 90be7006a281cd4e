"""Who is asking: sign-in, sessions and tokens, and what a view may demand of whoever calls it.

A browser holds the secret of its session in Flask's signed cookie, a script a token that it sends as
`Authorization: Bearer`. Every request that changes something from a browser carries a CSRF token, as the form field
`csrf_token` or the header `X-CSRFToken`; `GET /account/session.json` tells it to scripts of pages.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext, lazy_gettext
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized
from werkzeug.wrappers import Response as BaseResponse
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from gazetteer.errors import GuatuError
from geodata import accounts
from geodata.models import AccessKey, Account, Purpose, Role
from geodata.rounds import CHINA
from webmap import labels
from webmap.database import database

P = ParamSpec("P")
R = TypeVar("R")

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

OFFLINE_DAYS = 14  # a tablet that signed in before works on without a network, unless GUATU_OFFLINE_DAYS says otherwise
API = "api"  # the blueprint that scripts change things by
_csrf = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Person(UserMixin):  # type: ignore[misc]  # flask_login is untyped
    """Whoever asks, known by a key of theirs. `secret` is what the browser's cookie holds."""

    account: Account
    key: AccessKey
    secret: str

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: a session's secret, so that taking the key away ends it."""
        return self.secret


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Name and password."""

    name = StringField(lazy_gettext("姓名"), [InputRequired(), Length(max=accounts.MAX_NAME)])
    password = PasswordField(lazy_gettext("密码"), [InputRequired(), Length(max=accounts.MAX_PASSWORD)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, twice."""

    password = PasswordField(
        lazy_gettext("新密码"),
        [
            InputRequired(),
            Length(accounts.MIN_PASSWORD, accounts.MAX_PASSWORD, lazy_gettext("密码至少 %(min)d 个字符")),
        ],
    )
    again = PasswordField(lazy_gettext("再输一遍"), [EqualTo("password", lazy_gettext("两遍不一样"))])


def init_app(app: Flask) -> None:
    """Knows who asks, and refuses what they may not do.

    Settings: `VIEWING_NEEDS_ACCOUNT` (else the environment's GUATU_VIEWING is `account`), `OFFLINE_DAYS` (else
    GUATU_OFFLINE_DAYS).
    """
    app.config.setdefault("VIEWING_NEEDS_ACCOUNT", os.environ.get("GUATU_VIEWING") == "account")
    app.config.setdefault("OFFLINE_DAYS", _offline_days())
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE="GUATU_AUTHORITY" in os.environ,  # `guatu up --https`
        SESSION_COOKIE_NAME="guatu",
        PERMANENT_SESSION_LIFETIME=timedelta(days=accounts.SESSION_DAYS),
        WTF_CSRF_CHECK_DEFAULT=False,  # `_refuse_forged` below checks, since tokens for scripts need no CSRF token
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a tablet's page may lie in the field for days
    )
    _csrf.init_app(app)
    manager = LoginManager(app)
    manager.user_loader(_person_of_session)
    manager.request_loader(_person_of_token)
    app.before_request(_refuse_unknown_tokens)
    app.before_request(_refuse_forged)
    app.before_request(_refuse_strangers)
    app.context_processor(lambda: {"account": current_account(), "Role": Role})
    app.register_blueprint(blueprint)


def current_account() -> Account | None:
    """The account of whoever asks; None for a stranger."""
    person: Person = current_user
    return person.account if person and person.is_authenticated else None


def require(role: Role) -> Account:
    """The account of whoever asks.

    Strangers are sent to sign in where they asked for a page, else answered 401; Forbidden where the role is too low.
    """
    account = current_account()
    if account is None:
        _send_to_sign_in()
    if not account.role.may_act_as(role):
        raise Forbidden(gettext("您的账号没有这项权限"))
    return account


def role_required(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets a view run only for accounts that may act as `role`."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            require(role)
            return view(*args, **kwargs)

        return checked

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view that strangers may call even where viewing needs an account."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def invitation_path(secret: str) -> str:
    """The path, on any address of guatu, where the holder of an invitation chooses a password."""
    return f"{blueprint.url_prefix}/once/{secret}"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> BaseResponse | str | tuple[str, int]:
    """The page for name and password."""
    form, refusal = SignInForm(), ""
    if form.validate_on_submit():
        try:
            secret = accounts.sign_in(database(), form.name.data, form.password.data, _browser())
        except accounts.SignInRefusedError as error:
            refusal = _in_words(error)
        else:
            database().commit()
            _remember(secret)
            return redirect(_local(request.args.get("next")))
        database().commit()
    page = render_template("account/sign_in.html", form=form, refusal=refusal)
    return (page, 403) if refusal else page


@blueprint.post("/sign-out")
@public
def sign_out() -> BaseResponse:
    """Ends this browser's session, on the server too."""
    account = current_account()
    if account is not None:
        accounts.revoke(database(), account, current_user.key.id, account.name)
        database().commit()
    logout_user()
    cookie.clear()
    return redirect(url_for("map_page.index"))


@blueprint.route("/once/<secret>", methods=["GET", "POST"])
@public
def choose_password(secret: str) -> BaseResponse | str | tuple[str, int]:
    """Where the holder of an invitation chooses a password. Opening the page does not use the invitation up."""
    key = accounts.key_of(database(), secret, Purpose.INVITATION)
    if key is None:
        raise NotFound(gettext("这个链接已经用过或过期了，请管理员重新发一个"))
    return _password_page(key.account, gettext("设置密码"))


@blueprint.route("/password", methods=["GET", "POST"])
def change_password() -> BaseResponse | str | tuple[str, int]:
    """Where somebody signed in changes the password; the present one is asked for."""
    account = require(Role.VIEWER)
    refusal = ""
    if request.method == "POST":
        try:
            accounts.check_password(database(), account.name, request.form.get("current", ""))
        except accounts.SignInRefusedError as error:
            database().commit()
            refusal = _in_words(error) if error.locked_until else gettext("现在的密码不对")
    return _password_page(account, gettext("修改密码"), asks_current=True, refusal=refusal)


@blueprint.get("/")
def page() -> str:
    """One's own account: where it is signed in, and its tokens."""
    account = require(Role.VIEWER)
    return render_template(
        "account/page.html", labels=labels, china=CHINA, keys=account.keys, current_key=current_user.key.id
    )


@blueprint.post("/keys/<int:key_id>/revoke")
def revoke(key_id: int) -> BaseResponse:
    """Ends a session or a token of one's own."""
    account = require(Role.VIEWER)
    if not accounts.revoke(database(), account, key_id, account.name):
        raise NotFound
    database().commit()
    return redirect(url_for("accounts.page"))


@blueprint.get("/session.json")
@public
def session_state() -> Response:
    """Who is signed in, until when, also without a network, and the CSRF token for what scripts of pages send."""
    account = current_account()
    state: dict[str, object] = {"name": None, "role": None, "csrf": generate_csrf()}
    if account is not None:
        until = datetime.now(UTC) + timedelta(days=current_app.config["OFFLINE_DAYS"])
        state |= {
            "name": account.name,
            "role": account.role,
            "offline_until": min(until, current_user.key.expires_at).isoformat(),
        }
    response = jsonify(state)
    response.headers["Cache-Control"] = "no-store"
    return response


def _password_page(
    account: Account, title: str, *, asks_current: bool = False, refusal: str = ""
) -> BaseResponse | str | tuple[str, int]:
    form = PasswordForm()
    if form.validate_on_submit() and not refusal:
        try:
            accounts.choose_password(database(), account, form.password.data)
        except accounts.AccountError:
            form.password.errors = [gettext("密码不能就是姓名")]
        else:
            secret = accounts.start_session(database(), account, _browser())
            database().commit()
            _remember(secret)
            return redirect(url_for("accounts.page"))
    page = render_template(
        "account/password.html", form=form, person=account, title=title, asks_current=asks_current, refusal=refusal
    )
    return (page, 403) if refusal else page


def _remember(secret: str) -> None:
    key = accounts.key_of(database(), secret, Purpose.SESSION)
    assert key is not None  # noqa: S101  made a moment ago
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    cookie.permanent = True
    login_user(Person(key.account, key, secret))


def _person_of_session(secret: str) -> Person | None:
    return _person(secret, Purpose.SESSION)


def _person_of_token(asked: Request) -> Person | None:
    scheme, _, secret = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        return None
    person = _person(secret.strip(), Purpose.TOKEN)
    g.by_token = person is not None
    return person


def _person(secret: str, purpose: Purpose) -> Person | None:
    key = accounts.key_of(database(), secret, purpose)
    if key is None:
        return None
    now = datetime.now(UTC)
    if key.used_at is None or now - key.used_at > accounts.USED_EVERY:
        with Session(database().get_bind()) as session:  # of its own: what the view does is not committed by this
            session.execute(update(AccessKey).where(AccessKey.id == key.id).values(used_at=now))
            session.commit()
    return Person(key.account, key, secret)


def _refuse_unknown_tokens() -> None:
    if current_account() is None and g.get("by_token") is False:
        raise Unauthorized(gettext("令牌不对、过期了或已注销"))


def _refuse_forged() -> None:
    changes = request.method in ("POST", "PUT", "PATCH", "DELETE")
    if changes and request.endpoint and not (current_account() and g.get("by_token")):
        if request.blueprint == API and current_account() is None:  # a script without its token: nothing to forge
            raise Unauthorized(gettext("请先登录，或附上令牌"))
        _csrf.protect()


def _refuse_strangers() -> None:
    if not current_app.config["VIEWING_NEEDS_ACCOUNT"] or request.endpoint in (None, "static"):
        return
    view = current_app.view_functions[request.endpoint]
    if not getattr(view, "is_public", False) and current_account() is None:
        _send_to_sign_in()


def _send_to_sign_in() -> NoReturn:
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        abort(redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?"))))
    raise Unauthorized(gettext("请先登录"))


def _local(address: str | None) -> str:
    """An address on this server, from one that a link may have brought."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")) and not urlsplit(address).netloc:
        return address
    return url_for("map_page.index")


def _in_words(error: accounts.SignInRefusedError) -> str:
    if error.locked_until is None:
        return str(gettext("姓名或密码不对"))
    minutes = max(1, round((error.locked_until - datetime.now(UTC)).total_seconds() / 60))
    return str(gettext("输错太多次，请 %(minutes)d 分钟后再试，或请管理员重置密码", minutes=minutes))


def _browser() -> str:
    return request.headers.get("User-Agent", "")


def _offline_days() -> int:
    written = os.environ.get("GUATU_OFFLINE_DAYS") or str(OFFLINE_DAYS)
    if not written.isdecimal():
        raise GuatuError(f"GUATU_OFFLINE_DAYS={written}: write a whole number of days")
    return int(written)
