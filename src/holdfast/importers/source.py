"""Which importer reads a source: a word for a generated market, a folder in Olist's form, or our own."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.importers.demo import SEASON, YEAR, generate
from holdfast.importers.history import History, Progress
from holdfast.importers.olist import read_olist
from holdfast.importers.plain import read_plain
from holdfast.importers.refusals import RefundsApart, SourceNotFound, SourceUnreadable
from holdfast.importers.wall import Wall
from holdfast.kernel.zones import UTC

DEMOS = {"demo": SEASON, "demo-year": YEAR}
"""The generated markets, by the words that name them."""


def read(
    source: str,
    *,
    seed: int = 0,
    zone: str = UTC,
    progress: Progress | None = None,
    refunds: Sequence[str] = (),
) -> History:
    """Read a market's history from `source`; write ./demo for a folder of such a name.

    Args:
        source: The word `demo` or `demo-year`, a folder in Olist's form, or a .csv or .parquet file.
        seed: What the generated market is drawn from; files do not depend on it.
        zone: In which times without an offset are read: a name of the IANA list, or an offset as UTC+8.
        progress: Is told the share that has been read, from 0 to 1.
        refunds: Files of refunds of the orders, where these stand in a .csv or .parquet file.

    Raises:
        SourceNotFound: nothing is there.
        RefundsApart: there are refunds, and the source is no such file.
        UnknownForm, NotOlist, MissingFile: it is of no form that is known.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: its columns are not
            those of the form.
        NoOrders, NonePaid: none of its rows could be taken, or none was paid.
        UnknownZone: there is no such zone.
    """
    wall = Wall(zone)
    if source in DEMOS:
        _check_alone(source, refunds, "a generated market")
        return generate(seed, progress, DEMOS[source])
    path, folder = _found(source)
    if folder:
        _check_alone(source, refunds, "a folder in Olist's form")
        return read_olist(path, progress, wall)
    return read_plain(path, progress, wall, [_file(each) for each in refunds])


def _check_alone(source: str, refunds: Sequence[str], kind: str) -> None:
    if refunds:
        raise RefundsApart(source, kind=kind)


def _file(source: str) -> Path:
    path, folder = _found(source)
    if folder:
        raise SourceUnreadable(source, reason="it is a folder, and refunds stand in a file")
    return path


def _found(source: str) -> tuple[Path, bool]:
    """Return where a file or a folder is, and whether it is a folder."""
    path = Path(source).expanduser()
    try:
        exists, folder, file = path.exists(), path.is_dir(), path.is_file()
    except OSError as error:
        raise SourceUnreadable(source, reason=error.strerror or str(error)) from error
    if not exists:
        raise SourceNotFound(source)
    if not folder and not file:
        raise SourceUnreadable(source, reason="it is neither a file nor a folder")
    return path, folder
