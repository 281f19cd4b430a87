"""A chargeback that is won (拒付申诉成功): the bank gives the money back, and it returns to whoever bore it.

First come those who have it twice: the bank has taken it from the consumer again, so that the consumer does
not owe it back any more. Then the consumer is paid the part that was its own all along. Then an order whose
window runs has its proceeds again; of an order that has ended, the platform and the merchant get back their
parts.
"""

from typing import NamedTuple

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders.book import find, save
from holdfast.orders.model import Order, OrderState
from holdfast.policy.model import Policy
from holdfast.settlement import owed_back, recourse, repayment
from holdfast.settlement.otherwise import Loss, OwedBack, RecordChargebackWon, Taking
from holdfast.settlement.otherwise_facts import ChargebackWon
from holdfast.settlement.receipts import keep
from holdfast.settlement.refusals import TakingRecorded
from holdfast.settlement.release import release_after_end
from holdfast.settlement.told import is_in_another

REASON = "chargeback won"


class _Layers(NamedTuple):
    """The money that comes back, in minor units, by who had borne it, in the order of repayment."""

    twice: int
    met: int
    platform: int
    own: int
    cover: int
    available: int

    @property
    def within(self) -> int:
        return self.platform + self.own + self.cover + self.available


class _Back(NamedTuple):
    """Who has the money that came back within the order, in minor units."""

    order: int = 0
    available: int = 0
    deposit: int = 0
    platform: int = 0
    consumer: int = 0
    exposed: int = 0


def _layers(row: Taking, told_minor: int) -> _Layers:
    """Share the money that comes back among those who bore it, after the parts that came back before."""
    parts: list[int] = []
    before, left = row.won_minor, told_minor
    whole = (
        row.twice_minor,
        row.met_minor,
        row.platform_minor,
        row.own_minor,
        row.cover_minor,
        row.available_minor,
    )
    for each in whole:
        rest = each - min(each, before)
        before -= each - rest
        part = min(rest, left)
        left -= part
        parts.append(part)
    return _Layers(*parts)


def win(desk: Desk, command: RecordChargebackWon, now: Instant) -> list[FactBody]:
    """The bank gave a chargeback back, or a part of it.

    Money in another currency than was taken waits for a person, as a receipt.

    Raises:
        TakingRecorded: the whole chargeback has come back before, or less is left of it than the amount.
    """
    row = desk.need(Taking, f"{Loss.CHARGEBACK}/{command.chargeback_id}")
    where = f"chargeback:{command.chargeback_id}"
    if is_in_another(where, command.amount_minor, command.currency, row.currency):
        reference = f"chargeback {command.chargeback_id} was given back"
        return keep(desk, desk.ids.new(now), command.currency, command.amount_minor or 0, reference, now)
    left = row.amount_minor - row.won_minor
    told = left if command.amount_minor is None else command.amount_minor
    if not 0 < told <= left:
        raise TakingRecorded(where, amount=row.won_minor)
    desk.put(replace(row, won_minor=row.won_minor + told), row)
    layers = _layers(row, told)
    order, policy = find(desk, row.order_id or "")
    owed = owed_back.of_consumer(desk, order, row.currency, now)
    psp_id = chart.house(chart.PSP, row.currency)
    if layers.twice and desk.find(OwedBack, owed.id) is None:  # from before anybody owed it by name
        settled = layers.twice
        book.post(
            desk, psp_id, chart.house(chart.LOSSES, row.currency), settled, now, REASON, order_id=order.id
        )
    else:
        settled = owed_back.given(desk, owed, psp_id, layers.twice, now, REASON)
    back, facts = _within(desk, order, policy, layers, now)
    own = layers.twice - settled + layers.met + back.consumer
    facts += repayment.give(desk, order, own, row.currency, now)
    won = ChargebackWon(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        chargeback_id=command.chargeback_id,
        currency=row.currency,
        amount_minor=told,
        to_order_minor=back.order,
        to_available_minor=back.available,
        to_deposit_minor=back.deposit,
        to_platform_minor=back.platform,
        to_consumer_minor=own,
        owed_back_minor=settled,
        exposed_minor=back.exposed,
    )
    return [won, *facts]


def _within(
    desk: Desk, order: Order, policy: Policy, layers: _Layers, now: Instant
) -> tuple[_Back, list[FactBody]]:
    """Give back the part that the order and its merchant's side bore.

    Where the order was returned meanwhile, all of that is its consumer's.
    """
    if not layers.within:
        return _Back(), []
    match order.state:
        case OrderState.CAPTURED:
            return _to_order(desk, order, policy, layers.within, now)
        case OrderState.COMPLETED:
            return _to_bearers(desk, order, policy, layers, now)
        case _:
            return _Back(consumer=layers.within), []


def _to_order(
    desk: Desk, order: Order, policy: Policy, amount: int, now: Instant
) -> tuple[_Back, list[FactBody]]:
    """Hold the money as the order's proceeds again: its window runs, and it may be claimed over again."""
    psp_id, held_id = chart.house(chart.PSP, order.currency), _of_merchant(order, chart.HELD)
    book.post(desk, psp_id, held_id, amount, now, REASON, order_id=order.id)
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor + amount,
        awarded_minor=order.awarded_minor - amount,
        exposed_minor=order.exposed_minor + amount,
    )
    facts = adjust(desk, order.merchant_id, now, Added(exposure=amount, cover=amount))
    return _Back(order=amount, exposed=amount), facts


def _to_bearers(
    desk: Desk, order: Order, policy: Policy, layers: _Layers, now: Instant
) -> tuple[_Back, list[FactBody]]:
    """Give back to the platform the part that the merchant still owes it, the rest to the merchant's side."""
    debt = recourse.debt_of(desk, order.merchant_id)
    platform = min(layers.platform, debt.platform_minor)
    available = layers.available + layers.platform - platform
    psp_id = chart.house(chart.PSP, order.currency)
    targets = (
        (chart.house(chart.LOSSES, order.currency), platform),
        (_of_merchant(order, chart.HELD), layers.own),
        (_of_merchant(order, chart.DEPOSIT), layers.cover),
        (_of_merchant(order, chart.AVAILABLE), available),
    )
    for to_id, part in targets:
        if part:
            book.post(desk, psp_id, to_id, part, now, REASON, order_id=order.id)
    if platform:
        recourse.settle(desk, debt, platform, now, "owed to the platform settled")
        desk.put(replace(debt, platform_minor=debt.platform_minor - platform), debt)
    held = save(
        desk,
        order,
        policy,
        held_minor=order.held_minor + layers.own,
        awarded_minor=order.awarded_minor - layers.within,
    )
    facts = adjust(desk, order.merchant_id, now, Added(cover=layers.own + layers.cover, owed=-platform))
    if layers.own:
        facts += release_after_end(desk, held, policy, now)
    return _Back(layers.own, available, layers.cover, platform), facts


def _of_merchant(order: Order, kind: str) -> str:
    return chart.merchant(order.merchant_id, kind, order.currency)
