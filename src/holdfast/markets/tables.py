"""The tables of a sandbox: its clock, the moves of that, and what its scripted parties are to do."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Union

import msgspec

from holdfast.house import HANDLERS
from holdfast.kernel.actor import Actor, parse
from holdfast.kernel.clock import Instant, moment
from holdfast.kernel.rows import Command
from holdfast.markets.model import ClockKind, Market
from holdfast.postgres.journal import BETWEEN
from holdfast.postgres.reading import Connection

_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Union[tuple(HANDLERS)])  # noqa: UP007 - of a list


class ClockState(NamedTuple):
    """How a sandbox's clock stands: its time, and up to which position its facts were heard."""

    now: Instant
    heard: int
    seed: int


class Act(NamedTuple):
    """What somebody outside will do: when, which command, and who."""

    id: str
    due: Instant
    command: Command
    actor: Actor


class Move(NamedTuple):
    """A move of the clock: from when to when, and the position of the first fact that came of it.

    `reached` and `following` are there once it has come to its end: its time, its last position.
    """

    id: str
    fingerprint: str
    since: Instant
    until: Instant
    first: int
    reached: Instant | None = None
    following: int | None = None


def begin_clock(connection: Connection, market: Market, seed: int) -> None:
    """Set a sandbox's clock to its epoch. It has one from then on."""
    epoch = moment(market.epoch)
    connection.execute(
        b"INSERT INTO test_clock (id, market, made, standing, seed, epoch, now, heard)"
        b" VALUES ('clock', %s, %s, %s, %s, %s, %s, 0)",
        (market.name, market.made, market.clock is ClockKind.STANDING, seed, epoch, epoch),
    )


def sandbox_of(connection: Connection) -> str | None:
    """Return the name of the sandbox that a schema is; None where it is none."""
    row = connection.execute(b"SELECT market FROM test_clock").fetchone()
    return None if row is None else str(row[0])


def clock(connection: Connection, made: str, lock: str = "") -> ClockState | None:
    """Return how the clock stands; None where the sandbox is there no more. `lock`: FOR SHARE, FOR UPDATE.

    A process that ended while time went on may have left facts after the time that it noted: it is theirs.
    """
    query = (
        "SELECT greatest(now, (SELECT at FROM facts ORDER BY id DESC LIMIT 1)), heard, seed FROM test_clock"  # noqa: S608
        f" WHERE made = %s {lock}"
    )
    row = connection.cursor(binary=True).execute(query.encode(), (made,)).fetchone()
    return None if row is None else ClockState(*row)


def set_clock(connection: Connection, now: Instant) -> None:
    """Move the clock to `now`; it never goes back."""
    connection.execute(b"UPDATE test_clock SET now = greatest(now, %s)", (moment(now),))


def set_heard(connection: Connection, position: int) -> None:
    """Note that the facts before a position were heard."""
    connection.execute(b"UPDATE test_clock SET heard = %s", (position,))


def add_acts(connection: Connection, acts: Iterable[Act]) -> None:
    """Add what somebody outside will do; what is there already stays as it is."""
    with connection.cursor() as cursor:
        cursor.executemany(
            b"INSERT INTO scripted_acts (id, due, command, actor) VALUES (%s, %s, %s, %s)"
            b" ON CONFLICT (id) DO NOTHING",
            [
                (each.id, moment(each.due), msgspec.json.encode(each.command).decode(), each.actor.text())
                for each in acts
            ],
        )


def first_act(connection: Connection) -> Instant | None:
    """Return when somebody outside acts next."""
    query = b"SELECT due FROM scripted_acts ORDER BY due, id LIMIT 1"
    row = connection.cursor(binary=True).execute(query).fetchone()
    return None if row is None else row[0]


def acts(connection: Connection, until: Instant, most: int) -> list[Act]:
    """Return the next acts up to an instant, in their order."""
    query = b"SELECT id, due, command, actor FROM scripted_acts WHERE due <= %s ORDER BY due, id LIMIT %s"
    rows = connection.cursor(binary=True).execute(query, (moment(until), most)).fetchall()
    return [Act(key, due, _commands.decode(command), parse(actor)) for key, due, command, actor in rows]


def drop_acts(connection: Connection, ids: Iterable[str]) -> None:
    """Forget acts that happened, or were refused."""
    connection.execute(b"DELETE FROM scripted_acts WHERE id = ANY(%s)", (list(ids),))


def try_to_move(connection: Connection) -> bool:
    """Take the right to move the clock, for this session; return False where another one has it."""
    query = b"SELECT pg_try_advisory_lock(hashtextextended('holdfast clock ' || current_schema(), 0))"
    return connection.execute(query).fetchone() == (True,)


def let_move(connection: Connection) -> None:
    """Give back the right to move the clock."""
    connection.execute(
        b"SELECT pg_advisory_unlock(hashtextextended('holdfast clock ' || current_schema(), 0))"
    )


def move(connection: Connection, key: str) -> Move | None:
    """Return a move by the key of its request."""
    query = (
        b"SELECT id, fingerprint, since, until, first, reached, following FROM test_clock_moves WHERE id = %s"
    )
    row = connection.cursor(binary=True).execute(query, (key,)).fetchone()
    return None if row is None else Move(*row)


def add_move(connection: Connection, begun: Move) -> None:
    """Keep a move that begins."""
    connection.execute(
        b"INSERT INTO test_clock_moves (id, fingerprint, since, until, first) VALUES (%s, %s, %s, %s, %s)",
        (begun.id, begun.fingerprint, moment(begun.since), moment(begun.until), begun.first),
    )


def end_move(connection: Connection, key: str, reached: Instant, following: int) -> None:
    """Note that a move has come to its end."""
    connection.execute(
        b"UPDATE test_clock_moves SET reached = %s, following = %s WHERE id = %s",
        (moment(reached), following, key),
    )


def feed_end(connection: Connection) -> int:
    """Return the position after the newest fact."""
    query = b"SELECT first + cardinality(fact_ids) FROM feed ORDER BY first DESC LIMIT 1"
    row = connection.execute(query).fetchone()
    return 0 if row is None else int(row[0])


def counts(connection: Connection, first: int, following: int) -> Mapping[str, int]:
    """Return how many facts of each kind there are from one position to another."""
    query = f"SELECT kind, count(*) FROM {BETWEEN} GROUP BY kind ORDER BY kind"  # noqa: S608 - our own
    asked = {"after": first, "most": following - first}
    return {str(kind): int(count) for kind, count in connection.execute(query.encode(), asked).fetchall()}
