"""Refusals as problem details (RFC 9457), and what each code means, in a reader's language."""

from typing import Any

from holdfast.engine.front import Busy
from holdfast.journal.requests import KeyInFlight
from holdfast.kernel.refusal import Refusal, RefusalRecord
from holdfast.kernel.rows import Command
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Language
from holdfast.service.refusals import STATUS, NoCredential, ScopeMissing
from holdfast.service.routes import PREFIX

MEDIA_TYPE = "application/problem+json"

_CHALLENGE = 'Bearer realm="holdfast"'

_SOON_SECONDS = 1
_LATER_SECONDS = 5


def status_of(record: RefusalRecord) -> int:
    """Return the status that a refusal is answered with."""
    return STATUS.get(record.code, record.sort.status)


def retry_after(record: RefusalRecord) -> int | None:
    """Return after how many seconds the same may be sent again; None where waiting alone does not help."""
    if record.code in {Busy.code, KeyInFlight.code} or record.sort is Sort.BUSY:
        return _SOON_SECONDS
    return _LATER_SECONDS if record.sort is Sort.UNAVAILABLE else None


def challenged(record: RefusalRecord) -> str | None:
    """Return the challenge of a refusal (RFC 6750 §3): by which credential the same would be answered."""
    if record.code == NoCredential.code:
        return _CHALLENGE
    if record.code == ScopeMissing.code:
        return f'{_CHALLENGE}, error="insufficient_scope"'
    return f'{_CHALLENGE}, error="invalid_token"' if record.sort is Sort.UNAUTHENTICATED else None


def problem(
    record: RefusalRecord, language: Language, command: type[Command] | None = None
) -> dict[str, Any]:
    """Return a refusal as a problem.

    `pointer` is the JSON pointer of the field that is at fault, where one of the `command` is.
    """
    what, fix = record.told()
    pointer = _pointer(record.where, command)
    return {
        "type": f"{PREFIX}/problems/{record.code}",
        "title": record.sort.called.of(language),
        "status": status_of(record),
        "detail": what.of(language),
        "code": record.code,
        "where": record.where,
        **({} if pointer is None else {"pointer": pointer}),
        "fix": fix.of(language),
    }


def _pointer(where: str, command: type[Command] | None) -> str | None:
    if where.startswith("/"):
        return where
    if command is not None and where.split(".", maxsplit=1)[0] in command.__struct_fields__:
        return f"/{where.replace('.', '/')}"
    return None


def explanation(kind: type[Refusal]) -> dict[str, Any]:
    """Return what a code means in both languages; places in braces are filled with a refusal's figures."""
    return {
        "type": f"{PREFIX}/problems/{kind.code}",
        "code": kind.code,
        "sort": kind.sort.value,
        "status": STATUS.get(kind.code, kind.sort.status),
        "heals": kind.sort.heals,
        "title": kind.sort.called._asdict(),
        "what": kind.what._asdict(),
        "fix": kind.fix._asdict(),
    }
