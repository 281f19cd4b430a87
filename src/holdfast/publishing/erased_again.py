"""Re-erasure: keys destroyed after a backup was made are destroyed again in what is restored from it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import closing
from typing import NamedTuple

from holdfast.engine.execution import Submission, require_accepted
from holdfast.journal.held import KeysHeld
from holdfast.journal.model import DestroyKeysAgain
from holdfast.kernel.actor import RESTORE
from holdfast.kernel.clock import Instant, day
from holdfast.kernel.ids import fresh_ids
from holdfast.postgres import migrate
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import erasures
from holdfast.publishing.erasures import Erasure
from holdfast.publishing.keyring import Keyring

_REASON = "holdfast db restore on {day}: erased before, after this backup was made"

_READ_AT_ONCE = 10_000
_AT_ONCE = 500


class Again(NamedTuple):
    """The result of a re-erasure: the number of consumers and merchants, and of their keys."""

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
        # The restored database is not in its place yet: nobody can read it before its keys are gone again.
        with open_wire(url, schema) as connection:
            found = _listed(connection, tags)
        if found:
            own = None if schema == "public" else schema
            migrate.migrate(url, own)
            _destroy(url, own, found, now)
        subjects += len(found)
        keys += sum(map(len, found.values()))
    return Again(subjects, keys)


def _destroy(url: str, schema: str | None, found: Mapping[str, list[str]], now: Instant) -> None:
    keepers = {KeysHeld: Keyring(_listed_already)}
    with closing(Postgres(url, schema, fresh_ids(), guard=None, keepers=keepers)) as home:
        # Not at the present: a fact of today would tell the guard of the clock that the market was open
        # until now, and deadlines of the time between would happen before a person has said so.
        at = home.newest_at() or now
        reason = _REASON.format(day=day(now))
        for subject, tags in found.items():
            for start in range(0, len(tags), _AT_ONCE):
                some = tuple(tags[start : start + _AT_ONCE])
                command = DestroyKeysAgain(subject=subject, tags=some, reason=reason)
                [outcome] = home.run([Submission(command, at, None, RESTORE)])
                require_accepted(outcome)


def _listed_already(_erasure: Erasure) -> None:
    """A `Remember` that adds nothing to the list: these erasures were read from it."""


def _listed(connection: Connection, tags: Collection[str]) -> Mapping[str, list[str]]:
    """Return, by subject, the tags of its keys that are on the list; that of its own key comes last."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    there = connection.execute(b"SELECT to_regclass('trail_keys') IS NOT NULL").fetchone()
    if there is None or not there[0]:
        return found  # it is of before there was a log
    cursor = connection.execute(b"SELECT subject, key FROM trail_keys ORDER BY subject, deal DESC")
    while rows := cursor.fetchmany(_READ_AT_ONCE):
        for subject, key in rows:
            if (tag := erasures.tag(bytes(key))) in tags:
                found[subject].append(tag)
    return found
