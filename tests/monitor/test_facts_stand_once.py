"""A fact stands in the log once, at a time that there is: what a log does that says otherwise."""

from pathlib import Path
from typing import Any

import pytest
from logs import Written, code, entries, fault_codes, logged, opening_of, openings_in, run

from holdfast.kernel.clock import DAY
from holdfast.trail.leaf import LAST_TIME, BadLeaf, Leaf, read

ORDER: dict[str, Any] = {"order_id": "o1", "merchant_id": "m1", "consumer_id": "c1"}


def placed(number: int, at: int = 0, **more: Any) -> dict[str, Any]:
    body = {"type": "OrderPlaced", **ORDER, "order_id": f"o{number}", "amount_minor": 100, **more}
    return {"at": at, "body": body, "id": f"f{number}", "kind": "OrderPlaced"}


def test_two_contents_of_one_id_are_a_fault(tmp_path: Path) -> None:
    log, found = logged(tmp_path / "log", [placed(1), placed(2), placed(1, amount_minor=999)])
    report = run(log.path, tmp_path / "state", openings=openings_in(tmp_path / "o", found))
    assert fault_codes(report) == ["fact_stands_once"]
    assert report.faults[0].shown_by == ("f1",)
    assert "fact f1 stands at 0, 2" in report.faults[0].en
    one = run(log.path, tmp_path / "state", openings=openings_in(tmp_path / "o", found[:2]))
    assert fault_codes(one) == []  # who is given one of the two sees one


def test_a_leaf_that_stands_twice_is_a_fault_and_counts_as_opened(tmp_path: Path) -> None:
    log, found = logged(tmp_path / "log", [placed(number) for number in range(300)])
    log.append([log.entries[7]] * 8)
    report = run(log.path, tmp_path / "state", openings=openings_in(tmp_path / "o", found))
    assert fault_codes(report) == ["fact_stands_once"]
    assert "fact f7 stands at 7, 300, 301, 302, 303, …" in report.faults[0].en
    assert not [one for one in report.findings if "were not opened" in one.en]


@pytest.mark.parametrize("at", [-1, LAST_TIME + 1, 10**399])
def test_a_leaf_of_a_time_that_is_none_is_no_leaf(tmp_path: Path, at: int) -> None:
    leaf = Leaf("OrderPlaced", at, "ab" * 16, "c" * 64)
    with pytest.raises(BadLeaf, match="milliseconds"):
        read(leaf.encode())
    log = Written(tmp_path / "log").append([*entries(3), leaf.encode()])
    assert code(run(log.path, tmp_path / "state")) == "log_file_wrong"


def test_one_leaf_of_a_far_future_makes_no_order_late(tmp_path: Path) -> None:
    facts = [placed(1, 500 * DAY), placed(2, 90_000 * DAY)]
    log, found = logged(tmp_path / "log", facts)
    file = openings_in(tmp_path / "o", found)
    report = run(log.path, tmp_path / "state", openings=file, now=600 * DAY)
    assert fault_codes(report) == []
    assert any("dated later than now" in one.en and not one.proven for one in report.findings)
    late = run(log.path, tmp_path / "state", openings=file, now=901 * DAY)
    assert [one.code for one in late.faults] == ["order_ends_in_time"]
    assert opening_of(facts[0]) == found[0]
