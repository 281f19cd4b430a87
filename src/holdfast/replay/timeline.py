"""A history as commands at their own times, the parties first, and the run-aways among them."""

import datetime as dt
import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from random import Random

from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Submission
from holdfast.importers.history import History, Vanishing
from holdfast.kernel.actor import HISTORY, LIBRARY
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.kernel.zones import day_begins, day_number, local_day
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy.model import Policy
from holdfast.replay.course import course
from holdfast.replay.people import officer
from holdfast.replay.refunds import parts_of
from holdfast.replay.world import Assumptions
from holdfast.settlement.model import CapitaliseFund, PayDeposit

LEAST_ORDERS_TO_VANISH = 3
"""Merchants with fewer orders are not chosen by `--vanish-random`."""


class UnknownMerchant(Refusal):
    """A merchant is to vanish that the history does not have."""

    code = "unknown_merchant"
    sort = Sort.NOT_FOUND
    what = Text("历史中没有商家 {merchant!r}{near}", "the history has no merchant {merchant!r}{near}")
    fix = Text(
        "请写历史中的商家：--vanish MERCHANT@YYYY-MM-DD",
        "Name a merchant of the history: --vanish MERCHANT@YYYY-MM-DD",
    )


class TooFewMerchants(Refusal):
    """More merchants are to vanish than there are."""

    code = "too_few_merchants"
    sort = Sort.UNMET
    what = Text(
        "要让 {asked} 个商家消失，而至少有 {least} 笔订单的商家只有 {have} 个",
        "{asked} merchants are to vanish, {have} have at least {least} orders",
    )
    fix = Text("请减少数量", "Ask for fewer")


class VanishesBeforeItSells(Refusal):
    """A merchant is to vanish before its first order: there would be nothing to see."""

    code = "vanishes_before_it_sells"
    sort = Sort.UNMET
    what = Text(
        "商家 {merchant!r} 的首笔订单在 {first}，却要在 {at} 消失",
        "the merchant {merchant!r} places its first order on {first}, and would vanish on {at}",
    )
    fix = Text(
        "请写 {first} 至 {last} 之间的日期：--vanish {merchant}@YYYY-MM-DD",
        "Name a day from {first} to {last}: --vanish {merchant}@YYYY-MM-DD",
    )


def _spans(history: History) -> dict[str, tuple[int, Instant, Instant]]:
    """Return each merchant's number of orders, the time of the first, and that of its last event."""
    spans: dict[str, tuple[int, Instant, Instant]] = {}
    for order in history.orders:
        last = max(order.placed_at, order.delivered_at or order.placed_at)
        orders, first, until = spans.get(order.merchant_id, (0, order.placed_at, last))
        spans[order.merchant_id] = (orders + 1, min(first, order.placed_at), max(until, last))
    return spans


def choose_vanishings(
    history: History, count: int, seed: int, *, beside: Collection[str] = ()
) -> list[Vanishing]:
    """Choose merchants that run, each at a time between its first order and its last event.

    Args:
        history: the market.
        count: how many.
        seed: what they are drawn from; the same seed draws the same.
        beside: merchants that vanish anyway and are not drawn.

    Raises:
        TooFewMerchants: the history has not so many with enough orders.
    """
    spans = _spans(history)
    known = sorted(
        merchant_id
        for merchant_id, (orders, _, _) in spans.items()
        if orders >= LEAST_ORDERS_TO_VANISH and merchant_id not in beside
    )
    if count > len(known):
        raise TooFewMerchants("--vanish-random", asked=count, have=len(known), least=LEAST_ORDERS_TO_VANISH)
    rng = Random(seed)  # noqa: S311 - a simulation, repeatable on purpose
    return [
        Vanishing(merchant_id, rng.randint(spans[merchant_id][1], spans[merchant_id][2]))
        for merchant_id in rng.sample(known, count)
    ]


def check_vanishings(history: History, vanishings: Iterable[Vanishing], place: dt.tzinfo = dt.UTC) -> None:
    """Refuse a merchant that the history does not have, naming the one that is meant perhaps.

    One may vanish from the beginning of the day of its first order on, in the zone in which days are counted.

    Raises:
        UnknownMerchant: it has no such merchant.
        VanishesBeforeItSells: the merchant's first order comes later.
    """
    spans = _spans(history)
    for merchant_id, at in vanishings:
        if merchant_id not in spans:
            close = difflib.get_close_matches(merchant_id, sorted(spans), n=1)
            near = (
                Text("；是否指 {name!r}？", "; did you mean {name!r}?").fill(name=close[0])
                if close
                else same("")
            )
            raise UnknownMerchant("--vanish", merchant=merchant_id, near=near)
        _, first, last = spans[merchant_id]
        if at < day_begins(day_number(first, place), place):
            days = {
                name: local_day(each, place) for name, each in (("first", first), ("last", last), ("at", at))
            }
            raise VanishesBeforeItSells("--vanish", merchant=merchant_id, **days)


def build(
    history: History, policy: Policy, vanishings: Mapping[str, Instant], assumptions: Assumptions
) -> list[Submission]:
    """Return the commands of a whole history, ascending by time; at one time as an order lives."""
    parts = parts_of(history)
    commands = [
        *_opening(history, policy),
        *(
            each
            for order in history.orders
            for each in course(
                order,
                history.currency,
                vanishings.get(order.merchant_id),
                policy,
                assumptions,
                parts.get(order.id, ()),
            )
        ),
        *_declarations(history, policy, vanishings, assumptions),
    ]
    commands.sort(key=lambda submission: submission.at)  # stable: at one time, the order of making
    return [each._replace(actor=HISTORY) if each.actor == LIBRARY else each for each in commands]


def _opening(history: History, policy: Policy) -> Iterator[Submission]:
    """Yield the fund's capital, and each party just before its first order."""
    currency = history.currency
    start = history.orders[0].placed_at if history.orders else 0
    if policy.fund_capital_minor:
        capital = CapitaliseFund(currency=currency, amount_minor=policy.fund_capital_minor)
        yield Submission(capital, start - HOUR)
    merchants: set[str] = set()
    consumers: set[str] = set()
    for order in history.orders:
        at = order.placed_at - 1
        if order.merchant_id not in merchants:
            merchants.add(order.merchant_id)
            yield from _joining(order.merchant_id, currency, policy, at)
        if order.consumer_id not in consumers:
            consumers.add(order.consumer_id)
            yield Submission(OpenPayLater(consumer_id=order.consumer_id, currency=currency), at)


def _joining(merchant_id: str, currency: str, policy: Policy, at: Instant) -> Iterator[Submission]:
    owner = f"owner-of-{merchant_id}"
    command = RegisterMerchant(
        merchant_id=merchant_id, name=merchant_id, currency=currency, owner_ids=(owner,)
    )
    yield Submission(command, at)
    if policy.deposit_minor:
        yield Submission(PayDeposit(merchant_id=merchant_id, amount_minor=policy.deposit_minor), at)


def _declarations(
    history: History, policy: Policy, vanishings: Mapping[str, Instant], assumptions: Assumptions
) -> Iterator[Submission]:
    """Yield as many people's declarations as policy wants, none before the merchant has joined."""
    first_orders = {order.merchant_id: order.placed_at for order in reversed(history.orders)}
    for merchant_id, vanished in vanishings.items():
        at = max(vanished + assumptions.declare_days * DAY, first_orders.get(merchant_id, vanished))
        for number in range(policy.declarations):
            command = DeclareAbsconded(merchant_id=merchant_id, reason="ships nothing, answers nothing")
            yield Submission(command, at + number * HOUR, None, officer(number + 1))
