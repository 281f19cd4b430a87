"""What lets in, and what does not: what is told of a credential is told to whoever has its secret alone."""

import pytest
from msgspec.structs import replace

from holdfast.access import tokens
from holdfast.access.admitting import admit, admit_invitation, admit_session, human, machine
from holdfast.access.model import ApiKey, Invitation, Method, Person, PersonStatus, Scope, Session
from holdfast.access.tokens import Kind
from holdfast.kernel.actor import Door, Role
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.refusal import Refusal
from one_market import START

TOKEN = tokens.make(Kind.LIVE)
OTHER = tokens.make(Kind.LIVE)
KEY = ApiKey(
    id=TOKEN.id,
    secret_hash=tokens.hashed(TOKEN.secret),
    role=Role.MERCHANT,
    owner="m1",
    scopes=(Scope.READ,),
    label="shop",
    created_at=START,
    expires_at=START + DAY,
)
WU = Person(id="wu", role=Role.MERCHANT, owner="m1", status=PersonStatus.ACTIVE, enrolled_at=START)
SESSION = Session(
    id=TOKEN.id,
    secret_hash=KEY.secret_hash,
    person_id="wu",
    generation=0,
    method=Method.PASSWORD,
    begun_at=START,
    idle_at=START + HOUR,
    ends_at=START + DAY,
)
INVITATION = Invitation(id=TOKEN.id, secret_hash=KEY.secret_hash, person_id="wu", until=START + DAY)
INVITED = replace(WU, invitation_id=INVITATION.id)


def refused(row: ApiKey | None, secret: str, now: int = START) -> str:
    with pytest.raises(Refusal) as refusal:
        admit(row, secret, now)
    assert TOKEN.secret not in str(refusal.value)
    return refusal.value.code


def test_a_key_lets_in_by_its_secret_until_it_expires() -> None:
    assert admit(KEY, TOKEN.secret, START + DAY - 1) is KEY
    assert refused(KEY, TOKEN.secret, START + DAY) == "expired_credential"
    assert admit(replace(KEY, expires_at=None), TOKEN.secret, START + 9_000 * DAY)
    assert refused(replace(KEY, revoked_at=START), TOKEN.secret) == "revoked_credential"


def test_who_has_not_the_secret_learns_nothing_of_the_key() -> None:
    """Not that it is there, nor that it expired or was revoked."""
    revoked = replace(KEY, revoked_at=START)
    for row in (None, KEY, revoked):
        assert refused(row, OTHER.secret, START + 2 * DAY) == "bad_credential"


def test_who_comes_by_a_key_is_a_machine_and_by_a_session_a_person() -> None:
    assert machine(KEY, Door.API).text() == f"machine/merchant/api/{KEY.id}"
    assert human(WU, Door.CONSOLE).text() == "person/merchant/console/wu"


@pytest.mark.parametrize(
    ("session", "person", "now", "code"),
    [
        (None, None, START, "bad_credential"),
        (SESSION, None, START, "revoked_credential"),
        (replace(SESSION, ended_at=START), WU, START, "revoked_credential"),
        (SESSION, replace(WU, generation=1), START, "revoked_credential"),
        (SESSION, replace(WU, status=PersonStatus.SUSPENDED), START, "revoked_credential"),
        (SESSION, WU, START + HOUR, "expired_credential"),
    ],
)
def test_a_session_that_is_over(session: Session | None, person: Person | None, now: int, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        admit_session(session, person, TOKEN.secret, now)
    assert refusal.value.code == code
    with pytest.raises(Refusal) as refusal:
        admit_session(session, person, OTHER.secret, now)
    assert refusal.value.code == "bad_credential"


def test_a_session_that_is_used_in_time_lets_in() -> None:
    assert admit_session(SESSION, WU, TOKEN.secret, START + HOUR - 1) is SESSION


@pytest.mark.parametrize(
    ("person", "now", "code"),
    [
        (WU, START, "revoked_credential"),
        (replace(INVITED, status=PersonStatus.SUSPENDED), START, "revoked_credential"),
        (INVITED, START + DAY, "expired_credential"),
    ],
)
def test_an_invitation_that_opens_no_more(person: Person, now: int, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        admit_invitation(INVITATION, person, TOKEN.secret, now)
    assert refusal.value.code == code


def test_an_invitation_lets_in_whom_it_is_for() -> None:
    assert admit_invitation(INVITATION, INVITED, TOKEN.secret, START) is INVITATION
    with pytest.raises(Refusal) as refusal:
        admit_invitation(INVITATION, INVITED, OTHER.secret, START)
    assert refusal.value.code == "bad_credential"
