"""Exports written for a test: files in the form of a platform, with what the test says in them."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.whole import read_whole
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.files import tables
from holdfast.importers.exports.form import Form
from holdfast.importers.exports.reading import Reader, Reading
from holdfast.importers.exports.shelf import shipped
from holdfast.importers.history import History, Reject
from holdfast.importers.wall import Wall

EXPORTS = Path(__file__).parents[2].parent / "shared" / "data" / "exports"
"""Samples in the forms of real platforms; beside the project, never in it."""

ALL = Asked("shop", "Asia/Shanghai", "CNY", each_consumer=True)
"""Whatever a file may lack."""


def form_named(name: str) -> Form:
    return next(form for form in shipped() if form.name == name)


def write(
    path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]], encoding: str = "utf-8"
) -> Path:
    """Write a file with these columns; of rows what they say, the rest empty."""
    names = [*columns]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in rows)
    return path


def readings(path: Path, *, zone: str = "UTC", currency: str = "CNY") -> tuple[Reader, list[Reading]]:
    """Read the only table of a file."""
    [table] = tables(path, shipped())
    reader = Reader(table, Wall(table.form.zone or zone), currency)
    rows = [reading for number, cells in reader.lines() for reading in reader.take(number, cells)]
    return reader, [*rows, *reader.finish()]


def rejects_of(found: Iterable[Reading]) -> list[Reject]:
    return [reject for each in found for reject in each.rejects]


def history(path: Path, asked: Asked = ALL) -> History:
    return read_exports([path], asked)


def read_exports(paths: Sequence[Path], asked: Asked, *, by_row: bool = False) -> History:
    return read_whole(Sources(paths, shipped(), by_row=by_row), asked)
