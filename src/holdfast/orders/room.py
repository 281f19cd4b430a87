"""What the room of orders has. See `kernel.room`."""

from collections.abc import Iterator
from functools import lru_cache

from holdfast.kernel.actor import Role
from holdfast.kernel.index import among, told, untold
from holdfast.kernel.money import Money
from holdfast.kernel.room import STAYS, WITH_ORDER, Kept, Key, Neighbours, Room, States
from holdfast.kernel.task import Find, May, TaskKind
from holdfast.kernel.text import Text
from holdfast.ledger import chart
from holdfast.ledger.model import Account
from holdfast.orders import deliveries, handlers
from holdfast.orders.checks import CHECKS
from holdfast.orders.model import (
    ENDED,
    OPEN_ORDERS,
    PARTS,
    TRANSITIONS,
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    DeliverOrder,
    LoseParcel,
    Order,
    OrderState,
    PlaceOrder,
    ReduceOwed,
    RefuseReturn,
    ShipOrder,
    Snapshot,
)
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.services import PerformOrder, Statement
from holdfast.orders.settings import SETTINGS
from holdfast.orders.words import WHERE, WORDS
from holdfast.parties.model import Consumer, Merchant
from holdfast.policy.model import AdoptedPolicy

_REMEMBERED = 4096
"""Merchants whose neighbours are kept: slices have the same ones again and again."""


def _placed(command: PlaceOrder) -> Iterator[Key]:
    yield Snapshot, command.listing.digest()
    for part in command.parts:
        yield Order, part.id


def _new(command: PlaceOrder) -> tuple[str, ...]:
    """Return a new order's id, which has no neighbours, and its merchant's, of which it touches no other."""
    return command.order_id, command.merchant_id


def _split(command: SplitOrder) -> Iterator[Key]:
    for part in command.parts:
        yield Order, part.id


def _performed(command: PerformOrder) -> Iterator[Key]:
    yield Statement, command.order_id


def _of_order(consumer_id: str) -> Iterator[Key]:
    yield Consumer, consumer_id


def _policy(version: str) -> Iterator[Key]:
    yield AdoptedPolicy, version


def _merchant(merchant_id: str) -> Iterator[Key]:
    yield Merchant, merchant_id


@lru_cache(_REMEMBERED)
def _accounts(merchant_id: str, currency: str) -> tuple[Key, ...]:
    return (
        (Account, chart.merchant(merchant_id, chart.HELD, currency)),
        (Account, chart.house(chart.FEES, currency)),
        (Account, chart.house(chart.FUND, currency)),
    )


def _of_captured(merchant_id: str, currency: str, captured_minor: int) -> Iterator[Key]:
    if captured_minor:
        yield Account, chart.merchant(merchant_id, chart.RESERVE, currency)


def _is_over(order: Order) -> bool:
    return order.state in ENDED and order.wake_at is None and order.claim_id is None


def _owed(order: Order, _find: Find) -> Money:
    return Money(order.owed_minor, order.currency)


NOTICE_UNANSWERED = TaskKind(
    "notice_unanswered",
    Order,
    (
        among("state", OrderState.DELIVERED),
        told("notice_asked_at"),
        untold("notice_sent_at"),
        untold("return_asked_at"),
    ),
    since="notice_asked_at",
    within="look_within",
    role=Role.STAFF,
    at_stake=_owed,
    may=(May(ConfirmNotice, {"order_id": "id"}),),
    words=Text(
        "扣款前通知逾期未确认送达，扣款暂停：请补发或核实",
        "nobody said that the notice of a debit is out, and nothing is debited without it: find out",
    ),
    answered_within="notice_answer_within",
)

ROOM = Room(
    "orders",
    handles={
        PlaceOrder: handlers.place,
        ConfirmOrder: handlers.confirm,
        CancelOrder: handlers.cancel,
        SplitOrder: deliveries.split,
        CancelRest: deliveries.cancel_rest,
        ShipOrder: deliveries.ship,
        LoseParcel: deliveries.lose,
        DeliverOrder: deliveries.deliver,
        PerformOrder: deliveries.perform,
        ConfirmNotice: handlers.confirm_notice,
        AskReturn: handlers.ask_return,
        RefuseReturn: handlers.refuse_return,
        AskAfterSales: handlers.ask_after_sales,
        AnswerAfterSales: handlers.answer_after_sales,
        ReduceOwed: handlers.lower_owed,
    },
    keeps=(
        Kept(
            Snapshot,
            "snapshots",
            STAYS,
            bounded=True,
            unchecked="its id is the digest that its listing had then, and fields that are added change that",
        ),
        Kept(
            Order,
            "orders",
            _is_over,
            begun_by={"OrderPlaced": "order_id", "PartBegan": "order_id"},
            fixed=(
                "merchant_id",
                "consumer_id",
                "currency",
                "policy_version",
                "snapshot_id",
                "placed_at",
                "durable",
                "first_id",
                "service",
            ),
            indexes=(OPEN_ORDERS, PARTS),
            states=States("Orders", TRANSITIONS),
            named_after="order_id",
            bounded=True,
        ),
        Kept(Statement, "statements", WITH_ORDER, named_after="order_id"),
    ),
    names={"order_id": (Order,)},
    touches={PlaceOrder: _placed, SplitOrder: _split, PerformOrder: _performed},
    fresh={PlaceOrder: _new},
    still=frozenset(
        {
            PlaceOrder,
            ConfirmOrder,
            SplitOrder,
            ShipOrder,
            ConfirmNotice,
            AskReturn,
            RefuseReturn,
            AskAfterSales,
            AnswerAfterSales,
        }
    ),
    neighbours=(
        Neighbours(Order, ("consumer_id",), _of_order),
        Neighbours(Order, ("policy_version",), _policy),
        Neighbours(Order, ("merchant_id",), _merchant),
        Neighbours(Order, ("merchant_id", "currency"), _accounts, money=True),
        Neighbours(Order, ("merchant_id", "currency", "captured_minor"), _of_captured, money=True),
    ),
    tasks=(NOTICE_UNANSWERED,),
    checks=CHECKS,
    settings=SETTINGS,
    words=WORDS,
    words_where=WHERE,
)
