"""The stage: time passes in a sandbox, and all that is due happens, in the order of time.

Deadlines, and the acts of those outside (a provider's answers, a merchant who ships) are played together, as
`engine.agenda` orders them. An act follows from a fact, and no sooner than `SOONEST` after it. So time goes
on in spans that are no longer than that: what follows from the facts of one comes after it.

Whatever happens is committed before it is noted here. A process that ends in between leaves acts that have
happened: the next one submits them again under the same keys, and nothing happens twice.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from random import SystemRandom
from typing import NamedTuple

from holdfast.engine.agenda import no_reaction
from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.actor import Actor
from holdfast.kernel.clock import MINUTE, Duration, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.markets import tables
from holdfast.markets.model import Market
from holdfast.markets.refusals import NoSuchMarket
from holdfast.markets.registry import UNGUARDED
from holdfast.markets.tables import Act
from holdfast.postgres.home import Postgres
from holdfast.postgres.slices import next_due
from holdfast.postgres.wire import open_wire

SOONEST: Duration = MINUTE
"""No act comes sooner after the fact that it follows from."""

PAGE = 200
"""Facts that are heard at once."""

MOST_ACTS = 2_000
"""Acts of one span: where more are due, it ends with the last of these."""


class Next(NamedTuple):
    """What somebody outside will do because of a fact."""

    at: Instant
    command: Command
    actor: Actor


class Hearing(NamedTuple):
    """What a script may look at: what there is in the market, and the seed of its chances."""

    home: Postgres
    seed: int


Script = Callable[[Fact, Hearing], Iterable[Next]]
"""What those outside do because of a fact: the same for the same market, however often it is asked."""


class Stage:
    """The time of one sandbox, over two connections of its own. It is used by one thread."""

    def __init__(self, market: Market, script: Script) -> None:
        """Connect; `script` says what those outside do."""
        self.market = market
        self._script = script
        self._home = Postgres(market.url, market.schema, Ids(SystemRandom()), guard=UNGUARDED)
        self.connection = open_wire(market.url, market.schema)

    def close(self) -> None:
        """Close the connections; what is to come stays to come."""
        self.connection.close()
        self._home.close()

    def step(self, until: Instant, go_on: Callable[[], bool] = lambda: True) -> int | None:
        """Let the next span up to `until` happen; return how much did, None once all has.

        `go_on` is asked in between whether there is still time; where there is none, close the stage.

        Raises:
            NoSuchMarket: it was removed.
            ServerUnreachable: the database was lost.
        """
        # The clock is held until the span is over: commands come before it or after it.
        with self.connection.transaction():
            now, position, seed = self._clock()
            if not self._hear(position, now, seed, go_on):
                return 0
            coming = [each for each in (tables.first_act(self.connection), next_due(self.connection)) if each]
            first = max(min(coming), now) if coming else None
            if first is None or first > until:
                tables.set_clock(self.connection, until)
                return None
            return self._play(now, max(now, min(first + SOONEST - 1, until)), go_on)

    def _clock(self) -> tables.ClockState:
        found = tables.clock(self.connection, self.market.made, "FOR UPDATE")
        if found is None:
            raise NoSuchMarket("market", name=self.market.name)
        return found

    def _hear(self, position: int, now: Instant, seed: int, go_on: Callable[[], bool]) -> bool:
        """Have the script hear the facts that it has not heard yet; return whether it has heard all."""
        hearing = Hearing(self._home, seed)
        while facts := self._home.feed(position, PAGE):
            acts = [
                Act(f"{fact.id}/{number}", max(each.at, fact.at + SOONEST, now), each.command, each.actor)
                for fact in facts
                for number, each in enumerate(self._script(fact, hearing))
            ]
            tables.add_acts(self.connection, acts)
            position += len(facts)
            tables.set_heard(self.connection, position)
            if not go_on():
                return False
        return True

    def _play(self, now: Instant, end: Instant, go_on: Callable[[], bool]) -> int:
        """Play the acts and the deadlines of a span, and move the clock to where it was played."""
        acts = tables.acts(self.connection, end, MOST_ACTS)
        if len(acts) == MOST_ACTS:
            end = max(acts[-1].due, now)
        timeline = [Submission(each.command, max(each.due, now), each.id, each.actor) for each in acts]
        done: list[str] = []
        reached = now
        steps = 0

        def listen(submission: Submission | None, at: Instant, _outcome: Outcome) -> None:
            nonlocal reached
            reached = at
            if submission is not None and submission.key is not None:
                done.append(submission.key)

        whole = True
        playing = self._home.slices(timeline, react=no_reaction, listen=listen, until=end, since=now)
        with closing(playing):
            for count in playing:
                steps += count
                if not go_on():
                    whole = False
                    break
        tables.drop_acts(self.connection, done)
        tables.set_clock(self.connection, end if whole else reached)
        return steps
