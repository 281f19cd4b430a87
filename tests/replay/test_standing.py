"""Exposure and cover, rebuilt from the facts, are those that the engine keeps: at every moment."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from replay_markets import histories, history, interventions, order, play

from holdfast.coverage.model import Coverage
from holdfast.engine.agenda import Listen
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.importers.history import Vanishing
from holdfast.kernel.clock import DAY, Instant
from holdfast.policy_files import reading
from holdfast.replay.tally import Tally
from holdfast.replay.world import vanishing_times
from thorough import examples

POLICIES = (
    "full",
    "covered(0.99)",
    "delivery_plus(7)",
    "rolling_reserve(15%, 30d)",
    "fixed_deposit(5000)",
    "today",
)


def _compared(tally: Tally, home: Memory) -> Listen:
    """Let the tally hear every outcome, and compare it with the rows after each."""

    def listen(submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        tally.listen(submission, at, outcome)
        if not outcome.facts:
            return
        for row in home.rows(Coverage):
            standing = tally.standing(row.id)
            kept = (row.exposure_minor, row.cover_minor, row.captured_minor)
            assert (standing.exposure_minor, standing.cover_minor, standing.sales_minor) == kept, row.id
            assert standing.guaranteed_minor == row.guaranteed_minor, row.id

    return listen


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("spec", POLICIES)
@given(data=st.data())
def test_every_moment_of_a_random_market(spec: str, data: st.DataObject) -> None:
    policy = replace(
        reading.named(spec),
        advance_on_delivery=data.draw(st.booleans(), "advance on delivery"),
        refund_without_claim=data.draw(st.booleans(), "refund without claim"),
    )
    market = data.draw(histories(), "market")
    besides = data.draw(interventions(market), "besides")
    tally = Tally(vanishing_times(list(market.vanishings)))
    salt = data.draw(st.integers(0, 9), "salt")
    home = play(market, policy, lambda home: _compared(tally, home), besides=besides, salt=salt)
    last = tally.result(spec, ledger_sum_minor=0, seconds=0.0).days[-1]
    rows = list(home.rows(Coverage))
    assert last.exposure_minor == sum(row.exposure_minor for row in rows)
    assert last.cover_minor == sum(row.cover_minor for row in rows)


def test_the_lowest_ratio_is_taken_between_transactions_and_not_within_them() -> None:
    """Under `full` proceeds are held until nothing is exposed: the release at the end is one transaction."""
    tally = Tally({})
    play(history(order(1), order(2)), reading.named("full"), lambda _home: tally.listen)
    result = tally.result("full", ledger_sum_minor=0, seconds=0.0)
    assert result.min_coverage_ratio == 1.0
    assert [risk.min_ratio for risk in result.riskiest] == [1.0]


def test_the_lowest_ratio_is_none_where_nothing_was_ever_exposed() -> None:
    tally = Tally({})
    unshipped = order(1, shipped_at=None, delivered_at=None)
    play(history(unshipped), reading.named("full"), lambda _home: tally.listen)
    assert tally.result("full", ledger_sum_minor=0, seconds=0.0).min_coverage_ratio is None


def test_today_covers_with_the_deposit_alone() -> None:
    tally = Tally({})
    today = reading.named("today")
    amount = 4 * today.deposit_minor
    play(history(order(1, amount_minor=amount)), today, lambda _home: tally.listen)
    result = tally.result("today", ledger_sum_minor=0, seconds=0.0)
    assert result.min_coverage_ratio == 0.25
    assert result.riskiest[0].peak_exposure_minor == amount


def test_money_locked_is_cover_over_time_by_what_was_debited() -> None:
    """One order, debited 7 days after delivery and held until the window closes 15 days after it."""
    tally = Tally({})
    play(history(order(1)), reading.named("full"), lambda _home: tally.listen)
    locked = tally.result("full", ledger_sum_minor=0, seconds=0.0).locked_days_of_sales
    assert locked == pytest.approx(8.0, abs=0.1)


def test_a_run_away_is_told_from_the_last_good_days_to_the_last_payment() -> None:
    placed = [order(number) for number in range(4)]
    unshipped = order(9, placed_at=placed[0].placed_at + 12 * DAY, shipped_at=None, delivered_at=None)
    gone = Vanishing("m1", placed[0].placed_at + 13 * DAY)
    market = history(*placed, unshipped, vanishings=(gone,))
    tally = Tally(vanishing_times([gone]))
    play(market, reading.named("full"), lambda _home: tally.listen)
    (run,) = tally.result("full", ledger_sum_minor=0, seconds=0.0).run_aways
    kinds = [event.kind for event in run.events]
    assert kinds.index("placed") < kinds.index("captured") < kinds.index("vanished") < kinds.index("declared")
    assert run.declared_at is not None
    assert run.finished_at is not None
    assert run.vanished_at < run.declared_at <= run.finished_at
    assert (run.consumers, run.orders, run.owed_minor) == (4, 4, 40_000)
    assert (run.compensated_minor, run.uncovered_minor, run.sources.order) == (40_000, 0, 40_000)
    assert run.captures_stopped_minor == 10_000
    assert [event.at for event in run.events] == sorted(event.at for event in run.events)
