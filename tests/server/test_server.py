"""The embedded server: started by many at once, killed, moved to odd paths, and left running."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from holdfast.postgres.connection import connect
from holdfast.postgres.refusals import BadDatabaseUrl, ServerTooOld, ServerUnreachable
from holdfast.server import account, database
from holdfast.server.refusals import (
    DataFolderForeign,
    DataFolderOtherVersion,
    DataFolderUnusable,
    NotEmbedded,
    ServerFailed,
    ServerStopped,
    TwoDatabases,
)
from waiting import GUARD_SECONDS, ended, wait_for

STARTER = (
    "import sys; from pathlib import Path; from holdfast.server import database;"
    "print(database.start(Path(sys.argv[1])))"
)


def one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return row[0]


def postmaster(data: Path) -> psutil.Process:
    pid = database.status(data).pid
    assert pid is not None
    return psutil.Process(pid)


def kill(process: psutil.Process) -> None:
    process.kill()
    wait_for(lambda: ended(process))


def test_it_starts_once_and_stops_once(data: Path) -> None:
    said: list[str] = []
    before = database.status(data)
    url = database.start(data, say=said.append)
    first = database.status(data)
    assert (before.running, before.pid, before.data) == (False, None, str(data))
    assert said[-2:] == [f"making a PostgreSQL database in {data}", f"starting PostgreSQL in {data}"]
    assert database.database_url(data) == url == first.url
    assert database.status(data).pid == first.pid
    assert first.running
    assert first.server_version is not None
    assert first.server_version.startswith("18.")
    assert database.stop(data)
    assert not database.stop(data)
    assert not database.status(data).running


def test_asking_for_the_address_alone_starts_nothing(data: Path) -> None:
    with pytest.raises(ServerStopped) as refused:
        database.database_url(data, start=False)
    assert str(data) in refused.value.record().fix
    assert not data.exists()


SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "shared_buffers": "256MB",
    "deadlock_timeout": "200ms",
    "TimeZone": "UTC",
    "server_encoding": "UTF8",
    "lc_messages": "C",
    "data_checksums": "on",
    "listen_addresses": "",
}


def test_the_settings_are_in_force(made: Path) -> None:
    url = database.start(made)
    assert {setting: one(url, f"SHOW {setting}") for setting in SETTINGS} == SETTINGS


@pytest.mark.usefixtures("embedded")
def test_text_sorts_by_code_point_and_chinese_is_kept(postgres_url: str) -> None:
    assert one(postgres_url, "SELECT datlocale FROM pg_database WHERE datname = 'holdfast'") == "C.UTF-8"
    assert one(postgres_url, "SELECT upper('ä') || '稳付'") == "Ä稳付"


def test_what_was_committed_survives_a_kill(made: Path) -> None:
    url = database.start(made)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    killed = postmaster(made)
    kill(killed)
    assert not database.status(made).running
    assert one(database.database_url(made), "SELECT n FROM kept") == 7
    assert postmaster(made).pid != killed.pid


def test_a_child_that_outlives_the_killed_server_is_ended(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.server.postmaster._EXIT_SECONDS", 0.1)
    url = database.start(made)
    stuck = psycopg.connect(url)
    backend = psutil.Process(stuck.info.backend_pid)
    backend.suspend()
    kill(postmaster(made))
    assert one(database.start(made), "SELECT 1") == 1
    assert ended(backend)
    stuck.close()


def test_a_pid_file_whose_number_is_another_process_now_does_not_count(made: Path) -> None:
    database.start(made)
    pid_file = made / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    database.stop(made)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert not database.status(made).running
    assert one(database.start(made), "SELECT 1") == 1


def test_a_folder_whose_making_was_interrupted_is_made_anew(data: Path) -> None:
    (data / "cluster.partial" / "base").mkdir(parents=True)
    (data / "cluster.partial" / "PG_VERSION").write_text("18\n")
    assert one(database.start(data), "SELECT 1") == 1
    assert sorted(entry.name for entry in data.iterdir()) == ["cluster", "server.log"]


def test_processes_that_start_it_at_once_get_one_server(data: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", STARTER, data], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    answers = {starter.communicate(timeout=GUARD_SECONDS)[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert answers == {database.database_url(data, start=False)}
    serving = [
        process
        for process in psutil.process_iter(["name", "cmdline"])  # a process that ends meanwhile has none
        if process.info["name"] == "postgres" and str(data / "cluster") in (process.info["cmdline"] or ())
    ]
    assert len(serving) == 1


def test_ctrl_c_at_the_terminal_ends_the_client_and_not_the_server(made: Path) -> None:
    client, terminal = pty.fork()
    if client == 0:
        script = f"{STARTER}; import signal; print('started', flush=True); signal.pause()"
        os.execv(sys.executable, [sys.executable, "-c", script, str(made)])  # noqa: S606 - a terminal takes a fork
    seen = b""
    while b"started" not in seen:
        seen += os.read(terminal, 4096)
    before = postmaster(made)
    assert os.getsid(before.pid) != client  # the terminal's Ctrl-C goes to processes of its session alone
    os.write(terminal, b"\x03")
    _, how = os.waitpid(client, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(how) == -signal.SIGINT
    assert postmaster(made).pid == before.pid
    assert one(database.database_url(made, start=False), "SELECT 1") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux gives orphans to whoever asks")
def test_a_server_that_nobody_buries_has_ended_all_the_same(made: Path) -> None:
    # As in a container whose first process buries no strangers.
    take_orphans = (
        "import ctypes; assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0"  # PR_SET_CHILD_SUBREAPER
    )
    script = f"{take_orphans}; {STARTER}; assert database.stop(Path(sys.argv[1]))"
    ran = subprocess.run([sys.executable, "-c", script, str(made)], timeout=GUARD_SECONDS, check=False)
    assert ran.returncode == 0
    assert not database.status(made).running


ODD = ["long" * 40, "with space, comma and 'quotes'", "稳付"]


@pytest.mark.parametrize("name", [*ODD, " ".join(ODD)])
def test_any_path_will_do(folder: Path, made_once: Path, name: str) -> None:
    """Also to make one there: for that, once is enough."""
    data = folder / name / "postgres"
    data.parent.mkdir()
    if name in ODD:
        subprocess.run(["cp", "-a", made_once, data], check=True)
    url = database.start(data)
    try:
        assert one(url, "SELECT 1") == 1
        with psycopg.connect(url) as connection:
            sockets = Path(connection.info.host)
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        assert database.stop(data)
    assert not sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_needs_no_root(folder: Path) -> None:
    nobody = 65534
    os.chown(folder, nobody, nobody)
    data = folder / "postgres"
    # Python itself may be closed to other accounts: it is imported first and then steps down.
    step_down = f"import os; os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})"
    script = STARTER.replace("print", f"{step_down}; print")
    done = subprocess.run([sys.executable, "-c", script, data], check=True, capture_output=True)
    assert done.stdout
    assert postmaster(data).uids().real == nobody
    kill(postmaster(data))
    database.start(data)
    assert postmaster(data).uids().real == nobody
    assert database.stop(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes the account that its servers run as")
def test_the_account_is_made_once_by_all_who_make_it(made: Path) -> None:
    database.start(made)
    names = [account._make().pw_name for _ in range(2)]  # pyright: ignore[reportPrivateUsage]
    assert names == [account.ACCOUNT] * 2


def test_the_servers_files_and_socket_are_private(made: Path) -> None:
    database.start(made)
    assert (made / "cluster").stat().st_mode & 0o077 == 0
    assert postmaster(made).uids().real != 0


def test_a_folder_with_other_things_in_it_is_refused(folder: Path) -> None:
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(DataFolderForeign, match=r"thesis\.txt"):
        database.start(folder)
    assert [entry.name for entry in folder.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_folders_place_is_refused(folder: Path) -> None:
    (folder / "postgres").write_text("no folder")
    with pytest.raises(DataFolderUnusable):
        database.start(folder / "postgres")


def test_data_of_another_major_version_is_refused(made: Path) -> None:
    (made / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(DataFolderOtherVersion, match="PostgreSQL 17"):
        database.start(made)


def test_a_server_that_cannot_start_tells_why(made: Path) -> None:
    with (made / "cluster" / "holdfast.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(ServerFailed, match="no_such_setting"):
        database.start(made)


def test_option_then_url_variable_then_folder_variable_then_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert database.locate() == database.Embedded(folder / "holdfast-data" / "postgres")
    monkeypatch.setenv("HOLDFAST_DATA", "named")
    assert database.locate() == database.Embedded(folder / "named")
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", "postgresql://h/variable")
    assert database.locate() == database.Own("postgresql://h/variable")
    assert database.locate(url="postgresql://h/option") == database.Own("postgresql://h/option")
    assert database.locate(data=Path("option")) == database.Embedded(folder / "option")
    with pytest.raises(TwoDatabases):
        database.locate(Path("option"), "postgresql://h/option")


def test_a_server_of_ones_own_is_neither_started_nor_stopped(postgres_url: str) -> None:
    assert database.database_url(url=postgres_url) == postgres_url
    for verb in (database.start, database.stop):
        with pytest.raises(NotEmbedded):
            verb(url=postgres_url)
    assert database.status(url=postgres_url).server == "own"


@pytest.mark.parametrize(
    "url",
    ["mysql://u:secret@h/d", "secret", "postgresql://u:secret/more@h/d", "postgresql+psycopg://u:secret@h/d"],
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refused:
        database.database_url(url=url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret@127.0.0.1:1/d", "host=/nowhere user=u password=secret"]
)
def test_a_server_that_is_not_there_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(ServerUnreachable) as refused:
        database.status(url=url)
    assert "secret" not in json.dumps([str(refused.value), refused.value.record().where])


def test_an_older_server_is_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.postgres.connection.OLDEST_MAJOR", 99)
    with pytest.raises(ServerTooOld, match="PostgreSQL 18, and Holdfast needs 99"):
        connect(postgres_url)


def ask_for_ever(connection: psycopg.Connection) -> None:
    while True:
        connection.execute("SELECT 1")


def test_a_server_that_recovers_does_not_run_yet(made: Path) -> None:
    """A child was killed: the server ends the others and recovers, and whoever starts it waits for that."""
    url = database.start(made)
    with psycopg.connect(url, autocommit=True) as first, psycopg.connect(url, autocommit=True) as second:
        second.execute("CREATE TABLE many AS SELECT generate_series(1, 200000)")
        os.kill(first.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            ask_for_ever(second)
    assert database.start(made) == url
    psycopg.connect(url).close()
