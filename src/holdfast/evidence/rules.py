"""What can be recorded: one subject, hashes in their one form, times that have passed."""

import hashlib
import re

from holdfast.evidence.refusals import (
    BadDigest,
    BadEvidenceSize,
    BadEvidenceText,
    BadMediaType,
    CustodyBeforeCapture,
    NotYetHappened,
    OneSubjectNeeded,
)
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.text import Text

MAX_BYTES = 2**30
"""Bytes of a file: an hour of video as phones send it."""

MAX_WORDS = 500
"""Characters of a source, a device or a name."""

MAX_NOTE = 2_000

_UNPRINTED = Text("有不可见字符或换行", "has signs that cannot be printed, or a line's end")

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}"
_MEDIA_TYPE = re.compile(rf"{_NAME}/{_NAME}")


def check_one_subject(*ids: str | None) -> None:
    """Refuse none and several."""
    count = sum(each is not None for each in ids)
    if count != 1:
        raise OneSubjectNeeded("RecordEvidence", count=count)


def digest_of(kind: str, subject_id: str, sha256: str) -> str:
    """Return the number of a file for a subject: the same bytes for the same subject are one evidence."""
    return hashlib.sha256(f"{kind}\n{subject_id}\n{sha256}".encode()).hexdigest()


def check_digest(field: str, value: str) -> None:
    """Refuse what is not a hash of 256 bits in lower-case hexadecimal."""
    if not _DIGEST.fullmatch(value):
        raise BadDigest(field, value=value[:80])


def check_size(size_bytes: int) -> None:
    """Refuse an empty file and one that is too large."""
    if not 1 <= size_bytes <= MAX_BYTES:
        raise BadEvidenceSize("size_bytes", size=size_bytes, most=MAX_BYTES)


def check_media_type(value: str) -> None:
    """Refuse what is not type/subtype in lower case."""
    if not _MEDIA_TYPE.fullmatch(value):
        raise BadMediaType("media_type", value=value[:80])


def check_words(field: str, value: str) -> None:
    """Refuse a description that says nothing, too much, or cannot be printed."""
    if not value.strip():
        raise BadEvidenceText(field, reason=Text("是空的", "is empty"), most=MAX_WORDS)
    _check_text(field, value, MAX_WORDS)


def check_note(value: str) -> None:
    """Refuse a note that is too long or cannot be printed; it may be empty."""
    _check_text("note", value, MAX_NOTE)


def _check_text(field: str, value: str, most: int) -> None:
    if len(value) > most:
        length = f"{len(value):,}"
        raise BadEvidenceText(
            field, reason=Text(f"有 {length} 个字符", f"has {length} characters"), most=most
        )
    if not value.isprintable():
        raise BadEvidenceText(field, reason=_UNPRINTED, most=most)


def check_happened(field: str, at: Instant, now: Instant) -> None:
    """Refuse what has not happened yet."""
    if at > now:
        raise NotYetHappened(field, at=iso(at), now=iso(now))


def check_after_capture(occurred_at: Instant, captured_at: Instant) -> None:
    """Refuse a custody event from before the file was there."""
    if occurred_at < captured_at:
        raise CustodyBeforeCapture("occurred_at", at=iso(occurred_at), captured=iso(captured_at))
