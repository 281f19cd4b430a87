"""One history in both homes, and every row, fact and answer of them compared."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from types import MappingProxyType
from typing import NamedTuple

import psycopg

from holdfast.engine.agenda import React, answered
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.engine.tasks import Task
from holdfast.house import COMMANDS, Commands
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.ids import Ids
from holdfast.ledger.model import Account
from holdfast.policy.model import Policy
from holdfast.postgres.home import Postgres
from holdfast.postgres.keepers import Keepers
from holdfast.postgres.slices import SLICE
from holdfast.postgres.tables import TABLES

Heard = tuple[Submission | None, Instant, Outcome]


class _Constant(Random):
    """The same bits at every call: ids then depend on the order of asking alone."""

    def getrandbits(self, _k: int, /) -> int:
        return 0


def constant_ids() -> Ids:
    """Return a source of ids that makes the same in both homes."""
    return Ids(_Constant())


class Both(NamedTuple):
    """The two homes, and what to do in both."""

    memory: Memory
    postgres: Postgres

    def adopt(self, policy: Policy, at: Instant) -> None:
        """Bring a policy into force."""
        for home in self:
            home.adopt(policy, at)

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """Run a batch, and return the outcomes: they are the same."""
        first, second = (home.run(batch) for home in self)
        assert first == second
        return first

    def advance(self, to: Instant) -> int:
        """Advance, and return the number of facts: it is the same."""
        first, second = (home.advance(to) for home in self)
        assert first == second
        return first

    def play(
        self, timeline: Sequence[Submission], *, react: React, until: Instant | None = None
    ) -> list[Heard]:
        """Play a timeline, and return what was heard: it is the same, but for wakes that did nothing."""
        first, second = (_played(home, timeline, react, until) for home in self)
        assert first == second
        return first

    def assert_same(self) -> None:
        """Compare every row of every kind, every fact, and the entries of every account."""
        for kind in TABLES:
            assert list(self.memory.rows(kind)) == list(self.postgres.rows(kind))
        assert list(self.memory.facts()) == list(self.postgres.facts())
        assert list(self.memory.positions()) == list(self.postgres.positions())
        now = self.memory.newest_at() or 0
        for at in (now, now + 40 * DAY):
            assert tasks_of(self.memory, at, 500) == tasks_of(self.postgres, at, 3)
        for account in self.memory.rows(Account):
            assert list(self.memory.entries(account.id)) == list(self.postgres.entries(account.id))


def tasks_of(home: Home, now: Instant, limit: int) -> list[Task]:
    """Return what waits for people, read in pages of a size."""
    found: list[Task] = []
    after: str | None = None
    while True:
        page = home.tasks(now, after=after, limit=limit)
        found += page.items
        if (after := page.next) is None:
            return found


def _played(home: Home, timeline: Sequence[Submission], react: React, until: Instant | None) -> list[Heard]:
    heard: list[Heard] = []

    def listen(submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        if submission is not None or outcome.facts:
            heard.append((submission, at, outcome))

    home.play(timeline, react=react, listen=listen, until=until)
    return heard


@contextmanager
def both(
    url: str,
    most: int = SLICE,
    cache: int = 0,
    *,
    keepers: Keepers = MappingProxyType({}),
    commands: Commands = COMMANDS,
) -> Generator[Both]:
    """Give two empty homes whose time moves by command; the database has its schema, and is emptied.

    `most` is how many commands and deadlines a slice of a play has, `cache` how many rows a play remembers;
    they answer `commands`. `keepers` are the database's alone.
    """
    empty(url)
    postgres = Postgres(
        url, None, constant_ids(), guard=None, most=most, cache=cache, keepers=keepers, commands=commands
    )
    try:
        yield Both(Memory(constant_ids(), guard=None, commands=commands), postgres)
    finally:
        postgres.close()


def empty(url: str) -> None:
    """Delete every row."""
    with psycopg.connect(url) as connection:
        for table in (*(table.name for table in TABLES.values()), "facts", "feed"):
            connection.execute(f"DELETE FROM {table}".encode())


def batches(timeline: Sequence[Submission], sizes: Iterator[int]) -> Iterator[Sequence[Submission]]:
    """Cut a timeline into batches of these sizes."""
    start = 0
    while start < len(timeline):
        end = start + next(sizes)
        yield timeline[start:end]
        start = end


def run_in_batches(homes: Both, timeline: Sequence[Submission], sizes: Iterator[int], react: React) -> None:
    """Run a timeline batch by batch, deadlines between; what is answered to a batch comes with the next."""
    answers: list[Submission] = []
    for batch in batches(timeline, sizes):
        now = batch[0].at
        homes.advance(now)
        due = [answer._replace(at=now) for answer in answers if answer.at <= now]
        answers = [answer for answer in answers if answer.at > now]
        for outcome in homes.run([*due, *batch]):
            for fact in outcome.facts:
                answers += [answered(answer, fact.at) for answer in react(fact)]
