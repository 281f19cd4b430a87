"""The progress of a long job on stderr: a bar on a terminal, nothing elsewhere."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bars:
    """A bar for each part of a job, by its name; a part appears when it is first told of."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def tell(self, name: str, share: float) -> None:
        """Show that `share` of a part is done, from 0 to 1."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=1.0)
        self._progress.update(self._tasks[name], completed=share)

    def say(self, text: str) -> None:
        """Say a line above the bars."""
        self._progress.console.print(text)


@contextmanager
def bars(*, quiet: bool) -> Generator[Bars]:
    """Show bars on stderr while the block runs, where it is a terminal and nobody asked for quiet."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True, quiet=quiet)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    shown = not quiet and sys.stderr.isatty()
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        yield Bars(progress)
