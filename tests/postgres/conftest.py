"""Folders that other accounts can enter, servers that are stopped, and revisions made up for a test."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import rush

from holdfast.kernel.ids import Ids
from holdfast.postgres import server
from holdfast.postgres.home import Postgres

WriteRevision = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder outside of pytest's, which only its owner may enter."""
    path = Path(tempfile.mkdtemp(prefix="holdfast-tests-")).resolve()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def data(folder: Path) -> Iterator[Path]:
    """A data folder that is not made yet; its server is stopped when the test ends."""
    path = folder / "postgres"
    yield path
    server.stop(path)


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A data folder whose database is made, and whose server is stopped; for copies."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-")).resolve()
    server.start(folder / "postgres")
    server.stop(folder / "postgres")
    yield folder / "postgres"
    shutil.rmtree(folder)


@pytest.fixture
def made(data: Path, made_once: Path) -> Path:
    """A data folder whose database is made already, which takes longer than to copy it."""
    subprocess.run(["cp", "-a", made_once, data], check=True)
    return data


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """An empty folder of revisions."""
    path = tmp_path / "versions"
    path.mkdir()
    return path


@pytest.fixture
def write_revision(versions: Path) -> WriteRevision:
    """Write a revision that runs one statement after the one before it."""

    def write(revision: str, statement: str) -> None:
        number = int(revision)
        before = f"{number - 1:04}" if number > 1 else None
        (versions / f"{revision}_made_up.py").write_text(
            "from alembic import op\n"
            f"revision = {revision!r}\n"
            f"down_revision = {before!r}\n"
            "def upgrade() -> None:\n"
            f"    op.execute({statement!r})\n"
        )

    return write


@pytest.fixture
def one_revision(versions: Path, write_revision: WriteRevision) -> Path:
    """A folder with one revision, which makes a table of payments."""
    write_revision("0001", "CREATE TABLE payments (id int PRIMARY KEY, note text)")
    return versions


@pytest.fixture
def rushed(database_url: str) -> Iterator[Postgres]:
    """A home in an empty database, with the parties and accounts of a rush of several processes."""
    with Postgres.open(database_url, ids=Ids(Random(99))) as home:
        rush.prepare(home)
        yield home
