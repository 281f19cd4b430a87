"""Revision 0020: what waited before it says since when, and what nobody answered is told in time."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql
from test_landed import old

from holdfast.audit.checks import audit
from holdfast.guarantees.model import Guarantee
from holdfast.kernel.clock import DAY, HOUR, parse
from holdfast.kernel.ids import Ids
from holdfast.orders.facts import AnswerOverdue, Question
from holdfast.orders.model import Order
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.settlement.model import Payout
from holdfast.settlement.otherwise import Repayment

HELD = "019cf9179c0070008666678fa46d6753"
"""The hold of the golden database's payout."""

NOTICE_OUT = "notice_asked_at = '2026-03-19T00:00:00Z', notice_sent_at = '2026-03-19T00:01:00Z'"
ASKED = "2026-03-17T00:00:00Z"

REPAYMENT = {
    "id": "r1",
    "order_id": "o0",
    "merchant_id": "m",
    "consumer_id": "c",
    "currency": "CNY",
    "amount_minor": 100,
    "why": "late",
    "state": "asked",
    "since": "2026-03-16T00:00:00Z",
    "payment_id": HELD,
    "paid_minor": 0,
}

GUARANTEE: dict[str, Any] = {
    "id": "g1",
    "merchant_id": "m",
    "currency": "CNY",
    "kind": "bank_guarantee",
    "issuer": "a bank",
    "limit_minor": 1_000,
    "starts_at": "2026-03-01T00:00:00Z",
    "ends_at": "2027-03-01T00:00:00Z",
    "call": "on_demand",
    "excludes": [],
    "share_bp": 10_000,
    "counts_until": "2027-01-01T00:00:00Z",
    "call_by": "2027-02-01T00:00:00Z",
    "state": "covering",
    "called_minor": 100,
    "paid_minor": 40,
    "refused_minor": 0,
    "settled_minor": 0,
    "wake_at": "2027-01-01T00:00:00Z",
}

Change = Callable[[psycopg.Connection[Any]], None]


def put(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    name = sql.Identifier(table)
    query = sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_record(NULL::{}, %s)").format(name, name)
    connection.execute(query, [json.dumps(row)])


def tell(connection: psycopg.Connection[Any], number: int, at: str, body: dict[str, Any]) -> None:
    fact = {"id": f"019cfe3d-f800-7000-bf8f-{number:012}", "at": at, "kind": body["type"], "body": body}
    put(connection, "facts", fact | {"merchant_id": body["merchant_id"], "actor": None})


@contextmanager
def upgraded(url: str, versions: Path, change: Change) -> Generator[Postgres]:
    """Give the golden database of revision 0019, changed, and then brought up to date."""
    old(url, "0019", versions)
    with psycopg.connect(url) as connection:
        change(connection)
    migrate(url)
    home = Postgres(url, None, Ids(Random(2)), guard=None)
    try:
        yield home
    finally:
        home.close()


@pytest.mark.parametrize(
    ("columns", "asked_at", "within", "question"),
    [
        ("notice_asked_at = '2026-03-19T00:00:00Z'", "2026-03-19", 12 * HOUR, Question.NOTICE),
        (
            f"{NOTICE_OUT}, capture_asked_at = '2026-03-20T00:01:00Z', capture_asked_minor = owed_minor",
            "2026-03-20T00:01:00Z",
            3 * DAY,
            Question.DEBIT,
        ),
    ],
)
def test_an_order_that_waits_for_an_answer_wakes_when_its_time_is_over(
    database_url: str, versions: Path, columns: str, asked_at: str, within: int, question: Question
) -> None:
    def change(connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"UPDATE orders SET {columns}, wake_at = NULL WHERE id = 'o2'".encode())

    with upgraded(database_url, versions, change) as home:
        order = home.row(Order, "o2")
        assert order is not None
        assert order.wake_at == parse(asked_at) + within
        assert audit(home).findings == []
        home.advance(parse(asked_at) + within)
        told = [fact.body for fact in home.facts() if isinstance(fact.body, AnswerOverdue)]
        assert [(each.question, each.asked_at) for each in told] == [(question, parse(asked_at))]
        assert audit(home).findings == []


def test_an_order_that_a_claim_pauses_stays_paused(database_url: str, versions: Path) -> None:
    def change(connection: psycopg.Connection[Any]) -> None:
        connection.execute(
            "UPDATE orders SET notice_asked_at = '2026-03-19T00:00:00Z', wake_at = NULL,"
            " disputed_at = '2026-03-19T00:00:00Z' WHERE id = 'o2'"
        )

    with upgraded(database_url, versions, change) as home:
        order = home.row(Order, "o2")
        assert order is not None
        assert order.wake_at is None
        assert [task.kind for task in home.tasks(parse("2026-03-20")).items] == ["notice_unanswered", "claim"]


def test_what_was_asked_for_says_since_when(database_url: str, versions: Path) -> None:
    def change(connection: psycopg.Connection[Any]) -> None:
        connection.execute("UPDATE payouts SET state = 'asked', hold_id = %s", [HELD])
        put(connection, "repayments", REPAYMENT)
        put(connection, "repayments", REPAYMENT | {"id": "r2", "state": "bounced"})
        put(connection, "guarantees", GUARANTEE)
        put(connection, "guarantees", GUARANTEE | {"id": "g2", "paid_minor": 100})
        called = {"type": "GuaranteeCalled", "guarantee_id": "g1", "merchant_id": "m", "amount_minor": 50}
        tell(connection, 1, "2026-03-10T00:00:00Z", called)
        tell(connection, 2, "2026-03-11T00:00:00Z", called)

    asked_at = parse(ASKED)
    with upgraded(database_url, versions, change) as home:
        payout, first, second = home.row(Payout, "m"), home.row(Repayment, "r1"), home.row(Repayment, "r2")
        assert payout is not None
        assert first is not None
        assert second is not None
        assert (payout.waits_since, payout.wake_at) == (asked_at, asked_at + 3 * DAY)
        assert (first.asked_at, first.wake_at) == (asked_at, asked_at + 3 * DAY)
        assert (second.asked_at, second.wake_at) == (None, None)
        called_at = {row.id: row.called_at for row in home.rows(Guarantee)}
        assert called_at == {"g1": parse("2026-03-11"), "g2": None}


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ("status = 'active'", True),
        ("status = 'absconded'", False),
        ("cleared_at = '2026-03-19T00:00:00Z'", False),
        ("cleared_at = '2026-03-10T00:00:00Z'", True),
    ],
)
def test_another_shop_of_who_ran_waits_since_it_was_refused(
    database_url: str, versions: Path, changes: str, *, waits: bool
) -> None:
    def change(connection: psycopg.Connection[Any]) -> None:
        connection.execute("UPDATE payouts SET refused = true")
        connection.execute(f"UPDATE merchants SET {changes}".encode())
        held = {"type": "PayoutHeld", "merchant_id": "m", "amount_minor": 5, "reason": "x"}
        tell(connection, 1, "2026-03-17T00:00:00Z", held | {"code": "owner_ran_elsewhere"})
        tell(connection, 2, "2026-03-18T00:00:00Z", held | {"code": "cover_too_low"})

    with upgraded(database_url, versions, change) as home:
        row = home.row(Payout, "m")
        assert row is not None
        assert row.waits_since == (parse("2026-03-17") if waits else None)
