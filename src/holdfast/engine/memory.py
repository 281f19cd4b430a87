"""The home in memory: for the simulator, the backtest and the tests. Everything is on one desk."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from holdfast.engine.agenda import Agenda, Around, Listen, React, end_of, no_reaction, play, unheard
from holdfast.engine.execution import Executed, Outcome, Submission, execute, require_accepted
from holdfast.engine.rehearsing import Rehearsal, rehearsed
from holdfast.engine.tasks import Span, Task, task_page
from holdfast.house import COMMANDS, INDEXES, KEPT, Commands
from holdfast.journal.feed import Cursor, Reader, read_on
from holdfast.journal.listing import Entries, begun, beyond, listing
from holdfast.journal.pages import Answer, Asked, Subject, check_limit, cut, place_of
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Change, Desk, Index, Page
from holdfast.kernel.guard import GUARD, Guard
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, Row
from holdfast.kernel.task import TaskKind
from holdfast.ledger.model import Transfer
from holdfast.policy.model import AdoptPolicy, Policy, version_in_force

R = TypeVar("R", bound=Row)

FOREVER: Instant = 2**62


class _Complete(dict[str, Any]):
    """A complete table: a row that is not in it does not exist, so no look-up can miss."""

    def __missing__(self, _key: str) -> None:
        return None


class _Tables(dict[type[Row], _Complete]):
    def __missing__(self, kind: type[Row]) -> _Complete:
        self[kind] = table = _Complete()
        return table


class Memory:
    """All rows and facts in memory. See `engine.home.Home` for what each method promises."""

    def __init__(self, ids: Ids, guard: Guard | None = GUARD, *, commands: Commands = COMMANDS) -> None:
        """Begin empty, answering `commands`; without a `guard`, whatever time is handed in is the present."""
        self._guard = guard
        self._commands = commands
        self._tables = _Tables()
        self._groups: dict[str, defaultdict[str, list[str]]] = {
            index.name: defaultdict(list) for index in INDEXES
        }
        self._indexes_of: dict[type[Row], list[Index]] = defaultdict(list)
        for index in INDEXES:
            self._indexes_of[index.kind].append(index)
        self._agenda = Agenda()
        self._journal: list[Fact] = []
        self.desk = Desk(self._tables, self._page, ids, version_in_force)

    def _page(self, page: Page) -> Iterable[str]:
        """Return a page of an index as last committed, overlaid with the running command's changes."""
        ids = self._groups[page.of.name][page.group]
        start = bisect_right(ids, page.after)
        changed = {change.id for change in self.desk.changes if change.kind is page.of.kind}
        if not changed:
            return ids[start : start + page.limit]
        table = self._tables[page.of.kind]
        mine = [key for key in changed if key > page.after and page.of.group(table[key]) == page.group]
        kept = [key for key in ids[start:] if key not in changed]
        return sorted(mine + kept)[: page.limit]

    def _absorb(self, executed: Executed) -> None:
        self._journal.extend(executed.outcome.facts)
        if executed.failure is not None:
            executed.failure.log()
        indexes_of = self._indexes_of
        seen: set[tuple[type[Row], str]] = set()
        for change in executed.changes:
            if change.kind in indexes_of and (change.kind, change.id) not in seen:
                seen.add((change.kind, change.id))
                self._reindex(change, indexes_of[change.kind])

    def _reindex(self, change: Change, indexes: list[Index]) -> None:
        row = self._tables[change.kind][change.id]
        for index in indexes:
            was = None if change.before is None else index.group(change.before)
            now = None if row is None else index.group(row)
            if was == now:
                continue
            groups = self._groups[index.name]
            if was is not None:
                ids = groups[was]
                del ids[bisect_right(ids, change.id) - 1]
            if now is not None and not _holds(groups[now], change.id):
                insort(groups[now], change.id)

    def adopt(self, policy: Policy, at: Instant) -> None:
        """See `Home.adopt`."""
        guard = None if self._guard is None else self._guard.forward()
        [outcome] = self._run_guarded([Submission(AdoptPolicy(policy=policy), at)], guard)
        require_accepted(outcome)

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """See `Home.run`."""
        return self._run_guarded(batch, self._guard)

    def _run_guarded(self, batch: Sequence[Submission], guard: Guard | None) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for submission in batch:
            executed = execute(self.desk, submission, self._commands, guard)
            self._absorb(executed)
            self._agenda.add_changed(executed.changes, self.desk.find)
            outcomes.append(executed.outcome)
        return outcomes

    def rehearse(self, batch: Sequence[Submission]) -> list[Rehearsal]:
        """See `Home.rehearse`."""
        desk = self.desk
        mark, latest_at, facts = desk.ids.mark(), desk.latest_at, len(self._journal)
        changes: list[Change] = []
        found: list[Rehearsal] = []
        try:
            for submission in batch:
                executed = execute(desk, submission, self._commands, self._guard)
                self._absorb(executed)
                changes += executed.changes
                found.append(rehearsed(desk, executed))
        finally:
            self._take_back(changes)
            del self._journal[facts:]
            desk.latest_at = latest_at
            desk.ids.reset(mark)
        return found

    def _take_back(self, changes: list[Change]) -> None:
        """Restore the rows and the indexes from before these changes."""
        for kind, key, before in reversed(changes):
            table = self._tables[kind]
            after, table[key] = table[key], before
            self._reindex(Change(kind, key, after), self._indexes_of[kind])

    def advance(self, to: Instant) -> int:
        """See `Home.advance`."""
        before = len(self._journal)
        since = self.desk.latest_at
        if self._guard is None:
            self._play(to, no_reaction, unheard)
        else:
            self._play(self._guard.present(to, since), no_reaction, unheard, since=since)
        return len(self._journal) - before

    def _play(
        self,
        until: Instant,
        react: React,
        listen: Listen,
        *,
        since: Instant | None = None,
        steps: int | None = None,
    ) -> None:
        happened = 0

        def enough(_woken: type[Row] | None) -> bool:
            nonlocal happened
            happened += 1
            return happened == steps

        if steps != 0:
            self._agenda.now = since
            around = Around(react, self._absorb, listen, enough, self._commands)
            play(self.desk, self._agenda, end_of(until), around)

    def play(
        self, timeline: Iterable[Submission], *, react: React, listen: Listen, until: Instant | None = None
    ) -> None:
        """See `Home.play`."""
        for submission in timeline:
            self._agenda.add(submission)
        self._play(FOREVER if until is None else until, react, listen)
        if until is not None:
            self.desk.latest_at = max(until, self.desk.latest_at or until)

    def newest_at(self) -> Instant | None:
        """See `Home.newest_at`."""
        return self.desk.latest_at

    def play_steps(
        self, timeline: Iterable[Submission], steps: int, *, react: React, listen: Listen
    ) -> list[Submission]:
        """Play at most `steps` commands and deadlines of a timeline; return the commands that are left."""
        for submission in timeline:
            self._agenda.add(submission)
        self._play(FOREVER, react, listen, steps=steps)
        return self._agenda.commands()

    def answers(self) -> list[Submission]:
        """Return the pending replies of the outside world."""
        return self._agenda.answers()

    def row(self, kind: type[R], key: str) -> R | None:
        """See `Home.row`."""
        return self._tables[kind][key]

    def rows(self, kind: type[R]) -> Iterator[R]:
        """See `Home.rows`."""
        table = self._tables[kind]
        for key in sorted(table):
            if table[key] is not None:
                yield table[key]

    def facts(self, *, order_id: str | None = None, merchant_id: str | None = None) -> Iterator[Fact]:
        """See `Home.facts`."""
        for fact in self._journal:
            body = fact.body
            if order_id is not None and getattr(body, "order_id", None) != order_id:
                continue
            if merchant_id is not None and getattr(body, "merchant_id", None) != merchant_id:
                continue
            yield fact

    def feed(self, after: int, most: int) -> list[Fact]:
        """See `Home.feed`."""
        return self._journal[after : after + most]

    def fact_page(self, asked: Asked, *, after: str | None = None, limit: int = 50) -> Answer[Fact]:
        """See `Home.fact_page`."""
        check_limit(limit)
        low, high = asked.bounds(place_of(after, asked))
        found = [
            fact
            for fact in self._journal
            if (low is None or fact.id > low) and (high is None or fact.id < high) and asked.takes(fact)
        ]
        if asked.newest_first:
            found.reverse()
        return cut(found, [fact.id for fact in found], limit, asked)

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
            rows = [self.row(kind, begun(fact, begun_by)) for fact in page.items]
            return Answer(tuple(row for row in rows if row is not None), page.next)
        check_limit(limit)
        place = place_of(after, question)
        found = [row for row in self.rows(kind) if beyond(row.id, place, newest_first=newest_first)]
        if newest_first:
            found.reverse()
        return cut(found, [row.id for row in found], limit, question)

    def tasks(
        self, now: Instant, role: Role | None = None, *, after: str | None = None, limit: int = 50
    ) -> Answer[Task]:
        """See `Home.tasks`."""
        return task_page(self._waiting, self.row, now, role, after, limit)

    def _waiting(self, kind: TaskKind, span: Span) -> list[Row]:
        found = [
            (since, row.id, row)
            for row in self.rows(kind.row)
            if kind.waits(row) and (since := kind.began(row)) is not None and since <= span.until
        ]
        return [row for since, key, row in sorted(found, key=itemgetter(0, 1)) if (since, key) > span.after][
            : span.most
        ]

    def positions(self) -> Iterator[tuple[int, str]]:
        """See `Home.positions`."""
        for position, fact in enumerate(self._journal):
            yield position, fact.id

    def read_on(self, reader: Reader, most: int, *, at: int | None = None) -> int:
        """See `Home.read_on`."""
        cursor = self.row(Cursor, reader.name)
        position = at if at is not None else 0 if cursor is None else cursor.position
        try:
            count = read_on(self.desk, reader, position, self.feed(position, most))
        except BaseException:
            self.desk.undo()
            raise
        executed = Executed(Outcome(), self.desk.changes)
        self.desk.changes = []
        self._absorb(executed)
        self._agenda.add_changed(executed.changes, self.desk.find)
        return count

    def entry_page(
        self, account_id: str, *, after: str | None = None, limit: int = 50, newest_first: bool = False
    ) -> Answer[Transfer]:
        """See `Home.entry_page`."""
        check_limit(limit)
        question = Entries(account_id, newest_first)
        place = question.version_of(after)
        found = [
            transfer
            for transfer in self.entries(account_id)
            if beyond(transfer.version_of(account_id), place, newest_first=newest_first)
        ]
        if newest_first:
            found.reverse()
        return cut(found, [str(each.version_of(account_id)) for each in found], limit, question)

    def entries(self, account_id: str, until: Instant | None = None) -> Iterator[Transfer]:
        """See `Home.entries`."""
        mine = [
            transfer
            for transfer in self.rows(Transfer)
            if account_id in {transfer.from_id, transfer.to_id} and (until is None or transfer.at <= until)
        ]
        yield from sorted(mine, key=lambda transfer: transfer.version_of(account_id))


def _holds(ids: list[str], key: str) -> bool:
    at = bisect_right(ids, key)
    return at > 0 and ids[at - 1] == key
