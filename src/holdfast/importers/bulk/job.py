"""Conversion of files of any size into one file of our own form, with counts, and the rejects beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from holdfast.importers.atomic import Together
from holdfast.importers.bulk.chunk import Chunk, further_of, links_of, repairs_of, said_in
from holdfast.importers.bulk.draft import SHOWN, Draft, Rejects
from holdfast.importers.bulk.gathering import Gathered, Sources
from holdfast.importers.bulk.settling import Settled, counting
from holdfast.importers.bulk.writing import check_form, order_file, row_file, with_refunds_parted
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.links import Link
from holdfast.importers.history import History, HistoryRefund, LeftOut, Progress, Reject, Repair, RepairKind
from holdfast.importers.plain_writing import remove_stale, write_further, write_plain
from holdfast.importers.refusals import NoOrders, nothing_taken
from holdfast.importers.rejects import write_rejects, write_repairs


class Targets(NamedTuple):
    """The files to write: the orders, and where they are wanted the rejects, the repairs and the links."""

    orders: Path
    rejects: Path | None = None
    repairs: Path | None = None
    links: Path | None = None


class Imported(msgspec.Struct, frozen=True):
    """The result of an import. `first_rejects` are a few of the `rejects`; the rest as in `History`."""

    files: Sequence[str]
    orders: int
    currency: str
    unpaid: int
    rejects: int
    first_rejects: Sequence[Reject]
    repairs: Mapping[RepairKind, int]
    left_out: Mapping[LeftOut, int]
    links: int
    dates_without_time: int
    zone: str


def bring(sources: Sources, asked: Asked, targets: Targets, progress: Progress | None = None) -> Imported:
    """Read files of our own form and exports of marketplaces, and write their orders as one file.

    Orders follow each other as in the files. Of an order that is in several tables, the last one counts. The
    memory that it takes grows by some 70 bytes a row, and by what parts, their wholes and refunds that are
    told apart hold.

    Raises:
        UnknownForm, NotWritten: the file of orders cannot be written.
        NoOrders, NonePaid: no row could be taken, or none was paid; rejects are written all the same.
        Refusal: see `Gathered.read`.
    """
    check_form(targets.orders)
    with closing(Draft(targets.orders)) as draft:
        gathered = Gathered(sources, asked._replace(links=targets.links is not None), draft)
        settled = gathered.read(progress)
        imported = _write(gathered, settled, targets)
    remove_stale(targets.orders, imported.files)
    if progress:
        progress(1.0)
    return imported


def written_whole(history: History, targets: Targets) -> Imported:
    """Write a history that was read into memory, as `bring` writes files."""
    files = write_plain(history, targets.orders)
    if targets.rejects is not None:
        write_rejects(history.rejects, targets.rejects)
    if targets.repairs is not None:
        write_repairs(history.repairs, targets.repairs)
    with row_file(targets.links, ("order_id", *Link._fields)):
        pass  # such a history says nothing that links its orders
    return Imported(
        [*map(str, files)],
        len(history.orders),
        history.currency,
        history.unpaid,
        len(history.rejects),
        history.rejects[:SHOWN],
        history.repair_counts(),
        {kind: count for kind, count in history.left_out.items() if count},
        0,
        history.dates,
        history.zone,
    )


def _write(gathered: Gathered, settled: Settled, targets: Targets) -> Imported:
    draft = gathered.draft
    if not settled.orders:
        raise _nothing(gathered, settled, targets)
    repairs = Counter(each.kind for each in gathered.repairs)
    links = 0
    further: list[tuple[str, HistoryRefund]] = []
    later = Rejects(targets.orders.parent)
    with (
        closing(later),
        Together() as together,
        order_file(targets.orders, settled.currency, together) as put,
        row_file(targets.repairs, Repair._fields, together) as put_repairs,
        row_file(targets.links, ("order_id", *Link._fields), together) as put_links,
    ):
        put_repairs(gathered.repairs)
        for chunk in counting(draft, settled, gathered.files):
            later.add(chunk.rejects)
            batch = with_refunds_parted(chunk.batch)
            put(batch)
            further += _further(batch)
            for changes in _repairs(chunk):
                repairs.update(each.kind for each in changes)
                put_repairs(changes)
            found = _links(chunk) if targets.links else []
            links += len(found)
            put_links(found)
        _write_rejects([draft.rejects, later], targets.rejects, together)
        beside = write_further(targets.orders, further, settled.currency, together)
        walls = gathered.walls
        return Imported(
            [str(targets.orders), *map(str, beside)],
            settled.orders,
            settled.currency,
            settled.unpaid,
            draft.rejects.count + later.count,
            [*draft.rejects.first, *later.first][:SHOWN],
            {kind: repairs[kind] for kind in RepairKind if repairs[kind]},
            gathered.counted(),
            links,
            sum(wall.dates for wall in walls.values()),
            gathered.zone,
        )


def _repairs(chunk: Chunk) -> list[list[Repair]]:
    return [repairs_of(text) for _, text in said_in(chunk.batch, "repairs")]


def _further(batch: Any) -> list[tuple[str, HistoryRefund]]:
    """Return the refunds for which the rows of their orders have no room."""
    return [(order_id, each) for order_id, text in said_in(batch, "further") for each in further_of(text)]


def _links(chunk: Chunk) -> list[tuple[str, ...]]:
    return [(order_id, *link) for order_id, text in said_in(chunk.batch, "links") for link in links_of(text)]


def _write_rejects(found: Sequence[Rejects], path: Path | None, together: Together | None = None) -> None:
    with row_file(path, Reject._fields, together) as put:
        for each in found:
            put(each.all())


def _nothing(gathered: Gathered, settled: Settled, targets: Targets) -> NoOrders:
    with closing(Rejects(targets.orders.parent)) as later:
        for chunk in counting(gathered.draft, settled, gathered.files):
            later.add(chunk.rejects)
        found = [gathered.draft.rejects, later]
        _write_rejects(found, targets.rejects)
        count, first = sum(each.count for each in found), [*found[0].first, *found[1].first]
    return nothing_taken(gathered.first, count, first, settled.unpaid)
