"""The commands of steps: those of an order, of a shop, and those that bring the parties in."""

from msgspec.structs import replace

from holdfast.claims.model import RejectClaim
from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.engine.execution import Submission
from holdfast.kernel.actor import Actor
from holdfast.kernel.clock import HOUR, Instant
from holdfast.kernel.rows import Command
from holdfast.lab.attack.schedule import CONSUMERS, CURRENCY, RING, SHOPS, Do, Step
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmReturn,
    DeliverOrder,
    Listing,
    LoseParcel,
    Order,
    OrderState,
    Part,
    PlaceOrder,
    ReduceOwed,
    RefuseReturn,
    ShipOrder,
    WithdrawDelivery,
)
from holdfast.orders.parts import SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.parties.model import (
    OpenPayLater,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.replay.people import officer
from holdfast.settlement.model import CapitaliseFund, PayDeposit, RecordCapture, RecordRecovery, Refund
from holdfast.settlement.rules import claimable

LISTING = Listing(title="a kettle", text="1.7 l", price_minor=10_000)
PEOPLE = (officer(1), officer(2))
"""Who decides: of the commands of a step, the first officer the first, the second one the second."""
NO_LIMIT = 10**12
WHOLE = 100


def asked(command: Command, at: Instant, person: Actor) -> Submission:
    """Return a command as it is submitted: by a person where only one may ask for it, else by the program."""
    return Submission(command, at, None, person) if command.approval.by_person else Submission(command, at)


def part_of(order: Order, percent: int) -> int:
    """Return a percentage of the claimable sum of an order, in minor units."""
    return max(1, claimable(order) * percent // WHOLE)


def of_order(step: Step, order: Order, now: Instant) -> Command | None:
    """Return the command of a step about an order; None where it has none now."""
    return _on_its_way(step, order, now) or _sent_back(step, order) or _owed(step, order)


def _on_its_way(step: Step, order: Order, now: Instant) -> Command | None:  # noqa: PLR0911 - a table
    key = order.id
    match step.do:
        case Do.SPLIT:
            return _split(step, order, now)
        case Do.SHIP:
            return ShipOrder(order_id=key)
        case Do.DELIVER:
            return DeliverOrder(order_id=key)
        case Do.PERFORM:
            stated = order.owed_minor * step.percent // WHOLE
            return PerformOrder(order_id=key, lines=(Line(item="a lesson", amount_minor=stated),))
        case Do.LOSE:
            return LoseParcel(order_id=key, reason="lost")
        case Do.UNDELIVER:
            return WithdrawDelivery(order_id=key, reason="another door")
        case Do.CANCEL:
            return CancelOrder(order_id=key, reason="changed my mind")
        case _:
            return None


def _split(step: Step, order: Order, now: Instant) -> Command:
    part = Part(
        id=f"o{step.part}",
        amount_minor=order.owed_minor * step.percent // WHOLE,
        not_before=now + step.hours * HOUR if order.service and step.hours else None,
    )
    return SplitOrder(order_id=order.id, parts=(part,))


def _sent_back(step: Step, order: Order) -> Command | None:
    key = order.id
    match step.do:
        case Do.SEND_BACK:
            return AskReturn(order_id=key)
        case Do.TAKE_BACK:
            return ConfirmReturn(order_id=key)
        case Do.REFUSE_BACK:
            return RefuseReturn(order_id=key, reason="an empty box")
        case Do.ASK:
            return AskAfterSales(order_id=key, question="how?")
        case Do.ANSWER:
            return AnswerAfterSales(order_id=key, answer="so")
        case _:
            return None


def _owed(step: Step, order: Order) -> Command | None:
    match step.do:
        case Do.REFUND:
            return Refund(order_id=order.id, amount_minor=part_of(order, step.percent), reason="kindness")
        case Do.REJECT if order.claim_id is not None:
            return RejectClaim(claim_id=order.claim_id, reason="as shown")
        case Do.REDUCE:
            left = order.owed_minor * (WHOLE - step.percent) // WHOLE
            return ReduceOwed(order_id=order.id, owed_minor=left, reason="kindness")
        case Do.PAY_LATE if order.state in {OrderState.OVERDUE, OrderState.WRITTEN_OFF}:
            return RecordCapture(order_id=order.id)
        case _:
            return None


def sale(step: Step) -> list[Command]:
    """Return the commands that place an order, and, where it is sold, deliver it."""
    key = f"o{step.order}"
    place = PlaceOrder(
        order_id=key,
        merchant_id=step.shop,
        consumer_id=step.who,
        currency=CURRENCY,
        amount_minor=step.minor,
        listing=LISTING,
    )
    if step.do is Do.SELL:
        return [place, ShipOrder(order_id=key), DeliverOrder(order_id=key)]
    return [replace(place, service=step.do is Do.BOOK)]


def of_shop(step: Step) -> list[Command]:  # noqa: PLR0911 - a table
    """Return the command of a step about a shop."""
    shop = step.shop
    declared = DeclareAbsconded(merchant_id=shop, reason="gone")
    match step.do:
        case Do.PAY_DEPOSIT:
            return [PayDeposit(merchant_id=shop, amount_minor=step.minor)]
        case Do.SUSPEND:
            return [SuspendMerchant(merchant_id=shop, reason="looked into")]
        case Do.REINSTATE:
            return [ReinstateMerchant(merchant_id=shop)]
        case Do.DECLARE:
            return [declared]
        case Do.WITHDRAW:
            return [WithdrawDeclaration(merchant_id=shop)]
        case Do.VANISH:
            return [declared] * len(PEOPLE)
        case Do.RECOVER:
            return [RecordRecovery(merchant_id=shop, amount_minor=step.minor, source="police")]
        case _:
            return []


def opening(capital_minor: int) -> list[Command]:
    """Return commands that bring the parties in: the ring's shops have one owner, and nobody a limit."""
    commands: list[Command] = [
        RegisterMerchant(
            merchant_id=shop,
            name=shop,
            currency=CURRENCY,
            owner_ids=("owner-of-the-ring" if shop in RING else f"owner-of-{shop}",),
        )
        for shop in SHOPS
    ]
    for consumer in CONSUMERS:
        commands.append(OpenPayLater(consumer_id=consumer, currency=CURRENCY))
        commands.append(SetConsumerLimit(consumer_id=consumer, limit_minor=NO_LIMIT))
    if capital_minor:
        commands.append(CapitaliseFund(currency=CURRENCY, amount_minor=capital_minor))
    return commands
