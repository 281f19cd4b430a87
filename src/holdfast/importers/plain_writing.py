"""A history written in our own form, as CSV or Parquet: docs/import.md says what each column means."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from holdfast.importers import parquet
from holdfast.importers import refunds as refunds_files
from holdfast.importers.atomic import Together, replacing
from holdfast.importers.history import History, HistoryOrder, HistoryRefund
from holdfast.importers.ours import is_refunds
from holdfast.importers.plain_rows import FORM, TIMES
from holdfast.importers.refusals import NotWritten, UnknownForm
from holdfast.importers.spreadsheet import Writer
from holdfast.importers.table import Form
from holdfast.kernel import clock
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.money import Money
from holdfast.kernel.text import Text


def write_plain(history: History, path: Path) -> tuple[Path, ...]:
    """Write the orders of a history in our own form, as CSV or Parquet by the name's ending.

    A row has room for one refund. Where orders have more, the further ones stand in a file of refunds beside
    it (`parted`): `market-refunds.csv` for `market.csv`. Rejects, repairs, vanishings and what was never paid
    are not part of the form. Each file is whole or not there.

    Returns:
        The files that were written: that of the orders, and that of further refunds where there are any.

    Raises:
        UnknownForm: the name ends in neither .csv nor .parquet.
        NotWritten: a file cannot be written.
    """
    orders = [written(order, history.currency) for order in history.orders]
    further = [(order.id, refund) for order in history.orders for refund in parted(order.refunds)[1]]
    _write(path, FORM, orders, history.currency)
    files = (path, *write_further(path, further, history.currency))
    remove_stale(path, [*map(str, files)])
    return files


def parted(
    refunds: Sequence[HistoryRefund],
) -> tuple[Sequence[HistoryRefund], Sequence[HistoryRefund]]:
    """Return the refund that an order's row tells, if it tells one, and those that go beside it.

    A refund beside the row that equals the row's own reads as the same one, told twice: such an order's
    refunds all stand beside its row.
    """
    return ((), refunds) if refunds[:1] and refunds[0] in refunds[1:] else (refunds[:1], refunds[1:])


def beside(path: Path) -> Path:
    """Return the file of the refunds that have no room in a file of orders."""
    return path.with_name(f"{path.stem}-refunds{path.suffix}")


def check_beside(path: Path) -> None:
    """Check that no file but one of refunds stands where the refunds beside a file of orders may go.

    Raises:
        NotWritten: another does.
    """
    where = beside(path)
    if where.is_file() and not is_refunds(where):
        reason = Text(
            "其中没有退款，而有多笔退款的订单须用此文件",
            "it holds no refunds, and those of orders that have several would take its place",
        )
        raise NotWritten(str(where), reason=reason)


def remove_stale(path: Path, written: Sequence[str]) -> None:
    """Remove the refunds beside a file of orders that stood there before, and of which these have none."""
    stale = beside(path)
    if str(stale) not in written and stale.exists() and is_refunds(stale):
        with suppress(OSError):  # whoever reads it beside the orders will find the same refund told twice
            stale.unlink()


def write_further(
    path: Path,
    further: Sequence[tuple[str, HistoryRefund]],
    currency: str,
    together: Together | None = None,
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
    _write(beside(path), refunds_files.FORM, written, currency, together)
    return (beside(path),)


def _write(
    path: Path,
    form: Form,
    written: Sequence[Sequence[object]],
    currency: str,
    together: Together | None = None,
) -> None:
    match path.suffix.lower():
        case ".csv":
            with replacing(path, together) as draft:
                _write_csv(form, written, draft)
        case ".parquet":
            with replacing(path, together) as draft:
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
    for each in parted(order.refunds)[0]:
        refund = (Money(each.amount_minor, currency).decimal(), each.at)
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
