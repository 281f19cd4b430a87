"""`holdfast bench trail`: figures have their shape and a floor, and nothing is left behind. Never a speed."""

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import psycopg
import pytest
from typer.testing import CliRunner, Result

from holdfast.bench.beside import ProcessFailed, beside
from holdfast.bench.figure import TRAIL_TARGETS
from holdfast.bench.market import Orders
from holdfast.bench.schema import SCHEMA, Ground, turn
from holdfast.bench.trail import behind, receipts
from holdfast.bench.trail.behind import Commits, Offer, aged
from holdfast.bench.trail.core import wanted
from holdfast.bench.trail.cost import two_lanes
from holdfast.bench.trail.feed import Step, commit, least, trail
from holdfast.bench.trail.memory import entries, openings, stretch
from holdfast.cli.bench import app
from holdfast.kernel.text import Text
from holdfast.orders.model import Order
from holdfast.trail.leaf import read
from holdfast.trail.note import BadNote

FIELDS = ["name", "value", "unit", "floor", "ratio", "target", "met"]

Bench = Callable[..., Result]


pytestmark = pytest.mark.long


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)
    runner = CliRunner()

    def invoke(*arguments: object) -> Result:
        return runner.invoke(app, ["trail", *map(str, arguments)], catch_exceptions=False)

    return invoke


def measured(result: Result) -> dict[str, dict[str, float]]:
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    for figure in figures:
        assert list(figure) == FIELDS
        assert figure["floor"] > 0
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["floor"], rel=0.01, abs=0.01)
        assert figure["target"] == TRAIL_TARGETS[figure["name"]].value
    return {figure["name"]: figure for figure in figures}


def only(*names: str) -> list[str]:
    return list(itertools.chain.from_iterable(("--only", name) for name in names))


def left(url: str, folder: Path) -> list[object]:
    with psycopg.connect(url) as connection:
        query = "SELECT nspname FROM pg_namespace WHERE nspname = %s"
        return [*connection.execute(query, (SCHEMA,)), *folder.iterdir()]


def test_the_figures_are_those_that_were_promised() -> None:
    assert {name: target.value for name, target in TRAIL_TARGETS.items()} == {
        "append_leaves_per_s": 300_000,
        "feed_to_signed_per_s": 15_000,
        "behind_s": 1,
        "receipt_ms": 2,
        "receipt_bytes": 1_300,
        "verify_ms": 1,
        "engine_cost_share": 0.1,
        "engine_cost_share_beside": 0.1,
    }


def test_figures_are_chosen_by_name_and_an_unknown_one_is_refused(bench: Bench, tmp_path: Path) -> None:
    assert wanted((), quick=True, folder=tmp_path).names == tuple(TRAIL_TARGETS)
    assert not wanted(["verify_ms"], quick=True, folder=tmp_path).needs_postgres
    refused = bench("--only", "verify", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refusal"]["code"] == "unknown_figure"


def test_the_tree_and_receipts_are_measured_without_a_database(bench: Bench, tmp_path: Path) -> None:
    names = ["append_leaves_per_s", "receipt_ms", "receipt_bytes", "verify_ms"]
    figures = measured(bench("--quick", "--folder", tmp_path, *only(*names), "--json"))
    assert list(figures) == names
    assert all(figure["value"] > 0 for figure in figures.values())
    assert figures["receipt_bytes"]["floor"] == 32 * (17 + 1) + 3 * (4 + 64) + 2 * 8
    assert figures["receipt_bytes"]["unit"] == "bytes, of a log of 100,000 facts"
    assert list(tmp_path.iterdir()) == []


def test_the_feed_is_measured_over_postgres_and_nothing_is_left(
    bench: Bench, database_url: str, tmp_path: Path
) -> None:
    names = ["feed_to_signed_per_s", "engine_cost_share", "engine_cost_share_beside"]
    where = ("--database-url", database_url, "--folder", tmp_path)
    figures = measured(bench("--quick", *where, *only(*names), "--json"))
    assert list(figures) == names
    assert figures["feed_to_signed_per_s"]["value"] > 0
    assert all(figures[name]["value"] < 1 for name in names[1:])
    assert left(database_url, tmp_path) == []


def test_how_far_it_is_behind_is_measured_at_a_rate(database_url: str, tmp_path: Path) -> None:
    slow = Offer(1, 3, 1)
    tries = (behind.followed(database_url, tmp_path, slow, lambda _share: None) for _ in range(40))
    found = next((one for one in tries if one is not None), None)  # others may keep the machine from the rate
    assert found is not None
    assert found.value > 0
    assert found.floor > 0
    assert left(database_url, tmp_path) == []


def test_a_rate_that_the_engine_does_not_reach_gives_no_figure(database_url: str, tmp_path: Path) -> None:
    fast = Offer(1_000_000, 0.0005, 1)
    assert behind.followed(database_url, tmp_path, fast, lambda _share: None) is None


def test_ages_are_counted_first_in_first_out() -> None:
    commits = Commits(0.0, [1.0, 2.0], [3, 2])
    steps = [Step(2.5, 2, []), Step(4.0, 3, [])]
    assert aged(commits, steps) == [1.5, 1.5, 3.0, 2.0, 2.0]
    assert commits.per_s == 2.5


def test_every_entry_is_a_leaf_of_its_own_and_those_of_openings_are_known() -> None:
    known = openings()
    made = list(entries(known, 3_000))
    every = stretch(known, 3_000)
    assert len(set(made)) == 3_000
    assert made[::every] == [one.leaf.encode() for one in known]
    assert {read(entry).kind for entry in made} == {"OrderPlaced"}


def test_what_is_checked_is_a_receipt_that_can_be_wrong(tmp_path: Path) -> None:
    log = receipts.written(tmp_path, 2_000, lambda _share: None)
    assert log.published.witnesses == ["w1", "w2"]
    (index, opening), *_ = log.opened.items()
    given = receipts.Given(log.published.receipt(index).encode(), opening.encode())
    receipts.check(log, given)
    for at in (b"witness.example/w2 ", b"log.example/holdfast "):
        place = given.receipt.rindex(at) + len(at) + 30
        flipped = given.receipt[:place] + (b"A" if given.receipt[place : place + 1] != b"A" else b"B")
        with pytest.raises(BadNote):
            receipts.check(log, given._replace(receipt=flipped + given.receipt[place + 1 :]))


def test_the_floor_writes_every_byte_of_a_step(database_url: str, tmp_path: Path) -> None:
    with trail(database_url, tmp_path) as given:
        orders = Orders(Random(1))
        facts = commit(given.ground.lanes[0], [orders.next() for _ in range(300)])
        steps = given.emptied()
        assert sum(step.facts for step in steps) == facts == 300
        assert {name for step in steps for name, _ in step.files} >= {"checkpoint"}
        assert all(seconds > 0 for seconds in least(given, steps))


def test_without_the_feed_an_engine_writes_all_but_its_row(database_url: str) -> None:
    def counts(found: Ground) -> list[int]:
        tables = ("orders", "facts", "requests", "feed")
        query = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        return list(found.connection.execute(query.encode()).fetchone() or ())

    with two_lanes(database_url) as (found, unfed):
        without = unfed.lanes[0]
        orders = Orders(Random(1))
        seen = [counts(found)]
        for lane in (found.lanes[0], without):
            assert commit(lane, [orders.next() for _ in range(20)]) == 20
            seen.append(counts(found))
        grown = [[now - then for then, now in zip(*pair, strict=True)] for pair in itertools.pairwise(seen)]
        assert grown == [[20, 20, 20, 1], [20, 20, 20, 0]]
        assert [row.state for row in without.rows(Order)] == ["placed"] * 40


def test_a_process_that_fails_is_told_with_its_exit_code() -> None:
    with (
        beside(Text("什么也不做", "do nothing"), _fail) as other,
        pytest.raises(ProcessFailed, match="exit code 3") as refused,
    ):
        other.hear()
    assert refused.value.code == "bench_process_failed"


def _fail(_pipe: object) -> None:
    sys.exit(3)


def test_two_measurements_at_once_are_refused(bench: Bench, database_url: str) -> None:
    with turn(database_url):
        refused = bench("--only", "behind_s", "--database-url", database_url, "--json")
    assert json.loads(refused.stdout)["refusal"]["code"] == "bench_running"
