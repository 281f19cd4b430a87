"""Passwords: hashed by Argon2id (RFC 9106), and compared with the same work for people who are not there.

Rules are those of NIST SP 800-63B §5.1.1.2: long enough, no composition, no expiry. A password is compared in
Unicode's form NFC (RFC 8265 §4.2), so that it is the same from every keyboard.
"""

import unicodedata
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from holdfast.kernel.actor import read_as
from holdfast.kernel.text import Text
from holdfast.sign_in.refusals import WeakPassword

LEAST = 12
MOST = 200
"""Characters of a password. A longer one is refused before it is hashed, so that it costs nobody anything."""

_FEWEST_DIFFERENT = 5

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

_NOBODYS = (
    f"$argon2id$v=19$m={RFC_9106_LOW_MEMORY.memory_cost},t={RFC_9106_LOW_MEMORY.time_cost}"
    f",p={RFC_9106_LOW_MEMORY.parallelism}${'A' * 22}${'A' * 43}"
)
"""A hash of today's parameters that no password is known to have."""

_SHORT = Text(f"不足 {LEAST} 个字符", f"has fewer than {LEAST} characters")
_LONG = Text(f"超过 {MOST} 个字符", f"has more than {MOST} characters")
_PLAIN = Text("几乎是同一个字符的重复", "is the same few characters over and over")
_NAMED = Text("含有账号", "has the account in it")


class Compared(NamedTuple):
    """Whether a password is right, and its new hash where today's parameters are stronger than its own."""

    right: bool
    rehashed: str = ""


def check(password: str, person_id: str) -> None:
    """Refuse a password that is too easy to guess for the person that it is to be of.

    Raises:
        WeakPassword: too short, too long, too plain, or with the account in it.
    """
    reason = None
    if len(password) > MOST:
        reason = _LONG
    elif len(password) < LEAST:
        reason = _SHORT
    elif len(set(password)) < _FEWEST_DIFFERENT:
        reason = _PLAIN
    elif read_as(person_id) in read_as(password):
        reason = _NAMED
    if reason is not None:
        raise WeakPassword("password", reason=reason, least=LEAST)


def hashed(password: str) -> str:
    """Return the hash of a password, with a salt of its own, in PHC form. It takes some 50 ms, and 64 MB."""
    return _HASHER.hash(_normal(password))


def compare(password: str, known: str | None) -> Compared:
    """Compare a password with its hash; None where nobody is there, or nobody has a password.

    Both take as long: how long an answer takes tells nobody which accounts there are.
    """
    right = known is not None and len(password) <= MOST
    try:
        _HASHER.verify(_NOBODYS if known is None else known, _normal(password[:MOST]))
    except (VerificationError, InvalidHashError):
        right = False
    if not right or known is None:
        return Compared(right=False)
    return Compared(right=True, rehashed=hashed(password) if _HASHER.check_needs_rehash(known) else "")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)
