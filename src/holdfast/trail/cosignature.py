"""Cosignatures: a witness states that a head extends all heads before (c2sp.org/tlog-cosignature v1.0.1).

The value of the signature line is a big-endian uint64 of seconds since the Epoch, and a signature. With
Ed25519 (type 0x04) it is over

    cosignature/v1
    time <seconds>
    <the note's text>

and with ML-DSA-44 (type 0x06, FIPS 204) over a struct of label, cosigner, time, origin, start, end and root.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from holdfast.kernel.text import Text
from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import MAX_SIZE
from holdfast.trail.keys import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    VerifierKey,
    ed25519_verifies,
)
from holdfast.trail.note import BadNote, Note, Signature, check_name

Seconds = int

CLOCK_AHEAD_SECONDS: Seconds = 300
"""The tolerated lead of a witness's clock over ours."""

_TIME = struct.Struct(">Q")
_ED25519_SIGNATURE = 64
_ML_DSA_44_SIGNATURE = 2420
_LABEL = b"subtree/v1\n\0"
LONGEST_NAME = 255
"""Bytes of a name that ML-DSA cosignatures commit to."""
_RANGE = struct.Struct(">QQ")


def ed25519_message(text: str, at: Seconds) -> bytes:
    """Return the message that a witness signs with Ed25519."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def ml_dsa_message(name: str, text: str, at: Seconds) -> bytes:
    """Return the message that a witness signs with ML-DSA-44: it has its name, and no extension lines.

    Raises:
        BadNote: the text is no checkpoint, or a name is longer than 255 bytes.
    """
    head = checkpoint.parse_text(text)
    return b"".join(
        (
            _LABEL,
            _short(name),
            _TIME.pack(at),
            _short(head.origin),
            _RANGE.pack(0, head.size),
            head.root,
        )
    )


def _short(text: str) -> bytes:
    data = text.encode()
    if not 0 < len(data) <= LONGEST_NAME:
        raise BadNote(Text("名称应有 1 至 255 字节", "a name has 1 to 255 bytes"))
    return bytes([len(data)]) + data


class WitnessVerifier(NamedTuple):
    """The key of a witness, of either type."""

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
        size = _ED25519_SIGNATURE if self.key.kind == COSIGNATURE_ED25519 else _ML_DSA_44_SIGNATURE
        if len(value) != _TIME.size + size or time_of(value) > MAX_SIZE:
            return False
        at, signature = time_of(value), value[_TIME.size :]
        if self.key.kind == COSIGNATURE_ED25519:
            return ed25519_verifies(self.key.public, ed25519_message(text, at), signature)
        return _ml_dsa_verifies(self.key.public, ml_dsa_message(self.name, text, at), signature)


def _ml_dsa_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def time_of(value: bytes) -> Seconds:
    """Return the time that a cosignature states."""
    return _TIME.unpack_from(value)[0]


def times_of(note: Note, witness: WitnessVerifier) -> list[Seconds]:
    """Return the times at which a witness cosigned a note, by its own clock, ascending, without zeros.

    The signatures of the note must have been verified.
    """
    times = [
        time_of(one.value)
        for one in note.signatures
        if (one.name, one.key_id) == (witness.name, witness.key_id)
    ]
    return sorted(at for at in times if at)


def seen_at(note: Note, witness: WitnessVerifier) -> Seconds | None:
    """Return the first time at which a witness cosigned a note; None where it did not, or states no time."""
    return next(iter(times_of(note, witness)), None)


def newest(witness: WitnessVerifier, text: str, lines: Iterable[Signature]) -> Signature | None:
    """Return the newest cosignature of a witness on a text; None where no line of it verifies."""
    mine = [one for one in dict.fromkeys(lines) if (one.name, one.key_id) == (witness.name, witness.key_id)]
    latest_first = sorted(mine, key=lambda one: one.value[: _TIME.size], reverse=True)
    return next((one for one in latest_first if witness.verifies(text, one.value)), None)


class WitnessSigner:
    """The private key of a witness: to be used for nothing else."""

    def __init__(self, name: str, private: Ed25519PrivateKey | MLDSA44PrivateKey) -> None:
        check_name(name)
        self._private = private
        kind = COSIGNATURE_ED25519 if isinstance(private, Ed25519PrivateKey) else COSIGNATURE_ML_DSA_44
        self.verifier = VerifierKey(name, kind, private.public_key().public_bytes_raw())

    def sign(self, text: str, at: Seconds) -> Signature:
        """Cosign a checkpoint's text."""
        private = self._private
        if isinstance(private, Ed25519PrivateKey):
            signature = private.sign(ed25519_message(text, at))
        else:
            signature = private.sign(ml_dsa_message(self.verifier.name, text, at))
        return Signature(self.verifier.name, self.verifier.key_id, _TIME.pack(at) + signature)
