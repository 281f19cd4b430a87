"""`holdfast tasks`: what waits for people, in both languages, and as a document."""

import json
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from histories import opening, sale
from holdfast.claims.model import OpenClaim
from holdfast.cli import app
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY, HOUR, SystemClock, iso
from holdfast.kernel.ids import Ids
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres
from holdfast.settlement.received import RecordUnassigned
from who_asks import asked

NOW = SystemClock().now()
BEGAN = NOW - 4 * DAY


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["tasks", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_url: str) -> None:
    """A database in which a receipt waits for four days, and a claim for an hour."""
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", migrated_url)
    monkeypatch.chdir(tmp_path)
    receipt = RecordUnassigned(receipt_id="r1", currency="CNY", amount_minor=900, reference="?")
    claim = OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="not as shown")
    with Postgres.open(migrated_url, ids=Ids(Random(1))) as home:
        home.adopt(named("full"), BEGAN)
        commands = [*opening(), *sale("o1", "m1", "c1", 10_000, 3), receipt]
        outcomes = home.run([asked(command, BEGAN) for command in commands])
        outcomes += home.run([asked(claim, NOW - HOUR)])
        assert [outcome.refusal for outcome in outcomes if not outcome.accepted] == []


def test_what_whose_how_much_until_when_and_what_may_answer_it() -> None:
    shown = invoke("--zone", "UTC")
    assert shown.exit_code == 0
    receipt, claim = shown.stdout.split("\n\n")
    assert receipt.splitlines()[:3] == [
        "收到来历不明的款项：请认领",
        "money came in that names nothing known: find out what it is",
        "  receipt:r1",
    ]
    assert "CN¥9.00" in receipt
    assert "已逾期 overdue" in receipt
    assert " ".join(Role.STAFF.called) in receipt
    assert "AssignReceipt receipt_id=r1" in receipt
    assert "claim:k1 order:o1 merchant:m1 consumer:c1" in claim
    assert "overdue" not in claim
    assert "UpholdClaim claim_id=k1" in claim


@pytest.mark.parametrize(
    ("language", "there", "missing"), [("zh", "请认领", "find out"), ("en", "find out", "请认领")]
)
def test_one_language_alone(language: str, there: str, missing: str) -> None:
    shown = invoke("--lang", language).stdout
    assert there in shown
    assert missing not in shown


def test_a_document_has_all_of_it_page_by_page() -> None:
    first = json.loads(invoke("--json", "--limit", 1).stdout)
    [task] = first["tasks"]
    assert task["kind"] == "receipt"
    assert task["row"] == "Receipt:r1"
    assert task["at_stake"] == {"amount_minor": 900, "currency": "CNY"}
    assert (task["since"], task["due"]) == (iso(BEGAN), iso(BEGAN + 3 * DAY))
    assert task["overdue"] is True
    assert task["may"] == [{"command": "AssignReceipt", "fields": {"receipt_id": "r1"}}]
    second = json.loads(invoke("--json", "--limit", 1, "--after", first["next"]).stdout)
    assert [each["kind"] for each in second["tasks"]] == ["claim"]
    assert second["next"] is None
    assert f"--after {first['next']}" in invoke("--limit", 1).stdout


def test_only_those_of_a_role() -> None:
    assert "Nothing waits for anybody." in invoke("--role", "arbiter").stdout
    assert "receipt:r1" in invoke("--role", "staff").stdout


def test_a_cursor_that_is_none_is_refused() -> None:
    refused = invoke("--after", "x", "--json")
    assert refused.exit_code == 1
    assert "bad_cursor" in refused.stdout + refused.stderr
