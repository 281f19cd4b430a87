"""One run: one market, one policy, one seed."""

import gc
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from random import Random

from holdfast.coverage.model import Peers, RecordPeers
from holdfast.coverage.refusals import CoverTooLow
from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.ids import Ids
from holdfast.lab.buying import Buying
from holdfast.lab.home import Forgetful
from holdfast.lab.market import Market
from holdfast.lab.measures import Measures
from holdfast.lab.results import RunFigures
from holdfast.lab.sellers import Seller, stream
from holdfast.lab.world import World
from holdfast.ledger.model import Account
from holdfast.orders.model import PlaceOrder
from holdfast.policy.model import Policy
from holdfast.settlement.model import CapitaliseFund

Tell = Callable[[float], None]
"""Is told the share of a run that is done, from 0 to 1."""

AFTERWARDS_DAYS = 75
"""The days after the last order of goods in which its debits, claims and their consequences end."""


def afterwards_days(market: Market) -> int:
    """Return after how many days from the last order nothing is to come."""
    return AFTERWARDS_DAYS + market.parts.lasts_days


def simulate(
    market: Market,
    policy: Policy,
    name: str,
    sellers: list[Seller],
    names: tuple[int, int],
    tell: Tell,
    known: dict[str, tuple[int, int]] | None = None,
) -> RunFigures:
    """Run a market under a policy, day by day.

    Args:
        market: the market.
        policy: its policy.
        name: of the policy, for the results.
        sellers: who sells; see `sellers.population`.
        names: the seed and the number of the run: all chance comes from them and the merchants' own streams.
        tell: a listener to progress.
        known: the record of categories before, as run-aways and windows; see `coverage.RecordPeers`.
    """
    started = time.perf_counter()
    with _no_collector():
        run = Run(market, policy, sellers, names)
        run.whole(tell, known)
    return run.figures(name, names[1], time.perf_counter() - started)


@contextmanager
def _no_collector() -> Generator[None]:
    # Rows and facts make no cycles: the collector would walk them again and again, and find nothing.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Run:
    """A run in its parts; `kind` is the home that it lives in."""

    def __init__(
        self,
        market: Market,
        policy: Policy,
        sellers: list[Seller],
        names: tuple[int, int],
        kind: type[Forgetful] = Forgetful,
    ) -> None:
        self._market = market
        self._policy = policy
        self._sellers = sellers
        self._measures = Measures(market)
        rng = stream(*names, "ids")
        self.home = kind(Ids(Random(rng.getrandbits(64))), self._measures.cash_changed)  # noqa: S311
        self.world = World(market, policy, sellers, stream(*names, "world"), names)
        self.world.home = self.home
        self._buying = Buying(market, policy)
        self._joined: dict[str, Seller] = {}
        self._measures.watch(self._joined)
        self._most_rows = 0

    def whole(self, tell: Tell, known: dict[str, tuple[int, int]] | None = None) -> None:
        """Run it from the first day of the warm-up until nothing is to come."""
        self._begin(known or {})
        first, last = -self._market.period.warm_up_days, self._market.period.days
        afterwards = afterwards_days(self._market)
        for day in range(first, last):
            self._day(day)
            tell((day - first) / (last - first + afterwards))
        self._play([], self._market.ends + afterwards * DAY)
        tell(1.0)

    def _begin(self, known: dict[str, tuple[int, int]]) -> None:
        at = self._market.begins - HOUR
        self.home.adopt(self._policy, at)
        commands = [
            Submission(RecordPeers(category=category, run_aways=ran, windows=windows), at)
            for category, (ran, windows) in sorted(known.items())
        ]
        if self._policy.fund_capital_minor:
            capital = CapitaliseFund(
                currency=self._market.currency, amount_minor=self._policy.fund_capital_minor
            )
            commands.append(Submission(capital, at))
        self._play(commands, at)

    def _day(self, day: int) -> None:
        at = self._market.start + day * DAY
        self._measures.day_begins(at, self._joined.values())
        commands: list[Submission] = []
        for seller in self._sellers:
            if seller.joined > day:
                continue
            if seller.id not in self._joined:
                self._joined[seller.id] = seller
                commands += self.world.joining(seller, at)
            if seller.strategy is not None:
                commands += self.world.scheming(seller, at)
            if seller.gone_at is None or at < seller.gone_at:
                for purchase in self._buying.of_day(seller, day):
                    commands += self.world.placing(purchase)
        self._play(commands, at + DAY - 1)
        self._most_rows = max(self._most_rows, self.home.size)

    def _play(self, commands: list[Submission], until: Instant) -> None:
        self.home.play(commands, react=self.world.react, listen=self._listen, until=until)

    def _listen(self, submission: Submission | None, _at: Instant, outcome: Outcome) -> None:
        if outcome.refusal is None:
            self._measures.hear(outcome)
            return
        self.world.heard(submission, outcome)
        command = None if submission is None else submission.command
        if isinstance(command, PlaceOrder) and outcome.refusal.code == CoverTooLow.code:
            self._measures.refused(command.merchant_id, command.order_id)

    def figures(self, name: str, number: int, seconds: float) -> RunFigures:
        """Return the figures of the run; call it once, at the end."""
        measures = self._measures
        return RunFigures(
            policy=name,
            number=number,
            sellers=tuple(measures.of_seller(seller) for seller in self._joined.values()),
            waits_first_year=measures.waits[0],
            waits_settled=measures.waits[1],
            peers={row.id: (row.run_aways, row.windows_milli // 1000) for row in self.home.rows(Peers)},
            facts=measures.facts,
            facts_sha256=measures.digest,
            ledger_sum_minor=sum(account.posted_minor for account in self.home.rows(Account)),
            most_rows=self._most_rows,
            seconds=seconds,
        )
