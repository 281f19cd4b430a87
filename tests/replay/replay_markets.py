"""Small markets for the tests of the replay: by hand, and at random."""

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from histories import standing
from holdfast.claims.facts import ClaimOpened
from holdfast.claims.model import OpenClaim, RejectClaim
from holdfast.engine.agenda import Listen
from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.guarantees.model import ReleaseGuarantee
from holdfast.importers.history import History, HistoryOrder, HistoryRefund, Vanishing
from holdfast.kernel.clock import DAY, HOUR, Instant, parse
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Answer, Command, Fact
from holdfast.orders.model import AskReturn, ConfirmReturn, ReduceOwed
from holdfast.policy.model import Policy
from holdfast.replay.money_back import MoneyBack
from holdfast.replay.people import ARBITER
from holdfast.replay.refunds import moneys_back
from holdfast.replay.timeline import build
from holdfast.replay.world import Assumptions, World, vanishing_times
from holdfast.settlement.facts import CaptureAsked
from holdfast.settlement.model import PayDeposit, RecordCaptureFailure, Refund, ReturnDeposit
from who_asks import asked

START: Instant = parse("2024-03-01")
OLIST = Path(__file__).parents[3] / "shared" / "data" / "olist"


def order(number: int, merchant: str = "m1", **changes: object) -> HistoryOrder:
    """An order of 100.00 that goes well: shipped after a day, delivered after three."""
    placed = changes.get("placed_at", START + number * HOUR)
    assert isinstance(placed, int)
    whole = HistoryOrder(
        id=f"o{number:04}",
        merchant_id=merchant,
        consumer_id=f"c{number:04}",
        amount_minor=10_000,
        title="a kettle",
        placed_at=placed,
        ship_by=None,
        shipped_at=placed + DAY,
        delivered_at=placed + 3 * DAY,
        cancelled_at=None,
        reviewed_at=None,
        score=None,
    )
    return whole._replace(**changes)  # pyright: ignore[reportArgumentType]


def history(*orders: HistoryOrder, vanishings: tuple[Vanishing, ...] = ()) -> History:
    """A history of these orders."""
    ascending = sorted(orders, key=lambda one: (one.placed_at, one.id))
    return History("by hand", "CNY", ascending, (), vanishings)


@st.composite
def orders(draw: st.DrawFn, number: int) -> HistoryOrder:
    """An order of one of three merchants, with any events in any sensible order."""
    days = st.one_of(st.none(), st.integers(0, 12))
    placed = START + draw(st.integers(0, 60)) * DAY + draw(st.integers(0, 23)) * HOUR
    shipped, delivered = draw(days), draw(days)
    sent = None if shipped is None else placed + shipped * DAY
    arrived = None if sent is None or delivered is None else sent + delivered * DAY
    reviewed = draw(st.one_of(st.none(), st.integers(0, 40)))
    amount = draw(st.integers(1, 50_000))
    refunds = [HistoryRefund(part, placed + day * DAY) for part, day in draw(refunded(amount))]
    return order(
        number,
        draw(st.sampled_from(["m1", "m2", "m3"])),
        placed_at=placed,
        consumer_id=draw(st.sampled_from(["c1", "c2", "c3", "c4"])),
        amount_minor=amount,
        shipped_at=sent,
        delivered_at=arrived,
        reviewed_at=None if reviewed is None else placed + reviewed * DAY,
        score=None if reviewed is None else draw(st.integers(1, 5)),
        refunds=tuple(refunds),
    )


@st.composite
def refunded(draw: st.DrawFn, amount: int) -> list[tuple[int, int]]:
    """Mostly none, else up to three refunds of at most an amount, and the days after which they are made."""
    days = sorted(draw(st.lists(st.integers(0, 40), max_size=draw(st.sampled_from([0, 0, 1, 3])))))
    found: list[tuple[int, int]] = []
    for day in days:
        left = amount - sum(part for part, _ in found)
        if left:
            found.append((draw(st.integers(1, left)), day))
    return found


@st.composite
def parts(draw: st.DrawFn, whole: HistoryOrder, number: int) -> HistoryOrder:
    """A part of an order, with times of its own; it may be a piece that is sent back."""
    like = draw(orders(0))
    back = draw(st.one_of(st.none(), st.integers(0, 20)))
    begins = whole.placed_at - like.placed_at
    sent, arrived = (None if at is None else at + begins for at in (like.shipped_at, like.delivered_at))
    latest = max(whole.placed_at, sent or 0, arrived or 0)
    return whole._replace(
        id=f"{whole.id}p{number}",
        part_of=whole.id,
        amount_minor=like.amount_minor,
        refunds=tuple(refund._replace(at=refund.at + begins) for refund in like.refunds),
        shipped_at=sent,
        delivered_at=arrived,
        cancelled_at=None if back is None else latest + back * DAY,
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to twenty orders, some in parts or of services, and perhaps a merchant that vanishes."""
    found = [draw(orders(number)) for number in range(draw(st.integers(1, 20)))]
    found[0] = found[0]._replace(service=draw(st.booleans()))
    wholes = st.sampled_from(found)
    found += [draw(parts(draw(wholes), number)) for number in range(draw(st.sampled_from([0, 0, 1, 4])))]
    gone = draw(st.booleans())
    at = found[0].placed_at + draw(st.integers(0, 40)) * DAY
    return history(*found, vanishings=(Vanishing(found[0].merchant_id, at),) if gone else ())


@st.composite
def interventions(draw: st.DrawFn, market: History) -> list[Submission]:
    """What the replay itself never does: refunds, returns, claims by hand, deposits in and out."""
    found: list[Submission] = []
    for number in range(draw(st.integers(0, 15))):
        chosen = draw(st.sampled_from(market.orders))
        amount = draw(st.integers(1, 20_000))
        commands: list[Command] = [
            Refund(order_id=chosen.id, amount_minor=amount, reason="kindness"),
            ReduceOwed(order_id=chosen.id, owed_minor=amount, reason="kindness"),
            AskReturn(order_id=chosen.id),
            ConfirmReturn(order_id=chosen.id),
            OpenClaim(claim_id=f"by-hand-{number}", order_id=chosen.id, amount_minor=amount, reason="broken"),
            PayDeposit(merchant_id=chosen.merchant_id, amount_minor=amount),
            ReturnDeposit(merchant_id=chosen.merchant_id, amount_minor=amount),
            ReleaseGuarantee(guarantee_id=f"g{draw(st.integers(0, 9))}"),
        ]
        days = draw(st.integers(1, 99))
        ends = chosen.placed_at + days * DAY
        terms = {"starts_at": chosen.placed_at - DAY, "ends_at": ends}
        commands += [standing(f"g{number}", chosen.merchant_id, amount, **terms)] * 3
        at = chosen.placed_at + draw(st.integers(0, 40)) * DAY
        found.append(asked(draw(st.sampled_from(commands)), at))
    return found


class FickleWorld:
    """The replay's world, but some debits fail and some claims are rejected."""

    def __init__(self, vanished: dict[str, Instant], back: dict[str, MoneyBack], salt: int) -> None:
        self._world = World(Assumptions(), vanished, back)
        self._salt = salt

    def react(self, fact: Fact) -> Iterable[Answer]:
        body = fact.body
        if isinstance(body, CaptureAsked) and self._unlucky(body.order_id):
            return [(fact.at + HOUR, RecordCaptureFailure(order_id=body.order_id, reason="no money"))]
        if isinstance(body, ClaimOpened) and self._unlucky(body.claim_id):
            claim = RejectClaim(claim_id=body.claim_id, reason="not as told")
            return [(fact.at + 5 * DAY, claim, ARBITER)]
        return self._world.react(fact)

    def _unlucky(self, key: str) -> bool:
        return zlib.crc32(f"{self._salt}{key}".encode()) % 3 == 0


def play(
    market: History,
    policy: Policy,
    listen: Callable[[Memory], Listen],
    *,
    besides: list[Submission] | None = None,
    salt: int | None = None,
) -> Memory:
    """Play a market in memory; `listen` is made for the home, and hears every outcome."""
    vanished = vanishing_times(list(market.vanishings))
    home = Memory(Ids(Random(1)))
    timeline = build(market, policy, vanished, Assumptions()) + (besides or [])
    back = moneys_back(market, vanished, Assumptions())
    timeline.sort(key=lambda submission: submission.at)
    world = World(Assumptions(), vanished, back) if salt is None else FickleWorld(vanished, back, salt)
    home.adopt(policy, timeline[0].at - 1)
    home.play(timeline, react=world.react, listen=listen(home))
    return home
