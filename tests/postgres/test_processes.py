"""Several processes on the same rows: each key has one effect, limits hold, nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import psycopg
import pytest
import rush
from rush_judged import HEALING, begin, check_each_key_once, killed

from holdfast.bench.bare.model import OpenAccount
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Submission
from holdfast.kernel.ids import Ids
from holdfast.ledger.model import Account
from holdfast.postgres.home import Postgres
from waiting import GUARD_SECONDS


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


def test_four_processes_send_the_same_keys_over_the_same_rows(
    database_url: str, rushed: Postgres, tmp_path: Path
) -> None:
    logs = [tmp_path / f"worker-{worker}" for worker in range(4)]
    workers = [begin(database_url, worker % 2, worker, log) for worker, log in enumerate(logs)]
    assert [killed(worker) for worker in workers] == [0] * 4
    check_each_key_once(rushed, logs, {0, 1})
    first: dict[str, int] = {}
    for log in logs:
        for batch in rush.read_log(log):
            for key, replayed, _, code in batch:
                if code not in HEALING:
                    first[key] = first.get(key, 0) + (not replayed)
    assert set(first.values()) == {1}
    with psycopg.connect(database_url) as connection:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert connection.execute(query).fetchone() == (0,)


def test_new_rows_made_in_opposite_orders_do_not_deadlock(database_url: str, rushed: Postgres) -> None:
    """Nothing that exists is locked here: only the order of inserting keeps the two from each other's way."""

    def open_all(ascending: bool) -> list[str]:  # noqa: FBT001 - the order, and nothing else
        with Postgres.open(database_url, ids=Ids(Random(ascending)), commands=WITH_BARE) as mine:
            codes: list[str] = []
            for batch in range(15):
                numbers = range(300) if ascending else range(299, -1, -1)
                opened = [OpenAccount(account_id=f"{batch}/{each}", currency="CNY") for each in numbers]
                meet.wait()
                outcomes = mine.run([Submission(command, rush.START) for command in opened])
                codes += [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]
            return codes

    meet = Barrier(2, timeout=GUARD_SECONDS)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(open_all, (True, False))
    assert len(first) + len(second) == 15 * 300
    assert {*first, *second} == {"exists"}
    assert len(list(rushed.rows(Account))) >= 15 * 300
    with psycopg.connect(database_url) as connection:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert connection.execute(query).fetchone() == (0,)
