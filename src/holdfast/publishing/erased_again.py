"""What was erased after a backup was made is erased again in what is restored from it, before it is read."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from random import SystemRandom
from typing import NamedTuple

from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant, day
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.postgres import migrate, reading, writing
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import erasure, erasures
from holdfast.trail.leaf import pseudonym

_RESTORE = Actor(Nature.SYSTEM, "restore", Role.SYSTEM, Door.COMMAND_LINE)

BY = "holdfast db restore on {day}: erased before, after this backup was made"

_READ_AT_ONCE = 10_000


class Again(NamedTuple):
    """What was erased again: of how many consumers and merchants, and how many keys."""

    subjects: int
    keys: int


def erase_again(url: str, schemas: Collection[str], tags: Collection[str], now: Instant) -> Again:
    """Destroy the keys of a restored database that are on the list of erasures, and record it.

    A schema of an earlier Holdfast is migrated first, where there is anything to destroy in it: it may have
    nowhere to remember what was erased.

    Args:
        url: the database's address; nobody else works with it yet.
        schemas: its PostgreSQL schemas with data of Holdfast.
        tags: of the keys that were destroyed; see `erasures.tag`.
        now: the time; it is told, and the facts are of the time of the newest one.
    """
    subjects = keys = 0
    for schema in schemas:
        with open_wire(url, schema) as connection:
            found = _listed(connection, tags)
        if not found:
            continue
        migrate.migrate(url, None if schema == "public" else schema)
        with open_wire(url, schema) as connection, connection.transaction():
            present = reading.take_present(reading.ask_present(connection))
            # Not at the present: a fact of today would tell the guard of the clock that the market was open
            # until now, and deadlines of the time between would happen before a person has said so.
            at = now if present.newest_at is None else present.newest_at
            ids = reading.follow_newest(connection, Ids(SystemRandom()))
            facts = [
                Fact(ids.new(at), at, _destroy(connection, subject, deals, BY.format(day=day(now))), _RESTORE)
                for subject, deals in found.items()
            ]
            _take_out(connection)
            writing.copy_facts(connection, facts)
            writing.send_unsequenced(connection, facts)
        subjects += len(found)
        keys += sum(map(len, found.values()))
    return Again(subjects, keys)


def _listed(connection: Connection, tags: Collection[str]) -> Mapping[str, list[str]]:
    """Return, by subject, the deals whose keys are on the list; the empty one is the subject's own."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    there = connection.execute(b"SELECT to_regclass('trail_keys') IS NOT NULL").fetchone()
    if there is None or not there[0]:
        return found  # it is of before there was a log
    cursor = connection.execute(b"SELECT subject, deal, key FROM trail_keys ORDER BY subject, deal")
    while rows := cursor.fetchmany(_READ_AT_ONCE):
        for subject, deal, key in rows:
            if erasures.tag(bytes(key)) in tags:
                found[subject].append(deal)
    return found


def _destroy(connection: Connection, subject: str, deals: list[str], by: str) -> KeysDestroyed:
    rows = connection.execute(b"SELECT deal, key FROM trail_keys WHERE subject = %s", (subject,)).fetchall()
    own = next(bytes(key) for deal, key in rows if not deal)
    whole, gone = "" in deals, [deal for deal in deals if deal]
    erasure.bury(connection, subject, gone, whole=whole)
    connection.execute(
        b"DELETE FROM trail_keys WHERE subject = %s AND (deal = ANY(%s) OR %s)", (subject, gone, whole)
    )
    return KeysDestroyed(
        pseudonym=pseudonym(own, subject),
        deals=len(gone),
        kept=0 if whole else len(rows) - 1 - len(gone),
        kept_until=None,
        whole=whole,
        by=by,
    )


def _take_out(connection: Connection) -> None:
    """Take out of the outbox what nobody can open any more: it would get leaves under new keys."""
    connection.execute(
        b"""
        UPDATE unsequenced SET fact_ids = ARRAY(
            SELECT id FROM unnest(fact_ids) WITH ORDINALITY AS each (id, place)
            WHERE NOT EXISTS (SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = each.id) ORDER BY place
        ) WHERE EXISTS (SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = ANY(fact_ids))
        """
    )
    connection.execute(b"DELETE FROM unsequenced WHERE cardinality(fact_ids) = 0")
