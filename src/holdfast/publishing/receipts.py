"""Receipts and openings of facts that are published, made from the journal, the keys and the log's files."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from holdfast.kernel.refusal import NotFound
from holdfast.kernel.text import Text
from holdfast.postgres.writing import Connection
from holdfast.publishing.refusals import Erased, FactChanged, NotSequenced, TilesMissing
from holdfast.publishing.scribe import Entry, Keys, Name, names_of, opening_of
from holdfast.publishing.store import Store, tiles_of
from holdfast.trail import bundle, merkle, note
from holdfast.trail.bundle import Bundle
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.opening import Opening
from holdfast.trail.policy import Trust
from holdfast.trail.proof import Receipt
from holdfast.trail.tile import WIDTH, Tile, node_at

_TILES_KEPT = 1_024
"""The number of tiles in the cache, 8 KiB each: receipts of one request are often neighbours."""


class Logged(NamedTuple):
    """A fact in the log: its receipt, its entry, and its opening; None where the key is destroyed."""

    fact_id: str
    receipt: Receipt
    entry: bytes
    opening: Opening | None


class Published:
    """A published log: its newest checkpoint, and receipts that lead to it.

    Raises:
        NotSequenced: nothing is published yet.
        BadNote, Untrusted: the log's own policy does not accept the published checkpoint.
    """

    def __init__(self, store: Store, trust: Trust) -> None:
        out = store.read(CHECKPOINT)
        if out is None:
            raise NotSequenced("trail")
        self.note = note.parse(out)
        self.checkpoint, self.witnesses = trust.check(self.note)
        self._store = store
        self._tile = _kept(tiles_of(store))

    @property
    def size(self) -> int:
        """Return the number of published facts."""
        return self.checkpoint.size

    def receipt(self, index: int) -> Receipt:
        """Return the receipt of the entry at an index.

        Raises:
            NotSequenced: it is not out yet.
            TilesMissing: files of the log are gone.
        """
        if index >= self.size:
            raise NotSequenced("trail")
        try:
            path = merkle.prove_inclusion(index, self.size, node_at(self.size, self._tile))
        except FileNotFoundError as error:
            raise TilesMissing("trail", name=str(error)) from error
        return Receipt(index, tuple(path), self.note)

    def entry(self, index: int) -> bytes:
        """Return the entry at an index.

        Raises:
            TilesMissing: its bundle is gone.
            BadBundle: its bundle is damaged.
        """
        width = min(WIDTH, self.size - index // WIDTH * WIDTH)
        one = Bundle(index // WIDTH, width)
        data, width = self._store.read(one.path), one.width
        if data is None:
            data, width = self._store.read(one._replace(width=WIDTH).path), WIDTH
        if data is None:
            raise TilesMissing("trail", name=one.path)
        return bundle.decode(data, width)[index % WIDTH]


def _kept(read: Callable[[Tile], bytes]) -> Callable[[Tile], bytes]:
    kept: dict[Tile, bytes] = {}

    def get(tile: Tile) -> bytes:
        found = kept.get(tile)
        if found is None:
            if len(kept) >= _TILES_KEPT:
                kept.clear()
            found = kept[tile] = read(tile)
        return found

    return get


class Receipts:
    """The receipts of a database's facts in its published log."""

    def __init__(self, connection: Connection, published: Published) -> None:
        self._connection = connection
        self._published = published

    def logged(self, fact_id: str) -> Logged:
        """Return a fact with its receipt, entry and opening.

        Raises:
            NotFound: the journal has no such fact.
            NotSequenced: no published head has it yet.
            Erased: it was erased before this log was begun.
            FactChanged: the journal, or the log's files, were changed since it was logged.
            TilesMissing, BadBundle: the log's files are gone or damaged.
        """
        index, erased, entry = self._found(fact_id)
        if index is None:
            raise Erased(f"fact:{fact_id}") if erased else NotSequenced(f"fact:{fact_id}")
        receipt = self._published.receipt(index)
        leaf = self._published.entry(index)
        keys = None if erased else _keys(self._connection, entry)
        if keys is None:
            return Logged(fact_id, receipt, leaf, None)
        opening = opening_of(keys, entry)
        if opening.leaf.encode() != leaf:
            raise FactChanged(f"fact:{fact_id}", index=index)
        return Logged(fact_id, receipt, leaf, opening)

    def of_order(self, order_id: str) -> list[str]:
        """Return the ids of the facts about an order, ascending."""
        query = b"SELECT id FROM facts WHERE order_id = %s ORDER BY id"
        return [key for (key,) in self._connection.cursor(binary=True).execute(query, (order_id,))]

    def of(self, fact_id: str) -> tuple[bytes, bytes] | None:
        """Return a fact's receipt and opening as files; None where it is not out yet.

        Raises:
            Erased: what it said can be shown by nobody any more.
            NotFound, FactChanged, TilesMissing, BadBundle: see `logged`.
        """
        try:
            found = self.logged(fact_id)
        except NotSequenced:
            return None
        if found.opening is None:
            raise Erased(f"fact:{fact_id}")
        return found.receipt.encode(), found.opening.encode()

    def _found(self, fact_id: str) -> tuple[int | None, bool, Entry]:
        query = b"""
            SELECT leaf_index, trail_erased.fact_id IS NOT NULL, at, kind, body, actor FROM facts
            LEFT JOIN trail_leaves ON trail_leaves.fact_id = facts.id
            LEFT JOIN trail_erased ON trail_erased.fact_id = facts.id WHERE facts.id = %s::uuid
        """
        row = self._connection.cursor(binary=True).execute(query, (fact_id,)).fetchone()
        if row is None:
            raise NotFound(f"fact:{fact_id}", kind=Text("事实", "fact"))
        index, erased, *told = row
        return index, erased, Entry.stored((fact_id, *told))


def _keys(connection: Connection, entry: Entry) -> Keys | None:
    """Return the keys of an entry; None where one of them was destroyed."""
    keys = _read_keys(connection, [entry])
    return keys if keys.keys() == names_of([entry]) else None


def openings_of(connection: Connection, size: int, *, merchant_id: str | None = None) -> Iterator[Opening]:
    """Yield the openings of the first `size` facts of the log, in their order, as far as keys are there.

    Args:
        connection: to the database; it streams, in a transaction of its own.
        size: of the log that is published.
        merchant_id: only those of the facts about this merchant.
    """
    query = b"""
        SELECT facts.id, at, kind, body, actor FROM trail_leaves JOIN facts ON facts.id = trail_leaves.fact_id
        WHERE leaf_index < %(size)s AND NOT EXISTS (
            SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = facts.id
        ) AND (%(merchant)s::text IS NULL OR merchant_id = %(merchant)s)
        ORDER BY leaf_index
    """
    with connection.transaction(), connection.cursor("holdfast_openings", binary=True) as cursor:
        cursor.itersize = 2_000
        cursor.execute(query, {"size": size, "merchant": merchant_id})
        while rows := cursor.fetchmany(2_000):
            entries = [Entry.stored(row) for row in rows]
            keys = _read_keys(connection, entries)
            for entry in entries:
                if names_of([entry]) <= keys.keys():
                    yield opening_of(keys, entry)


def _read_keys(connection: Connection, entries: list[Entry]) -> dict[Name, bytes]:
    names = sorted(names_of(entries))
    query = b"""
        SELECT subject, deal, key FROM unnest(%s::text[], %s::text[]) AS one (subject, deal)
        JOIN trail_keys USING (subject, deal)
    """
    parameters = ([subject for subject, _ in names], [deal for _, deal in names])
    found = connection.cursor(binary=True).execute(query, parameters)
    return {(subject, deal): bytes(key) for subject, deal, key in found}
