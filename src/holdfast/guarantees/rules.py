"""The rules of guarantees: how much cover one is, until when, and which claims it pays."""

from collections.abc import Collection

from holdfast.coverage import rules
from holdfast.coverage.model import Coverage
from holdfast.coverage.refusals import PayoutBreaksCover
from holdfast.guarantees.model import (
    CallTerms,
    Claimed,
    Guarantee,
    GuaranteeState,
    RecordGuarantee,
)
from holdfast.guarantees.refusals import BadGuarantee, MoreThanCalled
from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.policy.model import Policy

WHOLE_BP = 10_000
MOST = 10**15
"""The highest limit that is taken, in minor units: the highest amount that a policy may name."""

_COVERS = frozenset({Claimed.RUN_AWAYS, Claimed.ORDINARY})


def check_terms(command: RecordGuarantee, now: Instant) -> None:
    """Check the terms of a guarantee.

    Raises:
        BadGuarantee: they contradict each other or are out of range.
    """
    wrongs = {
        Text("没有写明开立人", "no issuer is named"): not command.issuer.strip(),
        Text(f"限额为 {command.limit_minor}", f"the limit is {command.limit_minor}"): not 0
        < command.limit_minor
        <= MOST,
        Text("期限的结束早于开始", "the term ends before it starts"): command.ends_at <= command.starts_at,
        Text("期限已经结束", "the term has ended"): command.ends_at <= now,
        Text("同一除外责任写了两次", "an exclusion is named twice"): len(set(command.excludes))
        < len(command.excludes),
    }
    for reason, wrong in wrongs.items():
        if wrong:
            raise BadGuarantee(f"guarantee:{command.guarantee_id}", reason=reason)


def share_bp(call: CallTerms, excludes: Collection[Claimed], policy: Policy) -> int:
    """Return the share of the uncalled amount that counts as cover, in basis points.

    Nothing, where it does not pay every claim that a running window may bring: a run-away, or an ordinary
    claim.
    """
    if not _COVERS.isdisjoint(excludes):
        return 0
    return WHOLE_BP if call is CallTerms.ON_DEMAND else policy.guarantee_conditional_bp


def call_by(ends_at: Instant, policy: Policy) -> Instant:
    """Return the last instant for a call."""
    return ends_at - policy.guarantee_call_within


def counts_until(call: CallTerms, ends_at: Instant, policy: Policy) -> Instant:
    """Return until when it counts: so long that every window that runs then closes in time for a call.

    Where the issuer waits for a ruling, that has to be there as well.
    """
    ruling = policy.guarantee_ruling_within if call is CallTerms.AFTER_RULING else 0
    return call_by(ends_at, policy) - policy.claim_window - ruling


def pays(row: Guarantee, claimed: Collection[Claimed], now: Instant) -> bool:
    """Tell whether it pays a claim of these kinds now."""
    return row.starts_at <= now <= row.ends_at and frozenset(claimed).isdisjoint(row.excludes)


def covers(row: Guarantee) -> bool:
    """Tell whether it pays every kind of claim that a running window may bring."""
    return _COVERS.isdisjoint(row.excludes)


def stands(row: Guarantee, now: Instant) -> bool:
    """Tell whether this one can take over exposure that another stands for: its last call is to come."""
    last_call = row.call is CallTerms.ON_DEMAND and row.call_by > now
    return row.state is GuaranteeState.CALLABLE and covers(row) and last_call


def leaned_on(sums: Coverage, policy: Policy, now: Instant) -> int:
    """Return the exposure that stands uncovered beyond the line, in minor units.

    A guarantee that stopped counting stands for it until its end: so much of that guarantee is not to spare.
    """
    return max(0, rules.required_cover(sums, policy, now) - sums.all_cover_minor)


def reach(
    rows: Collection[Guarantee], sums: Coverage, policy: Policy, now: Instant, spare_minor: int | None
) -> int:
    """Return the most that may be called of `rows` for one claim, in minor units.

    A claim of a running window may take all, with as much exposure as it is (`spare_minor` None). Any other
    gets the part that cover does not need: `spare_minor` of guarantees that count, and of the others the part
    that no exposure leans on.
    """
    if spare_minor is None:
        return sum(row.left_minor for row in rows)
    counted = sum(row.left_minor for row in rows if row.state is GuaranteeState.COVERING)
    others = sum(row.left_minor for row in rows if row.state is not GuaranteeState.COVERING)
    return min(counted, spare_minor) + max(0, others - leaned_on(sums, policy, now))


def in_order(rows: Collection[Guarantee]) -> list[Guarantee]:
    """Return guarantees in the order in which they are called: those that cover least first, then by end."""
    return sorted(
        rows, key=lambda row: (row.state is GuaranteeState.COVERING, covers(row), row.ends_at, row.id)
    )


def check_ends(
    row: Guarantee, others: Collection[Guarantee], sums: Coverage, policy: Policy, now: Instant
) -> None:
    """Check that a guarantee may end: no cover needs it, nor exposure that it covered while it counted.

    Raises:
        PayoutBreaksCover: it is needed.
    """
    if row.counted_minor:
        rules.check_leaves(sums, policy, now, row.counted_minor)
    elif row.state is GuaranteeState.CALLABLE and row.left_minor and covers(row):
        leaned = leaned_on(sums, policy, now)
        rest = sum(each.left_minor for each in others if stands(each, now))
        if leaned > rest:
            cover = sums.all_cover_minor
            raise PayoutBreaksCover(
                f"merchant:{sums.id}", cover=cover, required=cover + leaned, missing=leaned - rest
            )


def check_open(row: Guarantee, open_minor: int, amount_minor: int) -> None:
    """Check that an answer is above zero, and within the open amount.

    Raises:
        MoreThanCalled: it is not.
    """
    if not 0 < amount_minor <= open_minor:
        raise MoreThanCalled(f"guarantee:{row.id}", most=open_minor, asked=amount_minor)
