"""Sandboxes for tests: made, filled with the parties of the histories, and looked at."""

from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from random import Random

from histories import START, policy
from holdfast.engine.execution import Submission, require_accepted
from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.markets import moving, outside, registry
from holdfast.markets.model import ClockKind, Market
from holdfast.markets.moving import Moved
from holdfast.markets.registry import UNGUARDED, Wanted
from holdfast.markets.standing import StandingLane
from holdfast.postgres.home import Postgres
from who_asks import Asked, asked


def made(url: str, name: str, clock: ClockKind = ClockKind.STANDING) -> Market:
    """Make a sandbox whose clock begins at the start of the histories."""
    return registry.create(url, None, Wanted(name, clock, START, 7), policy("full"))


@contextmanager
def home_of(market: Market) -> Generator[Postgres]:
    with closing(Postgres(market.url, market.schema, Ids(Random(3)), guard=UNGUARDED)) as home:
        yield home


def do(market: Market, commands: Iterable[Asked]) -> None:
    """Run commands that must be accepted, at the sandbox's time."""
    with home_of(market) as home, closing(StandingLane(home, market)) as lane:
        submissions: list[Submission] = [asked(each, 0) for each in commands]
        for outcome in lane.run(submissions):
            require_accepted(outcome)


def advance(market: Market, by: Duration = DAY, key: str | None = None, seconds: float = 60) -> Moved:
    return moving.move(market, outside.answers, moving.Asked(None, by, key), seconds)


def facts_of(market: Market) -> list[Fact]:
    with home_of(market) as home:
        return home.feed(0, 100_000)


def time_of(market: Market) -> Instant:
    found = registry.time_of(market)
    assert found is not None
    return found
