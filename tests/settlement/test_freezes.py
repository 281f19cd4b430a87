"""What an authority has stand still: paid to nobody, drawn by nobody, no cover; until it is lifted."""

import pytest

from holdfast.audit.checks import audit
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.coverage.model import Coverage, CoverFellShort, CoverRestored
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY
from holdfast.settlement.facts import ClaimPaid, PayoutAsked
from holdfast.settlement.model import Claim, PayDeposit, ReturnDeposit
from holdfast.settlement.otherwise import Freeze, RecordFreeze, RecordFreezeLifted, RecordSeizure
from holdfast.settlement.otherwise_facts import FreezeLifted, MoneyFrozen, MoneySeized, MoreFrozen
from one_market import SILENT, START, OneMarket, of, placing, policy
from who_asks import Said

FROZEN = "frozen"


def freezing(amount: int = 6_000, freeze_id: str = "f1") -> RecordFreeze:
    return RecordFreeze(
        freeze_id=freeze_id, merchant_id="m1", amount_minor=amount, authority="Court", document="(2026) 2"
    )


LIFTED = RecordFreezeLifted(freeze_id="f1", document="(2026) 3")


def test_what_is_frozen_is_no_cover_and_cannot_be_taken_out() -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000))
    [frozen] = of(MoneyFrozen, market.do(freezing()))
    assert (frozen.from_deposit_minor, frozen.missing_minor) == (5_000, 1_000)
    assert market.row(Coverage, "m1").cover_minor == 0
    assert market.refused(freezing()) == "taking_recorded"
    assert market.refused(ReturnDeposit(merchant_id="m1", amount_minor=1)) == "insufficient_funds"
    [waits] = audit(market.home).astray
    assert (waits.held_by, waits.belongs_to) == ("platform, frozen by Court", "merchant:m1")


def test_new_orders_stop_with_the_freeze_and_go_on_when_it_is_lifted() -> None:
    """What a policy of before had released, the deposit covers."""
    market = OneMarket(policy("delivery_plus(0)", payout_cycle=0))
    market.sell_captured()
    market.wait(DAY)
    market.do(PayDeposit(merchant_id="m1", amount_minor=10_000))
    market.home.adopt(policy("full"), market.now)
    assert market.row(Coverage, "m1").exposure_minor == market.row(Coverage, "m1").cover_minor == 10_000
    [short] = of(CoverFellShort, market.do(freezing(9_000)))
    assert short.cover_minor == 1_000
    assert market.refused(placing(order_id="o2")) == "cover_too_low"
    assert of(CoverRestored, market.do(LIFTED))
    market.do(placing(order_id="o2"))
    assert market.of_merchant("deposit") == 10_000


def test_what_comes_in_is_frozen_before_it_is_paid_out() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(freezing())
    facts = market.until(START + 17 * DAY, SILENT)
    assert [each.from_available_minor for each in of(MoreFrozen, facts)] == [6_000]
    assert [each.amount_minor for each in of(PayoutAsked, facts)] == [3_920]
    assert market.of_merchant(FROZEN) == 6_000
    assert market.row(Coverage, "m1").to_freeze_minor == 0
    market.do(LIFTED)
    assert (market.of_merchant(FROZEN), market.of_merchant("available")) == (0, 9_920)


@pytest.mark.parametrize(("part", "missing", "deposit"), [(500, 500, 0), (1_000, 0, 0), (3_000, 0, 2_000)])
def test_a_part_is_lifted(part: int, missing: int, deposit: int) -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000), freezing())
    [lifted] = of(
        FreezeLifted,
        market.do(RecordFreezeLifted(freeze_id="f1", document="(2026) 3", amount_minor=part)),
    )
    assert (lifted.missing_minor, lifted.to_deposit_minor) == (missing, deposit)
    more = RecordFreezeLifted(freeze_id="f1", document="(2026) 3", amount_minor=6_001 - part)
    assert market.refused(more) == "freeze_not_left"
    market.do(LIFTED)
    assert market.of_merchant("deposit") == 5_000
    assert market.refused(LIFTED) == "freeze_not_left"


def seizing(amount: int) -> RecordSeizure:
    return RecordSeizure(
        seizure_id="s1",
        merchant_id="m1",
        amount_minor=amount,
        authority="Court",
        document="(2026) 4",
        freeze_id="f1",
    )


@pytest.mark.parametrize(
    ("amount", "frozen", "platform"), [(2_000, 2_000, 0), (5_000, 5_000, 0), (5_500, 5_000, 500)]
)
def test_what_was_frozen_is_taken_first(amount: int, frozen: int, platform: int) -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000), freezing())
    [seized] = of(MoneySeized, market.do(seizing(amount)))
    assert (seized.from_frozen_minor, seized.from_platform_minor) == (frozen, platform)
    row = market.row(Freeze, "f1")
    assert row.frozen_minor == 5_000 - frozen
    assert row.missing_minor == 1_000 - platform
    assert market.row(Coverage, "m1").cover_minor == 0


def test_a_freeze_of_another_merchant_is_not_seized() -> None:
    market = OneMarket()
    market.do(freezing())
    other = RecordSeizure(
        seizure_id="s1", merchant_id="m2", amount_minor=5, authority="?", document="?", freeze_id="f1"
    )
    assert market.refused(other) == "not_found"


def test_a_claim_is_not_paid_from_what_is_frozen() -> None:
    """The order's own proceeds pay it: they are not the merchant's, and no freeze of it reaches them."""
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000))
    market.sell_captured()
    market.do(freezing(50_000))
    [paid] = of(
        ClaimPaid,
        market.do(
            OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="broken"),
            UpholdClaim(claim_id="k1"),
        ),
    )
    assert (paid.from_order_minor, paid.from_deposit_minor) == (10_000, 0)
    assert market.row(Claim, "k1").missing_minor == 0
    assert market.of_merchant(FROZEN) == 5_000


def test_of_a_merchant_that_ran_is_frozen_what_the_sweep_has_left() -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000))
    market.sell_captured()
    market.do(*(Said(person, DeclareAbsconded(merchant_id="m1", reason="gone")) for person in ("Li", "Wang")))
    facts = market.do(freezing(50_000))
    [frozen] = of(MoneyFrozen, facts)
    assert frozen.missing_minor == 50_000
    assert sum(each.amount_minor for each in of(MoreFrozen, facts)) == market.of_merchant(FROZEN)
    market.wait(30 * DAY)
    [claim] = list(market.home.rows(Claim))
    assert (claim.paid_minor, claim.missing_minor) == (10_000, 0)
    assert market.of_merchant(FROZEN) == 5_000
    assert market.row(Coverage, "m1").to_freeze_minor == 45_000


def test_a_freeze_in_another_currency_stops_nothing() -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000))
    yen = RecordFreeze(
        freeze_id="f1",
        merchant_id="m1",
        amount_minor=9,
        authority="Court",
        document="(2026) 2",
        currency="JPY",
    )
    [frozen] = of(MoneyFrozen, market.do(yen))
    assert (frozen.missing_minor, market.of_merchant("deposit")) == (9, 5_000)
    market.do(PayDeposit(merchant_id="m1", amount_minor=1), LIFTED)
    assert market.of_merchant("deposit") == 5_001


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_neither_frozen_nor_let_go(amount: int) -> None:
    market = OneMarket()
    assert market.refused(freezing(amount)) == "told_no_amount"
    market.do(freezing())
    none = RecordFreezeLifted(freeze_id="f1", document="(2026) 3", amount_minor=amount)
    assert market.refused(none) == "told_no_amount"
