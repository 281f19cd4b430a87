"""The actions of a merchant and its accomplices before it is gone: deposits, claims, refunds."""

from holdfast.claims.model import OpenClaim
from holdfast.engine.execution import Submission
from holdfast.kernel.clock import DAY, MINUTE, Duration, Instant
from holdfast.lab.sellers import Seller
from holdfast.policy.model import Policy
from holdfast.settlement.model import PayDeposit, Refund, ReturnDeposit

_PARTS = 8
"""The number of parts in which it asks for its deposit: parts that cover still needs are refused."""

_LAST_DAY = 1
_GOLDEN = 0.6180339887498949


def _among(order_id: str, share: float) -> bool:
    """Tell whether an order is among a share of them: by its number, so that neighbours differ."""
    return (int(order_id.rpartition("-")[2]) * _GOLDEN) % 1.0 < share


def deposit_of(seller: Seller, policy: Policy) -> int:
    """Return a merchant's deposit on joining, in minor units: that of the policy, or its own wish if more."""
    strategy = seller.strategy
    own = 0 if strategy is None else int(strategy.deposit_days * seller.ordinary_minor)
    return max(policy.deposit_minor, own)


def paid_in(seller: Seller, policy: Policy, at: Instant) -> list[Submission]:
    """Return the command that pays the deposit, if there is one."""
    amount = deposit_of(seller, policy)
    return [Submission(PayDeposit(merchant_id=seller.id, amount_minor=amount), at)] if amount else []


def scheming(seller: Seller, policy: Policy, at: Instant) -> list[Submission]:
    """Return a ring's acts on a day: its claims some days before it is gone, the rest on its last day.

    Args:
        seller: its merchant; it forgets the orders that are claimed or refunded.
        policy: whose windows it knows.
        at: when the day begins.
    """
    strategy = seller.strategy
    if strategy is None or seller.gone_at is None or seller.suspended:
        return []
    left = (seller.gone_at - at) // DAY
    found: list[Submission] = []
    if left == int(strategy.claims_before_days):
        found += _claims(seller, policy.claim_window, at)
    if left == _LAST_DAY:
        found += _deposit_out(seller, policy, at) + _refunds(seller, at)
    return found


def _claims(seller: Seller, window: Duration, at: Instant) -> list[Submission]:
    """Let accomplices claim the whole of orders that were debited, in their window or after it."""
    strategy = seller.strategy
    assert strategy is not None
    found: list[Submission] = []
    for order_id, (amount, captured_at) in list(seller.own.items()):
        share = strategy.claims_in_window if at - captured_at < window else strategy.claims_late
        if not _among(order_id, share):
            continue
        del seller.own[order_id]
        claim = OpenClaim(
            claim_id=f"{order_id}/claim", order_id=order_id, amount_minor=amount, reason="not as shown"
        )
        found.append(Submission(claim, at + (len(found) + 1) * MINUTE))
    return found


def _deposit_out(seller: Seller, policy: Policy, at: Instant) -> list[Submission]:
    strategy = seller.strategy
    deposit = deposit_of(seller, policy)
    if strategy is None or not strategy.takes_deposit_out or deposit < _PARTS:
        return []
    parts = [deposit // _PARTS] * (_PARTS - 1)
    parts.append(deposit - sum(parts))
    return [
        Submission(ReturnDeposit(merchant_id=seller.id, amount_minor=part), at + number * MINUTE)
        for number, part in enumerate(parts, start=1)
    ]


def _refunds(seller: Seller, at: Instant) -> list[Submission]:
    strategy = seller.strategy
    assert strategy is not None
    later = at + (_PARTS + 1) * MINUTE
    return [
        Submission(Refund(order_id=order_id, amount_minor=amount, reason="goodwill"), later + number * MINUTE)
        for number, (order_id, (amount, _)) in enumerate(seller.own.items())
        if _among(order_id, strategy.refunds)
    ]
