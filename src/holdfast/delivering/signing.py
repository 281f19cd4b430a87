"""Keys in the form that people see, and signatures: those of Standard Webhooks 1.0.0.

HMAC-SHA256 (`v1`) is the official library's; it has no Ed25519 (`v1a`), which is signed here over the same
text: `ID.TIMESTAMP.BODY`.
"""

import base64
import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

from holdfast.kernel.clock import SECOND, Instant
from holdfast.webhooks.model import Scheme, SigningKey

SECRET = "whsec_"  # noqa: S105 - how such a secret begins
PUBLIC = "whpk_"

_KEYS = 4096
"""Keys that are kept ready to sign."""


def shown(key: SigningKey) -> str:
    """Return what a receiver needs: the secret of HMAC, or the public half of an Ed25519 key pair."""
    raw = bytes.fromhex(key.key)
    if key.scheme is Scheme.HMAC:
        return SECRET + base64.b64encode(raw).decode()
    return PUBLIC + base64.b64encode(_pair(key.key).public_key().public_bytes_raw()).decode()


@lru_cache(_KEYS)
def _pair(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))


@lru_cache(_KEYS)
def _webhook(key: str) -> Webhook:
    return Webhook(bytes.fromhex(key))


def signatures(keys: Iterable[SigningKey], message_id: str, at: Instant, body: bytes) -> str:
    """Return the value of the header `webhook-signature`: one signature a key, the newest first."""
    seconds = at // SECOND
    text = body.decode()
    signed: list[str] = []
    for key in keys:
        if key.scheme is Scheme.HMAC:
            moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
            signed.append(_webhook(key.key).sign(message_id, moment, text))
        else:
            signature = _pair(key.key).sign(f"{message_id}.{seconds}.{text}".encode())
            signed.append(f"v1a,{base64.b64encode(signature).decode()}")
    return " ".join(signed)
