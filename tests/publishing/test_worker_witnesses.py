"""The worker on a real database among witnesses that fail, and after its head was lost: it says what is."""

import json
import shutil
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from attacking import NOW, Operator, running
from holdfast.cli import app
from holdfast.kernel.clock import SECOND, SimulatedClock
from holdfast.kernel.refusal import Refusal
from holdfast.postgres.home import Postgres
from holdfast.publishing import place
from holdfast.publishing.head import UNSIGNED
from holdfast.publishing.receipts import Published
from holdfast.publishing.worker import Worker
from holdfast.trail import checkpoint, note
from lying import Liar, lying

CLOCK = SimulatedClock(NOW * SECOND)


@contextmanager
def beside(folder: Path, word: str) -> Generator[tuple[Operator, Liar]]:
    with lying(word) as liar, running(folder, more=(liar.line,)) as log:
        yield log, liar


def worker(log: Operator, url: str, said: list[str]) -> Worker:
    return Worker(log.where, url, None, said.append, CLOCK)


def status(log: Operator, url: str, *more: str) -> str:
    arguments = ["trail", "status", str(log.where.path), "--database-url", url, *more]
    told = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.stdout


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("huge", "witness_unproven"),
        ("422", "witness_unproven"),
        ("409", "witness_unproven"),
        ("hold", "witness_slow"),
        ("drip", "witness_slow"),
    ],
)
def test_it_goes_on_beside_a_witness_that_fails_and_tells_it(
    home: Postgres, database_url: str, tmp_path: Path, word: str, code: str
) -> None:
    with beside(tmp_path, word) as (log, liar):
        assert "witness         w3 was not asked yet" in status(log, database_url)
        said = list[str]()
        facts = sum(1 for _ in home.facts())
        assert worker(log, database_url, said).once().published == facts
        assert [one for one in said if one.startswith("w3: ") and code in one] == said
        told = status(log, database_url)
        assert "witness         w1 cosigns" in told
        assert f"witness         w3 fails since 2026-09-21T14:13:20Z: {liar.url}: " in told
        assert code in told
        found = json.loads(status(log, database_url, "--json"))
        assert [one["failing"] is None for one in found["witnesses"]] == [True, True, False]
        assert found["cosigned_by"] == ["w1", "w2"]
        liar.word = "honest"
        liar.stop.set()
        again = worker(log, database_url, said)
        assert again.once().published == facts
        assert "witness         w3 cosigns" in status(log, database_url)


def restored(log: Operator, url: str) -> None:
    """Keys from a copy, head and files lost, the database of before the first publishing."""
    (log.where.private / "head").unlink()
    shutil.rmtree(log.where.log)
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE trail_leaves, trail_batches")
        connection.execute("UPDATE trail_head SET size = 0, hashes = '', log = NULL")
        connection.execute("DELETE FROM cursors")


def test_with_head_and_folder_lost_nothing_is_signed(
    home: Postgres, database_url: str, tmp_path: Path
) -> None:
    with beside(tmp_path, "hold") as (log, liar):
        assert worker(log, database_url, []).once().published == sum(1 for _ in home.facts())
        head = log.signed()
        restored(log, database_url)
        asked = len(liar.asked)
        witnesses = {path: path.read_bytes() for path in tmp_path.glob("witness.example-*/logs/*")}
        said = list[str]()
        for act in (
            worker(log, database_url, said).once,
            lambda: worker(log, database_url, said).run(threading.Event()),
        ):
            with pytest.raises(Refusal, match="witness_ahead") as found:
                act()
            assert "Do not publish. Restore the newest head" in str(found.value)
            assert log.where.head().read() is None
            assert not log.where.log.exists()
        assert {checkpoint.of(one).size for one in liar.asked[asked:]} <= {0}
        assert {path: path.read_bytes() for path in witnesses} == witnesses
        assert not list(tmp_path.glob("witness.example-*/conflicts"))
        (kept,) = (log.where.private / "shown").iterdir()
        assert note.parse(kept.read_bytes()).text == head.text
        # What is kept is a head: put back, it says what else is missing.
        (log.where.private / "head").write_bytes(kept.read_bytes())
        with pytest.raises(Refusal, match="head_ahead"):
            worker(log, database_url, []).once()


def test_a_lost_head_waits_for_witnesses_that_are_away(
    home: Postgres, database_url: str, tmp_path: Path
) -> None:
    with running(tmp_path) as log:
        worker(log, database_url, []).once()
        restored(log, database_url)
        policy = log.where.path / place.POLICY
        text = policy.read_text()
        policy.write_text(text.replace(log.where.urls["w1"], "http://127.0.0.1:9"))
        away = log._replace(where=place.load(log.where.path))
        shutil.rmtree(tmp_path / "witness.example-w2" / "logs")  # and the other has forgotten
        with pytest.raises(Refusal, match="head_unknown"):
            worker(away, database_url, []).once()
        assert log.where.head().read() is None
        assert list(home.facts())


def test_a_log_that_was_made_and_never_run_begins(home: Postgres, database_url: str, tmp_path: Path) -> None:
    with running(tmp_path) as log:
        assert log.where.head().read() == UNSIGNED
        (log.where.private / "head").unlink()  # the machine stopped before it was written
        worker(log, database_url, []).once()
        assert Published(log.where.store(), log.trust).size == sum(1 for _ in home.facts())
