"""Workers, server processes and the whole server are killed: nothing is lost, nothing happens twice."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import psutil
import psycopg
import rush
from psycopg.conninfo import make_conninfo
from rush_judged import PATIENCE_SECONDS, begin, check_each_key_once, killed

from holdfast.kernel.ids import Ids
from holdfast.postgres import server
from holdfast.postgres.home import Postgres

LIVES = 12


def test_workers_that_are_killed_go_on_where_they_were(
    database_url: str, rushed: Postgres, tmp_path: Path
) -> None:
    logs = [tmp_path / f"worker-{worker}" for worker in range(2)]
    workers = [begin(database_url, 0, worker, log, LIVES) for worker, log in enumerate(logs)]
    assert sum(killed(worker) for worker in workers) >= 6
    check_each_key_once(rushed, logs, {0})


def while_it_works(
    worker: subprocess.Popen[str], log: Path, strike: Callable[[], None], strikes: int
) -> None:
    """Strike, each time after the worker has got on since."""
    seen = 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    for _ in range(strikes):
        while worker.poll() is None and len(rush.read_log(log)) <= seen:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        seen = len(rush.read_log(log))
        strike()


def test_a_worker_outlives_its_server_process(database_url: str, rushed: Postgres, tmp_path: Path) -> None:
    logs = [tmp_path / f"worker-{worker}" for worker in range(2)]
    workers = [begin(database_url, 1, worker, log) for worker, log in enumerate(logs)]
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


def test_a_worker_outlives_the_whole_server(data: Path, tmp_path: Path) -> None:
    url = make_conninfo(server.start(data), dbname="postgres")
    log = tmp_path / "worker"
    with Postgres.open(url, ids=Ids(Random(99))) as home:
        rush.prepare(home)

    def strike() -> None:
        pid = server.status(data).pid
        assert pid is not None
        postmaster = psutil.Process(pid)
        postmaster.kill()
        while postmaster.is_running() and postmaster.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.005)
        server.start(data)

    worker = begin(url, 2, 0, log)
    while_it_works(worker, log, strike, 3)
    assert killed(worker) == 0
    with Postgres.open(url, ids=Ids(Random(98))) as home:
        check_each_key_once(home, [log], {2})
