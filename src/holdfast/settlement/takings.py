"""Seizures and freezes: an authority takes money at the provider, or has it stand still.

Frozen money has an account of its own, which nothing that pays, draws or counts cover knows.
"""

from typing import NamedTuple

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust, coverage
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.ledger import book, chart
from holdfast.ledger.book import Source
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.parties.rules import check_id_within
from holdfast.settlement import owed_back, recourse
from holdfast.settlement.otherwise import (
    MISSING_FREEZES,
    Freeze,
    Loss,
    RecordFreeze,
    RecordFreezeLifted,
    RecordSeizure,
    Taking,
)
from holdfast.settlement.otherwise_facts import FreezeLifted, MoneyFrozen, MoneySeized, MoreFrozen
from holdfast.settlement.refusals import FreezeNotLeft, TakingRecorded, ToldAmount
from holdfast.settlement.told import is_in_another

_KINDS = (chart.AVAILABLE, chart.RESERVE, chart.DEPOSIT)
_PAGE = 50


def check_new(desk: Desk, kind: Loss, field: str, told_id: str, merchant_id: str) -> None:
    """Check that a taking is new, and that its id is well-formed and not another merchant's.

    Raises:
        TakingRecorded: the taking with this id is in the books.
    """
    check_id_within(field, told_id, merchant_id)
    known = desk.find(Taking, f"{kind}/{told_id}")
    if known is not None:
        raise TakingRecorded(f"{kind}:{told_id}", amount=known.amount_minor)


class _Drawn(NamedTuple):
    """The amounts drawn of a merchant's money, in minor units; `missing` was not there."""

    available: int
    reserve: int
    deposit: int
    missing: int

    @property
    def cover(self) -> int:
        return self.reserve + self.deposit


_NOTHING = _Drawn(0, 0, 0, 0)


def _draw(
    desk: Desk, merchant: Merchant, to_id: str, amount_minor: int, now: Instant, reason: str, *, shared: bool
) -> _Drawn:
    """Draw available money, reserve and deposit, in this order; nothing of them where a sweep shares them."""
    cap = 0 if shared else None
    steps = {kind: Source(chart.merchant(merchant.id, kind, merchant.currency), cap) for kind in _KINDS}
    drawn = book.waterfall(desk, to_id, steps, amount_minor, now, reason)
    parts = drawn.parts
    return _Drawn(parts[chart.AVAILABLE], parts[chart.RESERVE], parts[chart.DEPOSIT], drawn.missing_minor)


def seize(desk: Desk, command: RecordSeizure, now: Instant) -> list[FactBody]:
    """Book money that an authority took: from its freeze first, then available money, reserve, deposit.

    Cover is less from this moment. Proceeds held of orders are not the merchant's yet. Where the merchant's
    money does not reach, or a sweep shares it, the platform has paid, and the merchant owes it; so it does an
    amount taken in another currency than its own.

    Raises:
        TakingRecorded: the seizure with this id is in the books.
        NotFound: there is no such freeze of this merchant.
    """
    check_new(desk, Loss.SEIZURE, "seizure_id", command.seizure_id, command.merchant_id)
    merchant = desk.need(Merchant, command.merchant_id)
    where, amount = f"seizure:{command.seizure_id}", command.amount_minor
    if is_in_another(where, amount, command.currency, merchant.currency):
        owed = owed_back.of_merchant(desk, merchant.id, command.currency, now)
        owed_back.paid(desk, owed, amount, now, "seized in another currency")
        _keep(desk, command, merchant, command.currency, 0, now)
        return [_seized(command, _NOTHING, 0, command.currency)]
    frozen = 0 if command.freeze_id is None else _seize_frozen(desk, command.freeze_id, merchant, amount, now)
    psp_id = chart.house(chart.PSP, merchant.currency)
    ran = merchant.status is MerchantStatus.ABSCONDED
    drawn = _draw(desk, merchant, psp_id, amount - frozen, now, "seized", shared=ran)
    facts = adjust(desk, merchant.id, now, Added(cover=-drawn.cover))
    facts += recourse.carry(desk, merchant.id, drawn.missing, now, "seized")
    _keep(desk, command, merchant, merchant.currency, drawn.missing, now)
    facts = [_seized(command, drawn, frozen, ""), *facts]
    return (
        facts if command.freeze_id is None else [*facts, *_less_missing(desk, command, amount - frozen, now)]
    )


def _keep(
    desk: Desk, command: RecordSeizure, merchant: Merchant, currency: str, platform_minor: int, now: Instant
) -> None:
    desk.add(
        Taking(
            id=f"{Loss.SEIZURE}/{command.seizure_id}",
            kind=Loss.SEIZURE,
            merchant_id=merchant.id,
            order_id=None,
            currency=currency,
            amount_minor=command.amount_minor,
            platform_minor=platform_minor,
            twice_minor=0,
            at=now,
        )
    )


def _seized(command: RecordSeizure, drawn: _Drawn, frozen: int, currency: str) -> MoneySeized:
    return MoneySeized(
        merchant_id=command.merchant_id,
        seizure_id=command.seizure_id,
        amount_minor=command.amount_minor,
        from_available_minor=drawn.available,
        from_reserve_minor=drawn.reserve,
        from_deposit_minor=drawn.deposit,
        from_platform_minor=drawn.missing,
        authority=command.authority,
        document=command.document,
        currency=currency,
        from_frozen_minor=frozen,
        freeze_id=command.freeze_id,
    )


def _of_merchant(desk: Desk, freeze_id: str, merchant: Merchant) -> Freeze:
    row = desk.need(Freeze, freeze_id)
    if row.merchant_id != merchant.id:
        raise NotFound(
            f"freeze:{freeze_id}",
            kind=Text(f"对商家 {merchant.id} 的司法冻结", f"freeze of merchant {merchant.id}"),
        )
    return row


def _seize_frozen(desk: Desk, freeze_id: str, merchant: Merchant, amount_minor: int, now: Instant) -> int:
    """Take money that an authority had frozen, up to `amount_minor`; return the amount taken."""
    row = _of_merchant(desk, freeze_id, merchant)
    available = min(row.available_minor, amount_minor)
    cover = min(row.cover_minor, amount_minor - available)
    if part := available + cover:
        frozen_id, psp_id = _frozen_account(row), chart.house(chart.PSP, row.currency)
        book.post(desk, frozen_id, psp_id, part, now, "seized")
        desk.put(
            replace(
                row,
                available_minor=row.available_minor - available,
                cover_minor=row.cover_minor - cover,
            ),
            row,
        )
    return part


def _less_missing(desk: Desk, command: RecordSeizure, by_minor: int, now: Instant) -> list[FactBody]:
    """Lower the amount still to be frozen of money that comes in, by the part that was seized elsewhere."""
    row = desk.need(Freeze, command.freeze_id or "")
    if row.currency != desk.need(Merchant, row.merchant_id).currency:
        return []
    part = min(row.missing_minor, by_minor)
    if not part:
        return []
    desk.put(replace(row, missing_minor=row.missing_minor - part), row)
    return adjust(desk, row.merchant_id, now, Added(to_freeze=-part))


def freeze(desk: Desk, command: RecordFreeze, now: Instant) -> list[FactBody]:
    """Have available money, reserve and deposit stand still: cover is less from this moment.

    Proceeds held of orders are not the merchant's yet. The amount that is not there is frozen as money comes
    in; so is money that a sweep shares, once it is done.

    Raises:
        TakingRecorded: the freeze with this id is in the books.
    """
    check_id_within("freeze_id", command.freeze_id, command.merchant_id)
    where = f"freeze:{command.freeze_id}"
    known = desk.find(Freeze, command.freeze_id)
    if known is not None:
        raise TakingRecorded(where, amount=known.amount_minor)
    merchant = desk.need(Merchant, command.merchant_id)
    other = is_in_another(where, command.amount_minor, command.currency, merchant.currency)
    row = Freeze(
        id=command.freeze_id,
        merchant_id=merchant.id,
        currency=command.currency or merchant.currency,
        amount_minor=command.amount_minor,
        available_minor=0,
        cover_minor=0,
        missing_minor=command.amount_minor,
        authority=command.authority,
        document=command.document,
        since=now,
    )
    ran = merchant.status is MerchantStatus.ABSCONDED
    facts = [] if other else adjust(desk, merchant.id, now, Added(to_freeze=row.missing_minor))
    drawn, more = _NOTHING, list[FactBody]()
    if not (other or ran):
        row, drawn, more = _freeze_more(desk, row, merchant, now)
    desk.put(row, None)
    return [
        MoneyFrozen(
            merchant_id=merchant.id,
            freeze_id=row.id,
            currency=row.currency,
            amount_minor=row.amount_minor,
            missing_minor=row.missing_minor,
            from_available_minor=drawn.available,
            from_reserve_minor=drawn.reserve,
            from_deposit_minor=drawn.deposit,
            authority=row.authority,
            document=row.document,
        ),
        *facts,
        *more,
    ]


def _frozen_account(row: Freeze) -> str:
    return chart.merchant(row.merchant_id, chart.FROZEN, row.currency)


def _freeze_more(
    desk: Desk, row: Freeze, merchant: Merchant, now: Instant
) -> tuple[Freeze, _Drawn, list[FactBody]]:
    """Move the missing amount of a freeze, as far as it is there, to the account that nobody draws on."""
    drawn = _draw(desk, merchant, _frozen_account(row), row.missing_minor, now, "frozen", shared=False)
    moved = drawn.available + drawn.cover
    if not moved:
        return row, drawn, []
    after = replace(
        row,
        available_minor=row.available_minor + drawn.available,
        cover_minor=row.cover_minor + drawn.cover,
        missing_minor=row.missing_minor - moved,
    )
    return after, drawn, adjust(desk, merchant.id, now, Added(cover=-drawn.cover, to_freeze=-moved))


def freeze_what_came(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Freeze, of money that came in, the amounts that authorities had ordered and that were not there.

    This runs before anybody else takes of that money.
    """
    if not coverage(desk, merchant_id).to_freeze_minor:
        return []
    merchant = desk.need(Merchant, merchant_id)
    facts: list[FactBody] = []
    for freeze_id in desk.page(MISSING_FREEZES, merchant_id, limit=_PAGE):
        before = desk.need(Freeze, freeze_id)
        if before.currency != merchant.currency:
            continue
        row, drawn, more = _freeze_more(desk, before, merchant, now)
        if not drawn.available + drawn.cover:
            break
        desk.put(row, before)
        told = MoreFrozen(
            merchant_id=merchant_id,
            freeze_id=freeze_id,
            currency=row.currency,
            amount_minor=drawn.available + drawn.cover,
            missing_minor=row.missing_minor,
            from_available_minor=drawn.available,
            from_reserve_minor=drawn.reserve,
            from_deposit_minor=drawn.deposit,
        )
        facts += [told, *more]
    return facts


def lift(desk: Desk, command: RecordFreezeLifted, now: Instant) -> list[FactBody]:
    """Lift a freeze: first the amount that never came, then cover, then the merchant's available money.

    Former reserve or deposit comes into the deposit: the orders that it was the reserve of may have ended.

    Raises:
        ToldAmount: the amount is not above zero.
        FreezeNotLeft: less is left of the freeze than the amount.
    """
    row = desk.need(Freeze, command.freeze_id)
    where = f"freeze:{row.id}"
    if command.amount_minor is not None and command.amount_minor <= 0:
        raise ToldAmount(where, amount=command.amount_minor)
    open_minor = row.missing_minor + row.frozen_minor
    amount = open_minor if command.amount_minor is None else command.amount_minor
    if not 0 < amount <= open_minor:
        raise FreezeNotLeft(where, left=open_minor, asked=amount)
    missing = min(row.missing_minor, amount)
    cover = min(row.cover_minor, amount - missing)
    available = amount - missing - cover
    for kind, part in ((chart.DEPOSIT, cover), (chart.AVAILABLE, available)):
        if part:
            to_id = chart.merchant(row.merchant_id, kind, row.currency)
            book.post(desk, _frozen_account(row), to_id, part, now, "freeze lifted")
    left = replace(
        row,
        available_minor=row.available_minor - available,
        cover_minor=row.cover_minor - cover,
        missing_minor=row.missing_minor - missing,
    )
    desk.put(left, row)
    lifted = FreezeLifted(
        merchant_id=row.merchant_id,
        freeze_id=row.id,
        currency=row.currency,
        amount_minor=amount,
        missing_minor=left.missing_minor,
        to_available_minor=available,
        to_deposit_minor=cover,
        document=command.document,
    )
    native = row.currency == desk.need(Merchant, row.merchant_id).currency
    return [
        lifted,
        *adjust(desk, row.merchant_id, now, Added(cover=cover, to_freeze=-missing if native else 0)),
    ]
