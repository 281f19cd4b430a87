"""The agenda: commands and deadlines, in the order of their time.

At one instant the commands of the timeline come first, then what the outside world answered, then deadlines:
what is done at the deadline is done in time. Deadlines of one instant come by the kind and id of their rows.
So every home plays the same, however it cuts the timeline into transactions.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator

from holdfast.engine.execution import Executed, Outcome, Submission, execute, wake
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Change, Desk, Missed, NotLoaded
from holdfast.kernel.rows import Command, Fact, Row
from holdfast.reactions import WAKERS

Entry = tuple[Instant, int, int, str, Submission | None]
React = Callable[[Fact], Iterable[tuple[Instant, Command]]]
Listen = Callable[[Submission | None, Instant, Outcome], None]

_COMMAND = 0
_ANSWER = 1
_WAKE = 2
_KINDS: tuple[type[Row], ...] = tuple(WAKERS)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


def no_reaction(_fact: Fact) -> Iterable[tuple[Instant, Command]]:
    """Let the outside world answer nothing."""
    return ()


class Agenda:
    """What is to come. A row may stand in it several times: only its present deadline counts."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self.sequence = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, submission: Submission) -> None:
        """Put a command at its time, after those that were put there before."""
        self.sequence += 1
        heapq.heappush(self._heap, (submission.at, _COMMAND, self.sequence, "", submission))

    def add_answer(self, submission: Submission) -> None:
        """Put what the outside world answers at its time, after the commands of the timeline."""
        self.sequence += 1
        heapq.heappush(self._heap, (submission.at, _ANSWER, self.sequence, "", submission))

    def add_wake(self, at: Instant, kind: type[Row], key: str) -> None:
        """Put a row's deadline."""
        heapq.heappush(self._heap, (at, _WAKE, _NUMBERS[kind], key, None))

    def add_changed(self, changes: Iterable[Change], find: Callable[[type[Row], str], Row | None]) -> None:
        """Put the deadlines of rows that changed, as far as they did."""
        for kind, key, before in changes:
            if kind not in _NUMBERS:
                continue
            at: Instant | None = getattr(find(kind, key), "wake_at", None)
            if at is not None and (before is None or getattr(before, "wake_at", None) != at):
                self.add_wake(at, kind, key)

    def add_again(
        self, at: Instant, kind: type[Row], key: str, find: Callable[[type[Row], str], Row | None]
    ) -> None:
        """Put the deadline of a row that woke at `at` and is to wake at that very instant once more."""
        if getattr(find(kind, key), "wake_at", None) == at:
            self.add_wake(at, kind, key)

    def next_at(self) -> Instant | None:
        """Return the time of the first entry."""
        return self._heap[0][0] if self._heap else None

    def submissions(self) -> Iterator[Submission]:
        """Return the commands on it, in no order."""
        return (entry[4] for entry in self._heap if entry[4] is not None)

    def answers(self) -> list[Submission]:
        """Return what the outside world has still to answer, in the order of its making."""
        waiting = sorted((*entry[:3], entry[4]) for entry in self._heap if entry[1] == _ANSWER)
        return [submission for *_, submission in waiting if submission is not None]

    def pop(self) -> Entry:
        """Take the first entry."""
        return heapq.heappop(self._heap)

    def split(self, until: Instant) -> "Agenda":
        """Take out all entries up to `until`, as an agenda of their own that numbers on."""
        first = Agenda()
        while self._heap and self._heap[0][0] <= until:
            first._heap.append(heapq.heappop(self._heap))  # ascending, and so a heap
        first.sequence = self.sequence
        return first

    def copy(self) -> "Agenda":
        """Return a copy, for a try that may have to be repeated."""
        twin = Agenda()
        twin._heap = list(self._heap)
        twin.sequence = self.sequence
        return twin

    def join(self, other: "Agenda") -> None:
        """Take in the commands that another agenda has left; deadlines stand on their rows."""
        while len(other):
            entry = other.pop()
            if entry[1] != _WAKE:
                heapq.heappush(self._heap, entry)
        self.sequence = max(self.sequence, other.sequence)


def play(
    desk: Desk,
    agenda: Agenda,
    until: Instant,
    react: React,
    absorb: Callable[[Executed], None],
    listen: Listen,
    *,
    since: Instant | None = None,
) -> None:
    """Run everything up to `until`, in order; the outside world answers facts by `react`.

    `absorb` is told what happened, to keep it; `listen` hears each outcome once. What was due before `since`
    happens then.

    Raises:
        Missed: the desk lacks rows; what was done on it is to be thrown away, and done again with them.
    """
    find = desk.find
    misses: list[NotLoaded] = []
    now = since
    while (due := agenda.next_at()) is not None and due <= until:
        _, _, number, key, submission = agenda.pop()
        at = now = due if now is None else max(now, due)  # a deadline that has passed happens now
        woken = submission is None
        try:
            executed = wake(desk, _KINDS[number], key, at) if woken else execute(desk, submission)
        except NotLoaded as miss:
            misses.append(miss)
            continue
        absorb(executed)
        agenda.add_changed(executed.changes, find)
        if woken and executed.changes:
            agenda.add_again(at, _KINDS[number], key, find)
        for fact in executed.outcome.facts:
            for then, command in react(fact):
                agenda.add_answer(Submission(command, max(then, at)))
        listen(submission, at, executed.outcome)
    if misses:
        raise Missed(misses)
