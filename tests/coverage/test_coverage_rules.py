"""What must be covered under each release policy, and that nothing breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from holdfast.coverage import rules
from holdfast.coverage.model import Coverage, Peers
from holdfast.coverage.rules import (
    PPM,
    hazard_ppm,
    is_young,
    least_for_orders,
    peer_hazard_ppm,
    ratio,
    required_cover,
    tells_milli,
)
from holdfast.kernel.clock import DAY
from holdfast.policy.release import parse
from one_market import START, policy

AMOUNTS = st.integers(0, 10**9)
NOW = START + 400 * DAY


COVERED = policy(
    "covered(0.99)", young_for=60 * DAY, young_orders=30, floor_bp=1_000, prior_windows=4, line_bp=10_000
)


@st.composite
def records(draw: st.DrawFn) -> Coverage:
    """The coverage of a merchant with any record that adds up."""
    captured = draw(AMOUNTS)
    recent = draw(st.integers(0, captured))
    return Coverage(
        id="m1",
        currency="CNY",
        exposure_minor=draw(AMOUNTS),
        cover_minor=draw(AMOUNTS),
        captured_minor=captured,
        completed_minor=draw(st.integers(0, captured)),
        completed_orders=draw(st.integers(0, 100)),
        claimed_minor=draw(st.integers(0, captured)),
        first_captured_at=draw(st.one_of(st.none(), st.integers(START, NOW))),
        windows=draw(st.integers(0, 200)),
        ordinary_minor=draw(AMOUNTS),
        recent_captured_minor=recent,
        recent_claimed_minor=draw(st.integers(0, recent)),
        peer_hazard_ppm=draw(st.integers(0, PPM)),
        earned_minor=draw(AMOUNTS),
        owed_minor=draw(st.integers(0, 1_000)),
        guaranteed_minor=draw(st.sampled_from([0, 0, 500])),
    )


SUMS = Coverage(id="m1", currency="CNY", exposure_minor=1_000, cover_minor=400)
OLD = replace(
    SUMS,
    first_captured_at=START,
    completed_orders=500,
    captured_minor=10**6,
    recent_captured_minor=10**6,
    completed_minor=10**6 - 5_000,
    windows=16,
    ordinary_minor=1_000,
    peer_hazard_ppm=20_000,
    earned_minor=10**6,
)


@pytest.mark.parametrize(
    ("release", "sums", "required"),
    [
        ("full", SUMS, 1_000),
        ("full", OLD, 1_000),
        ("delivery_plus(7)", SUMS, 0),
        ("rolling_reserve(15%, 30d)", SUMS, 0),
        ("fixed_deposit(10000)", SUMS, 0),
        ("covered(0.99)", SUMS, 1_000),
        ("covered(0.99)", OLD, 400),
        ("covered(0.99)", replace(OLD, windows=4), 1_000),
        ("covered(0.99)", replace(OLD, peer_hazard_ppm=1_000), 100),
        ("covered(0.9999)", OLD, 1_000),
        ("covered(0.99)", replace(OLD, recent_claimed_minor=200_000), 600),
        ("covered(0.99)", replace(OLD, recent_claimed_minor=900_000), 1_000),
        ("covered(0.99)", replace(OLD, exposure_minor=600), 0),
        ("covered(0.99)", replace(OLD, exposure_minor=1_301), 701),
        ("covered(0.99)", replace(OLD, exposure_minor=10**6), 10**6 - 600),
        ("covered(0.99)", replace(OLD, earned_minor=500), 500),
        ("covered(0.99)", replace(OLD, earned_minor=500, owed_minor=499), 999),
        ("covered(0.99)", replace(OLD, earned_minor=500, owed_minor=700), 1_000),
        ("covered(0.99)", replace(OLD, earned_minor=500, carried_minor=550), 450),
        ("covered(0.99)", replace(OLD, ran=True), 1_000),
        ("full", replace(OLD, carried_minor=1), 999),
        ("covered(0.99)", replace(OLD, ordinary_minor=0), 1_000),
        ("covered(0.99)", replace(OLD, completed_orders=29), 1_000),
        ("covered(0.99)", replace(OLD, first_captured_at=NOW - 59 * DAY), 1_000),
    ],
)
def test_each_policy_requires_its_cover(release: str, sums: Coverage, required: int) -> None:
    chosen = COVERED if release == "covered(0.99)" else policy(release)
    assert required_cover(sums, chosen, NOW) == required


@given(records(), st.sampled_from(["full", "covered(0.99)", "covered(0.9)", "fixed_deposit(1)"]))
def test_no_policy_requires_more_than_the_exposure(sums: Coverage, release: str) -> None:
    chosen = policy(release)
    required = required_cover(sums, chosen, NOW)
    assert 0 <= required <= rules.due_cover(sums, chosen, NOW) <= sums.exposure_minor
    assert least_for_orders(sums, chosen, NOW) <= rules.due_cover(sums, chosen, NOW)


@given(records(), st.sampled_from(["full", "covered(0.99)", "covered(0.9)", "fixed_deposit(1)"]), AMOUNTS)
def test_what_may_leave_never_leaves_more_uncovered_than_the_line(
    sums: Coverage, release: str, drop: int
) -> None:
    """The one rule of every way out: what goes beyond the exposure that goes with it keeps to the line."""
    chosen = policy(release)
    drop = min(drop, sums.exposure_minor)
    gone = rules.may_leave(sums, chosen, NOW, drop)
    assert 0 <= gone <= sums.all_cover_minor
    after = replace(
        sums,
        exposure_minor=sums.exposure_minor - drop,
        cover_minor=sums.all_cover_minor - gone,
        guaranteed_minor=0,
    )
    line = rules.line(sums, chosen, NOW)
    assert after.uncovered_minor <= max(line, sums.uncovered_minor)
    one_more = replace(after, cover_minor=after.cover_minor - 1)
    assert (
        after.cover_minor == 0
        or one_more.uncovered_minor > max(line, sums.uncovered_minor)
        or (sums.uncovered_minor == 0 and one_more.uncovered_minor > line)
    )


@given(records(), AMOUNTS)
def test_more_exposure_never_requires_less(sums: Coverage, more: int) -> None:
    larger = replace(sums, exposure_minor=sums.exposure_minor + more)
    assert required_cover(larger, COVERED, NOW) >= required_cover(sums, COVERED, NOW)


@given(records(), AMOUNTS)
def test_what_goes_beyond_the_ordinary_is_covered_whole(sums: Coverage, more: int) -> None:
    """However great a surge, what the merchant could run with does not grow by a fen."""
    usual = replace(sums, exposure_minor=sums.ordinary_minor)
    surge = replace(sums, exposure_minor=sums.ordinary_minor + more)
    bare = usual.exposure_minor - required_cover(usual, COVERED, NOW)
    assert surge.exposure_minor - required_cover(surge, COVERED, NOW) == bare
    assert bare <= sums.ordinary_minor * (10_000 - COVERED.floor_bp) // 10_000


@given(records())
def test_what_may_stand_uncovered_was_paid_for(sums: Coverage) -> None:
    """Nobody gains by a record made with accomplices: the fees for it come to more than the line."""
    chosen = policy("covered(0.5)")
    line = rules.line(sums, chosen, NOW)
    assert line <= max(0, sums.earned_minor * 9 // 10 - sums.owed_minor)
    stated = chosen.late_fund_minor + sums.earned_minor * 9 // 10 - sums.owed_minor
    assert rules.late_room(sums, chosen) + sums.uncovered_minor <= max(sums.uncovered_minor, stated)


@given(records(), st.integers(0, 300), st.integers(0, 50))
def test_a_longer_record_never_requires_more(sums: Coverage, days: int, windows: int) -> None:
    longer = replace(sums, windows=sums.windows + windows)
    assert required_cover(longer, COVERED, NOW + days * DAY) <= required_cover(sums, COVERED, NOW)


@given(records(), AMOUNTS)
def test_more_claims_never_require_less(sums: Coverage, more: int) -> None:
    worse = replace(sums, recent_claimed_minor=sums.recent_claimed_minor + more)
    assert required_cover(worse, COVERED, NOW) >= required_cover(sums, COVERED, NOW)


@given(records(), st.integers(0, PPM))
def test_riskier_peers_never_require_less(sums: Coverage, hazard: int) -> None:
    riskier = replace(sums, peer_hazard_ppm=max(hazard, sums.peer_hazard_ppm))
    assert required_cover(riskier, COVERED, NOW) >= required_cover(sums, COVERED, NOW)


@given(records(), st.integers(1, 9_999))
def test_a_higher_quantile_never_requires_less(sums: Coverage, alpha: int) -> None:
    lower, higher = (
        required_cover(
            sums, replace(policy("covered(0.99)"), release=replace(parse("covered(0.5)"), alpha_bp=bp)), NOW
        )
        for bp in (alpha, alpha + 1)
    )
    assert lower <= higher


@given(records(), st.integers(0, 1000), st.integers(0, 10**7))
def test_hazards_are_probabilities_that_run_aways_raise(sums: Coverage, ran: int, milli: int) -> None:
    peers = peer_hazard_ppm(Peers(id="toys", run_aways=ran, windows_milli=milli), COVERED)
    more = peer_hazard_ppm(Peers(id="toys", run_aways=ran + 1, windows_milli=milli), COVERED)
    calmer = peer_hazard_ppm(Peers(id="toys", run_aways=ran, windows_milli=milli + 1_000), COVERED)
    assert 0 < calmer <= peers <= more <= PPM
    assert 0 <= hazard_ppm(sums, COVERED) <= sums.peer_hazard_ppm


def test_the_category_is_the_prior_until_its_record_outweighs_it() -> None:
    chosen = policy("covered(0.99)", prior_run_aways=20, peer_windows=500, prior_windows=4)
    assert peer_hazard_ppm(None, chosen) == 20_000
    assert peer_hazard_ppm(Peers(id="toys", run_aways=0, windows_milli=500_000), chosen) == 10_000
    assert peer_hazard_ppm(Peers(id="toys", run_aways=100, windows_milli=9_500_000), chosen) == 11_000
    assert [tells_milli(windows, chosen) for windows in (0, 4, 36)] == [1_000, 500, 100]
    known = Coverage(id="m1", currency="CNY", peer_hazard_ppm=20_000)
    assert [hazard_ppm(replace(known, windows=n), chosen) for n in (0, 4, 36)] == [20_000, 10_000, 2_000]


def test_a_merchant_without_a_debit_is_young() -> None:
    chosen = policy("covered(0.99)")
    assert is_young(SUMS, chosen, NOW)
    assert not is_young(OLD, chosen, NOW)


def test_the_ratio_is_told_where_something_is_exposed() -> None:
    assert ratio(SUMS) == pytest.approx(0.4)
    assert ratio(replace(SUMS, exposure_minor=0)) is None


@pytest.mark.parametrize(
    ("release", "at"),
    [
        ("full", 15),
        ("delivery_plus(3)", 7),
        ("delivery_plus(9)", 9),
        ("rolling_reserve(15%, 30d)", 7),
        ("fixed_deposit(1)", 7),
        ("covered(0.99)", 7),
    ],
)
def test_when_proceeds_may_first_go(release: str, at: int) -> None:
    captured, delivered, window = START + 7 * DAY, START, START + 15 * DAY
    assert rules.release_at(parse(release), captured, delivered, window) == START + at * DAY
