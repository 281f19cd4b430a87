"""The PostgreSQL schema that a measurement has to itself, and the connections into it."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from holdfast.engine.execution import Outcome, Submission
from holdfast.house import COMMANDS, Commands
from holdfast.kernel.clock import SystemClock
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.policy_files import reading
from holdfast.postgres import schemas
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate

SCHEMA = "bench_core"

Connection = psycopg.Connection[tuple[Any, ...]]

_TURN = "holdfast bench"
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class BenchRunning(Refusal):
    """Another measurement uses the schema."""

    code = "bench_running"
    sort = Sort.BUSY
    what = Text("此数据库中正在进行另一次测量", "another measurement is running in this database")
    fix = Text(
        "请等它结束，或用 --data 或 --database-url 另指数据库",
        "Wait until it has ended, or give another database with --data or --database-url",
    )


class NotDurable(Refusal):
    """The server may lose what it has committed: figures of it would say nothing."""

    code = "not_durable"
    sort = Sort.UNMET
    what = Text(
        "服务器的 {setting} 已关闭，提交的内容不保证落盘",
        "the server's {setting} is off, so what it commits is not safe on disk",
    )
    fix = Text(
        "请把 {setting} 设为 on（默认即是）；只有完全持久的数字才算数",
        "Set {setting} to on, as it is by default; a figure counts only with full durability",
    )


class Lane(Postgres):
    """A home that counts what it ran."""

    batches = 0
    commands = 0

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """See `Home.run`."""
        self.batches += 1
        self.commands += len(batch)
        return super().run(batch)


class Ground(NamedTuple):
    """An empty schema with its lanes, under the policy `full`, and a connection for looking at it."""

    lanes: list[Lane]
    connection: Connection
    clock: SystemClock


def check_durable(url: str) -> None:
    """Refuse a server that does not write through.

    Raises:
        NotDurable: a setting is off.
        Refusal: see `connection.connect`.
    """
    with connect(url) as connection:
        for setting in _DURABLE:
            found = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
            if found == ("off",):
                raise NotDurable(readable(url), setting=setting)


@contextmanager
def turn(url: str) -> Generator[None]:
    """Hold the schema for one measuring process, until the block ends or the process does.

    Raises:
        BenchRunning: another one has it.
    """
    with connect(url) as connection:
        if not schemas.take_turn(connection, _TURN):
            raise BenchRunning(readable(url))
        yield


@contextmanager
def ground(url: str, lanes: int = 1, commands: Commands = COMMANDS) -> Generator[Ground]:
    """Give an empty schema, what an interrupted run left in it removed; it is dropped when the block ends.

    Its lanes answer `commands`.

    Raises:
        Refusal: see `migrate`.
    """
    with ExitStack() as stack:
        connection: Connection = stack.enter_context(connect(url))
        schemas.drop(connection, SCHEMA)
        stack.callback(schemas.drop, connection, SCHEMA)
        migrate(url, SCHEMA)
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(SCHEMA)))
        ids = [Ids(Random(n)) for n in range(lanes)]  # noqa: S311 - no secrets
        opened = [Lane(url, SCHEMA, each, guard=None, commands=commands) for each in ids]
        clock = SystemClock()
        for lane in opened:
            stack.callback(lane.close)
            lane.adopt(reading.named("full"), clock.now())
        yield Ground(opened, connection, clock)
