"""`evidence add`, `custody`, `pack`: from a photo to a package that a stranger verifies."""

import json
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.kernel.clock import parse
from holdfast.kernel.ids import Ids
from holdfast.parties.model import RegisterMerchant
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\0IEND\xaeB`\x82"
AT = parse("2026-01-01")


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    with Postgres.open(database_url, ids=Ids(Random(1))) as home:
        home.adopt(named("full"), AT)
        registering = RegisterMerchant(merchant_id="m1", name="Tea", currency="CNY", owner_ids=("p1",))
        [outcome] = home.run([Submission(registering, AT)])
        assert outcome.refusal is None
    assert invoke("clock", "confirm", "--by", "Li", "--reason", "the market is of long ago").exit_code == 0
    (tmp_path / "photo.png").write_bytes(PNG)


def added(*more: object) -> dict[str, str]:
    done = invoke(
        *("evidence", "add", "photo.png", "--merchant", "m1", "--source", "the shop's page"),
        *("--device", "Chromium", "--captured-at", "2026-01-02T09:30:00+08:00", "--operator", "Li"),
        *("--evidence", "blobs", "--json", *more),
    )
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_photo_becomes_a_package_that_a_stranger_verifies(tmp_path: Path) -> None:
    assert invoke("trail", "init", "log", "--origin", "log.example/x").exit_code == 0
    found = added("--trail", "log")
    early = invoke("receipt", found["fact"], "--trail", "log", "--json")
    assert json.loads(early.stdout)["refusal"]["code"] == "not_sequenced"
    custody = invoke(
        *("evidence", "custody", found["evidence_id"], "--action", "handed_over", "--operator", "Wang"),
        *("--device", "safe 3", "--at", "2026-01-03T00:00:00Z"),
    )
    assert custody.exit_code == 0, custody.output
    assert "2026-01-03T00:00:00Z" in custody.stdout
    assert invoke("trail", "run", "log", "--once").exit_code == 0
    packed = invoke(
        *("evidence", "pack", "merchant:m1", "--out", "m1.zip", "--trail", "log", "--evidence", "blobs")
    )
    assert packed.exit_code == 0, packed.output
    told = invoke("verify", "m1.zip", "--policy", "log/policy", "--json")
    assert told.exit_code == 0, told.output
    said = json.dumps(json.loads(told.stdout), ensure_ascii=False)
    assert "facts stand in the log log.example/x" in said
    assert "1 files are those whose SHA-256" in said
    promise = invoke("verify", found["promise"], "--policy", "log/policy", "--log", "log/log", "--lang", "en")
    assert promise.exit_code == 0, promise.output
    assert f"Fact {found['fact']} stands in the log" in promise.stdout
    assert (tmp_path / found["promise"]).is_file()


def test_what_cannot_be_recorded_is_refused_with_its_reason() -> None:
    found = added()
    again = invoke(
        *("evidence", "add", "photo.png", "--merchant", "m1", "--source", "a", "--device", "b"),
        *("--captured-at", "2026-01-02T00:00:00Z", "--operator", "Li", "--evidence", "blobs", "--json"),
    )
    refusal = json.loads(again.stdout)["refusal"]
    assert refusal["code"] == "evidence_recorded_already"
    late = invoke(
        *("evidence", "custody", found["evidence_id"], "--action", "viewed", "--operator", "Wang"),
        *("--device", "desk", "--at", "tomorrow", "--json"),
    )
    assert json.loads(late.stdout)["refusal"]["code"] == "bad_capture_time"


def test_a_time_without_its_zone_is_refused_and_nothing_is_recorded() -> None:
    for at in ("2026-01-02T09:30", "2026-01-02", "2026-01-02T09:30:00.5"):
        asked = invoke(
            *("evidence", "add", "photo.png", "--merchant", "m1", "--source", "a", "--device", "b"),
            *("--captured-at", at, "--operator", "Li", "--evidence", "blobs", "--json"),
        )
        assert json.loads(asked.stdout)["refusal"]["code"] == "bad_capture_time"
    assert added()["media_type"] == "image/png"


def test_a_log_that_the_facts_do_not_stand_in_promises_and_proves_nothing(tmp_path: Path) -> None:
    for name in ("log", "other"):
        assert invoke("trail", "init", name, "--origin", f"log.example/{name}").exit_code == 0
    fact = added("--trail", "log")["fact"]
    assert invoke("trail", "run", "log", "--once").exit_code == 0
    (tmp_path / "chat.txt").write_text("hello")
    refused = [
        invoke(
            *("evidence", "add", "chat.txt", "--merchant", "m1", "--source", "a", "--device", "b"),
            *("--captured-at", "2026-01-02T00:00:00Z", "--operator", "Li", "--evidence", "blobs", "--json"),
            *("--trail", "other"),
        ),
        invoke("trail", "status", "other", "--json"),
    ]
    assert {json.loads(one.stdout)["refusal"]["code"] for one in refused} == {"log_other"}
    assert invoke("receipt", fact, "--trail", "log").exit_code == 0
