"""The learning adversary: what it finds costs what it says, and more than what it began with."""

import pytest
from small import small

from holdfast.lab import learning
from holdfast.lab.learning import KNOWN, SPACE, Judge, Learn, Target, point_of, strategy_at
from holdfast.lab.results import LEARNED, Strategy, Worst
from holdfast.policy.reading import named


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of seconds."""
    monkeypatch.setattr(learning, "_CANDIDATES", 10)
    monkeypatch.setattr(learning, "_GENERATIONS", 2)
    monkeypatch.setattr(learning, "_JUDGED", 4)


def search(spec: str) -> Worst:
    """Search against a policy, and judge what was found."""
    target = Target(small(), named(spec), spec, 1, (2, 400))
    return Judge(target, (Learn(target).perform(), *KNOWN)).perform()


@pytest.mark.long
@pytest.mark.usefixtures("few")
def test_against_full_only_late_claims_are_found_and_much_against_today() -> None:
    """For claims after their window no cover is kept: they are all that a strategy costs under `full`."""
    full, today = search("full"), search("today")
    assert full.fund_days == pytest.approx(0, abs=0.2)
    assert full.cost_days < today.cost_days / 2
    assert today.cost_days > 8
    assert today.adversary == LEARNED
    assert today.loss_days == pytest.approx(today.cost_days)
    assert today.tried == 20
    assert today == search("today")


@pytest.mark.long
@pytest.mark.usefixtures("few")
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
