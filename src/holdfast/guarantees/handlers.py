"""Handlers of guarantees: recording and releasing, the issuer's answers, the guarantee's dates."""

from typing import Any

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust, coverage
from holdfast.guarantees import book as guarantees
from holdfast.guarantees import rules
from holdfast.guarantees.model import (
    TRANSITIONS,
    CallTerms,
    Guarantee,
    GuaranteeBegan,
    GuaranteeLapsed,
    GuaranteePaid,
    GuaranteeRecorded,
    GuaranteeRefused,
    GuaranteeReleased,
    GuaranteeState,
    GuaranteeUncounted,
    IssuerSettled,
    RecordGuarantee,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.guarantees.refusals import GuaranteeExists
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import MAX_MINOR, AmountOverflow
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.parties.book import check_paid
from holdfast.parties.model import Merchant
from holdfast.parties.rules import check_id_within
from holdfast.policy.model import adopted

EXTEND_OR_PAY = "claims are open, and the term ends"


def _step(row: Guarantee, event: str) -> GuaranteeState:
    return advance(TRANSITIONS, row.state, event, f"guarantee:{row.id}")


def _of(row: Guarantee) -> dict[str, Any]:
    """Return the fields that every fact about a guarantee has, as they are now."""
    return {
        "guarantee_id": row.id,
        "merchant_id": row.merchant_id,
        "issuer": row.issuer,
        "counted_minor": row.counted_minor,
    }


def record(desk: Desk, command: RecordGuarantee, now: Instant) -> list[FactBody]:
    """Take a guarantee in: it counts from its start, as the policy in force has it.

    Raises:
        GuaranteeExists: the id is taken.
        BadGuarantee: its terms cannot be.
        AmountOverflow: the merchant's guarantees would be too large together.
    """
    check_id_within("guarantee_id", command.guarantee_id, command.merchant_id)
    if desk.find(Guarantee, command.guarantee_id) is not None:
        raise GuaranteeExists(f"guarantee:{command.guarantee_id}")
    merchant = desk.need(Merchant, command.merchant_id)
    rules.check_terms(command, now)
    policy = adopted(desk, desk.policy_version)
    row = Guarantee(
        id=command.guarantee_id,
        merchant_id=merchant.id,
        currency=merchant.currency,
        kind=command.kind,
        issuer=command.issuer,
        limit_minor=command.limit_minor,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        call=command.call,
        excludes=command.excludes,
        share_bp=rules.share_bp(command.call, command.excludes, policy),
        counts_until=rules.counts_until(command.call, command.ends_at, policy),
        call_by=rules.call_by(command.ends_at, policy),
        wake_at=command.starts_at,
    )
    row = row if now < row.starts_at else _begun(row, now)
    desk.put(row, None)
    recorded = GuaranteeRecorded(
        **_of(row),
        form=row.kind,
        limit_minor=row.limit_minor,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        counts_until=row.counts_until,
        call=row.call,
        excludes=row.excludes,
    )
    return [recorded, *_enters(desk, row, now)]


def _begun(row: Guarantee, now: Instant) -> Guarantee:
    """Return a guarantee whose term begins: it counts, unless its terms or its end forbid."""
    if row.share_bp and now < row.counts_until:
        return replace(row, state=_step(row, "begin"), wake_at=row.counts_until)
    return replace(row, state=_step(row, "begin_uncounted"), wake_at=_next_of_callable(row, now))


def _next_of_callable(row: Guarantee, now: Instant) -> Instant:
    """Return when a guarantee that does not count wakes: at its last moment for a call, or its end."""
    last_call = row.call is CallTerms.ON_DEMAND and rules.covers(row) and now < row.call_by
    return row.call_by if last_call else row.ends_at


def _enters(desk: Desk, row: Guarantee, now: Instant) -> list[FactBody]:
    """Add to the merchant's coverage a guarantee whose term began."""
    if row.state is GuaranteeState.AGREED:
        return []
    uncalled = coverage(desk, row.merchant_id).uncalled_minor + row.left_minor
    if uncalled > MAX_MINOR:
        raise AmountOverflow(f"merchant:{row.merchant_id}", amount=uncalled)
    return adjust(desk, row.merchant_id, now, Added(guaranteed=row.counted_minor, uncalled=row.left_minor))


def _leaves(desk: Desk, before: Guarantee, after: Guarantee, now: Instant) -> list[FactBody]:
    """Take a guarantee off the merchant's coverage: its cover, and the sum that could be called of it."""
    ended = after.wake_at is None
    return adjust(
        desk,
        before.merchant_id,
        now,
        Added(
            guaranteed=after.counted_minor - before.counted_minor,
            uncalled=-before.left_minor if ended and before.state is not GuaranteeState.AGREED else 0,
        ),
    )


def release(desk: Desk, command: ReleaseGuarantee, now: Instant) -> list[FactBody]:
    """End a guarantee that cover does not need. Its issuer still owes the amounts called before.

    Raises:
        PayoutBreaksCover: cover needs it, or orders lean on it that it covered while it counted.
    """
    row = desk.need(Guarantee, command.guarantee_id)
    after = replace(row, state=_step(row, "ReleaseGuarantee"), wake_at=None)
    check_paid(desk, desk.need(Merchant, row.merchant_id))
    others = [each for each in guarantees.in_force(desk, row.merchant_id) if each.id != row.id]
    policy = adopted(desk, desk.policy_version)
    rules.check_ends(row, others, coverage(desk, row.merchant_id), policy, now)
    desk.put(after, row)
    released = GuaranteeReleased(**_of(after), left_minor=row.left_minor)
    return [released, *_leaves(desk, row, after, now)]


def _answered(row: Guarantee) -> Guarantee:
    """Return a guarantee after an answer: once all calls are answered, nobody waits for its issuer."""
    return row if row.open_minor else replace(row, called_at=None)


def paid(desk: Desk, command: RecordGuaranteePaid, now: Instant) -> list[FactBody]:
    """The issuer paid: the amount that the platform has paid ahead is made good.

    Raises:
        MoreThanCalled: less is open than the amount.
    """
    row = desk.need(Guarantee, command.guarantee_id)
    state = _step(row, "RecordGuaranteePaid")
    rules.check_open(row, row.open_minor, command.amount_minor)
    psp_id, guarantees_id = chart.house(chart.PSP, row.currency), chart.house(chart.GUARANTEES, row.currency)
    book.post(desk, psp_id, guarantees_id, command.amount_minor, now, "paid by the issuer")
    after = _answered(replace(row, state=state, paid_minor=row.paid_minor + command.amount_minor))
    desk.put(after, row)
    return [GuaranteePaid(**_of(after), amount_minor=command.amount_minor, open_minor=after.open_minor)]


def refused(desk: Desk, command: RecordGuaranteeRefused, now: Instant) -> list[FactBody]:
    """The issuer refused: the platform has lost the amount that it paid ahead.

    Nobody relies any more on an issuer that refused once: the guarantee counts as cover no longer.

    Raises:
        MoreThanCalled: less is open than the amount.
    """
    row = desk.need(Guarantee, command.guarantee_id)
    state = _step(row, "RecordGuaranteeRefused")
    rules.check_open(row, row.open_minor, command.amount_minor)
    losses_id, guarantees_id = (chart.house(kind, row.currency) for kind in (chart.LOSSES, chart.GUARANTEES))
    book.post(desk, losses_id, guarantees_id, command.amount_minor, now, "refused by the issuer")
    stops = row.state is GuaranteeState.COVERING
    after = _answered(
        replace(
            row,
            state=state,
            refused_minor=row.refused_minor + command.amount_minor,
            wake_at=_next_of_callable(row, now) if stops else row.wake_at,
        )
    )
    desk.put(after, row)
    told = GuaranteeRefused(
        **_of(after),
        amount_minor=command.amount_minor,
        open_minor=after.open_minor,
        reason=command.reason,
    )
    return [told, *_leaves(desk, row, after, now)] if stops else [told]


def settled(desk: Desk, command: RecordIssuerSettled, _now: Instant) -> list[FactBody]:
    """The merchant paid the issuer back for a call that the issuer had paid.

    Raises:
        MoreThanCalled: less of the paid calls is left to pay back than the amount.
    """
    row = desk.need(Guarantee, command.guarantee_id)
    state = _step(row, "RecordIssuerSettled")
    rules.check_open(row, row.paid_minor - row.settled_minor, command.amount_minor)
    after = replace(row, state=state, settled_minor=row.settled_minor + command.amount_minor)
    desk.put(after, row)
    return [IssuerSettled(**_of(after), amount_minor=command.amount_minor, owed_minor=after.recourse_minor)]


def wake(desk: Desk, row: Guarantee, now: Instant) -> list[FactBody]:
    """Do the step that is due at a date of the guarantee: begin, stop counting, the last call, the end."""
    if now >= row.ends_at:
        return _lapse(desk, row, now)
    match row.state:
        case GuaranteeState.AGREED:
            after = _begun(row, now)
            desk.put(after, row)
            began = GuaranteeBegan(**_of(after), limit_minor=row.limit_minor)
            return [began, *_enters(desk, after, now)]
        case GuaranteeState.COVERING:
            after = replace(row, state=_step(row, "stop_counting"), wake_at=_next_of_callable(row, now))
            desk.put(after, row)
            stopped = GuaranteeUncounted(**_of(after), left_minor=row.left_minor, ends_at=row.ends_at)
            return [stopped, *_leaves(desk, row, after, now)]
        case GuaranteeState.CALLABLE:
            return _last_call(desk, row, now)
        case _:
            raise AssertionError(f"{row.id}: a guarantee does not wake when {row.state}")


def _last_call(desk: Desk, row: Guarantee, now: Instant) -> list[FactBody]:
    """Have the issuer extend or pay (延期或付款): exposure that leans on it still gets cover in money.

    That is of orders whose claims are not decided: the windows that ran when it stopped counting have closed.
    """
    waits = replace(row, wake_at=row.ends_at)
    desk.put(waits, row)
    sums = coverage(desk, row.merchant_id)
    leaned = rules.leaned_on(sums, adopted(desk, desk.policy_version), now)
    if leaned:
        leaned -= sum(
            other.left_minor
            for other in guarantees.in_force(desk, row.merchant_id)
            if rules.stands(other, now)
        )
    amount = min(row.left_minor, leaned)
    if amount <= 0:
        return []
    deposit_id = chart.merchant(row.merchant_id, chart.DEPOSIT, row.currency)
    guarantees_id = chart.house(chart.GUARANTEES, row.currency)
    book.post(desk, guarantees_id, deposit_id, amount, now, "called at the end of its term")
    call = guarantees.called(desk, waits, amount, EXTEND_OR_PAY, now)
    return [call, *adjust(desk, row.merchant_id, now, Added(cover=amount, uncalled=-amount))]


def _lapse(desk: Desk, row: Guarantee, now: Instant) -> list[FactBody]:
    after = replace(row, state=_step(row, "lapse"), wake_at=None)
    desk.put(after, row)
    lapsed = GuaranteeLapsed(**_of(after), left_minor=row.left_minor)
    return [lapsed, *_leaves(desk, row, after, now)]
