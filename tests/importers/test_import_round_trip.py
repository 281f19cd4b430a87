"""Whatever history is written in our own form reads back the same, as CSV and as Parquet."""

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from holdfast.importers import cells, demo
from holdfast.importers.chronology import Place, in_order
from holdfast.importers.history import History, HistoryOrder, HistoryRefund
from holdfast.importers.ours import is_refunds
from holdfast.importers.plain_writing import write_plain
from holdfast.importers.refusals import NotWritten, UnknownForm
from holdfast.kernel.currencies import EXPONENTS, WITHDRAWN
from holdfast.kernel.identity import flaw, settled
from own_form import read_plain
from thorough import examples

TIMES = st.integers(cells.FIRST, cells.END - 1)
SIGNS = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
IDS = st.text(SIGNS, min_size=1, max_size=20).map(settled).filter(lambda text: flaw(text) is None)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=8)
TITLES = st.lists(WORDS, max_size=4).map(" ".join)
REVIEWS = st.just((None, None)) | st.tuples(TIMES, st.integers(1, 5))


@st.composite
def orders(draw: st.DrawFn) -> HistoryOrder:
    reviewed_at, score = draw(REVIEWS)
    drawn = HistoryOrder(
        id=draw(IDS),
        merchant_id=draw(IDS),
        consumer_id=draw(IDS),
        amount_minor=draw(st.integers(1, cells.MAX_ORDER_MINOR)),
        title=draw(TITLES),
        placed_at=draw(TIMES),
        ship_by=draw(st.none() | TIMES),
        shipped_at=draw(st.none() | TIMES),
        delivered_at=draw(st.none() | TIMES),
        cancelled_at=draw(st.none() | TIMES),
        reviewed_at=reviewed_at,
        score=score,
    )
    whole = in_order(drawn, lambda field: Place("", 0, field))[0]
    return whole._replace(refunds=draw(refunds(whole)))


@st.composite
def refunds(draw: st.DrawFn, order: HistoryOrder) -> tuple[HistoryRefund, ...]:
    """Up to four refunds, of the whole amount at most."""
    cuts = draw(st.lists(st.integers(0, order.amount_minor), max_size=4).map(sorted))
    amounts = [after - before for before, after in pairwise([0, *cuts]) if after > before]
    times = [draw(st.integers(order.placed_at, cells.END - 1)) for _ in amounts]
    if draw(st.booleans()):  # all in one moment, where equal amounts may look like one refund told twice
        times = times[:1] * len(times)
    times.sort()
    return tuple(HistoryRefund(amount, at) for amount, at in zip(amounts, times, strict=True))


@st.composite
def histories(draw: st.DrawFn) -> History:
    drawn = draw(st.lists(orders(), min_size=1, max_size=8, unique_by=lambda order: order.id))
    drawn.sort(key=lambda order: (order.placed_at, order.id))
    return History("", draw(st.sampled_from(sorted(EXPONENTS.keys() - WITHDRAWN))), drawn, [], (), [])


@pytest.mark.parametrize("name", ["history.csv", "history.parquet"])
@given(histories())
@settings(max_examples=examples(60), deadline=None)
def test_a_history_reads_back(name: str, history: History) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        written = write_plain(history, path)
        assert sorted(entry.name for entry in path.parent.iterdir()) == sorted(file.name for file in written)
        further = any(len(order.refunds) > 1 for order in history.orders)
        assert [file.name for file in written] == [name, name.replace(".", "-refunds.")][: 1 + further]
        assert [is_refunds(file) for file in written] == [False, True][: 1 + further]
        found = read_plain(path, refunds=written[1:])
    assert sorted(origin.row for origin in found.origins.values()) == [
        row + path.name.endswith(".csv") for row in range(1, len(history.orders) + 1)
    ]
    assert replace(found, origins={}) == History(str(path), history.currency, history.orders, [], (), [])


@pytest.mark.parametrize("name", ["demo.csv", "demo.parquet"])
def test_the_demo_reads_back(tmp_path: Path, name: str) -> None:
    history = demo.generate(3)
    write_plain(history, tmp_path / name)
    found = read_plain(tmp_path / name)
    assert found.orders == history.orders
    assert found.currency == history.currency
    assert not found.rejects
    assert not found.repairs


def test_an_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(UnknownForm):
        write_plain(demo.generate(0), tmp_path / "demo.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["demo.csv", "demo.parquet"])
def test_a_folder_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotWritten) as caught:
        write_plain(demo.generate(0), tmp_path / "none" / name)
    assert "no such file or directory" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
