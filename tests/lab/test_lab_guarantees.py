"""Guarantees of newcomers: who brings one, what it costs, and that nobody else is disturbed by it."""

from random import Random

from msgspec.structs import replace
from small import small

from holdfast.coverage.model import Coverage
from holdfast.guarantees.model import GuaranteeCalled, RecordGuaranteePaid
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Fact
from holdfast.lab.comparison import summed_up
from holdfast.lab.distributions import Constant
from holdfast.lab.guarantees import PAYS_AFTER, brought, cash_of, paid
from holdfast.lab.market import Guarantees
from holdfast.lab.results import HONEST
from holdfast.lab.sellers import population
from holdfast.lab.simulation import simulate
from holdfast.policy_files.reading import named

FULL, COVERED = named("full"), named("covered(0.95)")
ALL = Guarantees(
    share=1.0, limit=Constant(30.0), premium_per_year=Constant(0.02), lasts=Constant(100.0 * DAY)
)


def test_a_guarantee_has_a_limit_a_term_and_a_premium_by_the_day() -> None:
    found = brought(ALL, "m1", 1_000.0, 5 * DAY, Random(1))
    assert found is not None
    assert (found.limit_minor, found.starts_at, found.ends_at) == (30_000, 5 * DAY, 105 * DAY)
    assert found.premium_minor(0, 370 * DAY) == round(30_000 * 0.02 * 100 / 365)
    assert found.premium_minor(55 * DAY, 370 * DAY) == round(30_000 * 0.02 * 50 / 365)
    assert found.premium_minor(200 * DAY, 370 * DAY) == 0
    assert brought(Guarantees(), "m1", 1_000.0, 0, Random(1)) is None


def test_only_honest_merchants_bring_one_and_their_orders_stay_as_they_are() -> None:
    market = replace(small(merchants=16, days=30, warm_up_days=10), guarantees=Guarantees())
    plain = population(market, FULL, 1, 0)
    with_one = population(replace(market, guarantees=ALL), FULL, 1, 0)
    assert all(one.guarantee is None for one in plain)
    assert all((one.guarantee is not None) is (one.kind == HONEST) for one in with_one)
    before, after = (
        simulate(market, FULL, "p", sellers, (1, 0), lambda _share: None) for sellers in (plain, with_one)
    )
    assert [one.whole.orders for one in before.sellers] == [one.whole.orders for one in after.sellers]


def test_the_newest_tenth_is_told_with_and_without_and_the_premium_beside_the_cash() -> None:
    market = small(merchants=40, days=30, warm_up_days=20)
    market = replace(market, adversaries=(), guarantees=replace(ALL, share=0.5))
    runs = [
        simulate(
            market, COVERED, "p", population(market, COVERED, 1, number), (1, number), lambda _share: None
        )
        for number in range(2)
    ]
    figures = summed_up("p", runs, market)
    for span in (figures.first_year, figures.settled):
        assert span["newest_cash_with_guarantee"] < 0.5 * span["newest_cash_without_guarantee"]
        assert span["newest_premium_with_guarantee"] > 0


def test_what_is_locked_is_cash() -> None:
    assert cash_of(Coverage(id="m1", currency="CNY", cover_minor=70, guaranteed_minor=30)) == 70


def test_an_issuer_pays_what_was_called_a_while_later() -> None:
    called = GuaranteeCalled(
        guarantee_id="g",
        merchant_id="m1",
        issuer="i",
        counted_minor=10,
        amount_minor=7,
        why="c",
        left_minor=3,
    )
    assert paid(Fact("f", 5 * DAY, called)) == [
        (5 * DAY + PAYS_AFTER, RecordGuaranteePaid(guarantee_id="g", amount_minor=7))
    ]
