"""What nothing undoes, from the command line: one person proposes it, and another has it done."""

import json
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from histories import opening
from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.journal.erasing import KEPT_FOR
from holdfast.journal.model import KeysDestroyed, LogRestarted
from holdfast.kernel.clock import DAY, SystemClock
from holdfast.kernel.ids import Ids
from holdfast.parties.model import OpenPayLater
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres

NOW = SystemClock().now()
LONG_AGO = NOW - KEPT_FOR - 30 * DAY
SUBJECT = "merchant:m1"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def done(*arguments: object) -> str:
    """Return what a command that succeeds says."""
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    """Return the code that a command is refused with."""
    result = invoke(*arguments, "--json")
    assert result.exit_code == 1, result.output
    return json.loads(result.stdout)["refusal"]["code"]


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_url: str) -> str:
    """A database whose merchants came more than three years ago, and which is in use today."""
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", migrated_url)
    monkeypatch.setenv("HOLDFAST_ERASURES", str(tmp_path / "erasures.jsonl"))
    monkeypatch.chdir(tmp_path)
    with Postgres.open(migrated_url, ids=Ids(Random(1)), guard=None) as home:
        home.adopt(named("full"), LONG_AGO)
        home.run([Submission(command, LONG_AGO) for command in opening()])
        home.run([Submission(OpenPayLater(consumer_id="c9", currency="CNY"), NOW - DAY)])
    return migrated_url


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of all its facts."""
    folder = tmp_path / "log"
    done("trail", "init", folder, "--origin", "log.example/one")
    done("trail", "run", folder, "--once")
    return folder


def facts(url: str) -> list[str]:
    with Postgres.open(url, ids=Ids(Random(2)), guard=None) as home:
        return [fact.kind for fact in home.facts()]


def test_an_erasure_is_proposed_and_a_second_person_has_it_done(log: Path, url: str, tmp_path: Path) -> None:
    assert log.is_dir()
    said = done("erase", SUBJECT, "--destroy", "--by", "Li")
    assert "proposed by Li, as fact" in said
    assert "nothing was changed" in said
    assert "a second person must ask for the same by 20" in said
    assert f"holdfast erase {SUBJECT} --destroy --by ANOTHER-NAME" in said
    assert not (tmp_path / "erasures.jsonl").exists()
    assert refused("erase", SUBJECT, "--destroy", "--by", "LI") == "asked_already"
    [task] = json.loads(done("tasks", "--json"))["tasks"]
    assert task["kind"] == "proposal"
    assert task["may"][0] == {"command": "DestroyKeys", "fields": {"subject": SUBJECT}}
    assert f"DestroyKeys subject={SUBJECT}" in done("tasks")
    document = json.loads(done("erase", SUBJECT, "--destroy", "--by", "Wang", "--json"))
    assert document["destroyed"] is True
    assert document["proposed"] is None
    with Postgres.open(url, ids=Ids(Random(2)), guard=None) as home:
        *_, last = home.facts()
    assert isinstance(last.body, KeysDestroyed)
    assert last.id == document["fact"]
    assert last.body.proposal
    assert last.actor is not None
    assert last.actor.id == "Wang"
    assert json.loads((tmp_path / "erasures.jsonl").read_text(encoding="utf-8"))["fact"] == last.id
    assert done("tasks", "--lang", "en").strip() == "Nothing waits for anybody."
    assert refused("erase", SUBJECT, "--destroy", "--by", "Li") == "nothing_to_erase"


def test_an_erasure_is_proposed_and_taken_back(log: Path, url: str) -> None:
    assert log.is_dir()
    assert refused("erase", SUBJECT, "--withdraw", "--by", "Li") == "not_found"
    document = json.loads(done("erase", SUBJECT, "--destroy", "--by", "Li", "--json"))
    assert (document["destroyed"], document["fact"], document["erasures"]) == (False, None, None)
    assert document["proposed"]["asked"] == ["Li"]
    assert document["proposed"]["left"] == 1
    assert refused("erase", SUBJECT, "--withdraw", "--by", "Wang") == "not_the_proposer"
    assert "is withdrawn, as fact" in done("erase", SUBJECT, "--withdraw", "--by", "Li")
    assert refused("erase", SUBJECT, "--withdraw", "--by", "Li") == "wrong_state"
    assert "proposed by Wang" in done("erase", SUBJECT, "--destroy", "--by", "Wang")
    assert "KeysDestroyed" not in facts(url)


def test_who_asks_is_named_and_asks_for_one_thing(log: Path) -> None:
    assert log.is_dir()
    assert invoke("erase", SUBJECT, "--withdraw").exit_code == 2
    assert invoke("erase", SUBJECT, "--destroy", "--withdraw", "--by", "Li").exit_code == 2


def test_a_log_is_begun_anew_by_two(log: Path, url: str, tmp_path: Path) -> None:
    assert log.is_dir()
    new = tmp_path / "new"
    done("trail", "init", new, "--origin", "log.example/two")
    said = done("trail", "restart", new, "--by", "Li")
    assert "proposed by Li, as fact" in said
    assert "a second person must ask for the same by 20" in said
    assert f"holdfast trail restart {new} --by ANOTHER-NAME" in said
    assert "LogRestarted" not in facts(url)
    again = invoke("trail", "restart", new, "--by", "li")
    assert again.exit_code == 1
    assert "[asked_already]" in again.stderr
    assert "is withdrawn" in done("trail", "restart", new, "--by", "Li", "--withdraw")
    assert "proposed by Li" in done("trail", "restart", new, "--by", "Li")
    done("trail", "run", log, "--once")
    assert "go into the log log.example/two" in done("trail", "restart", new, "--by", "Wang")
    with Postgres.open(url, ids=Ids(Random(2)), guard=None) as home:
        *_, last = home.facts()
    assert isinstance(last.body, LogRestarted)
    assert last.body.proposal
    done("trail", "run", new, "--once")
