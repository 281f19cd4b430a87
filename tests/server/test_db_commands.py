"""`holdfast db` as a user meets it: what is on stdout, what on stderr, and the exit code."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from holdfast.cli.db import app
from holdfast.postgres.migrate import migrate
from holdfast.postgres.revisions import VERSIONS, head, revisions

Db = Callable[..., Result]


@pytest.fixture
def db(monkeypatch: pytest.MonkeyPatch) -> Db:
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()

    def invoke(*arguments: object) -> Result:
        return runner.invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return invoke


def kept(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [int(n) for (n,) in connection.execute("SELECT n FROM kept ORDER BY 1")]


def ours(url: str) -> str:
    """Make a database of Holdfast's newest schema with a table of a test's in it."""
    migrate(url)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    return url


def test_a_life_of_the_embedded_server(db: Db, data: Path) -> None:
    started = db("start", "--data", data)
    assert started.exit_code == 0
    assert f"starting PostgreSQL in {data}" in started.stderr
    assert f"data  {data}\n" in started.stdout
    assert "postgresql://" in started.stdout
    shown = json.loads(db("status", "--data", data, "--json").stdout)
    assert (shown["server"], shown["running"], shown["data"]) == ("embedded", True, str(data))
    migrated = json.loads(db("migrate", "--data", data, "--json").stdout)
    assert migrated["revision"] == head()
    assert db("stop", "--data", data).stdout == "stopped  yes\n"
    assert db("stop", "--data", data).stdout == "stopped  no\n"
    assert json.loads(db("status", "--data", data, "--json").stdout)["running"] is False


@pytest.mark.parametrize("content", [None, b"no backup"])
def test_a_file_that_is_no_backup_is_refused_before_a_server_is_made(
    db: Db, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    refused = db("restore", file, "--data", tmp_path / "data")
    assert refused.exit_code == 1
    assert ("[file_unusable]" if content is None else "[backup_damaged]") in refused.stderr
    assert "starting PostgreSQL" not in refused.stderr
    assert not (tmp_path / "data").exists()


def test_the_folder_is_named_by_the_environment(db: Db, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_DATA", str(data))
    assert json.loads(db("status", "--json").stdout)["data"] == str(data)


def test_backup_and_restore(db: Db, database_url: str, tmp_path: Path) -> None:
    url, file = ours(database_url), tmp_path / "holdfast.backup"
    written = db("backup", file, "--database-url", url, "--json")
    assert written.exit_code == 0
    assert json.loads(written.stdout)["file_bytes"] == file.stat().st_size
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO kept VALUES (8)")
    refused = db("restore", file, "--database-url", url)
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "[database_not_empty]" in refused.stderr
    assert kept(url) == [7, 8]
    restored = db("restore", file, "--database-url", url, "--replace")
    assert restored.exit_code == 0
    assert "replaced   yes\n" in restored.stdout
    assert kept(url) == [7]


def test_a_damaged_backup_is_refused(db: Db, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "damaged"
    file.write_bytes(b"PGDMP and then nothing")
    refused = db("restore", file, "--database-url", ours(database_url), "--replace")
    assert refused.exit_code == 1
    assert "[backup_damaged]" in refused.stderr
    assert kept(database_url) == [7]


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_server_of_ones_own_is_left_alone(db: Db, postgres_url: str, command: str) -> None:
    refused = db(command, "--database-url", postgres_url, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refusal"]["code"] == "not_embedded"


def test_a_refusal_is_one_document_too(db: Db) -> None:
    refused = db("status", "--database-url", "postgresql://u:secret@127.0.0.1:1/d", "--json")
    assert refused.exit_code == 4
    assert json.loads(refused.stdout)["refusal"].keys() == {
        "code",
        "sort",
        "what",
        "what_zh",
        "where",
        "fix",
        "fix_zh",
    }
    assert "secret" not in refused.stdout + refused.stderr


@pytest.mark.parametrize("arguments", [["begin"], ["backup"], ["start", "--dta", "x"]])
def test_wrong_use_has_a_code_of_its_own(db: Db, arguments: list[str]) -> None:
    assert db(*arguments).exit_code == 2


def test_stdout_is_clean_and_nothing_warns(data: Path) -> None:
    script = "from holdfast.cli.db import app; app()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, "start", "--json", "--data", data],
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["data"] == str(data)
    assert "Warning" not in done.stderr


def test_a_replays_schema_is_migrated_by_its_name_and_a_wrong_name_makes_none(
    db: Db, database_url: str, tmp_path: Path
) -> None:
    for file in VERSIONS.glob("0*.py"):
        if file.name <= "0003_zzz":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    migrate(database_url, "replay_1_full", versions=tmp_path)
    where = ("--database-url", database_url, "--json")
    done = db("migrate", *where, "--schema", "replay_1_full")
    assert json.loads(done.stdout) == {"applied": list(revisions()[3:]), "revision": head()}
    wrong = db("migrate", *where, "--schema", "replay_1_fool")
    assert json.loads(wrong.stdout)["refusal"]["code"] == "database_empty"
    with psycopg.connect(database_url) as connection:
        query = "SELECT count(*) FROM pg_namespace WHERE nspname = 'replay_1_fool'"
        assert connection.execute(query).fetchone() == (0,)
