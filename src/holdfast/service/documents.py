"""Documents: facts, rows and tasks as they are answered. Amounts stand as they are kept, in minor units."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from holdfast.engine.tasks import Task
from holdfast.house import TASKS
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.service.times import instants, with_structs, written


def document(value: Any) -> Any:
    """Return a struct as a document: its tag, where it has one, and all its fields; times as RFC 3339."""
    found = msgspec.to_builtins(value)
    _write_times(value, found)
    return found


def _write_times(value: Any, found: Any) -> None:
    """Write the times of a struct, and of those within it, into its document."""
    if isinstance(value, msgspec.Struct):
        kind = type(value)
        for name in instants(kind):
            if found.get(name) is not None:
                found[name] = written(found[name])
        for name in with_structs(kind):
            _write_times(getattr(value, name), found.get(name))
    elif isinstance(value, tuple | list):
        for each, told in zip(cast("Iterable[Any]", value), found, strict=True):
            _write_times(each, told)


def fact(found: Fact) -> dict[str, Any]:
    """Return a fact: its id, its time, its kind, whose act it was, and its body."""
    return {
        "id": found.id,
        "at": written(found.at),
        "kind": found.kind,
        "actor": None if found.actor is None else msgspec.to_builtins(found.actor),
        "body": document(found.body),
    }


def task(found: Task, now: Instant) -> dict[str, Any]:
    """Return work that waits, with its words, and whether its deadline is over as it is `now`."""
    words = next(kind.words for kind in TASKS if kind.name == found.kind)
    return {
        **document(found),
        "what": {"zh": words.zh, "en": words.en},
        "overdue": found.due < now,
    }


def encoded(value: Any) -> bytes:
    """Write a document as JSON."""
    return msgspec.json.encode(value)
