"""What is held and let go as time passes, under each release policy, and what others hear of it."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from holdfast.coverage import record
from holdfast.coverage.model import Coverage, CoverFellShort, CoverRestored, Peers, PeersRecorded, RecordPeers
from holdfast.coverage.rules import (
    required_cover,
)
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.clock import DAY, Instant
from holdfast.settlement.facts import PayoutAsked, PayoutHeld, ProceedsReleased
from holdfast.settlement.model import PayDeposit, RecordCapture, Refund, ReturnDeposit
from one_market import FAILING, RELIABLE, START, OneMarket, of, placing, policy
from who_asks import Said


def test_under_full_nothing_is_released_before_the_window_closes() -> None:
    market = OneMarket()
    market.sell_captured()
    sums = market.row(Coverage, "m1")
    assert (sums.exposure_minor, sums.cover_minor) == (10_000, 10_000)
    ends = market.order().window_ends_at
    assert ends is not None
    assert ends >= START + 15 * DAY
    assert not of(ProceedsReleased, market.until(ends - 1))
    released = of(ProceedsReleased, market.until(ends))
    assert [body.available_minor for body in released] == [9_920]
    sums = market.row(Coverage, "m1")
    assert (sums.exposure_minor, sums.cover_minor, sums.completed_orders) == (0, 0, 1)


def test_a_delay_beyond_the_window_is_kept_to() -> None:
    market = OneMarket(policy("delivery_plus(30)"))
    market.sell_captured()
    assert not of(ProceedsReleased, market.until(START + 30 * DAY - 1))
    assert market.row(Coverage, "m1").exposure_minor == 0
    assert of(ProceedsReleased, market.until(START + 30 * DAY))


def test_a_debit_that_comes_late_is_covered_as_long_after_it_as_any() -> None:
    market = OneMarket()
    market.sell()
    market.wait(40 * DAY, FAILING)
    market.do(RecordCapture(order_id="o1"))
    assert market.order().window_ends_at == START + 48 * DAY
    assert market.row(Coverage, "m1").exposure_minor == market.of_merchant("held") == 10_000


def test_covered_keeps_the_proceeds_of_the_young() -> None:
    market = OneMarket(policy("covered(0.99)"))
    market.sell_captured()
    assert market.of_merchant("held") == 10_000


def test_covered_releases_what_a_good_record_does_not_need() -> None:
    """What stood open in a window counts once all of it has closed: after the turn of the next one."""
    chosen = policy(
        "covered(0.99)", young_orders=0, young_for=0, prior_run_aways=1, floor_bp=3_000, line_bp=10**6
    )
    market = OneMarket(chosen)
    records: list[tuple[int, int, int, int]] = []
    for number in range(4):
        market.sell_captured(f"o{number}")
        market.wait(9 * DAY)
        sums = market.row(Coverage, "m1")
        records.append((sums.windows, sums.peak_minor, sums.last_peak_minor, sums.ordinary_minor))
    assert records == [
        (0, 10_000, 0, 0),
        (1, 10_000, 10_000, 0),
        (2, 10_000, 10_000, 10_000),
        (3, 10_000, 10_000, 10_000),
    ]
    market.sell_captured("o4")
    assert market.of_merchant("held") == 3_000


def test_a_long_sale_does_not_pass_for_growth() -> None:
    """Ten times as much for two months, once the merchant is known: it rises by a quarter a window."""
    market = OneMarket(policy("covered(0.99)", young_orders=0, young_for=0, prior_run_aways=1))
    ordinary: list[int] = []
    for number in range(14):
        market.sell_captured(f"o{number}", 10_000 if number < 8 else 100_000)
        market.wait(9 * DAY)
        ordinary.append(market.row(Coverage, "m1").ordinary_minor)
    assert ordinary[7] == 10_000
    assert ordinary[9:] == [12_500, 15_625, 19_531, 24_413, 30_516]


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(5, 500))
def test_what_is_ordinary_rises_by_a_quarter_at_most(ordinary: int, peak: int, windows: int) -> None:
    moved = record.renewed(ordinary, peak, windows)
    assert min(ordinary, peak) - 1 <= moved <= max(ordinary, peak)
    assert moved <= (ordinary * 5 // 4 if ordinary else peak // 4)


def test_a_part_is_released_where_the_whole_is_needed_and_small_ones_wait() -> None:
    chosen = policy(
        "covered(0.99)", young_orders=0, young_for=0, prior_run_aways=1, floor_bp=3_000, line_bp=10**6
    )
    market = OneMarket(chosen)
    for number in range(4):
        market.sell_captured(f"o{number}")
        market.wait(9 * DAY)
    before = market.now
    market.sell_captured("o9", 30_000)
    held = market.of_merchant("held")
    assert held == 30_000 - 10_000 * 7_000 // 10_000
    assert held == market.order("o9").held_minor
    assert market.row(Coverage, "m1").cover_minor == held
    market.wait(9 * DAY)
    assert market.of_merchant("held") == 0
    assert market.now > before
    small = OneMarket(replace(chosen, floor_bp=9_000))
    for number in range(4):
        small.sell_captured(f"o{number}")
        small.wait(9 * DAY)
    small.sell_captured("o9", 40_000)
    assert small.of_merchant("held") == 40_000


def test_who_sells_nothing_for_months_loses_the_record_of_its_size() -> None:
    market = OneMarket(policy("covered(0.99)", young_orders=0, young_for=0, prior_run_aways=1))
    for number in range(4):
        market.sell_captured(f"o{number}")
        market.wait(9 * DAY)
    market.wait(400 * DAY)
    market.sell_captured("o9")
    sums = market.row(Coverage, "m1")
    assert (sums.ordinary_minor, sums.last_peak_minor, sums.windows) == (0, 0, 4)
    assert market.of_merchant("held") == 10_000


def test_a_category_keeps_its_own_record_and_begins_with_what_is_known_elsewhere() -> None:
    market = OneMarket(policy("covered(0.99)", prior_windows=4))
    [recorded] = of(PeersRecorded, market.do(RecordPeers(category="", run_aways=3, windows=1_000)))
    assert (recorded.run_aways, recorded.windows) == (3, 1_000)
    market.sell_captured("o1")
    assert market.row(Coverage, "m1").peer_hazard_ppm == 8_667
    market.wait(16 * DAY)
    market.sell_captured("o2")
    assert market.row(Peers, "").windows_milli == 1_001_000
    for person in ("an officer", "another"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="nobody answers")))
    assert market.row(Peers, "") == Peers(id="", run_aways=4, windows_milli=1_001_800)
    assert market.refused(RecordPeers(category="", run_aways=2, windows=1)) == "bad_peers"
    assert market.refused(RecordPeers(category="two words", run_aways=0, windows=1)) == "bad_id"


def test_a_payout_that_would_break_the_cover_waits_with_the_figure() -> None:
    """Released under a laxer policy, then the stricter one comes into force."""
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    market.home.adopt(policy("full"), market.now)
    [held] = of(PayoutHeld, market.wait(2 * DAY))
    assert (held.code, held.amount_minor) == ("payout_breaks_cover", 9_920)
    assert held.reason == "cover is 0 of 10000 minor units that policy requires; 10000 are missing"
    assert "10000" in held.reason_zh
    assert of(PayoutAsked, market.wait(8 * DAY))


def test_new_orders_are_refused_while_cover_is_below_the_threshold() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    market.home.adopt(policy("full"), market.now)
    refusal = market.refusal(placing(order_id="o2"))
    assert refusal.code == "cover_too_low"
    assert refusal.fix == "The merchant tops up its deposit by 5000; then new orders are taken again"
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000), placing(order_id="o2"))


def test_it_is_told_when_cover_crosses_the_threshold() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    market.home.adopt(policy("full"), market.now)
    facts = market.do(PayDeposit(merchant_id="m1", amount_minor=4_999))
    [short] = of(CoverFellShort, facts)
    assert short.missing_minor == 1
    assert of(CoverRestored, market.do(PayDeposit(merchant_id="m1", amount_minor=1)))


def test_a_deposit_is_returned_as_far_as_cover_allows() -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=3_000))
    market.sell_captured()
    market.wait(3 * DAY)
    market.do(Refund(order_id="o1", amount_minor=1_000, reason="a scratch"))
    assert market.refused(ReturnDeposit(merchant_id="m1", amount_minor=3_001)) == "insufficient_funds"
    market.do(ReturnDeposit(merchant_id="m1", amount_minor=3_000))
    assert market.row(Coverage, "m1").cover_minor == 9_000


def test_a_deposit_that_covers_stays() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.do(PayDeposit(merchant_id="m1", amount_minor=12_000))
    market.sell_captured()
    market.home.adopt(policy("full"), market.now)
    refusal = market.refusal(ReturnDeposit(merchant_id="m1", amount_minor=2_001))
    assert refusal.code == "payout_breaks_cover"
    assert "1 are missing" in refusal.what
    market.do(ReturnDeposit(merchant_id="m1", amount_minor=2_000))


def test_no_payout_leaves_below_the_cover_that_is_required() -> None:
    """Ten weeks of sales under `covered`: whenever a payout leaves, what is required stays behind."""
    chosen = policy("covered(0.99)", young_orders=3, young_for=20 * DAY, prior_run_aways=1)
    market = OneMarket(chosen)
    left: list[tuple[int, int]] = []

    def listen(_submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        if of(PayoutAsked, outcome.facts):
            sums = market.row(Coverage, "m1")
            left.append((sums.cover_minor, required_cover(sums, chosen, at)))

    for number in range(20):
        market.sell(f"o{number}", 1_000 * (1 + number % 5))
        market.now += 3 * DAY
        market.home.play([], react=RELIABLE.react, listen=listen, until=market.now)
    assert len(left) > 5
    assert all(cover >= required for cover, required in left)
    assert any(0 < required < cover for cover, required in left)
