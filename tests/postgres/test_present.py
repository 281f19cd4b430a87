"""Over PostgreSQL: which policy is in force, and what time it is, are the same for every process."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from random import Random

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from histories import START, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.claims.model import OpenClaim, RejectClaim
from holdfast.journal.model import ConfirmClock
from holdfast.journal.requests import Request
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command
from holdfast.orders.model import Order
from holdfast.policy.model import PolicyAdopted
from holdfast.postgres.home import Postgres
from who_asks import asked

FULL, COVERED = policy("full"), policy("covered(0.99)")


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


@contextmanager
def homes(url: str, count: int) -> Generator[list[Postgres]]:
    """Open homes as so many processes would: each with a source of ids of its own."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(Postgres.open(url, ids=Ids(Random(number)))) for number in range(1, count + 1)
        ]


def codes(home: Postgres, at: Instant, *commands: Command, key: str | None = None) -> list[str]:
    """Run commands; return their refusals' codes, and nothing for those that were accepted."""
    outcomes = home.run([asked(command, at, key) for command in commands])
    return [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]


def test_a_restart_knows_the_policy_in_force(database_url: str) -> None:
    with homes(database_url, 1) as [first]:
        first.adopt(FULL, START)
        assert codes(first, START, *opening()) == []
    with homes(database_url, 1) as [second]:
        assert codes(second, START, *sale("o1", "m1", "c1", 100, 3)) == []
        order = second.row(Order, "o1")
        assert order is not None
        assert order.policy_version == FULL.version
        assert second.advance(START + 7 * DAY) > 0


def test_a_change_is_seen_by_every_process_at_its_next_transaction(database_url: str) -> None:
    with homes(database_url, 2) as [first, second]:
        first.adopt(FULL, START)
        assert codes(second, START, *opening(), *sale("o1", "m1", "c1", 100, 1)) == []
        for number, chosen in enumerate((COVERED, FULL, COVERED), start=2):
            first.adopt(chosen, START)
            assert codes(second, START, *sale(f"o{number}", "m1", "c1", 100, 1)) == []
        placed = [second.row(Order, f"o{number}") for number in range(1, 5)]
        versions = [order.policy_version for order in placed if order is not None]
        assert versions == [each.version for each in (FULL, COVERED, FULL, COVERED)]
        second.adopt(COVERED, START)
        told = [fact.body.version for fact in first.facts() if isinstance(fact.body, PolicyAdopted)]
        assert told == versions
        assert audit(first).findings == []


def test_before_any_policy_the_answer_is_not_kept(database_url: str) -> None:
    with homes(database_url, 1) as [home]:
        assert codes(home, START, opening()[0], key="k") == ["no_policy_in_force"]
        assert list(home.rows(Request)) == []
        home.adopt(FULL, START)
        assert codes(home, START, opening()[0], key="k") == []


def test_whoever_reads_the_policy_waits_for_nobody(database_url: str) -> None:
    """A change that is under way holds the row; orders are placed meanwhile, under the policy before."""
    hurried = make_conninfo(database_url, options="-c lock_timeout=2s")
    with homes(database_url, 1) as [home], psycopg.connect(database_url) as other:
        home.adopt(FULL, START)
        assert codes(home, START, *opening()) == []
        other.execute("SELECT 1 FROM policy_in_force FOR UPDATE")
        hasty = Postgres(hurried, None, Ids(Random(2)))
        assert codes(hasty, START, *sale("o1", "m1", "c1", 100, 1)) == []
        with pytest.raises(errors.LockNotAvailable):
            hasty.adopt(COVERED, START)
        hasty.close()


def test_a_jump_is_refused_told_and_confirmed(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with homes(database_url, 2) as [first, second]:
        first.adopt(FULL, START)
        assert codes(first, START, *opening(), *sale("o1", "m1", "c1", 100, 3)) == []
        later = START + 365 * DAY
        placing = sale("o2", "m1", "c1", 100, 1)
        assert codes(second, later, *placing, key="k") == ["clock_ahead"]
        with pytest.raises(Refusal, match="clock_ahead"):
            second.advance(later)
        assert len([line for line in caplog.messages if "[clock_ahead]" in line]) == 2
        order = second.row(Order, "o1")
        assert order is not None
        assert order.capture_asked_at is None
        assert codes(second, later, ConfirmClock()) == []
        assert codes(second, later, *placing, key="k") == []
        assert codes(first, START + HOUR, *sale("o3", "m1", "c1", 100, 1)) == ["clock_behind"]


def test_after_a_step_back_that_was_confirmed_ids_still_ascend(database_url: str) -> None:
    with homes(database_url, 3) as [ahead, right, third]:
        ahead.adopt(FULL, START)
        assert codes(ahead, START + 9 * DAY, *opening()) == []
        placing = sale("o1", "m1", "c1", 100, 1)
        assert codes(right, START, *placing) == ["clock_behind"]
        assert codes(right, START, ConfirmClock()) == []
        assert codes(third, START + MINUTE, *placing) == []
        facts = list(third.facts())
        assert [fact.at for fact in facts[-2:]] == [START, START + MINUTE]
        assert third.newest_at() == START + MINUTE


def test_a_small_step_back_moves_no_window(database_url: str) -> None:
    with homes(database_url, 2) as [first, second]:
        first.adopt(FULL, START)
        assert codes(first, START, *opening(), *sale("o1", "m1", "c1", 100_000, 3)) == []
        before = first.row(Order, "o1")
        now = START + DAY
        assert codes(first, now, OpenClaim(claim_id="k", order_id="o1", amount_minor=1, reason="x")) == []
        rejecting = RejectClaim(claim_id="k", reason="no")
        assert codes(second, now - 3 * DAY, rejecting) == ["clock_behind"]
        assert codes(second, now - 2 * MINUTE, rejecting) == []
        after = first.row(Order, "o1")
        assert before is not None
        assert after is not None
        assert after.window_ends_at == before.window_ends_at


def test_time_that_was_moved_by_command_is_the_present(database_url: str) -> None:
    with homes(database_url, 1) as [home]:
        home.adopt(FULL, START)
        assert codes(home, START, *opening()) == []
        home.play((), react=lambda _fact: (), listen=lambda _s, _at, _o: None, until=START + 400 * DAY)
        assert codes(home, START + 400 * DAY, *sale("o1", "m1", "c1", 100, 1)) == []
