"""The reports of refused rows and repaired times: whole, readable, or not there."""

import csv
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.importers import cells
from holdfast.importers.atomic import replacing
from holdfast.importers.cells import BadCell
from holdfast.importers.history import Reject, Repair, RepairKind
from holdfast.importers.refusals import NotWritten
from holdfast.importers.rejects import write_rejects, write_repairs

REJECTS = [
    Reject("orders.csv", 7, "amount", 'a "quoted", value\nof two lines', "no decimal", "Write 1.00"),
    Reject("orders.csv", 12, "", "", "the row has 2 columns", "Check its commas"),
]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_rejects_read_back(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(REJECTS, path)
    header, *lines = read(path)
    assert header == [
        "file",
        "row",
        "column",
        "value",
        "reason",
        "fix",
        "code",
        "policy",
        "reason_zh",
        "fix_zh",
    ]
    assert lines == [[str(value) for value in reject] for reject in REJECTS]
    assert [entry.name for entry in tmp_path.iterdir()] == ["rejects.csv"]


def test_a_reject_says_it_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with pytest.raises(BadCell) as bad:
        cells.currency("currency", "yuan")
    write_rejects([bad.value.at("orders.csv", 3)], path)
    header, line = read(path)
    told = dict(zip(header, line, strict=True))
    assert (told["reason"], told["fix"]) == ("this is not an ISO 4217 currency", "Write a code such as CNY")
    assert (told["reason_zh"], told["fix_zh"]) == ("不是 ISO 4217 币种", "请写代码，如 CNY")
    assert header[:8] == ["file", "row", "column", "value", "reason", "fix", "code", "policy"]


def test_repairs_read_back(tmp_path: Path) -> None:
    path = tmp_path / "repairs.csv"
    repair = Repair("orders.csv", 7, "shipped_at", "", RepairKind.SHIPPED_UNKNOWN, "2026-10-31T00:00:00Z")
    write_repairs([repair], path)
    assert read(path) == [
        ["file", "row", "column", "value", "kind", "became"],
        ["orders.csv", "7", "shipped_at", "", "shipped_unknown", "2026-10-31T00:00:00Z"],
    ]


def test_no_rejects_leave_a_header(tmp_path: Path) -> None:
    write_rejects([], tmp_path / "rejects.csv")
    assert read(tmp_path / "rejects.csv") == [list(Reject._fields)]


def test_an_earlier_report_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(REJECTS, path)
    write_rejects(REJECTS[:1], path)
    assert len(read(path)) == 2
    before = path.read_bytes()
    unwritable = Reject("orders.csv", 1, "title", "\ud800", "half a character", "Remove it")
    with pytest.raises(UnicodeEncodeError):
        write_rejects([REJECTS[1], unwritable], path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["rejects.csv"]


def write_until_the_disk_is_full(path: Path) -> None:
    with replacing(path) as draft:
        draft.write_text("half of", "utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    path.write_text("before", "utf-8")
    with pytest.raises(NotWritten, match="no space left"):
        write_until_the_disk_is_full(path)
    assert path.read_text("utf-8") == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["rejects.csv"]


def test_where_a_folder_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").mkdir()
    with pytest.raises(NotWritten) as caught:
        write_rejects(REJECTS, tmp_path / "rejects.csv")
    assert caught.value.where == str(tmp_path / "rejects.csv")
    assert [entry.name for entry in tmp_path.iterdir()] == ["rejects.csv"]


def gone() -> int:
    """The id of a process that was there and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    orphan = tmp_path / f".rejects.csv.{gone()}.part"
    others = [
        f".rejects.csv.{os.getppid()}.part",  # is being written
        f".repairs.csv.{gone()}.part",
        f".rejects.csv.{'9' * 40}.part",
        ".rejects.csv.old.part",
        f"rejects.csv.{gone()}.part",
    ]
    for name in (orphan.name, *others):
        (tmp_path / name).write_text("half of", "utf-8")
    write_rejects(REJECTS, tmp_path / "rejects.csv")
    assert {entry.name for entry in tmp_path.iterdir()} == {"rejects.csv", *others}
