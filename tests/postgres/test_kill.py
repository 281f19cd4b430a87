"""Workers, server processes and the whole server are killed: nothing is lost, nothing happens twice."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import psutil
import psycopg
import pytest
import rush
from psycopg.conninfo import make_conninfo
from rush_judged import begin, check_each_key_once, killed

from holdfast.bench.bare.room import WITH_BARE
from holdfast.kernel.ids import Ids
from holdfast.postgres.home import Postgres
from holdfast.server import database
from waiting import ended, wait_for

LIVES = 9


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


def test_workers_that_are_killed_go_on_where_they_were(
    database_url: str, rushed: Postgres, tmp_path: Path
) -> None:
    logs = [tmp_path / f"worker-{worker}" for worker in range(2)]
    workers = [begin(database_url, 0, worker, log, LIVES) for worker, log in enumerate(logs)]
    assert [killed(worker) for worker in workers] == [LIVES] * 2
    check_each_key_once(rushed, logs, {0})


def while_it_works(
    worker: subprocess.Popen[str], log: Path, strike: Callable[[], None], strikes: int
) -> None:
    """Strike in the midst of a batch, each time after the worker has got on since; then let it run free."""
    rng = Random(strikes)
    assert worker.stdin is not None
    for number in range(strikes + 1):
        worker.stdin.write(".")
        worker.stdin.flush()
        if number:
            rush.somewhere_in_it(rng)
            strike()
        wait_for(lambda: len(rush.read_log(log)) > number, lambda: worker.poll() is None)  # noqa: B023 - at once
    worker.stdin.close()
    worker.stdin = None


@pytest.mark.long
def test_a_worker_outlives_its_server_process(database_url: str, rushed: Postgres, tmp_path: Path) -> None:
    logs = [tmp_path / f"worker-{worker}" for worker in range(2)]
    workers = [begin(database_url, 1, worker, log, in_turns=not worker) for worker, log in enumerate(logs)]
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast'"
    struck = 0
    with psycopg.connect(database_url, autocommit=True) as admin:

        def strike() -> None:
            nonlocal struck
            struck += len(admin.execute(others).fetchall())

        while_it_works(workers[0], logs[0], strike, 12)
    assert struck >= 12
    assert [killed(worker) for worker in workers] == [0, 0]
    check_each_key_once(rushed, logs, {1})


def test_a_worker_outlives_the_whole_server(made: Path, tmp_path: Path) -> None:
    url = make_conninfo(database.start(made), dbname="postgres")
    log = tmp_path / "worker"
    with Postgres.open(url, ids=Ids(Random(99)), commands=WITH_BARE) as home:
        rush.prepare(home)

    def strike() -> None:
        pid = database.status(made).pid
        assert pid is not None
        postmaster = psutil.Process(pid)
        postmaster.kill()
        wait_for(lambda: ended(postmaster))
        database.start(made)

    worker = begin(url, 2, 0, log, in_turns=True)
    while_it_works(worker, log, strike, 3)
    assert killed(worker) == 0
    with Postgres.open(url, ids=Ids(Random(98))) as home:
        check_each_key_once(home, [log], {2})
