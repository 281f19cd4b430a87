"""`holdfast show facts` and `show rows`: pages that fit together, and what is refused."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cli_markets import market
from typer.testing import CliRunner, Result

from databases import fresh_database
from holdfast.cli import app
from holdfast.house import WORDS

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Ask]:
    """What is shown of a replay in which m1 ran away."""
    with fresh_database(postgres_url) as url:
        file = market(tmp_path_factory.mktemp("show") / "market.csv")
        words = ("replay", str(file), "--policy", "full", "--vanish", "m1@2024-03-12")
        where = ("--home", "postgres", "--database-url", url, "--quiet")
        assert CliRunner().invoke(app, [*words, *where], catch_exceptions=False).exit_code == 0

        def asked(*arguments: object) -> Result:
            words = ["show", *map(str, arguments), "--schema", "replay_1_full", "--database-url", url]
            return CliRunner().invoke(app, words, catch_exceptions=False)

        yield asked


def pages(ask: Ask, what: str, *arguments: object) -> list[Any]:
    """Return all items of an answer, by pages of four."""
    items: list[Any] = []
    after: tuple[str, ...] = ()
    name = "rows" if what == "rows" else what
    as_json = ("--json",) if what == "facts" else ()
    while True:
        shown = ask(what, *arguments, "--limit", 4, *after, *as_json)
        assert shown.exit_code == 0, shown.stderr
        document = json.loads(shown.stdout)
        items += document[name]
        if document["next"] is None:
            return items
        after = ("--after", document["next"])


def test_the_facts_of_an_order_are_its_story_in_both_languages(ask: Ask) -> None:
    story = json.loads(ask("order", "o1", "--json").stdout)["events"]
    found = pages(ask, "facts", "--of", "order:o1")
    assert [each["text"] for each in found] == [each["text"] for each in story]
    assert [each["text_zh"] for each in found] == [each["text_zh"] for each in story]
    assert [each["id"] for each in pages(ask, "facts", "--of", "order:o1", "--newest")] == [
        each["id"] for each in reversed(found)
    ]
    shown = ask("facts", "--of", "order:o1", "--limit", 2).stdout
    assert "消费者 c1 向商家 m1 下单" in shown
    assert "consumer c1 ordered from merchant m1" in shown
    assert "--after " in shown
    assert "向商家" not in ask("facts", "--of", "order:o1", "--lang", "en").stdout


def test_facts_of_a_kind_and_of_a_time(ask: Ask) -> None:
    placed = pages(ask, "facts", "--kind", "OrderPlaced")
    assert placed
    assert {each["kind"] for each in placed} == {"OrderPlaced"}
    some = pages(ask, "facts", "--kind", "OrderPlaced", "--since", "2024-03-03", "--until", "2024-03-06")
    assert some == [each for each in placed if "2024-03-03T08" <= each["at"] < "2024-03-06T08"]
    assert "no such facts" in ask("facts", "--of", "order:none").stdout


def test_rows_of_a_subject(ask: Ask) -> None:
    every = pages(ask, "rows", "orders")
    assert [each["id"] for each in every] == sorted(each["id"] for each in every)
    mine = pages(ask, "rows", "orders", "--of", "merchant:m1")
    assert sorted(each["id"] for each in mine) == [
        each["id"] for each in every if each["merchant_id"] == "m1"
    ]


def test_entries_of_an_account(ask: Ask) -> None:
    story = json.loads(ask("account", "psp/CNY", "--json").stdout)["events"]
    found = pages(ask, "entries", "psp/CNY")
    assert [each["id"] for each in found] == [each["body"]["id"] for each in story]
    newest = pages(ask, "entries", "psp/CNY", "--newest")
    assert newest == found[::-1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("facts", "--of", "shop:m1"), "unknown_subject"),
        (("facts", "--since", "yesterday"), "time_unreadable"),
        (("facts", "--after", "x"), "bad_cursor"),
        (("facts", "--limit", 0), "bad_limit"),
        (("facts", "--zone", "Mars/Base"), "unknown_zone"),
    ],
)
def test_what_cannot_be_asked(ask: Ask, words: tuple[object, ...], code: str) -> None:
    shown = ask(*words, "--json")
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["refusal"]["code"] == code


def test_amounts_have_a_currency_of_their_own_or_of_whom_they_are_about() -> None:
    """Else a page of facts would write them in one that is not theirs."""
    for kind in WORDS:
        fields = set(kind.__struct_fields__)
        if any(name.endswith("_minor") for name in fields):
            assert fields & {
                "currency",
                "order_id",
                "merchant_id",
                "consumer_id",
                "hold_id",
                "transfer_id",
            }, kind.__name__
