"""Jobs: the same whatever the number of processes, kept when finished, and lost with nobody."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from small import small

from few_shops import few_shops
from holdfast.lab.jobs import JobLost, Kept, Tell, digest_of, perform_all, processors, untold
from holdfast.lab.results import RunFigures
from holdfast.lab.runs import Simulate
from holdfast.policy_files.reading import named
from waiting import GUARD_SECONDS, wait_for


class Found(msgspec.Struct, frozen=True):
    """What a job of these tests finds."""

    number: int
    process: int


class Note(msgspec.Struct, frozen=True):
    """A job that notes in a folder that it was performed, and may end its process."""

    folder: str
    number: int
    deadly: bool = False

    @property
    def name(self) -> str:
        return f"note {self.number}"

    @property
    def digest(self) -> str:
        return digest_of("note", self.number)

    def perform(self, tell: Tell) -> Found:
        tell(0.5)
        (Path(self.folder) / f"{self.number}.{time.time_ns()}").touch()
        if self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return Found(self.number, os.getpid())


def performed(folder: Path) -> list[int]:
    return sorted(int(path.name.partition(".")[0]) for path in folder.iterdir())


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


@pytest.mark.parametrize("processes", [1, 2])
def test_jobs_answer_in_their_order_and_what_is_kept_is_not_done_again(
    tmp_path: Path, notes: Path, processes: int
) -> None:
    kept, shares = Kept(tmp_path / "kept"), list[float]()
    jobs = [Note(str(notes), number) for number in range(5)]
    perform_all(jobs[:2], Found, processes, kept, untold)
    found = perform_all(jobs, Found, processes, kept, shares.append)
    assert [one.number for one in found] == list(range(5))
    assert performed(notes) == list(range(5))
    assert (shares[0], shares[-1]) == (0.4, pytest.approx(1.0))
    assert shares == sorted(shares)
    if processes == 1:
        assert shares == pytest.approx([0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    kept.forget()
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_file_that_cannot_be_read_counts_as_not_done(tmp_path: Path, notes: Path) -> None:
    kept = Kept(tmp_path / "kept")
    job = Note(str(notes), 1)
    perform_all([job], Found, 1, kept, untold)
    for path in (tmp_path / "kept").iterdir():
        path.write_bytes(path.read_bytes()[:-3])
    assert perform_all([job], Found, 1, kept, untold)[0].number == 1
    assert performed(notes) == [1, 1]


def test_a_process_that_is_killed_is_told_and_what_was_finished_stays(tmp_path: Path, notes: Path) -> None:
    kept = Kept(tmp_path / "kept")
    jobs = [Note(str(notes), 0), Note(str(notes), 1), Note(str(notes), 2, deadly=True)]
    perform_all(jobs[:2], Found, 2, kept, untold)
    with pytest.raises(JobLost, match="job_lost"):
        perform_all([*jobs, Note(str(notes), 3)], Found, 2, kept, untold)
    assert kept.find(jobs[0], Found) is not None
    assert kept.find(jobs[2], Found) is None


def test_runs_are_the_same_in_one_process_and_in_two(tmp_path: Path) -> None:
    market, policy = small(), named("covered(0.95)")
    jobs = [Simulate(market, policy, "c", 3, number) for number in range(3)]
    alone = perform_all(jobs, RunFigures, 1, Kept(tmp_path / "1"), untold)
    together = perform_all(jobs, RunFigures, 2, Kept(tmp_path / "2"), untold)
    assert [one.facts_sha256 for one in alone] == [one.facts_sha256 for one in together]
    assert [msgspec.structs.replace(one, seconds=0) for one in alone] == [
        msgspec.structs.replace(one, seconds=0) for one in together
    ]


def test_what_an_interrupted_run_finished_is_gone_on_from(tmp_path: Path) -> None:
    """Ctrl-C in the midst: it ends at once, with code 130, and the next run needs less."""
    command = [
        sys.executable,
        "-c",
        "from holdfast.cli import main; main()",
        *("lab", "run", "--policy", "full", "--runs", "2000", "--processes", "2", "--quiet", "--json"),
        *("--market", str(few_shops(tmp_path / "few.toml")), "--data", str(tmp_path)),
    ]
    folder = tmp_path / "lab"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for(lambda: list(folder.glob("*.json")) != [], lambda: process.poll() is None)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=GUARD_SECONDS)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "goes on there" in errors
    assert list(folder.glob("*.json"))
    assert processors() >= 1
