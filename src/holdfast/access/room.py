"""What the room of access has. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.access import enrolling, entering, issuing, rules
from holdfast.access.checks import CHECKS
from holdfast.access.keys import IssueKey, RevokeKey, RotateKey
from holdfast.access.model import (
    TRANSITIONS,
    ApiKey,
    Identity,
    Invitation,
    Passkey,
    Password,
    Person,
    Session,
)
from holdfast.access.people import (
    ChangeRole,
    EnrolPerson,
    InvitePerson,
    LinkIdentity,
    ReinstatePerson,
    SuspendPerson,
)
from holdfast.access.settings import SETTINGS
from holdfast.access.ways import (
    AddPasskey,
    BeginSession,
    EndSession,
    EndSessions,
    KeepSession,
    RecordRead,
    RecordWrongPassword,
    RemovePasskey,
    SetPassword,
    UnlinkIdentity,
)
from holdfast.access.words import WORDS
from holdfast.kernel.actor import Role
from holdfast.kernel.room import STAYS, Handler, Kept, Key, Neighbours, Room, States
from holdfast.kernel.rows import Command
from holdfast.parties.model import Merchant


def _owner(command: IssueKey | EnrolPerson | ChangeRole) -> Iterator[Key]:
    if command.role is Role.MERCHANT and command.owner is not None:
        yield Merchant, command.owner


def _password(command: SetPassword | BeginSession) -> Iterator[Key]:
    yield Password, command.person_id


def _passkey(command: AddPasskey) -> Iterator[Key]:
    yield Passkey, rules.passkey_id(command.credential)


def _identity(command: LinkIdentity | UnlinkIdentity) -> Iterator[Key]:
    yield Identity, rules.identity_key(command.issuer, command.subject)


def _person(person_id: str) -> Iterator[Key]:
    yield Person, person_id


HANDLES: dict[type[Command], Handler] = {
    IssueKey: issuing.issue,
    RotateKey: issuing.rotate,
    RevokeKey: issuing.revoke,
    EnrolPerson: enrolling.enrol,
    ChangeRole: enrolling.change_role,
    SuspendPerson: enrolling.suspend,
    ReinstatePerson: enrolling.reinstate,
    InvitePerson: enrolling.invite,
    LinkIdentity: enrolling.link,
    UnlinkIdentity: entering.unlink,
    SetPassword: entering.set_password,
    AddPasskey: entering.add_passkey,
    RemovePasskey: entering.remove_passkey,
    BeginSession: entering.begin,
    KeepSession: entering.keep,
    EndSession: entering.end,
    EndSessions: entering.end_all,
    RecordWrongPassword: entering.wrong_password,
    RecordRead: entering.record_read,
}

ROOM = Room(
    "access",
    handles=HANDLES,
    keeps=(
        Kept(
            ApiKey,
            "api_keys",
            STAYS,
            fixed=("secret_hash", "role", "owner", "scopes", "label", "created_at", "replaces"),
            begun_by={"KeyIssued": "key_id", "KeyRotated": "replaced_by"},
        ),
        Kept(
            Person,
            "people",
            STAYS,
            fixed=("enrolled_at",),
            states=States("People", TRANSITIONS),
            begun_by={"PersonEnrolled": "person_id"},
        ),
        Kept(Password, "passwords", STAYS),
        Kept(
            Passkey,
            "passkeys",
            STAYS,
            fixed=("person_id", "credential", "public_key", "label", "added_at"),
            indexes=(rules.PASSKEYS_OF,),
            begun_by={"PasskeyAdded": "passkey_id"},
        ),
        Kept(Identity, "identities", STAYS),
        Kept(Invitation, "invitations", STAYS, fixed=("secret_hash", "person_id", "until")),
        Kept(
            Session,
            "sessions",
            STAYS,
            fixed=("secret_hash", "person_id", "method", "begun_at", "ends_at"),
            begun_by={"SessionBegun": "session_id"},
        ),
    ),
    names={
        "key_id": (ApiKey,),
        "new_id": (ApiKey,),
        "person_id": (Person,),
        "passkey_id": (Passkey,),
        "invitation_id": (Invitation,),
        "identity_id": (Identity,),
        "session_id": (Session,),
    },
    touches={
        IssueKey: _owner,
        EnrolPerson: _owner,
        ChangeRole: _owner,
        SetPassword: _password,
        BeginSession: _password,
        AddPasskey: _passkey,
        LinkIdentity: _identity,
        UnlinkIdentity: _identity,
    },
    still=frozenset(HANDLES),
    neighbours=(
        Neighbours(Passkey, ("person_id",), _person),
        Neighbours(Session, ("person_id",), _person),
    ),
    checks=CHECKS,
    settings=SETTINGS,
    words=WORDS,
)
