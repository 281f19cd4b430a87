"""The agenda: a priority queue of commands and deadlines, by time, as in a discrete-event simulation.

At one instant the commands of the timeline come first, then the replies of the outside world, then deadlines:
whoever acts at the deadline acts in time. Deadlines of one instant come by the kind and id of their rows.
The order is total, so every home plays the same, however it cuts the timeline into transactions.
"""

import heapq
from collections.abc import Callable, Iterable
from typing import NamedTuple

from holdfast.engine.execution import Executed, Outcome, Submission, execute, wake
from holdfast.house import Commands
from holdfast.kernel.actor import OUTSIDE
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Change, Desk, Missed, NotLoaded
from holdfast.kernel.rows import Answer, Fact, Row
from holdfast.reactions import WAKERS

Rank = tuple[Instant, int, int, str]
"""A sort key of the queue: time, sort of entry, number (a command's, or the row's kind's), id of the row."""

Entry = tuple[Instant, int, int, str, Submission | None]
First = tuple[Instant, type[Row], str, None] | tuple[Instant, None, str, Submission]
"""The entry at the head of the queue: its time, and the row that wakes, or the command."""

React = Callable[[Fact], Iterable[Answer]]
Listen = Callable[[Submission | None, Instant, Outcome], None]
Enough = Callable[[type[Row] | None], bool]
"""A stop condition, asked after each command (None) and each deadline (its row's kind) that happened."""

_COMMAND = 0
_ANSWER = 1
_WAKE = 2
_LAST = 3
_KINDS: tuple[type[Row], ...] = tuple(WAKERS)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


def wake_rank(at: Instant, kind: type[Row], key: str) -> Rank:
    """Return the sort key of a row's deadline."""
    return at, _WAKE, _NUMBERS[kind], key


def end_of(at: Instant) -> Rank:
    """Return the sort key behind every entry of an instant."""
    return at, _LAST, 0, ""


def answered(answer: Answer, now: Instant) -> Submission:
    """Return a reply of the outside world as a submission, not earlier than the fact that it replies to."""
    at, command, *deciding = answer
    return Submission(command, max(at, now), None, deciding[0] if deciding else OUTSIDE)


def no_reaction(_fact: Fact) -> Iterable[Answer]:
    """A `React` of an outside world that never replies."""
    return ()


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear an outcome that nobody asked for."""


class Agenda:
    """The queue. A row may stand in it several times: only the entry of its present deadline counts.

    `now` is the current time of the play, None before its first entry: an entry of an earlier time happens
    now. `commands_left` counts the commands of the timeline that are still in the queue.
    """

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self.sequence = 0
        self.commands_left = 0
        self.now: Instant | None = None

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, submission: Submission) -> Rank:
        """Add a command of the timeline, behind earlier ones of the same time; return its sort key."""
        self.sequence += 1
        self.commands_left += 1
        heapq.heappush(self._heap, (submission.at, _COMMAND, self.sequence, "", submission))
        return submission.at, _COMMAND, self.sequence, ""

    def add_answer(self, submission: Submission) -> None:
        """Add a reply of the outside world at its time, behind the commands of the timeline."""
        self.sequence += 1
        heapq.heappush(self._heap, (submission.at, _ANSWER, self.sequence, "", submission))

    def add_wake(self, at: Instant, kind: type[Row], key: str) -> None:
        """Add the deadline of a row."""
        heapq.heappush(self._heap, (*wake_rank(at, kind, key), None))

    def add_changed(self, changes: Iterable[Change], find: Callable[[type[Row], str], Row | None]) -> None:
        """Add the deadlines of changed rows, where the deadline changed."""
        for kind, key, before in changes:
            if kind not in _NUMBERS:
                continue
            at: Instant | None = getattr(find(kind, key), "wake_at", None)
            if at is not None and (before is None or getattr(before, "wake_at", None) != at):
                self.add_wake(at, kind, key)

    def add_again(
        self, now: Instant, kind: type[Row], key: str, find: Callable[[type[Row], str], Row | None]
    ) -> None:
        """Add the deadline of a row that has just woken and is due again at once."""
        at: Instant | None = getattr(find(kind, key), "wake_at", None)
        if at is not None and at <= now:
            self.add_wake(at, kind, key)

    def submissions(self, until: Rank) -> list[Submission]:
        """Return the commands and replies in the queue up to `until`, in no order."""
        return [entry[4] for entry in self._heap if entry[4] is not None and entry[:4] <= until]

    def ranks(self) -> list[Rank]:
        """Return the sort keys of all entries, ascending."""
        return sorted(entry[:4] for entry in self._heap)

    def commands(self) -> list[Submission]:
        """Return the commands of the timeline that are left, in their order."""
        return self._waiting(_COMMAND)

    def answers(self) -> list[Submission]:
        """Return the pending replies of the outside world, in the order in which they were made."""
        return self._waiting(_ANSWER)

    def _waiting(self, sort: int) -> list[Submission]:
        waiting = sorted((*entry[:3], entry[4]) for entry in self._heap if entry[1] == sort)
        return [submission for *_, submission in waiting if submission is not None]

    def pop(self) -> Entry:
        """Take the first entry."""
        entry = heapq.heappop(self._heap)
        self.commands_left -= entry[1] == _COMMAND
        return entry

    def pop_first(self, until: Rank) -> First | None:
        """Pop the first entry if it is due by `until`, and move the time to it; time never goes back."""
        heap = self._heap
        if not heap or heap[0][:4] > until:
            return None
        at, sort, number, key, submission = heapq.heappop(heap)
        if self.now is not None and at < self.now:
            at = self.now
        self.now = at
        if submission is None:
            return at, _KINDS[number], key, None
        self.commands_left -= sort == _COMMAND
        return at, None, key, submission

    def split(self, until: Rank | None, most: int) -> "Agenda":
        """Move at most `most` entries, the first ones up to `until`, into a new agenda, and return it."""
        taken = Agenda()
        while self._heap and len(taken) < most and (until is None or self._heap[0][:4] <= until):
            entry = self.pop()
            taken._heap.append(entry)  # ascending, and so a heap
            taken.commands_left += entry[1] == _COMMAND
        taken.sequence = self.sequence
        taken.now = self.now
        return taken

    def copy(self) -> "Agenda":
        """Return a copy: a try that has to be repeated begins from it again."""
        twin = Agenda()
        twin._heap = list(self._heap)
        twin.sequence = self.sequence
        twin.commands_left = self.commands_left
        twin.now = self.now
        return twin

    def join(self, other: "Agenda") -> None:
        """Merge the commands that another agenda has left; deadlines need no merging, as rows carry them."""
        while len(other):
            entry = other.pop()
            if entry[1] != _WAKE:
                heapq.heappush(self._heap, entry)
                self.commands_left += entry[1] == _COMMAND
        self.sequence = max(self.sequence, other.sequence)
        self.now = other.now


Fetch = Callable[[NotLoaded], bool]
"""A function that loads a missed row onto the desk, and tells whether it could."""


def no_fetch(_miss: NotLoaded) -> bool:
    """A `Fetch` that loads nothing: the whole play is run again once the missed rows are loaded."""
    return False


class Around(NamedTuple):
    """The callbacks of a play, and the commands that its home answers.

    `react` is the simulated outside world, which replies to facts; `absorb` stores what happened; `listen`
    hears each outcome once; `enough` is the stop condition. Where `fetch` can load a missed row, only the
    command or deadline that missed it is run again.
    """

    react: React
    absorb: Callable[[Executed], None]
    listen: Listen
    enough: Enough
    commands: Commands
    fetch: Fetch = no_fetch


def _happen(desk: Desk, first: First, commands: Commands, fetch: Fetch) -> Executed:
    """Run the first entry, and run it again after each missed row that could be fetched."""
    mark = desk.ids.mark()
    while True:
        try:
            if first[3] is not None:
                return execute(desk, first[3], commands)
            return wake(desk, first[1], first[2], first[0])
        except NotLoaded as miss:
            if not fetch(miss):
                raise
            desk.ids.reset(mark)  # the ids that it made were thrown away with all else that it did


def play(desk: Desk, agenda: Agenda, until: Rank, around: Around) -> None:
    """Run all entries up to `until` in order, or up to the stop condition; the rest stays on the agenda.

    Raises:
        Missed: the desk lacks rows. Its changes are to be discarded, and the play repeated with these rows.
    """
    react, absorb, listen, enough, commands, fetch = around
    find = desk.find
    misses: list[NotLoaded] = []
    while (first := agenda.pop_first(until)) is not None:
        at, woken, key, submission = first
        try:
            executed = _happen(desk, first, commands, fetch)
        except NotLoaded as miss:
            misses.append(miss)
            continue
        if woken:
            if not executed.changes:  # it was due no longer: of an order's deadlines most are met in time
                continue
            absorb(executed)
            agenda.add_changed(executed.changes, find)
            agenda.add_again(at, woken, key, find)
        else:
            absorb(executed)
            agenda.add_changed(executed.changes, find)
        for fact in executed.outcome.facts:
            for answer in react(fact):
                agenda.add_answer(answered(answer, at))
        listen(submission, at, executed.outcome)
        if enough(woken):
            break
    if misses:
        raise Missed(misses)
