"""Accounts: who may do what, their passwords, and the keys that browsers and scripts hold.

Passwords are hashed with argon2id at the parameters that argon2-cffi recommends (RFC 9106, low memory). Keys are 256
random bits, of which only the SHA-256 is kept. No function here commits.
"""

import functools
import hashlib
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from gazetteer.errors import GuatuError
from geodata.audit import COMMAND_LINE, record
from geodata.models import AccessKey, Account, Purpose, Role

MIN_PASSWORD = 10  # characters; NIST SP 800-63B asks for at least 8
MAX_PASSWORD = 200  # characters: more is no safer, and hashing takes memory
MAX_NAME = 64  # characters, as the table has it
MAX_LABEL = 120  # characters of a browser's name or a token's purpose
FREE_FAILURES = 5  # wrong passwords before an account is locked for a while
LOCK_MINUTES = 1  # after the first failure too many; doubled with each further one
MAX_LOCK_MINUTES = 60
SESSION_DAYS = 30  # a browser stays signed in
INVITATION_DAYS = 7  # within which a password has to be chosen
TOKEN_DAYS = 365  # unless another number is asked for
KEY_BYTES = 32
USED_EVERY = timedelta(hours=1)  # how finely the last use of a key is kept: a write an hour, not a write a request

_hasher = PasswordHasher()


class AccountError(GuatuError):
    """What was asked of an account cannot be done."""


class SignInRefusedError(GuatuError):
    """Name and password do not open an account. `locked_until` says when it may be tried again, if it is locked."""

    def __init__(self, message: str, locked_until: datetime | None = None) -> None:
        super().__init__(message)
        self.locked_until = locked_until


def add_account(session: Session, name: str, role: Role, by: str = COMMAND_LINE) -> Account:
    """A new account without a password. Raises AccountError where the name is taken or cannot be one."""
    name = unicodedata.normalize("NFKC", name).strip()
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name.lower() == COMMAND_LINE:
        raise AccountError(f"{name!r} cannot be a name: 1 to {MAX_NAME} printable characters, and not {COMMAND_LINE}")
    if find_account(session, name):
        raise AccountError(f"there is an account {name} already")
    account = Account(name=name, role=role)
    session.add(account)
    session.flush()
    record(session, by, "account.add", _subject(account), role=role.value)
    return account


def find_account(session: Session, name: str) -> Account | None:
    """The account with a name, whatever its capitals."""
    name = unicodedata.normalize("NFKC", name).strip().replace("\x00", "")
    return session.scalar(select(Account).where(func.lower(Account.name) == func.lower(name)))


def get_account(session: Session, name: str) -> Account:
    """The account with a name. Raises AccountError where there is none."""
    account = find_account(session, name)
    if account is None:
        raise AccountError(f"there is no account {name}: `guatu user list` shows those there are")
    return account


def all_accounts(session: Session) -> list[Account]:
    """Every account with its keys, the disabled ones last."""
    statement = select(Account).options(selectinload(Account.keys)).order_by(Account.disabled, Account.name)
    return list(session.scalars(statement))


def set_role(session: Session, account: Account, role: Role, by: str = COMMAND_LINE) -> None:
    """Gives an account another role. Raises AccountError for the last administrator."""
    if role is not Role.ADMINISTRATOR:
        _keep_one_administrator(session, account)
    record(session, by, "account.role", _subject(account), before=account.role.value, after=role.value)
    account.role = role


def disable(session: Session, account: Account, by: str = COMMAND_LINE) -> None:
    """Closes an account and takes all its keys away. Raises AccountError for the last administrator."""
    _keep_one_administrator(session, account)
    account.disabled = True
    revoke_all(session, account)
    record(session, by, "account.disable", _subject(account))


def enable(session: Session, account: Account, by: str = COMMAND_LINE) -> None:
    """Opens a disabled or locked account again."""
    account.disabled, account.failures, account.locked_until = False, 0, None
    record(session, by, "account.enable", _subject(account))


def invite(session: Session, account: Account, by: str = COMMAND_LINE) -> str:
    """A secret that lets its holder choose the account's password once, within INVITATION_DAYS.

    The old password, if any, and all other keys of the account stop working.
    """
    account.password_hash, account.failures, account.locked_until = None, 0, None
    revoke_all(session, account)
    record(session, by, "account.invite", _subject(account))
    return _new_key(session, account, Purpose.INVITATION, "", INVITATION_DAYS)


def first_invitation(session: Session, name: str = "admin") -> str | None:
    """While no administrator has chosen a password: a new secret for the first one, who is made if need be."""
    administrators = select(Account).where(Account.role == Role.ADMINISTRATOR, ~Account.disabled)
    if session.scalar(administrators.where(Account.password_hash.is_not(None)).limit(1)):
        return None
    first = session.scalar(administrators.order_by(Account.id).limit(1))
    return invite(session, first or add_account(session, name, Role.ADMINISTRATOR))


def choose_password(session: Session, account: Account, password: str) -> None:
    """Sets the password; every key of the account but its tokens for scripts stops working.

    Raises AccountError where the password is too short, too long or the name.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if account.name.lower() in password.lower() and len(password) < MIN_PASSWORD + len(account.name):
        raise AccountError("a password must not be made of the name")
    account.password_hash = _hasher.hash(_password_bytes(password))
    account.failures, account.locked_until = 0, None
    revoke_all(session, account, Purpose.SESSION, Purpose.INVITATION)
    record(session, account.name, "account.password", _subject(account))


def check_password(session: Session, name: str, password: str, now: datetime | None = None) -> Account:
    """The account that name and password open. The caller commits in either case, so that failures are counted.

    Raises SignInRefusedError where they do not match, or too many tries locked the account.
    """
    now = now or datetime.now(UTC)
    account = find_account(session, name)
    if account is not None:
        session.refresh(account, with_for_update=True)
        if account.locked_until and account.locked_until > now:
            raise SignInRefusedError("too many wrong passwords", account.locked_until)
    hashed = None if account is None or account.disabled else account.password_hash
    right = _matches(hashed, password)
    if account is None or hashed is None or not right:
        if account is not None:
            _count_failure(session, account, now)
        raise SignInRefusedError("name and password do not match")
    account.failures, account.locked_until = 0, None
    if _hasher.check_needs_rehash(hashed):
        account.password_hash = _hasher.hash(_password_bytes(password))
    return account


def sign_in(session: Session, name: str, password: str, browser: str, now: datetime | None = None) -> str:
    """The secret of a new session. Raises and is to be committed as `check_password`."""
    account = check_password(session, name, password, now)
    record(session, account.name, "account.sign-in", _subject(account), browser=browser[:MAX_LABEL])
    return start_session(session, account, browser)


def start_session(session: Session, account: Account, browser: str) -> str:
    """The secret of a new session for somebody whose right to it has just been seen."""
    return _new_key(session, account, Purpose.SESSION, browser, SESSION_DAYS)


def add_token(session: Session, account: Account, label: str, days: int = TOKEN_DAYS, by: str = COMMAND_LINE) -> str:
    """The secret of a new token, with which a script may do what the account may."""
    record(session, by, "account.token", _subject(account), label=label[:MAX_LABEL], days=days)
    return _new_key(session, account, Purpose.TOKEN, label, days)


def key_of(session: Session, secret: str, purpose: Purpose, now: datetime | None = None) -> AccessKey | None:
    """The key, with its account, that a secret opens; None where it is unknown, expired or its account is disabled."""
    return session.scalar(
        select(AccessKey)
        .join(AccessKey.account)
        .options(contains_eager(AccessKey.account))
        .where(
            AccessKey.sha256 == _digest(secret),
            AccessKey.purpose == purpose,
            AccessKey.expires_at > (now or datetime.now(UTC)),
            ~Account.disabled,
        )
    )


def revoke(session: Session, account: Account, key_id: int, by: str) -> bool:
    """Takes one key of an account away; False where it has no such key."""
    key = session.scalar(select(AccessKey).where(AccessKey.id == key_id, AccessKey.account_id == account.id))
    if key is None:
        return False
    session.delete(key)
    record(session, by, "account.revoke", _subject(account), purpose=key.purpose.value, label=key.label)
    return True


def revoke_all(session: Session, account: Account, *purposes: Purpose) -> None:
    """Takes all keys of an account away, or those of some purposes."""
    session.execute(
        delete(AccessKey).where(AccessKey.account_id == account.id, AccessKey.purpose.in_(purposes or list(Purpose)))
    )


def _new_key(session: Session, account: Account, purpose: Purpose, label: str, days: int) -> str:
    secret = secrets.token_urlsafe(KEY_BYTES)
    expires = datetime.now(UTC) + timedelta(days=days)
    session.add(
        AccessKey(
            account_id=account.id,
            purpose=purpose,
            sha256=_digest(secret),
            label=label.replace("\x00", "")[:MAX_LABEL],
            expires_at=expires,
        )
    )
    session.flush()
    return secret


@functools.cache
def _nobodys_hash() -> str:
    """What an unknown name's password is compared with, so that it takes as long as a known one's."""
    return _hasher.hash(secrets.token_urlsafe())


def _matches(password_hash: str | None, password: str) -> bool:
    if len(password) > MAX_PASSWORD:
        return False
    try:
        _hasher.verify(password_hash or _nobodys_hash(), _password_bytes(password))
    except VerifyMismatchError:
        return False
    return password_hash is not None


def _count_failure(session: Session, account: Account, now: datetime) -> None:
    account.failures += 1
    beyond = account.failures - FREE_FAILURES
    if beyond >= 0:
        minutes = min(LOCK_MINUTES * 2 ** min(beyond, 10), MAX_LOCK_MINUTES)
        account.locked_until = now + timedelta(minutes=minutes)
        record(session, account.name, "account.lock", _subject(account), minutes=minutes, failures=account.failures)


def _keep_one_administrator(session: Session, account: Account) -> None:
    others = select(func.count()).where(Account.role == Role.ADMINISTRATOR, ~Account.disabled, Account.id != account.id)
    if account.role is Role.ADMINISTRATOR and not session.scalar(others):
        raise AccountError(f"{account.name} is the last administrator: make another one first")


def _password_bytes(password: str) -> bytes:
    """The same bytes for the same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _subject(account: Account) -> str:
    return f"account {account.name}"
