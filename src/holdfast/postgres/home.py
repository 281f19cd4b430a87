"""The home over PostgreSQL. See `engine.home.Home` for the contract of each method."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar, Union

import msgspec
from msgspec.structs import replace

from holdfast.engine.agenda import Agenda, Listen, React, no_reaction, unheard
from holdfast.engine.execution import Outcome, Submission, require_accepted
from holdfast.engine.failures import tell_operator
from holdfast.engine.rehearsing import Rehearsal
from holdfast.engine.tasks import Span, Task, task_page
from holdfast.house import COMMANDS, KEPT, Commands
from holdfast.journal import stored
from holdfast.journal.feed import Cursor, Reader
from holdfast.journal.listing import Entries, begun, listing
from holdfast.journal.pages import FACT_ID, Answer, Asked, Subject, check_limit, cut, place_of
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant, moment
from holdfast.kernel.guard import GUARD, Guard
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact, FactBody, Row
from holdfast.kernel.task import TaskKind
from holdfast.ledger.model import Transfer
from holdfast.policy.model import AdoptPolicy, Policy
from holdfast.postgres import fact_pages, journal, reading, running, task_rows
from holdfast.postgres.caching import CachingTransactor
from holdfast.postgres.keepers import Keepers
from holdfast.postgres.keys import no_keys
from holdfast.postgres.migrate import migrate
from holdfast.postgres.progress import Progress
from holdfast.postgres.slices import SLICE, Coming, Slicer, ending
from holdfast.postgres.streams import Streams
from holdfast.postgres.tables import TABLES
from holdfast.postgres.transaction import Transactor
from holdfast.postgres.wire import open_wire

R = TypeVar("R", bound=Row)
T = TypeVar("T")


def _kinds(base: type[FactBody]) -> Iterator[type[FactBody]]:
    derived = base.__subclasses__()
    if not derived:
        yield base
    for kind in derived:
        yield from _kinds(kind)


def body_decoder() -> msgspec.json.Decoder[FactBody]:
    """Return the decoder of facts' bodies, of every kind and revision: added fields have defaults."""
    return msgspec.json.Decoder(Union[tuple(_kinds(FactBody))])  # noqa: UP007 - made of a list


class Postgres:
    """Rows and facts in PostgreSQL. An instance has one connection for its transactions: one per thread.

    Streamed reads take further connections from a small pool.

    `timeline` names the history that is played: its progress is then stored with the rows, so that it can be
    resumed. `most` is the maximal size of a slice, in commands and deadlines. `cache` is the number of rows
    that a play caches while it is the only writer of the schema; other writers wait for its next slice.
    `keepers` store rows that have no table, where commands are to touch them. `commands` are those that it
    answers.
    """

    def __init__(
        self,
        url: str,
        schema: str | None,
        ids: Ids,
        timeline: str | None = None,
        *,
        guard: Guard | None = GUARD,
        most: int = SLICE,
        cache: int = 0,
        keepers: Keepers = MappingProxyType({}),
        commands: Commands = COMMANDS,
    ) -> None:
        """Connect; without a `guard`, whatever time is handed in is the present."""
        self._timeline = timeline
        self._guard = guard
        self._commands = commands
        self._slice = most
        self._steps = 0
        self._agenda = Agenda()
        self._connect = partial(open_wire, url, schema)
        self._transactor = (
            CachingTransactor(self._connect, ids, cache, keepers)
            if cache
            else Transactor(self._connect, ids, keepers=keepers)
        )
        self._bodies = body_decoder()
        self._streams = Streams(self._connect)

    @staticmethod
    @contextmanager
    def open(
        url: str,
        *,
        schema: str | None = None,
        ids: Ids,
        timeline: str | None = None,
        guard: Guard | None = GUARD,
        most: int = SLICE,
        cache: int = 0,
        commands: Commands = COMMANDS,
    ) -> Generator["Postgres"]:
        """Open a home, its schema brought up to date.

        Raises:
            ServerUnreachable, SchemaAhead, DatabaseForeign: see `migrate`.
        """
        migrate(url, schema)
        home = Postgres(url, schema, ids, timeline, guard=guard, most=most, cache=cache, commands=commands)
        try:
            yield home
        finally:
            home.close()

    def close(self) -> None:
        """Close the connections."""
        self._transactor.close()
        self._streams.close()

    def adopt(self, policy: Policy, at: Instant) -> None:
        """See `Home.adopt`."""
        guard = None if self._guard is None else self._guard.forward()
        [outcome] = self._run_guarded([Submission(AdoptPolicy(policy=policy), at)], guard)
        require_accepted(outcome)

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """See `Home.run`."""
        return self._run_guarded(batch, self._guard)

    def _run_guarded(self, batch: Sequence[Submission], guard: Guard | None) -> list[Outcome]:
        outcomes = running.run(self._transactor, batch, self._commands, guard)
        tell_operator(outcome.refusal for outcome in outcomes)
        return outcomes

    def rehearse(self, batch: Sequence[Submission]) -> list[Rehearsal]:
        """See `Home.rehearse`."""
        return running.rehearse(self._transactor, batch, self._commands, self._guard)

    def advance(self, to: Instant) -> int:
        """See `Home.advance`. A slice at a time, each in a transaction of its own."""
        facts = 0

        def listen(_submission: Submission | None, _at: Instant, outcome: Outcome) -> None:
            nonlocal facts
            facts += len(outcome.facts)

        for _ in self.advancing(to, listen):
            pass
        return facts

    def advancing(self, to: Instant, listen: Listen = unheard) -> Generator[int]:
        """Let every deadline up to `to` happen, slice by slice: after each, yield how many it had.

        Raises:
            ClockAhead, ClockBehind: see `Home.advance`.
        """
        since = None
        if self._guard is not None:
            since = self.newest_at()
            to = self._present(to, self._guard, since)
        yield from self.slices((), react=no_reaction, listen=listen, until=to, since=since)

    def newest_at(self) -> Instant | None:
        """Return when the newest fact happened, or up to when time was moved by command; None for no fact."""
        return self._transactor.latest_at()

    def _present(self, at: Instant, guard: Guard, newest: Instant | None) -> Instant:
        try:
            return guard.present(at, newest)
        except Refusal as refusal:
            tell_operator([refusal.record()])
            raise

    def play(
        self, timeline: Iterable[Submission], *, react: React, listen: Listen, until: Instant | None = None
    ) -> None:
        """See `Home.play`."""
        for _ in self.slices(timeline, react=react, listen=listen, until=until):
            pass
        if until is not None:
            self._transactor.move_to(until)

    def slices(
        self,
        timeline: Iterable[Submission],
        *,
        react: React,
        listen: Listen,
        until: Instant | None = None,
        since: Instant | None = None,
    ) -> Generator[int]:
        """Play slice by slice, and yield the number of steps of each slice once it is committed.

        A step is a command, or a deadline that happened. A caller may stop iterating at any slice: the rest
        has not happened, and is played by the next call. What was due before `since` happens then.
        """
        if since is not None:
            self._agenda.now = since
        coming = Coming(timeline, self._agenda)
        slicer = Slicer(self._transactor, react, self._commands, self._timeline, self._steps, self._slice)
        try:
            while (played := slicer.next(coming.agenda, coming.bound(until, self._slice))) is not None:
                self._steps += played.steps
                for submission, at, outcome in played.heard:
                    listen(submission, at, outcome)
                yield played.steps
        finally:
            coming.keep()  # what is after `until` waits for the next call
            self._agenda.now = None
            self._transactor.release()
        if until is None and self._timeline is not None and (progress := self.progress()) is not None:
            self._transactor.transact(ending(replace(progress, done=True)))

    def progress(self) -> Progress | None:
        """Return the progress of the named timeline; None where it was not begun, or none is named."""
        return None if self._timeline is None else self.row(Progress, self._timeline)

    def resume(self, progress: Progress, answers: Sequence[Submission], mark: tuple[Instant, int]) -> None:
        """Resume a timeline after a break: the next `play` also has the pending replies of the outside world.

        Args:
            progress: the stored progress.
            answers: the pending replies, in their order.
            mark: the savepoint of the source of ids, see `Ids.mark`.
        """
        self._steps = progress.steps
        self._agenda.now = progress.until
        for answer in answers:
            self._agenda.add_answer(answer)
        self._transactor.reset_ids(mark)

    def ask(self, ask: Callable[[reading.Connection], T]) -> T:
        """Run an idempotent query of the caller's own, and run it again where the connection was lost."""
        return self._transactor.read(ask)

    def row(self, kind: type[R], key: str) -> R | None:
        """See `Home.row`."""
        return next(iter(self._rows(kind, [key])), None)

    def _rows(self, kind: type[R], ids: Sequence[str]) -> tuple[R, ...]:
        """Return the rows that there are of these ids, in their order."""
        keys = no_keys()
        keys[kind].update(ids)
        loaded = reading.Loaded()
        if ids:
            reading.take(self._transactor.read(partial(reading.ask, keys=keys, lock=False)), loaded)
        return tuple(row for key in ids if (row := loaded[kind][key]) is not None)

    def rows(self, kind: type[R]) -> Iterator[R]:
        """See `Home.rows`."""
        table = TABLES[kind]
        query = f"SELECT {', '.join(table.names)} FROM {table.name} ORDER BY id"  # noqa: S608
        yield from self._streams.read(partial(reading.stream_rows, table=table, query=query, parameters={}))

    def facts(self, *, order_id: str | None = None, merchant_id: str | None = None) -> Iterator[Fact]:
        """See `Home.facts`."""
        wanted = {"order_id": order_id, "merchant_id": merchant_id}
        conditions = [f"{name} = %({name})s" for name, value in wanted.items() if value is not None]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        query = f"SELECT id, at, body, actor FROM facts{where} ORDER BY id"  # noqa: S608
        yield from map(
            self._fact, self._streams.read(partial(reading.stream, query=query, parameters=wanted))
        )

    def _fact(self, row: tuple[Any, ...]) -> Fact:
        key, at, body, actor = row
        return stored.read(key, at, self._bodies.decode(body), body, actor)

    def feed(self, after: int, most: int) -> list[Fact]:
        """See `Home.feed`."""
        rows = self._transactor.read(partial(journal.stored_facts, after=after, most=most))
        return [self._fact(each) for each in rows]

    def facts_of_ids(self, ids: Sequence[str]) -> list[Fact]:
        """Return the facts that there are of these ids, ascending by id; a text that is no id has none."""
        possible = [each for each in ids if FACT_ID.fullmatch(each)]
        rows = self._transactor.read(partial(journal.stored_facts_of_ids, ids=possible)) if possible else []
        return [self._fact(each) for each in rows]

    def fact_page(self, asked: Asked, *, after: str | None = None, limit: int = 50) -> Answer[Fact]:
        """See `Home.fact_page`."""
        check_limit(limit)
        place = place_of(after, asked)
        stored = self._transactor.read(partial(fact_pages.page, asked=asked, after=place, most=limit + 1))
        facts = [self._fact(each) for each in stored]
        return cut(facts, [fact.id for fact in facts], limit, asked)

    def row_page(
        self,
        kind: type[R],
        subject: Subject | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
        newest_first: bool = False,
    ) -> Answer[R]:
        """See `Home.row_page`."""
        question = listing(kind, subject, newest_first=newest_first)
        begun_by = KEPT[kind].begun_by
        if subject is not None:
            page = self.fact_page(question.beginnings(begun_by), after=after, limit=limit)
            return Answer(self._rows(kind, [begun(fact, begun_by) for fact in page.items]), page.next)
        check_limit(limit)
        place = place_of(after, question)
        found: list[R] = self._transactor.read(
            partial(reading.rows_by_id, TABLES[kind], place, limit + 1, newest_first=newest_first)
        )
        return cut(found, [row.id for row in found], limit, question)

    def tasks(
        self, now: Instant, role: Role | None = None, *, after: str | None = None, limit: int = 50
    ) -> Answer[Task]:
        """See `Home.tasks`."""
        return task_page(self._waiting, self.row, now, role, after, limit)

    def _waiting(self, kind: TaskKind, span: Span) -> list[Row]:
        return self._transactor.read(partial(task_rows.waiting, kind, span))

    def positions(self) -> Iterator[tuple[int, str]]:
        """See `Home.positions`."""
        query = (
            "SELECT first + place - 1, fact_id FROM feed CROSS JOIN LATERAL"
            " unnest(fact_ids) WITH ORDINALITY AS one (fact_id, place) ORDER BY first, place"
        )
        yield from self._streams.read(partial(reading.stream, query=query, parameters={}))

    def read_on(self, reader: Reader, most: int, *, at: int | None = None) -> int:
        """See `Home.read_on`."""
        position = self._position(reader) if at is None else at
        facts = self.feed(position, most)
        return self._transactor.transact(running.reading_on(reader, position, facts)) if facts else 0

    def _position(self, reader: Reader) -> int:
        cursor = self.row(Cursor, reader.name)
        return 0 if cursor is None else cursor.position

    def entry_page(
        self, account_id: str, *, after: str | None = None, limit: int = 50, newest_first: bool = False
    ) -> Answer[Transfer]:
        """See `Home.entry_page`."""
        check_limit(limit)
        question = Entries(account_id, newest_first)
        place = question.version_of(after)
        found: list[Transfer] = self._transactor.read(
            partial(
                reading.entries_by_version,
                TABLES[Transfer],
                account_id,
                place,
                limit + 1,
                newest_first=newest_first,
            )
        )
        return cut(found, [str(each.version_of(account_id)) for each in found], limit, question)

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
        yield from self._streams.read(
            partial(reading.stream_rows, table=table, query=query, parameters=parameters)
        )
