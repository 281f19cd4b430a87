"""Watching: who reads what is of others, as one of the platform's people or a regulator, is on record for it.

The record is a fact like any other, of the caller that read; it is written before the answer leaves.
"""

from collections.abc import Mapping
from typing import NamedTuple

from holdfast.access.ways import RecordRead
from holdfast.engine.execution import require_accepted
from holdfast.journal.pages import Sort, Subject
from holdfast.kernel.actor import Nature, Role
from holdfast.kernel.identity import flaw
from holdfast.kernel.rows import Row
from holdfast.service.admission import ADMITTED, READING, Admitted
from holdfast.service.answers import Answering, Asking
from holdfast.service.callers import Caller
from holdfast.service.permissions import PUBLIC
from holdfast.service.reach import OWNERS
from holdfast.service.service import Service

_MACHINES = OWNERS | {Role.MARKETPLACE, Role.PROVIDER}
_SUBJECTS = ("merchant_id", "consumer_id", "order_id")
_READ = "read"


class Read(NamedTuple):
    """How many rows an answer has, and about whom: by the fields of a record."""

    rows: int
    about: Mapping[str, str | None]


def note_row(request: Asking, row: Row) -> None:
    """Note which row is answered."""
    about: dict[str, str | None] = {name: getattr(row, name, None) for name in _SUBJECTS}
    own = f"{type(row).__name__.lower()}_id"
    request.scope["state"][_READ] = Read(1, about | ({own: row.id} if own in _SUBJECTS else {}))


def note_page(request: Asking, rows: int, subject: Subject | None = None) -> None:
    """Note how many rows are answered, of which subject."""
    about: dict[str, str | None] = {}
    if subject is not None and subject.sort in {Sort.MERCHANT, Sort.CONSUMER, Sort.ORDER}:
        about = {f"{subject.sort}_id": subject.id}
    request.scope["state"][_READ] = Read(rows, about)


def is_watched(caller: Caller) -> bool:
    """Tell whether what a caller reads is put on record: a person's reading, and a regulator's."""
    if caller.role is Role.REGULATOR:
        return True
    return caller.actor.nature is Nature.PERSON and caller.role not in _MACHINES


async def record(service: Service, operation: str, request: Asking, answer: Answering) -> None:
    """Put a reading on record, where it is one of others' data and something was found.

    Raises:
        CommandRefused: it was not put on record, so that nothing may be answered.
    """
    who: Admitted | None = request.scope["state"].get(ADMITTED)
    failed = (answer.status_code or 200) not in {200, 304}  # none is said where it is 200
    if who is None or failed or request.method not in READING or operation in PUBLIC:
        return
    if not is_watched(who.caller):
        return
    read: Read = request.scope["state"].get(_READ) or Read(1, dict(request.path_params))
    if read.rows:
        about = {name: key for name in _SUBJECTS if (key := read.about.get(name)) and flaw(key) is None}
        command = RecordRead(operation=operation, rows=read.rows, **about)
        require_accepted(await service.front.submit(command, None, who.caller.actor))
