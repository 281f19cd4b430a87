"""Where the replay of a policy lives: in memory, or in a schema of its own in PostgreSQL."""

import gc
import re
import time
from collections.abc import Callable, Collection, Generator
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any

import psycopg

from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.postgres import schemas
from holdfast.postgres.compatibility import SchemaState, all_revisions, check_schema, schema_state
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.home import Postgres

HomeFactory = Callable[[int, str, str], AbstractContextManager[Home]]
"""Opens the home of the policy with this number, from 1, and this name; the last names the run itself."""

_SLICE = 1_000
"""Commands and deadlines of a slice: nobody else waits for a replay's schema."""

_CACHED = 20_000
"""Rows that are remembered between slices: as many as some thousand merchants have in use at one time."""

_LONGEST_NAME = 63
_OURS = re.compile(r"replay_\d+_")
_LEAVE_SECONDS = 5.0
_TURN = "holdfast replay"


class ReplayRunning(Refusal):
    """Another replay uses the schemas of this database."""

    code = "replay_running"
    sort = Sort.BUSY
    what = Text("此数据库中正在进行另一次重放", "another replay is running in this database")
    fix = Text(
        "请等它结束，或用 --data 或 --database-url 另指数据库",
        "Wait until it has ended, or give another database with --data or --database-url",
    )


class DatabaseLost(Refusal):
    """The database failed during a replay."""

    code = "database_lost"
    sort = Sort.UNAVAILABLE
    what = Text("数据库中途出错：{reason}", "the database failed on the way: {reason}")
    fix = Text(
        "请确认服务器在运行且有空间，然后原样再运行；重放会从中断处继续",
        "See that the server runs and has room, then run the same again; a replay goes on where it was",
    )


def memory(seed: int) -> HomeFactory:
    """Return the factory of homes in memory; each is gone when it is closed."""

    @contextmanager
    def opened(_number: int, _policy: str, _run: str) -> Generator[Home]:
        # Rows and facts make no cycles: the collector would walk them again and again, and find nothing.
        enabled = gc.isenabled()
        gc.disable()
        try:
            yield Memory(ids(seed), guard=None)  # time moves by the history
        finally:
            if enabled:
                gc.enable()

    return opened


@contextmanager
def _unwalked() -> Generator[None]:
    """Exclude the history from garbage collection, as it lives as long as the replay."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def postgres(url: str, seed: int) -> Generator[HomeFactory]:
    """Give the factory of homes in PostgreSQL: a schema for each policy, left for a look at it.

    A schema is made anew, unless the very same run was broken off in it: then that goes on.

    Raises:
        ReplayRunning: another replay has its turn in this database.
        DatabaseForeign: a schema of that name holds another application's tables; it is left alone.
        DatabaseLost: the server failed while it was at work.
        ServerUnreachable, ServerTooOld, BadDatabaseUrl: see `postgres.connection.connect`.
    """

    @contextmanager
    def opened(number: int, policy: str, run: str) -> Generator[Home]:
        schema = schema_name(number, policy)
        if not schemas.was_broken_off(turn, schema, run):
            _clear(turn, schema)
        home = Postgres.open(
            url, schema=schema, ids=ids(seed), timeline=run, guard=None, most=_SLICE, cache=_CACHED
        )
        with home as played, _unwalked():
            yield played

    with reporting(url), connect(url) as turn:
        _take_turn(turn, url)
        yield opened


def schema_name(number: int, policy: str) -> str:
    """Return the schema of a policy's replay: `replay_2_covered_0_99`."""
    slug = re.sub(r"[^a-z0-9]+", "_", policy.lower()).strip("_")
    return f"replay_{number}_{slug}"[:_LONGEST_NAME].rstrip("_")


def earlier(url: str, mine: Collection[str]) -> list[str]:
    """Return the schemas that replays have left in a database, but for those of a replay of one's own.

    Raises:
        DatabaseLost: the server failed while it was asked.
    """
    with reporting(url), connect(url) as connection:
        return sorted(name for name in all_revisions(connection) if _OURS.match(name) and name not in mine)


def drop(url: str, left: Collection[str]) -> None:
    """Drop schemas that replays have left, while nobody else replays.

    Raises:
        ReplayRunning: another replay has its turn in this database.
        DatabaseLost: the server failed while it was at work.
    """
    with reporting(url), connect(url) as turn:
        _take_turn(turn, url)
        for schema in left:
            _clear(turn, schema)


class _Constant(Random):
    """A source of the same bits at every call: the seed's."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._bits = super().getrandbits(64)

    def getrandbits(self, k: int, /) -> int:
        return self._bits & ((1 << k) - 1)


def ids(seed: int) -> Ids:
    """Return a source of ids that depends on the order of asking alone: time and counter tell them apart.

    A replay has one writer, and one that goes on after a break must make the ids that it would have made.
    """
    return Ids(_Constant(seed))


def _take_turn(turn: psycopg.Connection[Any], url: str) -> None:
    """Hold a lock for the session, so that no other replay drops what this one is writing."""
    # The session of a replay that has just ended is still there for a moment.
    end = time.monotonic() + _LEAVE_SECONDS
    while not schemas.take_turn(turn, _TURN):
        if time.monotonic() > end:
            raise ReplayRunning(readable(url))
        time.sleep(0.05)


def _clear(turn: psycopg.Connection[Any], schema: str) -> None:
    """Drop an earlier replay's leftovers in the schema, and no table of another application."""
    if schema_state(turn, schema) is SchemaState.FOREIGN:
        check_schema(turn, schema)
    schemas.drop(turn, schema)


@contextmanager
def reporting(url: str) -> Generator[None]:
    """Convert errors of PostgreSQL in the block into `DatabaseLost`."""
    try:
        yield
    except psycopg.Error as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DatabaseLost(readable(url), reason=reason) from error
