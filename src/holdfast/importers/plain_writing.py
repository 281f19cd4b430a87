"""A history written in our own form, as CSV or Parquet: docs/import.md says what each column means."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.importers import parquet
from holdfast.importers import refunds as refunds_files
from holdfast.importers.atomic import replacing
from holdfast.importers.history import History, HistoryOrder, HistoryRefund
from holdfast.importers.plain_rows import FORM, TIMES
from holdfast.importers.refusals import UnknownForm
from holdfast.importers.spreadsheet import Writer
from holdfast.importers.table import Form
from holdfast.kernel import clock
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.money import Money


def write_plain(history: History, path: Path) -> tuple[Path, ...]:
    """Write the orders of a history in our own form, as CSV or Parquet by the name's ending.

    A row has room for one refund. Where orders have more, the further ones stand in a file of refunds beside
    it: `market-refunds.csv` for `market.csv`. Rejects, repairs, vanishings and what was never paid are not
    part of the form. Each file is whole or not there.

    Returns:
        The files that were written: that of the orders, and that of further refunds where there are any.

    Raises:
        UnknownForm: the name ends in neither .csv nor .parquet.
        NotWritten: a file cannot be written.
    """
    orders = [written(order, history.currency) for order in history.orders]
    further = [(order.id, refund) for order in history.orders for refund in order.refunds[1:]]
    _write(path, FORM, orders, history.currency)
    return path, *write_further(path, further, history.currency)


def beside(path: Path) -> Path:
    """Return the file of the refunds that have no room in a file of orders."""
    return path.with_name(f"{path.stem}-refunds{path.suffix}")


def write_further(
    path: Path, further: Sequence[tuple[str, HistoryRefund]], currency: str
) -> tuple[Path, ...]:
    """Write the refunds of orders after their first beside the file of the orders, where there are any.

    Raises:
        NotWritten: it cannot be written.
    """
    if not further:
        return ()
    written = [
        (order_id, Money(each.amount_minor, currency).decimal(), each.at) for order_id, each in further
    ]
    _write(beside(path), refunds_files.FORM, written, currency)
    return (beside(path),)


def _write(path: Path, form: Form, written: Sequence[Sequence[object]], currency: str) -> None:
    match path.suffix.lower():
        case ".csv":
            with replacing(path) as draft:
                _write_csv(form, written, draft)
        case ".parquet":
            with replacing(path) as draft:
                columns = {name: [row[place] for row in written] for place, name in enumerate(form.columns)}
                parquet.write_columns(draft, columns, EXPONENTS[currency])
        case suffix:
            raise UnknownForm(str(path), suffix=suffix)


def written(order: HistoryOrder, currency: str) -> tuple[object, ...]:
    """Return the values of a row in the order of the form; times are instants."""
    amount = Money(order.amount_minor, currency).decimal()
    ids = (order.id, order.merchant_id, order.consumer_id, currency, amount, order.placed_at)
    times = (order.ship_by, order.shipped_at, order.delivered_at, order.cancelled_at, order.reviewed_at)
    service = "yes" if order.service else ""
    refund: tuple[object, ...] = (None, None)
    if order.refunds:
        refund = (Money(order.refunds[0].amount_minor, currency).decimal(), order.refunds[0].at)
    return (*ids, *times, order.score, order.title, order.part_of or "", service, *refund, "")


def _write_csv(form: Form, written: Sequence[Sequence[object]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)
        writer.write(form.columns)
        for values in written:
            row = zip(form.columns, values, strict=True)
            writer.write([shown(value) if name in TIMES else value for name, value in row])


def shown(value: object) -> str:
    """Return an instant as it is written in CSV; nothing where there is none."""
    return clock.iso(value) if isinstance(value, int) else ""
