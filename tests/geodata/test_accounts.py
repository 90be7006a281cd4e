"""Passwords, lock-out, keys and the last administrator."""

from datetime import UTC, datetime, timedelta

import pytest
from people import PASSWORD, an_account
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata import accounts
from geodata.accounts import AccountError, SignInRefusedError
from geodata.audit import entries, record
from geodata.database import Database
from geodata.models import AccessKey, AuditEntry, Purpose, Role
from geodata.session import open_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def refused(session: Session, name: str, password: str, now: datetime = NOW) -> SignInRefusedError:
    with pytest.raises(SignInRefusedError) as caught:
        accounts.sign_in(session, name, password, "test", now)
    return caught.value


def test_a_name_and_its_password_open_a_session(session: Session):
    an_account(session, "李四", password=True)
    secret = accounts.sign_in(session, "李四", PASSWORD, "test")
    assert accounts.key_of(session, secret, Purpose.SESSION).account.name == "李四"
    assert accounts.key_of(session, secret, Purpose.TOKEN) is None


def test_passwords_are_kept_as_argon2id_and_secrets_as_digests(session: Session):
    account = an_account(session, password=True)
    secret = accounts.add_token(session, account, "script")
    assert account.password_hash.startswith("$argon2id$")
    assert secret not in session.scalars(select(AccessKey.sha256)).all()


def test_a_password_is_the_same_however_the_keyboard_composes_it(session: Session):
    account = an_account(session, "Li")
    accounts.choose_password(session, account, "cafe\u0301 cafe\u0301 cafe")
    assert accounts.sign_in(session, "li", "caf\u00e9 caf\u00e9 cafe", "test")


@pytest.mark.parametrize("name", ["", "x" * 65, "guatu", "Guatu", "a\x00b", "a\nb"])
def test_a_name_that_cannot_be_one_is_refused(session: Session, name: str):
    with pytest.raises(AccountError, match="cannot be a name"):
        accounts.add_account(session, name, Role.VIEWER)


def test_two_names_that_differ_in_capitals_are_one(session: Session):
    an_account(session, "Wang")
    with pytest.raises(AccountError, match="already"):
        accounts.add_account(session, "WANG", Role.VIEWER)


def test_wrong_passwords_lock_an_account_for_longer_and_longer(session: Session):
    account = an_account(session, password=True)
    for _ in range(accounts.FREE_FAILURES):
        assert refused(session, account.name, "wrong").locked_until is None
    locked = refused(session, account.name, PASSWORD).locked_until
    assert locked == NOW + timedelta(minutes=1)
    refused(session, account.name, "wrong", locked)
    assert account.locked_until == locked + timedelta(minutes=2)
    assert accounts.sign_in(session, account.name, PASSWORD, "test", account.locked_until)
    assert account.failures == 0


def test_an_unknown_a_disabled_and_an_invited_account_are_refused_alike(session: Session):
    an_account(session, "王五")
    disabled = an_account(session, "赵六", password=True)
    accounts.disable(session, disabled)
    said = {str(refused(session, name, PASSWORD)) for name in ("没有的人", "王五", "赵六", "\x00", "")}
    assert said == {"name and password do not match"}


def test_disabling_an_account_ends_its_sessions_and_tokens_at_once(session: Session):
    account = an_account(session)
    session_secret = accounts.start_session(session, account, "test")
    token = accounts.add_token(session, account, "script")
    accounts.disable(session, account)
    assert accounts.key_of(session, session_secret, Purpose.SESSION) is None
    assert accounts.key_of(session, token, Purpose.TOKEN) is None


def test_keys_expire(session: Session):
    secret = accounts.add_token(session, an_account(session), "script", days=3)
    assert accounts.key_of(session, secret, Purpose.TOKEN, datetime.now(UTC) + timedelta(days=2))
    assert accounts.key_of(session, secret, Purpose.TOKEN, datetime.now(UTC) + timedelta(days=4)) is None


def test_a_new_password_ends_the_sessions_but_not_the_tokens(session: Session):
    account = an_account(session)
    session_secret = accounts.start_session(session, account, "test")
    token = accounts.add_token(session, account, "script")
    accounts.choose_password(session, account, PASSWORD)
    assert accounts.key_of(session, session_secret, Purpose.SESSION) is None
    assert accounts.key_of(session, token, Purpose.TOKEN)


def test_an_invitation_works_until_a_password_is_chosen(session: Session):
    account = an_account(session)
    old, secret = accounts.invite(session, account), accounts.invite(session, account)
    assert accounts.key_of(session, old, Purpose.INVITATION) is None
    assert accounts.key_of(session, secret, Purpose.INVITATION).account is account
    accounts.choose_password(session, account, PASSWORD)
    assert accounts.key_of(session, secret, Purpose.INVITATION) is None


@pytest.mark.parametrize("password", ["short", "张三", "张三" * 5, "x" * 201])
def test_a_weak_password_is_refused(session: Session, password: str):
    with pytest.raises(AccountError):
        accounts.choose_password(session, an_account(session, "张三"), password)


def test_the_first_administrator_is_invited_until_a_password_is_chosen(session: Session):
    first, again = accounts.first_invitation(session), accounts.first_invitation(session)
    assert accounts.key_of(session, first, Purpose.INVITATION) is None
    account = accounts.key_of(session, again, Purpose.INVITATION).account
    assert account.role is Role.ADMINISTRATOR
    accounts.choose_password(session, account, PASSWORD)
    assert accounts.first_invitation(session) is None


def test_the_last_administrator_stays_one(session: Session):
    last = an_account(session, "甲", Role.ADMINISTRATOR)
    with pytest.raises(AccountError, match="last administrator"):
        accounts.disable(session, last)
    with pytest.raises(AccountError, match="last administrator"):
        accounts.set_role(session, last, Role.PLANNER)
    an_account(session, "乙", Role.ADMINISTRATOR)
    accounts.disable(session, last)
    assert last.disabled


def test_what_is_done_to_an_account_is_on_record(session: Session):
    account = an_account(session, "钱七", password=True)
    accounts.sign_in(session, "钱七", PASSWORD, "浏览器")
    accounts.disable(session, account, "管理员甲")
    session.flush()
    said = [(entry.who, entry.action) for entry in entries(session, subject="account 钱七", limit=10)]
    assert said == [
        ("管理员甲", "account.disable"),
        ("钱七", "account.sign-in"),
        ("钱七", "account.password"),
        ("guatu", "account.add"),
    ]


@pytest.mark.parametrize("statement", ["update audit_entry set who = 'x'", "delete from audit_entry"])
@pytest.mark.parametrize("role", ["owner", "web"])
def test_the_record_cannot_be_changed_by_anybody(database: Database, role: str, statement: str):
    engine = open_engine(getattr(database, role))
    with Session(engine) as session:
        record(session, "甲", "work.place", "work 1")
        session.commit()
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            session.execute(text(statement))
        session.rollback()
        assert session.scalars(select(AuditEntry.who)).all() == ["甲"]
    engine.dispose()


def test_the_record_cannot_be_emptied(database: Database):
    engine = open_engine(database.web)
    with engine.begin() as connection, pytest.raises(DBAPIError, match=r"never changed|permission denied"):
        connection.execute(text("truncate audit_entry"))
    engine.dispose()
