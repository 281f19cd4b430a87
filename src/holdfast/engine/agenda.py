"""The agenda: commands and deadlines, in the order of their time.

At one instant the commands of the timeline come first, then what the outside world answered, then deadlines:
what is done at the deadline is done in time. Deadlines of one instant come by the kind and id of their rows.
So every home plays the same, however it cuts the timeline into transactions.
"""

import heapq
from collections.abc import Callable, Iterable
from typing import NamedTuple

from holdfast.engine.execution import Executed, Outcome, Submission, execute, wake
from holdfast.kernel.actor import OUTSIDE
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Change, Desk, Missed, NotLoaded
from holdfast.kernel.rows import Answer, Fact, Row
from holdfast.reactions import WAKERS

Place = tuple[Instant, int, int, str]
"""A place in the order: time, sort of entry, number (of a command, or of the row's kind), id of the row."""

Entry = tuple[Instant, int, int, str, Submission | None]
First = tuple[Instant, type[Row], str, None] | tuple[Instant, None, str, Submission]
"""When it happens, and the row that wakes, or the command."""

React = Callable[[Fact], Iterable[Answer]]
Listen = Callable[[Submission | None, Instant, Outcome], None]
Enough = Callable[[type[Row] | None], bool]
"""Is asked after each command (None) and each deadline (its row's kind) that happened whether to stop."""

_COMMAND = 0
_ANSWER = 1
_WAKE = 2
_LAST = 3
_KINDS: tuple[type[Row], ...] = tuple(WAKERS)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


def wake_place(at: Instant, kind: type[Row], key: str) -> Place:
    """Return the place of a row's deadline."""
    return at, _WAKE, _NUMBERS[kind], key


def end_of(at: Instant) -> Place:
    """Return a place after everything of this instant."""
    return at, _LAST, 0, ""


def answered(answer: Answer, now: Instant) -> Submission:
    """Return an answer as it is submitted: not before what it answers."""
    at, command, *deciding = answer
    return Submission(command, max(at, now), None, deciding[0] if deciding else OUTSIDE)


def no_reaction(_fact: Fact) -> Iterable[Answer]:
    """Let the outside world answer nothing."""
    return ()


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear an outcome that nobody asked for."""


class Agenda:
    """What is to come. A row may stand in it several times: only its present deadline counts.

    `now` is the time that it is: what has its time before happens now. None where nothing has happened yet.
    `commands_left` are the commands of the timeline on it.
    """

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self.sequence = 0
        self.commands_left = 0
        self.now: Instant | None = None

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, submission: Submission) -> Place:
        """Put a command at its time, after those that were put there before; return its place."""
        self.sequence += 1
        self.commands_left += 1
        heapq.heappush(self._heap, (submission.at, _COMMAND, self.sequence, "", submission))
        return submission.at, _COMMAND, self.sequence, ""

    def add_answer(self, submission: Submission) -> None:
        """Put what the outside world answers at its time, after the commands of the timeline."""
        self.sequence += 1
        heapq.heappush(self._heap, (submission.at, _ANSWER, self.sequence, "", submission))

    def add_wake(self, at: Instant, kind: type[Row], key: str) -> None:
        """Put a row's deadline."""
        heapq.heappush(self._heap, (*wake_place(at, kind, key), None))

    def add_changed(self, changes: Iterable[Change], find: Callable[[type[Row], str], Row | None]) -> None:
        """Put the deadlines of rows that changed, as far as they did."""
        for kind, key, before in changes:
            if kind not in _NUMBERS:
                continue
            at: Instant | None = getattr(find(kind, key), "wake_at", None)
            if at is not None and (before is None or getattr(before, "wake_at", None) != at):
                self.add_wake(at, kind, key)

    def add_again(
        self, now: Instant, kind: type[Row], key: str, find: Callable[[type[Row], str], Row | None]
    ) -> None:
        """Put the deadline of a row that woke now and is due once more, now or before."""
        at: Instant | None = getattr(find(kind, key), "wake_at", None)
        if at is not None and at <= now:
            self.add_wake(at, kind, key)

    def submissions(self, until: Place) -> list[Submission]:
        """Return the commands and answers on it up to `until`, in no order."""
        return [entry[4] for entry in self._heap if entry[4] is not None and entry[:4] <= until]

    def places(self) -> list[Place]:
        """Return where its entries stand, ascending."""
        return sorted(entry[:4] for entry in self._heap)

    def commands(self) -> list[Submission]:
        """Return the commands of the timeline that are still to come, in their order."""
        return self._waiting(_COMMAND)

    def answers(self) -> list[Submission]:
        """Return what the outside world has still to answer, in the order of its making."""
        return self._waiting(_ANSWER)

    def _waiting(self, sort: int) -> list[Submission]:
        waiting = sorted((*entry[:3], entry[4]) for entry in self._heap if entry[1] == sort)
        return [submission for *_, submission in waiting if submission is not None]

    def pop(self) -> Entry:
        """Take the first entry."""
        entry = heapq.heappop(self._heap)
        self.commands_left -= entry[1] == _COMMAND
        return entry

    def pop_first(self, until: Place) -> First | None:
        """Take the first entry, where it is due by `until`. It is then its time, at least."""
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

    def split(self, until: Place | None, most: int) -> "Agenda":
        """Take out the first entries up to `until`, so many at most, as an agenda that numbers on."""
        taken = Agenda()
        while self._heap and len(taken) < most and (until is None or self._heap[0][:4] <= until):
            entry = self.pop()
            taken._heap.append(entry)  # ascending, and so a heap
            taken.commands_left += entry[1] == _COMMAND
        taken.sequence = self.sequence
        taken.now = self.now
        return taken

    def copy(self) -> "Agenda":
        """Return a copy, for a try that may have to be repeated."""
        twin = Agenda()
        twin._heap = list(self._heap)
        twin.sequence = self.sequence
        twin.commands_left = self.commands_left
        twin.now = self.now
        return twin

    def join(self, other: "Agenda") -> None:
        """Take in the commands that another agenda has left; deadlines stand on their rows."""
        while len(other):
            entry = other.pop()
            if entry[1] != _WAKE:
                heapq.heappush(self._heap, entry)
                self.commands_left += entry[1] == _COMMAND
        self.sequence = max(self.sequence, other.sequence)
        self.now = other.now


Fetch = Callable[[NotLoaded], bool]
"""Puts on the desk what was missed, and tells whether it did."""


def no_fetch(_miss: NotLoaded) -> bool:
    """Fetch nothing: what is missed is loaded for another play from the beginning."""
    return False


class Around(NamedTuple):
    """What surrounds a play.

    The outside world answers facts by `react`; `absorb` is told what happened, to keep it; `listen` hears
    each outcome once; `enough` says where to stop. Where the desk lacks what `fetch` can put there, the
    command or deadline that missed it is begun again.
    """

    react: React
    absorb: Callable[[Executed], None]
    listen: Listen
    enough: Enough
    fetch: Fetch = no_fetch


def _happen(desk: Desk, first: First, fetch: Fetch) -> Executed:
    """Do what comes first, and once more whenever what it missed was fetched."""
    mark = desk.ids.mark()
    while True:
        try:
            if first[3] is not None:
                return execute(desk, first[3])
            return wake(desk, first[1], first[2], first[0])
        except NotLoaded as miss:
            if not fetch(miss):
                raise
            desk.ids.reset(mark)  # the ids that it made were thrown away with all else that it did


def play(desk: Desk, agenda: Agenda, until: Place, around: Around) -> None:
    """Run everything up to `until`, in order, or until there was enough; what is left stays on the agenda.

    Raises:
        Missed: the desk lacks rows; what was done on it is to be thrown away, and done again with them.
    """
    react, absorb, listen, enough, fetch = around
    find = desk.find
    misses: list[NotLoaded] = []
    while (first := agenda.pop_first(until)) is not None:
        at, woken, key, submission = first
        try:
            executed = _happen(desk, first, fetch)
        except NotLoaded as miss:
            misses.append(miss)
            continue
        absorb(executed)
        agenda.add_changed(executed.changes, find)
        if woken and executed.changes:
            agenda.add_again(at, woken, key, find)
        for fact in executed.outcome.facts:
            for answer in react(fact):
                agenda.add_answer(answered(answer, at))
        listen(submission, at, executed.outcome)
        if (executed.changes or not woken) and enough(woken):
            break
    if misses:
        raise Missed(misses)
