"""One function a command; each returns the facts, or refuses and leaves no trace."""

from holdfast.bench.bare import rules
from holdfast.bench.bare.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import EXPONENTS, UnknownCurrency
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book
from holdfast.ledger.model import (
    Account,
    AccountOpened,
    Hold,
    HoldEnded,
    HoldPlaced,
    HoldPosted,
    HoldState,
    MoneyMoved,
    Transfer,
    TransferReversed,
)
from holdfast.ledger.refusals import AlreadyReversed, Exists, ExpiresInThePast
from holdfast.ledger.rules import check_currency


def open_account(desk: Desk, command: OpenAccount, _now: Instant) -> list[FactBody]:
    """Open an account with a balance of zero."""
    rules.check_own(command.account_id)
    if command.currency not in EXPONENTS:
        raise UnknownCurrency("currency", currency=command.currency)
    if desk.find(Account, command.account_id) is not None:
        raise Exists(f"account:{command.account_id}", kind=Account.called)
    desk.put(
        Account(id=command.account_id, currency=command.currency, never_negative=command.never_negative), None
    )
    return [
        AccountOpened(
            account_id=command.account_id, currency=command.currency, never_negative=command.never_negative
        )
    ]


def move(desk: Desk, command: MoveMoney, now: Instant) -> list[FactBody]:
    """Transfer once, whatever the number of times it is sent."""
    rules.check_own(command.from_id, command.to_id)
    rules.check_own_transfer(command.transfer_id)
    recorded = desk.find(Transfer, command.transfer_id)
    if recorded is not None:
        rules.check_same(recorded, command, "transfer")
    check_currency(book.account(desk, command.from_id), command.currency)
    book.post(
        desk,
        command.from_id,
        command.to_id,
        command.amount_minor,
        now,
        command.reason,
        transfer_id=command.transfer_id,
    )
    return [
        MoneyMoved(
            transfer_id=command.transfer_id,
            from_id=command.from_id,
            to_id=command.to_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            reason=command.reason,
        )
    ]


def move_linked(desk: Desk, command: MoveLinked, now: Instant) -> list[FactBody]:
    """Transfer all or none: a refusal of one undoes those before it."""
    return [fact for transfer in command.transfers for fact in move(desk, transfer, now)]


def place_hold(desk: Desk, command: PlaceHold, now: Instant) -> list[FactBody]:
    """Reserve an amount."""
    rules.check_own(command.from_id, command.to_id)
    if command.expires_at is not None and command.expires_at <= now:
        raise ExpiresInThePast("expires_at", expires=iso(command.expires_at), now=iso(now))
    asked = Hold(
        id=command.hold_id,
        from_id=command.from_id,
        to_id=command.to_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        posted_minor=0,
        state=HoldState.PENDING,
        reason=command.reason,
        placed_at=now,
    )
    recorded = desk.find(Hold, command.hold_id)
    if recorded is not None:
        rules.check_same(recorded, asked, "hold")
    check_currency(book.account(desk, command.from_id), command.currency)
    book.hold(
        desk,
        command.from_id,
        command.to_id,
        command.amount_minor,
        now,
        command.reason,
        hold_id=command.hold_id,
        expires_at=command.expires_at,
    )
    return [
        HoldPlaced(
            hold_id=command.hold_id,
            from_id=command.from_id,
            to_id=command.to_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            reason=command.reason,
        )
    ]


def _own_hold(desk: Desk, hold_id: str) -> Hold:
    """Return a hold between accounts of one's own: payouts and claims keep theirs."""
    row = desk.need(Hold, hold_id)
    rules.check_own(row.from_id, row.to_id)
    return row


def post_hold(desk: Desk, command: PostHold, now: Instant) -> list[FactBody]:
    """Post a part of a hold, or all."""
    rules.check_own_transfer(command.transfer_id)
    row = _own_hold(desk, command.hold_id)
    recorded = desk.find(Transfer, command.transfer_id)
    if recorded is not None:
        amount = recorded.amount_minor if command.amount_minor is None else command.amount_minor
        again = MoveMoney(
            transfer_id=recorded.id,
            from_id=row.from_id,
            to_id=row.to_id,
            currency=row.currency,
            amount_minor=amount,
        )
        rules.check_same(recorded, again, "transfer")
    transfer = book.post_hold(
        desk, command.hold_id, command.amount_minor, now, transfer_id=command.transfer_id
    )
    return [HoldPosted(hold_id=command.hold_id, transfer_id=transfer.id, amount_minor=transfer.amount_minor)]


def void_hold(desk: Desk, command: VoidHold, _now: Instant) -> list[FactBody]:
    """Give back what is still reserved."""
    _own_hold(desk, command.hold_id)
    ended, back = book.end_hold(desk, command.hold_id, "void")
    return [HoldEnded(hold_id=ended.id, state=ended.state, released_minor=back)]


def reverse(desk: Desk, command: ReverseTransfer, now: Instant) -> list[FactBody]:
    """Send a transfer back under an id that is made of its own, so that a second time is seen."""
    original = desk.need(Transfer, command.transfer_id)
    rules.check_own(original.from_id, original.to_id)
    reversal_id = f"{original.id}/reversal"
    if desk.find(Transfer, reversal_id) is not None:
        raise AlreadyReversed(f"transfer:{original.id}", reversal=reversal_id)
    book.post(
        desk,
        original.to_id,
        original.from_id,
        original.amount_minor,
        now,
        "reversal",
        order_id=original.order_id,
        transfer_id=reversal_id,
        reverses_id=original.id,
    )
    return [
        TransferReversed(transfer_id=original.id, reversal_id=reversal_id, amount_minor=original.amount_minor)
    ]
