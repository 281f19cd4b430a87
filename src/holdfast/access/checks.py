"""What must hold of keys, people, their ways in, and sessions: who may come in was let in by somebody."""

from collections.abc import Iterator
from typing import NamedTuple

from holdfast.access.keys import KeyIssued, KeyRevoked, KeyRotated
from holdfast.access.model import (
    ApiKey,
    Identity,
    Invitation,
    Passkey,
    Password,
    Person,
    PersonStatus,
    Session,
)
from holdfast.access.people import (
    PersonEnrolled,
    PersonFact,
    PersonInvited,
    PersonReinstated,
    PersonSuspended,
    RoleChanged,
)
from holdfast.access.ways import PasskeyAdded, PasskeyRemoved, SessionBegun, SessionEnded
from holdfast.kernel.actor import Role
from holdfast.kernel.check import Books, Check, Finding, Tally
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.rows import Row


class _Key(NamedTuple):
    role: Role
    owner: str | None
    expires_at: Instant | None
    revoked: bool
    replaced_by: str | None


def keys_are_told(books: Books) -> list[Finding]:
    """A key opens for the role, the owner and the time that the journal tells of, and no other key opens."""
    told: dict[str, _Key] = {}
    for fact in books.facts():
        match fact.body:
            case KeyIssued() as body:
                owner = body.merchant_id or body.consumer_id
                told[body.key_id] = _Key(body.role, owner, body.expires_at, revoked=False, replaced_by=None)
            case KeyRotated() as body if body.key_id in told:
                was = told[body.key_id]
                told[body.key_id] = was._replace(expires_at=body.until, replaced_by=body.replaced_by)
                told[body.replaced_by] = was._replace(expires_at=body.expires_at)
            case KeyRevoked() as body if body.key_id in told:
                told[body.key_id] = told[body.key_id]._replace(revoked=True)
            case _:
                pass
    findings: list[Finding] = []
    for row in books.rows(ApiKey):
        stands = _Key(row.role, row.owner, row.expires_at, row.revoked_at is not None, row.replaced_by)
        if told.pop(row.id, None) != stands:
            findings.append(Finding(f"key:{row.id}", f"it is {stands}, and the journal tells otherwise"))
    return findings + [Finding(f"key:{key}", "the journal tells of it, and it is not there") for key in told]


class _Person(NamedTuple):
    role: Role
    owner: str | None
    status: PersonStatus


def people_are_told(books: Books) -> list[Finding]:
    """A person has the role, the owner and the status that the journal tells of, and nobody else is there."""
    told: dict[str, _Person] = {}
    for fact in books.facts():
        body = fact.body
        if isinstance(body, PersonFact):
            _take(told, body)
    findings: list[Finding] = []
    for row in books.rows(Person):
        stands = _Person(row.role, row.owner, row.status)
        if told.pop(row.id, None) != stands:
            findings.append(Finding(f"person:{row.id}", f"it is {stands}, and the journal tells otherwise"))
    return findings + [
        Finding(f"person:{key}", "the journal tells of it, and it is not there") for key in told
    ]


def _take(told: dict[str, _Person], body: PersonFact) -> None:
    owner, was = body.merchant_id or body.consumer_id, told.get(body.person_id)
    match body:
        case PersonEnrolled(role=role):
            told[body.person_id] = _Person(role, owner, PersonStatus.ACTIVE)
        case RoleChanged(role=role) if was is not None:
            told[body.person_id] = was._replace(role=role, owner=owner)
        case PersonSuspended() if was is not None:
            told[body.person_id] = was._replace(status=PersonStatus.SUSPENDED)
        case PersonReinstated() if was is not None:
            told[body.person_id] = was._replace(status=PersonStatus.ACTIVE)
        case _:
            pass


def sessions_are_told(books: Books) -> list[Finding]:
    """Each session was begun by its person as the journal tells, until the end that it tells of."""
    kept, told = Tally(), Tally()
    for fact in books.facts():
        match fact.body:
            case SessionBegun() as body:
                told.add(body.session_id, body.person_id, body.method, body.ends_at)
            case SessionEnded() as body:
                told.add(body.session_id, "ended")
            case _:
                pass
    findings: list[Finding] = []
    for row in books.rows(Session):
        kept.add(row.id, row.person_id, row.method, row.ends_at)
        if row.ended_at is not None:
            kept.add(row.id, "ended")
        if not row.begun_at <= row.idle_at <= row.ends_at:
            findings.append(Finding(f"session:{row.id}", f"it may be idle until {iso(row.idle_at)}"))
    if kept.total != told.total:
        findings.append(Finding("sessions", "they are others than those that the journal tells of"))
    return findings


def ways_are_of_people(books: Books) -> list[Finding]:
    """Each password, passkey, invitation and outside account is that of a person, as the journal tells."""
    people = {row.id for row in books.rows(Person)}
    kept, told = Tally(), _told_of_ways(books)
    findings: list[Finding] = []
    for row, person_id in _ways(books):
        if person_id not in people:
            findings.append(Finding(f"{type(row).__name__.lower()}:{row.id}", f"{person_id} is nobody"))
        match row:
            case Passkey():
                kept.add(row.id, person_id)
                if row.removed_at is not None:
                    kept.add(row.id, "removed")
            case Invitation():
                kept.add("invited", person_id, row.until)
            case _:
                pass
    if kept.total != told.total:
        findings.append(Finding("ways", "they are others than those that the journal tells of"))
    return findings


def _told_of_ways(books: Books) -> Tally:
    told = Tally()
    for fact in books.facts():
        match fact.body:
            case PasskeyAdded() as body:
                told.add(body.passkey_id, body.person_id)
            case PasskeyRemoved() as body:
                told.add(body.passkey_id, "removed")
            case PersonInvited() as body:
                told.add("invited", body.person_id, body.until)
            case _:
                pass
    return told


def _ways(books: Books) -> Iterator[tuple[Row, str]]:
    """Yield all ways in that open, or did, each with its person."""
    yield from ((row, row.id) for row in books.rows(Password))
    yield from ((row, row.person_id) for row in books.rows(Passkey))
    yield from ((row, row.person_id) for row in books.rows(Invitation))
    yield from ((row, row.person_id) for row in books.rows(Identity) if row.person_id is not None)


CHECKS: tuple[Check, ...] = (keys_are_told, people_are_told, sessions_are_told, ways_are_of_people)
