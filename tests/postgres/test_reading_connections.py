"""Connections that are read over rest in between: used again, replaced when lost, closed in the end."""

from collections.abc import Iterator
from random import Random

import psycopg
import pytest

from histories import START, opening, policy
from holdfast.engine.execution import Submission
from holdfast.kernel.ids import Ids
from holdfast.parties.model import Consumer, Merchant
from holdfast.postgres.home import Postgres
from waiting import wait_for

Admin = psycopg.Connection

OURS = "FROM pg_stat_activity WHERE application_name = 'holdfast' AND datname = current_database()"


@pytest.fixture
def admin(migrated_url: str) -> Iterator[Admin]:
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def home(migrated_url: str) -> Iterator[Postgres]:
    with Postgres.open(migrated_url, ids=Ids(Random(1))) as opened:
        opened.adopt(policy("full"), START)
        opened.run([Submission(command, START) for command in opening()])
        yield opened


def there(admin: Admin) -> set[int]:
    return {pid for (pid,) in admin.execute(f"SELECT pid {OURS}".encode()).fetchall()}


def test_one_that_rests_is_used_again(home: Postgres, admin: Admin) -> None:
    list(home.facts())
    before = there(admin)
    assert len(before) == 2
    assert list(home.rows(Merchant))
    assert list(home.rows(Consumer))
    assert there(admin) == before


def test_reads_at_the_same_time_have_their_own(home: Postgres) -> None:
    expected = [
        (merchant.id, consumer.id) for merchant in home.rows(Merchant) for consumer in home.rows(Consumer)
    ]
    merchants, consumers = list(home.rows(Merchant)), list(home.rows(Consumer))
    assert expected == [(merchant.id, consumer.id) for merchant in merchants for consumer in consumers]
    assert len(expected) > 4


def test_lost_ones_are_replaced(home: Postgres, admin: Admin) -> None:
    facts = list(home.facts())
    lost = there(admin)
    admin.execute(f"SELECT pg_terminate_backend(pid) {OURS}".encode())
    assert list(home.facts()) == facts
    assert not there(admin) & lost


def test_one_that_was_not_read_to_its_end_does_not_rest(home: Postgres, admin: Admin) -> None:
    before = there(admin)
    reading = home.facts()
    next(reading)
    del reading
    wait_for(lambda: there(admin) == before)
    assert len(list(home.facts())) > 1


def test_all_are_closed_with_the_home(home: Postgres, admin: Admin) -> None:
    reading = home.facts()
    next(reading)
    list(home.rows(Merchant))
    home.close()
    assert list(reading)
    wait_for(lambda: not there(admin))
