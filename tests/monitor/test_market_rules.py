"""The rules over facts: a real engine keeps them, and each way to break one is shown by its facts."""

import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from holdfast.claims.model import RejectClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.importers.demo import generate
from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.monitor.rules import SENTENCES, Breach, Rule, Rules
from holdfast.policy_files.reading import named
from holdfast.replay.timeline import build
from holdfast.replay.world import Assumptions, World, vanishing_times
from holdfast.settlement.model import RecordRecovery, Refund
from one_market import OneMarket
from who_asks import Said

Facts = Sequence[dict[str, Any]]

PARTIES: dict[str, Any] = {"order_id": "o1", "merchant_id": "m1", "consumer_id": "c1"}
CLAIM: dict[str, Any] = {**PARTIES, "claim_id": "k1"}
PAID: dict[str, Any] = {"from_order_minor": 0, "from_available_minor": 0}


def fact(number: int, kind: str, day: int = 0, **body: Any) -> dict[str, Any]:
    return {"at": day * DAY, "body": {"type": kind, **body}, "id": f"f{number}", "kind": kind}


def placed(number: int = 1, day: int = 0) -> dict[str, Any]:
    return fact(number, "OrderPlaced", day, **PARTIES, amount_minor=100)


def captured(number: int, amount: int = 100, day: int = 1) -> dict[str, Any]:
    body = PARTIES | {"amount_minor": amount, "held_minor": amount}
    return fact(number, "OrderCaptured", day, **body)


def opened(number: int = 1) -> dict[str, Any]:
    return fact(number, "ClaimOpened", 0, **CLAIM, amount_minor=100, reason="broken", payout_held_minor=0)


def decided(number: int, kind: str, amount: int = 100, claim: str = "k1") -> dict[str, Any]:
    body: dict[str, Any] = CLAIM | {"claim_id": claim}
    return fact(number, kind, **body, amount_minor=amount)


def paid(
    number: int, amount: int, missing: int = 0, kind: str = "ClaimPaid", claim: str = "k1"
) -> dict[str, Any]:
    return fact(
        number, kind, **(CLAIM | {"claim_id": claim}), amount_minor=amount, missing_minor=missing, **PAID
    )


def broken(facts: Facts, until: int = 0) -> list[Breach]:
    rules = Rules({})
    found = [breach for one in facts for breach in rules.take(one)]
    return [*found, *rules.overdue(until)]


def rules_of(facts: Facts, until: int = 0) -> list[tuple[Rule, tuple[str, ...]]]:
    return [(breach.rule, breach.facts) for breach in broken(facts, until)]


def told(facts: Iterable[Any]) -> Facts:
    """Facts of the engine as openings have them."""
    return [
        {
            "at": one.at,
            "body": json.loads(msgspec.json.encode(one.body)),
            "id": one.id,
            "kind": one.kind,
        }
        for one in facts
    ]


CLAIMED: list[list[dict[str, Any]]] = [
    [opened(1), decided(2, "ClaimUpheld"), paid(3, 100)],
    [opened(1), decided(2, "ClaimUpheld", 60), paid(3, 60)],
    [opened(1), decided(2, "ClaimUpheld"), paid(3, 60, 40), paid(4, 15, 25, "ClaimRecovered")],
    [opened(1), decided(2, "ClaimUpheld"), paid(3, 0, 100), paid(4, 100, 0, "ClaimRecovered")],
    [opened(1), decided(2, "ClaimWaits"), decided(3, "ClaimUpheld", 80), paid(4, 80)],
    [opened(1), decided(2, "ClaimWaits"), decided(3, "ClaimForgiven")],
    [opened(1), decided(2, "ClaimForgiven")],
    [opened(1), decided(2, "ClaimRejected")],
    [opened(1)],
    [decided(1, "ClaimUpheld", claim="o1/abscond"), paid(2, 100, claim="o1/abscond")],
    [placed(1), captured(2), fact(3, "OrderReturned", **PARTIES), paid(4, 70, 30, claim="o1/return")],
    [fact(3, "OrderReturned", **PARTIES), paid(4, 70, 30, claim="o1/return")],
]


@pytest.mark.parametrize("facts", CLAIMED)
def test_what_keeps_the_rules_breaks_none(facts: Facts) -> None:
    assert broken(facts) == []


BROKEN: list[tuple[list[dict[str, Any]], Rule, tuple[str, ...]]] = [
    ([decided(1, "ClaimUpheld")], Rule.ONE_RULING, ("f1",)),
    ([decided(1, "ClaimRejected")], Rule.ONE_RULING, ("f1",)),
    ([decided(1, "ClaimRejected", claim="o1/abscond")], Rule.ONE_RULING, ("f1",)),
    ([decided(1, "ClaimUpheld", claim="o2/abscond")], Rule.ONE_RULING, ("f1",)),
    ([opened(1), decided(2, "ClaimUpheld"), decided(3, "ClaimUpheld")], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimUpheld"), decided(3, "ClaimRejected")], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimRejected"), decided(3, "ClaimUpheld")], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimForgiven"), decided(3, "ClaimRejected")], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimWaits"), decided(3, "ClaimRejected")], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimWaits"), decided(3, "ClaimWaits")], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), opened(2)], Rule.ONE_RULING, ("f1", "f2")),
    ([opened(1), decided(2, "ClaimRejected"), opened(3)], Rule.ONE_RULING, ("f2", "f3")),
    ([opened(1), paid(2, 100)], Rule.RULING_FIRST, ("f1", "f2")),
    ([opened(1), decided(2, "ClaimWaits"), paid(3, 100)], Rule.RULING_FIRST, ("f1", "f3")),
    ([paid(1, 100)], Rule.RULING_FIRST, ("f1",)),
    ([paid(1, 100, claim="o1/return")], Rule.RULING_FIRST, ("f1",)),
    (
        [placed(1), fact(2, "OrderReturned", **PARTIES), paid(3, 9, claim="o1/return")],
        Rule.RULING_FIRST,
        ("f3",),
    ),
    ([opened(1), decided(2, "ClaimRejected"), paid(3, 100)], Rule.AS_UPHELD, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimUpheld"), paid(3, 101)], Rule.AS_UPHELD, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimUpheld"), paid(3, 60)], Rule.AS_UPHELD, ("f2", "f3")),
    ([opened(1), decided(2, "ClaimUpheld"), paid(3, 100), paid(4, 1)], Rule.AS_UPHELD, ("f3", "f4")),
    (
        [opened(1), decided(2, "ClaimUpheld"), paid(3, 60, 40), paid(4, 41, 0, "ClaimRecovered")],
        Rule.AS_UPHELD,
        ("f2", "f4"),
    ),
    (
        [placed(1), captured(2), fact(3, "OrderReturned", **PARTIES), paid(4, 101, claim="o1/return")],
        Rule.AS_UPHELD,
        ("f3", "f4"),
    ),
    (
        [
            placed(1),
            captured(2),
            fact(3, "OrderRefunded", **PARTIES, amount_minor=30),
            fact(4, "OrderReturned", **PARTIES),
            paid(5, 100, claim="o1/return"),
        ],
        Rule.AS_UPHELD,
        ("f4", "f5"),
    ),
    ([fact(1, "OrderPlaced")], Rule.FORM, ("f1",)),
    ([fact(1, "OrderPlaced", order_id=7)], Rule.FORM, ("f1",)),
    ([fact(1, "ClaimPaid", **CLAIM, amount_minor=-1, missing_minor=0)], Rule.FORM, ("f1",)),
    ([fact(1, "ClaimPaid", **CLAIM, amount_minor=True, missing_minor=0)], Rule.FORM, ("f1",)),
    ([{"at": 0, "body": [], "id": "f1", "kind": "ClaimPaid"}], Rule.FORM, ("f1",)),
    ([{"at": True, "body": {}, "id": "f1", "kind": "ClaimPaid"}], Rule.FORM, ("f1",)),
    ([{"at": 0, "body": {"type": "OrderPlaced"}, "id": "f1", "kind": "ClaimPaid"}], Rule.FORM, ("f1",)),
]


@pytest.mark.parametrize(("facts", "rule", "shown_by"), BROKEN)
def test_what_breaks_a_rule_is_shown_by_its_facts(
    facts: Facts, rule: Rule, shown_by: tuple[str, ...]
) -> None:
    assert rules_of(facts) == [(rule, shown_by)]


@pytest.mark.parametrize(
    "kind", ["OrderCancelled", "OrderCompleted", "OrderExpired", "OrderReturned", "OrderWrittenOff"]
)
def test_an_order_ends_in_time(kind: str) -> None:
    end = fact(2, kind, 400, **PARTIES)
    assert rules_of([placed(), end], 900 * DAY) == []
    assert rules_of([placed(), end | {"at": 400 * DAY + 1}]) == [(Rule.ORDER_ENDS, ("f1", "f2"))]
    assert rules_of([placed()], 400 * DAY) == []
    assert rules_of([placed()], 400 * DAY + 1) == [(Rule.ORDER_ENDS, ("f1",))]
    other = placed(3) | {"body": {**PARTIES, "order_id": "o2"}}
    assert rules_of([placed(), other, end], 401 * DAY) == [(Rule.ORDER_ENDS, ("f3",))]


def test_an_order_of_which_nothing_is_owed_any_more_has_ended() -> None:
    forgiven = fact(2, "OwedReduced", 5, **PARTIES, owed_minor=0)
    less = fact(2, "OwedReduced", 5, **PARTIES, owed_minor=1)
    assert rules_of([placed(), forgiven], 900 * DAY) == []
    assert rules_of([placed(), less], 900 * DAY) == [(Rule.ORDER_ENDS, ("f1",))]


def test_an_order_that_was_written_off_and_debited_ends_again() -> None:
    facts = [placed(), fact(2, "OrderWrittenOff", 90, **PARTIES), captured(3, day=100)]
    assert rules_of(facts, 500 * DAY) == []
    assert rules_of(facts, 501 * DAY) == [(Rule.ORDER_ENDS, ("f3",))]


def test_each_rule_is_broken_by_some_test_and_has_its_sentences() -> None:
    elsewhere = {Rule.ORDER_ENDS, Rule.ONCE, Rule.SEVERAL}  # the last: see test_several_asked
    assert {rule for _, rule, _ in BROKEN} | elsewhere == set(Rule)
    assert SENTENCES.keys() == set(Rule)


@pytest.mark.parametrize("policy", ["full", "covered(0.99)", "fixed_deposit(5000)"])
def test_a_played_market_keeps_the_rules(policy: str) -> None:
    """Merchants of every size sell for some months, consumers claim, and some merchants run away."""
    market = generate(7)
    runners = [vanishing.merchant_id for vanishing in market.vanishings]
    few = [one for at, one in enumerate(market.orders) if one.merchant_id in runners[:2] or at % 80 == 0]
    vanished = vanishing_times(list(market.vanishings))
    timeline = build(replace(market, orders=few), named(policy), vanished, Assumptions())
    home = Memory(Ids(Random(1)))
    home.adopt(named(policy), timeline[0].at - 1)
    home.play(timeline, react=World(Assumptions(), vanished).react, listen=_unheard)
    facts = told(home.facts())
    kinds = {one["kind"] for one in facts}
    assert {"ClaimUpheld", "ClaimPaid", "ClaimForgiven", "MerchantAbsconded"} <= kinds
    assert broken(facts, facts[-1]["at"]) == []


def _unheard(_submission: Submission | None, _at: int, _outcome: Outcome) -> None:
    """Do nothing."""


def test_a_market_of_the_engine_with_every_way_of_a_claim_keeps_the_rules() -> None:
    market = OneMarket(fund=500)
    for number in range(1, 6):
        market.sell_captured(f"o{number}")
    market.claim(5_000)
    market.do(UpholdClaim(claim_id="k1", amount_minor=4_000))
    market.claim(10_000, "o2", "k2")
    market.do(RejectClaim(claim_id="k2", reason="as shown"))
    market.do(Refund(order_id="o5", amount_minor=1_000, reason="kindness"))
    market.claim(10_000, "o4", "k4")
    for by in ("Li", "Wang"):
        market.do(Said(by, DeclareAbsconded(merchant_id="m1", reason="nobody answers")))
    market.wait(60 * DAY)
    market.do(RecordRecovery(merchant_id="m1", amount_minor=900, source="police"))
    facts = told(market.home.facts())
    kinds = {one["kind"] for one in facts}
    assert {"ClaimUpheld", "ClaimPaid", "ClaimRejected", "OrderRefunded"} <= kinds
    assert "o5/abscond" in {one["body"].get("claim_id") for one in facts}
    assert broken(facts) == []
    rulings = [one for one in facts if one["kind"] in {"ClaimUpheld", "ClaimRejected"}]
    for ruling in rulings:
        again = ruling | {"id": "again"}
        assert [(rule, shown[-1]) for rule, shown in rules_of([*facts, again])] == [
            (Rule.ONE_RULING, "again")
        ]
        claim = ruling["body"]["claim_id"]
        without = [one for one in facts if one is not ruling]
        pays = [one for one in without if one["body"].get("claim_id") == claim and one["kind"] == "ClaimPaid"]
        assert {rule for rule, _ in rules_of(without)} == ({Rule.RULING_FIRST} if pays else set())
    for one in facts:
        if one["kind"] == "ClaimPaid":
            body = one["body"] | {"amount_minor": one["body"]["amount_minor"] + 1}
            changed = [one | {"body": body} if other is one else other for other in facts]
            assert (Rule.AS_UPHELD, one["id"]) in {(rule, shown[-1]) for rule, shown in rules_of(changed)}
