"""Commands that move no money leave the accounts of the house to others: one ships while another is paid."""

from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histories import POLICIES, START, histories, opening, policy, sale
from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.house import COMMANDS
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.ledger.model import Account, Hold
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    DeliverOrder,
    ShipOrder,
)
from holdfast.parties.model import ReinstateMerchant, SetConsumerLimit, SuspendMerchant
from holdfast.policy.model import Policy
from holdfast.postgres.home import Postgres
from holdfast.settlement.model import CapitaliseFund, RecordCapture
from market_parts import photo
from who_asks import Asked, asked

QUIET: tuple[Command, ...] = (
    ShipOrder(order_id="o2"),
    AskAfterSales(order_id="o1", question="it leaks"),
    AnswerAfterSales(order_id="o1", answer="we send a new one"),
    SuspendMerchant(merchant_id="m2", reason="complaints"),
    ReinstateMerchant(merchant_id="m2"),
    SetConsumerLimit(consumer_id="c1", limit_minor=1_000_000),
    photo("o1"),
    *sale("o4", "m1", "c1", 1_000, 1)[:1],
)


def _do(home: Postgres, *commands: Asked, after: int) -> None:
    outcomes = home.run([asked(command, START + after) for command in commands])
    assert [outcome.refusal for outcome in outcomes] == [None] * len(commands)


def test_they_go_through_while_another_has_locked_every_account(migrated_url: str) -> None:
    """Alone and together; one that moves money waits."""
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        # Whoever waits for a lock is refused and not heard of again: nothing here waits for a time to pass.
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET lock_timeout = 5000'.encode())
    with (
        Postgres.open(migrated_url, ids=Ids(Random(1))) as home,
        psycopg.connect(migrated_url) as other,
    ):
        home.adopt(policy("full"), START)
        _do(home, *opening(), CapitaliseFund(currency="CNY", amount_minor=10_000), after=0)
        for number in (1, 2, 3):
            _do(home, *sale(f"o{number}", "m1", "c1", 1_000, 1)[:1], after=HOUR)
        _do(home, ShipOrder(order_id="o1"), DeliverOrder(order_id="o1"), after=2 * HOUR)
        _do(home, RecordCapture(order_id="o1", amount_minor=1_000, debit_id="d1"), after=DAY)
        other.execute("SELECT 1 FROM accounts FOR UPDATE")
        for command in QUIET:
            _do(home, command, after=DAY)
        together = (
            SuspendMerchant(merchant_id="m3", reason="x"),
            SetConsumerLimit(consumer_id="c2", limit_minor=1),
        )
        _do(home, *together, after=DAY)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            _do(home, CapitaliseFund(currency="CNY", amount_minor=1), after=DAY)
        other.rollback()
        _do(home, CapitaliseFund(currency="CNY", amount_minor=1), after=DAY)


def test_each_of_them_is_answered() -> None:
    assert COMMANDS.handlers.keys() >= COMMANDS.still
    assert {type(command) for command in QUIET} <= COMMANDS.still


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=histories(), chosen=st.sampled_from(POLICIES))
def test_none_of_them_moves_money_whatever_happened_before(history: list[Submission], chosen: Policy) -> None:
    home = Memory(Ids(Random(1)), None)
    home.adopt(chosen, START)
    for submission in history:
        home.advance(submission.at)
        if type(submission.command) in COMMANDS.still:
            before = _books(home)
            home.run([submission])
            assert _books(home) == before, submission.command
        else:
            home.run([submission])


def _books(home: Memory) -> list[Account | Hold]:
    return [*home.rows(Account), *home.rows(Hold)]
