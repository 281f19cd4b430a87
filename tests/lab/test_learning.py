"""The learning adversary: what it finds costs what it says, and more than what it began with."""

import pytest
from small import small

from holdfast.lab.effort import FULL, FULL_FROM_RUNS, QUICK, Effort, Learning, effort
from holdfast.lab.jobs import untold
from holdfast.lab.learning import KNOWN, SPACE, Judge, Learn, Target, point_of, strategy_at
from holdfast.lab.results import LEARNED, Strategy, Worst
from holdfast.policy_files.reading import named

FEW = Effort(candidates=10, generations=2, elite=6, judged=4)
"""A search of seconds."""


def search(spec: str) -> Worst:
    """Search against a policy, and judge what was found."""
    target = Target(small(), named(spec), spec, 1, (2, 400), FEW)
    return Judge(target, (Learn(target).perform(untold), *KNOWN)).perform(untold)


@pytest.mark.long
def test_against_full_only_late_claims_are_found_and_much_against_today() -> None:
    """For claims after their window no cover is kept: they are all that a strategy costs under `full`.

    The fund pays them up to a stated amount beside what the merchant's fees brought in: it paid that first.
    """
    full, today = search("full"), search("today")
    assert full.loss_days == pytest.approx(0, abs=0.5)
    assert full.ratio is not None
    assert today.ratio is not None
    assert full.ratio < today.ratio / 2
    assert full.cost_days < today.cost_days / 2
    assert today.cost_days > 8
    assert today.adversary == LEARNED
    assert today.loss_days == pytest.approx(today.cost_days)
    assert today.tried == 20
    assert today == search("today")


@pytest.mark.long
def test_what_is_found_lies_within_its_bounds() -> None:
    found = search("delivery_plus(7)")
    assert found.strategy is not None
    assert found.fund_days == pytest.approx(found.cost_days, rel=0.01)
    for dimension in SPACE:
        assert dimension.low <= getattr(found.strategy, dimension.name) <= dimension.high


def test_points_and_strategies_are_the_same_thing() -> None:
    for strategy in KNOWN:
        there = strategy_at(point_of(strategy))
        assert all(getattr(there, d.name) == pytest.approx(getattr(strategy, d.name)) for d in SPACE), (
            strategy
        )
    assert all(0 <= x <= 1 for strategy in KNOWN for x in point_of(strategy))
    assert Strategy().runs


def test_how_hard_is_searched_follows_the_runs_unless_it_is_said() -> None:
    assert effort(None, 1, named=True) is QUICK
    assert effort(None, FULL_FROM_RUNS, named=True) is FULL
    assert effort(None, FULL_FROM_RUNS, named=False) is None
    assert effort(Learning.NONE, FULL_FROM_RUNS, named=True) is None
    assert effort(Learning.FULL, 1, named=False) is FULL
    assert len(KNOWN) < QUICK.candidates
    assert FULL.lives > 8 * QUICK.lives


def test_a_search_that_was_quick_is_not_taken_for_one_in_full() -> None:
    quick, full = (Target(small(), named("full"), "full", 1, (2, 400), each) for each in (QUICK, FULL))
    assert Learn(quick).digest != Learn(full).digest
    assert Judge(quick, KNOWN).digest != Judge(full, KNOWN).digest
