"""The registry: sandboxes are made and removed whole, whatever ends in between; a live market never is."""

import json
from contextlib import closing

import psycopg
import pytest
from typer.testing import CliRunner

from histories import START, opening, policy
from holdfast.cli import app
from holdfast.markets import registry, tables
from holdfast.markets.model import LIVE, ClockKind, Market
from holdfast.markets.refusals import (
    BadMarketName,
    MarketIsLive,
    MarketTaken,
    NameNotTyped,
    NoSuchMarket,
    UrlHasPassword,
)
from holdfast.markets.registry import Wanted
from holdfast.postgres.migrate import migrate
from holdfast.postgres.schemas import take_turn
from holdfast.postgres.wire import open_wire
from sandboxes import do, facts_of, made


def wanted(name: str, **more: str) -> Wanted:
    return Wanted(name, ClockKind.STANDING, START, 7, **more)


def states(url: str) -> dict[str, str]:
    with open_wire(url, None) as connection:
        return {each.market.name: each.state for each in registry.entries(connection, url)}


def schemas(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'holdfast%'")
        return {name for (name,) in found}


def test_names_and_addresses(migrated_url: str) -> None:
    for name in (LIVE, "", "Kettles", "2kettles", "ket_tles", "ket--tles", "kettles-", "x" * 33, "水壶"):
        with pytest.raises(BadMarketName):
            registry.create(migrated_url, None, wanted(name), policy("full"))
    there = wanted("kettles", url="postgresql://holdfast:secret@db/holdfast")
    with pytest.raises(UrlHasPassword):
        registry.create(migrated_url, None, there, policy("full"))
    assert states(migrated_url) == {}


def test_a_name_is_taken_and_free_again(migrated_url: str, sandbox: Market) -> None:
    do(sandbox, opening())
    with pytest.raises(MarketTaken):
        made(migrated_url, "kettles")
    assert len(facts_of(sandbox)) > 1
    with pytest.raises(NameNotTyped):
        registry.remove(migrated_url, None, "kettles", None)
    with pytest.raises(NameNotTyped):
        registry.remove(migrated_url, None, "kettles", "Kettles")
    registry.remove(migrated_url, None, "kettles", "kettles")
    assert schemas(migrated_url) == set()
    with pytest.raises(NoSuchMarket):
        registry.remove(migrated_url, None, "kettles", "kettles")
    assert len(facts_of(made(migrated_url, "kettles"))) == 1


def test_a_live_market_is_not_removed(migrated_url: str) -> None:
    with pytest.raises(MarketIsLive):
        registry.remove(migrated_url, None, LIVE, LIVE)


def test_somebody_elses_schema_is_left_alone(migrated_url: str) -> None:
    migrate(migrated_url, "holdfast_sandbox_kettles")
    with pytest.raises(MarketTaken):
        made(migrated_url, "kettles")
    assert states(migrated_url) == {}
    assert schemas(migrated_url) == {"holdfast_sandbox_kettles"}


def test_one_at_a_time(migrated_url: str) -> None:
    with open_wire(migrated_url, None) as other:
        assert take_turn(other, "holdfast market None kettles")
        with pytest.raises(MarketTaken):
            made(migrated_url, "kettles")
    made(migrated_url, "kettles")


def test_what_was_broken_off_is_taken_up(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class GoneError(Exception):
        """The process is gone."""

    def gone(*_given: object) -> None:
        raise GoneError

    begin, drop = tables.begin_clock, registry.drop
    monkeypatch.setattr(tables, "begin_clock", gone)
    with pytest.raises(GoneError):
        made(migrated_url, "kettles")
    assert states(migrated_url) == {"kettles": "making"}
    with open_wire(migrated_url, None) as connection:
        assert registry.find(connection, migrated_url, "kettles") is None
    monkeypatch.setattr(tables, "begin_clock", begin)
    market = made(migrated_url, "kettles")
    assert states(migrated_url) == {"kettles": "open"}
    assert len(facts_of(market)) == 1
    monkeypatch.setattr(registry, "drop", gone)
    with pytest.raises(GoneError):
        registry.remove(migrated_url, None, "kettles", "kettles")
    assert states(migrated_url) == {"kettles": "removing"}
    with pytest.raises(MarketTaken):
        made(migrated_url, "kettles")
    monkeypatch.setattr(registry, "drop", drop)
    registry.remove(migrated_url, None, "kettles", "kettles")
    assert (states(migrated_url), schemas(migrated_url)) == ({}, set())


def test_a_sandbox_in_a_database_of_its_own(migrated_url: str, postgres_url: str) -> None:
    from databases import fresh_database  # the other database is there for as long as it is needed

    with fresh_database(postgres_url) as elsewhere:
        market = registry.create(migrated_url, None, wanted("away", url=elsewhere), policy("full"))
        assert schemas(migrated_url) == set()
        assert schemas(elsewhere) == {"holdfast_sandbox_away"}
        do(market, opening())
        registry.remove(migrated_url, None, "away", "away")
        assert schemas(elsewhere) == set()


def told(url: str, *arguments: str) -> tuple[int, str]:
    run = CliRunner().invoke(app, ["markets", *arguments, "--database-url", url])
    return run.exit_code, run.stdout


def test_on_the_command_line(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    assert told(migrated_url, "create", "kettles", "--epoch", "2026-03-01", "--seed", "7")[0] == 0
    assert told(migrated_url, "create", "clocks", "--running")[0] == 0
    listed = json.loads(told(migrated_url, "list", "--json")[1])
    assert [(each["name"], each["kind"], each["clock"]) for each in listed] == [
        (LIVE, "live", "running"),
        ("clocks", "sandbox", "running"),
        ("kettles", "sandbox", "standing"),
    ]
    assert listed[2]["now"] == "2026-03-01T00:00:00Z"
    assert "kettles  sandbox standing  2026-03-01T00:00:00Z\n" in told(migrated_url, "list")[1]
    code, out = told(migrated_url, "create", "x", "--epoch", "soon", "--json")
    assert (code, json.loads(out)["refusal"]["code"]) == (1, "bad_epoch")
    code, out = told(migrated_url, "remove", "kettles", "--json")
    assert (code, json.loads(out)["refusal"]["code"]) == (1, "name_not_typed")
    assert told(migrated_url, "remove", "kettles", "--yes", "kettles") == (0, "kettles was removed\n")
    run = CliRunner().invoke(
        app,
        ["worker", "--once", "--json", "--schema", "holdfast_sandbox_clocks", "--database-url", migrated_url],
    )
    assert json.loads(run.stdout)["refusal"]["code"] == "schema_of_sandbox"


def test_a_schema_that_is_no_sandbox(migrated_url: str) -> None:
    with closing(open_wire(migrated_url, None)) as connection:
        assert tables.sandbox_of(connection) is None
