"""Documents: facts, rows and tasks as they are answered. Amounts stand as they are kept, in minor units."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from holdfast.engine.tasks import Task
from holdfast.house import TASKS
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.service.times import instants, written


def document(value: Any) -> Any:
    """Return a struct as a document: its tag, where it has one, and all its fields; times as RFC 3339."""
    if isinstance(value, msgspec.Struct):
        kind = type(value)
        tag = kind.__struct_config__.tag
        times = instants(kind)
        found: dict[str, Any] = {} if tag is None else {"type": tag}
        for name in kind.__struct_fields__:
            part = getattr(value, name)
            if part is msgspec.UNSET:
                continue
            found[name] = written(part) if name in times and part is not None else document(part)
        return found
    if isinstance(value, tuple | list):
        return [document(each) for each in cast("Iterable[Any]", value)]
    return msgspec.to_builtins(value)


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
