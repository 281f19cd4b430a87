"""Facts that said in a field of their own who acted are read as today's: the fact's actor says it."""

import json
from random import Random
from typing import Any

import psycopg
import pytest

from histories import START, opening
from holdfast.enforcement.model import MerchantAbsconded
from holdfast.journal import stored
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.actor import (
    CLOCK,
    HISTORY,
    LIBRARY,
    OUTSIDE,
    REACTION,
    RESTORE,
    TERMINAL,
    Actor,
    Door,
    Nature,
    Role,
)
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres, body_decoder
from holdfast.publishing.scribe import Entry
from holdfast.telling.facts import tell
from who_asks import asked

CLI = Door.COMMAND_LINE
KEYS = {"pseudonym": "p", "deals": 1, "kept": 0, "kept_until": None, "whole": True}
RESTORED = "holdfast db restore on 2026-11-27: erased before, after this backup was made"
RETURNED = {"order_id": "o", "merchant_id": "m", "consumer_id": "c", "released_minor": 1}
UPHELD = {"order_id": "o", "merchant_id": "m", "consumer_id": "c", "claim_id": "k", "amount_minor": 1}
SUSPENDED = {"merchant_id": "m", "reason": "late"}


def read(kind: str, body: dict[str, Any], by: object, actor: Actor | None = None) -> Fact:
    raw = json.dumps({"type": kind, **body, "by": by}).encode()
    return stored.read("f", 0, body_decoder().decode(raw), raw, None if actor is None else actor.text())


@pytest.mark.parametrize(
    ("recorded", "door"),
    [(None, Door.LIBRARY), (LIBRARY, Door.LIBRARY), (HISTORY, Door.FILE), (TERMINAL, Door.COMMAND_LINE)],
)
@pytest.mark.parametrize("name", ["Li", "Li ", "李 雷", "x" * 500])
def test_who_was_named_acted(recorded: Actor | None, door: Door, name: str) -> None:
    """Word for word: a name of then need not have the form of today's ids."""
    fact = read("MerchantSuspended", SUSPENDED, name, recorded)
    assert fact.actor == Actor(Nature.PERSON, name, Role.STAFF, door)
    assert tell(fact, "CNY").en == f"{name} suspended the merchant: late"


def test_whoever_said_it_for_the_merchant_acted_for_it() -> None:
    fact = read("ReturnRefused", RETURNED | {"reason": "empty", "capture_at": None}, "the shop")
    assert fact.actor == Actor(Nature.PERSON, "the shop", Role.MERCHANT, Door.LIBRARY)


@pytest.mark.parametrize("recorded", [Actor(Nature.PERSON, "Wang", Role.STAFF, Door.COMMAND_LINE), CLOCK])
def test_a_person_or_the_system_that_is_recorded_stays(recorded: Actor) -> None:
    assert read("MerchantSuspended", SUSPENDED, "Li", recorded).actor == recorded


@pytest.mark.parametrize("recorded", [None, LIBRARY])
def test_where_nobody_was_named_nobody_is_made_up(recorded: Actor | None) -> None:
    fact = read("MerchantSuspended", SUSPENDED, "", recorded)
    assert fact.actor == recorded
    assert tell(fact, "CNY").en.startswith("the marketplace " if recorded else "somebody ")


@pytest.mark.parametrize(
    ("kind", "body", "by", "actor"),
    [
        ("OrderReturned", RETURNED, "time", CLOCK),
        ("OrderReturned", RETURNED, "merchant", LIBRARY),
        ("ClaimUpheld", UPHELD, "wind-down", CLOCK),
        ("ClaimUpheld", UPHELD, "decided before", REACTION),
    ],
)
def test_what_was_no_name_names_no_person(kind: str, body: dict[str, Any], by: str, actor: Actor) -> None:
    fact = read(kind, body, by)
    assert fact.actor is not None
    assert (fact.actor.nature, fact.actor.id) == (actor.nature, actor.id)
    assert fact.actor.role is (Role.MERCHANT if by == "merchant" else actor.role)
    assert read(kind, body, by, OUTSIDE).actor == OUTSIDE


@pytest.mark.parametrize("recorded", [None, RESTORE, Actor(Nature.SYSTEM, "restore", Role.SYSTEM, CLI)])
def test_what_was_erased_again_keeps_why(recorded: Actor | None) -> None:
    fact = read("KeysDestroyed", KEYS, RESTORED, recorded)
    assert isinstance(fact.body, KeysDestroyed)
    assert (fact.actor, fact.body.reason) == (recorded or RESTORE, RESTORED)
    asked_for = read("KeysDestroyed", KEYS, "Li", Actor(Nature.PERSON, "Li", Role.STAFF, Door.COMMAND_LINE))
    assert isinstance(asked_for.body, KeysDestroyed)
    assert asked_for.body.reason == ""


def test_of_all_who_declared_the_last_one_acted() -> None:
    body: dict[str, Any] = {
        "merchant_id": "m",
        "owner_ids": [],
        "reason": "gone",
        "exposure_minor": 1,
        "cover_minor": 1,
    }
    fact = read("MerchantAbsconded", body, ["Li", "Wang"])
    assert isinstance(fact.body, MerchantAbsconded)
    assert fact.body.declared_by == ("Li", "Wang")
    assert fact.actor is not None
    assert fact.actor.id == "Wang"
    assert "declared absconded by Li and Wang" in tell(fact, "CNY").en


def test_a_journal_of_before_is_read_and_what_its_log_says_stays(database_url: str) -> None:
    """What is read has its actor; what is committed to are the bytes as they were stored."""
    with Postgres.open(database_url, ids=Ids(Random(2)), guard=None) as home:
        home.adopt(named("full"), START)
        home.run([asked(command, START) for command in opening()])
        was = {"type": "MerchantSuspended", "merchant_id": "m1", "reason": "late", "by": "Li"}
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO facts (id, at, kind, merchant_id, body)"
                " SELECT %s, at, 'MerchantSuspended', 'm1', %s::jsonb FROM facts LIMIT 1",
                ("ffffffff-0000-7000-8000-000000000000", json.dumps(was)),
            )
            row = connection.execute(
                "SELECT id::text, 0, kind, body::text::bytea, actor FROM facts"
                " WHERE kind = 'MerchantSuspended'"
            ).fetchone()
        [fact] = [one for one in home.facts(merchant_id="m1") if one.kind == "MerchantSuspended"]
    assert fact.actor == Actor(Nature.PERSON, "Li", Role.STAFF, Door.LIBRARY)
    assert row is not None
    entry = Entry.stored(row)
    assert (entry.body, entry.actor) == (was, None)
