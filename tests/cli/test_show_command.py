"""`holdfast show`: stories from the facts of a database, and what cannot be told."""

import json
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from cli_markets import market
from typer.testing import CliRunner, Result

from databases import fresh_database
from holdfast.cli import app
from holdfast.house import ROOMS, WORDS
from holdfast.kernel.rows import FactBody
from holdfast.reference.catalogue import leaves

Show = Callable[..., Result]


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Show]:
    """The stories of a replay in which m1 ran away: played once, and only read."""
    with fresh_database(postgres_url) as url:
        file = market(tmp_path_factory.mktemp("show") / "market.csv")
        replayed = invoke(
            *("replay", file, "--policy", "full", "--vanish", "m1@2024-03-12"),
            *("--home", "postgres", "--database-url", url, "--quiet"),
        )
        assert replayed.exit_code == 0

        def shown(*arguments: object, schema: str | None = "replay_1_full") -> Result:
            where = () if schema is None else ("--schema", schema)
            return invoke("show", *arguments, *where, "--database-url", url)

        yield shown


def test_an_order_is_told_from_placing_to_its_end(show: Show) -> None:
    shown = show("order", "o1")
    assert shown.exit_code == 0
    assert "2024-03-02T18:00:00+08:00  消费者 c1 向商家 m1 下单 ¥120.50" in shown.stdout
    assert "Asia/Shanghai" in shown.stdout
    assert "consumer c1 ordered from merchant m1 for CN¥120.50" in shown.stdout
    assert "the goods arrived" in shown.stdout
    assert "120.50 from the order" in shown.stdout
    assert "_minor" not in shown.stdout


def test_an_order_as_json_has_every_fact(show: Show) -> None:
    life = json.loads(show("order", "o1", "--json").stdout)
    assert (life["subject"], life["id"], life["row"]["merchant_id"]) == ("order", "o1", "m1")
    assert [event["kind"] for event in life["events"]][:3] == [
        "OrderPlaced",
        "OrderShipped",
        "OrderDelivered",
    ]
    assert all(event["body"]["order_id"] == "o1" for event in life["events"])


def test_a_merchant_is_told_by_day(show: Show) -> None:
    shown = show("merchant", "m1")
    assert "absconded" in shown.stdout
    assert "the merchant was declared absconded by risk officer 1 and risk officer 2" in shown.stdout
    assert "1 × order placed, CN¥120.50" in shown.stdout
    dates = [line[:10] for line in shown.stdout.splitlines() if line.startswith("2024-")]
    assert dates == sorted(dates)


def test_an_account_is_told_entry_by_entry(show: Show) -> None:
    life = json.loads(show("account", "merchant/m1/held/CNY", "--json").stdout)
    assert life["now"]["balance"] == "CN¥0.00"
    balance = 0
    for version, event in enumerate(life["events"], start=1):
        transfer = event["body"]
        mine = "from" if event["kind"] == "out" else "to"
        balance += transfer["amount_minor"] if mine == "to" else -transfer["amount_minor"]
        assert (transfer[f"{mine}_version"], transfer[f"{mine}_balance_minor"]) == (version, balance)
        assert event["text"].startswith(f"#{version}  ")
    assert life["row"]["version"] == len(life["events"]) > 0


def test_times_are_those_of_the_zone_that_is_asked_for(show: Show) -> None:
    told = show("order", "o1", "--zone", "UTC", "--lang", "en").stdout
    assert "2024-03-02T10:00:00Z  consumer c1" in told
    west = show("order", "o1", "--zone", "America/New_York", "--lang", "en").stdout
    assert "2024-03-02T05:00:00-05:00  consumer c1" in west  # winter
    assert "covered until 2024-03-2" in west
    assert "-04:00; then, until 2024-0" in west  # and summer, three weeks later
    life = json.loads(show("order", "o1", "--zone", "UTC-3:30", "--json").stdout)
    assert (life["zone"], life["events"][0]["at"]) == ("UTC-3:30", "2024-03-02T06:30:00-03:30")


def test_a_day_of_a_merchant_is_that_of_the_zone(show: Show) -> None:
    first = [
        next(
            line[:10]
            for line in show("merchant", "m1", "--zone", zone, "--lang", "en").stdout.splitlines()
            if "order placed" in line
        )
        for zone in ("Pacific/Honolulu", "Pacific/Kiritimati")
    ]
    assert first[0] < first[1]


def test_a_zone_that_nobody_knows_is_refused_before_the_database_is_looked_for(tmp_path: Path) -> None:
    shown = invoke("show", "order", "o1", "--zone", "Berlin", "--data", tmp_path / "nowhere")
    assert shown.exit_code == 1
    assert "[unknown_zone]" in shown.stderr


@pytest.mark.parametrize("subject", ["order", "merchant", "account"])
def test_what_is_not_there_is_refused(show: Show, subject: str) -> None:
    shown = show(subject, "nobody")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert f"{subject}:nobody: there is no {subject} with this id" in shown.stderr


def test_without_a_schema_the_replays_are_named(show: Show) -> None:
    shown = show("order", "o1", schema=None)
    assert shown.exit_code == 1
    assert "[schema_needed]" in shown.stderr
    assert "replay_1_full, replay_2_today" in shown.stderr


def test_an_empty_database_is_told_so(database_url: str) -> None:
    shown = invoke("show", "order", "o1", "--database-url", database_url, "--json")
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["refusal"]["code"] == "database_empty"


def test_a_server_that_does_not_run_is_not_started(tmp_path: Path) -> None:
    shown = invoke("show", "order", "o1", "--data", tmp_path / "nowhere")
    assert shown.exit_code == 4
    assert "[server_stopped]" in shown.stderr
    assert not (tmp_path / "nowhere").exists()


def test_every_kind_of_fact_has_its_words_and_they_name_its_fields() -> None:
    known = set(leaves(FactBody))
    assert set(WORDS) == known
    said = [(kind, text) for room in ROOMS for kind, text in room.words.items()]
    for room in ROOMS:
        said += [(kind, text) for kind, texts in room.words_where.items() for text in texts.values()]
    for kind, text in said:
        fields = {"actor", *(field.name for field in msgspec.structs.fields(kind))}
        places = {place for _, place, _, _ in string.Formatter().parse("".join(text)) if place}
        assert places <= fields, kind
