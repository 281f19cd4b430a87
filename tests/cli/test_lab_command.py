"""`holdfast lab`: what it prints, what it keeps, and what it says to what it cannot take."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from few_shops import few_shops
from holdfast.cli import app
from holdfast.cli.lab_table import HEADINGS, RING_HEADINGS
from holdfast.lab import fund as fund_size


def invoke(*words: object) -> Result:
    return CliRunner().invoke(app, ["lab", *map(str, words)])


@pytest.fixture
def market(tmp_path: Path) -> Path:
    """A market of a few shops for some weeks."""
    return few_shops(tmp_path / "market.toml")


FIELDS = {
    "policy",
    "first_year",
    "settled",
    "worst_adversary",
    "best_paid",
    "adversaries",
}


def test_a_run_prints_what_it_cost_whom_as_json(market: Path, tmp_path: Path) -> None:
    words = ("--market", market, "--policy", "full", "--policy", "today", "--runs", 2, "--data", tmp_path)
    shown = invoke("run", *words, "--processes", 1, "--json", "--quiet")
    assert shown.exit_code == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert [policy["policy"] for policy in found["policies"]] == ["full", "today"]
    assert all(policy.keys() >= FIELDS for policy in found["policies"])
    first, settled = (found["policies"][0][span] for span in ("first_year", "settled"))
    assert (first["from_day"], first["to_day"]) == (1, 60)
    assert (settled["from_day"], settled["to_day"]) == (21, 60)
    for span in (first, settled):
        assert span["figures"]["loss_gross_share"] == span["figures"]["loss_late_share"]
        for group in ("mean", "median", "newest", "heaviest"):
            for way in ("sales", "merchant"):
                low, high = span["figures"][f"locked_{group}_by_{way}"]["interval"]
                assert 0 < low <= high
    assert (found["runs"], found["merchants"], found["learned"]) == (2, 12, {})
    assert list((tmp_path / "lab").iterdir()) == []
    again = json.loads(invoke("run", *words, "--processes", 2, "--json", "--quiet").stdout)
    assert [policy["facts_sha256"] for policy in again["policies"]] == [
        policy["facts_sha256"] for policy in found["policies"]
    ]


def test_a_comparison_prints_a_table_and_writes_its_report(market: Path, tmp_path: Path) -> None:
    report = tmp_path / "lab.html"
    shown = invoke(
        "compare",
        *("--market", market, "--policy", "full", "--policy", "covered(0.95)"),
        *("--adversary", "bust_out", "--runs", 2, "--data", tmp_path, "--report", report),
    )
    assert shown.exit_code == 0, shown.stderr
    assert "covered(0.95)" in shown.stdout
    assert "bust_out" in shown.stdout
    assert "第一年" in shown.stdout
    assert "heaviest" in shown.stdout
    assert "sudden_vanisher" not in shown.stdout
    assert f"The report is in {report}" in shown.stderr
    assert "<html" in report.read_text(encoding="utf-8")


def test_a_table_is_markdown_and_the_same_every_time(market: Path, tmp_path: Path) -> None:
    words = (
        *("compare", "--market", market, "--policy", "full", "--policy", "covered(0.95)", "--table"),
        *("--adversary", "bust_out", "--runs", 2, "--data", tmp_path, "--report", tmp_path / "x.html"),
    )
    shown = invoke(*words, "--quiet")
    assert shown.exit_code == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0].startswith(
        "First year: days 1 to 60 of the marketplace, every merchant new; settled: days 21"
    )
    assert f"| {' | '.join(HEADINGS)} |" in lines
    assert f"| {' | '.join(RING_HEADINGS)} |" in lines
    assert sum(line.startswith("| covered(0.95) |") for line in lines) == 3
    assert invoke(*words, "--quiet", "--processes", 1).stdout == shown.stdout


def test_the_readme_has_the_tables_in_their_form() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
    for headings in (HEADINGS, RING_HEADINGS):
        assert f"| {' | '.join(headings)} |" in readme


def test_the_fund_is_sized_with_its_interval(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fund_size, "_BOOTSTRAPS", 20)
    words = ("--market", market, "--policy", "delivery_plus(7)", "--runs", 2, "--data", tmp_path, "--quiet")
    found = json.loads(invoke("size-fund", *words, "--json").stdout)
    [fund] = found["funds"]
    assert fund["solvency"] == 0.999
    assert fund["interval"][0] <= fund["capital_minor"] <= max(fund["interval"][1], fund["worst_seen_minor"])
    assert "95% interval" in invoke("size-fund", *words).stdout


def test_a_history_is_fitted_and_its_numbers_are_written(tmp_path: Path) -> None:
    written = tmp_path / "fitted.toml"
    shown = invoke("fit", "demo", "--seed", 7, "--write", written, "--json", "--quiet")
    assert shown.exit_code == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert found["orders"] == 20_000
    assert "merchants.ships_after" in {one["name"] for one in found["fitted"]}
    assert "distribution" in written.read_text(encoding="utf-8")
    assert "ships_after" in invoke("fit", "demo", "--seed", 7, "--quiet").stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "--policy", "fulll"), "bad_release_policy"),
        (("run", "--policy", "full", "--policy", "full"), "lab_policy_twice"),
        (("run", "--adversary", "bustout"), "unknown_adversary"),
        (("run", "--market", "nowhere.toml"), "bad_market"),
        (("compare", "--market", "nowhere.toml"), "bad_market"),
        (("compare", "--report", "/nowhere/at/all.html"), "file_not_written"),
        (("size-fund", "--runs", "1"), "too_few_runs"),
        (("fit", "nowhere.csv"), "source_not_found"),
        (("fit", "demo", "--refunds", "back.csv"), "refunds_apart"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(
    words: tuple[str, ...], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = invoke(*words, "--json", "--quiet")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["refusal"]["code"] == code
    plain = invoke(*words, "--quiet")
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert f"[{code}]" in plain.stderr


def test_what_was_meant_is_asked() -> None:
    assert "did you mean 'bust_out'?" in invoke("run", "--adversary", "bustout").stderr
