"""What is left of orders when the service is killed under load, and its callers try again with their keys."""

from collections import Counter
from random import Random
from typing import NamedTuple

from holdfast.bench import market
from holdfast.bench.api.asked import Asked, Placing
from holdfast.bench.api.callers import Answer, call
from holdfast.bench.api.letting_in import let_in
from holdfast.bench.api.rates import refused
from holdfast.bench.api.serving import Serving, serving
from holdfast.bench.core import Found
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.schema import ground
from holdfast.orders.facts import OrderPlaced
from holdfast.orders.model import Order

_SEED = 11


class Kills(NamedTuple):
    """How often it is killed, and after how many orders that it has acknowledged."""

    times: int
    after: int


THOROUGH = Kills(5, 3_000)
QUICK = Kills(2, 500)


class _Ledger:
    """What callers know: which orders were acknowledged, and which they have to send again."""

    def __init__(self) -> None:
        self._placing = Placing(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
        self.acknowledged: set[str] = set()
        self.again: list[Asked] = []

    def until_killed(self, service: Serving, after: int) -> None:
        """Place orders, first those that were not answered, and kill it as one is acknowledged."""
        goal = len(self.acknowledged) + after

        def ask() -> Asked | None:
            if len(self.acknowledged) >= goal:
                return None
            return self.again.pop() if self.again else self._placing.next()

        lost: list[Asked] = []

        def heard(asked: Asked, answer: Answer | None) -> None:
            if answer is None:
                lost.append(asked)
                return
            self._note(asked, answer)
            if len(self.acknowledged) == goal:
                service.kill()

        call(service.place, ask, heard)
        self.again += lost

    def to_the_end(self, service: Serving) -> None:
        """Send again whatever was not answered."""

        def heard(asked: Asked, answer: Answer | None) -> None:
            if answer is None:
                raise refused(answer)
            self._note(asked, answer)

        call(service.place, lambda: self.again.pop() if self.again else None, heard)

    def _note(self, asked: Asked, answer: Answer) -> None:
        if answer.status != 201:  # noqa: PLR2004 - of RFC 9110
            raise refused(answer)
        self.acknowledged.add(asked.order_id)


def killed(url: str, tell: Tell, *, quick: bool) -> Found:
    """Kill the service again and again; count the orders that are missing, and those that were taken twice.

    The floor is how many were acknowledged, so the ratio is a share of them.
    """
    kills = QUICK if quick else THOROUGH
    with ground(url) as place:
        lane = place.lanes[0]
        market.open_market(lane, place.clock.now())
        let_in(lane, place.clock.now())
        ledger = _Ledger()
        for number in range(kills.times):
            with serving(url) as service:
                ledger.until_killed(service, kills.after)
            tell((number + 1) / (kills.times + 1))
        with serving(url) as service:
            ledger.to_the_end(service)
        rows = {row.id for row in lane.rows(Order)}
        placed = Counter(each.body.order_id for each in lane.facts() if isinstance(each.body, OrderPlaced))
    lost = [each for each in ledger.acknowledged if each not in rows or not placed[each]]
    doubled = [each for each, times in placed.items() if times > 1]
    whole = len(ledger.acknowledged)
    return {"lost": Measured(len(lost), whole), "doubled": Measured(len(doubled), whole)}
