"""Times without an offset: read in a zone, counted, and chosen where the clock on a wall leaves a choice."""

import datetime as dt
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.importers.cells import BadCell
from holdfast.importers.history import History, RepairKind
from holdfast.importers.source import read
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import HOUR, iso, parse
from holdfast.kernel.zones import UnknownZone, day_begins, day_number, local_day, zone
from own_form import read_plain

_pa, _pq = cast("Any", pa), cast("Any", pq)

BERLIN = "Europe/Berlin"


def read_in(name: str, text: str) -> tuple[str, list[tuple[RepairKind, str]]]:
    wall = Wall(name)
    at = wall.instant("placed_at", text)
    return iso(at), [(repair.kind, repair.became) for repair in wall.repairs("f.csv", 2)]


@pytest.mark.parametrize(
    ("name", "text", "at"),
    [
        ("UTC", "2026-07-01T12:00", "2026-07-01T12:00:00Z"),
        ("Asia/Shanghai", "2026-07-01 12:00", "2026-07-01T04:00:00Z"),
        ("Asia/Shanghai", "2026-07-01", "2026-06-30T16:00:00Z"),
        ("Asia/Shanghai", "2026-07-01T12:00Z", "2026-07-01T12:00:00Z"),
        ("UTC-3:30", "2026-07-01T12:00", "2026-07-01T15:30:00Z"),
        (BERLIN, "2026-01-01T12:00", "2026-01-01T11:00:00Z"),
        (BERLIN, "2026-07-01T12:00", "2026-07-01T10:00:00Z"),
        (BERLIN, "2026-07-01T12:00+08:00", "2026-07-01T04:00:00Z"),
    ],
)
def test_a_time_without_an_offset_is_what_the_clocks_of_the_zone_showed(
    name: str, text: str, at: str
) -> None:
    assert read_in(name, text) == (at, [])


def test_of_an_hour_that_is_shown_twice_the_first_is_taken_and_it_is_told() -> None:
    """Berlin, 25 October 2026: at 3:00 clocks go back to 2:00."""
    told = [(RepairKind.SHOWN_TWICE, "2026-10-25T02:30:00+02:00")]
    assert read_in(BERLIN, "2026-10-25T02:30") == ("2026-10-25T00:30:00Z", told)
    assert read_in(BERLIN, "2026-10-25T03:00") == ("2026-10-25T02:00:00Z", [])
    assert read_in(BERLIN, "2026-10-25T02:30+01:00") == ("2026-10-25T01:30:00Z", [])


def test_an_hour_that_is_never_shown_comes_after_the_change_and_it_is_told() -> None:
    """Berlin, 29 March 2026: at 2:00 clocks go forward to 3:00. São Paulo, 2018: at midnight."""
    told = [(RepairKind.NEVER_SHOWN, "2026-03-29T03:30:00+02:00")]
    assert read_in(BERLIN, "2026-03-29T02:30") == ("2026-03-29T01:30:00Z", told)
    assert read_in(BERLIN, "2026-03-29T03:00") == ("2026-03-29T01:00:00Z", [])
    at, [(kind, became)] = read_in("America/Sao_Paulo", "2018-11-04 00:00:00")
    assert (at, kind, became) == ("2018-11-04T03:00:00Z", RepairKind.NEVER_SHOWN, "2018-11-04T01:00:00-02:00")


def test_what_is_no_time_or_lies_outside_is_refused_in_every_zone() -> None:
    wall = Wall(BERLIN)
    for text in ("", "soon", "0001-01-01", "9999-12-31T23:59:59", "1970-01-01", "2100-01-01T20:00"):
        with pytest.raises(BadCell):
            wall.instant("placed_at", text)
    assert wall.instant_or_none("placed_at", "") is None
    with pytest.raises(UnknownZone, match="unknown_zone"):
        Wall("Mars/Olympus")


HEADER = "order_id,merchant_id,consumer_id,currency,amount,placed_at,shipped_at\n"


def history(folder: Path, *rows: str) -> History:
    path = folder / "orders.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return read(str(path), zone=BERLIN)


def test_repairs_stand_with_their_rows_and_none_with_a_row_that_was_not_taken(tmp_path: Path) -> None:
    found = history(
        tmp_path,
        "o1,m,c,EUR,1,2026-10-25T02:10,2026-10-25T02:20",
        "o2,m,c,EUR,nothing,2026-10-25T02:10,",
        "o3,m,c,EUR,1,2026-10-25T12:00Z,",
        "o4,m,c,EUR,1,2026-03-29T02:30,2026-03-29T02:10",
    )
    assert (found.zone, found.assumed) == (BERLIN, 4)
    assert [(repair.row, repair.column, repair.kind) for repair in found.repairs] == [
        (2, "placed_at", RepairKind.SHOWN_TWICE),
        (2, "shipped_at", RepairKind.SHOWN_TWICE),
        (5, "placed_at", RepairKind.NEVER_SHOWN),
        (5, "shipped_at", RepairKind.NEVER_SHOWN),
        (5, "shipped_at", RepairKind.SHIPPED_BEFORE_PLACED),
    ]
    assert found.repairs[0].value == "2026-10-25T02:10:00"


def test_times_of_parquet_without_a_zone_are_read_as_those_of_csv(tmp_path: Path) -> None:
    shown = dt.datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - what a wall shows
    sure = dt.datetime(2026, 10, 25, 2, 30, tzinfo=dt.UTC)
    same = {"merchant_id": ["m"], "consumer_id": ["c"], "currency": ["EUR"], "amount": ["1"]}
    for name, times, kind, at in (
        ("naive", _pa.array([shown], _pa.timestamp("us")), [RepairKind.SHOWN_TWICE], "2026-10-25T00:30:00Z"),
        ("aware", _pa.array([sure], _pa.timestamp("us", tz="UTC")), [], "2026-10-25T02:30:00Z"),
        ("dates", _pa.array([shown.date()], _pa.date32()), [], "2026-10-24T22:00:00Z"),
    ):
        path = tmp_path / f"{name}.parquet"
        _pq.write_table(_pa.table({"order_id": [name], **same, "placed_at": times}), path)
        found = read_plain(path, zone=BERLIN)
        assert [iso(order.placed_at) for order in found.orders] == [at]
        assert [repair.kind for repair in found.repairs] == kind
        assert found.assumed == (name != "aware")


@pytest.mark.parametrize("name", [BERLIN, "America/Sao_Paulo", "Pacific/Apia", "Asia/Shanghai", "UTC-3:30"])
def test_days_of_a_zone_follow_each_other_without_a_gap(name: str) -> None:
    """Also those of 23, 25 and 24 hours less one date: Apia has no 30 December 2011."""
    place = zone(name)
    for first in ("2011-12-28", "2018-11-01", "2026-03-27", "2026-10-23"):
        start = day_number(parse(first), place)
        for number in range(start, start + 5):
            begins, ends = day_begins(number, place), day_begins(number + 1, place)
            assert begins <= ends
            if begins < ends:
                assert day_number(begins, place) == day_number(ends - 1, place) == number
                assert day_number(begins - 1, place) < number
                assert 22 * HOUR < ends - begins < 26 * HOUR
    assert local_day(day_begins(day_number(0, place), place), place) == local_day(0, place)
