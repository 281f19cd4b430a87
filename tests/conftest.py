"""A real PostgreSQL for the tests: one server a worker, one fresh database a test.

Beside it: servers of a test's own, in folders that other accounts can enter, and revisions made for a test.
"""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from databases import OWN, fresh_database, name_of
from holdfast.postgres.migrate import migrate
from holdfast.server import database
from thorough import EXPLORING, examples

WriteRevision = Callable[[str, str], None]

# How fast the machine is says nothing about what is tested. A folder may serve all examples of a test.
_PASSED_OVER = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "holdfast",
    deadline=None,
    suppress_health_check=_PASSED_OVER,
    max_examples=examples(100),
    derandomize=not EXPLORING,
)
settings.load_profile("holdfast")

# Where the tests were started in the background, SIGINT is ignored, and every program started from here would
# inherit that: those that are to be interrupted could not be.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an embedded server of this worker's own, stopped and removed at the end.

    With `HOLDFAST_TEST_DATABASE_URL`, of a database of this worker's own there; the server stays as it is.
    """
    if OWN is not None:
        with fresh_database(OWN) as url:
            yield url
        return
    # Not under pytest's temporary folder: it is closed to other accounts, and root's server runs as another.
    folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
    data = folder / "postgres"
    url = database.start(data)
    # Processes are killed here, machines are not: what the system was handed is there again without `fsync`.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    database.stop(data)
    shutil.rmtree(folder)


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """The address of an empty database, dropped when the test ends."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def with_schema(postgres_url: str) -> Iterator[str]:
    """The name of a database with the schema, to be copied: to migrate takes far longer."""
    with fresh_database(postgres_url) as url:
        migrate(url)
        yield name_of(url)


@pytest.fixture
def migrated_url(postgres_url: str, with_schema: str) -> Iterator[str]:
    """The address of a database with the schema and no rows, dropped when the test ends."""
    with fresh_database(postgres_url, with_schema) as url:
        yield url


def _need_embedded() -> None:
    if OWN is not None:
        pytest.skip("needs the embedded server, and HOLDFAST_TEST_DATABASE_URL names another")


@pytest.fixture
def embedded() -> None:
    """Skip what needs the embedded server itself, where tests are to use another one."""
    _need_embedded()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder outside of pytest's, which only its owner may enter."""
    path = Path(tempfile.mkdtemp(prefix="holdfast-tests-")).resolve()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def data(folder: Path) -> Iterator[Path]:
    """A data folder that is not made yet; its server is stopped when the test ends."""
    _need_embedded()
    path = folder / "postgres"
    yield path
    database.stop(path)


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A data folder whose database is made, and whose server is stopped; for copies."""
    _need_embedded()
    folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-")).resolve()
    database.start(folder / "postgres")
    database.stop(folder / "postgres")
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
