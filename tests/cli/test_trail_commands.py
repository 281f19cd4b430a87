"""`replay --trail`, `trail`, `receipt`, `erase`: from a market to what a stranger verifies."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_markets import market
from typer.testing import CliRunner, Result

from holdfast.cli import app


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def code(result: Result) -> str:
    """Return the code of a refusal, from its line on stderr or its document on stdout."""
    assert result.exit_code == 1, result.output
    if result.stdout.startswith("{"):
        return json.loads(result.stdout)["refusal"]["code"]
    return result.stderr.rpartition("[")[2].rstrip("]\n")


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


def replayed(tmp_path: Path, *more: object) -> Path:
    log = tmp_path / "trail"
    source = market(tmp_path / "market.csv")
    done = invoke("replay", source, "--policy", "full", "--trail", log, "--quiet", *more)
    assert done.exit_code == 0, done.output
    return log


def verified(*arguments: object) -> dict[str, object]:
    answer = invoke("verify", *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_replay_in_memory_leaves_a_log_whose_receipts_verify(tmp_path: Path) -> None:
    log = replayed(tmp_path)
    told = invoke("receipt", "order:o1", "--trail", log, "--out", tmp_path / "r")
    assert told.exit_code == 0, told.output
    receipts = sorted((tmp_path / "r").glob("*.tlog-proof"))
    assert len(receipts) > 3
    files = [path for receipt in receipts for path in (receipt, receipt.with_suffix(".json"))]
    document = verified(*files, "--policy", log / "policy", "--log", log / "log")
    assert "OrderPlaced" in json.dumps(document)
    assert (log / "private").stat().st_mode & 0o77 == 0
    assert (log / "private" / "openings.jsonl").stat().st_mode & 0o77 == 0
    again = invoke(
        *("replay", tmp_path / "market.csv", "--policy", "full", "--trail", log, "--quiet", "--json")
    )
    assert code(again) == "log_there"


def test_a_replay_in_postgres_is_sequenced_as_production_is(tmp_path: Path, database_url: str) -> None:
    log = replayed(tmp_path, "--home", "postgres", "--database-url", database_url)
    where = ("--database-url", database_url, "--schema", "replay_1_full")
    told = invoke("receipt", "order:o1", "--trail", log, "--out", tmp_path / "r", *where, "--json")
    written = json.loads(told.stdout)
    assert [one["opened"] for one in written] == [True] * len(written)
    verified(*[file for one in written for file in one["files"]], "--policy", log / "policy")
    status = json.loads(invoke("trail", "status", log, *where, "--json").stdout)
    assert status["recorded"] == status["sequenced"] == status["signed"] == status["out"] > len(written)
    out = tmp_path / "openings.jsonl"
    assert invoke("trail", "openings", log, "--out", out, *where).exit_code == 0
    watched_by = invoke(
        *("monitor", log / "log", "--policy", log / "policy", "--state", tmp_path / "state"),
        *("--openings", out, "--json"),
    )
    assert watched_by.exit_code == 0, watched_by.output
    assert len(out.read_bytes().splitlines()) == status["out"]
    assert code(invoke("trail", "openings", log, "--out", out, *where)) == "input_output_failed"
    plan = json.loads(invoke("erase", "consumer:c1", *where, "--json").stdout)
    assert plan["destroyed"] is False
    assert invoke("erase", "consumer:c1", *where, "--destroy").exit_code == 2
    assert code(invoke("erase", "consumer:c1", *where, "--destroy", "--by", "")) == "nobody_named"
    assert plan["kept"][0]["until"] > "2027"
    asked = invoke("erase", "consumer:c1", *where, "--destroy", "--by", "Li", "--json")
    assert code(asked) == "kept_by_law"


def test_a_new_log_goes_on_where_one_cannot(tmp_path: Path, database_url: str) -> None:
    replayed(tmp_path, "--home", "postgres", "--database-url", database_url)
    where = ("--database-url", database_url, "--schema", "replay_1_full")
    new = tmp_path / "new"
    assert invoke("trail", "init", new, "--origin", "log.example/second").exit_code == 0
    assert code(invoke("trail", "run", new, "--once", *where)) == "log_other"
    assert code(invoke("trail", "restart", new, "--by", " ", *where)) == "nobody_named"
    assert invoke("trail", "restart", new, *where).exit_code == 2
    for name in ("Li", "Wang"):
        done = invoke("trail", "restart", new, "--by", name, *where)
        assert done.exit_code == 0, done.output
    assert invoke("trail", "run", new, "--once", *where).exit_code == 0
    told = invoke("receipt", "order:o1", "--trail", new, "--out", tmp_path / "r", *where, "--json")
    files = [file for one in json.loads(told.stdout) for file in one["files"]]
    verified(*files, "--policy", new / "policy")


def test_what_is_asked_for_and_is_not_there(tmp_path: Path) -> None:
    log = replayed(tmp_path)
    assert code(invoke("receipt", "nonsense", "--trail", log)) == "bad_fact_id"
    assert code(invoke("receipt", "0" * 32, "--trail", log, "--json")) == "not_found"
    assert code(invoke("receipt", "0" * 32, "--trail", tmp_path)) == "no_log"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--witness", "w1 nonsense"), "bad_witness"),
        (("--witness", "w1 nonsense http://127.0.0.1"), "bad_trust_policy"),
        (("--quorum", "1"), "bad_quorum"),
    ],
)
def test_a_log_is_made_whole_or_not_at_all(tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    made = invoke("trail", "init", tmp_path / "log", "--origin", "log.example/x", *options)
    assert code(made) == expected
    assert not (tmp_path / "log").exists()
    assert code(invoke("trail", "init", tmp_path / "log", "--origin", "a b")) == "bad_note"
    assert invoke("trail", "init", tmp_path / "log", "--origin", "log.example/x").exit_code == 0
    assert code(invoke("trail", "init", tmp_path / "log", "--origin", "log.example/x")) == "log_there"


def test_a_terminal_without_chinese_is_told_all_the_same(tmp_path: Path) -> None:
    log = replayed(tmp_path)
    told = invoke("receipt", "order:o1", "--trail", log, "--out", tmp_path / "r", "--json")
    files = json.loads(told.stdout)[0]["files"]
    main = "import sys; from {} import main; sys.exit(main())"
    policy = ("--policy", str(log / "policy"))
    commands = (
        (main.format("holdfast.verify.main"), *files, *policy),
        (main.format("holdfast.cli"), "monitor", str(log / "log"), *policy, "--state", str(tmp_path / "s")),
    )
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-c", *command],
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.isascii()
        assert b"proven" in done.stdout
