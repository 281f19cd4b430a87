"""Backups come back whole, and a restore that fails leaves the data as it was."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from databases import fresh_database
from holdfast.postgres.migrate import migrate
from holdfast.postgres.refusals import DatabaseEmpty, DatabaseForeign
from holdfast.postgres.revisions import VERSION_TABLE
from holdfast.server.archive import seal, verify
from holdfast.server.backup import backup
from holdfast.server.refusals import (
    BackupAhead,
    BackupDamaged,
    DatabaseInUse,
    DatabaseNotEmpty,
    FileExists,
    FileUnusable,
    LeftoverDatabase,
    RestoreFailed,
)
from holdfast.server.restore import Restored, beside, restore


def quiet(_text: str) -> None:
    """Tell nobody."""


@pytest.fixture
def filled(database_url: str, one_revision: Path) -> str:
    """A migrated database with payments in it."""
    migrate(database_url, versions=one_revision)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO payments SELECT n, '稳付 ' || md5(n::text) FROM generate_series(1, 5000) n"
        )
    return database_url


@pytest.fixture
def file(filled: str, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "holdfast.backup"
    backup(filled, path, say=quiet)
    return path


@pytest.fixture
def put_back(one_revision: Path) -> Callable[..., Restored]:
    """Restore with the made-up revisions known."""

    def put(url: str, file: Path, *, replace: bool = False) -> Restored:
        return restore(url, file, replace=replace, say=quiet, versions=one_revision)

    return put


def digest(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT count(*), md5(string_agg(id || note, ',' ORDER BY id)) FROM payments"
        ).fetchone()


def databases(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {str(name) for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_a_backup_replaces_what_came_after_it(
    filled: str, file: Path, put_back: Callable[..., Restored]
) -> None:
    before, around = digest(filled), databases(filled)
    with psycopg.connect(filled) as connection:
        connection.execute("DELETE FROM payments WHERE id > 10")
        connection.execute("CREATE SCHEMA later; CREATE TABLE later.more (n int)")
    restored = put_back(filled, file, replace=True)
    assert restored.replaced
    assert restored.revisions == {"public": "0001"}
    assert restored.tables == 2
    assert digest(filled) == before
    assert databases(filled) == around
    with psycopg.connect(filled) as connection:
        assert connection.execute("SELECT to_regclass('later.more')").fetchone() == (None,)
        assert connection.execute("SELECT reltuples FROM pg_class WHERE relname = 'payments'").fetchone() == (
            5000,
        )


def test_the_restored_database_is_of_the_same_locale(
    filled: str, file: Path, put_back: Callable[..., Restored]
) -> None:
    wanted = (
        "SELECT encoding, datlocprovider, datcollate, datctype, datlocale FROM pg_database "
        "WHERE datname = current_database()"
    )
    with psycopg.connect(filled) as connection:
        before = connection.execute(wanted).fetchone()
    put_back(filled, file, replace=True)
    with psycopg.connect(filled) as connection:
        assert connection.execute(wanted).fetchone() == before


def test_an_empty_database_needs_no_leave(
    filled: str, file: Path, put_back: Callable[..., Restored], postgres_url: str
) -> None:
    before = digest(filled)
    with fresh_database(postgres_url) as elsewhere:
        assert not put_back(elsewhere, file).replaced
        assert digest(elsewhere) == before


def test_a_backup_keeps_replays_in_schemas_of_their_own(
    database_url: str, one_revision: Path, tmp_path: Path, put_back: Callable[..., Restored]
) -> None:
    migrate(database_url, "replay_1", versions=one_revision)
    assert backup(database_url, tmp_path / "f", say=quiet).revisions == {"replay_1": "0001"}
    assert put_back(database_url, tmp_path / "f", replace=True).revisions == {"replay_1": "0001"}


def test_a_backup_never_overwrites(filled: str, file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(FileExists):
        backup(filled, file, say=quiet)
    assert file.read_bytes() == before
    (tmp_path / "other.partial").write_text("being written")
    with pytest.raises(FileExists, match="another backup"):
        backup(filled, tmp_path / "other", say=quiet)
    assert (tmp_path / "other.partial").read_text() == "being written"
    assert sorted(entry.name for entry in tmp_path.glob("*partial")) == ["other.partial"]


def test_a_backup_is_for_its_owners_eyes(file: Path) -> None:
    assert file.stat().st_mode & 0o077 == 0


def test_there_is_nothing_to_back_up_in_a_database_that_is_not_ours(
    database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(DatabaseEmpty):
        backup(database_url, tmp_path / "f", say=quiet)
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE invoices (n int)")
    with pytest.raises(DatabaseForeign):
        backup(database_url, tmp_path / "f", say=quiet)
    assert list(tmp_path.glob("f*")) == []


def test_a_folder_that_is_not_there_is_refused(
    filled: str, tmp_path: Path, put_back: Callable[..., Restored]
) -> None:
    with pytest.raises(FileUnusable):
        backup(filled, tmp_path / "no" / "f", say=quiet)
    with pytest.raises(FileUnusable):
        put_back(filled, tmp_path / "no" / "f", replace=True)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_that_is_cut_short_is_refused(
    filled: str, file: Path, put_back: Callable[..., Restored], share: float
) -> None:
    before = digest(filled)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BackupDamaged):
        put_back(filled, file, replace=True)
    assert digest(filled) == before


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8])
def test_a_file_with_one_changed_bit_is_refused(
    filled: str, file: Path, put_back: Callable[..., Restored], share: float
) -> None:
    before = digest(filled)
    content = bytearray(file.read_bytes())
    content[int(len(content) * share)] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupDamaged):
        put_back(filled, file, replace=True)
    assert digest(filled) == before


def test_a_restore_that_fails_halfway_leaves_the_data_as_it_was(
    filled: str, file: Path, tmp_path: Path, put_back: Callable[..., Restored]
) -> None:
    before, around = digest(filled), databases(filled)
    label = verify(file)
    damaged = bytearray(file.read_bytes()[: label.archive_bytes])
    middle = len(damaged) // 2
    damaged[middle : middle + 64] = bytes(64)
    resealed = tmp_path / "resealed"
    resealed.write_bytes(damaged)
    seal(resealed, label.server_major, label.revisions)
    with pytest.raises(RestoreFailed):
        put_back(filled, resealed, replace=True)
    assert digest(filled) == before
    assert databases(filled) == around


def test_a_backup_that_is_not_what_its_label_says_is_refused(
    filled: str, file: Path, tmp_path: Path, put_back: Callable[..., Restored]
) -> None:
    before, around = digest(filled), databases(filled)
    label = verify(file)
    relabelled = tmp_path / "relabelled"
    relabelled.write_bytes(file.read_bytes()[: label.archive_bytes])
    seal(relabelled, label.server_major, {"public": "0001", "replay": "0001"})
    with pytest.raises(RestoreFailed, match="label"):
        put_back(filled, relabelled, replace=True)
    assert digest(filled) == before
    assert databases(filled) == around


@pytest.mark.parametrize(
    ("major", "revision", "part"), [(18, "0002", "Holdfast"), (99, "0001", "PostgreSQL")]
)
def test_a_newer_backup_is_refused(
    filled: str,
    file: Path,
    tmp_path: Path,
    put_back: Callable[..., Restored],
    major: int,
    revision: str,
    part: str,
) -> None:
    before = digest(filled)
    newer = tmp_path / "newer"
    newer.write_bytes(file.read_bytes()[: verify(file).archive_bytes])
    seal(newer, major, {"public": revision})
    with pytest.raises(BackupAhead, match=f"newer {part}"):
        put_back(filled, newer, replace=True)
    assert digest(filled) == before


def test_data_is_not_replaced_without_leave(
    filled: str, file: Path, put_back: Callable[..., Restored]
) -> None:
    before = digest(filled)
    with pytest.raises(DatabaseNotEmpty, match=r"public\.payments"):
        put_back(filled, file)
    assert digest(filled) == before


def test_another_applications_data_is_never_replaced(
    filled: str, file: Path, put_back: Callable[..., Restored]
) -> None:
    with psycopg.connect(filled) as connection:
        connection.execute(f"DROP TABLE {VERSION_TABLE}".encode())
    before = digest(filled)
    with pytest.raises(DatabaseForeign):
        put_back(filled, file, replace=True)
    assert digest(filled) == before


def test_a_database_in_use_is_not_replaced(
    filled: str, file: Path, put_back: Callable[..., Restored], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as impatient, psycopg.connect(filled, application_name="the api") as guest:
        impatient.setattr("holdfast.server.restore._LEAVE_SECONDS", 0.0)
        with pytest.raises(DatabaseInUse, match="the api"):
            put_back(filled, file, replace=True)
    assert guest.closed
    assert put_back(filled, file, replace=True).replaced


def test_what_an_interrupted_restore_left_is_not_dropped_unasked(
    filled: str, file: Path, put_back: Callable[..., Restored]
) -> None:
    left = beside(str(conninfo_to_dict(filled)["dbname"]), "restoring")
    with psycopg.connect(filled, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {left}".encode())
    with pytest.raises(LeftoverDatabase, match=left):
        put_back(filled, file, replace=True)
    with psycopg.connect(filled, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {left}".encode())
    assert put_back(filled, file, replace=True).replaced
