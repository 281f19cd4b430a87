"""How files are read, told before anything is taken: exports by their forms, our own form, and Olist's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from holdfast.importers import olist_files, parquet, plain_rows, refunds
from holdfast.importers.bulk.plain_blocks import table_blocks
from holdfast.importers.cells import END, FIRST, BadCell, Cell
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.explaining import (
    LOOKED_AT,
    PERSONAL,
    VALUES,
    Explanation,
    FieldRead,
    UnknownWord,
    explain,
    masked,
)
from holdfast.importers.exports.files import files_of, tables
from holdfast.importers.exports.form import Form, Kind, Rows
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.olist import CURRENCY, STATUSES
from holdfast.importers.olist_files import CATEGORIES, CUSTOMERS, ITEMS, ORDERS, PRODUCTS, REVIEWS, OlistFiles
from holdfast.importers.ours import is_ours, is_refunds
from holdfast.importers.plain_rows import FORM, KINDS
from holdfast.importers.source import olist_folder
from holdfast.importers.spreadsheet import restored
from holdfast.importers.table import CsvTable
from holdfast.importers.table import Form as Columns
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import iso
from holdfast.kernel.zones import UTC

_PERSONAL = frozenset(name.value for name in PERSONAL)

_OLIST: Mapping[str, Sequence[tuple[str, str]]] = {
    "order_id": ((ORDERS, "order_id"), (ITEMS, "seller_id")),
    "merchant_id": ((ITEMS, "seller_id"),),
    "consumer_id": ((CUSTOMERS, "customer_unique_id"),),
    "amount": ((ITEMS, "price"), (ITEMS, "freight_value")),
    "placed_at": ((ORDERS, olist_files.PURCHASED),),
    "ship_by": ((ITEMS, olist_files.LIMIT),),
    "shipped_at": ((ORDERS, olist_files.CARRIER),),
    "delivered_at": ((ORDERS, olist_files.CUSTOMER), (ORDERS, olist_files.ESTIMATED)),
    "reviewed_at": ((REVIEWS, olist_files.ANSWERED),),
    "score": ((REVIEWS, "review_score"),),
    "title": ((CATEGORIES, "product_category_name_english"), (PRODUCTS, "product_id")),
}
"""The fields of an order, with the columns and files from which each is made."""

_STATE = (ORDERS, "order_status")
_LINKS = frozenset(
    {
        (CATEGORIES, "product_category_name"),
        (CUSTOMERS, "customer_id"),
        (ITEMS, "order_id"),
        (ITEMS, "order_item_id"),
        (ITEMS, "product_id"),
        (ORDERS, "customer_id"),
        (PRODUCTS, "product_category_name"),
        (REVIEWS, "order_id"),
        (REVIEWS, "review_id"),
        (olist_files.SELLERS, "seller_id"),
    }
)
"""Columns that are read to tell which rows belong together, and of which nothing is made."""


class _Looked(NamedTuple):
    """The first rows of a file of our own, in the order of the form, and the columns that it has."""

    header: Sequence[str]
    header_row: int
    rows: Sequence[Sequence[Cell]]
    encoding: str | None = None
    delimiter: str | None = None


def explained(sources: Sequence[str], maps: Sequence[str], asked: Asked) -> list[Explanation]:
    """Explain how files and folders are read; by `maps` alone, where forms are named.

    Raises:
        SourceNotFound, EmptyFolder, UnknownMap, UnknownForm, NoForm, AmbiguousForm, ColumnLost, UnknownZone.
        Refusal: a file cannot be read; see `source.read`.
    """
    if not maps and (folder := olist_folder(sources)) is not None:
        return [_olist(folder, asked)]
    forms = chosen(maps)
    found: list[Explanation] = []
    for path in files_of(sources):
        if not maps and is_refunds(path):
            found.append(
                _plain(
                    path.name,
                    _looked(path, refunds.FORM, refunds.KINDS),
                    asked,
                    chosen(["holdfast-refunds"])[0],
                )
            )
        elif not maps and is_ours(path):
            found.append(_plain(path.name, _looked(path, FORM, KINDS), asked))
        else:
            found += [
                _plain(table.grid.name, _looked_at(table), asked)
                if table.form.kind is Kind.PLAIN
                else explain(table, asked)
                for table in tables(path, forms)
            ]
    return found


def _plain(file: str, looked: _Looked, asked: Asked, form: Form | None = None) -> Explanation:
    """Explain a file of our own form: of orders, or of what the `form` says."""
    wall = Wall(asked.zone or UTC)
    fields: list[FieldRead] = []
    for place, name in enumerate(FORM.columns if form is None else form.header):
        cells = [row[place] for row in looked.rows]
        if name in plain_rows.TIMES:
            _read_times(wall, name, cells)
        fields.append(
            _field(name, (name,) if name in looked.header else (), (_shown(name, cell) for cell in cells))
        )
    return Explanation(
        file=file,
        form="holdfast" if form is None else form.name,
        zh="Holdfast 自有格式" if form is None else form.zh,
        en="Holdfast's own form" if form is None else form.en,
        kind=(Kind.ORDERS if form is None else form.kind).value,
        purpose="" if form is None else form.purpose,
        purpose_zh="" if form is None else form.purpose_zh,
        tried=True,
        encoding=looked.encoding,
        delimiter=looked.delimiter,
        header_row=looked.header_row,
        rows=Rows.ORDER.value,
        zone=wall.name if wall.assumed else None,
        currency=None,
        fields=tuple(fields),
        states=(),
        unknown=(),
        options=(),
        unused=0,
        choices=_choices(wall, asked, "Asia/Shanghai"),
    )


def _looked(path: Path, form: Columns, kinds: Mapping[str, parquet.Kind]) -> _Looked:
    """Look at a .csv file, or a Parquet file.

    Raises:
        Refusal: it cannot be read, or is not of the form; see `rows.rows`.
    """
    if path.suffix.lower() == ".csv":
        table = CsvTable(path, form)
        return _Looked(table.header, table.header_row, [*_arranged(table)], "utf-8", ",")
    rows = islice(parquet.read_rows(path, form, kinds, None), LOOKED_AT)
    return _Looked(parquet.header(path), 1, [cells for _, cells in rows])


def _looked_at(table: Recognised) -> _Looked:
    """Look at a table in a file of another kind.

    Raises:
        Refusal: it cannot be read, or is not of the form; see `table_blocks`.
    """
    block = next(table_blocks(table, None).all, None)
    rows = () if block is None else block.rows(block.fit()[:LOOKED_AT])
    cells = [row for row in rows if row is not None and not isinstance(row, BadCell)]
    header = [str(cell).strip() for cell in table.header]
    return _Looked(header, table.row, cells, table.grid.encoding, table.grid.delimiter)


def _arranged(table: CsvTable) -> Iterator[Sequence[Cell]]:
    for _, cells in islice(table.records(), LOOKED_AT):
        try:
            yield [restored(cell) for cell in table.arranged(cells)]
        except BadCell:
            continue  # a row that is torn is a reject, and says nothing of the columns


def _olist(folder: Path, asked: Asked) -> Explanation:
    """Explain a folder in Olist's form.

    Raises:
        NotOlist, MissingFile: the folder is not of the form, or lacks a file.
        Refusal: a file cannot be read, or is not of the form; see `OlistFiles`.
    """
    wall = Wall(asked.zone or UTC)
    files = OlistFiles(folder, None, wall)
    used = {*_LINKS, _STATE, *(column for columns in _OLIST.values() for column in columns)}
    fields: list[FieldRead] = []
    for name, columns in _OLIST.items():
        cells = _column(files, *columns[0])
        if name in plain_rows.TIMES:
            _read_times(wall, columns[0][1], cells)
        fields.append(_field(name, tuple(": ".join(column) for column in columns), cells))
    said = _column(files, *_STATE)
    return Explanation(
        file=str(folder),
        form="olist",
        zh="Olist 数据集",
        en="Olist's form",
        kind=Kind.ORDERS.value,
        purpose="",
        tried=True,
        encoding="utf-8",
        delimiter=",",
        header_row=1,
        rows=Rows.LINE.value,
        zone=wall.name if wall.assumed else None,
        currency=CURRENCY,
        fields=tuple(fields),
        states=(_field("state", (": ".join(_STATE),), said),),
        unknown=tuple(
            UnknownWord(_STATE[1], word, said.count(word))
            for word in dict.fromkeys(said)
            if word not in STATUSES
        ),
        options=(),
        unused=sum((name, c) not in used for name, form in olist_files.FORMS.items() for c in form.columns),
        choices=_choices(wall, asked, "America/Sao_Paulo"),
    )


def _column(files: OlistFiles, name: str, column: str) -> list[str]:
    table = files.tables[name]
    return [table.cell(cells, column).strip() for _, cells in islice(table.records(), LOOKED_AT)]


def _read_times(wall: Wall, column: str, cells: Sequence[Cell]) -> None:
    """Read times, so that the wall counts those without an offset."""
    for cell in cells:
        try:
            wall.instant_or_none(column, cell)
        except BadCell:
            continue  # it will be a reject


def _choices(wall: Wall, asked: Asked, zone: str) -> tuple[str, ...]:
    return (f"--zone {zone}",) if wall.assumed and asked.zone is None else ()


def _field(name: str, columns: tuple[str, ...], texts: Iterable[str]) -> FieldRead:
    """Return some values of a column, each once, and those that tell who somebody is masked."""
    values = tuple(islice(dict.fromkeys(text for text in texts if text), VALUES))
    return FieldRead(name, columns, tuple(map(masked, values)) if name in _PERSONAL else values)


def _shown(name: str, cell: Cell) -> str:
    if isinstance(cell, int) and name in plain_rows.TIMES:
        return iso(cell) if FIRST <= cell < END else str(cell)
    return str(cell).strip()
