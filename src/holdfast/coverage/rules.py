"""The rules of coverage: the required cover, and the release of held proceeds."""

from holdfast.coverage.model import Coverage, Peers
from holdfast.coverage.refusals import CoverTooLow, PayoutBreaksCover
from holdfast.kernel.clock import Instant
from holdfast.kernel.money import share
from holdfast.policy.model import Policy
from holdfast.policy.release import Covered, DeliveryPlus, FixedDeposit, Full, Release, RollingReserve

WHOLE_BP = 10_000
PPM = 1_000_000
UNBOUNDED = 2**62
"""The line of a policy that promises no cover."""

CLAIMS_TIMES = 3
"""The multiple of ordinary claims that is covered in any case: claims come late, and in clusters."""


def ratio(coverage: Coverage) -> float | None:
    """Return cover over exposure; None where nothing is exposed."""
    return coverage.all_cover_minor / coverage.exposure_minor if coverage.exposure_minor else None


def is_young(coverage: Coverage, policy: Policy, now: Instant) -> bool:
    """Tell whether too little is known of the merchant to trust its record."""
    since = coverage.first_captured_at
    return since is None or now - since < policy.young_for or coverage.completed_orders < policy.young_orders


def tells_milli(windows: int, policy: Policy) -> int:
    """Return how much a window tells of a newcomer's hazard, in thousandths, after `windows` survived.

    Merchants differ: the hazard of one is drawn from a Gamma distribution, so that of those who survive falls
    as b / (b + windows), with b = `prior_windows`. Run-aways over the sum of these weights is the
    maximum-likelihood estimate of a newcomer's mean hazard.
    """
    prior = max(1, policy.prior_windows)
    return 1000 * prior // (prior + windows)


def peer_hazard_ppm(peers: Peers | None, policy: Policy) -> int:
    """Return the hazard of a newcomer to the category in its first window, in millionths, rounded up.

    The posterior mean of a Gamma-Poisson model: `prior_run_aways` in 1,000 windows, as if `peer_windows` had
    been seen, and the windows that were seen.
    """
    weight = 1000 * max(1, policy.peer_windows)
    seen, ran = (0, 0) if peers is None else (peers.windows_milli, peers.run_aways)
    expected = policy.prior_run_aways * weight  # thousandths of run-aways of a thousandth of a window
    return min(PPM, -(-(expected + ran * PPM) * 1000 // (weight + seen)))


def hazard_ppm(coverage: Coverage, policy: Policy) -> int:
    """Return the probability that the merchant runs in the next window, in millionths and rounded up.

    The category's, shrunk by the merchant's own record: the posterior mean after the windows it survived.
    """
    prior = max(1, policy.prior_windows)
    return -(-coverage.peer_hazard_ppm * prior // (prior + coverage.windows))


def claim_rate_bp(coverage: Coverage) -> int:
    """Return the share of recent sales that was claimed with right, in basis points."""
    recent = max(1, coverage.recent_captured_minor)
    return min(WHOLE_BP, coverage.recent_claimed_minor * WHOLE_BP // recent)


def uncovered_share_bp(coverage: Coverage, policy: Policy, alpha_bp: int) -> int:
    """Return the share of the ordinary exposure that may stand uncovered, in basis points.

    A run-away costs at most the exposure X, and comes with probability h. By Markov's inequality the
    alpha-quantile of the cost is at most its mean over 1 - alpha, h X / (1 - alpha), whatever else its
    distribution may be: so much is covered. And never less than the floor, or than three times the ordinary
    claims.
    """
    tolerated = max(1, WHOLE_BP - alpha_bp)
    by_hazard = -(-hazard_ppm(coverage, policy) * 100 // tolerated)
    by_claims = CLAIMS_TIMES * claim_rate_bp(coverage)
    return WHOLE_BP - min(WHOLE_BP, max(by_hazard, policy.floor_bp, by_claims))


def promises(policy: Policy) -> bool:
    """Tell whether the release policy promises that claims of running windows are covered."""
    return isinstance(policy.release, Full | Covered)


def line(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return the merchant's line, in minor units: the exposure that may stand uncovered.

    `UNBOUNDED` where no cover is promised. `covered(alpha)` lets nothing stand uncovered while the merchant
    is young, or once it ran. After that its line is the smaller of two: the share of the ordinary exposure
    that its record bears out, and the fees and fund shares that its sales have paid, to `line_bp`, less its
    debts. It does not depend on the present exposure, so no surge moves it; and whoever builds up a record
    with accomplices has paid more for it than the line is worth.
    """
    match policy.release:
        case Full():
            return 0
        case Covered(alpha_bp=alpha):
            if coverage.ran or is_young(coverage, policy, now):
                return 0
            by_record = coverage.ordinary_minor * uncovered_share_bp(coverage, policy, alpha) // WHOLE_BP
            return max(0, min(by_record, earned_left(coverage, policy)))
        case DeliveryPlus() | RollingReserve() | FixedDeposit():
            return UNBOUNDED


def earned_left(coverage: Coverage, policy: Policy) -> int:
    """Return the rest of the fees and fund shares that its sales paid, to `line_bp`, in minor units.

    Amounts that the fund paid for it, or its claims miss, have used them up. Below zero: more was lost than
    it earned.
    """
    return share(coverage.earned_minor, policy.line_bp) - coverage.owed_minor


def late_room(coverage: Coverage, policy: Policy) -> int:
    """Return the most that the fund pays for claims after their window, in minor units.

    It is the amount that policy states, and the amount that the merchant's own sales brought in, as far as
    nothing else has used that up: exposure that stands uncovered has a claim to it first.
    """
    open_minor = coverage.uncovered_minor if promises(policy) else 0
    return max(0, policy.late_fund_minor + earned_left(coverage, policy) - open_minor)


def required_cover(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return the cover that is promised now, in minor units; 0 for policies that promise no cover.

    Nothing is promised for exposure that stands uncovered within the line, or stood so before the line became
    shorter: that closes with its windows.
    """
    return max(0, coverage.exposure_minor - max(line(coverage, policy, now), coverage.carried_minor))


def due_cover(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return the cover that the present line asks for, in minor units, also for exposure carried over."""
    return max(0, coverage.exposure_minor - line(coverage, policy, now))


def least_for_orders(coverage: Coverage, policy: Policy, now: Instant) -> int:
    """Return the cover below which no new order is taken, in minor units."""
    return share(due_cover(coverage, policy, now), policy.least_cover_bp)


def check_orders(coverage: Coverage, policy: Policy, now: Instant) -> None:
    """Check that cover is high enough for a new order.

    Raises:
        CoverTooLow: it is not.
    """
    least = least_for_orders(coverage, policy, now)
    if coverage.all_cover_minor < least:
        raise CoverTooLow(
            f"merchant:{coverage.id}",
            cover=coverage.all_cover_minor,
            required=least,
            missing=least - coverage.all_cover_minor,
        )


def check_payout(coverage: Coverage, policy: Policy, now: Instant) -> None:
    """Check that cover is at the level that is due.

    Raises:
        PayoutBreaksCover: it is below.
    """
    due = due_cover(coverage, policy, now)
    if coverage.all_cover_minor < due:
        raise PayoutBreaksCover(
            f"merchant:{coverage.id}",
            cover=coverage.all_cover_minor,
            required=due,
            missing=due - coverage.all_cover_minor,
        )


def may_leave(
    coverage: Coverage, policy: Policy, now: Instant, exposure_drop: int = 0, kept_minor: int = 0
) -> int:
    """Return how much cover may leave the merchant's side now, in minor units: the one rule for every way.

    Cover that goes together with as much exposure makes nobody worse off; cover beyond that may not raise the
    uncovered exposure above the line. So cover pays claims of running windows, and nothing else draws on it.
    `kept_minor` stays beside that.
    """
    spare = max(0, coverage.all_cover_minor - due_cover(coverage, policy, now) - kept_minor)
    return min(coverage.all_cover_minor, exposure_drop + spare)


def check_leaves(coverage: Coverage, policy: Policy, now: Instant, amount_minor: int) -> None:
    """Check that cover which is to leave is needed by no order, and asked for by no open claim.

    Raises:
        PayoutBreaksCover: it is.
    """
    may = may_leave(coverage, policy, now, kept_minor=coverage.asked_minor)
    if amount_minor > may:
        cover = coverage.all_cover_minor
        raise PayoutBreaksCover(
            f"merchant:{coverage.id}",
            cover=cover - amount_minor,
            required=cover - may,
            missing=amount_minor - may,
        )


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
