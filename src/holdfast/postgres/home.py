"""The home over PostgreSQL. See `engine.home.Home` for what each method promises."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, TypeVar, Union

import msgspec
from msgspec.structs import replace

from holdfast.engine.agenda import Agenda, Listen, React, no_reaction, play
from holdfast.engine.clock import tell_operator
from holdfast.engine.execution import (
    Executed,
    Outcome,
    Submission,
    execute_checked,
    refused_at_sight,
    require_accepted,
)
from holdfast.kernel.clock import DAY, Instant, moment
from holdfast.kernel.desk import Missed, NotLoaded
from holdfast.kernel.guard import GUARD, Guard
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact, FactBody, Row
from holdfast.ledger.model import Transfer
from holdfast.policy.model import AdoptPolicy, Policy
from holdfast.postgres import reading
from holdfast.postgres.keys import Keys, add_named, no_keys, unscouted
from holdfast.postgres.migrate import migrate
from holdfast.postgres.progress import Progress
from holdfast.postgres.tables import TABLES
from holdfast.postgres.transaction import Session, Transactor
from holdfast.postgres.wire import open_wire
from holdfast.reactions import WAKERS

R = TypeVar("R", bound=Row)

STRETCH = 400
"""Commands of a timeline that are played in one transaction."""

_Heard = list[tuple[Submission | None, Instant, Outcome]]


def _kinds(base: type[FactBody]) -> Iterator[type[FactBody]]:
    derived = base.__subclasses__()
    if not derived:
        yield base
    for kind in derived:
        yield from _kinds(kind)


def body_decoder() -> msgspec.json.Decoder[FactBody]:
    """Return what reads a fact's body, of any kind and revision: a field that was added has a default."""
    return msgspec.json.Decoder(Union[tuple(_kinds(FactBody))])  # noqa: UP007 - made of a list


class Postgres:
    """Rows and facts in PostgreSQL. One of these is one connection: a thread has its own.

    Where `timeline` names what is played, how far it came is kept with the rows, so that it can be resumed.
    """

    def __init__(
        self,
        url: str,
        schema: str | None,
        ids: Ids,
        timeline: str | None = None,
        *,
        guard: Guard | None = GUARD,
    ) -> None:
        """Connect; without a `guard`, whatever time is handed in is the present."""
        self._timeline = timeline
        self._guard = guard
        self._agenda = Agenda()
        self._connect = partial(open_wire, url, schema)
        self._transactor = Transactor(self._connect, ids)
        self._bodies = body_decoder()

    @staticmethod
    @contextmanager
    def open(
        url: str,
        *,
        schema: str | None = None,
        ids: Ids,
        timeline: str | None = None,
        guard: Guard | None = GUARD,
    ) -> Generator["Postgres"]:
        """Open a home, its schema brought up to date.

        Raises:
            ServerUnreachable, SchemaAhead, DatabaseForeign: see `migrate`.
        """
        migrate(url, schema)
        home = Postgres(url, schema, ids, timeline, guard=guard)
        try:
            yield home
        finally:
            home.close()

    def close(self) -> None:
        """Close the connection."""
        self._transactor.close()

    def adopt(self, policy: Policy, at: Instant) -> None:
        """See `Home.adopt`."""
        guard = None if self._guard is None else self._guard.forward()
        [outcome] = self._run_guarded([Submission(AdoptPolicy(policy=policy), at)], guard)
        require_accepted(outcome)

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """See `Home.run`."""
        return self._run_guarded(batch, self._guard)

    def _run_guarded(self, batch: Sequence[Submission], guard: Guard | None) -> list[Outcome]:
        keys = no_keys()
        fresh: set[str] = set()
        refused = [refused_at_sight(submission) for submission in batch]
        for submission, refusal in zip(batch, refused, strict=True):
            if refusal is None:
                add_named(keys, submission)
                fresh.update(unscouted(submission.command))
        outcomes = self._transactor.transact(keys, partial(_run, batch, refused, guard), frozenset(fresh))
        tell_operator(outcome.refusal for outcome in outcomes)
        return outcomes

    def advance(self, to: Instant) -> int:
        """See `Home.advance`."""
        made = 0

        def listen(_submission: Submission | None, _at: Instant, outcome: Outcome) -> None:
            nonlocal made
            made += len(outcome.facts)

        if self._guard is not None:
            to = self._present(to, self._guard)
        self._play_timeline((), no_reaction, listen, to, guarded=self._guard is not None)
        return made

    def newest_at(self) -> Instant | None:
        """Return when the newest fact happened, or up to when time was moved by command; None for no fact."""
        return self._transactor.latest_at()

    def _present(self, at: Instant, guard: Guard) -> Instant:
        try:
            return guard.present(at, self.newest_at())
        except Refusal as refusal:
            tell_operator([refusal.record()])
            raise

    def play(
        self, timeline: Iterable[Submission], *, react: React, listen: Listen, until: Instant | None = None
    ) -> None:
        """See `Home.play`."""
        self._play_timeline(timeline, react, listen, until, guarded=False)
        if until is not None:
            self._transactor.move_to(until)

    def _play_timeline(
        self,
        timeline: Iterable[Submission],
        react: React,
        listen: Listen,
        until: Instant | None,
        *,
        guarded: bool,
    ) -> None:
        """Play stretch by stretch; where it is `guarded`, nothing happens before the newest fact."""
        coming = iter(timeline)
        agenda, self._agenda = self._agenda, Agenda()
        while (end := self._next_stretch(coming, agenda, until)) is not None:
            now = agenda.split(end)
            keys = self._keys_of(now, end)
            work = partial(_play, now, end, react, self._timeline, guarded=guarded)
            later, heard = self._transactor.transact(keys, work)
            agenda.join(later)
            for submission, at, outcome in heard:
                listen(submission, at, outcome)
        for submission in coming:
            agenda.add(submission)
        self._agenda = agenda  # what is after `until` waits for the next call
        progress = self.progress()
        if until is None and progress is not None:
            done = replace(progress, done=True)
            self._transactor.transact(self._keys_of(Agenda(), 0), partial(_put_progress, done))

    def progress(self) -> Progress | None:
        """Return how far the named timeline was played; None where it was not begun, or none is named."""
        return None if self._timeline is None else self.row(Progress, self._timeline)

    def resume(self, answers: Sequence[Submission], mark: tuple[Instant, int]) -> None:
        """Go on after a break: the next `play` also expects what the outside world had still to answer.

        Args:
            answers: in their order, all after the time up to which was played.
            mark: where the source of ids stood, see `Ids.mark`.
        """
        for answer in answers:
            self._agenda.add_answer(answer)
        self._transactor.reset_ids(mark)

    def _next_stretch(
        self, coming: Iterator[Submission], agenda: Agenda, until: Instant | None
    ) -> Instant | None:
        """Put the next commands on the agenda; return until when to play, None where nothing is left."""
        stretch = list(islice(coming, STRETCH))
        if stretch:
            following = next(coming, None)
            while following is not None and following.at == stretch[-1].at:
                stretch.append(following)
                following = next(coming, None)
            for submission in stretch:
                agenda.add(submission)
            if following is not None:
                agenda.add(following)  # it waits there: its time is after this stretch's end
            return stretch[-1].at if until is None else min(stretch[-1].at, until)
        times = [at for at in (agenda.next_at(), self._next_wake()) if at is not None]
        if not times or (until is not None and min(times) > until):
            return None
        end = min(times) + DAY
        return end if until is None else min(end, until)

    def _next_wake(self) -> Instant | None:
        firsts = " UNION ALL ".join(
            f"(SELECT wake_at FROM {TABLES[kind].name}"  # noqa: S608 - our own names
            " WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1)"
            for kind in WAKERS
        )
        rows = self._query(f"SELECT min(wake_at) FROM ({firsts}) AS firsts")  # noqa: S608
        return rows[0][0]

    def _keys_of(self, agenda: Agenda, end: Instant) -> Keys:
        """Return the rows that a stretch touches, and put on its agenda the deadlines that fall into it."""
        keys = no_keys()
        if self._timeline is not None:
            keys[Progress].add(self._timeline)
        for submission in agenda.submissions():
            if refused_at_sight(submission) is None:
                add_named(keys, submission)
        for kind in WAKERS:
            query = f"SELECT id, wake_at FROM {TABLES[kind].name} WHERE wake_at <= %s"  # noqa: S608
            for key, at in self._query(query, (moment(end),)):
                agenda.add_wake(at, kind, key)
                keys[kind].add(key)
        return keys

    def row(self, kind: type[R], key: str) -> R | None:
        """See `Home.row`."""
        keys = no_keys()
        keys[kind].add(key)
        loaded = reading.Loaded()
        reading.take(self._transactor.read(partial(reading.ask, keys=keys, lock=False)), loaded)
        return loaded[kind][key]

    def rows(self, kind: type[R]) -> Iterator[R]:
        """See `Home.rows`."""
        table = TABLES[kind]
        query = f"SELECT {', '.join(table.names)} FROM {table.name} ORDER BY id"  # noqa: S608
        for values in self._stream(query, {}):
            yield table.decode(values)  # pyright: ignore[reportReturnType]

    def facts(self, *, order_id: str | None = None, merchant_id: str | None = None) -> Iterator[Fact]:
        """See `Home.facts`."""
        wanted = {"order_id": order_id, "merchant_id": merchant_id}
        conditions = [f"{name} = %({name})s" for name, value in wanted.items() if value is not None]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        query = f"SELECT id, at, body FROM facts{where} ORDER BY id"  # noqa: S608
        for key, at, body in self._stream(query, wanted):
            yield Fact(key, at, self._bodies.decode(body))

    def entries(self, account_id: str, until: Instant | None = None) -> Iterator[Transfer]:
        """See `Home.entries`."""
        table = TABLES[Transfer]
        columns = ", ".join(table.names)
        bound = "" if until is None else " AND at <= %(until)s"
        query = (
            f"SELECT {columns} FROM ("  # noqa: S608 - our own names
            f"SELECT {columns}, from_version AS v FROM transfers WHERE from_id = %(account)s{bound}"
            f" UNION ALL SELECT {columns}, to_version FROM transfers WHERE to_id = %(account)s{bound}"
            ") AS entries ORDER BY v"
        )
        parameters = {"account": account_id, "until": None if until is None else moment(until)}
        for values in self._stream(query, parameters):
            yield table.decode(values)  # pyright: ignore[reportReturnType]

    def _query(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask between transactions."""
        return self._transactor.read(
            lambda connection: connection.cursor(binary=True).execute(query.encode(), parameters).fetchall()
        )

    def _stream(self, query: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        connection = self._connect()
        try:
            yield from reading.stream(connection, query, parameters)
        finally:
            connection.close()


def _run(
    batch: Sequence[Submission], refused: Sequence[Outcome | None], guard: Guard | None, session: Session
) -> list[Outcome]:
    """Run every command that was not refused at sight, so that all missing rows are known after one try."""
    outcomes: list[Outcome] = []
    misses: list[NotLoaded] = []
    for submission, refusal in zip(batch, refused, strict=True):
        if refusal is not None:
            outcomes.append(refusal)
            continue
        try:
            executed = execute_checked(session.desk, submission, guard)
        except NotLoaded as miss:
            misses.append(miss)
        else:
            session.absorb(executed)
            outcomes.append(executed.outcome)
    if misses:
        raise Missed(misses)
    return outcomes


def _play(
    agenda: Agenda, end: Instant, react: React, timeline: str | None, session: Session, *, guarded: bool
) -> tuple[Agenda, _Heard]:
    """Play a stretch on a copy of its agenda; return what is left of it, and what happened."""
    left = agenda.copy()
    heard: _Heard = []

    def listen(submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        heard.append((submission, at, outcome))

    since = session.desk.latest_at if guarded else None
    play(session.desk, left, end, react, session.absorb, listen, since=since)
    if timeline is not None:
        _put_progress(Progress(id=timeline, until=end, done=False), session)
    return left, heard


def _put_progress(progress: Progress, session: Session) -> None:
    session.desk.put(progress)
    session.absorb(Executed(Outcome(), session.desk.changes))
    session.desk.changes = []
