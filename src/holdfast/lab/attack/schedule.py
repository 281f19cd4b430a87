"""A schedule: what merchants, accomplices and honest consumers do, in order, and under which policy.

Steps name their orders by number and mean nothing where the order is not there: so any part of a schedule
can be cut out, moved or put into another, and what is left is a schedule still.
"""

from enum import StrEnum
from functools import cache

import msgspec
from msgspec.structs import replace

from holdfast.kernel.clock import DAY, HOUR, Instant, parse
from holdfast.policy import reading
from holdfast.policy.model import Policy
from holdfast.policy.release import Release
from holdfast.policy.release import parse as parse_release

START: Instant = parse("2026-03-01")
CURRENCY = "CNY"

RING = ("m", "n")
"""The shops of one owner."""
OTHER = "x"
"""A shop of somebody else, under the same fund."""
SHOPS = (*RING, OTHER)

HONEST = ("anna", "bo", "chen", "dai")
ACCOMPLICES = ("fan", "gu")
CONSUMERS = (*HONEST, *ACCOMPLICES)

SHORT_YOUTH_DAYS = 45
SHORT_YOUTH_ORDERS = 4


class Do(StrEnum):
    """What is done at a step."""

    WAIT = "wait"
    SELL = "sell"
    PLACE = "place"
    SHIP = "ship"
    DELIVER = "deliver"
    CANCEL = "cancel"
    REDUCE = "reduce"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
    ASK = "ask"
    ANSWER = "answer"
    CLAIM = "claim"
    UPHOLD = "uphold"
    REJECT = "reject"
    REFUND = "refund"
    PAY_LATE = "pay_late"
    DEBITS_FAIL = "debits_fail"
    DEBITS_SLOW = "debits_slow"
    DEBITS_WORK = "debits_work"
    PAYOUTS_FAIL = "payouts_fail"
    PAYOUTS_WORK = "payouts_work"
    PAY_DEPOSIT = "pay_deposit"
    TAKE_DEPOSIT = "take_deposit"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    DECLARE = "declare"
    WITHDRAW = "withdraw"
    VANISH = "vanish"
    RECOVER = "recover"


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step. `order` is the number of an order, `minor` an amount, `percent` a share of what there is."""

    do: Do
    shop: str = ""
    order: int = 0
    who: str = ""
    minor: int = 0
    percent: int = 100
    hours: int = 0


class Setting(msgspec.Struct, frozen=True):
    """The policy of a trial: a base, and what the search varies of it. Amounts in minor units.

    `promise` is the release policy whose promise is judged, where it is not the one that is in force.
    """

    base: str
    promise: str = ""
    short_youth: bool = True
    capital_minor: int = 0
    advance: bool = False
    unasked: bool = True
    payout_hours: int = 24


class Schedule(msgspec.Struct, frozen=True):
    """A setting, and what is done under it."""

    setting: Setting
    steps: tuple[Step, ...]


@cache
def _base(spec: str) -> Policy:
    return reading.named(spec)


@cache
def policy_of(setting: Setting) -> Policy:
    """Return the policy that is in force.

    Raises:
        BadPolicy, BadRelease: see `policy.reading.named`.
    """
    policy = _base(setting.base)
    changes: dict[str, object] = {
        "version": f"{policy.version}/{msgspec.json.encode(setting).decode()}",
        "advance_on_delivery": setting.advance,
        "refund_without_claim": setting.unasked,
        "payout_cycle": setting.payout_hours * HOUR,
        "fund_capital_minor": setting.capital_minor,
    }
    if setting.short_youth:
        changes["young_for"] = min(policy.young_for, SHORT_YOUTH_DAYS * DAY)
        changes["young_orders"] = min(policy.young_orders, SHORT_YOUTH_ORDERS)
    return replace(policy, **changes)


@cache
def promised(setting: Setting) -> Policy:
    """Return the policy whose promise is judged: the one in force, or as if it released by another."""
    policy = policy_of(setting)
    release: Release = parse_release(setting.promise) if setting.promise else policy.release
    return replace(policy, release=release)


def numbers(steps: tuple[Step, ...]) -> list[int]:
    """Return the numbers of the orders that are placed, in order."""
    return [step.order for step in steps if step.do in {Do.SELL, Do.PLACE}]
