"""The progress of a long job on stderr: bars on a terminal, elsewhere a plain line every ten seconds.

Both say how long it has taken and, as soon as that can be told, about how long it still takes.
"""

import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Protocol

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

LINE_SECONDS = 10.0
"""Seconds between two lines where stderr is no terminal; a job that is over before says none."""

WHOLE = "全部 all"
"""The name of all parts together."""

_TELLING = 0.005
"""The share of a part from which on the time that is left can be estimated."""


class _Known(NamedTuple):
    """A part: when it was first reported, in seconds of the clock, and its share done then and now.

    The share at first was finished before, by a run that was broken off, and says nothing of the speed.
    """

    since: float
    first: float
    share: float


class Course:
    """How far the parts of a job are; `plan` gives the cost of each, for the time that all of them take."""

    def __init__(self, now: float) -> None:
        self.began = now
        self.part = ""
        self._parts: dict[str, _Known] = {}
        self._weights: dict[str, float] = {}
        self._planned = now

    def plan(self, weights: Mapping[str, float], now: float) -> None:
        """Set which parts are to come and the cost of each, in any one unit."""
        total = sum(weights.values())
        self._weights = {name: weight / total for name, weight in weights.items()} if total else {}
        self._planned = now

    def tell(self, name: str, share: float, now: float) -> None:
        """Note that `share` of a part is done, from 0 to 1."""
        self.part = name
        known = self._parts.get(name)
        self._parts[name] = _Known(now, share, share) if known is None else known._replace(share=share)

    def share(self, name: str) -> float:
        """Return the share of a part that is done, from 0 to 1."""
        return self._known(name).share

    def left(self, name: str, now: float) -> float | None:
        """Return about how many seconds a part still takes at the speed so far; None: unknown."""
        known = self._known(name)
        done = known.share - known.first
        return None if done < _TELLING else (now - known.since) * (1 - known.share) / done

    def _known(self, name: str) -> _Known:
        if name != WHOLE:
            return self._parts.get(name, _Known(self.began, 0.0, 0.0))
        each = [(self._known(part), weight) for part, weight in self._weights.items()]
        return _Known(
            self._planned,
            sum(known.first * weight for known, weight in each),
            sum(known.share * weight for known, weight in each),
        )

    @property
    def planned(self) -> bool:
        """Tell whether it is known which parts are to come."""
        return bool(self._weights)

    def line(self, now: float, doing: str = "") -> str:
        """Return the progress as a line; `doing` names the work where no part was reported."""
        names = [self.part] if self.part else []
        if self.planned:
            names.append(WHOLE)
        told = ", ".join(f"{name} {self.share(name):.0%}" for name in names) or doing
        left = None if not names else self.left(names[-1], now)
        remains = "" if left is None else f", 约剩 about {span(left)} left"
        return f"{told}{': ' if told else ''}已用 {span(now - self.began)} so far{remains}"


def span(seconds: float) -> str:
    """Write a length of time for people: hours, minutes and seconds, as `1:05` for 65 seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Bars(Protocol):
    """Shows how far a job is, part by part; a part appears when it is first reported."""

    def plan(self, weights: Mapping[str, float]) -> None:
        """Set which parts are to come and the cost of each, in any one unit: so all can be timed."""
        ...

    def tell(self, name: str, share: float) -> None:
        """Show that `share` of a part is done, from 0 to 1."""
        ...

    def say(self, text: str) -> None:
        """Say a line beside the progress."""
        ...


class _Shown:
    """Bars on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._course = Course(time.monotonic())

    def plan(self, weights: Mapping[str, float]) -> None:
        self._course.plan(weights, time.monotonic())

    def tell(self, name: str, share: float) -> None:
        self._course.tell(name, share, time.monotonic())
        self._show(name, share)
        if self._course.planned:
            self._show(WHOLE, self._course.share(WHOLE))

    def _show(self, name: str, share: float) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=1.0)
        self._progress.update(self._tasks[name], completed=share)

    def say(self, text: str) -> None:
        self._progress.console.print(text)


class _Lines:
    """Writes a line now and then, on a thread of its own: also while a part reports nothing for long."""

    def __init__(self, doing: str, write: Callable[[str], object]) -> None:
        self._doing = doing
        self._write = write
        self._course = Course(time.monotonic())
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def plan(self, weights: Mapping[str, float]) -> None:
        with self._lock:
            self._course.plan(weights, time.monotonic())

    def tell(self, name: str, share: float) -> None:
        with self._lock:
            self._course.tell(name, share, time.monotonic())

    def say(self, text: str) -> None:
        self._write(f"{text}\n")

    def run(self) -> None:
        """Write until the job is over."""
        while not self._ended.wait(LINE_SECONDS):
            with self._lock:
                line = self._course.line(time.monotonic(), self._doing)
            try:
                self._write(f"{line}\n")
            except (OSError, ValueError):  # whoever read stderr has gone: the job goes on
                return

    def end(self) -> None:
        """Let the thread end; nothing is written after this returns."""
        self._ended.set()


class _Silent:
    """Shows nothing, as the user asked for quiet."""

    def plan(self, weights: Mapping[str, float]) -> None:
        pass

    def tell(self, name: str, share: float) -> None:
        pass

    def say(self, text: str) -> None:
        pass


@contextmanager
def bars(*, quiet: bool, doing: str = "") -> Generator[Bars]:
    """Show on stderr how far the block is while it runs, unless somebody asked for quiet.

    Args:
        quiet: show nothing.
        doing: a name for the block's work, where it cannot tell how far it is.
    """
    if quiet:
        yield _Silent()
    elif sys.stderr.isatty():
        console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("约剩 left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            if doing:
                progress.add_task(doing, total=None)
            yield _Shown(progress)
    else:
        lines = _Lines(doing, _to_stderr)
        thread = threading.Thread(target=lines.run, name="progress", daemon=True)
        thread.start()
        try:
            yield lines
        finally:
            lines.end()
            thread.join()


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
