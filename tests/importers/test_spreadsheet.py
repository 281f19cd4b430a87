"""Cells that a spreadsheet would run are written as text, and come back as they were."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.importers.history import Reject
from holdfast.importers.rejects import write_rejects
from holdfast.importers.spreadsheet import defused, restored
from own_form import read_plain

HEADER = "order_id,merchant_id,consumer_id,currency,amount,placed_at,title\n"


@given(st.text(st.sampled_from("'=+-@\t\r＝＠a1."), max_size=6) | st.text(max_size=20))
def test_every_text_is_defused_and_comes_back(text: str) -> None:
    written = defused(text)
    assert isinstance(written, str)
    plain = re.fullmatch(r"[+-][0-9]+(\.[0-9]+)?", text, re.ASCII)
    assert plain or not written.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＠"))
    assert restored(written) == text


def test_numbers_and_nothing_stay_as_they_are() -> None:
    assert [defused(value) for value in (-5, None, 1.5, "")] == [-5, None, 1.5, ""]


def test_a_reject_shows_a_formula_as_text(tmp_path: Path) -> None:
    write_rejects([Reject("a.csv", 2, "amount", '=HYPERLINK("x")', "no", "mend")], tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text().splitlines()[1].startswith("a.csv,2,amount,\"'=HYPERLINK")


def test_a_cell_of_any_length_costs_its_row_at_most(tmp_path: Path) -> None:
    rows = [f"g{n},shop,ann,CNY,{'x' * 200_000 if n == 1 else '5.00'},2026-06-01,lamp\n" for n in range(3)]
    (tmp_path / "large.csv").write_text(HEADER + "".join(rows))
    history = read_plain(tmp_path / "large.csv")
    assert ([order.id for order in history.orders], [reject.row for reject in history.rejects]) == (
        ["g0", "g2"],
        [3],
    )


@pytest.mark.parametrize(("placed", "taken"), [("2022-12-31", 1), ("2023-01-01", 0)])
def test_a_currency_is_read_as_long_as_it_was_one(tmp_path: Path, placed: str, taken: int) -> None:
    rows = ["a,shop,ann,HRK,5.00,2022-06-01,lamp\n", f"b,shop,ann,HRK,5.00,{placed},lamp\n"]
    (tmp_path / "kuna.csv").write_text(HEADER + "".join(rows))
    history = read_plain(tmp_path / "kuna.csv")
    assert (len(history.orders), len(history.rejects)) == (1 + taken, 1 - taken)
