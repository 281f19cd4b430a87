"""Slices: a timeline and its deadlines, in transactions of bounded size, in the order of the agenda.

However many deadlines are due at one instant, memory stays flat, others wait for one slice at most, and a
committed slice stays done wherever the process ends. The size of slices does not change the result: the next
entry is always chosen among all that is due, see `engine.agenda`.
"""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from holdfast.engine.agenda import Agenda, Around, Rank, React, end_of, play, wake_rank
from holdfast.engine.execution import Executed, Outcome, Submission, fail, refused_at_sight, set_aside
from holdfast.house import Commands
from holdfast.kernel.clock import Instant, moment
from holdfast.kernel.rows import Row
from holdfast.postgres.keys import add_named, no_keys
from holdfast.postgres.progress import Progress
from holdfast.postgres.reading import Connection
from holdfast.postgres.running import is_of_the_work
from holdfast.postgres.session import Session, Work
from holdfast.postgres.tables import TABLES
from holdfast.postgres.transaction import Transactor
from holdfast.reactions import BY_ITSELF, WAKERS

SLICE = 200
"""The maximal size of a slice, in commands and deadlines: other writers may have to wait for one."""

Heard = list[tuple[Submission | None, Instant, Outcome]]


class Played(NamedTuple):
    """The result of a committed slice: the rest of its agenda, the outcomes, and the number of steps."""

    left: Agenda
    heard: Heard
    steps: int


class _Due(NamedTuple):
    rank: Rank
    kind: type[Row]
    key: str


class Coming:
    """A window over a timeline: its commands are put on the agenda as they come near."""

    def __init__(self, timeline: Iterable[Submission], agenda: Agenda) -> None:
        self.agenda = agenda
        self._timeline = iter(timeline)
        self._last: Rank | None = None
        self._over = False
        self._before = agenda.commands_left

    def bound(self, until: Instant | None, most: int) -> Rank | None:
        """Fill the agenda to `most` commands; return the rank up to which it is complete, None for all."""
        while not self._over and self.agenda.commands_left < most + self._before:
            submission = next(self._timeline, None)
            if submission is None:
                self._over = True
            else:
                self._last = self.agenda.add(submission)
        end = None if until is None else end_of(until)
        if self._over or self._last is None:
            return end
        return self._last if end is None else min(end, self._last)

    def keep(self) -> None:
        """Put all remaining commands on the agenda."""
        for submission in self._timeline:
            self.agenda.add(submission)


class Slicer:
    """The player of slices: each is chosen when the one before it is committed.

    A slice that fails while rows are read or written is bisected, down to the one command or deadline whose
    fault it is.
    """

    def __init__(
        self,
        transactor: Transactor,
        react: React,
        commands: Commands,
        timeline: str | None,
        steps: int,
        most: int,
    ) -> None:
        self._transactor = transactor
        self._react = react
        self._commands = commands
        self._timeline = timeline
        self._steps = steps
        self._most = most
        self._width = most

    def next(self, agenda: Agenda, bound: Rank | None) -> Played | None:
        """Play the next slice up to `bound` (None: of all that is left); return None where nothing is due."""
        fault: Exception | None = None
        while True:
            first = agenda.split(bound, self._width)
            try:
                played = self._transactor.in_turn(partial(self._choose, first, bound, fault))
            except Exception as error:
                agenda.join(first)
                if fault is not None or not is_of_the_work(error):
                    raise
                fault = error if self._width == 1 else None
                self._width = max(1, self._width // 2)
            except BaseException:
                agenda.join(first)
                raise
            else:
                break
        agenda.join(first if played is None else played.left)
        if played is not None:
            self._steps += played.steps
        self._width = min(self._most, 2 * self._width)
        return played

    def _choose(
        self, first: Agenda, bound: Rank | None, fault: Exception | None, connection: Connection
    ) -> Work[Played] | None:
        """Return the work of the next slice, merged from the due deadlines and the commands on `first`."""
        ranks = first.ranks()
        if len(ranks) == self._width:
            bound = ranks[-1]
        due = _due(connection, bound, self._width)
        order = sorted([*ranks, *(each.rank for each in due)])[: self._width]
        if not order:
            return None
        alone = min((each.rank for each in due if each.kind in BY_ITSELF), default=order[-1])
        last = min(order[-1], alone)
        if len(order) < self._width and alone >= order[-1] and bound is not None:
            last = bound
        return self._work(first.copy(), [each for each in due if each.rank <= last], last, fault)

    def _work(self, agenda: Agenda, due: list[_Due], last: Rank, fault: Exception | None) -> Work[Played]:
        keys = no_keys()
        for rank, kind, key in due:
            agenda.add_wake(rank[0], kind, key)
            keys[kind].add(key)
        unscouted: frozenset[str] = frozenset()
        if fault is None:
            for submission in agenda.submissions(last):
                if refused_at_sight(submission) is None:
                    add_named(keys, submission, self._commands)
        else:
            unscouted = frozenset(each.key for each in due)
        if self._timeline is not None:
            keys[Progress].add(self._timeline)
        return Work(keys, partial(self._do, agenda, last, fault), unscouted)

    def _do(self, agenda: Agenda, last: Rank, fault: Exception | None, session: Session) -> Played:
        """Play the slice on a copy of its agenda."""
        left = agenda.copy()
        heard: Heard = []
        steps = 0

        def listen(submission: Submission | None, at: Instant, outcome: Outcome) -> None:
            heard.append((submission, at, outcome))

        def enough(woken: type[Row] | None) -> bool:
            nonlocal steps
            steps += 1
            return steps == self._width or woken in BY_ITSELF

        if fault is None:
            around = Around(self._react, session.absorb, listen, enough, self._commands, session.fetch)
            play(session.desk, left, last, around)
        else:
            _give_up(left, last, fault, session, heard)
            steps = 1
        if self._timeline is not None and left.now is not None:
            done = self._steps + steps
            _put(Progress(id=self._timeline, until=left.now, done=False, steps=done), session)
        return Played(left, heard, steps)


def next_due(connection: Connection) -> Instant | None:
    """Return when the next deadline is due; None where none is to come."""
    return next((each.rank[0] for each in _due(connection, None, 1)), None)


def _due(connection: Connection, bound: Rank | None, most: int) -> list[_Due]:
    """Return the first `most` deadlines up to a sort key, in their order."""
    found: list[_Due] = []
    with connection.pipeline():
        cursors = [
            (
                kind,
                connection.cursor(binary=True).execute(
                    query, (None if bound is None else moment(bound[0]), most)
                ),
            )
            for kind, query in _QUERIES.items()
        ]
    for kind, cursor in cursors:
        for key, at in cursor.fetchall():
            rank = wake_rank(at, kind, key)
            if bound is None or rank <= bound:
                found.append(_Due(rank, kind, key))
    return sorted(found, key=lambda each: each.rank)[:most]


_QUERIES: dict[type[Row], bytes] = {
    kind: (
        f"SELECT id, wake_at FROM {TABLES[kind].name}"  # noqa: S608 - our own names
        " WHERE wake_at <= coalesce(%s, 'infinity'::timestamptz) ORDER BY wake_at, id LIMIT %s"
    ).encode()
    for kind in WAKERS
}


def _give_up(left: Agenda, last: Rank, fault: Exception, session: Session, heard: Heard) -> None:
    """Refuse the first command, or postpone the first deadline, for an internal error."""
    first = left.pop_first(last)
    assert first is not None, "a slice has something in it"
    at, kind, key, submission = first
    if submission is not None:
        executed = fail(session.desk.ids, submission, fault)
    else:
        assert kind is not None, "a deadline is of a row"
        executed = set_aside(session.desk, kind, key, at, fault)
    session.absorb(executed)
    heard.append((submission, at, executed.outcome))


def ending(progress: Progress) -> Work[None]:
    """Return the unit of work that marks a timeline as done."""
    keys = no_keys()
    keys[Progress].add(progress.id)
    return Work(keys, partial(_put, progress))


def _put(progress: Progress, session: Session) -> None:
    session.desk.put(progress, session.desk.find(Progress, progress.id))
    session.absorb(Executed(Outcome(), session.desk.changes))
    session.desk.changes = []
