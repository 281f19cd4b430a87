"""The keyring: the keys of a database's log, by subject, loaded for a decision and destroyed by it.

Crypto-shredding: a subject's leaves are erased by destroying the keys that open them. See
`journal.held.KeysHeld`, `journal.erasing` for the law, and `postgres.keepers` for the transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from holdfast.journal.held import Dealing, KeysHeld
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.clock import iso, moment
from holdfast.kernel.rows import Fact, Row
from holdfast.orders.model import ENDED
from holdfast.postgres.fact_pages import OF_CONSUMER, OF_MERCHANT
from holdfast.postgres.writing import Connection
from holdfast.publishing.erasures import Erasure, tag
from holdfast.trail.leaf import pseudonym

ABOUT = {
    "consumer": OF_CONSUMER.encode(),
    "merchant": f"{OF_MERCHANT} AND body ->> 'consumer_id' IS NULL".encode(),
}
"""Facts of a subject as the log hides them: under a consumer before a merchant, see `scribe.Entry`."""

Remember = Callable[[Erasure], None]


class Keyring:
    """The keeper of `KeysHeld`. `remember` writes ahead, outside of the database: see `erasures.add`."""

    def __init__(self, remember: Remember) -> None:
        self._remember = remember

    def load(self, connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
        """See `Keeper.load`. Until the transaction ends nobody makes keys or leaves, or promises."""
        connection.execute(b"LOCK TABLE trail_keys IN EXCLUSIVE MODE")
        # Before the leaves are read: a restart has the head to itself, and then takes the leaves away.
        connection.execute(b"SELECT 1 FROM trail_head FOR SHARE")
        return {subject: row for subject in ids if (row := look(connection, subject)) is not None}

    def save(self, connection: Connection, rows: Sequence[Row], facts: Sequence[Fact]) -> None:
        """See `Keeper.save`. Backups from before still have the destroyed keys.

        They are to be destroyed in time, too; a database restored from one is erased again by the list.
        """
        gone: list[bytes] = []
        for row in rows:
            assert isinstance(row, KeysHeld), "a keyring keeps nothing else"
            if row.going:
                _bury(connection, row)
                query = b"DELETE FROM trail_keys WHERE subject = %s AND (deal = ANY(%s) OR %s) RETURNING key"
                found = connection.execute(query, (row.id, list(row.going), "" in row.going))
                gone += [bytes(key) for (key,) in found]
                _tell_receivers(connection, row, facts)
        # The last before the commit. Were it after it, a crash in between would leave keys destroyed here
        # that every backup brings back unnoticed. So a crash leaves an erasure listed that was decided,
        # allowed, and not done: whoever restores a backup has it done then.
        if gone:
            fact = next(fact for fact in facts if isinstance(fact.body, KeysDestroyed))
            self._remember(Erasure(iso(fact.at), fact.id, tuple(sorted(map(tag, gone)))))


def look(connection: Connection, subject: str) -> KeysHeld | None:
    """Return the keys of a subject, and its dealings; None where it has no keys.

    Args:
        connection: to the database; sequential scans have to be allowed on it.
        subject: consumer:ID or merchant:ID.
    """
    kind, _, key = subject.partition(":")
    found = connection.execute(b"SELECT deal, key FROM trail_keys WHERE subject = %s", (subject,))
    keys = {deal: bytes(stored) for deal, stored in found}
    if "" not in keys:
        return None
    mine = [deal for deal in keys if deal]
    dealings = (
        _orders(connection, b"id = ANY(%s)", mine)
        if kind == "consumer"
        else [*_orders(connection, b"merchant_id = %s", key), *_own_record(connection, key)]
    )
    return KeysHeld(
        id=subject,
        pseudonym=pseudonym(keys[""], subject),
        tags={deal: tag(stored) for deal, stored in sorted(keys.items())},
        dealings=tuple(dealings),
        waiting=_waiting(connection, subject),
    )


def _own_record(connection: Connection, merchant_id: str) -> list[Dealing]:
    """Return the dealing that stands for a merchant's facts without an order: payouts, suspensions."""
    query = b"SELECT max(at) FROM facts WHERE " + OF_MERCHANT.encode()
    row = connection.cursor(binary=True).execute(query, {"key": merchant_id}).fetchone()
    return [] if row is None or row[0] is None else [Dealing("", row[0], ended=True)]


def _orders(connection: Connection, which: bytes, value: object) -> list[Dealing]:
    query = (
        b"SELECT orders.id, state, disputed_at IS NOT NULL,"
        b" (SELECT max(at) FROM facts WHERE facts.order_id = orders.id)"
        b" FROM orders WHERE " + which + b" ORDER BY id FOR UPDATE"
    )
    found = connection.cursor(binary=True).execute(query, (value,)).fetchall()
    return [Dealing(key, last, ended=state in ENDED and not disputed) for key, state, disputed, last in found]


def _bury(connection: Connection, row: KeysHeld) -> None:
    """Mark the facts that nobody can open any more: the subject may come back, and then has other keys."""
    kind, _, key = row.id.partition(":")
    connection.execute(
        b"INSERT INTO trail_erased SELECT id FROM facts WHERE "
        + ABOUT[kind]
        + b" AND (%(own)s OR order_id = ANY(%(deals)s)) ON CONFLICT DO NOTHING",
        {"key": key, "own": "" in row.going, "deals": [deal for deal in row.going if deal]},
    )


def _tell_receivers(connection: Connection, row: KeysHeld, facts: Sequence[Fact]) -> None:
    """Keep for a while whom the erasure was of, and which orders: receivers of webhooks know them by ids.

    The fact has the pseudonym alone. What is kept here is sent with it, and forgotten: see `delivering.book`.
    """
    fact = next(
        each
        for each in facts
        if isinstance(each.body, KeysDestroyed) and each.body.pseudonym == row.pseudonym
    )
    connection.execute(
        b"INSERT INTO webhook_erasures (fact_id, at, subject, orders)"
        b" SELECT %s::uuid, %s, %s, coalesce(jsonb_object_agg(merchant_id, ids), '{}') FROM"
        b" (SELECT merchant_id, jsonb_agg(id ORDER BY id) AS ids FROM orders WHERE id = ANY(%s)"
        b" GROUP BY merchant_id) AS mine",
        (fact.id, moment(fact.at), row.id, [deal for deal in row.going if deal]),
    )


def _waiting(connection: Connection, subject: str) -> int:
    """Return the number of facts about a subject that have no leaf yet, whether a log is bound or not.

    Their leaves may be promised already, under the present keys: new keys would give other leaves, and break
    the promise. A promise reads its keys under a lock that conflicts with the keyring's.
    """
    kind, _, key = subject.partition(":")
    query = (
        b"SELECT count(*) FROM facts WHERE "
        + ABOUT[kind]
        + b" AND NOT EXISTS (SELECT 1 FROM trail_leaves WHERE trail_leaves.fact_id = facts.id)"
        b" AND NOT EXISTS (SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = facts.id)"
    )
    row = connection.execute(query, {"key": key}).fetchone()
    assert row is not None
    return row[0]
