"""The registry of sandboxes, in the schema of the live market that they belong to."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from random import SystemRandom
from typing import Any, NamedTuple

from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from holdfast.kernel.clock import Instant, SystemClock, moment
from holdfast.kernel.guard import Guard
from holdfast.kernel.ids import Ids
from holdfast.kernel.text import Text
from holdfast.markets import tables
from holdfast.markets.model import LIVE, ClockKind, Market, MarketKind, is_name, schema_of
from holdfast.markets.refusals import (
    BadMarketName,
    MarketIsLive,
    MarketTaken,
    NameNotTyped,
    NoSuchMarket,
    UrlHasPassword,
)
from holdfast.policy.model import Policy
from holdfast.postgres.compatibility import SchemaState, schema_state
from holdfast.postgres.connection import connect
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.postgres.reading import Connection
from holdfast.postgres.schemas import drop, end_turn, take_turn
from holdfast.postgres.wire import open_wire

UNGUARDED = Guard(ahead=2**62, behind=2**62)
"""Of a sandbox any time is right; but none is before its newest fact."""

_COLUMNS = b"SELECT name, url, schema, clock, epoch, made, state FROM markets"


class Wanted(NamedTuple):
    """A sandbox as it is to be made. Without a `url` it stands in the database of the live market."""

    name: str
    clock: ClockKind
    epoch: Instant
    seed: int
    url: str | None = None


class Entry(NamedTuple):
    """An entry of the registry: a market, and its state: `open`, or what of it was not done to its end."""

    market: Market
    state: str


def entries(connection: Connection, url: str) -> list[Entry]:
    """Return all sandboxes, by their names.

    Args:
        connection: to the schema of the live market.
        url: the address of its database.
    """
    rows = connection.cursor(binary=True).execute(_COLUMNS + b" ORDER BY name")
    return [_entry(row, url) for row in rows.fetchall()]


def find(connection: Connection, url: str, name: str) -> Market | None:
    """Return the sandbox of this name, if it is there and open. See `entries`."""
    found = _find(connection, url, name)
    return found.market if found is not None and found.state == "open" else None


def _find(connection: Connection, url: str, name: str) -> Entry | None:
    row = connection.cursor(binary=True).execute(_COLUMNS + b" WHERE name = %s", (name,)).fetchone()
    return None if row is None else _entry(row, url)


def _entry(row: tuple[Any, ...], url: str) -> Entry:
    name, own_url, schema, clock, epoch, made, state = row
    market = Market(name, MarketKind.SANDBOX, own_url or url, schema, ClockKind(clock), epoch, made)
    return Entry(market, state)


def create(url: str, schema: str | None, wanted: Wanted, policy: Policy) -> Market:
    """Make a sandbox with a policy in force from its epoch on, and return it.

    One that was broken off is made anew.

    Raises:
        BadMarketName, UrlHasPassword: it cannot be as it is wanted.
        MarketTaken: its name is taken, or somebody else's tables are in its schema.
        Refusal: see `postgres.migrate`.
    """
    if not is_name(wanted.name):
        raise BadMarketName("name", name=wanted.name[:100])
    if wanted.url is not None and conninfo_to_dict(wanted.url).get("password"):
        raise UrlHasPassword("--market-url")
    made = Ids(SystemRandom()).new(wanted.epoch)
    its = schema_of(wanted.name)
    with _turn(url, schema, wanted.name) as connection:
        found = _find(connection, url, wanted.name)
        if found is not None and found.state != "making":
            raise MarketTaken(wanted.name, name=wanted.name)
        with connect(wanted.url or url) as target:
            if found is not None:
                drop(target, its)
            elif schema_state(target, its) is not SchemaState.EMPTY:
                raise MarketTaken(its, name=wanted.name)
        # From here on what is in the schema is ours: should this end before it is open, it is made anew.
        connection.execute(
            b"INSERT INTO markets (name, url, schema, clock, epoch, made, state)"
            b" VALUES (%s, %s, %s, %s, %s, %s, 'making') ON CONFLICT (name) DO UPDATE SET"
            b" url = excluded.url, clock = excluded.clock, epoch = excluded.epoch, made = excluded.made",
            (wanted.name, wanted.url, its, wanted.clock.value, moment(wanted.epoch), made),
        )
        _fill(
            Market(wanted.name, MarketKind.SANDBOX, wanted.url or url, its, *wanted[1:3], made),
            wanted,
            policy,
        )
        connection.execute(b"UPDATE markets SET state = 'open' WHERE name = %s", (wanted.name,))
        market = find(connection, url, wanted.name)
        assert market is not None, "it was opened just now"
        return market


def _fill(market: Market, wanted: Wanted, policy: Policy) -> None:
    """Give a sandbox its tables, its policy and its clock."""
    migrate(market.url, market.schema)
    with closing(Postgres(market.url, market.schema, Ids(SystemRandom()), guard=UNGUARDED)) as home:
        home.adopt(policy, market.epoch)
    with open_wire(market.url, market.schema) as connection:
        tables.begin_clock(connection, market, wanted.seed)


def remove(url: str, schema: str | None, name: str, typed: str | None) -> None:
    """Remove a sandbox with all that is in it. Whoever wants that has typed its name.

    Raises:
        MarketIsLive: it is no sandbox.
        NoSuchMarket: there is none of this name.
        NameNotTyped: another name was typed, or none.
    """
    if name == LIVE:
        raise MarketIsLive(name, doing=Text("移除", "removed"))
    with _turn(url, schema, name) as connection:
        found = _find(connection, url, name)
        if found is None:
            raise NoSuchMarket("name", name=name[:100])
        if typed != name:
            raise NameNotTyped("--yes", name=name)
        # Nobody opens it any more, and should this end in between, it is removed by the next try.
        connection.execute(b"UPDATE markets SET state = 'removing' WHERE name = %s", (name,))
        with connect(found.market.url) as target:
            drop(target, schema_of(name))
        connection.execute(b"DELETE FROM markets WHERE name = %s", (name,))


@contextmanager
def _turn(url: str, schema: str | None, name: str) -> Generator[Connection]:
    """Connect, and let nobody else make or remove this market meanwhile."""
    job = f"holdfast market {schema} {name}"
    with open_wire(url, schema) as connection:
        if not take_turn(connection, job):
            raise MarketTaken(name, name=name)
        try:
            yield connection
        finally:
            if not connection.closed:
                end_turn(connection, job)


def time_of(market: Market) -> Instant | None:
    """Return the time in a sandbox; None where it is there no more."""
    if market.clock is ClockKind.RUNNING:
        return SystemClock().now()
    with open_wire(market.url, market.schema) as connection:
        try:
            found = tables.clock(connection, market.made)
        except errors.UndefinedTable:
            return None
        return None if found is None else found.now
