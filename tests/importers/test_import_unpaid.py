"""Orders that were never paid: counted and told, and neither orders nor rejects."""

from pathlib import Path

import pytest

from holdfast.importers.history import History
from holdfast.importers.refusals import NonePaid, NoOrders
from own_form import read_plain

HEADER = "order_id,merchant_id,consumer_id,currency,amount,placed_at,part_of,paid\n"


def imported(tmp_path: Path, *rows: str) -> History:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
    return read_plain(path)


def test_what_was_never_paid_is_counted_whatever_else_its_row_says(tmp_path: Path) -> None:
    found = imported(
        tmp_path, "a,m,c,CNY,1,2026-03-01,,no", "b,,,,,,,NO", "c,m,c,CNY,1,2026-03-01,,", ",,,,,,,否"
    )
    assert ([order.id for order in found.orders], found.rejects, found.unpaid) == (["c"], [], 3)


@pytest.mark.parametrize("paid", ["", " ", "yes", "是", "1"])
def test_an_ordinary_order(tmp_path: Path, paid: str) -> None:
    found = imported(tmp_path, f"a,m,c,CNY,1,2026-03-01,,{paid}")
    assert (len(found.orders), found.unpaid) == (1, 0)


def test_neither_yes_nor_no_is_rejected(tmp_path: Path) -> None:
    found = imported(tmp_path, "a,m,c,CNY,1,2026-03-01,,maybe", "b,m,c,CNY,1,2026-03-01,,")
    assert [(reject.row, reject.column, reject.value) for reject in found.rejects] == [(2, "paid", "maybe")]
    assert found.unpaid == 0


def test_parts_of_what_was_never_paid_were_not_either(tmp_path: Path) -> None:
    rows = ["a,m,c,CNY,1,2026-03-01,,no", "a/1,m,c,CNY,1,2026-03-01,a,", "b,m,c,CNY,1,2026-03-01,,"]
    found = imported(tmp_path, *rows, "b/1,m,c,CNY,1,2026-03-01,b,no")
    assert ([order.id for order in found.orders], found.rejects, found.unpaid) == (["b"], [], 3)


def test_an_unpaid_row_takes_no_id(tmp_path: Path) -> None:
    """A checkout that was given up and done again may stand there twice: the order was paid."""
    found = imported(
        tmp_path, "a,m,c,CNY,1,2026-03-01,,no", "a,m,c,CNY,2,2026-03-02,,yes", "a/1,m,c,CNY,1,2026-03-02,a,"
    )
    assert ([order.id for order in found.orders], found.rejects, found.unpaid) == (["a", "a/1"], [], 0)


def test_a_file_of_which_nothing_was_paid(tmp_path: Path) -> None:
    with pytest.raises(NonePaid) as caught:
        imported(tmp_path, "a,m,c,CNY,1,2026-03-01,,no", "b,m,c,CNY,1,2026-03-01,a,no")
    assert "none of its 2 orders was paid" in str(caught.value)
    assert caught.value.rejects == ()


def test_a_file_of_unpaid_rows_and_bad_ones(tmp_path: Path) -> None:
    with pytest.raises(NoOrders) as caught:
        imported(tmp_path, "a,m,c,CNY,1,2026-03-01,,no", "b,m,c,CNY,x,2026-03-01,,")
    assert not isinstance(caught.value, NonePaid)
    assert "1 were refused" in str(caught.value)
    assert "1 were never paid" in str(caught.value)
