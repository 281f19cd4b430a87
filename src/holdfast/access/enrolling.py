"""People are enrolled, invited, suspended, and given another role."""

from msgspec.structs import replace

from holdfast.access import rules
from holdfast.access.issuing import check_owner
from holdfast.access.model import TRANSITIONS, Identity, Invitation, Person, PersonStatus
from holdfast.access.people import (
    ChangeRole,
    EnrolPerson,
    IdentityLinked,
    InvitePerson,
    LinkIdentity,
    PersonEnrolled,
    PersonInvited,
    PersonReinstated,
    PersonSuspended,
    ReinstatePerson,
    RoleChanged,
    SuspendPerson,
)
from holdfast.access.refusals import NotForOneself, PersonNotActive, RoleDiffers, WayTaken
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.parties.refusals import AlreadyRegistered


def enrol(desk: Desk, command: EnrolPerson, now: Instant) -> list[FactBody]:
    """Take a person in; it has no way in yet."""
    rules.check_person_id(command.person_id)
    rules.check_role(command.role, rules.OF_PEOPLE)
    check_owner(desk, command.role, command.owner)
    if desk.find(Person, command.person_id) is not None:
        raise AlreadyRegistered(f"person:{command.person_id}", kind=Person.called)
    person = Person(
        id=command.person_id,
        role=command.role,
        owner=command.owner,
        status=PersonStatus.ACTIVE,
        enrolled_at=now,
    )
    desk.put(person, None)
    owned = rules.owned_by(person.role, person.owner)
    return [PersonEnrolled(person_id=person.id, role=person.role, proposal=desk.proposal, **owned)]


def change_role(desk: Desk, command: ChangeRole, _now: Instant) -> list[FactBody]:
    """Give a person another role or owner: what it was let in for is over, so it signs in anew."""
    person = desk.need(Person, command.person_id)
    _check_another(desk, person)
    rules.check_role(command.role, rules.OF_PEOPLE)
    check_owner(desk, command.role, command.owner)
    if (person.role, person.owner) == (command.role, command.owner):
        raise RoleDiffers(f"person:{person.id}", role=person.role.called)
    desk.put(
        replace(
            person,
            role=command.role,
            owner=command.owner,
            generation=person.generation + 1,
            invitation_id=None,
        ),
        person,
    )
    return [
        RoleChanged(
            person_id=person.id,
            role=command.role,
            was=person.role,
            proposal=desk.proposal,
            **rules.owned_by(command.role, command.owner),
        )
    ]


def suspend(desk: Desk, command: SuspendPerson, _now: Instant) -> list[FactBody]:
    """Let a person in no more: its sessions have ended, and an invitation opens nothing."""
    person = desk.need(Person, command.person_id)
    status = advance(TRANSITIONS, person.status, "SuspendPerson", f"person:{person.id}")
    desk.put(replace(person, status=status, generation=person.generation + 1, invitation_id=None), person)
    owned = rules.owned_by(person.role, person.owner)
    return [PersonSuspended(person_id=person.id, reason=command.reason, **owned)]


def reinstate(desk: Desk, command: ReinstatePerson, _now: Instant) -> list[FactBody]:
    """End a suspension; the person has its ways in as before."""
    person = desk.need(Person, command.person_id)
    _check_another(desk, person)
    status = advance(TRANSITIONS, person.status, "ReinstatePerson", f"person:{person.id}")
    desk.put(replace(person, status=status), person)
    return [PersonReinstated(person_id=person.id, **rules.owned_by(person.role, person.owner))]


def invite(desk: Desk, command: InvitePerson, now: Instant) -> list[FactBody]:
    """Keep an invitation, for whoever drew its secret; one from before opens no more."""
    person = need_active(desk, command.person_id)
    _check_same(person, command.role)
    rules.check_lasts("lasts", command.lasts, rules.LONGEST_INVITATION)
    rules.check_drawn(command.invitation_id, command.secret_hash)
    if desk.find(Invitation, command.invitation_id) is not None:
        raise AlreadyRegistered(f"invitation:{command.invitation_id}", kind=Invitation.called)
    invitation = Invitation(
        id=command.invitation_id,
        secret_hash=command.secret_hash,
        person_id=person.id,
        until=now + command.lasts,
    )
    desk.put(invitation, None)
    desk.put(replace(person, invitation_id=invitation.id), person)
    owned = rules.owned_by(person.role, person.owner)
    return [PersonInvited(person_id=person.id, until=invitation.until, proposal=desk.proposal, **owned)]


def link(desk: Desk, command: LinkIdentity, now: Instant) -> list[FactBody]:
    """Let a person sign in by an account elsewhere, that is nobody's yet."""
    person = need_active(desk, command.person_id)
    _check_same(person, command.role)
    key = rules.identity_id(command.issuer, command.subject)
    known = desk.find(Identity, key)
    if known is not None and known.person_id is not None:
        raise WayTaken("subject")
    desk.put(Identity(id=key, person_id=person.id, linked_at=now), known)
    owned = rules.owned_by(person.role, person.owner)
    return [IdentityLinked(person_id=person.id, issuer=command.issuer, proposal=desk.proposal, **owned)]


def need_active(desk: Desk, person_id: str) -> Person:
    """Return a person who may sign in.

    Raises:
        NotFound: there is none of this account.
        PersonNotActive: it is suspended.
    """
    person = desk.need(Person, person_id)
    if person.status is not PersonStatus.ACTIVE:
        raise PersonNotActive(f"person:{person.id}")
    return person


def _check_another(desk: Desk, person: Person) -> None:
    if rules.is_oneself(person.id, desk.actor):
        raise NotForOneself(f"person:{person.id}", person=person.id)


def _check_same(person: Person, role: Role) -> None:
    if person.role is not role:
        raise RoleDiffers(f"person:{person.id}", role=person.role.called)
