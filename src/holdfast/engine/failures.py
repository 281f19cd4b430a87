"""Internal errors: faults of this program, isolated to one command or one deadline, and logged with an id.

A refusal says what a caller can mend. Any other exception of a handler, and any error in writing its result,
is a fault of this program: the caller is told so, the other commands of the batch are answered as if this one
had not been there, and the error goes to Python's logging with its traceback.
"""

import logging
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from holdfast.house import KEPT
from holdfast.journal.model import DeadlinePutAside, PutAside
from holdfast.kernel.actor import CLOCK
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.guard import ClockAhead, ClockBehind
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal, RefusalRecord
from holdfast.kernel.rows import Fact, Row
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

RETRY_AFTER = DAY
"""The time after which a failed deadline is retried: a person may have mended the cause by then."""

_log = logging.getLogger("holdfast")
_CLOCK = frozenset({ClockAhead.code, ClockBehind.code})


class InternalError(Refusal):
    """The command met an error of Holdfast's own."""

    code = "internal_error"
    sort = Sort.TROUBLE
    what = Text(
        "Holdfast 自身出错，未能完成；什么也没有做",
        "an error of Holdfast's own kept this from happening; nothing of it was done",
    )
    fix = Text(
        "请在引擎日志中查找 {incident} 及其原因；修复后原样重发",
        "Find {incident} in the engine's log, with the cause; once that is mended, send the same again",
    )


class Failure(NamedTuple):
    """An internal error: its id in the log, the exception, and the command or deadline that failed."""

    incident: str
    what: str
    error: Exception

    def log(self) -> None:
        """Write it to the log, with its traceback."""
        _log.error("%s: %s failed", self.incident, self.what, exc_info=self.error)


def failed(ids: Ids, now: Instant, error: Exception) -> tuple[RefusalRecord, Failure]:
    """Return the refusal of a command for an internal error, and the failure to be logged."""
    incident = ids.new(now)
    record = InternalError(f"incident:{incident}", incident=incident).record()
    return record, Failure(incident, "a command", error)


def _subject(name: str, row: Row) -> str | None:
    return row.id if KEPT[type(row)].named_after == name else getattr(row, name, None)


def put_aside(desk: Desk, kind: type[Row], key: str, now: Instant, error: Exception) -> tuple[Fact, Failure]:
    """Postpone a row's deadline; return the fact that tells so, and the failure to be logged.

    Raises:
        NotLoaded: the desk lacks the row.
    """
    row = desk.need(kind, key)
    known = desk.find(PutAside, f"{kind.__name__}/{key}")
    due_at: Instant | None = getattr(row, "wake_at", None)
    again_at = now + RETRY_AFTER
    body = DeadlinePutAside(
        row_kind=kind.__name__,
        row_id=key,
        due_at=now if due_at is None else due_at,
        again_at=again_at,
        order_id=_subject("order_id", row),
        merchant_id=_subject("merchant_id", row),
    )
    desk.put(replace(row, wake_at=again_at), row)
    fact = Fact(desk.ids.new(now), now, body, CLOCK)
    desk.put(_waiting(body, fact, known), known)
    return fact, Failure(fact.id, f"the deadline of {kind.__name__} {key}", error)


def _waiting(body: DeadlinePutAside, fact: Fact, known: PutAside | None) -> PutAside:
    """Return what stands for a deadline that failed: once more, or anew."""
    again = known if known is not None and known.wake_at is not None else None
    return PutAside(
        id=f"{body.row_kind}/{body.row_id}",
        row_kind=body.row_kind,
        row_id=body.row_id,
        since=fact.at if again is None else again.since,
        times=1 if again is None else again.times + 1,
        fact_id=fact.id,
        order_id=body.order_id,
        merchant_id=body.merchant_id,
        wake_at=body.again_at,
    )


def tell_operator(refusals: Iterable[RefusalRecord | None]) -> None:
    """Log once a batch that the guard of the clock refused: the operator has to hear it as callers do."""
    for refusal in refusals:
        if refusal is not None and refusal.code in _CLOCK:
            _log.error("%s", refusal)
            return
