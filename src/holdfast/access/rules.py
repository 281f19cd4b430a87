"""Which roles are given to whom, who decides it, for how long one is in, and how guessing is slowed down."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from holdfast.access.model import Passkey, Person, Session
from holdfast.access.refusals import (
    BadHash,
    BadIssuer,
    BadPasskey,
    BadPersonId,
    LastsTooLong,
    NoLabel,
    NotDrawn,
    OwnerUnfit,
    RoleNotGiven,
)
from holdfast.kernel.actor import MAX_ID, Actor, Nature, Role, read_as
from holdfast.kernel.approval import Approval, agreeing_people
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from holdfast.kernel.index import index, untold
from holdfast.kernel.text import listed
from holdfast.parties.rules import check_id

PARTIES = frozenset({Role.CONSUMER, Role.MERCHANT})
"""Roles of those who trade: each reaches what is its own. Every other role reaches a whole market."""

OF_PEOPLE = (
    Role.CONSUMER,
    Role.MERCHANT,
    Role.ARBITER,
    Role.RISK,
    Role.FINANCE,
    Role.OPERATOR,
    Role.REGULATOR,
)
"""Roles that a person may have. *Staff* is whoever sits at the terminal, and signs in nowhere."""

OF_KEYS = (
    Role.CONSUMER,
    Role.MERCHANT,
    Role.MARKETPLACE,
    Role.PROVIDER,
    Role.RISK,
    Role.FINANCE,
    Role.OPERATOR,
    Role.REGULATOR,
)
"""Roles that a machine may have. A ruling is a person's, so no machine is an arbiter."""

LONGEST: Duration = 3650 * DAY
"""The longest that a key lasts which ends at all."""

LONGEST_GRACE: Duration = 30 * DAY
LONGEST_INVITATION: Duration = 30 * DAY

MOST_PASSKEYS = 20
"""Passkeys of one person: a device each."""

FREE_FAILURES = 10
"""Wrong passwords in a row before any lock; NIST SP 800-63B §5.2.2 asks for no more than 100 in all."""

FIRST_LOCK: Duration = 30 * SECOND
LONGEST_LOCK: Duration = 15 * MINUTE
"""A lock doubles up to this. It never lasts: a stranger could else keep a person out for good."""

FORGOTTEN_AFTER: Duration = 24 * HOUR
"""Wrong passwords are forgotten this long after the last one."""

PASSKEYS_OF = index("passkeys_of", Passkey, "person_id", untold("removed_at"))
"""The passkeys of a person that open."""

_LONGEST_SUBJECT = 255
"""Characters of a subject: OpenID Connect Core §2 has no longer ones."""

_LONGEST_LABEL = 100

_BASE64URL = re.compile("[A-Za-z0-9_-]{16,2048}", re.ASCII)
_ID = re.compile("[0-9a-v]{16,32}", re.ASCII)
_SHA256 = re.compile("[0-9a-f]{64}", re.ASCII)
_ARGON2ID = re.compile(r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+", re.ASCII)


def decided_for(
    same: tuple[str, ...], told: tuple[str, ...], unless: Callable[[Any, Actor], bool] | None = None
) -> Approval:
    """Return that as many people as the policy says have to agree, unless it is one's own or a party's."""
    return agreeing_people("access_people", same=same, told=told, unless=unless)


def of_a_party(command: Any, _actor: Actor) -> bool:
    """Tell whether a command gives the role of one that trades, who reaches nothing but its own."""
    return command.role in PARTIES


def is_oneself(person_id: str, actor: Actor) -> bool:
    """Tell whether who acts is this person, in whatever spelling it is named at a terminal."""
    return actor.nature is Nature.PERSON and read_as(actor.id) == person_id


def check_role(role: Role, given: tuple[Role, ...]) -> None:
    """Refuse a role that is not given to such as these."""
    if role not in given:
        raise RoleNotGiven("role", role=role.called, given=listed(each.called for each in given))


def check_owner(role: Role, owner: str | None) -> None:
    """Require an owner for the roles of those who trade, and none for all others."""
    if (role in PARTIES) is (owner is None):
        raise OwnerUnfit("owner", role=role.called)
    if owner is not None:
        check_id("owner", owner)


def check_person_id(person_id: str) -> None:
    """Refuse an account that is no id, or that people read as another one: it is in small letters."""
    check_id("person_id", person_id)
    if read_as(person_id) != person_id or len(person_id) > MAX_ID:
        raise BadPersonId("person_id", id=person_id, most=MAX_ID)


def check_drawn(key: str, secret_hash: str) -> None:
    """Refuse an id and a hash that no door has drawn."""
    if _ID.fullmatch(key) is None or _SHA256.fullmatch(secret_hash) is None:
        raise NotDrawn("secret_hash")


def check_label(label: str) -> None:
    """Refuse a key or a passkey that people cannot tell from others."""
    if not 0 < len(label.strip()) <= _LONGEST_LABEL:
        raise NoLabel("label", most=_LONGEST_LABEL)


def check_passkey(credential: str, public_key: str) -> None:
    """Refuse what cannot be a credential's id and key, in base64url (WebAuthn §4: an id has up to 1,023)."""
    if not all(_BASE64URL.fullmatch(text) for text in (credential, public_key)):
        raise BadPasskey("credential")


def passkey_id(credential: str) -> str:
    """Return the id of the row of a credential, whose own id may be longer than an index takes."""
    return hashlib.sha256(credential.encode()).hexdigest()


def check_password_hash(text: str) -> None:
    """Refuse what is no Argon2id hash in its PHC form: a password must never come here."""
    if _ARGON2ID.fullmatch(text) is None:
        raise BadHash("hash")


def check_lasts(field: str, lasts: Duration | None, longest: Duration, least: Duration = SECOND) -> None:
    """Refuse a length of time that is too short to be meant, or too long."""
    if lasts is not None and not least <= lasts <= longest:
        raise LastsTooLong(field, days=longest // DAY)


def owned_by(role: Role, owner: str | None) -> dict[str, str]:
    """Return the field of a fact that names whose it is.

    >>> owned_by(Role.MERCHANT, "m1"), owned_by(Role.RISK, None)
    ({'merchant_id': 'm1'}, {})
    """
    return {f"{role}_id": owner} if owner is not None else {}


def identity_id(issuer: str, subject: str) -> str:
    """Return the id of an account at an identity provider that may be kept.

    Raises:
        BadIssuer: the issuer is no address, or the two are too long.
    """
    if not issuer.startswith("https://") or " " in issuer or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise BadIssuer("issuer", most=_LONGEST_SUBJECT)
    check_id("issuer", issuer)
    return identity_key(issuer, subject)


def identity_key(issuer: str, subject: str) -> str:
    """Return the id of an account at an identity provider, whether there is one or not."""
    return f"{issuer} {subject}"


def longest_session(role: Role) -> Duration:
    """Return how long a session lasts at most: who reaches a whole market signs in each day.

    NIST SP 800-63B §4.1.3 and §4.2.3: thirty days at AAL1, twelve hours at AAL2.
    """
    return 30 * DAY if role in PARTIES else 12 * HOUR


def longest_idle(role: Role) -> Duration:
    """Return how long a session may be idle (§4.2.3: thirty minutes at AAL2)."""
    return 7 * DAY if role in PARTIES else 30 * MINUTE


def locked(person: Person, now: Instant) -> bool:
    """Tell whether no password of a person is looked at now, unless who tries was in before."""
    return person.locked_until is not None and now < person.locked_until


def is_known_device(session: Session | None, person: Person) -> bool:
    """Tell whether a session that a person once had speaks for who tries to sign in as it."""
    return session is not None and session.person_id == person.id and session.failures < FREE_FAILURES


def after_wrong_password(person: Person, now: Instant) -> Person:
    """Return a person after one more wrong password: from the tenth in a row on, each locks twice as long."""
    lapsed = person.failed_at is None or now - person.failed_at >= FORGOTTEN_AFTER
    failures = 1 if lapsed else person.failures + 1
    over = failures - FREE_FAILURES
    lock = min(FIRST_LOCK << min(over, 9), LONGEST_LOCK) if over >= 0 else 0
    return replace(person, failures=failures, failed_at=now, locked_until=now + lock if lock else None)
