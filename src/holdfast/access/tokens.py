"""Tokens: what a caller sends to say who it is, `hf_live_<id>_<secret>`. Made here, read here, compared here.

The id is public: it finds the row, and stands in lists and logs. The secret is 256 random bits, and is kept
by nobody but the caller: the row has its SHA-256, which is enough for a secret that nobody can guess (a slow
hash is for passwords). The prefix lets scanners of source code find a token that was published by mistake.
"""

import hashlib
import hmac
import re
import secrets
import string
from typing import NamedTuple

from holdfast.kernel.text import Named


class Kind(Named):
    """The kind of a token, by its prefix."""

    LIVE = "hf_live", "正式密钥", "live key"
    TEST = "hf_test", "测试密钥", "test key"
    SESSION = "hf_session", "会话", "session"
    INVITATION = "hf_invite", "邀请", "invitation"


class Token(NamedTuple):
    """A token, read: its kind, the id of its row, and its secret, which is never shown or logged."""

    kind: Kind
    id: str
    secret: str

    def __repr__(self) -> str:
        return f"Token({self.kind}_{self.id}_…)"

    def text(self) -> str:
        """Return the token as it is sent, with its secret: it is shown once, to whom it is for."""
        return f"{self.kind}_{self.id}_{self.secret}"


_ALPHABET = string.ascii_letters + string.digits
_SECRET_LENGTH = 43
"""Characters of a secret: 43 of an alphabet of 62 have 256 bits."""

_OF_IDS = string.digits + string.ascii_lowercase[:22]
_ID_LENGTH = 20
"""Characters of an id: 20 of base32 (RFC 4648 §7, in small letters) have 100 bits, so no two are the same."""

_FORM = re.compile(f"({'|'.join(Kind)})_([0-9a-v]{{16,32}})_([0-9A-Za-z]{{{_SECRET_LENGTH}}})", re.ASCII)


def make(kind: Kind) -> Token:
    """Return a new token, its id and its secret drawn from the system's source of randomness."""
    key = "".join(secrets.choice(_OF_IDS) for _ in range(_ID_LENGTH))
    return Token(kind, key, "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH)))


def hashed(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal, as rows have it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def parse(text: str) -> Token | None:
    """Read a token; None where the text has not the form of one. How long it takes tells nothing of a row.

    >>> parse("hf_live_0192_short") is None
    True
    >>> token = Token(Kind.LIVE, "0" * 31 + "v", "x" * 43)
    >>> parse(token.text()) == token, token
    (True, Token(hf_live_0000000000000000000000000000000v_…))
    """
    found = _FORM.fullmatch(text)
    return None if found is None else Token(Kind(found[1]), found[2], found[3])


def matches(secret: str, secret_hash: str) -> bool:
    """Tell whether a secret is the one of a hash, in a time that does not depend on where they differ."""
    return hmac.compare_digest(hashed(secret), secret_hash)
