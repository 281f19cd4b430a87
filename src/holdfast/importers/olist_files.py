"""The files of Olist's public data set: their columns, and their rows with those of no use set aside."""

from collections.abc import Container, Iterator
from pathlib import Path

from holdfast.importers import cells
from holdfast.importers.cells import BadCell
from holdfast.importers.history import Progress, Reject, Repair
from holdfast.importers.refusals import MissingFile, NotOlist
from holdfast.importers.table import CsvTable, Form
from holdfast.importers.wall import Wall
from holdfast.kernel.text import Text

CUSTOMERS = "olist_customers_dataset.csv"
ITEMS = "olist_order_items_dataset.csv"
ORDERS = "olist_orders_dataset.csv"
PRODUCTS = "olist_products_dataset.csv"
REVIEWS = "olist_order_reviews_dataset.csv"
SELLERS = "olist_sellers_dataset.csv"
CATEGORIES = "product_category_name_translation.csv"

NAMES = frozenset((CUSTOMERS, ITEMS, ORDERS, PRODUCTS, REVIEWS, SELLERS, CATEGORIES))
"""Every file of the data set that is looked at."""

PURCHASED, CARRIER = "order_purchase_timestamp", "order_delivered_carrier_date"
CUSTOMER, ESTIMATED = "order_delivered_customer_date", "order_estimated_delivery_date"
LIMIT, ANSWERED = "shipping_limit_date", "review_answer_timestamp"


def _form(*columns: str) -> Form:
    return Form(required=columns)


FORMS = {
    CATEGORIES: _form("product_category_name", "product_category_name_english"),
    PRODUCTS: _form(
        "product_id",
        "product_category_name",
        "product_name_lenght",
        "product_description_lenght",
        "product_photos_qty",
        "product_weight_g",
        "product_length_cm",
        "product_height_cm",
        "product_width_cm",
    ),
    SELLERS: _form("seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"),
    CUSTOMERS: _form(
        "customer_id",
        "customer_unique_id",
        "customer_zip_code_prefix",
        "customer_city",
        "customer_state",
    ),
    ORDERS: _form(
        "order_id",
        "customer_id",
        "order_status",
        PURCHASED,
        "order_approved_at",
        CARRIER,
        CUSTOMER,
        ESTIMATED,
    ),
    REVIEWS: _form(
        "review_id",
        "order_id",
        "review_score",
        "review_comment_title",
        "review_comment_message",
        "review_creation_date",
        ANSWERED,
    ),
    ITEMS: _form(
        "order_id",
        "order_item_id",
        "product_id",
        "seller_id",
        LIMIT,
        "price",
        "freight_value",
    ),
}
"""The files that are read, in this order, and their columns; further files in the folder are left alone."""


class OlistFiles:
    """The folder's tables, their headers checked; rows that are refused are noted in `rejects`."""

    def __init__(self, folder: Path, progress: Progress | None, wall: Wall) -> None:
        """Find and open all files.

        Raises:
            NotOlist, MissingFile: the folder is not of the form, or lacks a file.
            SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv: a file cannot be read.
            WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn: a header is not of the form.
        """
        present = [name for name in FORMS if (folder / name).is_file()]
        expected = ", ".join(sorted(FORMS))
        if not present:
            raise NotOlist(str(folder), expected=expected)
        for name in FORMS:
            if name not in present:
                raise MissingFile(str(folder), file=name, expected=expected)
        self.rejects: list[Reject] = []
        self.tables = {name: CsvTable(folder / name, form) for name, form in FORMS.items()}
        self._progress = progress
        self._sizes = {name: (folder / name).stat().st_size for name in FORMS}
        self._done = 0
        self.repairs: list[Repair] = []
        self.wall = wall

    def refuse(self, name: str, row: int, bad: BadCell) -> None:
        """Note that a row of the file was refused."""
        self.rejects.append(bad.at(name, row))

    def records(self, name: str, torn: set[str] | None = None) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Give the first line and the cells, stripped, of each record that has as many as the header.

        The first column of the form of those that have not goes to `torn`, so that nothing is made of a half.
        """
        table = self.tables[name]
        for row, found in table.records(self._advance):
            try:
                arranged = table.arranged(found)
            except BadCell as bad:
                self.refuse(name, row, bad)
                if torn is not None:
                    torn.add(table.cell(found, FORMS[name].required[0]).strip())
            else:
                yield row, tuple(cell.strip() for cell in arranged)
                self.repairs += self.wall.repairs(name, row)
        self._done += self._sizes[name]

    def _advance(self, done: int) -> None:
        if self._progress:
            self._progress((self._done + done) / sum(self._sizes.values()))

    def keyed(self, name: str) -> dict[str, str]:
        """Return the second column of a file by the first, its key; a second row of a key is refused."""
        found: dict[str, str] = {}
        key_column = FORMS[name].required[0]
        for row, (key, value, *_) in self.records(name):
            try:
                found[unused(key_column, key, found)] = value
            except BadCell as bad:
                self.refuse(name, row, bad)
        return found


def unused(column: str, key: str, taken: Container[str]) -> str:
    """Read an id that must be new.

    Raises:
        BadCell: it is malformed, or was taken before.
    """
    found = cells.identity(column, key)
    if found in taken:
        raise BadCell(
            column,
            key,
            Text("编号再次出现", "the id occurs a second time"),
            Text("每个编号请只留一行", "Keep one row per id"),
        )
    return found


def known(column: str, key: str, ids: Container[str], file: str) -> str:
    """Read an id that must be one of another file.

    Raises:
        BadCell: it is malformed, or the file has no such id.
    """
    found = cells.identity(column, key)
    if found not in ids:
        raise BadCell(
            column,
            key,
            Text(f"{file} 中没有此编号", f"{file} has no such id"),
            Text(f"请在 {file} 中补上，或去掉此行", f"Add it to {file}, or leave this row out"),
        )
    return found
