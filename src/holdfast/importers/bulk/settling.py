"""Which rows of a draft count: one of each id, those of one currency, and parts whose wholes are there.

Of rows of one id in one table the first counts, and the others are rejects. What a later table says replaces
what an earlier one said.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.importers.bulk.chunk import Chunk, Kind, Row, of_rows, orders
from holdfast.importers.bulk.draft import Draft, Hashes, Rows, hashes
from holdfast.importers.bulk.plain_chunks import Waiting, whole_order
from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.history import Reject
from holdfast.importers.parts import Taken, drop_astray, drop_unpaid
from holdfast.importers.plain import already, other_currency
from holdfast.importers.wall import Read

_pa = cast("Any", pa)


class Settled(NamedTuple):
    """What counts of a draft.

    `counts` tells of each row whether it is an order of the history; `first` is, of a row whose order stands
    in an earlier row of its table, that row's place in the draft, else -1. `replaced` rows gave way to later
    tables. `parts` are rows whose wholes were found.
    """

    currency: str
    counts: Mask
    first: Ints
    orders: int
    unpaid: int
    replaced: int
    parts: Sequence["Part"]
    codes: npt.NDArray[np.int16]


class Part(NamedTuple):
    """A part whose whole was found: its place in the draft, its table, and its row as it is to be written."""

    place: int
    table: int
    row: Row


def settle(draft: Draft, waiting: Sequence[Waiting]) -> Settled:
    """Find out which rows count; why parts do not is put to the draft's rejects."""
    known = draft.whole()
    ids, kind, code = known.ids, known.kinds, known.codes
    counts = kind == Kind.ORDER
    alive = np.ones(len(kind), np.bool_)
    first = np.full(len(kind), -1, np.int64)
    replaced = _settle_ids(known, alive, first)
    counts &= alive
    unpaid = int(((kind == Kind.UNPAID) & alive).sum())
    parts: list[Part] = []
    gone = 0
    if waiting:
        parts, gone = _Parts(draft, waiting, ids, alive, kind).settle()
    found = counts.copy()
    found[[part.place for part in parts]] = True
    right = _most(code[found])
    return Settled(
        draft.codes[right] if right >= 0 else "",
        counts,
        first,
        int((found & (code == right)).sum()),
        unpaid + gone,
        replaced,
        parts,
        code,
    )


def _settle_ids(known: Rows, alive: Mask, first: Ints) -> int:
    """Mark the rows that give way to others of their id; return how many were replaced by later tables."""
    order = np.argsort(known.ids[:, 0], kind="stable")
    ascending = known.ids[order, 0]
    same = ascending[1:] == ascending[:-1]
    begins = np.flatnonzero(same & ~np.concatenate((np.zeros(1, np.bool_), same[:-1])))
    replaced = 0
    for begin in begins.tolist():
        end = begin + 1
        while end < len(same) and same[end]:
            end += 1
        alike: dict[int, list[int]] = {}
        for row in order[begin : end + 1].tolist():
            alike.setdefault(int(known.ids[row, 1]), []).append(row)
        replaced += sum(_settle_id(rows, known, alive, first) for rows in alike.values() if len(rows) > 1)
    return replaced


def _settle_id(rows: Sequence[int], known: Rows, alive: Mask, first: Ints) -> int:
    """Mark of rows of one id those that give way; return how many were replaced."""
    taken, unpaid, replaced = -1, -1, 0
    for row in rows:
        if taken >= 0 and known.tables[taken] == known.tables[row]:
            alive[row] = False
            first[row] = taken
            continue
        if taken >= 0:
            alive[taken] = False
            replaced += 1
            taken = -1
        if unpaid >= 0:
            alive[unpaid] = False
            unpaid = -1
        if known.kinds[row] == Kind.UNPAID:
            unpaid = row
        else:
            taken = row
    return replaced


def _most(codes: npt.NDArray[np.int16]) -> int:
    """Return which one stands most often, the earlier one on a tie; -1 where there is none."""
    if not codes.size:
        return -1
    different, begins, counts = np.unique(codes, return_index=True, return_counts=True)
    best = np.flatnonzero(counts == counts.max())
    return int(different[best[begins[best].argmin()]])


class _Parts:
    """Parts and their wholes."""

    def __init__(
        self, draft: Draft, waiting: Sequence[Waiting], ids: Hashes, alive: Mask, kind: npt.NDArray[np.int8]
    ) -> None:
        self._draft = draft
        self._ids = ids
        self._alive = alive
        self._kind = kind
        places = np.flatnonzero(kind == Kind.PART)
        pairs = zip(waiting, places.tolist(), strict=True)
        self._waiting = [(each, place) for each, place in pairs if alive[place]]

    def settle(self) -> tuple[list[Part], int]:
        """Return the parts whose wholes were found, by table, and how many are of orders never paid."""
        wholes, unpaid = self._wholes()
        gone = 0
        found: list[Part] = []
        for table in dict.fromkeys(each.table for each, _ in self._waiting):
            own = [(each, place) for each, place in self._waiting if each.table == table]
            file = own[0][0].file
            taken = {**wholes, **{each.taken.order.id: each.taken for each, _ in own}}
            gone += drop_unpaid(taken, unpaid)
            rejects: list[Reject] = []
            drop_astray(taken, rejects, file)
            self._draft.rejects.add(rejects)
            found += [
                Part(place, table, self._row(file, taken, each))
                for each, place in own
                if each.taken.order.id in taken
            ]
        return found, gone

    def _row(self, file: str, taken: Mapping[str, Taken], each: Waiting) -> Row:
        part = each.taken
        assert part.order.part_of is not None
        order, repairs = whole_order(file, part, taken[part.order.part_of].order)
        return Row(part.row, Kind.ORDER, order.id, part.currency, order, repairs)

    def _wholes(self) -> tuple[dict[str, Taken], set[str]]:
        """Return the orders of which parts are said to be, and which of them were never paid."""
        names = sorted({each.taken.order.part_of or "" for each, _ in self._waiting})
        at = set(np.flatnonzero(_among(self._ids, hashes(names)) & self._alive).tolist())
        wholes: dict[str, Taken] = {}
        unpaid: set[str] = set()
        begin = 0
        for batch in self._draft.batches():
            here = [place - begin for place in range(begin, begin + batch.num_rows) if place in at]
            begin += batch.num_rows
            if not here:
                continue
            few = batch.take(_pa.array(here))
            kinds = few.column("kind").to_pylist()
            unpaid |= {
                order_id
                for order_id, kind in zip(few.column("order_id").to_pylist(), kinds, strict=True)
                if kind == Kind.UNPAID
            }
            paid = few.filter(_pa.array([kind != Kind.UNPAID for kind in kinds]))
            codes, rows = paid.column("currency").to_pylist(), paid.column("row").to_pylist()
            for order, code, row in zip(orders(paid), codes, rows, strict=True):
                wholes[order.id] = Taken(row, code, order, Read([], {}))
        return wholes, unpaid


def _among(ids: Hashes, wanted: Hashes) -> Mask:
    near = np.isin(ids[:, 0], wanted[:, 0])
    near[near] = np.isin(ids[near, 1], wanted[:, 1])
    return near


def counting(draft: Draft, settled: Settled, files: Mapping[int, str]) -> Iterator[Chunk]:
    """Give the rows that count, and as rejects those of other orders' ids and currencies."""
    begin = 0
    right = draft.codes.index(settled.currency) if settled.currency else -1
    rows = _rows_of(draft, settled)
    for batch in draft.batches():
        here = slice(begin, begin + batch.num_rows)
        begin += batch.num_rows
        counts, first = settled.counts[here], settled.first[here]
        foreign = counts & (settled.codes[here] != right)
        rejects = _rejects(batch, np.flatnonzero(foreign | (first >= 0)), first, rows, settled, files)
        kept = counts & ~foreign
        yield Chunk(batch if kept.all() else batch.filter(_pa.array(kept)), rejects)
    for table in dict.fromkeys(part.table for part in settled.parts):
        own = [part.row for part in settled.parts if part.table == table]
        yield Chunk(
            of_rows(table, [row for row in own if row.currency == settled.currency]),
            [
                other_currency(row.currency, settled.currency).at(files[table], row.row)
                for row in own
                if row.currency != settled.currency
            ],
        )


def _rows_of(draft: Draft, settled: Settled) -> dict[int, int]:
    """Return the numbers of the rows in which those orders stand first that stand several times."""
    wanted = np.unique(settled.first[settled.first >= 0])
    found: dict[int, int] = {}
    if not wanted.size:
        return found
    begin = 0
    for batch in draft.batches():
        end = begin + batch.num_rows
        here = wanted[(wanted >= begin) & (wanted < end)]
        numbers = batch.column("row").to_numpy()[here - begin]
        found |= dict(zip(here.tolist(), numbers.tolist(), strict=True))
        begin = end
    return found


def _rejects(
    batch: Any,
    which: Ints,
    first: Ints,
    rows: Mapping[int, int],
    settled: Settled,
    files: Mapping[int, str],
) -> list[Reject]:
    if not which.size:
        return []
    names = ("table", "row", "order_id", "currency")
    columns = [batch.column(name).take(_pa.array(which)).to_pylist() for name in names]
    found: list[Reject] = []
    for at, table, row, order_id, code in zip(which.tolist(), *columns, strict=True):
        twice = int(first[at])
        bad = already(order_id, rows[twice]) if twice >= 0 else other_currency(code, settled.currency)
        found.append(bad.at(files[table], row))
    return found
