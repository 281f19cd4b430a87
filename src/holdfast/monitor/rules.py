"""Rules over the facts of a log, as a state machine over their sequence: the obligations of a market.

In memory are the open orders and claims only. The facts that settled claims are stored by `Settled`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, cast

from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.text import Text
from holdfast.monitor.opened_fact import Malformed, OpenedFact

ENDED_WITHIN: Duration = 400 * DAY

PEOPLE = {
    "KeysDestroyed": "erasure_people",
    "LogRestarted": "log_restart_people",
    "KeyIssued": "access_people",
    "PersonEnrolled": "access_people",
    "RoleChanged": "access_people",
}
"""The facts of what several people have to ask for, with the setting that says how many."""

OF_PARTIES = {(kind, role) for kind in ("KeyIssued", "PersonEnrolled") for role in ("consumer", "merchant")}
"""Those of them that anybody decides, by the role that is given: it reaches nothing but one's own."""

ENDS = frozenset({"OrderCancelled", "OrderCompleted", "OrderExpired", "OrderReturned", "OrderWrittenOff"})
DECISIONS = frozenset({"ClaimForgiven", "ClaimRejected", "ClaimUpheld", "ClaimWaits"})


class Rule(StrEnum):
    """A rule that must hold."""

    ONCE = "fact_stands_once"
    FORM = "fact_has_its_form"
    ORDER_ENDS = "order_ends_in_time"
    ONE_RULING = "one_ruling_a_claim"
    RULING_FIRST = "no_compensation_before_its_ruling"
    AS_UPHELD = "compensation_is_what_was_upheld"
    SEVERAL = "asked_for_by_several"


SENTENCES: dict[Rule, tuple[str, str]] = {
    Rule.ONCE: (
        "每个事实的编号在日志中只出现一次",
        "The id of a fact stands in the log once",
    ),
    Rule.FORM: (
        "事实的内容应当完整、合乎其种类",
        "A fact has the fields of its kind",
    ),
    Rule.ORDER_ENDS: (
        "每个订单都应当按时结束",
        "Every order ends in time",
    ),
    Rule.ONE_RULING: (
        "每个索赔先提出、只裁定一次",
        "A claim is opened before it is decided, and decided once",
    ),
    Rule.RULING_FIRST: (
        "先裁定支持，后赔付",
        "No claim is paid before it was upheld",
    ),
    Rule.AS_UPHELD: (
        "赔付额应当与裁定额相符，不多付、不漏记",
        "What was paid and what is missing come to what was upheld, never more",
    ),
    Rule.SEVERAL: (
        "销毁密钥、另开日志、授予及于整个市场的角色，提出的人数应当不少于规则所定",
        "What nothing undoes, and what lets in to a whole market, is asked for by as many as the policy says",
    ),
}


_NOT_ENDED = Text("订单 {order_id} {days} 天内仍未结束", "order {order_id} has not ended within {days} days")
_ENDED_LATE = Text(
    "订单 {order_id} 没有在 {days} 天内结束", "order {order_id} did not end within {days} days"
)


class Breach(NamedTuple):
    """A rule that was broken, by which facts, and how."""

    rule: Rule
    facts: tuple[str, ...]
    what: Text


class Settled(Protocol):
    """A mapping from settled claims to the facts that settled them; a dict will do."""

    def get(self, key: str, /) -> str | None:
        """Return the fact that settled a claim, or None."""
        ...

    def __setitem__(self, key: str, value: str, /) -> None:
        """Store the fact that settled a claim."""
        ...


@dataclass(slots=True)
class _Order:
    began: str
    at: Instant
    captured: int = 0
    awarded: int = 0


@dataclass(slots=True)
class _Claim:
    """A claim. `upheld` is None while nothing was upheld; `limited` is False where the sum is not known."""

    opened: str
    ruling: str | None = None
    waits: bool = False
    upheld: int | None = None
    limited: bool = True
    paid: int = 0


@dataclass(slots=True)
class _Proposal:
    """A proposal: how many people it takes, its facts, and the pseudonyms of who asked."""

    needed: int
    facts: list[str]
    people: set[str]


class Rules:
    """The state after the facts so far: open orders and claims. `take` them in the order of the log."""

    def __init__(self, settled: Settled, within: Duration = ENDED_WITHIN) -> None:
        self._settled = settled
        self._within = within
        self._orders: dict[str, _Order] = {}
        self._claims: dict[str, _Claim] = {}
        self._proposals: dict[str, _Proposal] = {}
        self._needed: tuple[tuple[Instant, Mapping[str, int]], ...] = ()
        self._broken: list[Breach] = []

    def take(self, fact: Mapping[str, Any]) -> list[Breach]:
        """Take the next fact (`at`, `body`, `id`, `kind`), and return the rules that it breaks."""
        self._broken = []
        try:
            found = OpenedFact.of(fact)
            handler = _HANDLERS.get(found.kind)
            if handler is not None:
                handler(self, found)
        except Malformed as error:
            self._breaks(Rule.FORM, error.told, str(fact["id"]))
        return self._broken

    def overdue(self, until: Instant) -> Iterator[Breach]:
        """Yield the orders that have not ended and should have, by the time of the log's last fact."""
        for order_id, order in self._orders.items():
            if order.at + self._within < until:
                yield self._late(order_id, _NOT_ENDED, order.began)

    def _breaks(self, rule: Rule, what: Text, *facts: str) -> None:
        self._broken.append(Breach(rule, facts, what))

    def _late(self, order_id: str, how: Text, *facts: str) -> Breach:
        return Breach(Rule.ORDER_ENDS, facts, how.fill(order_id=order_id, days=self._within // DAY))

    def placed(self, fact: OpenedFact) -> None:
        """An order is open from here; of a service, from when its time comes."""
        begins = fact.body.get("not_before")
        at = fact.at if begins is None else max(fact.at, fact.amount("not_before"))
        self._orders.setdefault(fact.text("order_id"), _Order(fact.id, at))

    def captured(self, fact: OpenedFact) -> None:
        """An order was debited; one that was written off is open again."""
        order = self._orders.setdefault(fact.text("order_id"), _Order(fact.id, fact.at))
        order.captured += fact.amount("amount_minor")

    def refunded(self, fact: OpenedFact) -> None:
        """So much less can be owed back."""
        order = self._orders.get(fact.text("order_id"))
        if order is not None:
            order.awarded += fact.amount("amount_minor")

    def captured_more(self, fact: OpenedFact) -> None:
        """More of an order was debited: one that has ended stays so."""
        order = self._orders.get(fact.text("order_id"))
        if order is not None:
            order.captured += fact.amount("amount_minor")

    def charged_back(self, fact: OpenedFact) -> None:
        """So much less can be owed back, but for sums that the consumer had got before or was still due."""
        order = self._orders.get(fact.text("order_id"))
        if order is not None:
            before = sum(fact.later(name) for name in ("from_credit_minor", "met_minor"))
            order.awarded += fact.amount("amount_minor") - fact.amount("twice_minor") - before

    def won_back(self, fact: OpenedFact) -> None:
        """So much more can be owed back again."""
        order = self._orders.get(fact.text("order_id"))
        if order is not None:
            order.awarded -= fact.amount("to_order_minor")

    def ended(self, fact: OpenedFact) -> None:
        """An order ended, in time or late; a return is itself the ruling on the debited amount."""
        order_id = fact.text("order_id")
        order = self._orders.pop(order_id, None)
        if order is not None and fact.at > order.at + self._within:
            self._broken.append(self._late(order_id, _ENDED_LATE, order.began, fact.id))
        if fact.kind == "OrderReturned":
            left = 0 if order is None else order.captured - order.awarded
            if order is None or left > 0:
                case = _Claim(fact.id, fact.id, upheld=left, limited=order is not None)
                self._claims[f"{order_id}/return"] = case

    def reduced(self, fact: OpenedFact) -> None:
        """An order of which nothing is owed any more before its debit has ended."""
        order = self._orders.get(fact.text("order_id"))
        if not fact.amount("owed_minor") and order is not None and not order.captured:
            self.ended(fact)

    def opened(self, fact: OpenedFact) -> None:
        """A claim is opened once."""
        claim_id = fact.text("claim_id")
        claim = self._claims.get(claim_id)
        earlier = self._settled.get(claim_id) if claim is None else claim.opened
        if earlier is not None:
            self._breaks(
                Rule.ONE_RULING,
                Text(f"索赔 {claim_id} 再次提出", f"claim {claim_id} was opened again"),
                earlier,
                fact.id,
            )
        else:
            self._claims[claim_id] = _Claim(fact.id)

    def decided(self, fact: OpenedFact) -> None:
        """A claim that was opened is decided once; one that waited for the debit is upheld or forgiven."""
        claim_id = fact.text("claim_id")
        claim = self._claims.get(claim_id) or self._undecidable(fact, claim_id)
        if claim is None:
            return
        follows = claim.waits and fact.kind in {"ClaimForgiven", "ClaimUpheld"}
        if claim.ruling is not None and not follows:
            self._breaks(
                Rule.ONE_RULING,
                Text(f"索赔 {claim_id} 再次裁定", f"claim {claim_id} was decided again"),
                claim.ruling,
                fact.id,
            )
            return
        claim.ruling = fact.id
        claim.waits = fact.kind == "ClaimWaits"
        if fact.kind == "ClaimUpheld":
            claim.upheld = fact.amount("amount_minor")
        elif not claim.waits:
            self._settle(claim_id, fact)

    def _undecidable(self, fact: OpenedFact, claim_id: str) -> _Claim | None:
        """A decision for no open claim: the wind-down's own is one; all others break the rule."""
        earlier = self._settled.get(claim_id)
        if earlier is not None:
            self._breaks(
                Rule.ONE_RULING,
                Text(f"索赔 {claim_id} 再次裁定", f"claim {claim_id} was decided again"),
                earlier,
                fact.id,
            )
            return None
        claim = self._claims[claim_id] = _Claim(fact.id)
        wound_down = fact.kind == "ClaimUpheld" and claim_id == f"{fact.text('order_id')}/abscond"
        if not wound_down:
            self._breaks(
                Rule.ONE_RULING,
                Text(
                    f"索赔 {claim_id} 未经提出即被裁定", f"claim {claim_id} was decided and not opened before"
                ),
                fact.id,
            )
        return claim

    def paid(self, fact: OpenedFact) -> None:
        """Compensation follows its ruling: not before it, and as much as it says."""
        claim_id = fact.text("claim_id")
        amount, missing = fact.amount("amount_minor"), fact.amount("missing_minor")
        self._award(fact, amount + missing)
        claim = self._claims.get(claim_id)
        if claim is None or claim.upheld is None:
            self._paid_without_ruling(fact, claim_id, claim)
            return
        claim.paid += amount
        if claim.limited and claim.paid + missing != claim.upheld:
            what = Text(
                f"索赔 {claim_id}：已付 {claim.paid}，缺 {missing}，而支持的是 {claim.upheld}",
                f"claim {claim_id}: {claim.paid} paid and {missing} missing, {claim.upheld} was upheld",
            )
            self._breaks(Rule.AS_UPHELD, what, claim.ruling or claim.opened, fact.id)
        if not missing:
            self._settle(claim_id, fact)

    def _paid_without_ruling(self, fact: OpenedFact, claim_id: str, claim: _Claim | None) -> None:
        earlier = self._settled.get(claim_id) if claim is None else claim.opened
        if claim is None and earlier is not None:
            self._breaks(
                Rule.AS_UPHELD,
                Text(f"索赔 {claim_id} 了结后仍有赔付", f"claim {claim_id} was paid after it was settled"),
                earlier,
                fact.id,
            )
        else:
            before = () if earlier is None else (earlier,)
            self._breaks(
                Rule.RULING_FIRST,
                Text(f"索赔 {claim_id} 未获支持即被赔付", f"claim {claim_id} was paid and not upheld"),
                *before,
                fact.id,
            )

    def _award(self, fact: OpenedFact, amount: int) -> None:
        order = self._orders.get(fact.text("order_id"))
        if order is not None and fact.kind == "ClaimPaid":
            order.awarded += amount

    def adopted(self, fact: OpenedFact) -> None:
        """Take a policy; the one before still counts for what happened no later than its adoption."""
        policy = fact.body.get("policy")
        if not isinstance(policy, dict):
            raise Malformed(Text("没有 policy", "it has no policy"))
        told = cast("dict[str, Any]", policy)
        needed = {kind: told.get(setting, 1) for kind, setting in PEOPLE.items()}
        if any(type(people) is not int for people in needed.values()):
            raise Malformed(Text("其规则没有写明需要几人", "its policy does not say how many people"))
        self._needed = (*self._needed[-1:], (fact.at, needed))

    def proposed(self, fact: OpenedFact) -> None:
        """Take a proposal."""
        asked = {fact.who} - {""}
        self._proposals[fact.text("number")] = _Proposal(fact.amount("needed"), [fact.id], asked)

    def seconded(self, fact: OpenedFact) -> None:
        """Take one more who asks for the same."""
        proposal = self._proposals.get(fact.text("number"))
        if proposal is not None:
            proposal.facts.append(fact.id)
            proposal.people |= {fact.who} - {""}

    def dropped(self, fact: OpenedFact) -> None:
        """Take the end of a proposal that came to nothing."""
        self._proposals.pop(fact.text("number"), None)

    def final(self, fact: OpenedFact) -> None:
        """Compare who asked for what takes several people with the policy, and with its proposal."""
        if (fact.kind, fact.body.get("role")) in OF_PARTIES:
            return
        needed = max((each[fact.kind] for at, each in self._needed[-1:] if at < fact.at), default=0)
        if not needed and len(self._needed) > 1:
            needed = self._needed[0][1][fact.kind]
        proposal = self._proposals.pop(str(fact.body.get("proposal", "")), None)
        if proposal is None:
            if needed > 1 and not fact.body.get("reason"):
                alone = Text(f"由一人办理，而须 {needed} 人", f"one person did it, and it takes {needed}")
                self._breaks(Rule.SEVERAL, alone, fact.id)
            return
        people = proposal.people | ({fact.who} - {""})
        if len(people) < max(needed, proposal.needed):
            told = Text("有 {few} 人提出，而须 {needed} 人", "{few} asked for it, and it takes {needed}")
            what = told.fill(few=len(people), needed=max(needed, proposal.needed))
            self._breaks(Rule.SEVERAL, what, *proposal.facts, fact.id)

    def _settle(self, claim_id: str, fact: OpenedFact) -> None:
        del self._claims[claim_id]
        self._settled[claim_id] = fact.id


_HANDLERS: dict[str, Callable[[Rules, OpenedFact], None]] = {
    "OrderPlaced": Rules.placed,
    "PartBegan": Rules.placed,
    "OrderCaptured": Rules.captured,
    "RestCaptured": Rules.captured_more,
    "OrderRefunded": Rules.refunded,
    "ChargedBack": Rules.charged_back,
    "ChargebackWon": Rules.won_back,
    "OwedReduced": Rules.reduced,
    "ClaimOpened": Rules.opened,
    "ClaimPaid": Rules.paid,
    "ClaimRecovered": Rules.paid,
    "ClaimMet": Rules.paid,
    "PolicyAdopted": Rules.adopted,
    "ProposalMade": Rules.proposed,
    "ProposalSeconded": Rules.seconded,
    "ProposalWithdrawn": Rules.dropped,
    "ProposalLapsed": Rules.dropped,
    **dict.fromkeys(PEOPLE, Rules.final),
    **dict.fromkeys(ENDS, Rules.ended),
    **dict.fromkeys(DECISIONS, Rules.decided),
}
