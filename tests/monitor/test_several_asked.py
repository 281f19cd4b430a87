"""A monitor counts who asked for what nothing undoes, by pseudonyms, against the policy in the log."""

from collections.abc import Sequence
from typing import Any

import pytest

from holdfast.monitor.rules import Breach, Rule, Rules

DAY = 86_400_000


def fact(nth: int, kind: str, by: str = "", day: int = 1, **body: Any) -> dict[str, Any]:
    actor = {"door": "cli", "nature": "person" if by else "machine", "pseudonym": by or "m", "role": "staff"}
    return {
        "actor": actor,
        "at": day * DAY,
        "body": {"type": kind, **body},
        "id": f"f{nth}",
        "kind": kind,
    }


def policy(number: int, day: int = 0, **settings: int) -> dict[str, Any]:
    return fact(number, "PolicyAdopted", day=day, version="v", policy=settings)


def made(number: int, by: str, needed: int = 2) -> dict[str, Any]:
    return fact(number, "ProposalMade", by, number="n", command="RestartLog", needed=needed)


def seconded(number: int, by: str, left: int = 0) -> dict[str, Any]:
    return fact(number, "ProposalSeconded", by, number="n", command="RestartLog", left=left)


def restarted(number: int, by: str, proposal: str = "n", day: int = 1) -> dict[str, Any]:
    return fact(number, "LogRestarted", by, day, origin="o", former_size=1, proposal=proposal)


TWO = policy(0, erasure_people=2, log_restart_people=2)
LET_IN = policy(0, access_people=2)
OLD = policy(0)


def broken(facts: Sequence[dict[str, Any]]) -> list[Breach]:
    rules = Rules({})
    return [breach for one in facts for breach in rules.take(one)]


@pytest.mark.parametrize(
    "facts",
    [
        [TWO, made(1, "li"), seconded(2, "wang"), restarted(3, "wang")],
        [TWO, made(1, "li", 3), seconded(2, "wang", 1), seconded(3, "zhao"), restarted(4, "zhao")],
        [OLD, restarted(1, "li", "")],
        [restarted(1, "li", "")],
        [OLD, fact(1, "KeysDestroyed", "li", pseudonym="p")],
        [TWO, fact(1, "KeysDestroyed", pseudonym="p", reason="erased before")],
        [LET_IN, fact(1, "KeyIssued", "li", role="merchant", merchant_id="m1")],
        [LET_IN, fact(1, "PersonEnrolled", role="consumer", consumer_id="c1")],
        [
            LET_IN,
            made(1, "li"),
            seconded(2, "wang"),
            fact(3, "RoleChanged", "wang", role="risk", proposal="n"),
        ],
        [OLD, fact(1, "KeyIssued", "li", role="operator")],
        [OLD, policy(1, day=2, log_restart_people=2), restarted(2, "li", "", day=2)],
    ],
)
def test_what_enough_people_asked_for_breaks_no_rule(facts: list[dict[str, Any]]) -> None:
    """As what happened no later than a policy was adopted: it may have begun under the one before."""
    assert broken(facts) == []


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ([TWO, restarted(1, "li", "")], ("f1",)),
        ([TWO, restarted(1, "li", "another")], ("f1",)),
        ([TWO, fact(1, "KeysDestroyed", "li", pseudonym="p")], ("f1",)),
        ([TWO, made(1, "li"), seconded(2, "li"), restarted(3, "li")], ("f1", "f2", "f3")),
        ([OLD, made(1, "li"), restarted(2, "li")], ("f1", "f2")),
        ([TWO, made(1, "li"), seconded(2, ""), restarted(3, "")], ("f1", "f2", "f3")),
        ([TWO, made(1, "li", 3), seconded(2, "wang"), restarted(3, "wang")], ("f1", "f2", "f3")),
        (
            [TWO, made(1, "li"), fact(2, "ProposalWithdrawn", "li", number="n"), restarted(3, "wang")],
            ("f3",),
        ),
        ([LET_IN, fact(1, "KeyIssued", "li", role="operator")], ("f1",)),
        ([LET_IN, fact(1, "PersonEnrolled", "li", role="finance", proposal="")], ("f1",)),
        ([LET_IN, fact(1, "RoleChanged", "li", role="merchant", merchant_id="m1")], ("f1",)),
        ([OLD, policy(1, log_restart_people=2), restarted(2, "li", "")], ("f2",)),
    ],
)
def test_what_too_few_asked_for_is_found(facts: list[dict[str, Any]], named: tuple[str, ...]) -> None:
    assert [(breach.rule, breach.facts) for breach in broken(facts)] == [(Rule.SEVERAL, named)]


@pytest.mark.parametrize("told", ["none", {"erasure_people": "two"}, {"erasure_people": True}])
def test_a_policy_that_is_none_is_no_fact_of_its_form(told: object) -> None:
    wrong = fact(1, "PolicyAdopted", version="v", policy=told)
    assert [breach.rule for breach in broken([wrong])] == [Rule.FORM]
