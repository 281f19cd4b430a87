"""Double-entry bookkeeping on the desk, for the handlers of every room: a call is a transfer, or a hold."""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from holdfast.kernel.check import Books, Finding, unequal
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.states import advance
from holdfast.ledger import chart, rules
from holdfast.ledger.model import TRANSITIONS, Account, Hold, HoldState, Transfer
from holdfast.ledger.refusals import AccountsMustDiffer


class Source(NamedTuple):
    """A step of a waterfall: an account, the most it gives (None: all it has), and the hold it gives from.

    `ahead`: it gives its cap whatever it has, as others will make it good.
    """

    account_id: str
    cap_minor: int | None = None
    hold_id: str | None = None
    ahead: bool = False


Name = TypeVar("Name")


class Drawn(NamedTuple, Generic[Name]):
    """What each source gave, by its name, and what still misses."""

    parts: dict[Name, int]
    missing_minor: int


def account(desk: Desk, account_id: str) -> Account:
    """Return an account; accounts of the chart are opened at first use.

    Raises:
        NotFound: the account was not opened, and is not of the chart.
    """
    found = desk.find(Account, account_id)
    if found is not None:
        return found
    entry = chart.charted(account_id)
    if entry is None:
        raise NotFound(f"account:{account_id}", kind=Account.called)
    return Account(id=account_id, currency=entry[0], never_negative=entry[1])


def available(desk: Desk, account_id: str) -> int:
    """Return the available balance: what is posted and not reserved by holds."""
    return rules.available(account(desk, account_id))


def post(
    desk: Desk,
    from_id: str,
    to_id: str,
    amount_minor: int,
    now: Instant,
    reason: str,
    *,
    order_id: str | None = None,
    transfer_id: str | None = None,
    reverses_id: str | None = None,
) -> Transfer:
    """Transfer `amount_minor` and return the transfer.

    Raises:
        Refusal: see `ledger.refusals`; nothing has then changed but by the caller.
    """
    rules.check_positive(amount_minor)
    if from_id == to_id:
        raise AccountsMustDiffer(f"account:{from_id}")
    source = account(desk, from_id)
    target = account(desk, to_id)
    rules.check_currency(target, source.currency)
    rules.check_leaves(source, amount_minor)
    rules.check_arrives(target, amount_minor)
    return _write(
        desk, source, target, amount_minor, now, reason, order_id, transfer_id, reverses_id=reverses_id
    )


def _write(
    desk: Desk,
    source: Account,
    target: Account,
    amount_minor: int,
    now: Instant,
    reason: str,
    order_id: str | None,
    transfer_id: str | None,
    *,
    hold_id: str | None = None,
    reverses_id: str | None = None,
    held_minor: int = 0,
) -> Transfer:
    """Write both entries; `held_minor` of the amount stops being pending."""
    paying = _moved(source, -amount_minor, -held_minor, 0, 1)
    paid = _moved(target, amount_minor, 0, -held_minor, 1)
    desk.put(paying, source)
    desk.put(paid, target)
    transfer = Transfer(
        id=desk.ids.new(now) if transfer_id is None else transfer_id,
        from_id=source.id,
        to_id=target.id,
        currency=source.currency,
        amount_minor=amount_minor,
        from_balance_minor=paying.posted_minor,
        from_version=paying.version,
        to_balance_minor=paid.posted_minor,
        to_version=paid.version,
        at=now,
        reason=reason,
        order_id=order_id,
        hold_id=hold_id,
        reverses_id=reverses_id,
    )
    desk.add(transfer)
    return transfer


def _moved(row: Account, by_minor: int, out_minor: int, in_minor: int, entries: int) -> Account:
    """Return the account after a change of its posted and pending sums and of its number of entries."""
    return Account(
        id=row.id,
        currency=row.currency,
        never_negative=row.never_negative,
        posted_minor=row.posted_minor + by_minor,
        pending_out_minor=row.pending_out_minor + out_minor,
        pending_in_minor=row.pending_in_minor + in_minor,
        version=row.version + entries,
    )


def _shift_pending(desk: Desk, from_id: str, to_id: str, by_minor: int) -> None:
    for account_id, out, into in ((from_id, by_minor, 0), (to_id, 0, by_minor)):
        row = account(desk, account_id)
        desk.put(_moved(row, 0, out, into, 0), row)


def hold(
    desk: Desk,
    from_id: str,
    to_id: str,
    amount_minor: int,
    now: Instant,
    reason: str,
    *,
    order_id: str | None = None,
    hold_id: str | None = None,
    expires_at: Instant | None = None,
) -> Hold:
    """Reserve `amount_minor` on `from_id` for `to_id` and return the hold.

    Raises:
        Refusal: as `post`.
    """
    rules.check_positive(amount_minor)
    if from_id == to_id:
        raise AccountsMustDiffer(f"account:{from_id}")
    source = account(desk, from_id)
    target = account(desk, to_id)
    rules.check_currency(target, source.currency)
    rules.check_leaves(source, amount_minor)
    rules.check_arrives(target, amount_minor)
    _shift_pending(desk, from_id, to_id, amount_minor)
    placed = Hold(
        id=desk.ids.new(now) if hold_id is None else hold_id,
        from_id=from_id,
        to_id=to_id,
        currency=source.currency,
        amount_minor=amount_minor,
        posted_minor=0,
        state=HoldState.PENDING,
        reason=reason,
        placed_at=now,
        order_id=order_id,
        wake_at=expires_at,
    )
    desk.add(placed)
    return placed


def _with(row: Hold, posted_minor: int, state: HoldState) -> Hold:
    return Hold(
        id=row.id,
        from_id=row.from_id,
        to_id=row.to_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        posted_minor=posted_minor,
        state=state,
        reason=row.reason,
        placed_at=row.placed_at,
        order_id=row.order_id,
        wake_at=row.wake_at if state is HoldState.PENDING else None,
    )


def post_hold(
    desk: Desk,
    hold_id: str,
    amount_minor: int | None,
    now: Instant,
    *,
    order_id: str | None = None,
    transfer_id: str | None = None,
) -> Transfer:
    """Post a part of a hold, or what is left of it; the hold ends when all is posted.

    Raises:
        WrongState: the hold has ended.
        ExceedsHold: less than that is reserved.
    """
    row = desk.need(Hold, hold_id)
    posted = advance(TRANSITIONS, row.state, "post", f"hold:{hold_id}")
    part = row.open_minor if amount_minor is None else amount_minor
    rules.check_positive(part)
    rules.check_within(row, part)
    total = row.posted_minor + part
    desk.put(_with(row, total, posted if total == row.amount_minor else HoldState.PENDING), row)
    return _write(
        desk,
        account(desk, row.from_id),
        account(desk, row.to_id),
        part,
        now,
        row.reason,
        order_id or row.order_id,
        transfer_id,
        hold_id=hold_id,
        held_minor=part,
    )


def end_hold(desk: Desk, hold_id: str, event: str) -> tuple[Hold, int]:
    """Void (`void`) or expire (`expire`) a hold; return it and what it gave back.

    Raises:
        WrongState: the hold has ended before.
    """
    row = desk.need(Hold, hold_id)
    state = advance(TRANSITIONS, row.state, event, f"hold:{hold_id}")
    back = row.open_minor
    _shift_pending(desk, row.from_id, row.to_id, -back)
    ended = _with(row, row.posted_minor, state)
    desk.put(ended, row)
    return ended, back


def waterfall(
    desk: Desk,
    to_id: str,
    sources: Mapping[Name, Source],
    amount_minor: int,
    now: Instant,
    reason: str,
    *,
    order_id: str | None = None,
) -> Drawn[Name]:
    """Pay `amount_minor` to `to_id` from the sources in their order, each as far as it reaches.

    Returns what each source gave; the sum of the parts and what misses is `amount_minor`.
    """
    parts: dict[Name, int] = {}
    rest = amount_minor
    for name, source in sources.items():
        part = parts[name] = min(rest, reach(desk, source)) if rest else 0
        if part <= 0:
            continue
        rest -= part
        if source.hold_id is None:
            post(desk, source.account_id, to_id, part, now, reason, order_id=order_id)
        else:
            post_hold(desk, source.hold_id, part, now, order_id=order_id)
    return Drawn(parts, rest)


def reach(desk: Desk, source: Source) -> int:
    """Return the most that a source of a waterfall can give now."""
    if source.cap_minor == 0:
        return 0
    if source.ahead:
        assert source.cap_minor is not None, f"{source.account_id}: pays ahead without a bound"
        return source.cap_minor
    if source.hold_id is not None:
        has = desk.need(Hold, source.hold_id).open_minor
    else:
        has = max(0, available(desk, source.account_id))
    return has if source.cap_minor is None else min(has, source.cap_minor)


def balances_of(books: Books, owners: str, kind: str) -> dict[str, int]:
    """Return the posted balances of a kind of account by its owner's id."""
    balances: dict[str, int] = {}
    for account in books.rows(Account):
        stem, _, _ = account.id.rpartition("/")
        owner, _, name = stem.rpartition("/")
        if name == kind and owner.startswith(f"{owners}/"):
            balances[owner.removeprefix(f"{owners}/")] = account.posted_minor
    return balances


def on_accounts(books: Books, kind: str, due: Mapping[str, int], thing: str) -> list[Finding]:
    """Compare the accounts of a kind, of whomever, with what rows say is on them."""
    left = dict(due)
    findings: list[Finding] = []
    for account in books.rows(Account):
        stem = account.id.removesuffix(f"/{account.currency}")
        if chart.is_of_chart(account.id) and (stem == kind or stem.endswith(f"/{kind}")):
            findings += unequal(f"account:{account.id}", thing, account.posted_minor, left.pop(account.id, 0))
    return findings + [
        Finding(f"account:{key}", f"{minor} is to be there, and it does not exist")
        for key, minor in left.items()
        if minor
    ]
