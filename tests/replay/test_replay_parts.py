"""Orders in parts and services in a replay: what the history says is played, and the sums are whole."""

import pytest
from replay_markets import START, history, order, play

from holdfast.audit.checks import audit
from holdfast.engine.memory import Memory
from holdfast.importers.history import HistoryOrder, Vanishing
from holdfast.kernel.clock import DAY
from holdfast.orders.facts import OrderPlaced, PartBegan, ServicePerformed
from holdfast.orders.model import Order
from holdfast.policy_files import reading
from holdfast.replay.drops import rejects_of
from holdfast.replay.homes import memory
from holdfast.replay.policies import Named
from holdfast.replay.results import PolicyResult
from holdfast.replay.runner import Scenario, run
from holdfast.replay.tally import Tally
from holdfast.replay.world import Assumptions


def parcels() -> list[HistoryOrder]:
    """A parcel that arrived, one that was lost, and pieces that were sent back."""
    first = order(1, placed_at=START)
    lost = first._replace(id="o0001b", part_of=first.id, amount_minor=3_000, delivered_at=None)
    back = first._replace(id="o0001c", part_of=first.id, amount_minor=2_000, cancelled_at=START + 5 * DAY)
    return [first, lost, back]


def lessons(*, months: int = 4) -> list[HistoryOrder]:
    """Lessons, one a month; the last was never given."""
    first = order(2, placed_at=START, service=True, shipped_at=None, delivered_at=START + DAY)
    given = [START + number * 30 * DAY for number in range(1, months - 1)]
    return [
        first,
        *(
            first._replace(id=f"o0002/{number}", part_of=first.id, delivered_at=at)
            for number, at in enumerate([*given, None], start=2)
        ),
    ]


def played(
    *orders: HistoryOrder, policy: str = "full", gone: Vanishing | None = None
) -> tuple[Memory, PolicyResult]:
    vanished = {} if gone is None else {gone.merchant_id: gone.at}
    tally = Tally(vanished)
    market = history(*orders, vanishings=() if gone is None else (gone,))
    home = play(market, reading.named(policy), lambda _home: tally.listen)
    assert not audit(home).findings
    return home, tally.result(policy, ledger_sum_minor=0, seconds=0.0)


@pytest.mark.parametrize("policy", ["full", "covered(0.99)", "today"])
def test_only_what_arrived_and_stayed_is_debited(policy: str) -> None:
    home, found = played(*parcels(), policy=policy)
    assert found.not_taken == []
    assert (found.gmv_minor, found.captured_minor) == (15_000, 10_000)
    placed = [fact.body.amount_minor for fact in home.facts() if isinstance(fact.body, OrderPlaced)]
    began = [fact.body.amount_minor for fact in home.facts() if isinstance(fact.body, PartBegan)]
    assert (placed, began) == ([15_000], [3_000, 2_000])


def test_lessons_are_debited_as_they_were_given() -> None:
    home, found = played(*lessons())
    assert found.captured_minor == 3 * 10_000
    stated = [fact.body.statement for fact in home.facts() if isinstance(fact.body, ServicePerformed)]
    assert [line.item for [line] in stated] == ["a kettle"] * 3
    assert found.not_taken == []
    promised = [each._replace(ship_by=START + 2 * DAY) for each in lessons()]
    _, found = played(*promised)  # what is not stated in time ends, as parcels do that are not shipped
    assert (found.captured_minor, found.cut_short) == (20_000, {"delivered": 1})


def test_a_school_that_closes_half_way_debits_nothing_that_was_not_given() -> None:
    gone = Vanishing("m1", START + 20 * DAY)
    home, found = played(*lessons(), gone=gone)
    assert found.captured_minor == 10_000
    assert found.uncovered_minor == 0
    assert {row.owed_minor for row in home.rows(Order)} == {0}


def test_a_course_taken_back_before_it_was_given_is_cancelled_and_after_it_claimed() -> None:
    first = order(2, placed_at=START, service=True, shipped_at=None, delivered_at=None)
    _, found = played(first._replace(cancelled_at=START + DAY))
    assert (found.captured_minor, found.claims, found.not_taken) == (0, 0, [])
    _, found = played(first._replace(delivered_at=START + DAY, cancelled_at=START + 12 * DAY))
    assert (found.captured_minor, found.compensated_minor, found.not_taken) == (10_000, 10_000, [])


def test_parts_of_an_order_that_is_refused_are_refused_with_it_each_in_its_row() -> None:
    orders = parcels()
    market = history(orders[0]._replace(amount_minor=10**9), *orders[1:])
    scenario = Scenario(market, (), Assumptions(), 1)
    full = Named("full", reading.named("full"))
    replay = run(scenario, [full], "memory", memory(1), lambda _name, _share: None)
    [found] = replay.policies
    assert found.refusals == {"limit_exceeded": 3}
    assert found.orders_refused == 3
    assert found.refused_minor == 10**9 + 5_000
    rejects = rejects_of(market, replay)
    assert [(reject.column, reject.value) for reject in rejects] == [
        ("order_id", "o0001"),
        ("order_id", "o0001b"),
        ("order_id", "o0001c"),
    ]
