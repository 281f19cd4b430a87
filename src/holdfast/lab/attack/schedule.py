"""A schedule: acts of merchants, accomplices and honest consumers, in order, and the policy.

Steps name their orders by number and mean nothing where the order is not there: so any part of a schedule can
be cut out, moved or put into another, and the rest is a schedule still.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache

import msgspec
from msgspec.structs import replace

from holdfast.kernel.clock import DAY, HOUR, Instant, parse
from holdfast.policy.model import Policy
from holdfast.policy.release import Release
from holdfast.policy.release import parse as parse_release
from holdfast.policy_files import reading

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
    """The action of a step."""

    WAIT = "wait"
    SELL = "sell"
    PLACE = "place"
    BOOK = "book"
    SPLIT = "split"
    SHIP = "ship"
    DELIVER = "deliver"
    PERFORM = "perform"
    LOSE = "lose"
    UNDELIVER = "undeliver"
    CANCEL = "cancel"
    REDUCE = "reduce"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
    REFUSE_BACK = "refuse_back"
    ASK = "ask"
    ANSWER = "answer"
    CLAIM = "claim"
    UPHOLD = "uphold"
    REJECT = "reject"
    REFUND = "refund"
    PAY_LATE = "pay_late"
    CHARGE_BACK = "charge_back"
    CAPTURES_FAIL = "debits_fail"
    CAPTURES_SLOW = "debits_slow"
    CAPTURES_WORK = "debits_work"
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
    SEIZE = "seize"
    ADOPT = "adopt"


ORDERING = frozenset({Do.SELL, Do.PLACE, Do.BOOK})
"""Steps that place an order."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step. `order` is the number of an order, `minor` an amount, `percent` a share of the whole.

    A split gives the part the number `part`, as an order of its own; `hours` is how much later it begins,
    where it is a step of a service. `policy` is the one to adopt: a base, as `Setting.base` is one.
    """

    do: Do
    shop: str = ""
    order: int = 0
    who: str = ""
    minor: int = 0
    percent: int = 100
    hours: int = 0
    part: int = 0
    policy: str = ""


class Setting(msgspec.Struct, frozen=True):
    """The policy of a trial: a base, and the settings that the search varies. Amounts in minor units.

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
    """A setting, and the steps under it."""

    setting: Setting
    steps: tuple[Step, ...]


@cache
def _base(spec: str) -> Policy:
    return reading.named(spec)


@cache
def policy_of(setting: Setting) -> Policy:
    """Return the policy that is in force.

    Raises:
        BadPolicy, BadRelease: see `policy_files.reading.named`.
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
    return replace(policy, release=judged_as(setting) or policy.release)


@cache
def judged_as(setting: Setting) -> Release | None:
    """Return the release policy whose promise is judged; None for that of the policy in force."""
    return parse_release(setting.promise) if setting.promise else None


def adopted(setting: Setting, base: str) -> Policy:
    """Return the policy that a step adopts: another base, varied as the setting has it."""
    return policy_of(replace(setting, base=base))


def numbers(steps: Iterable[Step]) -> list[int]:
    """Return the numbers of the orders that are placed or split off, in order."""
    found = [step.part if step.do is Do.SPLIT else step.order if step.do in ORDERING else 0 for step in steps]
    return [number for number in found if number]


def renumbered(step: Step, fresh: Callable[[int], int]) -> Step:
    """Return a step whose orders have other numbers; 0 is none."""
    if not step.order and not step.part:
        return step
    order, part = (fresh(number) if number else 0 for number in (step.order, step.part))
    return replace(step, order=order, part=part)
