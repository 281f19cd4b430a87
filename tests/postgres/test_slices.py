"""Deadlines in slices: nothing lost, nothing twice, in memory's order, wherever a process ends."""

import itertools
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import psycopg
import pytest
from two_homes import constant_ids, empty

from databases import fresh_database
from histories import START, Provider, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import OpenAccount, PlaceHold
from holdfast.bench.bare.room import WITH_BARE
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded, Stage, SweepStarted, WindDown
from holdfast.enforcement.sweep import SLICE as WAKE
from holdfast.engine.agenda import no_reaction
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.desk import Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.ledger.model import Hold, HoldState
from holdfast.orders.model import ConfirmNotice
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.postgres.keys import Keys
from holdfast.postgres.migrate import migrate
from holdfast.postgres.session import Session
from holdfast.postgres.transaction import Transactor
from holdfast.settlement import recovery
from holdfast.settlement.facts import ClaimPaid
from holdfast.settlement.model import Claim, RecordCapture, RecordRecovery, Recovery, RecoveryStage
from who_asks import Asked, Said, asked

HOLDS = 100
DUE = START + DAY


@pytest.fixture(scope="module")
def url(postgres_url: str) -> Iterator[str]:
    """A database with the schema, whose commits need not reach the disk."""
    with fresh_database(postgres_url, durable=False) as url:
        migrate(url)
        yield url


@pytest.fixture
def home(url: str) -> Iterator[Postgres]:
    """An empty home whose slices have seven steps."""
    empty(url)
    found = Postgres(url, None, constant_ids(), most=7, guard=None, commands=WITH_BARE)
    found.adopt(policy("full"), START - 1)
    yield found
    found.close()


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear nothing."""


def do(home: Home, *commands: Asked, at: Instant = START) -> None:
    assert all(outcome.accepted for outcome in home.run([asked(command, at) for command in commands]))


def with_holds(home: Home) -> None:
    """Place many holds that all expire at one instant."""
    do(home, *(OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")))
    do(
        home,
        *(
            PlaceHold(
                hold_id=f"h{number:03}",
                from_id="a",
                to_id="b",
                currency="CNY",
                amount_minor=number + 1,
                expires_at=DUE,
            )
            for number in range(HOLDS)
        ),
    )


def bodies(home: Home) -> list[object]:
    return [fact.body for fact in home.facts()]


def slices(home: Postgres, to: Instant) -> Generator[int]:
    return home.slices((), react=no_reaction, listen=unheard, until=to)


def ended(home: Postgres) -> int:
    return sum(hold.state is HoldState.EXPIRED for hold in home.rows(Hold))


def test_a_slice_has_no_more_steps_than_it_may_and_comes_in_order(home: Postgres) -> None:
    with_holds(home)
    for steps in slices(home, DUE):
        done = [hold.state is HoldState.EXPIRED for hold in home.rows(Hold)]
        assert steps <= 7
        assert done == sorted(done, reverse=True)
    assert ended(home) == HOLDS


def test_between_slices_nothing_is_locked_and_nothing_open(home: Postgres, url: str) -> None:
    with_holds(home)
    course = slices(home, DUE)
    next(course)
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM holds, accounts FOR UPDATE NOWAIT")
    assert ended(home) == 7


def test_what_ends_after_any_slice_is_gone_on_with_by_another(home: Postgres, url: str) -> None:
    with_holds(home)
    twin = Memory(constant_ids(), commands=WITH_BARE)
    twin.adopt(policy("full"), START - 1)
    with_holds(twin)
    twin.advance(DUE)
    lives = 0
    while ended(home) < HOLDS:
        another = Postgres(url, None, Ids(Random(lives)), most=7, guard=None)
        course = slices(another, DUE)
        for _ in range(1 + lives % 3):
            next(course, None)
        course.close()
        another.close()
        lives += 1
    assert lives > 3
    assert sorted(map(repr, bodies(home))) == sorted(map(repr, bodies(twin)))
    assert list(home.rows(Hold)) == list(twin.rows(Hold))
    assert audit(home).findings == []


@pytest.mark.parametrize("cache", [0, 5, 10_000])
def test_workers_side_by_side_do_each_deadline_once(home: Postgres, url: str, cache: int) -> None:
    with_holds(home)
    workers = [
        Postgres(url, None, Ids(Random(number)), most=3, guard=None, cache=cache) for number in range(3)
    ]
    with ThreadPoolExecutor(len(workers)) as threads:
        made = [facts.result() for facts in [threads.submit(each.advance, DUE) for each in workers]]
    for worker in workers:
        worker.close()
    assert sum(made) == ended(home) == HOLDS
    assert audit(home).findings == []


def test_a_command_of_another_is_done_between_slices(home: Postgres, url: str) -> None:
    """Whoever is at it does not keep others out until all is done."""
    with_holds(home)
    other = Postgres(url, None, Ids(Random(5)), guard=None, commands=WITH_BARE)
    course = slices(home, DUE)
    next(course)
    do(other, PlaceHold(hold_id="late", from_id="a", to_id="b", currency="CNY", amount_minor=5), at=DUE)
    other.close()
    for _ in course:
        pass
    assert ended(home) == HOLDS


class Counting(Transactor):
    """A transactor that counts its tries."""

    tries = 0

    def _begin(self, keys: Keys, pages: set[Page], *, lock: bool = True) -> Session:
        self.tries += 1
        return super()._begin(keys, pages, lock=lock)


class Counted(Postgres):
    """A home whose tries are counted."""

    def __init__(self, url: str) -> None:
        super().__init__(url, None, constant_ids(), most=7, guard=None)
        self._transactor.close()
        self.counting = Counting(self._connect, constant_ids())
        self._transactor = self.counting


def run_away(home: Postgres, orders: int) -> None:
    """Have one merchant sell, be paid for it and run."""
    do(home, *opening(), SetConsumerLimit(consumer_id="c1", limit_minor=10**9))
    keys = [f"o{number:04}" for number in range(orders)]
    do(home, *(command for key in keys for command in sale(key, "m1", "c1", 100, 3)))
    home.advance(START + 6 * DAY + HOUR)
    do(home, *(ConfirmNotice(order_id=key) for key in keys), at=START + 6 * DAY + HOUR)
    home.advance(START + 8 * DAY)
    do(home, *(RecordCapture(order_id=key) for key in keys), at=START + 8 * DAY)
    gone = (Said(person, DeclareAbsconded(merchant_id="m1", reason="silent")) for person in ("Li", "Wang"))
    do(home, *gone, at=START + 8 * DAY)


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize(("release", "stages"), [("full", 1), ("fixed_deposit(1)", 3)])
def test_a_wind_down_is_tried_about_once_a_slice_whatever_its_size(
    url: str, release: str, stages: int, pieces: int
) -> None:
    """Claims that their orders hold are paid with the orders; the others are gathered, and swept."""
    empty(url)
    with closing(Counted(url)) as home:
        home.adopt(policy(release), START - 1)
        run_away(home, pieces * WAKE)
        before = home.counting.tries
        done = sum(1 for _ in slices(home, START + 8 * DAY))
        assert sum(isinstance(body, ClaimPaid) for body in bodies(home)) == pieces * WAKE
        assert done >= stages * pieces
        assert home.counting.tries - before <= done + 6


def test_a_claim_upheld_behind_the_gatherer_is_in_the_sum(home: Postgres) -> None:
    """Its id is before those that were gathered already: it counts as it joins."""
    gone = START + 8 * DAY
    home.adopt(policy("fixed_deposit(1)", refund_without_claim=False, fund_share_bp=0), START - 1)
    run_away(home, WAKE + 5)
    keys = [f"o{number:04}" for number in range(WAKE + 5)]
    do(
        home,
        *(OpenClaim(claim_id=f"k{key}", order_id=key, amount_minor=10, reason="x") for key in keys),
        at=gone,
    )
    do(home, *(UpholdClaim(claim_id=f"k{key}") for key in keys[1:]), at=gone)
    later = 0
    for _ in slices(home, gone + 30 * DAY):
        row = home.row(WindDown, "m1")
        assert row is not None
        if row.stage is Stage.GATHERING and row.cursor and not later:
            do(home, UpholdClaim(claim_id=f"k{keys[0]}"), at=gone + 30 * DAY)
            later += 1
    [started] = [fact.body for fact in home.facts() if isinstance(fact.body, SweepStarted)]
    assert later == 1
    assert started.rest_minor == 10 * len(keys)
    assert audit(home).findings == []


def test_a_recovery_that_ends_after_any_slice_is_gone_on_with(
    home: Postgres, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process each time: every claim gets the share that it would have had in one go."""
    monkeypatch.setattr(recovery, "SLICE", 3)
    home.adopt(policy("fixed_deposit(1)", fund_share_bp=0), START - 1)
    keys = [f"o{number}" for number in range(10)]
    do(home, *opening(), *(each for key in keys for each in sale(key, "m1", "c1", 100 + int(key[1]), 3)))
    at = START + 40 * DAY
    home.play((), react=Provider(0, 0, 0).react, listen=unheard, until=at)
    for key in keys:
        claim = OpenClaim(claim_id=key, order_id=key, amount_minor=90, reason="x")
        do(home, claim, UpholdClaim(claim_id=key), at=at)
    missing = {claim.id: claim.missing_minor for claim in home.rows(Claim)}
    pool = sum(missing.values()) // 2 + 1
    do(home, RecordRecovery(merchant_id="m1", amount_minor=pool, source="police"), at=at)
    lives = 0
    while (row := home.row(Recovery, "m1")) is not None and row.stage is RecoveryStage.SHARING:
        another = Postgres(url, None, Ids(Random(lives)), guard=None)
        course = slices(another, at)
        next(course)
        course.close()
        another.close()
        assert audit(home).findings == []
        lives += 1
    assert lives == 4
    swept = [sum(list(missing.values())[:n]) for n in range(11)]
    upto = [pool * each // swept[-1] for each in swept]
    given = [missing[claim.id] - claim.missing_minor for claim in home.rows(Claim)]
    assert given == [after - before for before, after in itertools.pairwise(upto)]


def test_facts_of_slices_are_in_the_journal_once(home: Postgres) -> None:
    with_holds(home)
    heard: list[Fact] = []
    home.play((), react=no_reaction, listen=lambda _s, _at, outcome: heard.extend(outcome.facts), until=DUE)
    assert heard == list(home.facts())[-HOLDS:]
