"""Chunks: accepted rows as columns, which readers of files yield, and drafts store.

Amounts are minor units and times instants, as `HistoryOrder` has them. `table` counts the tables of a source
from 1, `row` is that of `Reject`. `repairs` is JSON, empty where nothing was changed; `links` are pairs of a
kind and a hash. The first refund has columns of its own, `further` ones are JSON.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.exports.links import Link
from holdfast.importers.history import HistoryOrder, HistoryRefund, Reject, Repair

_pa = cast("Any", pa)
_pc = cast("Any", pc)

TIMES = ("placed_at", "ship_by", "shipped_at", "delivered_at", "cancelled_at", "reviewed_at", "refunded_at")
TEXTS = ("order_id", "merchant_id", "consumer_id", "currency", "title", "repairs", "links", "further")


class Kind(IntEnum):
    """The sort of a row: an order, one that was never paid, or a part, which waits for its whole."""

    ORDER = 0
    UNPAID = 1
    PART = 2


SCHEMA: Any = _pa.schema(
    [
        ("table", _pa.int32()),
        ("row", _pa.int64()),
        ("kind", _pa.int8()),
        *((name, _pa.string()) for name in TEXTS),
        ("amount", _pa.int64()),
        *((name, _pa.int64()) for name in TIMES),
        ("score", _pa.int8()),
        ("service", _pa.bool_()),
        ("refunded", _pa.int64()),
        ("part_of", _pa.string()),
    ]
)


class Row(NamedTuple):
    """A row that was read exactly. Of one that was never paid the id alone is known."""

    row: int
    kind: Kind
    order_id: str
    currency: str = ""
    order: HistoryOrder | None = None
    repairs: Sequence[Repair] = ()
    links: Sequence[Link] = ()


class Chunk(NamedTuple):
    """Some rows of one table, those that were taken and those that were not."""

    batch: Any
    rejects: Sequence[Reject] = ()


def of_rows(table: int, rows: Sequence[Row]) -> Any:
    """Return rows as columns."""
    columns: dict[str, list[object]] = {name: [] for name in SCHEMA.names}
    for each in rows:
        for name, value in _values(table, each).items():
            columns[name].append(value)
    return of_columns(columns, len(rows))


def of_columns(columns: Mapping[str, Any], count: int) -> Any:
    """Return columns as one batch; those that are not given hold nothing."""
    arrays = [
        _pa.array(columns[field.name], type=field.type)
        if field.name in columns
        else _empty(field.type, count)
        for field in SCHEMA
    ]
    return _pa.record_batch(arrays, schema=SCHEMA)


def _empty(kind: Any, count: int) -> Any:
    return constant("", count) if kind == _pa.string() else _pa.nulls(count, kind)


def some(values: Ints, said: Mask) -> Any:
    """Return whole numbers as a column, with nothing in the rows that have none."""
    return _pa.array(values, mask=~said)


def constant(value: str, count: int) -> Any:
    """Return a column of texts that are all the same."""
    return _pa.repeat(_pa.scalar(value, type=_pa.string()), count)


def in_file(batches: Sequence[Any]) -> Any:
    """Return batches of one table as one, its rows as they follow each other in the file."""
    filled = [batch for batch in batches if batch.num_rows]
    if not filled:
        return of_columns({}, 0)
    whole = _pa.Table.from_batches(filled).combine_chunks()
    rows = whole.column("row").to_numpy()
    if len(filled) > 1 and (np.diff(rows) < 0).any():
        whole = whole.take(_pa.array(np.argsort(rows, kind="stable")))
    [batch] = whole.combine_chunks().to_batches()
    return batch


def _values(table: int, each: Row) -> dict[str, object]:
    found: dict[str, object] = {field.name: None for field in SCHEMA}
    found |= dict.fromkeys((*TEXTS, "part_of"), "")
    found |= {"table": table, "row": each.row, "kind": int(each.kind), "order_id": each.order_id}
    found |= {"currency": each.currency, "service": False}
    order = each.order
    if order is None:
        return found
    found |= {name: getattr(order, name) for name in TIMES if name != "refunded_at"}
    if order.refunds:
        first, *further = order.refunds
        found |= {"refunded": first.amount_minor, "refunded_at": first.at, "further": further_text(further)}
    return found | {
        "merchant_id": order.merchant_id,
        "consumer_id": order.consumer_id,
        "amount": order.amount_minor,
        "title": order.title,
        "score": order.score,
        "service": order.service,
        "part_of": order.part_of or "",
        "repairs": written(each.repairs),
        "links": linked(each.links),
    }


def _written(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode() if values else ""


def written(repairs: Sequence[Repair]) -> str:
    """Return repairs as a text."""
    return _written(repairs)


def linked(links: Sequence[Link]) -> str:
    """Return links as a text."""
    return " ".join(f"{link.kind}:{link.hash}" for link in links)


def links_of(text: str) -> list[Link]:
    """Return the links that such a text holds."""
    return [Link(*pair.split(":")) for pair in text.split()]


def repairs_of(text: str) -> list[Repair]:
    """Return the repairs that such a text holds."""
    return msgspec.json.decode(text, type=list[Repair]) if text else []


def further_text(refunds: Sequence[HistoryRefund]) -> str:
    """Return refunds beside an order's row as a text."""
    return _written(refunds)


def further_of(text: str) -> list[HistoryRefund]:
    """Return the refunds after an order's first that such a text holds."""
    return msgspec.json.decode(text, type=list[HistoryRefund]) if text else []


def said_in(batch: Any, name: str) -> Iterator[tuple[str, str]]:
    """Give what a column of texts says, and of which order: most rows of such columns say nothing."""
    said = batch.select(["order_id", name]).filter(_pc.not_equal(batch.column(name), ""))
    return zip(*(column.to_pylist() for column in said.columns), strict=True)


def orders(batch: Any) -> Iterator[HistoryOrder]:
    """Give the orders of a batch; of texts that many of them share there is but one."""
    columns = [
        _values_of(batch.column(name)) for name in ("order_id", "merchant_id", "consumer_id", "amount")
    ]
    columns += [
        _values_of(batch.column(name)) for name in ("title", *TIMES[:-1], "score", "part_of", "service")
    ]
    columns += [_values_of(batch.column(name)) for name in ("refunded", "refunded_at", "further")]
    for *values, part_of, service, refunded, refunded_at, further in zip(*columns, strict=True):
        refunds = (HistoryRefund(refunded, refunded_at), *further_of(further)) if refunded else ()
        yield HistoryOrder(*values, part_of=part_of or None, service=service, refunds=refunds)


def _values_of(column: Any) -> list[Any]:
    if column.type != _pa.string():
        return column.to_pylist()
    encoded = column.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    return [texts[at] for at in encoded.indices.to_pylist()]


def rows(batch: Any) -> Iterator[Row]:
    """Give the rows of a batch again."""
    names = ("row", "kind", "order_id", "currency", "repairs", "links")
    columns = (batch.column(name).to_pylist() for name in names)
    for order, row, kind, order_id, currency, repairs, links in zip(orders(batch), *columns, strict=True):
        yield Row(row, Kind(kind), order_id, currency, order, repairs_of(repairs), links_of(links))
