import pytest
from msgspec.structs import replace
from replay_markets import START, history, order, play

from holdfast.claims.model import OpenClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.importers.history import Vanishing
from holdfast.kernel.actor import Nature
from holdfast.kernel.clock import DAY, day
from holdfast.orders.model import DeliverOrder, ShipOrder
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy_files import reading
from holdfast.replay.tally import Tally
from holdfast.replay.timeline import (
    TooFewMerchants,
    UnknownMerchant,
    VanishesBeforeItSells,
    build,
    check_vanishings,
    choose_vanishings,
)
from holdfast.replay.world import Assumptions, vanishing_times

MARKET = history(*(order(number, f"m{number % 4}", placed_at=START + number * DAY) for number in range(16)))
FULL = reading.named("full")


def test_a_vanished_merchant_ships_nothing_more() -> None:
    gone = MARKET.orders[8].placed_at
    commands = build(MARKET, FULL, {"m0": gone}, Assumptions())
    shipped = {each.command.order_id for each in commands if isinstance(each.command, ShipOrder)}
    delivered = {each.command.order_id for each in commands if isinstance(each.command, DeliverOrder)}
    assert shipped == delivered
    assert {one.id for one in MARKET.orders} - shipped == {"o0008", "o0012"}


def test_times_ascend() -> None:
    times = [each.at for each in build(MARKET, FULL, {}, Assumptions())]
    assert times == sorted(times)


@pytest.mark.parametrize(("score", "amount"), [(1, 10_000), (2, 5_000), (3, None)])
def test_a_bad_review_is_a_claim(score: int, amount: int | None) -> None:
    reviewed = order(1, score=score, reviewed_at=START + 9 * DAY)
    commands = build(history(reviewed), FULL, {}, Assumptions())
    claims = [each.command.amount_minor for each in commands if isinstance(each.command, OpenClaim)]
    assert claims == ([] if amount is None else [amount])


def test_as_many_people_declare_as_policy_wants() -> None:
    policy = replace(FULL, declarations=3)
    commands = build(MARKET, policy, {"m0": START + 3 * DAY}, Assumptions())
    people = [each.actor for each in commands if isinstance(each.command, DeclareAbsconded)]
    assert len({actor.id for actor in people}) == 3
    assert {actor.nature for actor in people} == {Nature.PERSON}
    home = play(
        history(*MARKET.orders, vanishings=(Vanishing("m0", START),)), policy, lambda _home: Tally({}).listen
    )
    merchant = home.row(Merchant, "m0")
    assert merchant is not None
    assert merchant.status is MerchantStatus.ABSCONDED


def test_nobody_is_declared_before_joining() -> None:
    market = history(*MARKET.orders, vanishings=(Vanishing("m3", MARKET.orders[3].placed_at - 1),))
    commands = build(market, FULL, vanishing_times(list(market.vanishings)), Assumptions(declare_days=0))
    declared = [each.at for each in commands if isinstance(each.command, DeclareAbsconded)]
    assert min(declared) >= MARKET.orders[3].placed_at


def test_chance_draws_the_same_by_the_same_seed_and_none_of_those_that_vanish_anyway() -> None:
    assert choose_vanishings(MARKET, 3, 7) == choose_vanishings(MARKET, 3, 7)
    drawn = {vanishing.merchant_id for vanishing in choose_vanishings(MARKET, 3, 7, beside=["m1"])}
    assert drawn == {"m0", "m2", "m3"}


def test_more_than_there_are_cannot_vanish() -> None:
    with pytest.raises(TooFewMerchants) as refused:
        choose_vanishings(MARKET, 5, 7)
    assert "4 have at least 3" in refused.value.record().what


def test_a_merchant_that_is_not_there_cannot_vanish_and_the_one_that_is_meant_is_named() -> None:
    with pytest.raises(UnknownMerchant) as refused:
        check_vanishings(MARKET, [Vanishing("m33", START)])
    assert "did you mean 'm3'" in refused.value.record().what


def test_a_merchant_cannot_vanish_before_it_sells() -> None:
    first = MARKET.orders[3].placed_at
    check_vanishings(MARKET, [Vanishing("m3", first - first % DAY)])
    with pytest.raises(VanishesBeforeItSells) as refused:
        check_vanishings(MARKET, [Vanishing("m3", first - first % DAY - 1)])
    assert day(MARKET.orders[3].placed_at) in refused.value.record().fix
