"""A line that is lost in whatever way is opened anew, and callers do not learn of it.

A proxy or a distributed server tells of a connection behind it that broke by an error, on a connection that
stands. The server raises such errors here by triggers, so many times; a sequence counts them, which no
rollback resets.
"""

from collections.abc import Iterator
from functools import partial
from itertools import count
from random import Random
from typing import NamedTuple

import psycopg
import pytest
from psycopg import errors
from two_homes import Both, both

from histories import START
from holdfast.bench.bare.model import MoveMoney, OpenAccount, PlaceHold
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Submission
from holdfast.journal.feed import Reader
from holdfast.kernel.clock import DAY
from holdfast.kernel.desk import Desk
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Account, Hold, HoldState, Transfer
from holdfast.postgres.line import Line
from holdfast.postgres.reading import Connection
from holdfast.postgres.refusals import ServerUnreachable
from holdfast.postgres.transaction import Transactor
from holdfast.postgres.wire import open_wire


class Fault(NamedTuple):
    """An error that the server raises."""

    sqlstate: str
    message: str


LOST = [
    Fault("08006", "connection to the remote node postgres@shard-2:5432 failed"),
    Fault("08007", "transaction resolution unknown"),
    Fault("08P01", "server conn crashed?"),
    Fault("57P01", "terminating connection due to administrator command"),
    Fault("57P02", "terminating connection because of crash of another server process"),
    Fault("57P03", "the database system is starting up"),
    Fault("57P05", "terminating connection due to idle-session timeout"),
    Fault("25P03", "terminating connection due to idle-in-transaction timeout"),
    Fault("XX000", "server closed the connection unexpectedly"),
]
NOT_LOST = [
    Fault("XX000", "could not create distributed plan"),
    Fault("57014", "canceling statement due to user request"),
    Fault("55P03", "canceling statement due to lock timeout"),
    Fault("53200", "out of memory"),
]


def named(fault: Fault) -> str:
    return fault.sqlstate


class Faults(NamedTuple):
    """A database whose server raises errors when it is told to."""

    url: str

    def fail(self, fault: Fault, times: int = 1) -> None:
        """Have `fault()` raise so many times, and then no more."""
        statement = f"""
            CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('faults') <= {times} THEN
                    RAISE EXCEPTION USING ERRCODE = '{fault.sqlstate}', MESSAGE = '{fault.message}';
                END IF;
                RETURN NULL;
            END $$
        """
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CREATE SEQUENCE faults")
            connection.execute(statement.encode())
            connection.execute("CREATE TABLE asked (id int)")
            connection.execute("CREATE TRIGGER fault AFTER INSERT ON asked EXECUTE FUNCTION fault()")

    def strike(self, when: str, table: str) -> None:
        """Raise at each write of a row, or as the transaction commits."""
        kind, late = {"at once": ("", ""), "at commit": ("CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED")}[when]
        trigger = (
            f"CREATE {kind} TRIGGER fault AFTER INSERT OR UPDATE ON {table} {late}"
            " FOR EACH ROW EXECUTE FUNCTION fault()"
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(trigger.encode())

    def raised(self) -> int:
        """Return how often it was asked."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT last_value FROM faults").fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def faults(migrated_url: str) -> Faults:
    """A database with the schema."""
    return Faults(migrated_url)


@pytest.fixture
def homes(faults: Faults) -> Iterator[Both]:
    """Two homes with two accounts."""
    with both(faults.url, commands=WITH_BARE) as found:
        opened = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")]
        found.run([Submission(command, START) for command in opened])
        yield found


def money(number: int) -> Submission:
    moved = MoveMoney(transfer_id=f"t{number}", from_id="a", to_id="b", currency="CNY", amount_minor=number)
    return Submission(moved, START, f"k{number}")


def nothing(_desk: Desk, _fact: Fact) -> None:
    """Make nothing of a fact."""


def no_rows(_fact: Fact) -> list[tuple[type[Row], str]]:
    return []


class Lines:
    """Connects, and remembers every connection."""

    def __init__(self, url: str) -> None:
        self.opened: list[Connection] = []
        self._open = partial(open_wire, url, None)

    def __call__(self) -> Connection:
        """Connect."""
        self.opened.append(self._open())
        return self.opened[-1]

    def closed(self) -> list[bool]:
        """Tell of each connection whether it is closed."""
        return [each.closed for each in self.opened]


def ask(connection: Connection) -> int:
    """Ask what fails where a fault is to be raised."""
    return connection.execute("INSERT INTO asked VALUES (1)").rowcount


@pytest.mark.parametrize("when", ["at once", "at commit"])
@pytest.mark.parametrize("fault", LOST, ids=named)
def test_a_batch_happens_once_and_its_callers_are_answered(
    homes: Both, faults: Faults, fault: Fault, when: str
) -> None:
    faults.fail(fault, 2)
    faults.strike(when, "transfers")
    assert all(outcome.accepted for outcome in homes.run([money(1), money(1), money(2)]))
    assert faults.raised() == 4  # twice in vain, and then two rows
    homes.assert_same()


@pytest.mark.parametrize("when", ["at once", "at commit"])
def test_deadlines_happen_once(homes: Both, faults: Faults, when: str) -> None:
    held = PlaceHold(
        hold_id="h", from_id="a", to_id="b", currency="CNY", amount_minor=5, expires_at=START + DAY
    )
    homes.run([Submission(held, START)])
    faults.fail(LOST[0])
    faults.strike(when, "holds")
    homes.advance(START + 2 * DAY)
    assert faults.raised() == 2
    hold = homes.postgres.row(Hold, "h")
    assert hold is not None
    assert hold.state is HoldState.EXPIRED
    homes.assert_same()


@pytest.mark.parametrize("when", ["at once", "at commit"])
def test_a_reader_takes_each_fact_once(homes: Both, faults: Faults, when: str) -> None:
    faults.fail(LOST[0])
    faults.strike(when, "cursors")
    reader = Reader("taking", nothing, no_rows)
    assert [home.read_on(reader, 10) for home in homes] == [2, 2]
    assert [home.read_on(reader, 10) for home in homes] == [0, 0]
    assert faults.raised() == 2
    homes.assert_same()


@pytest.mark.parametrize("fault", LOST, ids=named)
def test_what_is_read_is_read_again_and_the_lost_connection_closed(faults: Faults, fault: Fault) -> None:
    faults.fail(fault)
    lines = Lines(faults.url)
    line = Line(lines)
    assert line.read(ask) == 1
    assert lines.closed() == [True, False]
    line.close()


@pytest.mark.parametrize("fault", LOST, ids=named)
def test_what_is_chosen_is_chosen_again(faults: Faults, fault: Fault) -> None:
    faults.fail(fault)
    lines = Lines(faults.url)
    transactor = Transactor(lines, Ids(Random(1)))
    asked = count()

    def choose(connection: Connection) -> None:
        next(asked)
        ask(connection)

    assert transactor.in_turn(choose) is None
    assert next(asked) == 2
    assert lines.closed() == [True, False]
    transactor.close()


@pytest.mark.parametrize("fault", NOT_LOST, ids=named)
def test_any_other_error_is_told_and_the_connection_kept(faults: Faults, fault: Fault) -> None:
    faults.fail(fault)
    lines = Lines(faults.url)
    line = Line(lines)
    with pytest.raises(errors.lookup(fault.sqlstate), match=fault.message):
        line.read(ask)
    assert line.read(ask) == 1
    assert lines.closed() == [False]
    line.close()


def test_a_line_that_is_lost_time_and_again_is_given_up(
    homes: Both, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy lets us in, and the server behind it is away: callers learn that, and may ask again."""
    faults.fail(LOST[0], 5)
    faults.strike("at once", "transfers")
    monkeypatch.setattr("holdfast.postgres.line.RECONNECT_SECONDS", 0.4)
    for _ in range(2):
        with pytest.raises(ServerUnreachable, match="remote node"):
            homes.postgres.run([money(1)])
    assert faults.raised() == 5  # the second time the line was down to begin with
    [outcome] = homes.postgres.run([money(1)])
    assert outcome.accepted
    assert outcome.replayed_ids is None
    assert len(list(homes.postgres.rows(Transfer))) == 1


def test_a_session_that_the_server_ended_is_opened_anew_for_any_read(homes: Both, faults: Faults) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    for read in (
        lambda: homes.postgres.row(Account, "a"),
        lambda: homes.postgres.feed(0, 5),
        lambda: list(homes.postgres.rows(Account)),
    ):
        before = read()
        with psycopg.connect(faults.url, autocommit=True) as admin:
            struck = admin.execute(f"{others} AND pid <> pg_backend_pid()".encode()).fetchall()
        assert struck
        assert read() == before
