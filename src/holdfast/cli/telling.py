"""What each fact says in plain words. A test sees to it that every kind of fact has its words.

Places in braces are fields of the fact's body: those in `_minor` are written as money, times with
their offset.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

import msgspec

from holdfast.kernel import zones
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Fact, FactBody

WORDS: dict[str, str] = {
    "AbscondingDeclared": "{by} declared that the merchant ran away ({reason}); its payouts are held",
    "AccountOpened": "account {account_id} was opened in {currency}",
    "AdvanceTakenBack": "{amount_minor} of the advance was taken back; {missing_minor} could not be",
    "AfterSalesAnswered": "the merchant answered: {answer}",
    "AfterSalesAsked": "the consumer asked for help: {question}; an answer is due by {answer_by}",
    "AfterSalesUnanswered": "the merchant let the time to answer pass",
    "CaptureAsked": "the provider was asked to debit {amount_minor}",
    "CaptureFailed": "the debit of {amount_minor} failed: {reason}; the order is overdue",
    "CaptureNoticeAsked": "a notice of the debit of {amount_minor} on {capture_at} was asked for",
    "CaptureNoticeSent": "the notice of the debit on {capture_at} went out",
    "ClaimForgiven": "claim {claim_id} was met before the debit: {amount_minor} less is owed",
    "ClaimInvited": "the consumer was invited to claim up to {amount_minor} until {until}",
    "ClaimOpened": "claim {claim_id} for {amount_minor} was opened ({reason}); {payout_held_minor} of the "
    "merchant's balance was reserved for it",
    "ClaimPaid": "claim {claim_id} was paid {amount_minor}: {from_order_minor} from the order, "
    "{from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
    "{from_deposit_minor} from the deposit, {from_guarantee_minor} from the guarantees, {from_fund_minor} "
    "from the fund; {missing_minor} is missing",
    "ClaimRecovered": "claim {claim_id} got {amount_minor} more; {missing_minor} is missing",
    "ClaimRejected": "claim {claim_id} was rejected by {by}: {reason}",
    "ClaimUpheld": "claim {claim_id} was upheld for {amount_minor} by {by}",
    "ClaimWaits": "claim {claim_id} was upheld for {amount_minor} by {by}; policy lets the debit come first",
    "ClockConfirmed": "{by} said that the clock is right ({reason}); the fact before was of {before_at}",
    "ConsumerLimitSet": "consumer {consumer_id} may owe up to {limit_minor}",
    "CoverFellShort": "cover fell to {cover_minor}, with {exposure_minor} exposed; {missing_minor} is due",
    "CoverFreed": "{reserve_minor} of the reserve and {deposit_minor} of the deposit, which no order "
    "needs as cover, went to what the merchant owes",
    "CoverRestored": "cover is sufficient again: {cover_minor}, with {exposure_minor} exposed",
    "CustodyRecorded": "evidence {sha256} was {action} at {occurred_at}, by {operator} with {device}",
    "DeadlinePutAside": "the deadline of {row_kind} {row_id} at {due_at} failed by an error of ours; it is "
    "tried again at {again_at}",
    "DebitPaused": "the debit of {amount_minor} was put off to {capture_at}, as the merchant ran away",
    "DeclarationWithdrawn": "{by} withdrew the declaration; {left} are left, and with none payouts go on",
    "DepositPaid": "the merchant paid {amount_minor} into its deposit",
    "DepositReturned": "{amount_minor} of the deposit was returned",
    "EvidenceRecorded": "evidence {sha256} ({media_type}, {size_bytes} bytes) was recorded: {source}, "
    "captured by {operator} with {device} at {captured_at}",
    "FundCapitalised": "the guarantee fund got {amount_minor} of capital",
    "FundRecovered": "the fund got back {amount_minor}; the merchant still owes it {owed_minor}",
    "GuaranteeBegan": "the term of guarantee {guarantee_id} of {issuer} began: {counted_minor} of "
    "{limit_minor} counts as cover",
    "GuaranteeCalled": "{amount_minor} of guarantee {guarantee_id} was called from {issuer} ({why}); "
    "{left_minor} is left, and {counted_minor} of it counts as cover",
    "GuaranteeLapsed": "guarantee {guarantee_id} of {issuer} ended with its term; {left_minor} was not "
    "called",
    "GuaranteePaid": "{issuer} paid {amount_minor} of what was called of guarantee {guarantee_id}; "
    "{open_minor} is open",
    "GuaranteeRecorded": "{issuer} stands for the merchant up to {limit_minor}, "
    "from {starts_at} to {ends_at}, "
    "by guarantee {guarantee_id} ({form}, payable {call}, not paid: {excludes}); {counted_minor} counts as "
    "cover, until {counts_until}",
    "GuaranteeRefused": "{issuer} refused {amount_minor} that was called of guarantee {guarantee_id} "
    "({reason}): the platform lost it, and the merchant owes it; {open_minor} is open, and the guarantee "
    "counts as cover no more",
    "GuaranteeReleased": "guarantee {guarantee_id} of {issuer} ended before its term; {left_minor} was not "
    "called",
    "GuaranteeUncounted": "guarantee {guarantee_id} of {issuer} counts as cover no more; {left_minor} can be "
    "called until {ends_at}",
    "HoldEnded": "hold {hold_id} was {state}; {released_minor} went back",
    "HoldPlaced": "{amount_minor} was reserved on {from_id} for {to_id} ({reason})",
    "HoldPosted": "{amount_minor} of hold {hold_id} was posted",
    "IssuerSettled": "the merchant settled {amount_minor} with {issuer} for guarantee {guarantee_id}; "
    "{owed_minor} is still owed to it",
    "KeysDestroyed": "{by} destroyed what opens {deals} deals of {pseudonym} in the log; {kept} are kept",
    "LogRestarted": "{by} began the log anew as {origin}; the one before had {former_size} leaves",
    "LossRecovered": "the platform got back {amount_minor} that an issuer had refused; the merchant still "
    "owes it {owed_minor}",
    "KeptForClaim": "{amount_minor} of what came in is kept for claim {claim_id}; {lacking_minor} is lacking",
    "MerchantAbsconded": "the merchant was declared absconded by {by} ({reason}): {exposure_minor} exposed, "
    "{cover_minor} covered; the wind-down began",
    "MerchantRegistered": "merchant {name} joined; a deposit of {deposit_due_minor} is due",
    "MerchantReinstated": "{by} ended the suspension",
    "MerchantCleared": "{by} looked at it; it is paid again, though an owner ran away elsewhere: {reason}",
    "MerchantSuspended": "{by} suspended the merchant: {reason}",
    "MoneyMoved": "{amount_minor} went from {from_id} to {to_id} ({reason})",
    "OrderCancelled": "the order was cancelled ({reason}); {released_minor} is no longer owed",
    "OrderCaptured": "the consumer was debited {amount_minor}; {held_minor} is held; claims are "
    "covered until {window_ends_at}",
    "OrderCompleted": "the window of claims closed over {amount_minor}",
    "OrderConfirmed": "the consumer confirmed the order",
    "OrderDelivered": "the goods arrived; {amount_minor} is to be debited from {capture_at}",
    "OrderExpired": "the consumer did not confirm in time; {released_minor} is no longer owed",
    "OrderPlaced": "consumer {consumer_id} ordered from merchant {merchant_id} for {amount_minor}; "
    "to be shipped by {ship_by}",
    "OrderRefunded": "the merchant refunded {amount_minor} ({reason}): {from_order_minor} from the order, "
    "{from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
    "{from_deposit_minor} from the deposit",
    "OrderReturned": "the goods count as returned, by {by}; {released_minor} is no longer owed",
    "OrderShipped": "the merchant shipped",
    "OrderWrittenOff": "{owed_minor} is not expected any more; the platform lost {loss_minor}",
    "OwedReduced": "{by_minor} less is owed ({reason}): {owed_minor}",
    "OrderSplit": "{amount_minor} of the order goes its own way, as order {part_id}; the order is for "
    "{left_minor} now",
    "PartBegan": "{amount_minor} of order {of_id} goes its own way from here{what}",
    "ServicePerformed": "{amount_minor} was performed and stated ({statement}); it is to be debited from "
    "{capture_at}",
    "ParcelLost": "the parcel is lost or could not be brought ({reason}); the merchant may ship anew until "
    "{ship_by}",
    "DeliveryWithdrawn": "it had not arrived or been performed after all ({reason}): money had moved, and "
    "claim {claim_id} is for a person to decide",
    "ArrivedAfterEnd": "the goods arrived after the order had ended; nothing is owed for them",
    "ReturnRefused": "{by} said for the merchant that the goods did not come back ({reason})",
    "PayLaterClosed": "consumer {consumer_id} closed pay-later, owing {outstanding_minor}",
    "PayLaterOpened": "consumer {consumer_id} opened pay-later, up to {limit_minor}",
    "PayoutAsked": "the provider was asked to pay out {amount_minor}",
    "PayoutConfirmed": "{amount_minor} was paid out to the merchant",
    "PayoutReturned": "the payout of {amount_minor} came back: {reason}",
    "DebitedBeyond": "the provider took {amount_minor} that is not owed ({why}): it goes back",
    "RestCaptured": "the consumer was debited {amount_minor} more; {owed_minor} is still owed",
    "RepaymentAsked": "the provider was asked to pay the consumer {amount_minor} back",
    "RepaymentConfirmed": "the consumer has {amount_minor} of its own back; {owed_back_minor} it owes back",
    "RepaymentFailed": "{amount_minor} could not be paid back ({reason}): another account is needed",
    "RefundReturned": "{amount_minor} paid back returned ({reason}): another account is needed",
    "ChargedBack": "the consumer's bank took {amount_minor} back ({reason}): {from_order_minor} from the "
    "order, {from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
    "{from_deposit_minor} from the deposit, {from_platform_minor} from the platform; {twice_minor} "
    "the consumer had got back before; {from_credit_minor} waited for it, {met_minor} its claim missed",
    "MoneySeized": "{authority} took {amount_minor} by {document}: {from_available_minor} from the balance, "
    "{from_reserve_minor} from the reserve, {from_deposit_minor} from the deposit, {from_platform_minor} "
    "from the platform, {from_frozen_minor} from what was frozen",
    "MoneyFrozen": "{authority} froze {amount_minor} by {document}: {from_available_minor} from the balance, "
    "{from_reserve_minor} from the reserve, {from_deposit_minor} from the deposit; {missing_minor} is "
    "not there",
    "MoreFrozen": "{amount_minor} that came in was frozen; {missing_minor} is not there",
    "FreezeLifted": "{amount_minor} was let go by {document}: {to_available_minor} to the balance, "
    "{to_deposit_minor} to the deposit",
    "ChargebackWon": "the consumer's bank gave {amount_minor} back: {to_order_minor} to the order, "
    "{to_available_minor} to the balance, {to_deposit_minor} to the deposit, {to_platform_minor} to the "
    "platform, {to_consumer_minor} to the consumer; {owed_back_minor} is not owed back any more",
    "PaidTwice": "the provider paid the consumer {amount_minor} that nobody had asked for ({reason}): "
    "{met_minor} was to come to it, {owed_back_minor} it owes back",
    "ClaimMet": "{amount_minor} of claim {claim_id} the consumer got by another way; {missing_minor} is "
    "missing",
    "OwedBackReturned": "{amount_minor} that was owed back came; {owed_minor} is still to come",
    "DebitDoubted": "a debit of {amount_minor} was told without an id, and answers no question ({times} "
    "times): a person finds out if money moved",
    "DoubtConfirmed": "{by} found the debit in doubt to be {debit_id}",
    "DoubtDismissed": "{by} found that the debit in doubt moved no money: {reason}",
    "ReceiptRecorded": "{amount_minor} came in, as {receipt_id}, and names nothing that is known: "
    "{reference}",
    "ReceiptAssigned": "{by} assigned {amount_minor} of {receipt_id} to {to} {target_id}; {left_minor} is "
    "left",
    "ProviderFeeTaken": "the provider took {amount_minor} for itself, as {fee_id}: {what}",
    "PayoutFailed": "the payout of {amount_minor} failed: {reason}",
    "PayoutHeld": "a payout of {amount_minor} was held back: {reason}",
    "PayoutScheduled": "a payout was scheduled for {payout_at}",
    "PeersRecorded": "category {category} begins with {run_aways} run-aways in {windows} windows",
    "PolicyAdopted": "policy {version} came into force",
    "ProceedsAdvanced": "the platform advanced {amount_minor}, which is held",
    "ProceedsReleased": "{held_minor} was released: {available_minor} to the merchant's balance, "
    "{reserve_minor} to its reserve, {fund_minor} to the fund, {fee_minor} as fee, {loss_minor} to the "
    "platform for what it had lost on the order",
    "RecoveryRecorded": "{amount_minor} of the merchant's was recovered from {source}",
    "RecoveryShared": "the round of recovery ended: {claims} claims got {paid_minor} together",
    "RecoveryStarted": "{pool_minor} that was recovered is shared among all claims that miss {missing_minor}",
    "ReminderDue": "reminder {number}: {owed_minor} is overdue",
    "ReserveReleased": "{amount_minor} of the reserve was released, {fund_minor} to the fund, {fee_minor} as "
    "fee, {loss_minor} to the platform for what it had lost on the order",
    "ReturnAsked": "the consumer sends the goods back; the merchant confirms by {confirm_by}",
    "ShipmentOverdue": "the merchant did not ship by {ship_by}",
    "SweepStarted": "the sweep began: {rest_minor} to be paid beyond the orders' own proceeds, {pool_minor} "
    "there, {fund_set_aside_minor} of it from the fund",
    "TransferReversed": "transfer {transfer_id} was sent back: {amount_minor}",
    "WindDownFinished": "the wind-down ended: {claims} claims, {paid_minor} paid, {missing_minor} missing, "
    "{owed_to_fund_minor} owed to the fund",
}

LATE: dict[str, str] = {
    "ClaimOpened": "claim {claim_id} for {amount_minor} was opened after the order's window ({reason}): it "
    "is paid from what the cover of others does not need, then by the fund to its bound; {payout_held_minor} "
    "of the merchant's balance was reserved for it",
}
"""The words where a claim comes after its window."""

SERVICE: dict[str, str] = {
    "OrderPlaced": "consumer {consumer_id} ordered a service from merchant {merchant_id} for {amount_minor}; "
    "to be performed by {ship_by}",
}
"""The words of an order that is a service."""

UNMOVED: dict[str, str] = {
    "DeliveryWithdrawn": "it had not arrived or been performed after all ({reason}): nothing is debited "
    "until it has",
}
"""The words where no money had moved, and so no claim was opened."""

_TIMES = frozenset(
    {
        "answer_by",
        "before_at",
        "capture_at",
        "captured_at",
        "confirm_by",
        "counts_until",
        "ends_at",
        "occurred_at",
        "payout_at",
        "ship_by",
        "starts_at",
        "until",
        "window_ends_at",
    }
)


def kinds(base: type[FactBody] = FactBody) -> list[type[FactBody]]:
    """Return every kind of fact, in no order that counts; those that only group others are left out."""
    derived = base.__subclasses__()
    return [kind for child in derived for kind in kinds(child)] if derived else [base]


def tell(fact: Fact, currency: str, place: dt.tzinfo = dt.UTC) -> str:
    """Say in plain words what happened; amounts are in `currency` where the fact names none.

    Times are as the clocks of `place` show them.
    """
    body: dict[str, Any] = msgspec.structs.asdict(fact.body)
    own = str(body.get("currency") or currency)
    return _words(fact.kind, body).format_map(
        {name: _written(name, value, own, place) for name, value in body.items()}
    )


def _words(kind: str, body: dict[str, Any]) -> str:
    if body.get("late") and kind in LATE:
        return LATE[kind]
    if body.get("service") and kind in SERVICE:
        return SERVICE[kind]
    if kind in UNMOVED and body["claim_id"] is None:
        return UNMOVED[kind]
    return WORDS[kind]


def _written(name: str, value: Any, currency: str, place: dt.tzinfo) -> str:
    if name.endswith("_minor"):
        return Money(value, currency).format()
    if name in _TIMES:
        return "none" if value is None else zones.written(value, place)
    if name == "what":
        return f": {value}" if value else ""
    if name == "statement":
        return "; ".join(f"{line.item}: {Money(line.amount_minor, currency).format()}" for line in value)
    if isinstance(value, tuple):
        return " and ".join(map(_plain, value)) or "nothing"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return _plain(value)


def _plain(value: object) -> str:
    """Write a value as people do: the names of kinds without what joins their words."""
    return value.replace("_", " ") if isinstance(value, StrEnum) else str(value)


def amount_of(body: FactBody) -> int | None:
    """Return the amount that a fact is about, in minor units; None where it is about none."""
    for name in ("amount_minor", "held_minor", "released_minor", "by_minor"):
        amount: int | None = getattr(body, name, None)
        if amount is not None:
            return amount
    return None
