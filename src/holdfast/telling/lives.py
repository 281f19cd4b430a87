"""The story of an order, a merchant or an account, from the facts and entries of a home."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec

from holdfast.claims.rules import claims_until
from holdfast.coverage.model import Coverage
from holdfast.coverage.rules import late_room, line, promises, ratio, required_cover
from holdfast.engine.home import Home
from holdfast.kernel import zones
from holdfast.kernel.actor import HISTORY, LIBRARY, OUTSIDE, Actor, Nature
from holdfast.kernel.money import Money
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import Fact, FactBody, Row
from holdfast.kernel.text import Text, each, same
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Transfer
from holdfast.orders.facts import OrderFact, OrderSplit
from holdfast.orders.model import Order, Snapshot
from holdfast.parties.model import Merchant, Owner
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, InForce
from holdfast.settlement.facts import PayoutAsked, PayoutConfirmed, PayoutScheduled
from holdfast.settlement.model import Debt
from holdfast.telling.facts import amount_of, tell

R = TypeVar("R", bound=Row)

SUMMED = (OrderFact, PayoutScheduled, PayoutAsked, PayoutConfirmed)
"""Facts that a merchant's story sums up by day; the others are told one by one."""


_ACCOUNTS = {
    chart.HELD: Text("留存货款", "held"),
    chart.AVAILABLE: Text("可用余额", "available"),
    chart.RESERVE: Text("滚动准备金", "reserve"),
    chart.DEPOSIT: Text("保证金", "deposit"),
}
_TO, _FROM = Text("到", "to"), Text("来自", "from")
_COVERED = Text(
    "{last} 前的索赔获担保；此后至 {taken}，由其他订单的担保所不需要的款项支付，"
    "再由基金支付，不超过商家销售所缴",
    "covered until {last}; then, until {taken}, paid from what the cover of others does not need, and by the "
    "fund to what the merchant's own sales have brought in",
)
_UNCOVERED = Text("受理至 {taken}；此规则不承诺担保", "taken until {taken}; this policy promises no cover")
_NO_PROMISE = Text("无：现行规则不提供担保", "none: the policy in force covers nothing")


class Event(msgspec.Struct, frozen=True):
    """One line of a story. `body` is the fact's own, None where several were summed up.

    `actor` is whose act it was, see `kernel.actor.Actor.text`; None where that is not told.
    """

    at: str
    kind: str
    text: Text
    count: int = 1
    body: dict[str, Any] | None = None
    actor: str | None = None


class Particular(NamedTuple):
    """A line about the present state: a label and its value."""

    label: Text
    value: Text


class Life(msgspec.Struct, frozen=True):
    """A story: its subject, the subject's present state by labels, and the events in their order.

    `row` is the present state as it is kept; the story's times are in the time zone `zone`.
    """

    subject: str
    id: str
    zone: str
    now: list[Particular]
    row: dict[str, Any]
    events: list[Event]

    def document(self) -> dict[str, Any]:
        """Return the story as a document for programs, with every text in both languages."""
        return {
            "subject": self.subject,
            "id": self.id,
            "zone": self.zone,
            "now": {label.en: value.en for label, value in self.now},
            "now_zh": {label.zh: value.zh for label, value in self.now},
            "row": self.row,
            "events": [
                {**msgspec.structs.asdict(event), "text": event.text.en, "text_zh": event.text.zh}
                for event in self.events
            ],
        }


def zone_in_force(home: Home) -> str:
    """Return the consumers' time zone under the policy in force; UTC where there is no policy."""
    in_force = home.row(InForce, IN_FORCE)
    row = None if in_force is None else home.row(AdoptedPolicy, in_force.version)
    return "UTC" if row is None else row.policy.local_zone


def of_order(home: Home, order_id: str, zone: str = "UTC") -> Life:
    """Tell an order's story, with times in the time zone `zone`.

    Raises:
        NotFound: there is no such order.
        UnknownZone: there is no such time zone.
    """
    place = zones.zone(zone)
    order = _need(home, Order, order_id)
    snapshot = home.row(Snapshot, order.snapshot_id)
    state = order.state.called
    if order.disputed_at is not None:
        state = Text("{state}，有索赔未决", "{state}, disputed").fill(state=state)
    now = [
        Particular(Text("状态", "state"), state),
        Particular(Text("展示", "shown"), same(snapshot.listing.title if snapshot is not None else "")),
        Particular(Text("商家", "merchant"), same(order.merchant_id)),
        Particular(Text("消费者", "consumer"), same(order.consumer_id)),
        Particular(Text("金额", "amount"), _money(order.amount_minor, order.currency)),
        Particular(Text("尚欠", "still owed"), _money(order.owed_minor, order.currency)),
        Particular(Text("已扣款", "debited"), _money(order.captured_minor, order.currency)),
        Particular(Text("留存货款", "held"), _money(order.held_minor, order.currency)),
        Particular(Text("规则", "policy"), same(order.policy_version)),
        *_parts(home, order),
        *_claims(home, order, place),
    ]
    events = [event(fact, order.currency, place) for fact in home.facts(order_id=order_id)]
    return Life("order", order_id, zone, now, msgspec.to_builtins(order), events)


def _parts(home: Home, order: Order) -> list[Particular]:
    """Say of which order this is a part, and in which state those are that were split from it."""
    told: list[Particular] = []
    if order.first_id is not None:
        told.append(Particular(Text("拆分自", "part of"), same(order.first_id)))
    split = [fact.body.part_id for fact in home.facts(order_id=order.id) if isinstance(fact.body, OrderSplit)]
    for number, part_id in enumerate(split, start=1):
        part = _need(home, Order, part_id)
        value = Text("{id}：{amount}，{state}", "{id}: {amount}, {state}").fill(
            id=part_id, amount=_money(part.amount_minor, part.currency), state=part.state.called
        )
        told.append(Particular(Text(f"第 {number} 部分", f"part {number}"), value))
    return told


def _claims(home: Home, order: Order, place: dt.tzinfo) -> list[Particular]:
    """Say until when claims are covered, and until when they are taken."""
    adopted = _need(home, AdoptedPolicy, order.policy_version)
    until = claims_until(order, adopted.policy)
    if order.window_ends_at is None or until is None:
        return []
    last, taken = (zones.written(at, place) for at in (order.window_ends_at, until))
    told = (_COVERED if promises(adopted.policy) else _UNCOVERED).fill(last=last, taken=taken)
    return [Particular(Text("索赔", "claims"), told)]


def of_merchant(home: Home, merchant_id: str, zone: str = "UTC") -> Life:
    """Tell a merchant's story, its orders and payouts summed up by day.

    Raises:
        NotFound: there is no such merchant.
        UnknownZone: there is no such time zone.
    """
    place = zones.zone(zone)
    merchant = _need(home, Merchant, merchant_id)
    currency = merchant.currency
    coverage = home.row(Coverage, merchant_id) or Coverage(id=merchant_id, currency=currency)
    now = [
        Particular(Text("状态", "status"), merchant.status.called),
        Particular(
            Text("所有人", "owners"), Text("、".join(merchant.owner_ids), ", ".join(merchant.owner_ids))
        ),
        *_owners_owe(home, merchant),
        *_covered(coverage),
        *_line(home, coverage),
        Particular(Text("销售", "sales"), _money(coverage.captured_minor, currency)),
        Particular(Text("成立的索赔", "claimed with right"), _money(coverage.claimed_minor, currency)),
        *_owes(home.row(Debt, merchant_id), currency),
    ]
    for kind, label in _ACCOUNTS.items():
        account = home.row(Account, chart.merchant(merchant_id, kind, currency))
        now.append(Particular(label, _money(account.posted_minor if account else 0, currency)))
    events = list(_by_day(home.facts(merchant_id=merchant_id), currency, place))
    return Life("merchant", merchant_id, zone, now, msgspec.to_builtins(merchant), events)


def _covered(coverage: Coverage) -> Iterable[Particular]:
    """Say how much is exposed, and how much covers it."""
    currency, covered = coverage.currency, ratio(coverage)
    yield Particular(Text("敞口", "exposure"), _money(coverage.exposure_minor, currency))
    yield Particular(Text("担保", "cover"), _money(coverage.all_cover_minor, currency))
    guaranteed = Text(
        "{counted} 计入担保，{callable} 可索款", "{counted} counted as cover, {callable} can be called"
    )
    yield Particular(
        Text("保函", "guarantees"),
        guaranteed.fill(
            counted=_money(coverage.guaranteed_minor, currency),
            callable=_money(coverage.uncalled_minor, currency),
        ),
    )
    exposed = Text("没有敞口", "nothing exposed") if covered is None else same(f"{covered:.1%}")
    yield Particular(Text("担保比率", "ratio"), exposed)


def _owes(debt: Debt | None, currency: str) -> Iterable[Particular]:
    """Say how much the merchant owes, and to whom."""
    for label, owed in (
        (Text("欠消费者", "owed to consumers"), debt.short_minor if debt else 0),
        (Text("欠保障基金", "owed to the fund"), debt.fund_minor if debt else 0),
        (Text("欠开立人", "owed to issuers"), debt.issuer_minor if debt else 0),
        (Text("欠平台", "owed to the platform"), debt.platform_minor if debt else 0),
    ):
        yield Particular(label, _money(owed, currency))


def _owners_owe(home: Home, merchant: Merchant) -> list[Particular]:
    """Say how much the people behind a merchant owe for all their absconded shops: one sum a currency."""
    owners = [_need(home, Owner, owner_id) for owner_id in merchant.owner_ids]
    owing = [owner for owner in owners if owner.debts]
    if not owing:
        return []
    zh = "；".join(f"{owner.id} {'、'.join(debt.format('zh') for debt in owner.debts)}" for owner in owing)
    en = "; ".join(f"{owner.id} {' and '.join(debt.format() for debt in owner.debts)}" for owner in owing)
    return [Particular(Text("所有人尚欠", "owed by owners"), Text(zh, en))]


def _line(home: Home, coverage: Coverage) -> list[Particular]:
    """Say how much the policy in force promises: exposure that may stand uncovered, sum for late claims."""
    in_force = home.row(InForce, IN_FORCE)
    row = None if in_force is None else home.row(AdoptedPolicy, in_force.version)
    if row is None or in_force is None or not promises(row.policy):
        return [Particular(Text("承诺", "promise"), _NO_PROMISE)]
    at = max(in_force.since, home.newest_at() or 0)
    currency = coverage.currency
    return [
        Particular(
            Text("未覆盖额度", "may stand uncovered"), _money(line(coverage, row.policy, at), currency)
        ),
        Particular(
            Text("应有担保", "must be covered"), _money(required_cover(coverage, row.policy, at), currency)
        ),
        Particular(
            Text("已缴手续费和基金份额", "paid in fees and fund shares"),
            _money(coverage.earned_minor, currency),
        ),
        Particular(
            Text("基金可付的逾期索赔", "for late claims, of the fund"),
            _money(late_room(coverage, row.policy), currency),
        ),
    ]


def of_account(home: Home, account_id: str, zone: str = "UTC") -> Life:
    """Tell an account's story: every entry with the balance after it and the account's version.

    Raises:
        NotFound: there is no such account.
        UnknownZone: there is no such time zone.
    """
    place = zones.zone(zone)
    account = _need(home, Account, account_id)
    now = [
        Particular(Text("余额", "balance"), _money(account.posted_minor, account.currency)),
        Particular(Text("已冻结", "reserved by holds"), _money(account.pending_out_minor, account.currency)),
        Particular(Text("待转入", "may come by holds"), _money(account.pending_in_minor, account.currency)),
        Particular(Text("笔数", "entries"), same(f"{account.version:,}")),
        Particular(
            Text("可为负", "may be negative"),
            Text("否", "no") if account.never_negative else Text("是", "yes"),
        ),
    ]
    events = [_entry(transfer, account_id, place) for transfer in home.entries(account_id)]
    return Life("account", account_id, zone, now, msgspec.to_builtins(account), events)


def _need(home: Home, kind: type[R], key: str) -> R:
    row = home.row(kind, key)
    if row is None:
        name = kind.__name__.lower()
        raise NotFound(f"{name}:{key}", kind=kind.called)
    return row


def _money(minor: int, currency: str) -> Text:
    return each(Money(minor, currency).format)


def event(fact: Fact, currency: str, place: dt.tzinfo) -> Event:
    """Tell a fact, as one line of a story."""
    at = zones.written(fact.at, place)
    text = Text("{told}{whose}", "{told}{whose}").fill(
        told=tell(fact, currency, place), whose=_whose(fact.actor)
    )
    actor = None if fact.actor is None else fact.actor.text()
    return Event(at, fact.kind, text, body=msgspec.structs.asdict(fact.body), actor=actor)


def _whose(actor: Actor | None) -> Text:
    """Name the actor, unless it was the engine, or the program that has the home within itself."""
    if actor is None or actor.nature is Nature.SYSTEM or actor in {LIBRARY, HISTORY, OUTSIDE}:
        return same("")
    return Text("  [{nature} {id}，{role}，{door}]", "  [{nature} {id}, {role}, {door}]").fill(
        nature=actor.nature.called, id=actor.id, role=actor.role.called, door=actor.door.called
    )


def _by_day(facts: Iterable[Fact], currency: str, place: dt.tzinfo) -> Iterable[Event]:
    """Yield the events of a merchant; those of single orders only as counts and sums of each day."""
    counts: Counter[type[FactBody]] = Counter()
    sums: Counter[type[FactBody]] = Counter()
    date = ""
    for fact in facts:
        if (today := zones.local_day(fact.at, place)) != date:
            yield from _summed(date, counts, sums, currency)
            counts.clear()
            sums.clear()
            date = today
        if isinstance(fact.body, SUMMED):
            counts[type(fact.body)] += 1
            sums[type(fact.body)] += amount_of(fact.body) or 0
        else:
            yield event(fact, currency, place)
    yield from _summed(date, counts, sums, currency)


def _summed(
    date: str, counts: Counter[type[FactBody]], sums: Counter[type[FactBody]], currency: str
) -> Iterable[Event]:
    for kind, count in counts.items():
        amount = same("")
        if sums[kind]:
            amount = Text("，{amount}", ", {amount}").fill(amount=_money(sums[kind], currency))
        text = Text("{count} × {what}{amount}", "{count} × {what}{amount}").fill(
            count=f"{count:,}", what=kind.called or kind.__name__, amount=amount
        )
        yield Event(date, kind.__name__, text, count=count)


def _entry(transfer: Transfer, account_id: str, place: dt.tzinfo) -> Event:
    leaves = transfer.from_id == account_id
    balance = transfer.from_balance_minor if leaves else transfer.to_balance_minor
    version = transfer.from_version if leaves else transfer.to_version
    sign, way, other = ("-", _TO, transfer.to_id) if leaves else ("+", _FROM, transfer.from_id)
    order = Text("，订单 {id}", ", order {id}").fill(id=transfer.order_id) if transfer.order_id else same("")
    text = Text(
        "#{version}  {sign}{amount}  =  {balance}  {way} {other}（{reason}{order}）",
        "#{version}  {sign}{amount}  =  {balance}  {way} {other} ({reason}{order})",
    ).fill(
        version=version,
        sign=sign,
        amount=_money(transfer.amount_minor, transfer.currency),
        balance=_money(balance, transfer.currency),
        way=way,
        other=other,
        reason=transfer.reason,
        order=order,
    )
    return Event(
        zones.written(transfer.at, place),
        "out" if leaves else "in",
        text,
        body=msgspec.to_builtins(transfer),
    )
