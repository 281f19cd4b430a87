"""`holdfast lab attack`: what it prints, its exit codes, and Ctrl-C."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from typer.testing import CliRunner, Result

from holdfast.cli import app
from waiting import GUARD_SECONDS, wait_for


def invoke(folder: Path, *words: str) -> Result:
    fixed = ("--data", str(folder), "--processes", "1", "--quiet")
    return CliRunner().invoke(app, ["lab", "attack", *words, *fixed])


LAX = ("--policy", "delivery_plus(0)", "--as", "full", "--trials", "20")


def test_a_broken_promise_is_told_in_words_and_ends_with_1(tmp_path: Path) -> None:
    shown = invoke(tmp_path, *LAX)
    assert shown.exit_code == 1, shown.stderr
    for part in ("20 trials", "BROKEN 承诺被打破: window_paid", "VANISHES", "came 实际"):
        assert part in shown.stdout
    assert list((tmp_path / "lab").iterdir()) == []


def test_the_same_as_json(tmp_path: Path) -> None:
    shown = invoke(tmp_path, *LAX, "--json", "--seed", "3")
    assert shown.exit_code == 1, shown.stderr
    document = json.loads(shown.stdout)
    [policy] = document["policies"]
    assert (document["broken"], document["seed"], policy["trials"]) == (True, 3, 20)
    find = policy["finds"][0]
    assert find["schedule"]["steps"]
    assert find["found"]["came_minor"] != find["found"]["promised_minor"]


def test_no_break_ends_with_0(tmp_path: Path) -> None:
    shown = invoke(tmp_path, "--policy", "delivery_plus(7)", "--trials", "4")
    assert (shown.exit_code, "No break was found 未发现违约" in shown.stdout) == (0, True), shown.output


def test_a_policy_that_is_none_is_refused(tmp_path: Path) -> None:
    for words in (("--policy", "fulll"), ("--policy", "full", "--as", "fulll")):
        shown = invoke(tmp_path, *words)
        assert (shown.exit_code, "bad_release_policy" in shown.stderr) == (1, True)


def test_ctrl_c_ends_it_with_130(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from holdfast.cli import main; main()",
        *("lab", "attack", "--trials", "1000000", "--processes", "2", "--quiet", "--data", str(tmp_path)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: bool(psutil.Process(process.pid).children()), lambda: process.poll() is None)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=GUARD_SECONDS)
    assert (process.returncode, "goes on there" in errors) == (130, True), errors
