"""Every command stands in the random histories, which are played in both homes and audited step by step."""

import pytest

from every_command import ANSWERS, MARKET, Cast
from histories import Provider
from holdfast.bench.bare.room import ROOM as BARE
from holdfast.house import HANDLERS
from holdfast.kernel.rows import Command, Fact, FactBody
from holdfast.settlement.facts import PayoutAsked
from holdfast.settlement.otherwise_facts import RepaymentAsked
from ledger_makers import ACCOUNTS, LEDGER, TRANSFERS, Till
from market_parts import CLAIMS, CONSUMERS, GUARANTEES, MERCHANTS, ORDERS, PEOPLE, START

CAST = Cast(ORDERS[0], CLAIMS[0], MERCHANTS[0], CONSUMERS[0], GUARANTEES[0], PEOPLE[0], 100, START)
TILL = Till(ACCOUNTS[0], ACCOUNTS[1], TRANSFERS[0], TRANSFERS[1], 100, None, START)
MADE: dict[type[Command], list[Command]] = {
    **{kind: make(CAST) for kind, make in MARKET.items()},
    **{kind: make(TILL) for kind, make in LEDGER.items()},
}


def test_every_command_has_a_maker() -> None:
    lacking = sorted(kind.__name__ for kind in HANDLERS.keys() - MARKET.keys() - ANSWERS)
    assert lacking == [], "no history has them: add a maker for each to tests/every_command.py"
    assert [kind for kind in (*MARKET, *ANSWERS) if kind not in HANDLERS] == [], "nobody answers them"
    assert LEDGER.keys() == BARE.handles.keys()


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.__name__)
def test_a_maker_makes_its_own_command(kind: type[Command]) -> None:
    assert MADE[kind]
    assert {type(command) for command in MADE[kind]} == {kind}


ASKED: list[FactBody] = [
    PayoutAsked(merchant_id="m1", payout_id="h1", amount_minor=100, currency="CNY"),
    RepaymentAsked(
        order_id="o1",
        merchant_id="m1",
        consumer_id="c1",
        repayment_id="r1",
        payment_id="h2",
        currency="CNY",
        amount_minor=100,
    ),
]
"""The questions about payments whose ids the engine made."""


def test_the_provider_makes_the_others() -> None:
    """Whether it answers, fails or says something else follows from the question's id."""
    providers = [Provider(0, 50, 0, otherwise=otherwise) for otherwise in (False, True)]
    made = {
        type(command)
        for body in ASKED
        for number in range(50)
        for provider in providers
        for _, command in provider.react(Fact(f"f{number}", START, body))
    }
    assert made >= ANSWERS
