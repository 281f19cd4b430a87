"""Rehearsal (dry run): a command is decided as things stand, and nothing of it is kept.

The same handlers run over the same rows as when the command is run. What differs is the end: the changes are
told and thrown away. Ids that it would make are others when it is run.
"""

from typing import NamedTuple

from holdfast.engine.execution import Executed, Outcome
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Row


class Rehearsal(NamedTuple):
    """What a command would be answered, and the rows as it would leave them, each once."""

    outcome: Outcome
    rows: tuple[Row, ...] = ()


def rehearsed(desk: Desk, executed: Executed) -> Rehearsal:
    """Return what was executed as a rehearsal, while its changes are on the desk."""
    touched = dict.fromkeys((change.kind, change.id) for change in executed.changes)
    return Rehearsal(executed.outcome, tuple(desk.need(kind, key) for kind, key in touched))
