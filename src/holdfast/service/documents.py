"""Documents: facts, rows and tasks as they are answered. Amounts stand as they are kept, in minor units."""

from typing import Any

import msgspec

from holdfast.engine.tasks import Task
from holdfast.house import TASKS
from holdfast.kernel.clock import Instant
from holdfast.telling.documents import document, fact

__all__ = ["document", "encoded", "fact", "task"]


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
