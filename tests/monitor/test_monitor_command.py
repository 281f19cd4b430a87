"""`holdfast monitor` as people meet it: words, exit codes, --json, openings, and how much memory it takes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logs import (
    POLICY,
    Written,
    entries,
    fault_codes,
    logged,
    opening_of,
    openings_in,
    run,
    serving,
    written,
)
from test_market_rules import CLAIMED, decided, opened, paid, placed
from typer.testing import CliRunner, Result

from holdfast.cli import app
from holdfast.kernel.clock import DAY
from holdfast.monitor.rules import Rule
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.leaf import Leaf
from holdfast.trail.note import with_signatures

Monitor = Callable[..., Result]

MEASURE = """
import sys
from pathlib import Path
from holdfast.monitor.trusted import trust_in
from holdfast.monitor.watch import Asked, watch
log, policy, folder, *more = sys.argv[1:]
report = watch(Asked(log, trust_in(Path(policy)), Path(folder), (), Path(more[0]) if more else None))
assert report.fine, str(report.refusal)
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    policy = tmp_path / "policy"
    policy.write_bytes(POLICY)

    def invoke(log: object, *more: object) -> Result:
        given = ["monitor", log, "--policy", policy, "--state", tmp_path / "state", *more]
        return CliRunner().invoke(app, [str(one) for one in given], catch_exceptions=False)

    return invoke


def test_a_log_that_is_fine(tmp_path: Path, monitor: Monitor) -> None:
    log = written(tmp_path / "log", 300)
    with serving(log.path) as (url, _):
        found = monitor(url, "--compare", log.path)
    assert found.exit_code == 0
    assert "✓ 日志 log.example/holdfast 的 300 条记录（其中新增 300 条）正好得出其签名的根。" in found.stdout
    assert "  The 300 entries of log.example/holdfast, 300 of them new, lead to the root" in found.stdout
    assert "? 没有见证人签署" in found.stdout
    assert "✗" not in found.stdout
    assert found.stderr == ""


def test_the_folder_of_a_log_and_that_of_its_files_are_one_place(tmp_path: Path, monitor: Monitor) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    log = written(kept / "log", 300)
    assert "300 条记录" in monitor(kept).stdout
    found = monitor(log.path, "--compare", kept)
    assert (found.exit_code, found.stderr) == (0, "")
    (kept / "log" / "checkpoint").unlink()
    assert "log/checkpoint: it is not there" in monitor(kept).stderr


def test_a_log_that_was_changed(tmp_path: Path, monitor: Monitor) -> None:
    log = written(tmp_path / "log", 300)
    log.flip("tile/0/000", 9)
    found = monitor(log.path)
    assert found.exit_code == 1
    assert "✓" not in found.stdout
    assert "日志没有通过核对" in found.stdout
    assert "tile/0/000" in found.stderr
    assert "[log_tiles_differ]" in found.stderr
    document = json.loads(monitor(log.path, "--json").stdout)
    assert document["refusal"]["code"] == "log_tiles_differ"
    assert (document["size"], document["faults"]) == (None, [])


def test_a_conflict(tmp_path: Path, monitor: Monitor) -> None:
    log, fork = written(tmp_path / "log", 300), written(tmp_path / "fork", 300, "fork")
    found = monitor(log.path, "--compare", fork.path)
    assert found.exit_code == 1
    assert "✗ 日志签署了互相矛盾的两个状态" in found.stdout
    assert str(tmp_path / "state" / "conflicts") in found.stdout
    document = json.loads(monitor(log.path, "--compare", fork.path, "--json").stdout)
    assert [fault["code"] for fault in document["faults"]] == ["conflict"]
    assert (document["origin"], document["size"]) == ("log.example/holdfast", 300)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (b"", "bad_trust_policy"),
        (b"\x80", "bad_trust_policy"),
        (b"log \x80+00000000+AQ== \nquorum none\n", "bad_trust_policy"),
        (b"quorum none\n" + b"#" * 100_000, "file_wrong"),
        (b"quorum none\n", "untrusted"),
        (None, "input_output_failed"),
    ],
)
def test_a_policy_that_is_none(tmp_path: Path, policy: bytes | None, code: str) -> None:
    log = written(tmp_path / "log", 3)
    file = tmp_path / "p"
    if policy is not None:
        file.write_bytes(policy)
    given = ["monitor", str(log.path), "--policy", str(file), "--state", str(tmp_path / "s")]
    found = CliRunner().invoke(app, given, catch_exceptions=False)
    assert found.exit_code == 1
    assert f"[{code}]" in found.stderr


def test_a_state_that_cannot_be_written(tmp_path: Path, monitor: Monitor) -> None:
    log = written(tmp_path / "log", 3)
    (tmp_path / "state").write_text("a file")
    found = monitor(log.path)
    assert found.exit_code == 1
    assert "[input_output_failed]" in found.stderr


def test_witnesses_are_named(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 3)
    witness = WitnessSigner("witness.example/w", Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
    policy = tmp_path / "p"
    policy.write_bytes(
        POLICY.replace(b"quorum none", b"witness w " + witness.verifier.encode().encode() + b"\nquorum w")
    )
    given = ["monitor", str(log.path), "--policy", str(policy), "--state", str(tmp_path / "s")]
    found = CliRunner().invoke(app, given, catch_exceptions=False)
    assert "[untrusted]" in found.stderr
    note = log.note()
    log.folder.write(CHECKPOINT, with_signatures(note, [witness.sign(note.text, 1_790_000_000)]).encode())
    found = CliRunner().invoke(app, given, catch_exceptions=False)
    assert (found.exit_code, "✓ 见证人 w 也签署了这一状态" in found.stdout) == (0, True)


def test_openings_of_every_fact(tmp_path: Path, monitor: Monitor) -> None:
    facts = CLAIMED[2]
    log, found = logged(tmp_path / "log", facts)
    file = openings_in(tmp_path / "o.jsonl", reversed(found))  # in the order of the log, whatever the file's
    result = monitor(log.path, "--openings", file)
    assert result.exit_code == 0
    assert "✓ 每个索赔先提出、只裁定一次：成立（已核对 4 / 4 条）。" in result.stdout
    assert "were not opened" not in result.stdout
    openings_in(file, [*found[:2], *found[:2]])
    result = monitor(log.path, "--openings", file)
    assert result.exit_code == 0
    assert "2 facts were not opened: nothing is proven" in result.stdout


def test_openings_that_break_a_rule(tmp_path: Path, monitor: Monitor) -> None:
    broken = [opened(1), decided(2, "ClaimRejected"), decided(3, "ClaimUpheld")]
    log, found = logged(tmp_path / "log", broken)
    result = monitor(log.path, "--openings", openings_in(tmp_path / "o", found), "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    [fault] = document["faults"]
    assert (fault["code"], fault["shown_by"]) == (Rule.ONE_RULING.value, ["f2", "f3"])
    assert document["refusal"] is None


def test_an_order_that_does_not_end_by_the_last_fact_of_the_log(tmp_path: Path, monitor: Monitor) -> None:
    later = Leaf("PolicyAdopted", 31 * DAY, "ab" * 16, "cd" * 32).encode()
    log, found = logged(tmp_path / "log", [placed()])
    log.append([later])
    file = openings_in(tmp_path / "o", found)
    assert monitor(log.path, "--openings", file).exit_code == 0
    assert monitor(log.path, "--openings", file, "--ended-within", 31).exit_code == 0
    result = monitor(log.path, "--openings", file, "--ended-within", 30)
    assert result.exit_code == 1
    assert "order o1 has not ended within 30 days" in result.stdout


def test_an_opening_of_a_leaf_that_does_not_stand_in_the_log(tmp_path: Path, monitor: Monitor) -> None:
    log, found = logged(tmp_path / "log", [opened(1)])
    other = opening_of(opened(9))
    result = monitor(log.path, "--openings", openings_in(tmp_path / "o", [*found, other]))
    assert result.exit_code == 1
    assert "opening_not_in_log" in result.stdout
    assert "1 / 1" in result.stdout
    assert "line 2" in result.stdout


def test_a_fact_that_writes_to_the_terminal_is_made_harmless(tmp_path: Path, monitor: Monitor) -> None:
    log, _ = logged(tmp_path / "log", [opened(1)])
    other = opening_of(opened(2) | {"id": "\x1b[2J\u202e"})
    result = monitor(log.path, "--openings", openings_in(tmp_path / "o", [other]))
    assert result.exit_code == 1
    assert "?[2J?" in result.stdout
    assert "\x1b" not in result.stdout


def opening_for_another_leaf() -> bytes:
    one, two = opening_of(opened(1)), opening_of(opened(2))
    return one._replace(leaf=two.leaf).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (opening_for_another_leaf(), "line 1: this body is not the one that was logged"),
        (b"\n\n{}", "line 3: an opening has"),
        (b"[" * 5_000, "line 1: the opening is not JSON"),
        (b" " * 1_000_001 + b"x", "line 1: an opening of"),
        (b"\xff", "line 1: the opening is not JSON"),
    ],
)
def test_openings_that_are_none(tmp_path: Path, monitor: Monitor, data: bytes, reason: str) -> None:
    log = written(tmp_path / "log", 3)
    (tmp_path / "o").write_bytes(data)
    found = monitor(log.path, "--openings", tmp_path / "o")
    assert found.exit_code == 1
    assert reason in found.stderr
    assert "[bad_openings]" in found.stderr
    assert "[bad_openings]" in monitor(log.path, "--openings", tmp_path / "nowhere").stderr


def test_tiles_that_do_not_lead_to_the_root_place_no_opening(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 600)
    assert run(log.path, tmp_path / "state").fine
    log.flip("tile/0/000", 5)
    file = openings_in(tmp_path / "o", [opening_of(opened(1))])
    report = run(log.path, tmp_path / "state", openings=file)
    assert report.refusal is not None
    assert report.refusal.code == "log_tiles_differ"
    assert fault_codes(report) == []


def test_more_faults_than_are_listed_are_counted(tmp_path: Path, monitor: Monitor) -> None:
    log, found = logged(tmp_path / "log", [paid(number, 1, claim=f"k{number}") for number in range(1_005)])
    result = monitor(log.path, "--openings", openings_in(tmp_path / "o", found))
    assert "And 985 more." in result.stdout
    report = run(log.path, tmp_path / "state", openings=tmp_path / "o")
    assert (len(report.faults), report.unlisted, report.fine) == (1_000, 5, False)


def measured(tmp_path: Path, log: Written, *more: Path) -> int:
    """The greatest size in memory, in MB, of a monitor that finds all fine; without the other commands."""
    (tmp_path / "policy").write_bytes(POLICY)
    given = [log.path, tmp_path / "policy", tmp_path / "s", *more]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, given)], capture_output=True, text=True, check=True
    )
    return int(done.stdout) // 1024


def test_memory_stays_small_with_the_largest_bundle(tmp_path: Path) -> None:
    largest = [Leaf("K" * 65_386, 5, f"{n:032x}", "c" * 64).encode() for n in range(256)]
    assert 65_500 < len(largest[0]) <= 65_535
    log = Written(tmp_path / "log").append(largest)
    assert measured(tmp_path, log) < 100


def test_memory_stays_small_with_many_openings(tmp_path: Path) -> None:
    log, found = logged(tmp_path / "log", [placed(n) for n in range(6_000)])
    log.append(entries(20_000))
    assert measured(tmp_path, log, openings_in(tmp_path / "o", found)) < 50
