"""Orders in parts: a second parcel, a piece that goes back, a service in steps.

Chance comes from a stream of its own for each order: where a market has none of it, nothing else changes.
"""

from random import Random

from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import Command
from holdfast.lab.buying import Parting, Purchase
from holdfast.lab.distributions import draw
from holdfast.lab.market import MONTH, Market
from holdfast.orders.facts import PartBegan
from holdfast.orders.model import AskReturn, CancelOrder, DeliverOrder, LoseParcel, Part, ShipOrder
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.services import Line, PerformOrder

Answers = list[tuple[Instant, Command]]

LATER, SECOND, PIECE = 3.0 * DAY, 0.4, 0.3
"""Where a market says nothing: how much later a second parcel leaves, its share and a piece's."""

_SECOND, _PIECE = "second", "back"
_TRACKING = "T"


def drawn(market: Market, purchase: Purchase, rng: Random) -> Parting | None:
    """Draw the parts of an order that go their own ways; None where it stays whole.

    Args:
        market: its parts and their shares.
        purchase: the order; too small a one is not parted.
        rng: the order's own.
    """
    parts, after = market.parts, market.consumers.returns_after.draw(rng)
    service, second, lost, piece = (rng.random() for _ in range(4))
    later, every = draw(parts.second_later, rng, LATER), draw(parts.step, rng, MONTH)
    shares = draw(parts.second_part, rng, SECOND), draw(parts.piece, rng, PIECE)
    amount = purchase.amount_minor
    if service < parts.services and amount >= parts.steps:
        return Parting(steps=parts.steps, every=int(every))
    second_minor = int(amount * shares[0]) if second < parts.second_parcel else 0
    piece_minor = int((amount - second_minor) * shares[1]) if piece < parts.piece_back else 0
    if not second_minor and not piece_minor:
        return None
    return Parting(second_minor, int(later), lost < parts.second_lost, piece_minor, int(after))


def is_service(purchase: Purchase) -> bool:
    """Tell whether an order is a service in steps."""
    return purchase.parting is not None and purchase.parting.steps > 1


def steps_of(purchase: Purchase) -> tuple[Part, ...]:
    """Return the steps of a service after the first, which is the order itself."""
    found = purchase.parting
    if found is None or found.steps <= 1:
        return ()
    each = purchase.amount_minor // found.steps
    return tuple(
        Part(
            id=f"{purchase.id}/{number}",
            amount_minor=each,
            what=f"step {number}",
            not_before=purchase.at + (number - 1) * found.every,
        )
        for number in range(2, found.steps + 1)
    )


def cancelled(purchase: Purchase) -> Command:
    """Return the commands that cancel an order before any part of it began."""
    if is_service(purchase):
        return CancelRest(order_id=purchase.id, reason="changed its mind")
    return CancelOrder(order_id=purchase.id, reason="changed its mind")


def left(purchase: Purchase, at: Instant) -> Answers:
    """Return how an order leaves: in one parcel or the first of two, or as the first step of a service."""
    if is_service(purchase):
        later = sum(step.amount_minor for step in steps_of(purchase))
        return [(at, _performed(purchase.id, purchase.amount_minor - later))]
    ships = ShipOrder(order_id=purchase.id, tracking=_TRACKING)
    found = purchase.parting
    if found is None or not found.second_minor:
        return [(at, ships)]
    second = Part(id=f"{purchase.id}/{_SECOND}", amount_minor=found.second_minor, what="a second parcel")
    return [(at, SplitOrder(order_id=purchase.id, parts=(second,))), (at, ships)]


def _performed(order_id: str, amount_minor: int) -> Command:
    return PerformOrder(order_id=order_id, lines=(Line(item="a step", amount_minor=amount_minor),))


def began(body: PartBegan, of: Purchase, at: Instant) -> Purchase:
    """Return a part as a purchase of its own: of the same consumer, as good or bad as the rest."""
    part = Purchase(of.seller, of.number, at)
    part.id, part.consumer_id, part.amount_minor = body.order_id, of.consumer_id, body.amount_minor
    part.justified, part.fails, part.pays_after = of.justified, of.fails, of.pays_after
    part.on_the_way, part.ships_after = of.on_the_way, of.ships_after
    if not body.order_id.endswith(_PIECE):
        part.claims_after = of.claims_after
    return part


def goes(body: PartBegan, part: Purchase, of: Purchase, at: Instant) -> Answers:
    """Return how a part goes on: a step is performed in its time, a second parcel leaves."""
    found = of.parting
    if found is None or body.order_id.endswith(_PIECE):
        return []
    if found.steps > 1:
        return [((body.not_before or at) + (part.ships_after or 0), _performed(part.id, part.amount_minor))]
    part.lost = found.second_lost
    return [(at + found.second_after, ShipOrder(order_id=part.id, tracking=_TRACKING))]


def arrives(purchase: Purchase, at: Instant) -> Answers:
    """Return how a parcel's way ends."""
    ends: Command = DeliverOrder(order_id=purchase.id)
    if purchase.lost:
        ends = LoseParcel(order_id=purchase.id, reason="lost on its way")
    return [(at + purchase.on_the_way, ends)]


def back(purchase: Purchase, at: Instant) -> Answers:
    """Return how a piece of a delivered order goes back, within the trial."""
    found = purchase.parting
    if found is None or not 0 < found.piece_minor < purchase.amount_minor:
        return []
    piece = Part(id=f"{purchase.id}/{_PIECE}", amount_minor=found.piece_minor, what="a piece sent back")
    at += found.piece_after
    return [
        (at, SplitOrder(order_id=purchase.id, parts=(piece,))),
        (at, AskReturn(order_id=piece.id)),
    ]
