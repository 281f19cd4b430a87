"""The progress of a timeline: a checkpoint, written with each slice in its transaction."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Row


class Progress(Row, frozen=True, kw_only=True):
    """A timeline, by its name: its first `steps` commands and deadlines have happened, the last at `until`.

    `done` when nothing is to come.
    """

    until: Instant
    done: bool
    steps: int
