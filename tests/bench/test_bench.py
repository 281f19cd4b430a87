"""`holdfast bench core`: figures have their shape and a floor, and nothing is left behind. Never a speed."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner, Result

from holdfast.bench import deadlines, floor, market, memory, postgres_load
from holdfast.bench.bare.room import WITH_BARE
from holdfast.bench.core import DEADLINES, wanted
from holdfast.bench.figure import TARGETS, Measured, judge
from holdfast.bench.load import Plan, drive, quantile
from holdfast.bench.market import Orders, Transfers
from holdfast.bench.schema import SCHEMA, Ground, ground, turn
from holdfast.cli.bench import app
from holdfast.importers.history import History
from holdfast.ledger.model import Account, Transfer
from holdfast.orders.model import Order

OLIST = Path(__file__).parents[2].parent / "shared" / "data" / "olist"
SHORT = Plan(warm_up=0.1, interval=0.3, intervals=2)
"""What a load takes here: its form is looked at, and not its speed."""

FIELDS = ["name", "value", "unit", "floor", "ratio", "target", "met"]

Bench = Callable[..., Result]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)
    runner = CliRunner()

    def invoke(*arguments: object) -> Result:
        return runner.invoke(app, ["core", *map(str, arguments)], catch_exceptions=False)

    return invoke


def measured(result: Result) -> dict[str, dict[str, float]]:
    """The figures of a JSON answer by name, each of the promised form and with a floor."""
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    for figure in figures:
        assert list(figure) == FIELDS
        assert figure["value"] >= 0  # where the machine is slow, nothing may be done in so short a time
        assert figure["floor"] > 0
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["floor"], rel=0.01)
        assert figure["target"] == TARGETS[figure["name"]].value
        assert figure["met"] in {True, False}
    return {figure["name"]: figure for figure in figures}


def small_market(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load a small market for a moment: the figures' form is looked at, and not their size."""
    monkeypatch.setattr(postgres_load, "QUICK", SHORT)
    monkeypatch.setattr(postgres_load, "_RECORDED_ALONE", 40)
    for name in ("ACCOUNTS", "MERCHANTS", "CONSUMERS"):
        monkeypatch.setattr(market, name, 200)


def schemas(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace")}


def test_the_figures_are_those_that_were_promised() -> None:
    assert list(TARGETS) == [
        "memory_facts_per_s",
        "replay_olist_seconds",
        "replay_olist_peak_mb",
        "pg_transfers_per_s_256",
        "pg_transfers_p99_ms_256",
        "pg_place_order_per_s_256",
        "pg_place_order_p99_ms_256",
        "pg_place_order_p50_ms_1",
        "pg_hot_merchant_per_s_256",
        "pg_growth_ratio",
        "run_away_100k_s",
        "same_minute_200k_s",
        "same_minute_peak_mb",
        "beside_p99_ms",
        "page_p99_ms",
        "page_slowest_ms",
    ]


def test_a_rate_is_met_from_its_target_and_a_time_up_to_it() -> None:
    assert judge("pg_transfers_per_s_256", Measured(12_000, 24_000)).met
    assert not judge("pg_transfers_per_s_256", Measured(11_999, 24_000)).met
    assert judge("pg_transfers_p99_ms_256", Measured(40, 10)).met
    slow = judge("pg_transfers_p99_ms_256", Measured(40.5, 10))
    assert (slow.met, slow.ratio, slow.unit) == (False, 4.05, "ms")


def test_what_was_not_measured_is_not_met() -> None:
    missing = judge("replay_olist_seconds", None)
    assert (missing.value, missing.floor, missing.ratio, missing.met) == (None, None, None, False)


def test_a_quantile_is_a_value_that_was_met() -> None:
    assert [quantile([3.0, 1.0, 2.0], share) for share in (0.0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
    assert quantile([], 0.5) == 0.0


def test_figures_are_chosen_by_name_and_an_unknown_one_is_refused(bench: Bench) -> None:
    assert wanted(["pg_growth_ratio"], quick=True, olist=None).names == ("pg_growth_ratio",)
    assert not wanted(["memory_facts_per_s"], quick=True, olist=None).needs_postgres
    refused = bench("--only", "pg_growth", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refusal"]["code"] == "unknown_figure"


def test_memory_is_measured_without_a_database(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = memory.generate(7)
    short = msgspec.structs.replace(whole, orders=whole.orders[:3_000], vanishings=())

    def generate(_seed: int) -> History:
        return short

    monkeypatch.setattr(memory, "generate", generate)
    figures = measured(bench("--only", "memory_facts_per_s", "--json"))
    assert list(figures) == ["memory_facts_per_s"]


def test_without_olist_its_figures_are_null_with_a_remark(bench: Bench) -> None:
    result = bench("--only", "replay_olist_seconds", "--json")
    assert result.exit_code == 0
    (figure,) = json.loads(result.stdout)
    assert (figure["value"], figure["met"]) == (None, False)
    assert "--olist DIR" in result.stderr


@pytest.mark.long
@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist data set is not beside the repository")
def test_olist_is_replayed_in_a_process_of_its_own(bench: Bench) -> None:
    figures = measured(
        bench("--only", "replay_olist_seconds", "--only", "replay_olist_peak_mb", "--olist", OLIST, "--json")
    )
    assert list(figures) == ["replay_olist_seconds", "replay_olist_peak_mb"]


def test_a_folder_without_olist_is_refused_with_what_the_replay_said(bench: Bench, tmp_path: Path) -> None:
    refused = bench("--only", "replay_olist_seconds", "--olist", tmp_path, "--json")
    assert refused.exit_code == 5
    assert json.loads(refused.stdout)["refusal"]["code"] == "replay_failed"


def test_loads_over_postgres_are_measured_and_leave_nothing(
    bench: Bench, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_market(monkeypatch)
    before = schemas(database_url)
    names = ["pg_transfers_per_s_256", "pg_transfers_p99_ms_256", "pg_place_order_p50_ms_1"]
    only = itertools.chain.from_iterable(("--only", name) for name in names)
    figures = measured(bench("--quick", "--database-url", database_url, *only, "--json"))
    assert list(figures) == names
    assert schemas(database_url) == before


@pytest.mark.long
def test_many_deadlines_are_measured_and_leave_nothing(
    bench: Bench, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "QUICK", (230, 40))
    monkeypatch.setattr(deadlines, "_ALONE_SECONDS", 0.1)
    before = schemas(database_url)
    only = itertools.chain.from_iterable(("--only", name) for name in DEADLINES)
    figures = measured(bench("--quick", "--database-url", database_url, *only, "--json"))
    assert tuple(figures) == DEADLINES
    assert figures["run_away_100k_s"]["unit"] == "s, 230 only"
    assert schemas(database_url) == before


def test_the_table_says_what_is_met(bench: Bench, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small_market(monkeypatch)
    shown = bench("--quick", "--only", "pg_hot_merchant_per_s_256", "--database-url", database_url)
    assert shown.exit_code == 0
    line = next(line for line in shown.stdout.splitlines() if "pg_hot_merchant_per_s_256" in line)
    assert line[0] in "✓✗"
    assert "≥ 2,500" in line
    assert "orders/s" in line


def test_two_measurements_at_once_are_refused(bench: Bench, database_url: str) -> None:
    with turn(database_url):
        refused = bench("--only", "pg_growth_ratio", "--database-url", database_url, "--json")
    assert json.loads(refused.stdout)["refusal"]["code"] == "bench_running"


def test_a_server_that_may_lose_commits_is_not_measured(bench: Bench, database_url: str) -> None:
    url = f"{database_url}{'&' if '?' in database_url else ' '}options='-c synchronous_commit=off'"
    refused = bench("--only", "pg_growth_ratio", "--database-url", url, "--json")
    assert json.loads(refused.stdout)["refusal"]["code"] == "not_durable"


def test_callers_are_answered_and_every_answer_is_in_the_books(database_url: str) -> None:
    with ground(database_url, commands=WITH_BARE) as place:
        lane = place.lanes[0]
        market.open_accounts(lane, place.clock.now())
        answered = drive(place, Transfers(Random(1)).next, 8, Plan(0, 0.2, 2), lambda _share: None)
        assert answered.per_s >= 0  # a slow machine answers nobody in so short a time
        assert lane.commands >= 8
        assert 1 <= answered.batch <= 8
        assert sum(1 for _ in lane.rows(Transfer)) == lane.commands
        assert sum(account.posted_minor for account in lane.rows(Account)) == 0


def test_the_floor_copies_the_very_bytes_of_a_batch(database_url: str) -> None:
    with ground(database_url) as place:
        market.open_market(place.lanes[0], place.clock.now())
        recorded = floor.record(place, Orders(Random(1)).next, 20, 2)
        assert [sorted(blocks) for blocks in recorded] == [
            ["consumers", "facts", "orders", "requests", "snapshots"]
        ] * 2
        assert _copied_rows(place, recorded[0]["orders"]) == 20
        assert sum(1 for _ in place.lanes[0].rows(Order)) == 40
        least = floor.measure(place.connection, recorded, 20, 0.05)
        assert least.per_s > 0
        assert 0 < least.p50_ms <= least.p99_ms


def _copied_rows(place: Ground, block: bytes) -> int:
    place.connection.execute("CREATE TABLE copied (LIKE orders)")
    with place.connection.cursor() as cursor, cursor.copy("COPY copied FROM STDIN BINARY") as copy:
        copy.write(block)
    found = place.connection.execute("SELECT count(*) FROM copied").fetchone()
    assert found is not None
    return found[0]


def test_an_interrupted_measurement_drops_its_schema(database_url: str) -> None:
    def interrupt(_share: float) -> None:
        assert SCHEMA in schemas(database_url)
        raise KeyboardInterrupt

    def measure() -> None:
        with ground(database_url, commands=WITH_BARE) as place:
            market.open_accounts(place.lanes[0], place.clock.now())
            drive(place, Transfers(Random(1)).next, 4, Plan(0, 1, 1), interrupt)

    with pytest.raises(KeyboardInterrupt):
        measure()
    assert SCHEMA not in schemas(database_url)
