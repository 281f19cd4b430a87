"""`holdfast clock`: a machine's clock and the newest fact, and a person's word."""

import json
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.journal.model import ClockConfirmed
from holdfast.kernel.clock import DAY, HOUR, Instant, SystemClock
from holdfast.kernel.ids import Ids
from holdfast.parties.model import RegisterMerchant
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres
from holdfast.telling.facts import tell


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_CLOCK_AHEAD_HOURS", raising=False)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)


def fact_at(url: str, at: Instant) -> None:
    with Postgres.open(url, ids=Ids(Random(1))) as home:
        home.adopt(named("full"), at)
        registering = RegisterMerchant(merchant_id="m1", name="Tea", currency="CNY", owner_ids=("p1",))
        [outcome] = home.run([Submission(registering, at)])
        assert outcome.accepted


def test_a_clock_that_is_near_the_newest_fact_is_right(database_url: str) -> None:
    fact_at(database_url, SystemClock().now() - HOUR)
    shown = invoke("clock", "show", "--json")
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["right"] is True
    assert json.loads(shown.stdout)["ahead_hours"] == 240
    assert "right        yes" in invoke("clock", "show").stdout


@pytest.mark.parametrize(("gap", "code"), [(-30 * DAY, "clock_ahead"), (2 * DAY, "clock_behind")])
def test_a_clock_that_is_far_off_is_told_and_can_be_confirmed(
    database_url: str, gap: Instant, code: str
) -> None:
    fact_at(database_url, SystemClock().now() + gap)
    shown = invoke("clock", "show", "--json")
    assert shown.exit_code == 1
    assert f"[{code}]" in json.loads(shown.stdout)["why_not"]
    done = invoke("clock", "confirm", "--by", "Li", "--reason", "restored", "--json")
    assert done.exit_code == 0, done.output
    assert invoke("clock", "show").exit_code == 0
    with Postgres.open(database_url, ids=Ids(Random(1))) as home:
        *_, last = home.facts()
    assert last.id == json.loads(done.stdout)["fact"]
    assert isinstance(last.body, ClockConfirmed)
    assert tell(last, "CNY").en.startswith(
        "Li said that the clock is right (restored); the fact before was of 20"
    )


def test_the_bound_is_set_in_hours(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fact_at(database_url, SystemClock().now() - 12 * DAY)
    assert invoke("clock", "show").exit_code == 1
    monkeypatch.setenv("HOLDFAST_CLOCK_AHEAD_HOURS", "400")
    assert invoke("clock", "show").exit_code == 0
    for text in ("ten", "0", "-1", "1e3", "99999"):
        monkeypatch.setenv("HOLDFAST_CLOCK_AHEAD_HOURS", text)
        refused = invoke("clock", "show", "--json")
        assert json.loads(refused.stdout)["refusal"]["code"] == "bad_clock_setting"


def test_somebody_must_be_named(database_url: str) -> None:
    fact_at(database_url, SystemClock().now())
    assert invoke("clock", "confirm").exit_code == 2
    refused = invoke("clock", "confirm", "--by", " ", "--json")
    assert json.loads(refused.stdout)["refusal"]["code"] == "nobody_named"


def test_nothing_is_destroyed_by_a_wrong_clock(database_url: str) -> None:
    """Three years after an order ended its keys may go: a clock that is years ahead must not say so."""
    fact_at(database_url, SystemClock().now() - 1200 * DAY)
    refused = invoke("erase", "merchant:m1", "--destroy", "--by", "Li", "--json")
    assert refused.exit_code == 4
    assert json.loads(refused.stdout)["refusal"]["code"] == "clock_ahead"
