"""Which rows of a draft count: one of each id, those of one currency, and parts whose wholes are there.

Of rows of one id in one table the first counts, and the others are rejects. What a later table says replaces
what an earlier one said.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.importers.bulk.chunk import Chunk, Kind, Row, in_file, of_rows, rows
from holdfast.importers.bulk.draft import Draft, Hashes, Rows, hashes
from holdfast.importers.bulk.plain_chunks import Waiting, whole_order
from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.cells import BadCell
from holdfast.importers.history import HistoryOrder, Reject
from holdfast.importers.parts import Taken, astray
from holdfast.importers.wall import Read
from holdfast.kernel.text import Text

_pa = cast("Any", pa)


class Whereabouts(NamedTuple):
    """Where an order stands: its place in the draft, its table, its row."""

    place: int
    table: int
    row: Row


class Settled(NamedTuple):
    """The rows of a draft that count.

    `counts` tells of each row whether it is an order of the history; `first` is, of a row whose order stands
    in an earlier row of its table, that row's place in the draft, else -1. `replaced` rows gave way to later
    tables. `again` are rows that are otherwise than in the draft, by their places: parts, and orders of which
    more was told elsewhere. `named` are the orders that were asked for by name; of `unpaid_names` the order
    was never paid.
    """

    currency: str
    counts: Mask
    first: Ints
    orders: int
    unpaid: int
    replaced: int
    codes: npt.NDArray[np.int16]
    again: dict[int, Row]
    named: Mapping[str, Whereabouts]
    unpaid_names: Collection[str]


def settle(draft: Draft, waiting: Sequence[Waiting], names: Collection[str] = ()) -> Settled:
    """Find out which rows count; why parts do not is put to the draft's rejects.

    Args:
        draft: the rows of all tables.
        waiting: what was read of the parts among them, in their order.
        names: ids of orders that are asked for.
    """
    known = draft.whole()
    code = known.codes
    counts = known.kinds == Kind.ORDER
    alive = np.ones(len(counts), np.bool_)
    first = np.full(len(counts), -1, np.int64)
    replaced = _settle_ids(known, alive, first)
    counts &= alive
    unpaid = int(((known.kinds == Kind.UNPAID) & alive).sum())
    standing, never = _find(
        draft, known, alive, {*names, *(each.taken.order.part_of or "" for each in waiting)}
    )
    again: dict[int, Row] = {}
    if waiting:
        places = np.flatnonzero(known.kinds == Kind.PART).tolist()
        parts = [(each, at) for each, at in zip(waiting, places, strict=True) if alive[at]]
        again, gone = _settle_parts(draft, parts, standing, never)
        unpaid += gone
        counts[[*again]] = True
    right = _most(code[counts])
    return Settled(
        draft.codes[right] if right >= 0 else "",
        counts,
        first,
        int((counts & (code == right)).sum()),
        unpaid,
        replaced,
        code,
        again,
        {
            name: each._replace(row=again.get(each.place, each.row))
            for name in names
            if (each := standing.get(name)) is not None and counts[each.place]
        },
        never.intersection(names),
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


def _settle_parts(
    draft: Draft,
    waiting: Sequence[tuple[Waiting, int]],
    standing: Mapping[str, Whereabouts],
    never: Collection[str],
) -> tuple[dict[int, Row], int]:
    """Return the parts whose wholes were found, by their places, and how many are of orders never paid."""
    paid = {
        each.taken.order.id: (each, place) for each, place in waiting if each.taken.order.part_of not in never
    }
    parts = {key: (each.file, each.taken) for key, (each, _) in paid.items()}
    wholes = {
        name: Taken(each.row.row, each.row.currency, each.row.order, Read([], {}))
        for name, each in standing.items()
        if each.row.order is not None and each.row.kind is not Kind.PART
    }
    rejects = dict(astray(parts, wholes))
    draft.rejects.add([*rejects.values()])
    found = {
        place: _part(each.file, each.taken, wholes[each.taken.order.part_of or ""].order)
        for key, (each, place) in paid.items()
        if key not in rejects
    }
    return found, len(waiting) - len(paid)


def _part(file: str, part: Taken, whole: HistoryOrder) -> Row:
    order, repairs = whole_order(file, part, whole)
    return Row(part.row, Kind.ORDER, order.id, part.currency, order, repairs)


def _find(
    draft: Draft, known: Rows, alive: Mask, names: Collection[str]
) -> tuple[dict[str, Whereabouts], set[str]]:
    """Return the orders of these ids, parts among them, and the ids of those that were never paid."""
    standing: dict[str, Whereabouts] = {}
    never: set[str] = set()
    if not names:
        return standing, never
    wanted = np.flatnonzero(_among(known.ids, hashes(sorted(names))) & alive)
    begin = 0
    for batch in draft.batches():
        end = begin + batch.num_rows
        here = wanted[(wanted >= begin) & (wanted < end)]
        if here.size:
            few = batch.take(_pa.array(here - begin))
            tables = few.column("table").to_pylist()
            for place, table, row in zip(here.tolist(), tables, rows(few), strict=True):
                if row.kind is Kind.UNPAID:
                    never.add(row.order_id)
                else:
                    standing[row.order_id] = Whereabouts(place, table, row)
        begin = end
    return standing, never


def _among(ids: Hashes, wanted: Hashes) -> Mask:
    near = np.isin(ids[:, 0], wanted[:, 0])
    near[near] = np.isin(ids[near, 1], wanted[:, 1])
    return near


def counting(draft: Draft, settled: Settled, files: Mapping[int, str]) -> Iterator[Chunk]:
    """Give the rows that count, and as rejects those of other orders' ids and currencies."""
    begin = 0
    right = draft.codes.index(settled.currency) if settled.currency else -1
    numbers = _numbers(draft, settled)
    changed = np.array(sorted(settled.again), np.int64)
    for batch in draft.batches():
        here = slice(begin, begin + batch.num_rows)
        counts, first = settled.counts[here], settled.first[here]
        foreign = counts & (settled.codes[here] != right)
        rejects = _rejects(batch, np.flatnonzero(foreign | (first >= 0)), first, numbers, settled, files)
        kept = counts & ~foreign
        again = changed[(changed >= here.start) & (changed < here.stop)] - begin
        told = [settled.again[begin + at] for at in again[kept[again]].tolist()]
        kept[again] = False
        begin = here.stop
        rest = batch if kept.all() else batch.filter(_pa.array(kept))
        if told:
            rest = in_file([rest, of_rows(batch.column("table")[0].as_py(), told)])
        yield Chunk(rest, rejects)


def _numbers(draft: Draft, settled: Settled) -> dict[int, int]:
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
    numbers: Mapping[int, int],
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
        bad = already(order_id, numbers[twice]) if twice >= 0 else other_currency(code, settled.currency)
        found.append(bad.at(files[table], row))
    return found


def already(order_id: str, row: int) -> BadCell:
    """Return why a row is not taken whose order stands in an earlier row."""
    reason = Text(f"订单已在第 {row} 行", f"the order is already in row {row}")
    return BadCell(
        "order_id",
        order_id,
        reason,
        Text("每笔订单请只留一行，或重新导出", "Keep one row for each order, or export the file again"),
    )


def other_currency(code: str, currency: str) -> BadCell:
    """Return why an order is not taken whose currency is not that of most."""
    reason = Text(
        f"历史以 {currency} 计，大多数订单如此", f"the history is in {currency}, as most of its orders are"
    )
    return BadCell("currency", code, reason, Text("请按币种分别导入", "Import each currency by itself"))
