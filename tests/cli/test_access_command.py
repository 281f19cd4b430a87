"""Keys and people from the command line: a secret is shown once, and a password is never an argument."""

import json
from random import Random
from typing import TypeVar

import pytest
from typer.testing import CliRunner, Result

from histories import opening, policy
from holdfast.access import tokens
from holdfast.access.admitting import admit, admit_invitation
from holdfast.access.model import ApiKey, Identity, Invitation, Password, Person, PersonStatus, Scope
from holdfast.access.tokens import Kind
from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY, SystemClock
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Row
from holdfast.postgres.home import Postgres
from holdfast.sign_in import passwords

NOW = SystemClock().now()
GOOD = "correct horse battery"

R = TypeVar("R", bound=Row)


def invoke(*arguments: object, typed: str = "") -> Result:
    said = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, ["access", *said], input=typed, catch_exceptions=False)


def done(*arguments: object, typed: str = "") -> str:
    """Return what a command that succeeds writes."""
    result = invoke(*arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object, typed: str = "") -> str:
    """Return the code that a command is refused with."""
    result = invoke(*arguments, "--json", typed=typed)
    assert result.exit_code == 1, result.output
    return json.loads(result.stdout)["refusal"]["code"]


@pytest.fixture(autouse=True)
def url(monkeypatch: pytest.MonkeyPatch, migrated_url: str) -> str:
    """An empty market."""
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", migrated_url)
    return migrated_url


def live(url: str) -> None:
    """Bring a policy into force under which two people decide, and merchants in."""
    with Postgres.open(url, ids=Ids(Random(1)), guard=None) as home:
        home.adopt(policy("full"), NOW - DAY)
        home.run([Submission(command, NOW - DAY) for command in opening()])


def row(url: str, kind: type[R], key: str) -> R:
    with Postgres.open(url, ids=Ids(Random(1)), guard=None) as home:
        found = home.row(kind, key)
    assert found is not None
    return found


def test_the_first_key_of_an_empty_market_is_one_persons(url: str) -> None:
    shown = done("issue", "operator", "--label", "set-up", "--by", "Li")
    token = tokens.parse(shown.strip())
    assert token is not None
    assert token.kind is Kind.LIVE
    key = row(url, ApiKey, token.id)
    assert admit(key, token.secret, NOW) == key
    assert (key.role, key.owner, key.label) == (Role.OPERATOR, None, "set-up")
    assert token.secret not in done("keys")
    [listed] = json.loads(done("keys", "--json"))["keys"]
    assert "secret_hash" not in listed
    assert (listed["id"], listed["state"]) == (token.id, "opens")


def test_later_two_people_decide_and_the_last_of_them_is_shown_the_key(url: str) -> None:
    live(url)
    asked = ("issue", "finance", "--label", "the books", "--read-only", "--days", 90, "--by")
    first = done(*asked, "Li")
    assert "hf_live" not in first
    assert "proposed by Li" in first
    assert (
        "holdfast access issue finance --label 'the books' --days 90 --read-only --by ANOTHER-NAME" in first
    )
    token = tokens.parse(done(*asked, "Wang").strip())
    assert token is not None
    assert row(url, ApiKey, token.id).scopes == (Scope.READ,)
    done(*asked, "Li")
    assert json.loads(done(*asked[:-1], "--withdraw", "--by", "Li", "--json")).keys() == {"fact"}


def test_a_shops_key_is_rotated_and_revoked(url: str) -> None:
    live(url)
    shown = done("issue", "merchant", "--owner", "m1", "--label", "shop", "--test", "--by", "Li")
    old = tokens.parse(shown.strip())
    assert old is not None
    assert old.kind is Kind.TEST
    new = tokens.parse(done("rotate", old.id, "--grace-hours", 1, "--by", "Li").strip())
    assert new is not None
    assert row(url, ApiKey, old.id).replaced_by == new.id
    assert refused("rotate", old.id, "--by", "Li") == "key_over"
    done("revoke", new.id, "--reason", "it leaked", "--by", "Li")
    assert row(url, ApiKey, new.id).revoked_at is not None
    assert refused("revoke", "nowhere", "--reason", "x", "--by", "Li") == "not_found"
    assert refused("rotate", "nowhere", "--by", "Li") == "not_found"


def test_a_person_is_enrolled_and_has_a_password_that_nobody_sees(url: str) -> None:
    live(url)
    done("enrol", "wu", "merchant", "--owner", "m1", "--by", "Li")
    result = invoke("password", "wu", typed=f"{GOOD}\n")
    assert result.exit_code == 0
    assert GOOD not in result.output
    assert passwords.compare(GOOD, row(url, Password, "wu").hash).right
    assert refused("password", "wu", typed="short\n") == "weak_password"
    assert refused("password", "nobody", typed=f"{GOOD}\n") == "not_found"
    [listed] = json.loads(done("people", "--json"))["people"]
    assert (listed["id"], listed["role"], listed["owner"], listed["locked"]) == ("wu", "merchant", "m1", None)
    assert "wu  active" in done("people")


def test_a_person_is_invited_linked_suspended_and_changed(url: str) -> None:
    live(url)
    done("enrol", "wu", "merchant", "--owner", "m1", "--by", "Li")
    token = tokens.parse(done("invite", "wu", "--hours", 1, "--by", "Li").strip())
    assert token is not None
    invitation, person = row(url, Invitation, token.id), row(url, Person, "wu")
    assert admit_invitation(invitation, person, token.secret, NOW) == invitation
    done("link", "wu", "https://id.example", "248289761001", "--by", "Li")
    assert row(url, Identity, "https://id.example 248289761001").person_id == "wu"
    done("unlink", "https://id.example", "248289761001", "--by", "Li")
    done("sign-out", "wu", "--by", "Li")
    done("suspend", "wu", "--reason", "left", "--by", "Li")
    assert row(url, Person, "wu").status is PersonStatus.SUSPENDED
    done("reinstate", "wu", "--by", "Li")
    assert "proposed by Li" in done("role", "wu", "risk", "--by", "Li")
    done("role", "wu", "risk", "--by", "Wang")
    assert row(url, Person, "wu").role is Role.RISK
    told = CliRunner().invoke(app, ["show", "facts", "--of", "person:wu", "--lang", "en"])
    assert "Wang changed the role of wu from merchant to risk analyst" in told.stdout
