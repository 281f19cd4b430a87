"""Which rows count of several tables: as a model says that goes through them one by one."""

from collections import Counter
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.importers.bulk.chunk import Chunk, Kind, Row, of_rows
from holdfast.importers.bulk.draft import Draft
from holdfast.importers.bulk.settling import counting, settle
from holdfast.importers.history import HistoryOrder
from thorough import examples

TABLES = {1: "a.csv", 2: "b.csv", 3: "c.csv"}

Found = tuple[int, int]
"""A table and a row."""

ROWS = st.lists(
    st.tuples(
        st.integers(1, 5).map("o-{}".format),
        st.sampled_from([Kind.ORDER, Kind.ORDER, Kind.UNPAID]),
        st.sampled_from(["CNY", "CNY", "USD"]),
    ),
    max_size=7,
)


def row(number: int, order_id: str, kind: Kind, code: str) -> Row:
    if kind is Kind.UNPAID:
        return Row(number, kind, order_id)
    order = HistoryOrder(order_id, "m", "c", 100 + number, "", 1_000, None, None, None, None, None, None)
    return Row(number, kind, order_id, code, order)


class Model:
    """Orders by their ids, as tables come one after the other."""

    def __init__(self, tables: dict[int, list[Row]]) -> None:
        self.taken: dict[str, tuple[Found, str]] = {}
        self.unpaid: set[str] = set()
        self.rejects: set[Found] = set()
        self.replaced = 0
        for table, rows in tables.items():
            for each in rows:
                self._take(table, each)
        counts = Counter(code for _, code in self.taken.values())
        self.currency = max(counts, key=lambda code: counts[code]) if counts else ""
        self.rejects |= {where for where, code in self.taken.values() if code != self.currency}
        self.orders = {where for where, code in self.taken.values() if code == self.currency}

    def _take(self, table: int, each: Row) -> None:
        before = self.taken.get(each.order_id)
        if before is not None and before[0][0] == table:
            self.rejects.add((table, each.row))
            return
        if before is not None:
            self.replaced += 1
            del self.taken[each.order_id]
        self.unpaid.discard(each.order_id)
        if each.kind is Kind.UNPAID:
            self.unpaid.add(each.order_id)
        else:
            self.taken[each.order_id] = ((table, each.row), each.currency)


@given(st.tuples(ROWS, ROWS, ROWS), st.sets(st.integers(1, 6).map("o-{}".format)), st.integers(1, 7))
@settings(max_examples=examples(300), deadline=None)
def test_rows_of_several_tables(
    found: tuple[list[tuple[str, Kind, str]], ...], names: set[str], size: int
) -> None:
    tables = {
        table: [row(number, *each) for number, each in enumerate(rows, start=2)]
        for table, rows in zip(TABLES, found, strict=True)
    }
    model = Model(tables)
    with closing(Draft()) as draft:
        for table, rows in tables.items():
            for begin in range(0, len(rows), size):
                draft.add(Chunk(of_rows(table, rows[begin : begin + size])))
        settled = settle(draft, [], names)
        chunks = [*counting(draft, settled, TABLES)]
    orders = {
        (table, number)
        for chunk in chunks
        for table, number in zip(
            chunk.batch.column("table").to_pylist(), chunk.batch.column("row").to_pylist(), strict=True
        )
    }
    rejects = {(each.file, each.row) for chunk in chunks for each in chunk.rejects}
    assert (settled.replaced, settled.unpaid, settled.orders) == (
        model.replaced,
        len(model.unpaid),
        len(model.orders),
    )
    assert orders == model.orders
    assert rejects == {(TABLES[table], number) for table, number in model.rejects}
    assert {name: (each.table, each.row.row) for name, each in settled.named.items()} == {
        name: where for name, (where, _) in model.taken.items() if name in names
    }
    assert set(settled.unpaid_names) == model.unpaid & names
    if model.orders:
        assert settled.currency == model.currency
