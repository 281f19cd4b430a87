"""Listings are read once by a process, and read again after a line was lost."""

from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from msgspec.structs import replace

from histories import LISTING, START, opening, policy, sale
from holdfast.kernel.ids import Ids
from holdfast.orders.model import Listing, Order, PlaceOrder, Snapshot
from holdfast.postgres.home import Postgres
from who_asks import asked


@pytest.fixture
def home(migrated_url: str) -> Iterator[Postgres]:
    """A home with its parties."""
    with Postgres.open(migrated_url, ids=Ids(Random(1))) as home:
        home.adopt(policy("full"), START)
        home.run([asked(command, START) for command in opening()])
        yield home


def place(home: Postgres, *numbers: int, listing: Listing = LISTING) -> None:
    orders = [sale(f"o{number}", "m1", "c1", 1, 1)[0] for number in numbers]
    placed = [replace(each, listing=listing) for each in orders if isinstance(each, PlaceOrder)]
    assert all(outcome.accepted for outcome in home.run([asked(each, START) for each in placed]))


def forget(url: str) -> None:
    """Take all listings out of the database behind the home's back, as a restore of an old backup would."""
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM snapshots")


def kept(home: Postgres) -> int:
    return len(list(home.rows(Snapshot)))


def test_a_listing_that_was_read_is_not_read_again(home: Postgres, migrated_url: str) -> None:
    place(home, 1)
    place(home, 2)  # reads it
    forget(migrated_url)
    place(home, 3, 4)
    assert kept(home) == 0
    assert len(list(home.rows(Order))) == 4


def test_a_long_one_is_read_each_time(home: Postgres, migrated_url: str) -> None:
    long = replace(LISTING, text="long " * 500)
    place(home, 1, listing=long)
    place(home, 2, listing=long)
    forget(migrated_url)
    place(home, 3, listing=long)
    assert kept(home) == 1


def test_after_a_lost_line_it_is_read_again(home: Postgres, migrated_url: str) -> None:
    place(home, 1)
    place(home, 2)
    forget(migrated_url)
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    place(home, 3)
    assert kept(home) == 1


def test_what_was_not_committed_is_not_remembered(home: Postgres) -> None:
    """An order is refused after its listing was put on the desk: the next one keeps it."""
    bad = sale("o1", "m1", "c1", 10**9, 1)[0]  # beyond the limit
    assert not home.run([asked(bad, START)])[0].accepted
    assert kept(home) == 0
    place(home, 2)
    assert kept(home) == 1
