"""The story of an order, a merchant or an account, from the facts and entries of a home."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from holdfast.claims.rules import claims_until
from holdfast.cli.telling import amount_of, tell
from holdfast.coverage.model import Coverage
from holdfast.coverage.rules import late_room, line, promises, ratio, required_cover
from holdfast.engine.home import Home
from holdfast.kernel import zones
from holdfast.kernel.actor import HISTORY, LIBRARY, OUTSIDE, Actor, Nature
from holdfast.kernel.money import Money
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Transfer
from holdfast.orders.facts import OrderFact, OrderSplit
from holdfast.orders.model import Order, Snapshot
from holdfast.parties.model import Merchant, Owner
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, InForce
from holdfast.settlement.facts import PayoutAsked, PayoutConfirmed, PayoutScheduled
from holdfast.settlement.model import Debt

R = TypeVar("R", bound=Row)

_SUMMED = (OrderFact, PayoutScheduled, PayoutAsked, PayoutConfirmed)
"""Facts that a merchant's story sums up by day; the others are told one by one."""


class Event(msgspec.Struct, frozen=True):
    """One line of a story. `body` is the fact's own, None where several were summed up.

    `actor` is whose act it was, see `kernel.actor.Actor.text`; None where that is not told.
    """

    at: str
    kind: str
    text: str
    count: int = 1
    body: dict[str, Any] | None = None
    actor: str | None = None


class Life(msgspec.Struct, frozen=True):
    """A story: what it is about, how that stands now, by its labels, and what happened, in order.

    `row` is the present state as it is kept, `zone` that whose clocks the story's times are read on.
    """

    subject: str
    id: str
    zone: str
    now: dict[str, str]
    row: dict[str, Any]
    events: list[Event]


def zone_in_force(home: Home) -> str:
    """Return the consumers' zone under the policy in force; UTC where none is."""
    in_force = home.row(InForce, IN_FORCE)
    row = None if in_force is None else home.row(AdoptedPolicy, in_force.version)
    return "UTC" if row is None else row.policy.local_zone


def of_order(home: Home, order_id: str, zone: str = "UTC") -> Life:
    """Tell an order's story.

    Raises:
        NotFound: there is no such order.
        UnknownZone: nor such a zone.
    """
    place = zones.zone(zone)
    order = _need(home.row(Order, order_id), "order", order_id)
    snapshot = home.row(Snapshot, order.snapshot_id)
    now = {
        "state": order.state.value + (", disputed" if order.disputed_at is not None else ""),
        "shown": snapshot.listing.title if snapshot is not None else "",
        "merchant": order.merchant_id,
        "consumer": order.consumer_id,
        "amount": _money(order.amount_minor, order.currency),
        "still owed": _money(order.owed_minor, order.currency),
        "debited": _money(order.captured_minor, order.currency),
        "held": _money(order.held_minor, order.currency),
        "policy": order.policy_version,
        **_parts(home, order),
        **_claims(home, order, place),
    }
    events = [_event(fact, order.currency, place) for fact in home.facts(order_id=order_id)]
    return Life("order", order_id, zone, now, msgspec.to_builtins(order), events)


def _parts(home: Home, order: Order) -> dict[str, str]:
    """Say of which order this is a part, and what became of those that were split from it."""
    told = {} if order.first_id is None else {"part of": order.first_id}
    split = [fact.body.part_id for fact in home.facts(order_id=order.id) if isinstance(fact.body, OrderSplit)]
    for number, part_id in enumerate(split, start=1):
        part = _need(home.row(Order, part_id), "order", part_id)
        told[f"part {number}"] = f"{part_id}: {_money(part.amount_minor, part.currency)}, {part.state.value}"
    return told


def _claims(home: Home, order: Order, place: dt.tzinfo) -> dict[str, str]:
    """Say until when claims are covered, and until when they are taken."""
    adopted = _need(home.row(AdoptedPolicy, order.policy_version), "policy", order.policy_version)
    until = claims_until(order, adopted.policy)
    if order.window_ends_at is None or until is None:
        return {}
    last, taken = (zones.written(at, place) for at in (order.window_ends_at, until))
    if not promises(adopted.policy):
        return {"claims": f"taken until {taken}; this policy promises no cover"}
    return {
        "claims": f"covered until {last}; then, until {taken}, paid from what the "
        "cover of others does not need, and by the fund to what the merchant's own sales have brought in"
    }


def of_merchant(home: Home, merchant_id: str, zone: str = "UTC") -> Life:
    """Tell a merchant's story, its orders and payouts summed up by day.

    Raises:
        NotFound: there is no such merchant.
        UnknownZone: nor such a zone.
    """
    place = zones.zone(zone)
    merchant = _need(home.row(Merchant, merchant_id), "merchant", merchant_id)
    currency = merchant.currency
    coverage = home.row(Coverage, merchant_id) or Coverage(id=merchant_id, currency=currency)
    debt = home.row(Debt, merchant_id)
    covered = ratio(coverage)
    now = {
        "status": merchant.status.value,
        "owners": ", ".join(merchant.owner_ids),
        **_owners_owe(home, merchant),
        "exposure": _money(coverage.exposure_minor, currency),
        "cover": _money(coverage.all_cover_minor, currency),
        "guarantees": f"{_money(coverage.guaranteed_minor, currency)} counted as cover, "
        f"{_money(coverage.uncalled_minor, currency)} can be called",
        "ratio": "nothing exposed" if covered is None else f"{covered:.1%}",
        **_line(home, coverage),
        "sales": _money(coverage.captured_minor, currency),
        "claimed with right": _money(coverage.claimed_minor, currency),
        "owed to consumers": _money(debt.short_minor if debt else 0, currency),
        "owed to the fund": _money(debt.fund_minor if debt else 0, currency),
        "owed to issuers": _money(debt.issuer_minor if debt else 0, currency),
        "owed to the platform": _money(debt.platform_minor if debt else 0, currency),
    }
    for kind in (chart.HELD, chart.AVAILABLE, chart.RESERVE, chart.DEPOSIT):
        account = home.row(Account, chart.merchant(merchant_id, kind, currency))
        now[kind] = _money(account.posted_minor if account else 0, currency)
    events = list(_by_day(home.facts(merchant_id=merchant_id), currency, place))
    return Life("merchant", merchant_id, zone, now, msgspec.to_builtins(merchant), events)


def _owners_owe(home: Home, merchant: Merchant) -> dict[str, str]:
    """Say what the people behind a merchant owe for all their shops that ran: one sum a currency."""
    owners = [_need(home.row(Owner, owner_id), "owner", owner_id) for owner_id in merchant.owner_ids]
    owing = [
        f"{owner.id} {' and '.join(debt.format() for debt in owner.debts)}" for owner in owners if owner.debts
    ]
    return {"owed by owners": "; ".join(owing)} if owing else {}


def _line(home: Home, coverage: Coverage) -> dict[str, str]:
    """Say what is promised now: what may stand uncovered, and what late claims can count on."""
    in_force = home.row(InForce, IN_FORCE)
    row = None if in_force is None else home.row(AdoptedPolicy, in_force.version)
    if row is None or in_force is None or not promises(row.policy):
        return {"promise": "none: the policy in force covers nothing"}
    at = max(in_force.since, home.newest_at() or 0)
    currency = coverage.currency
    return {
        "may stand uncovered": _money(line(coverage, row.policy, at), currency),
        "must be covered": _money(required_cover(coverage, row.policy, at), currency),
        "paid in fees and fund shares": _money(coverage.earned_minor, currency),
        "for late claims, of the fund": _money(late_room(coverage, row.policy), currency),
    }


def of_account(home: Home, account_id: str, zone: str = "UTC") -> Life:
    """Tell an account's story: every entry with the balance after it and the account's version.

    Raises:
        NotFound: there is no such account.
        UnknownZone: nor such a zone.
    """
    place = zones.zone(zone)
    account = _need(home.row(Account, account_id), "account", account_id)
    now = {
        "balance": _money(account.posted_minor, account.currency),
        "reserved by holds": _money(account.pending_out_minor, account.currency),
        "may come by holds": _money(account.pending_in_minor, account.currency),
        "entries": f"{account.version:,}",
        "may be negative": "no" if account.never_negative else "yes",
    }
    events = [_entry(transfer, account_id, place) for transfer in home.entries(account_id)]
    return Life("account", account_id, zone, now, msgspec.to_builtins(account), events)


def _need(row: R | None, kind: str, key: str) -> R:
    if row is None:
        raise NotFound(f"{kind}:{key}", kind=kind)
    return row


def _money(minor: int, currency: str) -> str:
    return Money(minor, currency).format()


def _event(fact: Fact, currency: str, place: dt.tzinfo) -> Event:
    at = zones.written(fact.at, place)
    text = tell(fact, currency, place) + _whose(fact.actor)
    actor = None if fact.actor is None else fact.actor.text()
    return Event(at, fact.kind, text, body=msgspec.structs.asdict(fact.body), actor=actor)


def _whose(actor: Actor | None) -> str:
    """Name who acted, where it was not the engine, nor the program that has the home within itself."""
    if actor is None or actor.nature is Nature.SYSTEM or actor in {LIBRARY, HISTORY, OUTSIDE}:
        return ""
    return f"  [{actor.nature} {actor.id}, {actor.role}, {actor.door}]"


def _by_day(facts: Iterable[Fact], currency: str, place: dt.tzinfo) -> Iterable[Event]:
    """Yield what happened; order by order only as counts and sums of each day."""
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    date = ""
    for fact in facts:
        if (today := zones.local_day(fact.at, place)) != date:
            yield from _summed(date, counts, sums, currency)
            counts.clear()
            sums.clear()
            date = today
        if isinstance(fact.body, _SUMMED):
            counts[fact.kind] += 1
            sums[fact.kind] += amount_of(fact.body) or 0
        else:
            yield _event(fact, currency, place)
    yield from _summed(date, counts, sums, currency)


def _summed(date: str, counts: Counter[str], sums: Counter[str], currency: str) -> Iterable[Event]:
    for kind, count in counts.items():
        words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()
        amount = f", {_money(sums[kind], currency)}" if sums[kind] else ""
        yield Event(date, kind, f"{count:,} × {words}{amount}", count=count)


def _entry(transfer: Transfer, account_id: str, place: dt.tzinfo) -> Event:
    leaves = transfer.from_id == account_id
    balance = transfer.from_balance_minor if leaves else transfer.to_balance_minor
    version = transfer.from_version if leaves else transfer.to_version
    sign, way, other = ("-", "to", transfer.to_id) if leaves else ("+", "from", transfer.from_id)
    amount = _money(transfer.amount_minor, transfer.currency)
    order = f", order {transfer.order_id}" if transfer.order_id else ""
    return Event(
        zones.written(transfer.at, place),
        "out" if leaves else "in",
        f"#{version}  {sign}{amount}  =  {_money(balance, transfer.currency)}  "
        f"{way} {other} ({transfer.reason}{order})",
        body=msgspec.to_builtins(transfer),
    )
