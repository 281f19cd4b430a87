"""Ctrl-C at whichever instant of a program: one plain line, exit code 130, and never a traceback."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from thorough import examples
from waiting import GUARD_SECONDS, wait_for

COUNTING = """
import atexit, os, signal, sys
from {module} import main
from holdfast.kernel import interrupt
at, events = int(sys.argv.pop(1)), 0

def count(_event, _what):
    global events
    events += 1
    if events == at:
        os.kill(os.getpid(), signal.SIGINT)

if not at:
    atexit.register(lambda: print("events", events))
interrupt.mind()
sys.addaudithook(count)
main()
"""
"""A program that is interrupted at the event of a number: an import, an opened file; 0 counts them."""

AT_THE_END = """
import atexit, os, signal
from {module} import main
atexit.register(os.kill, os.getpid(), signal.SIGINT)
main()
"""

UNHEARD = """
import os, signal
from pathlib import Path
from holdfast.cli import main
from holdfast.publishing import place

class Late:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        len("the interrupt is raised in here, where nobody hears it")

def make(*_asked):
    late = Late()
    del late
    while True:
        signal.pause()

place.make = make
main()
"""

PARTS = examples(4)


def ran(script: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )


def assert_one_line(done: subprocess.CompletedProcess[str]) -> None:
    """It may come after the answer, or after a refusal."""
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Interrupted. ")
    assert done.stderr.count("Interrupted") == 1


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("holdfast.cli", ["trail", "init", "log", "--origin", "example.com/log"]),
        ("holdfast.cli", ["replay", "nowhere.csv"]),
        ("holdfast.verify.__main__", ["--json", __file__]),
    ],
    ids=["trail", "replay", "verify"],
)
def test_at_any_instant_it_is_one_line_and_130(tmp_path: Path, module: str, arguments: list[str]) -> None:
    script = COUNTING.format(module=module)
    ran(script, "0", *arguments, cwd=tmp_path)  # whoever imports a module first compiles it: more events
    counted = ran(script, "0", *arguments, cwd=tmp_path)
    events = int(counted.stdout.rpartition("events ")[2])
    for part in range(PARTS + 1):
        folder = tmp_path / str(part)
        folder.mkdir()
        at = 1 + part * (events - 1) // PARTS
        assert_one_line(ran(script, str(at), *arguments, cwd=folder))


@pytest.mark.parametrize("module", ["holdfast.cli", "holdfast.verify.__main__"])
def test_before_ctrl_c_is_minded_nothing_is_imported_that_is_slow(module: str) -> None:
    script = (
        "import sys; before = set(sys.modules);"
        f"import {module};"
        "print(*sorted(name for name in set(sys.modules) - before"
        " if name.partition('.')[0] not in sys.stdlib_module_names or name in {'typing', 're'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ours = {"holdfast", "holdfast.kernel", "holdfast.kernel.interrupt", *(module, module.rpartition(".")[0])}
    assert set(done.stdout.split()) == ours


@pytest.mark.parametrize(
    ("module", "arguments"),
    [("holdfast.cli", ["replay", "nowhere.csv"]), ("holdfast.verify.__main__", ["nowhere"])],
)
def test_when_it_has_answered_already(tmp_path: Path, module: str, arguments: list[str]) -> None:
    assert_one_line(ran(AT_THE_END.format(module=module), *arguments, cwd=tmp_path))


def test_where_nobody_could_hear_it_it_is_raised_again(tmp_path: Path) -> None:
    assert_one_line(ran(UNHEARD, "trail", "init", "log", "--origin", "example.com/log", cwd=tmp_path))


def test_where_it_is_ignored_it_stays_ignored(tmp_path: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    script = ignoring + COUNTING.format(module="holdfast.cli")
    done = ran(script, "1", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_while_it_works_on_a_terminal(tmp_path: Path) -> None:
    """It is interrupted when its bars are seen: in the midst of it. Nothing half-written is left."""
    report = tmp_path / "report.html"
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "holdfast.cli", "replay", "demo", "--report", str(report)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as running:
        os.close(theirs)
        seen = b""
        while b"full" not in seen:
            seen += os.read(ours, 4096)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=GUARD_SECONDS)
        after = b""
        while more := _read(ours):
            after += more
    os.close(ours)
    assert (running.returncode, out) == (130, b"")
    assert b"Interrupted. No report was written; run it again." in after
    assert b"Traceback" not in seen + after
    assert list(tmp_path.iterdir()) == []


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


@pytest.mark.parametrize("begun", [2, 3])
def test_children_that_begin_say_nothing(tmp_path: Path, begun: int) -> None:
    """A terminal interrupts all processes of the program, also those that are just being started."""
    command = ["lab", "run", "--policy", "full", "--runs", "40", "--processes", "2", "--quiet"]
    with subprocess.Popen(
        [sys.executable, "-m", "holdfast.cli", *command, "--data", str(tmp_path), "--report", "r.html"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        itself = psutil.Process(running.pid)
        wait_for(lambda: len(itself.children()) >= begun, lambda: running.poll() is None)
        os.killpg(running.pid, signal.SIGINT)
        out, told = running.communicate(timeout=GUARD_SECONDS)
    assert (running.returncode, out) == (130, "")
    assert told.startswith("Interrupted. ")
    assert len(told.splitlines()) == 1
