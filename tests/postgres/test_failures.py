"""An error of ours is one command's or one deadline's alone, and is found in the log by its id."""

import logging
from collections.abc import Iterator, Sequence
from random import Random

import psycopg
import pytest
from msgspec.structs import replace
from two_homes import Both, both, constant_ids

from databases import fresh_database
from histories import START, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import OpenAccount, PlaceHold
from holdfast.bench.bare.room import ROOM as BARE
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.failures import RETRY_AFTER
from holdfast.house import ROOMS, commands_of
from holdfast.journal.model import DeadlinePutAside, PutAside
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import MAX_MINOR
from holdfast.kernel.room import Room
from holdfast.kernel.rows import Command, FactBody
from holdfast.ledger import expiry
from holdfast.ledger.model import Hold, HoldState
from holdfast.parties.model import Consumer, OpenPayLater, RegisterMerchant
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.postgres.refusals import DiskFull
from holdfast.reactions import WAKERS
from holdfast.settlement.model import PayDeposit

DUE = START + DAY


@pytest.fixture(scope="module")
def url(postgres_url: str) -> Iterator[str]:
    """A database with the schema."""
    with fresh_database(postgres_url) as url:
        migrate(url)
        yield url


@pytest.fixture
def homes(url: str) -> Iterator[Both]:
    """Two empty homes."""
    with both(url, commands=WITH_A_FAULT) as found:
        found.adopt(policy("full"), START - 1)
        yield found


class Fail(Command, frozen=True, kw_only=True):
    """A command whose handler has a fault."""

    consumer_id: str
    how: str


def fail(desk: Desk, command: Fail, now: Instant) -> Sequence[FactBody]:
    """Change a row, and then fail in one way or another."""
    row = desk.need(Consumer, command.consumer_id)
    match command.how:
        case "raise":
            desk.put(replace(row, limit_minor=1), row)
            raise IndexError
        case "overflow":
            desk.put(replace(row, limit_minor=MAX_MINOR + 1), row)
        case "look up what is new":
            desk.find(Hold, desk.ids.new(now))
        case "check":
            desk.put(replace(row, limit_minor=-1), row)
        case _:
            desk.add(replace(_HOLD, reason="\0"))
    return []


_HOLD = Hold(
    id="x",
    from_id="a",
    to_id="b",
    currency="CNY",
    amount_minor=1,
    posted_minor=0,
    state=HoldState.PENDING,
    reason="",
    placed_at=START,
)


WITH_A_FAULT = commands_of((*ROOMS, BARE, Room("faulty", handles={Fail: fail})))


def opened(number: int) -> Submission:
    return Submission(OpenPayLater(consumer_id=f"c{number}", currency="CNY"), START, f"k{number}")


def failing(how: str) -> Submission:
    return Submission(Fail(consumer_id="c0", how=how), START, "bad")


def incident(outcome: Outcome) -> str:
    assert outcome.refusal is not None
    assert outcome.refusal.code == "internal_error"
    return outcome.refusal.where.removeprefix("incident:")


def test_a_handler_that_fails_fails_nobody_else(homes: Both, caplog: pytest.LogCaptureFixture) -> None:
    homes.run([opened(0)])
    with caplog.at_level(logging.ERROR, "holdfast"):
        first, bad, last = homes.run([opened(1), failing("raise"), opened(2)])
    assert first.accepted
    assert last.accepted
    assert len(caplog.records) == 2  # one of each home
    for record in caplog.records:
        assert incident(bad) in record.getMessage()
        assert record.exc_info is not None
        assert isinstance(record.exc_info[1], IndexError)
    homes.assert_same()


def test_it_is_not_kept_under_its_key(homes: Both) -> None:
    homes.run([opened(0)])
    (once,), (again,) = homes.run([failing("raise")]), homes.run([failing("raise")])
    assert incident(once) != incident(again)


@pytest.mark.usefixtures("homes")
def test_a_handler_that_looks_for_other_rows_each_time_comes_to_an_end(url: str) -> None:
    """Each try makes other ids, so that there is always one more row to load."""
    with Postgres.open(url, ids=Ids(Random(1))) as home:
        home.run([opened(0)])
        first, bad, last = home.run([opened(1), failing("look up what is new"), opened(2)])
    assert incident(bad)
    assert first.accepted
    assert last.accepted


def test_a_number_that_no_longer_fits_is_refused_in_both(homes: Both) -> None:
    homes.run([opened(0)])
    first, bad, last = homes.run([opened(1), failing("overflow"), opened(2)])
    assert bad.refusal is not None
    assert bad.refusal.code == "amount_overflow"
    assert bad.refusal.where == "consumer:c0"
    assert first.accepted
    assert last.accepted
    homes.assert_same()


def test_a_sum_of_deposits_that_no_longer_fits_is_refused(homes: Both) -> None:
    merchants = [
        RegisterMerchant(merchant_id=key, name=key, currency="CNY", owner_ids=(key,)) for key in ("m1", "m2")
    ]
    paid = [PayDeposit(merchant_id=key, amount_minor=MAX_MINOR) for key in ("m1", "m2")]
    commands: list[Command] = [*merchants, *paid]
    outcomes = homes.run([opened(1), *(Submission(command, START) for command in commands), opened(2)])
    codes = [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]
    assert codes == ["balance_overflow"]
    homes.assert_same()


@pytest.mark.parametrize(
    ("place", "how"),
    [
        (0, "text"),
        (3, "check"),
        (6, "text"),
        *(
            pytest.param(place, how, marks=pytest.mark.long)
            for place, how in ((0, "check"), (3, "text"), (6, "check"))
        ),
    ],
)
def test_what_fails_while_it_is_written_fails_nobody_else(
    homes: Both, how: str, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    postgres = homes.postgres
    postgres.run([opened(0)])
    batch = [opened(number) for number in range(1, 7)]
    batch.insert(place, failing(how))
    with caplog.at_level(logging.ERROR, "holdfast"):
        outcomes = postgres.run(batch)
    bad = outcomes.pop(place)
    assert all(outcome.accepted and outcome.replayed_ids is None for outcome in outcomes)
    assert [incident(bad) in record.getMessage() for record in caplog.records] == [True]
    assert len(list(postgres.rows(Consumer))) == 7
    assert audit(postgres).findings == []


def with_holds(homes: Both) -> None:
    commands: list[Command] = [
        OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")
    ]
    commands += [
        PlaceHold(
            hold_id=f"h{number}",
            from_id="a",
            to_id="b",
            currency="CNY",
            amount_minor=10,
            expires_at=DUE,
        )
        for number in range(9)
    ]
    homes.run([Submission(command, START) for command in commands])


def wakes_badly(desk: Desk, row: Hold, now: Instant) -> Sequence[FactBody]:
    """Fail for one hold on its first day."""
    facts = expiry.wake(desk, row, now)
    if row.id == "h4" and now == DUE:
        raise ZeroDivisionError
    return facts


def wakes_unwritably(desk: Desk, row: Hold, now: Instant) -> Sequence[FactBody]:
    """Put for one hold, on its first day, what the database refuses."""
    facts = expiry.wake(desk, row, now)
    if row.id == "h4" and now == DUE:
        desk.put(replace(row, posted_minor=row.amount_minor + 1), row)
    return facts


def sleeps(_desk: Desk, row: Hold, _now: Instant) -> Sequence[FactBody]:
    """Do nothing: the row is due as before."""
    assert row.id
    return []


def aside(home: Postgres) -> list[DeadlinePutAside]:
    return [fact.body for fact in home.facts() if isinstance(fact.body, DeadlinePutAside)]


def test_a_deadline_that_fails_is_put_aside_and_stops_no_other(
    homes: Both, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(WAKERS, dict)
    monkeypatch.setitem(WAKERS, Hold, wakes_badly)
    with_holds(homes)
    with caplog.at_level(logging.ERROR, "holdfast"):
        homes.advance(DUE)
    homes.assert_same()
    pending = [hold.id for hold in homes.postgres.rows(Hold) if hold.state is HoldState.PENDING]
    assert pending == ["h4"]
    [told] = aside(homes.postgres)
    assert (told.row_kind, told.row_id, told.due_at, told.again_at) == ("Hold", "h4", DUE, DUE + RETRY_AFTER)
    assert [finding.where for finding in audit(homes.postgres).findings] == ["hold:h4"]
    assert len(caplog.records) == 2
    for home in homes:
        [task] = home.tasks(DUE).items
        assert (task.kind, task.row_id, task.since, task.may) == ("put_aside", "Hold/h4", DUE, ())
    homes.advance(DUE + RETRY_AFTER)
    homes.assert_same()
    assert [home.tasks(DUE + RETRY_AFTER).items for home in homes] == [(), ()]
    assert {hold.state for hold in homes.postgres.rows(Hold)} == {HoldState.EXPIRED}
    assert audit(homes.postgres).findings == []


def test_a_deadline_that_fails_again_waits_since_it_failed_first(
    homes: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(WAKERS, dict)
    monkeypatch.setitem(WAKERS, Hold, sleeps)
    with_holds(homes)
    homes.advance(DUE + 2 * RETRY_AFTER)
    homes.assert_same()
    row = homes.postgres.row(PutAside, "Hold/h4")
    assert row is not None
    assert (row.since, row.times, row.wake_at) == (DUE, 3, DUE + 3 * RETRY_AFTER)
    monkeypatch.setitem(WAKERS, Hold, expiry.wake)
    homes.advance(DUE + 3 * RETRY_AFTER)
    homes.assert_same()
    assert [home.tasks(DUE + 3 * RETRY_AFTER).items for home in homes] == [(), ()]
    assert audit(homes.postgres).findings == []


def test_a_deadline_that_changes_nothing_is_put_aside(homes: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(WAKERS, dict)
    with_holds(homes)
    monkeypatch.setitem(WAKERS, Hold, sleeps)
    homes.advance(DUE)
    homes.assert_same()
    assert len(aside(homes.postgres)) == 9


@pytest.mark.parametrize("cache", [0, 100])
@pytest.mark.parametrize("most", [1, 4, 400])
def test_a_deadline_that_cannot_be_written_is_put_aside(
    url: str, monkeypatch: pytest.MonkeyPatch, most: int, cache: int
) -> None:
    assert isinstance(WAKERS, dict)
    monkeypatch.setitem(WAKERS, Hold, wakes_unwritably)
    with both(url, most, cache, commands=WITH_A_FAULT) as homes:
        homes.adopt(policy("full"), START - 1)
        with_holds(homes)
        homes.postgres.advance(DUE)
        pending = [hold.id for hold in homes.postgres.rows(Hold) if hold.state is HoldState.PENDING]
        assert pending == ["h4"]
        assert [told.row_id for told in aside(homes.postgres)] == ["h4"]


@pytest.mark.parametrize("cache", [0, 100])
def test_an_order_whose_policy_cannot_be_read_stops_no_other_deadline(url: str, cache: int) -> None:
    """A row beside the one that is due is damaged: a slice that cannot be read is narrowed down, too."""
    with both(url, commands=WITH_A_FAULT) as homes:
        homes.adopt(policy("full"), START - 1)
        placed = sale("o1", "m1", "c1", 100, 1)
        homes.run([Submission(command, START) for command in (*opening(), *placed)])
        with_holds(homes)
        homes.adopt(policy("full", reminders=1), START)
        with psycopg.connect(url) as connection:
            query = "UPDATE policies SET policy = '[]' WHERE id <> (SELECT version FROM policy_in_force)"
            connection.execute(query)
        homes.postgres.close()
        fresh = Postgres(url, None, constant_ids(), guard=None, cache=cache)
        fresh.advance(START + 40 * DAY)
        fresh.close()
        assert {hold.state for hold in homes.postgres.rows(Hold)} == {HoldState.EXPIRED}
        assert {told.row_id for told in aside(homes.postgres)} == {"o1"}


def test_a_full_disk_is_told_as_what_it_is_and_nothing_is_done(url: str) -> None:
    """The server's own error for it, raised where facts are written."""
    with both(url, commands=WITH_A_FAULT) as homes, psycopg.connect(url, autocommit=True) as connection:
        homes.adopt(policy("full"), START - 1)
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'"
            " USING ERRCODE = 'disk_full'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON facts FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        try:
            with pytest.raises(DiskFull, match="No space left on device"):
                homes.postgres.run([opened(1)])
        finally:
            connection.execute("DROP TRIGGER full_disk ON facts")
            connection.execute("DROP FUNCTION full_disk")
        assert list(homes.postgres.rows(Consumer)) == []
        [outcome] = homes.postgres.run([opened(1)])
        assert outcome.accepted
        assert outcome.replayed_ids is None
