"""The interface of homes, which store rows and facts: the small public surface of Holdfast's engine."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from holdfast.engine.agenda import Listen, React
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.rehearsing import Rehearsal
from holdfast.engine.tasks import Task
from holdfast.journal.feed import Reader
from holdfast.journal.pages import Answer, Asked, Subject
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Transfer
from holdfast.policy.model import Policy

R = TypeVar("R", bound=Row)


class Lane(Protocol):
    """An executor of batches: a home, or a decorator around one, such as the log's promises."""

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """Run commands in order, in one transaction, and answer each; a refusal touches no other.

        A command that fails by an internal error is refused (`internal_error`), and the others are answered
        as if it had not been there; the batch may then take several transactions.
        """
        ...


class Home(Lane, Protocol):
    """Memory or PostgreSQL: same commands, same facts, same rows."""

    def adopt(self, policy: Policy, at: Instant) -> None:
        """Bring a policy into force for whatever begins from now on; a no-op where it is in force already.

        Under a guard, an `at` before the newest fact is taken as the newest fact's time.

        Raises:
            CommandRefused: it cannot be kept, or the clock is wrong.
        """
        ...

    def rehearse(self, batch: Sequence[Submission]) -> list[Rehearsal]:
        """Return what commands would be answered and would do, run in order as things stand; nothing is kept.

        Each sees what those before it would have done. A key that was answered before gets its answer.
        """
        ...

    def advance(self, to: Instant) -> int:
        """Run all deadlines up to `to`, in order; return the number of facts.

        A deadline that fails by an internal error is postponed, see `failures.DeadlinePutAside`.

        Raises:
            ClockAhead, ClockBehind: `to` cannot be the present; see `kernel.guard`.
        """
        ...

    def play(
        self, timeline: Iterable[Submission], *, react: React, listen: Listen, until: Instant | None = None
    ) -> None:
        """Run a timeline (ascending by time) with the deadlines in between, and then all up to `until`.

        Without `until` it ends when no deadline is left. Time moves by the timeline; no guard judges it.
        `react` is the simulated outside world, a pure function that replies to facts; `listen` hears every
        outcome once, in order.
        """
        ...

    def newest_at(self) -> Instant | None:
        """Return when the newest fact happened; None where nothing has."""
        ...

    def row(self, kind: type[R], key: str) -> R | None:
        """Return a row as it is now."""
        ...

    def rows(self, kind: type[R]) -> Iterator[R]:
        """Return all rows of a kind, ascending by id."""
        ...

    def facts(self, *, order_id: str | None = None, merchant_id: str | None = None) -> Iterator[Fact]:
        """Return the journal, or what it says of an order or a merchant, ascending by id."""
        ...

    def feed(self, after: int, most: int) -> list[Fact]:
        """Return facts in the order of their commits, from the position `after` on, `most` at most.

        The first fact of all is at 0, each at one more than the one before. What is returned stays at its
        place, and nothing comes to stand before it.
        """
        ...

    def fact_page(self, asked: Asked, *, after: str | None = None, limit: int = 50) -> Answer[Fact]:
        """Return a page of the facts that are asked for, from the cursor `after` on.

        Raises:
            BadCursor, BadLimit: see `journal.pages`.
        """
        ...

    def row_page(
        self,
        kind: type[R],
        subject: Subject | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
        newest_first: bool = False,
    ) -> Answer[R]:
        """Return a page of rows: of a subject, in the order of their beginning; else all, by their ids.

        Raises:
            NotListed: rows of this kind are not listed by subject.
            BadCursor, BadLimit: see `journal.pages`.
        """
        ...

    def tasks(
        self, now: Instant, role: Role | None = None, *, after: str | None = None, limit: int = 50
    ) -> Answer[Task]:
        """Return a page of the work that waits for people, or for those in a role, by deadline, kind and id.

        What somebody outside was asked for is work once the time to answer is over, as it is `now`.

        Raises:
            BadCursor, BadLimit: see `journal.pages`; a cursor is of one policy, by which deadlines are.
        """
        ...

    def positions(self) -> Iterator[tuple[int, str]]:
        """Return the position and id of every fact in the feed, ascending by position."""
        ...

    def read_on(self, reader: Reader, most: int, *, at: int | None = None) -> int:
        """Have a reader take the next facts of the feed, `most` at most; return how many it took.

        What it puts on the desk is committed with its cursor, or neither is. It is 0 where nothing waits, or
        where another process had the reader take them meanwhile. Who has done something about the facts from
        a position on says so by `at`: where the cursor is at another by now, it does not move.
        """
        ...

    def entry_page(
        self, account_id: str, *, after: str | None = None, limit: int = 50, newest_first: bool = False
    ) -> Answer[Transfer]:
        """Return a page of the transfers of an account, by the account's version.

        Raises:
            BadCursor, BadLimit: see `journal.pages`.
        """
        ...

    def entries(self, account_id: str, until: Instant | None = None) -> Iterator[Transfer]:
        """Return the transfers of an account, ascending by the account's version, up to an instant."""
        ...


def balance_at(home: Home, account_id: str, at: Instant) -> int:
    """Return the posted balance of an account as it was at `at`, in minor units."""
    balance = 0
    for transfer in home.entries(account_id, at):
        mine = transfer.from_id == account_id
        balance = transfer.from_balance_minor if mine else transfer.to_balance_minor
    return balance
