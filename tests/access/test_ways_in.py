"""Ways in and sessions: set up by the person itself. Guessing is slowed down, and locks nobody out."""

import pytest
from msgspec.structs import replace

from access_makers import HASH, ISSUER, SECRET_HASH, drawn
from holdfast.access import rules
from holdfast.access.model import Invitation, Method, Passkey, Password, Person, Session
from holdfast.access.people import EnrolPerson, InvitePerson, LinkIdentity, SuspendPerson
from holdfast.access.rules import identity_key, passkey_id
from holdfast.access.ways import (
    AddPasskey,
    BeginSession,
    EndSession,
    KeepSession,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordSet,
    RecordRead,
    RecordsRead,
    RecordWrongPassword,
    RemovePasskey,
    SessionBegun,
    SessionEnded,
    SetPassword,
    SignInLocked,
    UnlinkIdentity,
)
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND
from one_market import START, OneMarket, of
from who_asks import Asked, Said

WU = EnrolPerson(person_id="wu", role=Role.MERCHANT, owner="m1")
SET = SetPassword(person_id="wu", hash=HASH)
PASSKEY = AddPasskey(
    person_id="wu", credential="c" * 22, public_key="k" * 100, sign_count=0, label="a telephone"
)
BEGIN = BeginSession(person_id="wu", method=Method.PASSWORD, session_id=drawn("s"), secret_hash=SECRET_HASH)
WRONG = RecordWrongPassword(person_id="wu")


def herself(command: SetPassword | AddPasskey | BeginSession) -> Asked:
    return Said("wu", command)


def market_with_wu(*more: Asked) -> OneMarket:
    market = OneMarket()
    market.do(WU, *more)
    return market


def test_a_password_is_set_by_the_person_itself() -> None:
    market = market_with_wu()
    assert market.refused(Said("Li", SET)) == "not_yourself"
    assert of(PasswordSet, market.do(herself(SET)))
    assert market.row(Password, "wu").hash == HASH
    assert market.refused(herself(replace(SET, hash="correct horse"))) == "bad_password_hash"
    assert HASH not in str(list(market.home.facts()))


def test_a_new_password_ends_all_sessions_but_the_one_that_it_is_set_in() -> None:
    other = replace(BEGIN, session_id=drawn("s2"))
    market = market_with_wu(herself(SET), herself(BEGIN), herself(other))
    market.do(herself(replace(SET, session_id=BEGIN.session_id)))
    generation = market.row(Person, "wu").generation
    assert market.row(Session, BEGIN.session_id).generation == generation
    assert market.row(Session, other.session_id).generation < generation
    assert market.refused(herself(replace(SET, session_id=other.session_id))) == "way_gone"


def test_a_session_lasts_as_long_as_the_role_allows() -> None:
    market = market_with_wu(herself(SET))
    [begun] = of(SessionBegun, market.do(herself(BEGIN)))
    assert (begun.method, begun.ends_at, begun.merchant_id) == (Method.PASSWORD, START + 30 * DAY, "m1")
    assert market.row(Session, BEGIN.session_id).idle_at == START + 7 * DAY
    assert market.refused(herself(BEGIN)) == "already_registered"
    assert rules.longest_session(Role.OPERATOR) == 12 * HOUR
    assert rules.longest_idle(Role.OPERATOR) == 30 * MINUTE


def test_a_session_that_is_used_stays_open_within_its_end() -> None:
    market = market_with_wu(herself(SET), herself(BEGIN))
    keep = KeepSession(session_id=BEGIN.session_id)
    market.wait(DAY)
    assert market.do(keep) == []
    assert market.row(Session, BEGIN.session_id).idle_at == START + 8 * DAY
    for _ in range(4):
        market.wait(6 * DAY)
        market.do(keep)
    assert market.row(Session, BEGIN.session_id).idle_at == START + 30 * DAY
    market.wait(5 * DAY)
    market.do(keep)
    assert market.row(Session, BEGIN.session_id).idle_at == START + 30 * DAY


def test_a_session_ends_once() -> None:
    market = market_with_wu(herself(SET), herself(BEGIN))
    end = EndSession(session_id=BEGIN.session_id)
    assert of(SessionEnded, market.do(end))
    assert market.refused(end) == "way_gone"
    before = market.row(Session, BEGIN.session_id)
    market.do(KeepSession(session_id=BEGIN.session_id))
    assert market.row(Session, BEGIN.session_id) == before


def test_nobody_begins_a_session_for_another_or_without_a_way_in() -> None:
    market = market_with_wu()
    assert market.refused(herself(BEGIN)) == "not_found"
    market.do(herself(SET))
    assert market.refused(Said("Li", BEGIN)) == "not_yourself"
    assert market.refused(herself(replace(BEGIN, secret_hash=""))) == "not_drawn"
    market.do(SuspendPerson(person_id="wu", reason="left"))
    assert market.refused(herself(BEGIN)) == "person_suspended"


def test_a_hash_with_weaker_parameters_is_replaced_as_its_person_signs_in() -> None:
    market = market_with_wu(herself(SET))
    stronger = HASH.replace("t=3", "t=4")
    market.do(herself(replace(BEGIN, rehashed=stronger)))
    assert market.row(Password, "wu").hash == stronger
    other = replace(BEGIN, session_id=drawn("s2"), rehashed="plain")
    assert market.refused(herself(other)) == "bad_password_hash"


def test_a_passkey_opens_until_it_is_removed() -> None:
    market = market_with_wu()
    assert market.refused(Said("Li", PASSKEY)) == "not_yourself"
    [added] = of(PasskeyAdded, market.do(herself(PASSKEY)))
    assert added.passkey_id == passkey_id(PASSKEY.credential)
    assert market.refused(herself(PASSKEY)) == "way_taken"
    by_passkey = replace(BEGIN, method=Method.PASSKEY, passkey_id=added.passkey_id)
    market.do(herself(by_passkey))
    assert of(PasskeyRemoved, market.do(RemovePasskey(passkey_id=added.passkey_id)))
    assert market.refused(RemovePasskey(passkey_id=added.passkey_id)) == "way_gone"
    again = replace(by_passkey, session_id=drawn("s2"))
    assert market.refused(herself(again)) == "way_gone"


def test_a_passkey_that_counts_backwards_may_be_a_copy() -> None:
    market = market_with_wu(herself(replace(PASSKEY, sign_count=7)))
    key = passkey_id(PASSKEY.credential)
    by_passkey = replace(BEGIN, method=Method.PASSKEY, passkey_id=key)
    for count in (0, 6, 7):
        assert market.refused(herself(replace(by_passkey, sign_count=count))) == "passkey_copied"
    market.do(herself(replace(by_passkey, sign_count=8)))
    assert market.row(Passkey, key).sign_count == 8


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"credential": "short"}, "bad_passkey"),
        ({"public_key": "no base64url, but long enough"}, "bad_passkey"),
        ({"label": ""}, "no_label"),
    ],
)
def test_what_is_no_passkey(changes: dict[str, object], code: str) -> None:
    assert market_with_wu().refused(herself(replace(PASSKEY, **changes))) == code


def test_a_person_has_a_device_for_each_finger_and_no_more() -> None:
    market = market_with_wu()
    for number in range(rules.MOST_PASSKEYS):
        market.do(herself(replace(PASSKEY, credential=f"{number:022}")))
    assert market.refused(herself(PASSKEY)) == "too_many_passkeys"
    market.do(RemovePasskey(passkey_id=passkey_id(f"{3:022}")))
    market.do(herself(PASSKEY))


def test_an_invitation_opens_once() -> None:
    invite = InvitePerson(
        person_id="wu", role=Role.MERCHANT, lasts=DAY, invitation_id=drawn("i"), secret_hash=SECRET_HASH
    )
    market = market_with_wu(invite)
    invited = replace(BEGIN, method=Method.INVITATION, invitation_id=invite.invitation_id)
    [begun] = of(SessionBegun, market.do(herself(invited)))
    assert begun.method is Method.INVITATION
    assert market.row(Invitation, invite.invitation_id).used_at == START
    again = replace(invited, session_id=drawn("s2"))
    assert market.refused(herself(again)) == "way_gone"
    market.do(replace(invite, invitation_id=drawn("i2")))
    late = replace(again, invitation_id=drawn("i2"))
    market.wait(DAY)
    assert market.refused(herself(late)) == "way_gone"


def test_an_account_elsewhere_opens_for_its_person() -> None:
    link = LinkIdentity(person_id="wu", role=Role.MERCHANT, issuer=ISSUER, subject="1")
    sun = replace(WU, person_id="sun")
    market = market_with_wu(link, sun)
    by_oidc = replace(BEGIN, method=Method.OIDC, identity_id=identity_key(ISSUER, "1"))
    assert market.refused(Said("sun", replace(by_oidc, person_id="sun"))) == "way_gone"
    assert of(SessionBegun, market.do(herself(by_oidc)))
    market.do(UnlinkIdentity(issuer=ISSUER, subject="1"))
    again = replace(by_oidc, session_id=drawn("s2"))
    assert market.refused(herself(again)) == "way_gone"


def test_guessing_is_slowed_down_more_and_more_and_a_right_password_ends_it() -> None:
    market = market_with_wu(herself(SET))
    for _ in range(rules.FREE_FAILURES - 1):
        assert market.do(WRONG) == []
    lasting: list[int] = []
    for _ in range(8):
        [locked] = of(SignInLocked, market.do(WRONG))
        lasting.append((locked.until - market.now) // SECOND)
        assert market.do(WRONG) == [], "while it is locked nothing is counted"
        market.wait(locked.until - market.now)
    assert lasting == [30, 60, 120, 240, 480, 900, 900, 900]
    market.do(herself(BEGIN))
    person = market.row(Person, "wu")
    assert (person.failures, person.failed_at, person.locked_until) == (0, None, None)


def test_wrong_passwords_are_forgotten_a_day_after_the_last() -> None:
    market = market_with_wu(herself(SET))
    market.do(*[WRONG] * (rules.FREE_FAILURES - 1))
    market.wait(DAY)
    assert market.do(WRONG) == []
    assert market.row(Person, "wu").failures == 1


def test_a_stranger_locks_nobody_out_who_was_in_before() -> None:
    """Who has the token of an earlier session is counted apart, and not for ever either."""
    market = market_with_wu(herself(SET), herself(BEGIN), EndSession(session_id=BEGIN.session_id))
    market.do(*[WRONG] * rules.FREE_FAILURES)
    person, session = market.row(Person, "wu"), market.row(Session, BEGIN.session_id)
    assert rules.locked(person, market.now)
    assert rules.is_known_device(session, person)
    known = replace(WRONG, session_id=BEGIN.session_id)
    market.do(*[known] * rules.FREE_FAILURES)
    assert market.row(Person, "wu") == person
    assert not rules.is_known_device(market.row(Session, BEGIN.session_id), person)


def test_the_session_of_another_is_no_device_of_hers() -> None:
    sun = replace(WU, person_id="sun")
    market = market_with_wu(sun, herself(SET), herself(BEGIN))
    market.do(RecordWrongPassword(person_id="sun", session_id=BEGIN.session_id))
    assert market.row(Person, "sun").failures == 1
    assert market.row(Session, BEGIN.session_id).failures == 0


def test_what_was_read_of_others_is_told() -> None:
    market = OneMarket()
    [read] = of(RecordsRead, market.do(RecordRead(operation="orders", merchant_id="m1", rows=50)))
    assert (read.operation, read.merchant_id, read.consumer_id, read.rows) == ("orders", "m1", None, 50)
    assert market.refused(RecordRead(operation="", rows=1)) == "bad_operation"
    assert market.refused(RecordRead(operation="orders", rows=-1)) == "bad_operation"
    assert market.refused(RecordRead(operation="orders", consumer_id="c 1", rows=1)) == "bad_id"
