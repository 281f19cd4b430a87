"""Forgetting somebody: the keys of its deals are destroyed, when the law no longer asks to keep them.

What a deal was is kept for three years after it (电子商务法 art. 31); after that, whoever asks is forgotten
(个人信息保护法 art. 47): without the key nobody, we included, can show what a leaf says; every proof holds.
"""

from collections.abc import Callable, Sequence
from random import SystemRandom
from typing import NamedTuple

from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.actor import Actor, BadActor, Door, Nature, Role, check
from holdfast.kernel.clock import DAY, Duration, Instant, iso
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.orders.model import ENDED
from holdfast.postgres import reading, writing
from holdfast.postgres.writing import Connection
from holdfast.publishing.erasures import Erasure, tag
from holdfast.publishing.refusals import BadErasure, FactsWaiting, KeptByLaw, NobodyNamed, NothingToErase
from holdfast.trail.leaf import pseudonym

KEPT_FOR: Duration = 1_096 * DAY
"""Three years, with a day for the leap year: 不少于三年."""


def by_person(by: str) -> Actor:
    """Return the member of the platform's staff who works at the command line.

    What nothing undoes is decided by a person.

    Raises:
        NobodyNamed: the name is none, see `kernel.actor.check`.
    """
    actor = Actor(Nature.PERSON, by, Role.STAFF, Door.COMMAND_LINE)
    try:
        check(actor)
    except BadActor as error:
        raise NobodyNamed("by") from error
    return actor


class Deal(NamedTuple):
    """An order of the subject: until when it is kept; None while it has not ended.

    A merchant's own record, what it was paid and why it was suspended, is one without an id.
    """

    order_id: str
    kept_until: Instant | None


class Plan(NamedTuple):
    """What can be destroyed now, and what is kept."""

    subject: str
    pseudonym: str
    due: tuple[str, ...]
    kept: tuple[Deal, ...]

    @property
    def whole(self) -> bool:
        """Tell whether nothing is kept, so that the subject's own key goes, too."""
        return not self.kept

    @property
    def kept_until(self) -> Instant | None:
        """Return when the last deal may go; None where none is kept, or one has not ended."""
        times = [deal.kept_until for deal in self.kept if deal.kept_until is not None]
        return max(times) if times and len(times) == len(self.kept) else None


def plan(connection: Connection, subject: str, now: Instant) -> Plan:
    """Return what an erasure would do now; nothing is changed.

    Args:
        connection: to the database.
        subject: consumer:ID or merchant:ID.
        now: the time.

    Raises:
        BadErasure: the subject is neither.
        NothingToErase: there is no key of it.
    """
    kind, _, key = subject.partition(":")
    if kind not in {"consumer", "merchant"} or not key:
        raise BadErasure("subject", reason=f"{subject[:200]!r} is neither consumer:ID nor merchant:ID")
    query = b"SELECT deal, key FROM trail_keys WHERE subject = %s ORDER BY deal"
    rows = connection.execute(query, (subject,))
    keys: dict[str, bytes] = {deal: bytes(found) for deal, found in rows}
    if not keys:
        raise NothingToErase(subject)
    mine = [deal for deal in keys if deal]
    deals = _deals(connection, b"id = ANY(%s)", mine) if kind == "consumer" else _of_merchant(connection, key)
    kept = tuple(one for one in deals if one.kept_until is None or one.kept_until > now)
    due = tuple(sorted(set(mine) - {one.order_id for one in kept}))
    return Plan(subject, pseudonym(keys[""], subject), due, kept)


def _of_merchant(connection: Connection, merchant_id: str) -> list[Deal]:
    """Return what is kept of a merchant: all orders with it, whoever's keys hide them, and its own record."""
    query = b"SELECT max(at) FROM facts WHERE merchant_id = %s"
    row = connection.cursor(binary=True).execute(query, (merchant_id,)).fetchone()
    own = [] if row is None or row[0] is None else [Deal("", row[0] + KEPT_FOR)]
    return [*_deals(connection, b"merchant_id = %s", merchant_id), *own]


def _deals(connection: Connection, which: bytes, value: object) -> list[Deal]:
    """Return orders; the last fact about one counts: a claim that came late is part of it."""
    query = (
        b"SELECT orders.id, state, disputed_at IS NOT NULL,"
        b" (SELECT max(at) FROM facts WHERE facts.order_id = orders.id)"
        b" FROM orders WHERE " + which + b" ORDER BY id FOR UPDATE"
    )
    found = connection.cursor(binary=True).execute(query, (value,)).fetchall()
    return [
        Deal(key, last + KEPT_FOR if state in ENDED and not disputed else None)
        for key, state, disputed, last in found
    ]


def destroy(
    connection: Connection, subject: str, by: str, now: Instant, remember: Callable[[Erasure], None]
) -> tuple[Plan, Fact]:
    """Destroy the keys that are due, and record that it was done: both, or neither.

    A copy of the database that was made before still has the keys: it is to be destroyed, too, and what is
    restored from it erased again, as the list of erasures says. The fact names the pseudonym and not the
    subject: who it was would else stand there when nothing is to show it any more.

    Args:
        connection: to the database, outside of a transaction.
        subject: see `plan`.
        by: the person who decided it.
        now: the time.
        remember: keeps the erasure outside of the database for good, before the keys go; see `erasures.add`.

    Raises:
        BadErasure: see `plan`.
        NobodyNamed: `by` is no name.
        NothingToErase: there is no key of it.
        FactsWaiting: facts about it are not logged yet.
        KeptByLaw: none may go yet.
    """
    actor = by_person(by)
    with connection.transaction():
        found = _allowed(connection, subject, now)
        bury(connection, subject, found.due, whole=found.whole)
        gone = connection.execute(
            b"DELETE FROM trail_keys WHERE subject = %s AND (deal = ANY(%s) OR %s) RETURNING key",
            (subject, list(found.due), found.whole),
        ).fetchall()
        body = KeysDestroyed(
            pseudonym=found.pseudonym,
            deals=len(found.due),
            kept=len(found.kept),
            kept_until=found.kept_until,
            whole=found.whole,
            by=by,
        )
        fact = Fact(reading.follow_newest(connection, Ids(SystemRandom())).new(now), now, body, actor)
        writing.copy_facts(connection, [fact])
        writing.send_unsequenced(connection, [fact])
        # The last before the commit. Were it after it, a crash in between would leave keys destroyed here
        # that every backup brings back unnoticed. So a crash leaves an erasure listed that was decided,
        # allowed, and not done: whoever restores a backup has it done then.
        remember(Erasure(iso(now), fact.id, tuple(sorted(tag(bytes(key)) for (key,) in gone))))
    return found, fact


def _allowed(connection: Connection, subject: str, now: Instant) -> Plan:
    """Return what may be destroyed now, under locks that keep it so until the transaction ends.

    Raises:
        BadErasure, NothingToErase, FactsWaiting, KeptByLaw: see `destroy`.
    """
    connection.execute(b"LOCK TABLE trail_keys IN EXCLUSIVE MODE")
    # Before the leaves are read: a restart has the outbox to itself, and then takes the leaves away.
    connection.execute(b"LOCK TABLE unsequenced IN ROW EXCLUSIVE MODE")
    found = plan(connection, subject, now)
    if not found.due and not found.whole:
        until = (
            "when all have ended, and three years more" if found.kept_until is None else iso(found.kept_until)
        )
        raise KeptByLaw(subject, kept=len(found.kept), until=until)
    connection.execute(b"SET LOCAL enable_seqscan = on")  # no index leads from a subject to its facts
    if waiting := _waiting(connection, subject):
        raise FactsWaiting(subject, waiting=waiting)
    return found


_SUBJECT = b"coalesce('consumer:' || (body ->> 'consumer_id'), 'merchant:' || merchant_id)"


def bury(connection: Connection, subject: str, deals: Sequence[str], *, whole: bool) -> None:
    """Remember which facts nobody can open any more: the subject may come back, and have other keys."""
    connection.execute(
        b"INSERT INTO trail_erased SELECT id FROM facts WHERE " + _SUBJECT + b" = %s"
        b" AND (%s OR order_id = ANY(%s)) ON CONFLICT DO NOTHING",
        (subject, whole, list(deals)),
    )


def _waiting(connection: Connection, subject: str) -> int:
    """Return how many facts about a subject have no leaf yet, whether a log is bound or not.

    They may be promised already, under the keys that are there: with new ones their leaves would be others.
    Whoever promises takes its keys under a lock that is not given beside ours.
    """
    query = (
        b"SELECT count(*) FROM facts WHERE " + _SUBJECT + b" = %s"
        b" AND NOT EXISTS (SELECT 1 FROM trail_leaves WHERE trail_leaves.fact_id = facts.id)"
        b" AND NOT EXISTS (SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = facts.id)"
    )
    row = connection.execute(query, (subject,)).fetchone()
    assert row is not None
    return row[0]
