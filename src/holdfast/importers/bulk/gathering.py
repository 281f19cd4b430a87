"""Gathering the rows of all files as chunks: orders, their parts, and refunds in files of their own."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from holdfast.importers import refunds
from holdfast.importers.bulk.draft import Draft
from holdfast.importers.bulk.export_chunks import export_chunks
from holdfast.importers.bulk.plain_blocks import Blocks, file_blocks, table_blocks
from holdfast.importers.bulk.plain_chunks import Waiting, plain_chunks
from holdfast.importers.bulk.refunding import join_after_sales, join_files, names_in
from holdfast.importers.bulk.settling import Settled, settle
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.aftersales import AfterSale, after_sales
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.files import check_asked, key_of, tables
from holdfast.importers.exports.form import Form, Kind
from holdfast.importers.exports.links import Linker
from holdfast.importers.exports.reading import Reader
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.refusals import NotOrders, PayLaterUnmarked
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.history import LeftOut, Progress, Reject, Repair
from holdfast.importers.ours import is_ours, is_refunds
from holdfast.importers.refunds import Told
from holdfast.importers.rows import Rows, of_file, of_table
from holdfast.importers.wall import Wall
from holdfast.kernel.text import Text
from holdfast.kernel.zones import UTC

_OURS = Text("Holdfast 自有格式", "Holdfast's own form")
_OUR_REFUNDS = "holdfast-refunds"


class Sources(NamedTuple):
    """Files to read: those that are named, refunds of our own form apart, and how exports are recognised.

    `mapped`: the forms are those of whoever asks, so that no file is taken for one of our own. `by_row`: all
    rows are read one by one; it gives the same, and takes ten times as long.
    """

    paths: Sequence[Path]
    forms: Sequence[Form]
    refunds: Sequence[Path] = ()
    mapped: bool = False
    by_row: bool = False


class Gathered:
    """The gathered rows of files.

    `files` are those of the tables of orders, by their numbers; `names` of all that was read, as it was read;
    `first` is the first that holds orders.
    """

    def __init__(self, sources: Sources, asked: Asked, draft: Draft) -> None:
        """Begin with the files and the options; nothing is read yet."""
        self.paths = sources.paths
        self.draft = draft
        self.files: dict[int, str] = {}
        self.left_out: Counter[LeftOut] = Counter()
        self.names: list[str] = []
        self.walls: dict[str, Wall] = {}
        self.first = sources.paths[0]
        self.repairs: list[Repair] = []
        self._sources = sources
        self._asked = asked
        self._forms: dict[int, str] = {}
        self._parts: list[Waiting] = []
        self._refunds: list[Rows] = []
        self._refunded: set[str] = set()
        self._read: set[Path] = set()
        self._after_sales: dict[tuple[str, str], AfterSale] = {}
        self._others: list[NotOrders] = []
        self._apart: list[NotOrders] = []

    def read(self, progress: Progress | None = None) -> Settled:
        """Read the files, and find out which rows count; why others do not is put to the draft's rejects.

        Raises:
            NoForm, AmbiguousForm, ColumnLost, NotOrders: a file is of no form of orders.
            OptionsNeeded, PayLaterUnmarked: it lacks what no option says.
            Refusal: a file cannot be read; see `plain_chunks.plain_chunks` and `grids`.
        """
        for path in self._sources.refunds:
            self._told_refunds(path)
        apart, self.names = self.names, []
        for number, path in enumerate(self.paths):

            def advance(share: float, number: int = number) -> None:
                if progress:
                    progress((number + share) / len(self.paths))

            self._take(path, advance)
            if not self.files and number + 1 < len(self.paths):
                self.first = self.paths[number + 1]
        if not self.files:
            raise [*self._others, *self._apart][0]
        self.names += apart
        self.left_out[LeftOut.OTHER_TABLE] += len(self._others)
        settled = self._settled()
        self.left_out[LeftOut.REPLACED] += settled.replaced
        return settled

    @property
    def zone(self) -> str:
        """Return the zones in which times without an offset were read; the first one where all had theirs."""
        used = [wall.name for wall in self.walls.values() if wall.assumed]
        return ", ".join(used or [*self.walls][:1])

    def counted(self) -> dict[LeftOut, int]:
        """Return the counts of rows that were left out, by reason."""
        return {kind: count for kind, count in self.left_out.items() if count}

    def _take(self, path: Path, advance: Progress) -> None:
        mapped = self._sources.mapped
        if not mapped and is_refunds(path):
            self._told_refunds(path)
        elif not mapped and is_ours(path):
            self._plain(file_blocks(path, advance))
        else:
            for table in tables(path, self._sources.forms):
                self._export(table, advance)

    def _plain(self, found: Blocks) -> None:
        """Take a file of our own form."""
        if self._asked.only_pay_later:
            raise PayLaterUnmarked(found.file, form=_OURS)
        wall, number = self._wall(None), self._table(found.file, "")
        for chunk in plain_chunks(found, number, wall, self._parts, by_row=self._sources.by_row):
            self.draft.add(chunk)

    def _export(self, table: Recognised, advance: Progress) -> None:
        """Take a table of an export."""
        form, name = table.form, table.grid.name
        if form.kind is not Kind.ORDERS:
            self._other(table, advance)
            return
        asked = self._asked
        if not asked.key and (asked.links or form.personal):
            asked = self._asked = asked._replace(key=key_of(self.paths))
        linker = Linker(asked.key) if asked.links else None
        reader = Reader(table, self._wall(form.zone), asked.currency, linker)
        check_asked(table, reader, asked)
        number, by_row = self._table(name, form.name), self._sources.by_row
        for chunk in export_chunks(table, reader, number, asked, self.left_out, advance, by_row=by_row):
            self.draft.add(chunk)
        self.left_out[LeftOut.NO_ORDER] += reader.left_out

    def _other(self, table: Recognised, advance: Progress) -> None:
        """Take a table that is no export of orders."""
        form, name = table.form, table.grid.name
        refused = NotOrders(name, form=Text(form.zh, form.en), purpose=form.for_what())
        if form.kind is Kind.PLAIN:
            self._plain(table_blocks(table, advance))
        elif form.kind is Kind.PLAIN_REFUNDS:
            self._apart.append(refused)
            self._add(of_table(table, refunds.FORM, refunds.KINDS))
        elif form.refunds_of:
            self._apart.append(refused)
            self._told_after_sale(table, advance)
        else:
            self._others.append(refused)

    def _told_refunds(self, path: Path) -> None:
        """Take a file of refunds of our own form; the same one twice is one."""
        if path.resolve() not in self._read:
            self._read.add(path.resolve())
            [form] = chosen([_OUR_REFUNDS])
            self._apart.append(NotOrders(path.name, form=Text(form.zh, form.en), purpose=form.for_what()))
            self._add(of_file(path, refunds.FORM, refunds.KINDS))

    def _add(self, rows: Rows) -> None:
        self._refunds.append(rows)
        self._refunded |= names_in([rows])
        self.names.append(rows.file)

    def _told_after_sale(self, table: Recognised, advance: Progress) -> None:
        """Take the refunds of an export; of one that is in several, the last one counts."""
        form = table.form.refunds_of
        self.names.append(table.grid.name)
        for each in after_sales(table, self._wall(table.form.zone), advance):
            if each is None:
                self.left_out[LeftOut.NO_ORDER] += 1
            elif isinstance(each, Reject):
                self.draft.rejects.add([each])
            elif each.told is None:
                self._after_sales.pop((form, each.refund_id), None)  # in the end nothing went back
            else:
                self._take_after_sale((form, each.refund_id), each, each.told)

    def _take_after_sale(self, key: tuple[str, str], each: AfterSale, told: Told) -> None:
        before = self._after_sales.get(key)
        if before is not None and before.order_id != each.order_id:
            reason = Text(
                f"另一份导出中，此退款属于订单 {before.order_id}",
                f"in another export this refund is of order {before.order_id}",
            )
            bad = BadCell(
                "",
                each.refund_id,
                reason,
                Text("请重新导出两份，不要经电子表格改动", "Export both again, untouched by a spreadsheet"),
            )
            self.draft.rejects.add([bad.at(told.place.file, told.place.row)])
        else:
            self._after_sales[key] = each

    def _settled(self) -> Settled:
        """Settle which rows count, and join the refunds from other files to them."""
        after = [(form, each) for (form, _), each in self._after_sales.items()]
        settled = settle(self.draft, self._parts, self._refunded | {each.order_id for _, each in after})
        if not settled.orders:
            return settled
        joined = [join_after_sales(settled, after, self._forms)] if after else []
        joined += [join_files(settled, self._refunds, self._wall(None))] if self._refunds else []
        for each in joined:
            self.draft.rejects.add(each.rejects)
            self.repairs += each.repairs
            self.left_out[LeftOut.REFUND_ELSEWHERE] += each.elsewhere
        return settled

    def _table(self, file: str, form: str) -> int:
        number = len(self.files) + 1
        self.names.append(file)
        self.files[number] = file
        self._forms[number] = form
        return number

    def _wall(self, zone: str | None) -> Wall:
        name = zone or self._asked.zone or UTC
        return self.walls.setdefault(name, Wall(name))
