"""A market whose orders go in parts: two parcels, pieces sent back, services in steps."""

import re
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace
from small import DEMO, small
from test_simulation import COVERED, FULL, LENIENT, Watched, run, watched

from holdfast.audit.checks import audit
from holdfast.coverage.model import Coverage
from holdfast.kernel.clock import DAY
from holdfast.lab.distributions import Constant
from holdfast.lab.market import Market, Parts
from holdfast.lab.market_file import read_text
from holdfast.lab.sellers import population
from holdfast.lab.simulation import Run
from holdfast.orders.facts import OrderDelivered, OrderFact, OrderPlaced, PartBegan
from holdfast.orders.model import ENDED, Order, PlaceOrder
from holdfast.orders.services import Statement
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import named
from holdfast.replay.standing import Standings
from holdfast.settlement.facts import CaptureAsked, ClaimPaid, OrderCaptured

ALL_OF_IT = Parts(second_parcel=0.3, second_lost=0.3, piece_back=0.2, services=0.25, steps=3)
LAB = Path(__file__).parents[2] / "docs" / "lab.md"


def parted(parts: Parts = ALL_OF_IT) -> Market:
    return replace(small(merchants=14, days=60, warm_up_days=40), parts=parts)


def bodies(found: Watched) -> list[OrderFact]:
    every = [fact.body for _, outcome in found.heard for fact in outcome.facts]
    return [body for body in every if isinstance(body, OrderFact)]


def standings(found: Watched) -> Standings:
    """Work exposure and cover out anew, from facts alone."""
    standing = Standings()
    for _, outcome in found.heard:
        for fact in outcome.facts:
            hear = standing.hearers.get(type(fact.body))
            if hear is not None:
                hear(fact.body, fact.at)
        if outcome.facts:
            standing.settle(outcome.facts[-1].at)
    return standing


@pytest.mark.parametrize(
    "policy", [FULL, LENIENT, COVERED, named("today"), named("rolling_reserve(15%, 30d)")]
)
def test_parts_keep_the_books_and_the_promise_under_every_policy(policy: Policy) -> None:
    market = parted()
    found = watched(market, policy)
    figures = found.figures("p", 0, 0.0)
    assert not audit(found.home).findings
    assert figures.ledger_sum_minor == 0
    assert figures.facts_sha256 == run(market, policy).facts_sha256  # forgetting parts changes nothing

    standing = standings(found)
    rows = {row.id: row for row in found.home.rows(Coverage)}
    assert {key: (row.exposure_minor, row.cover_minor) for key, row in rows.items()} == {
        key: (standing.of(key).exposure_minor, standing.of(key).cover_minor) for key in rows
    }

    told = Counter(type(body).__name__ for body in bodies(found))
    for kind in ("OrderSplit", "PartBegan", "ServicePerformed", "ParcelLost", "ReturnAsked", "OrderReturned"):
        assert told[kind], kind
    if policy is FULL:
        short = [body for body in bodies(found) if isinstance(body, ClaimPaid) and body.missing_minor]
        assert all(body.late for body in short)
        assert told["ClaimPaid"]


def test_a_part_counts_with_its_order_and_not_as_one_more() -> None:
    found = watched(parted(), FULL)
    figures = found.figures("p", 0, 0.0)
    every = bodies(found)
    assert sum(one.whole.orders for one in figures.sellers) == sum(isinstance(b, OrderPlaced) for b in every)
    debited = sum(
        body.amount_minor
        for body in every
        if isinstance(body, OrderCaptured) and not body.consumer_id.startswith(f"{body.merchant_id}-")
    )
    assert sum(one.whole.sales_minor for one in figures.sellers) == debited
    assert any(isinstance(body, OrderCaptured) and "/" in body.order_id for body in every)


def test_what_is_lost_is_never_debited_and_a_piece_that_is_back_neither() -> None:
    market = replace(parted(Parts(second_parcel=1.0, second_lost=1.0, piece_back=1.0)), adversaries=())
    every = bodies(watched(market, FULL))
    arrived = {body.order_id for body in every if isinstance(body, OrderDelivered)}
    asked = [body.order_id for body in every if isinstance(body, CaptureAsked)]
    assert asked
    assert not [key for key in asked if key.endswith("/second")]
    assert not [key for key in arrived if key.endswith("/second")]
    assert sum(key.endswith("/back") for key in asked) < sum(
        isinstance(body, PartBegan) and body.order_id.endswith("/back") for body in every
    )


def test_steps_come_month_by_month_and_none_before_its_time() -> None:
    every_ten_days = Parts(services=1.0, steps=4, step=Constant(value=10 * DAY))
    market = replace(parted(every_ten_days), adversaries=())
    found = watched(market, FULL)
    placed: dict[str, int] = {}
    steps: Counter[str] = Counter()
    for _, outcome in found.heard:
        for fact in outcome.facts:
            body = fact.body
            if isinstance(body, OrderPlaced):
                placed[body.order_id] = fact.at
                assert body.service
            elif type(body).__name__ == "ServicePerformed":
                assert isinstance(body, OrderFact)
                first, _, number = body.order_id.partition("/")
                steps[first] += 1
                assert fact.at >= placed[first] + (int(number or 1) - 1) * 10 * DAY
    assert max(steps.values()) == 4
    refused = [outcome.refusal.code for _, outcome in found.heard if outcome.refusal is not None]
    assert "statement_does_not_fit" not in refused


def test_nothing_else_of_a_market_changes_for_it() -> None:
    """Orders are drawn as without: the same consumers order the same at the same moments."""

    def ordered(market: Market) -> set[tuple[str, str, int, int]]:
        found = watched(replace(market, adversaries=()), FULL)
        return {
            (command.order_id, command.consumer_id, command.amount_minor, submission.at)
            for submission, _ in found.heard
            if submission is not None and isinstance(command := submission.command, PlaceOrder)
        }

    assert ordered(parted()) == ordered(parted(Parts()))
    none_of_it = Parts(second_later=Constant(value=1.0), steps=12, second_lost=0.5)
    assert run(parted(none_of_it)).facts_sha256 == run(parted(Parts())).facts_sha256


def test_a_home_that_forgets_keeps_no_part_that_is_over() -> None:
    market = replace(parted(), adversaries=())
    found = Run(market, FULL, population(market, FULL, 1, 0), (1, 0))
    found.whole(lambda _share: None)
    assert list(found.home.rows(Statement)) == []
    assert not [row.id for row in found.home.rows(Order) if row.state in ENDED]
    assert found.world.remembered == 0


def test_the_documented_table_is_read_and_a_wrong_one_is_refused() -> None:
    [table] = re.findall(r"```toml\n(\[parts\]\n.*?)```", LAB.read_text(encoding="utf-8"), re.DOTALL)
    market, told = read_text(DEMO + "\n" + table, "demo.toml")
    assert market.parts.any
    assert {one.place.partition(".")[2] for one in told if one.place.startswith("parts.")} == set(
        Parts.__struct_fields__
    )
    assert not read_text(DEMO, "demo.toml")[0].parts.any
    with pytest.raises(Exception, match=r"parts\.services: 120 is out of range"):
        read_text(DEMO + '\n[parts]\nservices = { value = 120, unit = "percent", source = "x" }\n', "m.toml")
