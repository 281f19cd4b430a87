"""A maker for every command of who may come in, as `every_command` has them for the others.

Each cast has one key of each of four numbers, and one person: its accounts are the people's names.
"""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from holdfast.access.keys import IssueKey, RevokeKey, RotateKey
from holdfast.access.model import Method, Scope
from holdfast.access.people import (
    ChangeRole,
    EnrolPerson,
    InvitePerson,
    LinkIdentity,
    ReinstatePerson,
    SuspendPerson,
)
from holdfast.access.rules import identity_key, passkey_id
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
from holdfast.kernel.actor import Role, read_as
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.rows import Command

if TYPE_CHECKING:
    from every_command import Cast, Maker

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo"
ISSUER = "https://id.example"
SECRET_HASH = "0" * 64


def drawn(*of: object) -> str:
    """Return an id as a door draws one, but for the same things always the same."""
    return hashlib.blake2b(repr(of).encode(), digest_size=8).hexdigest()


def _account(c: "Cast") -> str:
    return read_as(c.person)


def _role(c: "Cast") -> Role:
    return (Role.MERCHANT, Role.FINANCE)[c.amount % 2]


def _keys(c: "Cast") -> list[Command]:
    of_merchant = IssueKey(
        role=Role.MERCHANT,
        owner=c.merchant_id,
        label="the shop",
        key_id=drawn(c.amount % 4),
        secret_hash=SECRET_HASH,
    )
    return [
        of_merchant,
        replace(of_merchant, role=Role.CONSUMER, owner=c.consumer_id, lasts=c.amount * HOUR),
        replace(of_merchant, role=Role.FINANCE, owner=None, scopes=(Scope.READ,)),
    ]


def _rotations(c: "Cast") -> list[Command]:
    plain = RotateKey(
        key_id=drawn(c.amount % 4),
        role=Role.MERCHANT,
        grace=c.amount % 3 * DAY,
        new_id=drawn("new", c.amount % 4),
        secret_hash=SECRET_HASH,
    )
    return [plain, replace(plain, role=Role.FINANCE)]


def _sessions(c: "Cast") -> list[Command]:
    account = _account(c)
    plain = BeginSession(
        person_id=account,
        method=Method.PASSWORD,
        session_id=_session(c),
        secret_hash=SECRET_HASH,
    )
    return [
        plain,
        replace(plain, rehashed=HASH),
        replace(
            plain,
            method=Method.PASSKEY,
            passkey_id=passkey_id(_credential(c)),
            sign_count=c.amount % 5,
        ),
        replace(plain, method=Method.INVITATION, invitation_id=drawn("invitation", account)),
        replace(plain, method=Method.OIDC, identity_id=identity_key(ISSUER, account)),
    ]


def _credential(c: "Cast") -> str:
    return f"credential-of-{_account(c)}-{c.amount % 2}"


def _session(c: "Cast") -> str:
    return drawn("session", _account(c), c.amount % 4)


ON_ACCESS: Mapping[type[Command], "Maker"] = {
    IssueKey: _keys,
    RotateKey: _rotations,
    RevokeKey: lambda c: [RevokeKey(key_id=drawn(c.amount % 4), reason="it leaked")],
    EnrolPerson: lambda c: [
        EnrolPerson(person_id=_account(c), role=Role.MERCHANT, owner=c.merchant_id),
        EnrolPerson(person_id=_account(c), role=Role.FINANCE),
    ],
    ChangeRole: lambda c: [
        ChangeRole(person_id=_account(c), role=Role.RISK),
        ChangeRole(person_id=_account(c), role=Role.MERCHANT, owner=c.merchant_id),
        ChangeRole(person_id=_account(c), role=Role.FINANCE),
    ],
    SuspendPerson: lambda c: [SuspendPerson(person_id=_account(c), reason="left")],
    ReinstatePerson: lambda c: [ReinstatePerson(person_id=_account(c))],
    InvitePerson: lambda c: [
        InvitePerson(
            person_id=_account(c),
            role=role,
            lasts=3 * DAY,
            invitation_id=drawn("invitation", _account(c)),
            secret_hash=SECRET_HASH,
        )
        for role in (Role.MERCHANT, _role(c))
    ],
    LinkIdentity: lambda c: [
        LinkIdentity(person_id=_account(c), role=role, issuer=ISSUER, subject=_account(c))
        for role in (Role.MERCHANT, _role(c))
    ],
    UnlinkIdentity: lambda c: [UnlinkIdentity(issuer=ISSUER, subject=_account(c))],
    SetPassword: lambda c: [
        SetPassword(person_id=_account(c), hash=HASH),
        SetPassword(person_id=_account(c), hash=HASH, session_id=_session(c)),
    ],
    AddPasskey: lambda c: [
        AddPasskey(
            person_id=_account(c),
            credential=_credential(c),
            public_key="cHVibGljIGtleSBvZiBhIHRlbGVwaG9uZQ",
            sign_count=0,
            label="a telephone",
        )
    ],
    RemovePasskey: lambda c: [RemovePasskey(passkey_id=passkey_id(_credential(c)))],
    BeginSession: _sessions,
    KeepSession: lambda c: [KeepSession(session_id=_session(c))],
    EndSession: lambda c: [EndSession(session_id=_session(c))],
    EndSessions: lambda c: [EndSessions(person_id=_account(c))],
    RecordWrongPassword: lambda c: [
        RecordWrongPassword(person_id=_account(c)),
        RecordWrongPassword(person_id=_account(c), session_id=_session(c)),
    ],
    RecordRead: lambda c: [
        RecordRead(operation="facts", rows=c.amount),
        RecordRead(operation="facts", consumer_id=c.consumer_id, order_id=c.order_id, rows=1),
    ],
}
"""The commands about keys, people and sessions."""

AFTER: Mapping[type[Command], tuple[type[Command], ...]] = {
    IssueKey: (RotateKey, RevokeKey),
    EnrolPerson: (SetPassword, AddPasskey, InvitePerson, LinkIdentity, SuspendPerson, ChangeRole),
    SetPassword: (BeginSession, RecordWrongPassword),
    AddPasskey: (BeginSession, RemovePasskey),
    InvitePerson: (BeginSession,),
    LinkIdentity: (BeginSession, UnlinkIdentity),
    BeginSession: (KeepSession, EndSession, EndSessions, SetPassword),
    SuspendPerson: (ReinstatePerson,),
}
"""What comes of one in life: see `every_command.FOLLOWS`."""
