"""Everybody outside of the engine: their answers to facts, each as its purchase or its merchant has it.

Unlike a replay's, this world remembers: who is suspended, who came back. It is played in memory, where every
fact is heard once.
"""

from collections.abc import Callable, Sequence
from random import Random

from holdfast.claims.facts import ClaimOpened, ClaimUpheld
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded, MerchantAbsconded
from holdfast.engine.execution import Outcome, Submission
from holdfast.guarantees.model import GuaranteeCalled
from holdfast.kernel.actor import Actor
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.rows import Answer, Command, Fact
from holdfast.lab import guarantees, parting, ring
from holdfast.lab.buying import Purchase
from holdfast.lab.distributions import draw
from holdfast.lab.home import Forgetful
from holdfast.lab.market import Market
from holdfast.lab.sellers import Seller, come_back, stream
from holdfast.orders.facts import (
    ArrivedAfterEnd,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
    OrderSplit,
    ParcelLost,
    PartBegan,
    ReturnAsked,
    ServicePerformed,
)
from holdfast.orders.model import AskReturn, ConfirmReturn, DeliverOrder, LoseParcel, PlaceOrder
from holdfast.parties.model import (
    MerchantSuspended,
    OpenPayLater,
    RegisterMerchant,
    ReinstateMerchant,
    SuspendMerchant,
)
from holdfast.policy.model import Policy
from holdfast.psp import sandbox
from holdfast.replay.people import ARBITER, officer
from holdfast.settlement.facts import CaptureAsked, ClaimForgiven, OrderCaptured, OrderRefunded
from holdfast.settlement.model import RecordCapture, RecordCaptureFailure, Refund
from holdfast.settlement.otherwise_facts import DebitedBeyond

Answers = Sequence[Answer]


class World:
    """Answers facts for one run. `sellers` grows when an adversary comes back."""

    def __init__(
        self, market: Market, policy: Policy, sellers: list[Seller], rng: Random, names: tuple[int, int]
    ) -> None:
        self.sellers = sellers
        self.home: Forgetful | None = None
        self._market = market
        self._policy = policy
        self._by_id = {seller.id: seller for seller in sellers}
        self._rng = rng
        self._names = names
        self._purchases: dict[str, Purchase] = {}
        self._known: set[str] = set()
        self._answers: dict[type, Callable[[Fact], Answers]] = {
            **sandbox.ANSWERS,
            OrderPlaced: self._placed,
            OrderShipped: self._shipped,
            ArrivedAfterEnd: self._on_its_way_no_more,
            ParcelLost: self._on_its_way_no_more,
            OrderDelivered: self._delivered,
            ServicePerformed: self._delivered,
            OrderSplit: self._split,
            PartBegan: self._began,
            ReturnAsked: self._return_asked,
            CaptureAsked: self._capture_asked,
            OrderCaptured: self._captured,
            DebitedBeyond: self._paid_back,
            OrderRefunded: self._refunded,
            OrderCancelled: self._ended,
            OrderReturned: self._ended,
            ClaimOpened: self._claim_opened,
            ClaimUpheld: self._upheld,
            ClaimForgiven: self._forgiven,
            MerchantSuspended: self._suspended,
            MerchantAbsconded: self._absconded,
            GuaranteeCalled: guarantees.paid,
        }

    @property
    def remembered(self) -> int:
        """Return how many purchases something is still to come of."""
        return len(self._purchases)

    def react(self, fact: Fact) -> Answers:
        """Return the replies of the outside world to a fact, with their times."""
        answer = self._answers.get(type(fact.body))
        return [] if answer is None else answer(fact)

    def joining(self, seller: Seller, at: Instant) -> list[Submission]:
        """Return a merchant's acts on joining, and people's acts once it is gone."""
        register = RegisterMerchant(
            merchant_id=seller.id,
            name=seller.id,
            currency=self._market.currency,
            owner_ids=(seller.owner,),
            category=seller.category.name,
        )
        commands = [Submission(register, at)]
        commands += ring.paid_in(seller, self._policy, at)
        if seller.guarantee is not None:
            commands += guarantees.recorded(seller.guarantee, at)
        if seller.gone_at is not None:
            declared = self._declared(seller, seller.gone_at)
            commands += [Submission(command, at, None, actor) for at, command, actor in declared]
        return commands

    def _declared(self, seller: Seller, gone_at: Instant) -> list[tuple[Instant, Command, Actor]]:
        at = gone_at + int(draw(self._market.people.declares_after, seller.rng, 0.0))
        declared = DeclareAbsconded(merchant_id=seller.id, reason="ships nothing, answers nothing")
        return [
            (at + number * HOUR, declared, officer(number + 1)) for number in range(self._policy.declarations)
        ]

    def placing(self, purchase: Purchase) -> list[Submission]:
        """Return the commands that place an order; a consumer that is new opens pay-later first."""
        commands: list[Submission] = []
        consumer_id, currency = purchase.consumer_id, self._market.currency
        if consumer_id not in self._known:
            self._known.add(consumer_id)
            commands.append(Submission(OpenPayLater(consumer_id=consumer_id, currency=currency), purchase.at))
        if self._market.parts.any and not purchase.own:
            rng = stream(*self._names, f"{purchase.id}-parts")
            purchase.parting = parting.drawn(self._market, purchase, rng)
        listings = purchase.seller.listings
        place = PlaceOrder(
            order_id=purchase.id,
            merchant_id=purchase.seller.id,
            consumer_id=consumer_id,
            currency=currency,
            amount_minor=purchase.amount_minor,
            listing=listings[purchase.number % len(listings)],
            service=parting.is_service(purchase),
            parts=parting.steps_of(purchase),
        )
        self._purchases[purchase.id] = purchase
        commands.append(Submission(place, purchase.at))
        return commands

    def heard(self, submission: Submission | None, outcome: Outcome) -> None:
        """Forget a thing that a refusal ends: an order that was not taken, a claim that could not be made."""
        if outcome.refusal is None or submission is None:
            return
        match submission.command:
            case PlaceOrder(order_id=order_id):
                self._purchases.pop(order_id, None)
            case OpenClaim(order_id=order_id) if self.home is not None:
                self._purchases.pop(order_id, None)
                self.home.expects_no_claim(order_id)
            case Refund(order_id=order_id):
                self._let_go(order_id)
            case DeliverOrder(order_id=order_id) | LoseParcel(order_id=order_id) if self.home is not None:
                self.home.arrived(order_id)
            case _:
                pass

    def _placed(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, OrderPlaced)
        order_id = fact.body.order_id
        purchase = self._purchases[order_id]
        cancelled, ships = purchase.cancelled_after, purchase.ships_after
        if cancelled is not None:
            del self._purchases[order_id]
            return [(fact.at + cancelled, parting.cancelled(purchase))]
        if ships is None or purchase.seller.is_gone(fact.at + ships):
            del self._purchases[order_id]
            return []
        return parting.left(purchase, fact.at + ships)

    def _split(self, fact: Fact) -> Answers:
        """Note that an order is for less: the rest goes its own way."""
        assert isinstance(fact.body, OrderSplit)
        purchase = self._purchases.get(fact.body.order_id)
        if purchase is not None:
            purchase.amount_minor = fact.body.left_minor
        return []

    def _began(self, fact: Fact) -> Answers:
        """Let a part go its own way, as long as its merchant is there."""
        assert isinstance(fact.body, PartBegan)
        of = self._purchases.get(fact.body.of_id)
        if of is None:
            return []
        part = parting.began(fact.body, of, fact.at)
        self._purchases[part.id] = part
        answers = parting.goes(fact.body, part, of, fact.at)
        return [(at, command) for at, command in answers if not of.seller.is_gone(at)]

    def _shipped(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, OrderShipped)
        purchase = self._purchases[fact.body.order_id]
        if self.home is not None:
            self.home.on_their_way.add(purchase.id)
        return parting.arrives(purchase, fact.at)

    def _on_its_way_no_more(self, fact: Fact) -> Answers:
        """A parcel is lost, or has arrived when its order had ended."""
        assert isinstance(fact.body, (ArrivedAfterEnd, ParcelLost))
        if self.home is not None:
            self.home.arrived(fact.body.order_id)
        return []

    def _delivered(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, (OrderDelivered, ServicePerformed))
        body = fact.body
        if self.home is not None:
            self.home.arrived(body.order_id)
        purchase = self._purchases[body.order_id]
        purchase.seller.delivered += 1
        if purchase.claims_after is not None and self.home is not None:
            self.home.awaited.add(purchase.id)
            claim = OpenClaim(
                claim_id=f"{purchase.id}/claim",
                order_id=purchase.id,
                amount_minor=purchase.amount_minor,
                reason="not as shown" if purchase.justified else "not satisfied",
            )
            return [(fact.at + purchase.claims_after, claim)]
        if purchase.returned_after is not None and not parting.is_service(purchase):
            return [(fact.at + purchase.returned_after, AskReturn(order_id=purchase.id))]
        return parting.back(purchase, fact.at)

    def _return_asked(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, ReturnAsked)
        purchase = self._purchases[fact.body.order_id]
        seller = purchase.seller
        at = fact.at + int(self._market.merchants.confirms_returns_after.draw(self._rng))
        silent = seller.strategy is not None and not seller.strategy.answers
        if silent or seller.is_gone(at):
            return []
        return [(at, ConfirmReturn(order_id=purchase.id))]

    def _capture_asked(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, CaptureAsked)
        order_id = fact.body.order_id
        purchase = self._purchases[order_id]
        self._capture_answered(purchase)
        at = fact.at + sandbox.CAPTURE_TAKES
        if not purchase.fails:
            return [(at, RecordCapture(order_id=order_id))]
        answers: list[Answer] = [(at, RecordCaptureFailure(order_id=order_id, reason="no funds"))]
        if purchase.pays_after is not None:
            answers.append((at + purchase.pays_after, RecordCapture(order_id=order_id)))
            if self.home is not None:
                self.home.unpaid.add(order_id)
        return answers

    def _paid_back(self, fact: Fact) -> Answers:
        """A late payment that the consumer did not owe any more goes back."""
        assert isinstance(fact.body, DebitedBeyond)
        if self.home is not None:
            self.home.was_paid(fact.body.order_id)
        return []

    def _captured(self, fact: Fact) -> Answers:
        """Note an accomplice's order that was debited, where its ring has plans for it."""
        assert isinstance(fact.body, OrderCaptured)
        body = fact.body
        if self.home is not None:
            self.home.was_paid(body.order_id)
        seller = self._by_id[body.merchant_id]
        purchase = self._purchases.get(body.order_id)
        if purchase is None or not purchase.own or not seller.schemes:
            return []
        seller.own[body.order_id] = body.amount_minor, fact.at
        if self.home is not None:
            self.home.awaited.add(body.order_id)
        return []

    def _refunded(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, OrderRefunded)
        self._let_go(fact.body.order_id)
        return []

    def _let_go(self, order_id: str) -> None:
        """Forget a debited order of a ring: nothing more is planned for it."""
        self._purchases.pop(order_id, None)
        if self.home is not None:
            self.home.expects_no_claim(order_id)

    def scheming(self, seller: Seller, at: Instant) -> list[Submission]:
        """Return a ring's acts on a day that begins, before it is gone; see `ring.scheming`."""
        return ring.scheming(seller, self._policy, at)

    def _capture_answered(self, purchase: Purchase) -> None:
        purchase.captured = True
        if purchase.claims_after is None and not (purchase.own and purchase.seller.schemes):
            del self._purchases[purchase.id]

    def _ended(self, fact: Fact) -> Answers:
        """Forget the purchase of an order that ended without a debit, or was sent back."""
        assert isinstance(fact.body, (OrderCancelled, OrderReturned))
        self._purchases.pop(fact.body.order_id, None)
        return []

    def _claim_opened(self, fact: Fact) -> Answers:
        assert isinstance(fact.body, ClaimOpened)
        body = fact.body
        purchase = self._purchases[body.order_id]
        if self.home is not None:
            self.home.awaited.discard(purchase.id)
        purchase.claims_after = None
        if purchase.captured:
            del self._purchases[purchase.id]
        people = self._market.people
        at = fact.at + int(people.decides_after.draw(self._rng))
        believed = people.upholds_justified if purchase.justified else 1 - people.sees_through
        if purchase.own:
            believed = 1.0  # its merchant does not object
        if self._rng.random() < believed:
            return [(at, UpholdClaim(claim_id=body.claim_id), ARBITER)]
        return [(at, RejectClaim(claim_id=body.claim_id, reason="as it was shown"), ARBITER)]

    def _forgiven(self, fact: Fact) -> Answers:
        """Forget the purchase: all of it was claimed, so nothing is left to be debited."""
        assert isinstance(fact.body, ClaimForgiven)
        self._purchases.pop(fact.body.order_id, None)
        return self._upheld(fact)

    def _upheld(self, fact: Fact) -> Answers:
        """Count a claim that was decided for the consumer; many of them bring a person to look."""
        assert isinstance(fact.body, (ClaimUpheld, ClaimForgiven))
        seller = self._by_id[fact.body.merchant_id]
        seller.upheld += 1
        people = self._market.people
        if seller.suspended or seller.is_gone(fact.at):
            return []
        if seller.upheld < people.suspends_from or seller.upheld < people.suspends_at * seller.delivered:
            return []
        seller.suspended = True
        reason = f"{seller.upheld} claims upheld of {seller.delivered} deliveries"
        return [(fact.at, SuspendMerchant(merchant_id=seller.id, reason=reason), officer(1))]

    def _suspended(self, fact: Fact) -> Answers:
        """An honest merchant is reviewed and comes back; an adversary takes its money, and is gone."""
        assert isinstance(fact.body, MerchantSuspended)
        seller = self._by_id[fact.body.merchant_id]
        if seller.strategy is None:
            seller.suspended, seller.upheld, seller.delivered = False, 0, 0
            at = fact.at + int(self._market.people.reviews_for.draw(self._rng))
            return [(at, ReinstateMerchant(merchant_id=seller.id), officer(2))]
        if seller.is_gone(fact.at):
            return []
        known = seller.gone_at is not None
        seller.gone_at = fact.at
        return [] if known else self._declared(seller, fact.at)

    def _absconded(self, fact: Fact) -> Answers:
        """Let it come back, where it does: under its own name first, which is refused, then a relative's."""
        assert isinstance(fact.body, MerchantAbsconded)
        seller = self._by_id[fact.body.merchant_id]
        adversary = seller.back
        again = 1 + seller.id.count("-again")
        if adversary is None or again > adversary.comes_back:
            return []
        rng = stream(*self._names, f"{seller.id}-again")
        at = fact.at + int(draw(adversary.comes_back_after, rng, DAY))
        returned = come_back(self._market, self._policy, seller, again, at, rng)
        self._by_id[returned.id] = returned
        self.sellers.append(returned)
        tried = RegisterMerchant(
            merchant_id=f"{returned.id}-itself",
            name=returned.id,
            currency=self._market.currency,
            owner_ids=(seller.owner,),
            category=seller.category.name,
        )
        return [(at, tried)]
