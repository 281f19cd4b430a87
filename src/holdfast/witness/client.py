"""The log's end of `add-checkpoint` (c2sp.org/tlog-witness v1.0.0). What a witness answers is not believed.

An answer has 64 KiB at most, comes within a time that is set for all of it, and is followed nowhere else.
"""

import http.client
import threading
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from holdfast.trail.checkpoint import decimal, of
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import WitnessVerifier
from holdfast.trail.deadline import Deadline
from holdfast.trail.merkle import Hash
from holdfast.trail.note import BadNote, Note, Signature, parse_signature
from holdfast.witness.refusals import (
    BadWitnessUrl,
    WitnessAhead,
    WitnessAnswerWrong,
    WitnessDisagrees,
    WitnessRefused,
    WitnessUnreachable,
)

MAX_ANSWER = 64 * 1024
TIMEOUT = 10.0

_PATH = "/add-checkpoint"
_SIZE_TYPE = "text/x.tlog.size"
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422
_TRIES = 3
_SHOWN = 200


class Behind(NamedTuple):
    """The witness wants a proof from this size, the last that it cosigned."""

    size: int


class _Answer(NamedTuple):
    status: int
    kind: str | None
    body: bytes

    @property
    def shown(self) -> str:
        """Return the beginning of it as a line that harms no terminal."""
        text = self.body[:_SHOWN].decode("utf-8", "replace").strip()
        return "".join(sign if sign.isprintable() else "?" for sign in text) or "nothing"


def cosign(
    witness: WitnessVerifier,
    url: str,
    note: Note,
    prove: Callable[[int, int], list[Hash]],
    old_hint: int,
    *,
    timeout: float = TIMEOUT,
) -> list[Signature]:
    """Have a checkpoint cosigned, and return the witness's cosignatures: they verify.

    Args:
        witness: the key that must have cosigned; lines of other keys are passed over.
        url: the witness's submission prefix, http or https.
        note: the checkpoint, signed by its log.
        prove: makes the consistency proof from a smaller size to a larger one.
        old_hint: the size that the witness is thought to have cosigned last; 0 if nothing is known.
        timeout: seconds for each of the requests, of which there are up to three.

    Raises:
        BadNote: the note is no checkpoint.
        BadWitnessUrl: the witness cannot be asked there.
        WitnessUnreachable: it did not answer; carry on without it.
        WitnessRefused: it does not watch this log, or does not trust its key.
        WitnessAnswerWrong: it answered what it may not, or its cosignature is wrong.
        WitnessAhead, WitnessDisagrees: it saw more of this log, or another one: do not sign.
    """
    size = of(note).size
    old = min(max(old_hint, 0), size)
    for _ in range(_TRIES):
        found = ask(url, Growing(old, tuple(prove(old, size)), note).encode(), timeout)
        if not isinstance(found, Behind):
            return _verified(witness, url, note, found)
        if found.size > size:
            raise WitnessAhead(url, known=found.size, size=size)
        if found.size == old:
            raise WitnessAnswerWrong(url, reason=f"it asks for a proof from {old}, which it was sent")
        old = found.size
    raise WitnessAnswerWrong(url, reason=f"{_TRIES} times it asked for a proof from another size")


def _verified(
    witness: WitnessVerifier, url: str, note: Note, found: tuple[Signature, ...]
) -> list[Signature]:
    mine = [one for one in dict.fromkeys(found) if (one.name, one.key_id) == (witness.name, witness.key_id)]
    if not mine:
        raise WitnessAnswerWrong(url, reason=f"no cosignature is of {witness.key.encode()}")
    if not all(witness.verifies(note.text, one.value) for one in mine):
        raise WitnessAnswerWrong(url, reason=f"a cosignature of {witness.name} is wrong")
    return mine


def ask(url: str, body: bytes, timeout: float) -> tuple[Signature, ...] | Behind:
    """Send a witness the body of `add-checkpoint`; return its signature lines, which nobody has verified yet.

    Raises:
        BadWitnessUrl: the URL is not http or https, or has what a prefix has not.
        WitnessUnreachable: there was no whole answer within the seconds of `timeout`.
        WitnessDisagrees: it answered 422, or 409 without a size.
        WitnessRefused: it answered another status; redirects are among them.
        WitnessAnswerWrong: the answer is too long, or not of the form.
    """
    answer = _exchange(url, body, timeout)
    if len(answer.body) > MAX_ANSWER:
        raise WitnessAnswerWrong(url, reason=f"it is longer than {MAX_ANSWER} bytes")
    try:
        if answer.status == _OK:
            return _signatures(answer.body)
        if answer.status == _CONFLICT and answer.kind == _SIZE_TYPE:
            return Behind(_size(answer.body))
    except BadNote as error:
        raise WitnessAnswerWrong(url, reason=error.record().what) from error
    refused = WitnessDisagrees if answer.status in {_CONFLICT, _UNPROCESSABLE} else WitnessRefused
    raise refused(url, status=answer.status, text=answer.shown)


def _signatures(body: bytes) -> tuple[Signature, ...]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadNote("it is not UTF-8") from error
    if not text.endswith("\n"):
        raise BadNote("it does not end with a newline")
    return tuple(parse_signature(line) for line in text[:-1].split("\n"))


def _size(body: bytes) -> int:
    if not body.isascii() or not body.endswith(b"\n"):
        raise BadNote("its size is not a line")
    return decimal(body.decode()[:-1], "its size")


def _exchange(url: str, body: bytes, timeout: float) -> _Answer:
    connection, path = _connection(url, timeout)
    late = threading.Event()
    begun = time.monotonic()
    try:
        connection.connect()
        with Deadline(connection.sock, timeout - (time.monotonic() - begun), late):
            connection.request("POST", path, body, {"Content-Type": "text/plain", "Connection": "close"})
            response = connection.getresponse()
            data = response.read(MAX_ANSWER + 1)
        if response.length and len(data) <= MAX_ANSWER:
            raise http.client.IncompleteRead(data, response.length)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = f"it took longer than {timeout:g} seconds" if late.is_set() else str(error) or repr(error)
        raise WitnessUnreachable(url, reason=reason) from error
    finally:
        connection.close()
    if late.is_set():
        raise WitnessUnreachable(url, reason=f"it took longer than {timeout:g} seconds")
    return _Answer(response.status, response.headers.get("Content-Type"), data)


def _connection(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadWitnessUrl(repr(url), reason=str(error)) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadWitnessUrl(repr(url), reason="it does not begin with http:// or https:// and a host")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise BadWitnessUrl(repr(url), reason="a prefix has no query, no fragment and no password")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadWitnessUrl(repr(url), reason="a URL is printable ASCII")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, port, timeout=timeout), parts.path.rstrip("/") + _PATH
