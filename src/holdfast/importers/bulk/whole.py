"""Files read into one history, which lies in memory whole."""

from collections.abc import Sequence
from contextlib import closing
from typing import TypeVar

from holdfast.importers.bulk.chunk import orders, repairs_of
from holdfast.importers.bulk.draft import Draft
from holdfast.importers.bulk.gathering import Gathered, Sources
from holdfast.importers.bulk.settling import counting
from holdfast.importers.exports.asking import Asked
from holdfast.importers.history import History, HistoryOrder, Origin, Progress, Reject, Repair
from holdfast.importers.refusals import nothing_taken


def read_whole(sources: Sources, asked: Asked, progress: Progress | None = None) -> History:
    """Read files of our own form and exports of marketplaces as one history.

    The currency is that of most orders, the one that came first on a tie; the others are rejected. Of several
    rows of a table with one id the first counts; of an order that is in several tables, the last one.

    Raises:
        NoOrders, NonePaid: no row could be taken, or none was paid.
        Refusal: see `Gathered.read`.
    """
    with closing(Draft()) as draft:
        gathered = Gathered(sources, asked, draft)
        settled = gathered.read(progress)
        found: list[HistoryOrder] = []
        repairs: list[Repair] = [*gathered.repairs]
        origins: dict[str, Origin] = {}
        later: list[Reject] = []
        for chunk in counting(draft, settled, gathered.files):
            batch = chunk.batch
            later += chunk.rejects
            tables, rows = batch.column("table").to_pylist(), batch.column("row").to_pylist()
            texts = batch.column("repairs").to_pylist()
            for order, table, row, text in zip(orders(batch), tables, rows, texts, strict=True):
                found.append(order)
                origins[order.id] = Origin(gathered.files[table], row)
                repairs += repairs_of(text)
        rejects = [*draft.rejects.all(), *later]
    if progress:
        progress(1.0)
    if not found:
        raise nothing_taken(gathered.first, len(rejects), rejects, settled.unpaid)
    found.sort(key=lambda order: (order.placed_at, order.part_of is not None, order.id))
    walls = gathered.walls
    return History(
        ", ".join(map(str, sources.paths)),
        settled.currency,
        found,
        _by_file(rejects, gathered.names),
        (),
        _by_file(repairs, gathered.names),
        origins,
        gathered.zone,
        sum(wall.assumed for wall in walls.values()),
        settled.unpaid,
        sum(wall.dates for wall in walls.values()),
        gathered.counted(),
    )


_T = TypeVar("_T", Reject, Repair)


def _by_file(found: Sequence[_T], names: Sequence[str]) -> list[_T]:
    """Return them as the files were read, and by row."""
    places = {name: place for place, name in reversed([*enumerate(names)])}
    return sorted(found, key=lambda each: (places[each.file], each.row))
