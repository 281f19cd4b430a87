"""The journal in pages, in both homes: every question's answer is whole, in order, and the same."""

import base64
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from random import Random
from typing import Any

import psycopg
import pytest
from test_every_command_in_both import LATER, POLICY, on_the_first_day, react
from two_homes import Both, both

from databases import fresh_database
from histories import START
from holdfast.engine.execution import Submission
from holdfast.engine.home import Home
from holdfast.guarantees.model import Guarantee
from holdfast.house import KEPT
from holdfast.journal.pages import Answer, Asked, Sort, Subject, subject, subjects_of
from holdfast.kernel.actor import LIBRARY, Actor, Door, Nature, Role
from holdfast.kernel.clock import DAY
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Account
from holdfast.orders.model import Order
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.postgres import fact_pages
from holdfast.postgres.wire import open_wire
from holdfast.settlement.model import Claim
from who_asks import asked

ACTORS = (
    Actor(Nature.PERSON, "li/2", Role.STAFF, Door.CONSOLE),
    Actor(Nature.PERSON, "li", Role.STAFF, Door.CONSOLE),
    Actor(Nature.PERSON, "li", Role.MERCHANT, Door.API),
    Actor(Nature.MACHINE, "li", Role.MARKETPLACE, Door.API),
)


@pytest.fixture(scope="module")
def module_url(postgres_url: str, with_schema: str) -> Iterator[str]:
    """The address of a database for all tests of this file."""
    with fresh_database(postgres_url, with_schema) as url:
        yield url


@pytest.fixture(scope="module")
def homes(module_url: str) -> Iterator[Both]:
    """Both homes with a history in which much happens, by several actors."""
    with both(module_url) as given:
        given.adopt(POLICY, START - 1)
        commands = [(START, each) for each in on_the_first_day()]
        commands += [(START + day * DAY, each) for day, some in LATER for each in some]
        timeline: list[Submission] = []
        for number, (at, each) in enumerate(commands):
            submission = asked(each, at)
            is_program = submission.actor == LIBRARY
            actor = ACTORS[number % len(ACTORS)] if is_program else submission.actor
            timeline.append(submission._replace(actor=actor))
        given.play(timeline, react=react)
        yield given


def whole(turn: Callable[[str | None], Answer[Any]]) -> list[Any]:
    """Return all pages of an answer, one after the other."""
    found: list[Any] = []
    after: str | None = None
    while True:
        page = turn(after)
        found += page.items
        after = page.next
        if after is None:
            return found


def all_facts(home: Home, question: Asked, limit: int) -> list[Fact]:
    return whole(lambda after: home.fact_page(question, after=after, limit=limit))


def questions(facts: list[Fact]) -> Iterator[Asked]:
    subjects = sorted(set(chain.from_iterable(map(subjects_of, facts))))
    kinds = sorted({fact.kind for fact in facts})
    middle = facts[len(facts) // 2].at
    rng = Random(1)
    yield Asked()
    yield Asked(newest_first=True)
    yield Asked(since=middle)
    yield Asked(until=middle, newest_first=True)
    for sort in Sort:
        of_sort = [one for one in subjects if one.sort is sort]
        for each in rng.sample(of_sort, k=min(3, len(of_sort))):
            for newest_first in (False, True):
                yield Asked(subject=each, newest_first=newest_first)
                yield Asked(subject=each, kinds=tuple(kinds[::3]), newest_first=newest_first)
                yield Asked(subject=each, since=START + 2 * DAY, until=middle, newest_first=newest_first)
    for kind in kinds:
        yield Asked(kinds=(kind,))
    yield Asked(kinds=tuple(kinds[:5]), since=middle, newest_first=True)
    yield Asked(subject=Subject(Sort.ORDER, "none"))
    yield Asked(kinds=("NoSuchKind",))


def test_every_question_is_answered_alike_whatever_the_pages_size(homes: Both) -> None:
    facts = list(homes.memory.facts())
    assert {sort for fact in facts for sort, _ in subjects_of(fact)} == {*Sort}
    for question in questions(facts):
        expected = [fact for fact in facts if question.takes(fact)]
        if question.newest_first:
            expected.reverse()
        for limit in (7, 500):
            for home in homes:
                assert all_facts(home, question, limit) == expected, question


def test_an_actor_is_one_whatever_its_role_and_door_and_nobody_else(homes: Both) -> None:
    [person, machine] = [
        all_facts(homes.postgres, Asked(subject=subject(f"actor:{name}")), 100)
        for name in ("person/li", "machine/li")
    ]
    assert {fact.actor for fact in person} == set(ACTORS[1:3])
    assert {fact.actor for fact in machine} == {ACTORS[3]}


def test_ids_of_one_hash_are_not_mixed_up(postgres_url: str, with_schema: str) -> None:
    """The keys of the indexes are hashes of 32 bits; with ten million ids, some have the same."""
    pair = ("c36012", "c153775")
    with fresh_database(postgres_url, with_schema) as url, both(url) as given:
        with psycopg.connect(url) as connection:
            hashes = connection.execute("SELECT hashtext(%s), hashtext(%s)", pair).fetchone()
        assert hashes is not None
        assert hashes[0] == hashes[1]
        given.adopt(POLICY, START - 1)
        for key in pair:
            actor = Actor(Nature.PERSON, key, Role.STAFF, Door.CONSOLE)
            merchant = RegisterMerchant(
                merchant_id=key, name=key, currency="CNY", owner_ids=(f"owner-{key}",)
            )
            commands = [OpenPayLater(consumer_id=key, currency="CNY"), merchant]
            outcomes = given.run([Submission(each, START, None, actor) for each in commands])
            assert [outcome.refusal for outcome in outcomes] == [None, None]
        for sort in (Sort.CONSUMER, Sort.MERCHANT, Sort.ACTOR):
            for key in pair:
                question = Asked(subject=Subject(sort, f"person/{key}" if sort is Sort.ACTOR else key))
                [expected, found] = [all_facts(home, question, 1) for home in given]
                assert expected
                assert found == expected


@pytest.mark.parametrize(
    ("kind", "sort"), [(Order, Sort.MERCHANT), (Order, Sort.CONSUMER), (Claim, Sort.CONSUMER)]
)
def test_rows_are_listed_by_subject_in_the_order_of_their_beginning(
    homes: Both, kind: type[Any], sort: Sort
) -> None:
    rows: list[Any] = list(homes.memory.rows(kind))
    assert rows
    for key in sorted({getattr(row, f"{sort}_id") for row in rows}):
        expected = {row.id: row for row in rows if getattr(row, f"{sort}_id") == key}
        for newest_first in (False, True):
            found = [
                whole(
                    lambda after, home=home, newest_first=newest_first, key=key: home.row_page(
                        kind, Subject(sort, key), after=after, limit=3, newest_first=newest_first
                    )
                )
                for home in homes
            ]
            assert found[0] == found[1]
            assert len(found[0]) == len(expected)
            assert {row.id: row for row in found[0]} == expected


def test_every_row_that_is_listed_has_one_beginning(homes: Both) -> None:
    """Declared in its room, see `Kept.begun_by`: else it would be listed twice, or never."""
    listed = {kind: kept.begun_by for kind, kept in KEPT.items() if kept.begun_by}
    assert {Order, Claim, Guarantee} <= listed.keys()
    for kind, begun_by in listed.items():
        told = [
            getattr(fact.body, begun_by[fact.kind]) for fact in homes.memory.facts() if fact.kind in begun_by
        ]
        assert sorted(told) == [row.id for row in homes.memory.rows(kind)]


@pytest.mark.parametrize("kind", [Order, Account])
def test_all_rows_come_by_their_ids(homes: Both, kind: type[Row]) -> None:
    for newest_first in (False, True):
        for home in homes:
            found = whole(
                lambda after, home=home, newest_first=newest_first: home.row_page(
                    kind, after=after, limit=9, newest_first=newest_first
                )
            )
            assert found == sorted(home.rows(kind), key=lambda row: row.id, reverse=newest_first)


def test_entries_of_an_account_come_by_its_version(homes: Both) -> None:
    for account in homes.memory.rows(Account):
        expected = list(homes.memory.entries(account.id))
        for newest_first in (False, True):
            for home in homes:
                found = whole(
                    lambda after, home=home, newest_first=newest_first, key=account.id: home.entry_page(
                        key, after=after, limit=4, newest_first=newest_first
                    )
                )
                assert found == (expected[::-1] if newest_first else expected)


def code(ask: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        ask()
    return refused.value.code


def test_a_cursor_turns_the_pages_of_its_own_question_alone(homes: Both) -> None:
    other, by = Asked(kinds=("OrderPlaced",)), Subject(Sort.MERCHANT, "m")
    for home in homes:
        cursor = home.fact_page(Asked(), limit=2).next
        assert cursor is not None
        for wrong in (cursor[:-2], "", "é", "eA==", f"{cursor}AA=="):
            assert code(partial(home.fact_page, Asked(), after=wrong)) == "bad_cursor"
        assert code(partial(home.fact_page, other, after=cursor)) == "bad_cursor"
        assert code(partial(home.row_page, Order, after=cursor)) == "bad_cursor"
        for limit in (0, 501, -1):
            assert code(partial(home.fact_page, Asked(), limit=limit)) == "bad_limit"
        assert code(partial(home.row_page, Account, by)) == "not_listed"
        forged = base64.urlsafe_b64encode(
            base64.urlsafe_b64decode(home.entry_page("psp/CNY", limit=1).next or "")[:13] + b"x"
        ).decode()
        assert code(partial(home.entry_page, "psp/CNY", after=forged)) == "bad_cursor"


@pytest.mark.parametrize("text", ["order", "order:", ":o", "nobody:o", ""])
def test_a_text_that_names_no_subject(text: str) -> None:
    assert code(lambda: subject(text)) == "unknown_subject"


def test_each_page_is_found_at_its_place_in_an_index(homes: Both, module_url: str) -> None:
    """By the plan: the tables of a test are too small for a time to say anything."""
    with open_wire(module_url, None) as connection:
        client = psycopg.ClientCursor(connection)
        for question in questions(list(homes.memory.facts())):
            for after in (None, "0" * 32):
                statement = client.mogrify(*fact_pages.query(question, after, 51))
                lines = connection.execute(f"EXPLAIN {statement}".encode()).fetchall()
                plan = "\n".join(line for (line,) in lines)
                assert "Seq Scan on facts" not in plan, (question, plan)
                # The page itself is sorted, and where several kinds are merged, their first ones.
                assert plan.count("Sort Key") <= (2 if "one.kind" in statement else 1), (question, plan)
