"""Bare money is moved where a home was built for it, and by no other; what it left is read as before."""

import subprocess
import sys
from random import Random

import pytest
from msgspec.structs import replace

from histories import START
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.journal.requests import Request, asks_the_same, fingerprint
from holdfast.kernel.actor import LIBRARY
from holdfast.kernel.clock import HOUR
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.ledger.model import Account, Hold, HoldState
from holdfast.postgres.home import Postgres

MOVE = MoveMoney(transfer_id="t", from_id="a", to_id="b", currency="CNY", amount_minor=5)
HOLD = PlaceHold(hold_id="h", from_id="a", to_id="b", currency="CNY", amount_minor=5)
OPENED = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")]

STORED: list[tuple[Command, str, str]] = [
    (
        OpenAccount(account_id="a", currency="CNY"),
        "acbe1fa014627e39695a03d69ad4b232",
        "1c2a8f1589c43f70a9e2298ff5ef6adb",
    ),
    (MOVE, "53e8a205fb47b5a4a1f7a70cba603a3d", "ae4796c17622487c3d2785950cf2abec"),
    (MoveLinked(transfers=(MOVE,)), "db0e0fbd506c0f982341b2c24ec04b01", "60e410128c11419536d939cf51b1882a"),
    (HOLD, "a76c9e33782f2846cb2d3eaa48eb33de", "5e336ad41bba1495c82edc6a77ddbe23"),
    (
        PostHold(hold_id="h", transfer_id="t"),
        "6ee44304550e128577930a6615fd0391",
        "5c696870ab154fbed2afbe6cda7c46af",
    ),
    (VoidHold(hold_id="h"), "55bea0cd88a4afcc092569565acd94c1", "55bea0cd88a4afcc092569565acd94c1"),
    (
        ReverseTransfer(transfer_id="t"),
        "e8447d9ebc18f11cb3e826f0618eccab",
        "e8447d9ebc18f11cb3e826f0618eccab",
    ),
]
"""The fingerprints that databases have of these, since revision 0009 and before it."""


def ask(home: Home, command: Command, key: str | None = None, at: int = START) -> Outcome:
    [outcome] = home.run([Submission(command, at, key)])
    return outcome


@pytest.mark.parametrize(("command", "print_", "before"), STORED, ids=lambda each: type(each).__name__)
def test_what_asked_for_it_is_known_by_the_same_fingerprint(
    command: Command, print_: str, before: str
) -> None:
    assert fingerprint(command) == print_
    for known in (print_, before):
        assert asks_the_same(Request(id="k", fingerprint=known, fact_ids=()), command, LIBRARY)


@pytest.mark.parametrize(
    "command", [command for command, _, _ in STORED], ids=lambda each: type(each).__name__
)
def test_no_home_of_the_product_answers_it(command: Command) -> None:
    home = Memory(Ids(Random(1)), guard=None)
    outcome = ask(home, command, "k")
    assert outcome.refusal is not None
    assert outcome.refusal.code == "internal_error"
    assert (list(home.rows(Account)), list(home.rows(Request)), list(home.facts())) == ([], [], [])


def test_what_it_left_in_a_database_is_answered_audited_and_ends(migrated_url: str) -> None:
    with Postgres.open(migrated_url, ids=Ids(Random(1)), guard=None, commands=WITH_BARE) as bare:
        assert all(ask(bare, command).accepted for command in OPENED)
        moved = ask(bare, MOVE, "moved")
        refused = ask(bare, replace(MOVE, transfer_id="u", from_id="psp/CNY"), "refused")
        assert ask(bare, replace(HOLD, expires_at=START + HOUR)).accepted
    with Postgres.open(migrated_url, ids=Ids(Random(2)), guard=None) as home:
        again = ask(home, MOVE, "moved")
        assert again.replayed_ids == tuple(fact.id for fact in moved.facts)
        assert ask(home, replace(MOVE, amount_minor=6), "moved").refusal is not None
        assert (
            ask(home, replace(MOVE, transfer_id="u", from_id="psp/CNY"), "refused").refusal == refused.refusal
        )
        home.advance(START + HOUR)
        hold = home.row(Hold, "h")
        assert hold is not None
        assert hold.state is HoldState.EXPIRED
        assert [fact.kind for fact in home.facts()] == [
            "AccountOpened",
            "AccountOpened",
            "MoneyMoved",
            "HoldPlaced",
            "HoldEnded",
        ]
        assert audit(home).findings == []


def test_a_refusal_that_was_stored_of_it_has_its_sort_and_both_languages() -> None:
    """A process of the product, which never imports bare money, finds them by the code."""
    program = """
from holdfast.kernel.refusal import RefusalRecord
import holdfast.engine.memory, sys
for code in ("account_of_chart", "already_reversed", "exists", "exists_with_different_accounts",
             "exists_with_different_amount", "expires_in_the_past", "transfer_of_debits"):
    print(code, RefusalRecord(code, "", "", "").sort)
assert not any(name.startswith("holdfast.bench") for name in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert dict(line.split() for line in done.stdout.splitlines()) == {
        "account_of_chart": "forbidden",
        "already_reversed": "conflict",
        "exists": "conflict",
        "exists_with_different_accounts": "conflict",
        "exists_with_different_amount": "conflict",
        "expires_in_the_past": "malformed",
        "transfer_of_debits": "forbidden",
    }
