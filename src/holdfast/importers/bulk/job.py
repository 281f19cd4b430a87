"""Files of any size made one file of our own form: what was taken counted, and the rest put beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from holdfast.importers.bulk.chunk import Chunk, links_of, repairs_of
from holdfast.importers.bulk.draft import SHOWN, Draft, Rejects
from holdfast.importers.bulk.export_chunks import export_chunks
from holdfast.importers.bulk.plain_chunks import Waiting, plain_chunks
from holdfast.importers.bulk.settling import Settled, counting, settle
from holdfast.importers.bulk.writing import check_form, order_file, row_file
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.form import Form, Kind
from holdfast.importers.exports.histories import check_asked, key_of, tables
from holdfast.importers.exports.links import Link, Linker
from holdfast.importers.exports.reading import Reader
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.refusals import NotOrders, PayLaterUnmarked
from holdfast.importers.history import History, LeftOut, Progress, Reject, Repair, RepairKind
from holdfast.importers.plain import nothing_taken
from holdfast.importers.plain_writing import write_plain
from holdfast.importers.refusals import NoOrders
from holdfast.importers.rejects import write_rejects, write_repairs
from holdfast.importers.source import is_ours
from holdfast.importers.wall import Wall
from holdfast.kernel.zones import UTC


class Targets(NamedTuple):
    """The files to write: the orders, and where they are wanted the rejects, the repairs and the links."""

    orders: Path
    rejects: Path | None = None
    repairs: Path | None = None
    links: Path | None = None


class Imported(msgspec.Struct, frozen=True):
    """What became of files. `first_rejects` are a few of the `rejects`; the rest as in `History`."""

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


def bring(
    paths: Sequence[Path],
    forms: Sequence[Form],
    asked: Asked,
    targets: Targets,
    progress: Progress | None = None,
    *,
    mapped: bool = False,
) -> Imported:
    """Read files of our own form and exports of marketplaces, and write their orders as one file.

    Orders follow each other as in the files. Of an order that is in several tables, the last one counts. The
    memory that it takes grows by some 70 bytes a row, and by what parts and their wholes hold. `mapped`: the
    forms are those of whoever asks, so that no file is taken for one of our own.

    Raises:
        UnknownForm, NotWritten: the file of orders cannot be written.
        NoForm, AmbiguousForm, ColumnLost, NotOrders: a file is of no form of orders.
        OptionsNeeded, PayLaterUnmarked: it lacks what no option says.
        NoOrders, NonePaid: no row could be taken, or none was paid; rejects are written all the same.
        Refusal: a file cannot be read; see `plain.read_plain` and `grids`.
    """
    check_form(targets.orders)
    with closing(Draft(targets.orders)) as draft:
        gathered = _Gathered(paths, asked._replace(links=targets.links is not None), draft)
        for number, path in enumerate(paths):

            def advance(share: float, number: int = number) -> None:
                if progress:
                    progress((number + share) / len(paths))

            if not mapped and is_ours(path):
                gathered.plain(path, advance)
            else:
                for table in tables(path, forms):
                    gathered.export(table, advance)
        gathered.check_any()
        settled = settle(draft, gathered.parts)
        imported = _write(gathered, settled, targets)
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


class _Gathered:
    """What was found in the files."""

    def __init__(self, paths: Sequence[Path], asked: Asked, draft: Draft) -> None:
        self.paths = paths
        self.draft = draft
        self.files: dict[int, str] = {}
        self.parts: list[Waiting] = []
        self.left_out: Counter[LeftOut] = Counter()
        self.walls: dict[str, Wall] = {}
        self._asked = asked if asked.key else asked._replace(key=key_of(paths))
        self._others: list[NotOrders] = []

    def plain(self, path: Path, advance: Progress) -> None:
        """Take a file of our own form."""
        if self._asked.only_pay_later:
            raise PayLaterUnmarked(path.name, form="Holdfast's own form")
        wall = self._wall(self._asked.zone or UTC)
        number = self._table(path.name)
        for chunk in plain_chunks(path, number, wall, self.parts, advance):
            self.draft.add(chunk)

    def export(self, table: Recognised, advance: Progress) -> None:
        """Take a table of an export."""
        form, name = table.form, table.grid.name
        if form.kind is not Kind.ORDERS:
            self._others.append(NotOrders(name, form=form.en, purpose=form.purpose))
            return
        wall = self._wall(form.zone or self._asked.zone or UTC)
        linker = Linker(self._asked.key) if self._asked.links else None
        reader = Reader(table, wall, self._asked.currency, linker)
        check_asked(table, reader, self._asked)
        for chunk in export_chunks(table, reader, self._table(name), self._asked, self.left_out, advance):
            self.draft.add(chunk)
        self.left_out[LeftOut.NO_ORDER] += reader.left_out

    def check_any(self) -> None:
        """Check that there was a table of orders."""
        if not self.files:
            raise self._others[0]
        self.left_out[LeftOut.OTHER_TABLE] += len(self._others)

    def _table(self, file: str) -> int:
        number = len(self.files) + 1
        self.files[number] = file
        return number

    def _wall(self, zone: str) -> Wall:
        return self.walls.setdefault(zone, Wall(zone))


def _write(gathered: _Gathered, settled: Settled, targets: Targets) -> Imported:
    draft = gathered.draft
    if not settled.orders:
        raise _nothing(gathered, settled, targets)
    repairs: Counter[RepairKind] = Counter()
    links = 0
    later = Rejects(targets.orders.parent)
    with (
        closing(later),
        order_file(targets.orders, settled.currency) as put,
        row_file(targets.repairs, Repair._fields) as put_repairs,
        row_file(targets.links, ("order_id", *Link._fields)) as put_links,
    ):
        for chunk in counting(draft, settled, gathered.files):
            later.add(chunk.rejects)
            put(chunk.batch)
            for changes in _repairs(chunk):
                repairs.update(each.kind for each in changes)
                put_repairs(changes)
            found = _links(chunk) if targets.links else []
            links += len(found)
            put_links(found)
        _write_rejects([draft.rejects, later], targets.rejects)
        gathered.left_out[LeftOut.REPLACED] += settled.replaced
        walls = gathered.walls
        return Imported(
            [str(targets.orders)],
            settled.orders,
            settled.currency,
            settled.unpaid,
            draft.rejects.count + later.count,
            [*draft.rejects.first, *later.first][:SHOWN],
            {kind: repairs[kind] for kind in RepairKind if repairs[kind]},
            {kind: count for kind, count in gathered.left_out.items() if count},
            links,
            sum(wall.dates for wall in walls.values()),
            ", ".join(walls),
        )


def _repairs(chunk: Chunk) -> list[list[Repair]]:
    return [repairs_of(text) for text in chunk.batch.column("repairs").to_pylist() if text]


def _links(chunk: Chunk) -> list[tuple[str, ...]]:
    columns = (chunk.batch.column(name).to_pylist() for name in ("order_id", "links"))
    return [(order_id, *link) for order_id, text in zip(*columns, strict=True) for link in links_of(text)]


def _write_rejects(found: Sequence[Rejects], path: Path | None) -> None:
    with row_file(path, Reject._fields) as put:
        for each in found:
            put(each.all())


def _nothing(gathered: _Gathered, settled: Settled, targets: Targets) -> NoOrders:
    with closing(Rejects(targets.orders.parent)) as later:
        for chunk in counting(gathered.draft, settled, gathered.files):
            later.add(chunk.rejects)
        found = [gathered.draft.rejects, later]
        _write_rejects(found, targets.rejects)
        count, first = sum(each.count for each in found), [*found[0].first, *found[1].first]
    return nothing_taken(gathered.paths[0], count, first, settled.unpaid)
