"""Public keys in text form: names, ids, vkeys (c2sp.org/signed-note v1.0.0, verifier keys).

<name>+<hex key ID>+<base64(signature type || public key)>
"""

import base64
import hashlib
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from holdfast.kernel.text import Text
from holdfast.trail.note import BadNote, Signature, check_name, decode64

ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
COSIGNATURE_ML_DSA_44 = 0x06

_ID = 4
_ED25519_SIZE = 32
_PARTS = 3
_Y = 2**255 - 1
"""The mask of the y-coordinate in an encoded point."""


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the id of a key, a hash of its name, its signature type and its bytes."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_ID]


_SMALL_ORDER = frozenset(
    int(y, 16)
    for y in (
        "0",
        "1",
        "5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee",
    )
)
"""The y of all small-order points of Ed25519, in each encoding: for such a key anybody can sign."""


class VerifierKey(NamedTuple):
    """A public key with its name and signature type; as text, a vkey."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that its signatures begin with."""
        return key_id(self.name, self.kind, self.public)

    def encode(self) -> str:
        """Return the vkey."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def parse_vkey(text: str) -> VerifierKey:
    """Read a vkey.

    Raises:
        BadNote: it is none, its id is not that of its key, or no signatures of its type are known here.
    """
    parts = text.split("+", 2)
    if len(parts) != _PARTS:
        raise BadNote(Text("密钥不是 name+id+base64 的形式", "a key is not of the form name+id+base64"))
    name, written_id, encoded = parts
    check_name(name)
    material = decode64(encoded, Text("密钥", "a key"))
    if not material:
        raise BadNote(Text("密钥是空的", "a key is empty"))
    found = VerifierKey(name, material[0], material[1:])
    if found.key_id.hex() != written_id:
        raise BadNote(Text(f"密钥 {name} 的编号与密钥不符", f"the id of the key {name} is not its own"))
    if found.kind in {ED25519, COSIGNATURE_ED25519} and len(found.public) != _ED25519_SIZE:
        raise BadNote(
            Text(
                f"密钥 {name} 有 {len(found.public)} 字节，而 Ed25519 为 {_ED25519_SIZE} 字节",
                f"the key {name} has {len(found.public)} bytes, Ed25519 has {_ED25519_SIZE}",
            )
        )
    if len(found.public) == _ED25519_SIZE and int.from_bytes(found.public, "little") & _Y in _SMALL_ORDER:
        raise BadNote(
            Text(f"密钥 {name} 是任何人都能代签的弱密钥", f"the key {name} is one for which anybody can sign")
        )
    return found


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature (RFC 8032) is on a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class LogVerifier(NamedTuple):
    """The key of a log, type 0x01: it signs the note's text as it stands."""

    key: VerifierKey

    @property
    def name(self) -> str:
        """See `note.Verifier`."""
        return self.key.name

    @property
    def key_id(self) -> bytes:
        """See `note.Verifier`."""
        return self.key.key_id

    def verifies(self, text: str, value: bytes) -> bool:
        """See `note.Verifier`."""
        return ed25519_verifies(self.key.public, text.encode(), value)


class LogSigner:
    """The private key of a log."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        check_name(name)
        self._private = private
        self.verifier = VerifierKey(name, ED25519, private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign a note's text."""
        return Signature(self.verifier.name, self.verifier.key_id, self._private.sign(text.encode()))
