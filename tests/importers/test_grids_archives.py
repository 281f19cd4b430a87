"""Archives as grids: members by their names, and what is cut, wrong, locked, nested, or fills a machine."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from file_making import archive, of, refusal_of, rows_of, saved, sheet, text_cell, workbook

from holdfast.importers.grids import archives, sources
from holdfast.importers.grids.refusals import (
    BlankFile,
    BrokenArchive,
    BrokenWorkbook,
    InflatesTooMuch,
    LockedMember,
    NestedArchive,
    NotATable,
    TooManyMembers,
    UnknownCompression,
    UnknownEncoding,
)

CSV = b"a,b\n1,2\n"
SAID = (
    BrokenArchive,
    InflatesTooMuch,
    LockedMember,
    NotATable,
    TooManyMembers,
    UnknownCompression,
    UnknownEncoding,
)
CELLS = [(1, ["a", "b"]), (2, ["1", "2"])]
BOOK = workbook({"订单": sheet(text_cell("A1", "x"))})


def names(path: Path) -> list[str]:
    return [grid.name for grid in of(path, delimiters=(",",)) if grid.encoding in {None, "utf-8"}]


def test_each_member_that_holds_tables_gives_its_grids(tmp_path: Path) -> None:
    content = archive({"a.csv": CSV, "in/b.xls": BOOK, "c.txt": b"<table><tr><td>y"})
    path = saved(tmp_path, content, "bills.zip")
    assert names(path) == ["bills.zip › a.csv", "bills.zip › in/b.xls › 订单", "bills.zip › c.txt"]
    found = {grid.name: rows_of(grid) for grid in of(path, delimiters=(",",))}
    assert list(found.values()) == [CELLS, [(1, ["x"])], [(1, ["y"])]]


class _Named(zipfile.ZipInfo):
    """An entry whose name is written in an encoding of the test's choice, and not said to be in any."""

    coding = "gbk"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the standard library's name
        return self.filename.encode(self.coding), self.flag_bits & ~0x800


@pytest.mark.parametrize(
    ("coding", "shown"), [("gbk", "业务明细.csv"), ("utf-8", "业务明细.csv"), ("cp437", "é÷É.csv")]
)
def test_names_are_read_as_they_were_written(tmp_path: Path, coding: str, shown: str) -> None:
    held = io.BytesIO()
    info = _Named("é÷É.csv" if coding == "cp437" else "业务明细.csv")
    info.coding = coding
    with zipfile.ZipFile(held, "w") as made:
        made.writestr(info, CSV)
    path = saved(tmp_path, held.getvalue(), "bills.zip")
    (grid, *_) = of(path)
    assert rows_of(grid) == CELLS
    assert coding == "cp437" or grid.name == f"bills.zip › {shown}"


def test_names_that_say_their_encoding_are_read_in_it(tmp_path: Path) -> None:
    assert names(saved(tmp_path, archive({"业务.csv": CSV}), "b.zip")) == ["b.zip › 业务.csv"]


def test_folders_and_what_systems_add_are_passed_over(tmp_path: Path) -> None:
    content = archive(
        {"in/": b"", "in/a.csv": CSV, "__MACOSX/in/._a.csv": b"\0\5\x16\7", "in/.DS_Store": b"\0\0\0\1Bud1"}
    )
    assert names(saved(tmp_path, content, "b.zip")) == ["b.zip › in/a.csv"]


def test_what_is_no_table_is_passed_over_beside_one(tmp_path: Path) -> None:
    others = {"read me.pdf": b"%PDF-1.7", "logo.png": b"\x89PNG\r\n\x1a\n\0", "empty.csv": b""}
    assert names(saved(tmp_path, archive(others | {"a.csv": CSV}), "b.zip")) == ["b.zip › a.csv"]
    with pytest.raises(NotATable) as caught:
        of(saved(tmp_path, archive(others), "b.zip"))
    assert "b.zip › read me.pdf: this is a PDF document" in str(caught.value)


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlankFile):
        of(saved(tmp_path, archive({})))


@pytest.mark.parametrize(
    "inner", [archive({"a.csv": CSV}), gzip.compress(CSV), archive({})], ids=["zip", "gzip", "empty"]
)
def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path, inner: bytes) -> None:
    for path in (
        saved(tmp_path, archive({"a.csv": CSV, "inner": inner}), "b.zip"),
        saved(tmp_path, gzip.compress(inner), "b.gz"),
    ):
        with pytest.raises(NestedArchive) as caught:
            of(path)
        assert path.name in caught.value.where


def test_parquet_is_for_another_reader(tmp_path: Path) -> None:
    assert of(saved(tmp_path, b"PAR1....PAR1")) == []
    with pytest.raises(NotATable, match="Parquet"):
        of(saved(tmp_path, archive({"a.parquet": b"PAR1....PAR1"})))


def test_a_password_is_told(tmp_path: Path) -> None:
    content = bytearray(archive({"a.csv": CSV}))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(LockedMember) as caught:
        of(saved(tmp_path, bytes(content), "b.zip"))
    assert caught.value.where.endswith("b.zip › a.csv")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_compressing_are_told(tmp_path: Path, method: int) -> None:
    with pytest.raises(UnknownCompression):
        of(saved(tmp_path, archive({"a.csv": CSV}, method)))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_wrong_checksum_is_told(tmp_path: Path, method: int) -> None:
    long = "é\n".encode() + b"".join(b"%d,%b\n" % (number, b"x" * 500) for number in range(6_000))
    good = archive({"a.csv": long}, method)
    with zipfile.ZipFile(io.BytesIO(good)) as made:
        crc = made.getinfo("a.csv").CRC.to_bytes(4, "little")
    (grid, *_) = of(saved(tmp_path, good.replace(crc, b"\1\2\3\4"), "b.zip"))
    assert len(grid.head()) == 30
    with pytest.raises(BrokenArchive) as caught:
        rows_of(grid)
    assert caught.value.where.endswith("b.zip › a.csv")
    assert "CRC" in str(caught.value)


@pytest.mark.parametrize(
    "content", [archive({"a.csv": CSV * 40, "b.xlsx": BOOK}), gzip.compress(CSV * 40)], ids=["zip", "gzip"]
)
def test_a_file_that_was_cut_is_told(tmp_path: Path, content: bytes) -> None:
    for length in range(4, len(content) - 1, max(1, len(content) // 200)):
        path = saved(tmp_path, content[:length])
        assert refusal_of(path) is not None


def test_bytes_that_were_changed_are_told(tmp_path: Path) -> None:
    content = archive({"a.csv": CSV * 40})
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x55
        refusal = refusal_of(saved(tmp_path, bytes(changed)))
        assert refusal is None or isinstance(refusal, SAID)


def test_gzip(tmp_path: Path) -> None:
    told: list[float] = []
    (grid,) = of(saved(tmp_path, gzip.compress(b"\xef\xbb\xbf" + CSV), "orders.csv.gz"), delimiters=(",",))
    assert grid.name == "orders.csv.gz"
    assert [*grid.rows(told.append)] == CELLS
    assert told
    assert max(told) <= 1.0
    assert names(saved(tmp_path, gzip.compress(BOOK), "o.gz")) == ["o.gz › 订单"]


def bomb() -> bytes:
    """So many rows that they are more than 50 MiB, and 1,000 times what they are compressed."""
    return "é,b\n".encode() + (b"a" * 8_000 + b",b\n") * 10 * 1024


def test_what_inflates_is_refused_as_it_is_read(tmp_path: Path) -> None:
    for content in (archive({"a.csv": bomb()}), gzip.compress(bomb())):
        grid = of(saved(tmp_path, content), delimiters=(",",))[0]
        assert len(grid.head()) == 30
        with pytest.raises(InflatesTooMuch):
            for _ in grid.rows():
                pass


def test_a_size_that_is_a_lie_does_not_help(tmp_path: Path) -> None:
    content = bytearray(archive({"a.csv": bomb()}))
    directory = content.index(b"PK\1\2")
    for place in (22, directory + 24):
        content[place : place + 4] = (8).to_bytes(4, "little")
    with pytest.raises(BrokenArchive):
        of(saved(tmp_path, bytes(content)))
    for place in (22, directory + 24):
        content[place : place + 4] = (sources.MOST + 1).to_bytes(4, "little")
    with pytest.raises(InflatesTooMuch):
        of(saved(tmp_path, bytes(content)))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    content = archive(
        {f"{number}.csv": CSV for number in range(archives.MOST_MEMBERS + 1)}, zipfile.ZIP_STORED
    )
    with pytest.raises(TooManyMembers):
        of(saved(tmp_path, content))


def test_a_directory_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    size = 65 * 1024**2
    end = b"PK\5\6" + bytes(4) + b"\xff\xff\xff\xff" + size.to_bytes(4, "little") + bytes(6)
    path = saved(tmp_path, b"PK\3\4")
    with path.open("r+b") as file:
        file.seek(size)
        file.write(end)
    with pytest.raises(TooManyMembers):
        of(path)


def test_a_broken_workbook_in_an_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises((BrokenArchive, BrokenWorkbook)) as caught:
        of(saved(tmp_path, archive({"a.csv": CSV, "b.xlsx": BOOK[:-40]}), "b.zip"))
    assert "b.zip › b.xlsx" in str(caught.value)


def test_an_archive_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, archive({"a.csv": CSV}))
    (grid, *_) = of(path)
    saved(tmp_path, archive({"other.csv": CSV}))
    with pytest.raises(BrokenArchive):
        rows_of(grid)


def test_the_bounds_are_those_that_are_told() -> None:
    """docs/import.md names them."""
    assert (sources.MOST, sources.FREE, sources.RATIO) == (2 * 1024**3, 50 * 1024**2, 200)
    assert archives.MOST_MEMBERS == 1_000
