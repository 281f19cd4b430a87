"""Recovery (追偿): a merchant's debts are taken from its money as it comes.

Short claims come first, those of running windows before those after them, then the fund, then the platform.

Up to a slice of claims is paid in the transaction in which the money comes. Where there are more, the money
is reserved and shared among all of them in a round, a slice of claims a wake: each gets the difference of two
running sums, so that the slices do not matter. Money that comes in meanwhile, and claims that become short,
join the next round: one a day, so that small sums do not keep a long list of claims busy for ever.
"""

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust, coverage, may_leave
from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.desk import Desk, Index
from holdfast.kernel.money import pro_rata
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.model import Hold
from holdfast.settlement import recourse
from holdfast.settlement.facts import (
    ClaimRecovered,
    CoverFreed,
    FundRecovered,
    RecoveryShared,
    RecoveryStarted,
)
from holdfast.settlement.model import (
    CLAIM_TRANSITIONS,
    RECOVERY_TRANSITIONS,
    SHORT_CLAIMS,
    SHORT_LATE_CLAIMS,
    Claim,
    Debt,
    Recovery,
    RecoveryStage,
)

SLICE = 256
"""The number of short claims that are paid in one transaction."""

EVERY: Duration = DAY
"""The least time from the beginning of a round to that of the next among the same sort of claims."""


def _step(row: Recovery, event: str) -> RecoveryStage:
    return advance(RECOVERY_TRANSITIONS, row.stage, event, f"merchant:{row.id}")


def is_too_late(desk: Desk, claim: Claim) -> bool:
    """Tell whether a claim that becomes short now would come into the midst of the round that runs."""
    row = desk.find(Recovery, claim.merchant_id)
    if row is None or row.stage is not RecoveryStage.SHARING:
        return False
    return row.late is claim.late and claim.id > row.cursor


def recover(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Pay a merchant's debts from its available money: short claims first, then the fund, the platform.

    The merchant settles with issuers of guarantees itself. Of short claims those come first that were made in
    their window.
    """
    debt = desk.find(Debt, merchant_id)
    if debt is None or not debt.here_minor:
        return []
    row = desk.find(Recovery, merchant_id) if debt.short_minor else None
    if row is not None and row.stage is RecoveryStage.SHARING:
        return _join_next(desk, debt, row, now)
    row = None if row is None else _let_go(desk, row)
    available_id = chart.merchant(merchant_id, chart.AVAILABLE, debt.currency)
    owed = debt.here_minor
    facts = _free_cover(desk, debt, available_id, now)
    while debt.short_minor and (free := max(0, book.available(desk, available_id))):
        index = SHORT_LATE_CLAIMS if debt.short_minor == debt.late_minor else SHORT_CLAIMS
        ids = desk.page(index, merchant_id, limit=SLICE + 1)
        if len(ids) > SLICE:
            facts += _begin(desk, debt, row, now)
            break
        facts += _at_once(desk, debt, ids, available_id, free, now)
        debt = desk.need(Debt, merchant_id)
    else:
        if row is not None and row.stage is RecoveryStage.WAITING:
            desk.put(replace(row, stage=_step(row, "few"), wake_at=None), row)
    part = min(debt.fund_minor, max(0, book.available(desk, available_id)))
    if part and not debt.short_minor:
        facts += _to_fund(desk, debt, available_id, part, now)
        debt = desk.need(Debt, merchant_id)
    part = min(debt.platform_minor, max(0, book.available(desk, available_id)))
    if part and not debt.short_minor:
        facts.append(recourse.to_platform(desk, debt, available_id, part, now))
        debt = desk.need(Debt, merchant_id)
    back = owed - debt.here_minor
    return facts + adjust(desk, merchant_id, now, Added(owed=-back)) if back else facts


def stop_waiting(desk: Desk, merchant_id: str) -> None:
    """End the wait for the next round where no claim is short any more, and free the money set aside."""
    row = desk.find(Recovery, merchant_id)
    if row is not None and row.stage is RecoveryStage.WAITING:
        freed = _let_go(desk, row)
        desk.put(replace(freed, stage=_step(freed, "few"), wake_at=None), freed)


def _let_go(desk: Desk, row: Recovery) -> Recovery:
    """Free the rest of a round, and the money that was set aside for the next."""
    if row.hold_id is None:
        return row
    if desk.need(Hold, row.hold_id).open_minor:
        book.end_hold(desk, row.hold_id, "void")
    freed = replace(row, hold_id=None)
    desk.put(freed, row)
    return freed


def _set_aside(desk: Desk, debt: Debt, now: Instant) -> tuple[str, int]:
    """Reserve as much of the merchant's available money as it owes: nobody else may take it meanwhile."""
    available_id = chart.merchant(debt.id, chart.AVAILABLE, debt.currency)
    part = min(book.available(desk, available_id), debt.here_minor)
    psp_id = chart.house(chart.PSP, debt.currency)
    return book.hold(desk, available_id, psp_id, part, now, "recovered").id, part


def _begin(desk: Desk, debt: Debt, found: Recovery | None, now: Instant) -> list[FactBody]:
    """Set money aside for short claims that are too many to be paid at once; begin a round if it is time."""
    row = found or Recovery(id=debt.id, stage=RecoveryStage.DONE)
    late = debt.short_minor == debt.late_minor
    hold_id, aside = _set_aside(desk, debt, now)
    begins_at = now if row.begun_at is None or row.late is not late else max(now, row.begun_at + EVERY)
    if begins_at > now:
        desk.put(replace(row, stage=_step(row, "set_aside"), hold_id=hold_id, wake_at=begins_at), row)
        return []
    rest = debt.late_minor if late else debt.short_minor - debt.late_minor
    pool = min(rest, aside)
    desk.put(
        Recovery(
            id=row.id,
            stage=_step(row, "begin"),
            begun_at=now,
            late=late,
            rest_minor=rest,
            pool_minor=pool,
            hold_id=hold_id,
            wake_at=now,
        ),
        row,
    )
    return [RecoveryStarted(merchant_id=row.id, missing_minor=rest, pool_minor=pool, late=late)]


def _join_next(desk: Desk, debt: Debt, row: Recovery, now: Instant) -> list[FactBody]:
    """Set money that comes in during a round aside for the next, together with the rest of this one."""
    available_id = chart.merchant(row.id, chart.AVAILABLE, debt.currency)
    aside = 0 if row.hold_id is None else desk.need(Hold, row.hold_id).open_minor
    facts = _free_cover(desk, debt, available_id, now, aside)
    if aside < debt.here_minor and book.available(desk, available_id) > 0:
        freed = _let_go(desk, row)
        hold_id, _ = _set_aside(desk, debt, now)
        desk.put(replace(freed, hold_id=hold_id), freed)
    return facts


def index_of(row: Recovery) -> Index:
    """Return the index of the claims that a round is about."""
    return SHORT_LATE_CLAIMS if row.late else SHORT_CLAIMS


def share(desk: Desk, row: Recovery, now: Instant) -> list[FactBody]:
    """Pay the next claims of the round their shares; after the last of them it ends."""
    ids = desk.page(index_of(row), row.id, row.cursor, SLICE)
    facts: list[FactBody] = []
    began = row
    for claim_id in ids:
        row = _share_of(desk, row, desk.need(Claim, claim_id), now, facts)
    given = row.given_minor - began.given_minor
    if given:
        debt = desk.need(Debt, row.id)
        late = given if row.late else 0
        desk.put(replace(debt, short_minor=debt.short_minor - given, late_minor=debt.late_minor - late), debt)
        facts += adjust(desk, row.id, now, Added(owed=-given))
    if len(ids) == SLICE:
        desk.put(replace(row, cursor=ids[-1], wake_at=now), began)
        return facts
    ended = replace(row, stage=_step(row, "shared"), cursor="", wake_at=None)
    desk.put(ended, began)
    _let_go(desk, ended)
    shared = RecoveryShared(merchant_id=row.id, claims=row.claims, paid_minor=row.given_minor, late=row.late)
    return [*facts, shared]


def _share_of(desk: Desk, row: Recovery, claim: Claim, now: Instant, facts: list[FactBody]) -> Recovery:
    """Pay a claim its share: that of all claims up to it, less the sum paid to those before it."""
    if claim.next_round:
        desk.put(replace(claim, next_round=False), claim)
        return row
    swept = min(row.rest_minor, row.swept_minor + claim.missing_minor)
    given = row.pool_minor * swept // row.rest_minor
    part = given - row.given_minor
    if part:
        assert row.hold_id is not None, f"{row.id}: nothing is set aside"
        book.post_hold(desk, row.hold_id, part, now, order_id=claim.order_id)
        facts.append(_recovered(desk, claim, part))
    return replace(row, swept_minor=swept, given_minor=given, claims=row.claims + (part > 0))


def _free_cover(
    desk: Desk, debt: Debt, available_id: str, now: Instant, aside_minor: int = 0
) -> list[FactBody]:
    """Free cover that is not needed, for claims that are short; of an absconded merchant for all debts here.

    `aside_minor` is reserved for them already.
    """
    ran = coverage(desk, debt.id).ran
    owed = debt.here_minor if ran else debt.short_minor
    want = owed - aside_minor - max(0, book.available(desk, available_id))
    left = min(want, may_leave(desk, debt.id, now))
    parts: dict[str, int] = {}
    for kind in (chart.RESERVE, chart.DEPOSIT):
        account_id = chart.merchant(debt.id, kind, debt.currency)
        part = max(0, min(left, book.available(desk, account_id)))
        if part:
            book.post(desk, account_id, available_id, part, now, "freed for debts")
        left -= part
        parts[kind] = part
    if not any(parts.values()):
        return []
    reserve, deposit = parts[chart.RESERVE], parts[chart.DEPOSIT]
    freed = CoverFreed(merchant_id=debt.id, reserve_minor=reserve, deposit_minor=deposit)
    return [freed, *adjust(desk, debt.id, now, Added(cover=-(reserve + deposit)))]


def _at_once(
    desk: Desk, debt: Debt, ids: tuple[str, ...], available_id: str, free_minor: int, now: Instant
) -> list[FactBody]:
    """Share the available money among short claims, in proportion to the missing part of each."""
    claims = [desk.need(Claim, claim_id) for claim_id in ids]
    given = min(free_minor, sum(claim.missing_minor for claim in claims))
    assert given, f"{debt.id}: its short claims miss nothing"
    facts: list[FactBody] = []
    psp_id = chart.house(chart.PSP, debt.currency)
    for claim, part in zip(claims, pro_rata(given, [claim.missing_minor for claim in claims]), strict=True):
        if not part:
            continue
        book.post(desk, available_id, psp_id, part, now, "recovered", order_id=claim.order_id)
        facts.append(_recovered(desk, claim, part))
    late = given if debt.short_minor == debt.late_minor else 0
    desk.put(replace(debt, short_minor=debt.short_minor - given, late_minor=debt.late_minor - late), debt)
    return facts


def _recovered(desk: Desk, claim: Claim, part: int) -> ClaimRecovered:
    missing = claim.missing_minor - part
    event = "recover_part" if missing else "recover"
    state = advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}")
    desk.put(replace(claim, state=state, paid_minor=claim.paid_minor + part, missing_minor=missing), claim)
    return ClaimRecovered(**claim.subjects, amount_minor=part, missing_minor=missing)


def _to_fund(desk: Desk, debt: Debt, available_id: str, part: int, now: Instant) -> list[FactBody]:
    book.post(desk, available_id, chart.house(chart.FUND, debt.currency), part, now, "recovered")
    recourse.settle(desk, debt, part, now, "owed to the fund settled")
    left = debt.fund_minor - part
    desk.put(replace(debt, fund_minor=left), debt)
    return [FundRecovered(merchant_id=debt.id, amount_minor=part, owed_minor=left)]
