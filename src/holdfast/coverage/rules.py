"""How much must be covered, and when held proceeds may go."""

from holdfast.coverage.model import Coverage
from holdfast.coverage.refusals import CoverTooLow, PayoutBreaksCover
from holdfast.kernel.clock import Instant
from holdfast.kernel.money import share
from holdfast.policy.model import Policy
from holdfast.policy.release import Covered, DeliveryPlus, FixedDeposit, Full, Release, RollingReserve

WHOLE_BP = 10_000


def ratio(coverage: Coverage) -> float | None:
    """Return cover over exposure; None where nothing is exposed."""
    return coverage.cover_minor / coverage.exposure_minor if coverage.exposure_minor else None


def is_young(coverage: Coverage, policy: Policy, now: Instant) -> bool:
    """Tell whether too little is known of the merchant to trust its record."""
    since = coverage.first_captured_at
    return since is None or now - since < policy.young_for or coverage.completed_orders < policy.young_orders


def hazard_bp(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return the probability, in basis points and rounded up, that the merchant runs in the next window.

    The posterior mean of a Gamma-Poisson model: a prior of `prior_run_aways` in 1,000 windows that weighs
    `prior_windows`, and no run-away in the windows survived. Windows count by time, but no more than the
    exposure has been turned over: who sells three times as much as ever before has survived a third.
    """
    since = coverage.first_captured_at
    by_time = 0 if since is None else (now - since) // max(1, policy.claim_window)
    turned_over = coverage.completed_minor // max(1, coverage.exposure_minor)
    windows = policy.prior_windows + min(by_time, turned_over)
    prior = policy.prior_run_aways * policy.prior_windows * WHOLE_BP
    return -(-prior // (1000 * max(1, windows)))


def claim_rate_bp(coverage: Coverage) -> int:
    """Return the share of sales that was claimed with right, in basis points."""
    return min(WHOLE_BP, coverage.claimed_minor * WHOLE_BP // max(1, coverage.captured_minor))


def required_cover(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return what must be covered now, in minor units; 0 for policies that promise no cover.

    `covered(alpha)` asks for the whole exposure while the merchant is young, or its hazard in the next window
    is 1 - alpha or more. Below that it asks for the share that the hazard is of 1 - alpha, but never for less
    than the floor or three times what is ordinarily claimed: so that nothing jumps when a record changes.
    """
    match policy.release:
        case Full():
            return coverage.exposure_minor
        case Covered(alpha_bp=alpha):
            if is_young(coverage, policy, now):
                return coverage.exposure_minor
            tolerated = max(1, WHOLE_BP - alpha)
            by_hazard = -(-hazard_bp(coverage, policy, now) * WHOLE_BP // tolerated)
            share_bp = min(WHOLE_BP, max(by_hazard, policy.floor_bp, 3 * claim_rate_bp(coverage)))
            return -(-coverage.exposure_minor * share_bp // WHOLE_BP)
        case DeliveryPlus() | RollingReserve() | FixedDeposit():
            return 0


def least_for_orders(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return the cover below which no new order is taken."""
    return share(required_cover(coverage, policy, now), policy.least_cover_bp)


def check_orders(coverage: Coverage, policy: Policy, now: Instant) -> None:
    """Refuse a new order where cover is too low."""
    least = least_for_orders(coverage, policy, now)
    if coverage.cover_minor < least:
        raise CoverTooLow(
            f"merchant:{coverage.id}",
            cover=coverage.cover_minor,
            required=least,
            missing=least - coverage.cover_minor,
        )


def check_payout(coverage: Coverage, policy: Policy, now: Instant) -> None:
    """Refuse a payout where cover is below what is required."""
    required = required_cover(coverage, policy, now)
    if coverage.cover_minor < required:
        raise PayoutBreaksCover(
            f"merchant:{coverage.id}",
            cover=coverage.cover_minor,
            required=required,
            missing=required - coverage.cover_minor,
        )


def releasable(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return how much cover may be given up now."""
    return coverage.cover_minor - required_cover(coverage, policy, now)


def release_at(
    release: Release, captured_at: Instant, delivered_at: Instant, window_ends_at: Instant
) -> Instant:
    """Return when an order's held proceeds may first be released."""
    match release:
        case Full():
            return window_ends_at
        case DeliveryPlus(delay=delay):
            return max(captured_at, delivered_at + delay)
        case RollingReserve() | FixedDeposit() | Covered():
            return captured_at
