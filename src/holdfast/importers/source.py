"""Which importer reads a source: a generated market, Olist's form, our own, or an export of a marketplace."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.importers import olist_files, plain_rows
from holdfast.importers.demo import SEASON, YEAR, generate
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.cleaning import heading
from holdfast.importers.exports.histories import files_of, read_exports
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.history import History, Progress
from holdfast.importers.olist import read_olist
from holdfast.importers.plain import read_plain
from holdfast.importers.refusals import MixedSources, RefundsApart, SourceNotFound, SourceUnreadable
from holdfast.importers.wall import Wall
from holdfast.kernel.zones import UTC

DEMOS = {"demo": SEASON, "demo-year": YEAR}
"""The generated markets, by the words that name them."""

_PARQUET = b"PAR1"
_HEAD_BYTES = 65_536
_OURS = 3
"""Of the columns that our own form needs, so many in its first line make a file of ours, if a faulty one."""


def read(
    source: str | Sequence[str],
    *,
    seed: int = 0,
    zone: str | None = None,
    progress: Progress | None = None,
    refunds: Sequence[str] = (),
    asked: Asked | None = None,
    form: str | None = None,
) -> History:
    """Read a market's history; write ./demo for a folder of such a name.

    Args:
        source: The word `demo` or `demo-year`, a folder in Olist's form, a .csv or .parquet file of our own;
            or exports of marketplaces, several at once, in files of any kind and in folders.
        seed: What the generated market is drawn from; files do not depend on it.
        zone: In which times without an offset are read: a name of the IANA list, or an offset as UTC+8. UTC
            for our own form and Olist's, for an export that of its form, where nothing else is said.
        progress: Is told the share that has been read, from 0 to 1.
        refunds: Files of refunds of the orders, where these stand in a .csv or .parquet file of our own.
        asked: What exports lack and whoever imports them says.
        form: The form of an export, by name or by file: see `exports.shelf.chosen`.

    Raises:
        SourceNotFound: nothing is there.
        MixedSources: several were named, and not all are exports.
        RefundsApart: there are refunds, and the source is no such file.
        UnknownForm, NotOlist, MissingFile, NoForm, AmbiguousForm, NotOrders: it is of no form that is known.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read; of
            exports see `grids`.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType, ColumnLost: its
            columns are not those of the form.
        OptionsNeeded, PayLaterUnmarked: it lacks what no option says.
        NoOrders, NonePaid: none of its rows could be taken, or none was paid.
        UnknownZone: there is no such zone.
    """
    sources = [source] if isinstance(source, str) else [*source]
    if len(sources) == 1 and sources[0] in DEMOS:
        _check_alone(sources[0], refunds, "a generated market")
        return generate(seed, progress, DEMOS[sources[0]])
    found = [_found(each) for each in sources]
    of_exports = [form is not None or _is_export(path, folder=folder) for path, folder in found]
    if all(of_exports):
        _check_alone(sources[0], refunds, "an export of a marketplace")
        wanted = (asked or Asked())._replace(zone=zone)
        return read_exports(files_of(sources), chosen(form), wanted, progress)
    if len(sources) > 1:
        raise MixedSources(sources[of_exports.index(False)])
    [(path, folder)] = found
    wall = Wall(zone or UTC)
    if folder:
        _check_alone(sources[0], refunds, "a folder in Olist's form")
        return read_olist(path, progress, wall)
    return read_plain(path, progress, wall, [_file(each) for each in refunds])


def _is_export(path: Path, *, folder: bool) -> bool:
    """Tell whether it is neither ours nor Olist's: then a form must be found for it."""
    return not (is_olist(path) if folder else is_ours(path))


def is_olist(folder: Path) -> bool:
    """Tell whether a folder holds a file of Olist's form, or nothing at all, so that one is missing.

    Raises:
        SourceUnreadable: it cannot be looked into.
    """
    try:
        names = {each.name for each in folder.iterdir()}
    except OSError as error:
        raise SourceUnreadable(str(folder), reason=error.strerror or str(error)) from error
    return not names or not names.isdisjoint(olist_files.NAMES)


def olist_folder(sources: Sequence[str]) -> Path | None:
    """Return the folder in Olist's form, where one alone is named.

    Raises:
        SourceUnreadable: it cannot be looked into.
        EmptyFolder: nothing is in it.
    """
    if len(sources) != 1 or not (folder := Path(sources[0]).expanduser()).is_dir():
        return None
    files_of(sources)
    return folder if is_olist(folder) else None


def is_ours(path: Path) -> bool:
    """Tell by its first bytes whether a file is of our own form, a faulty one too; an empty one is.

    Raises:
        SourceUnreadable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise SourceUnreadable(str(path), reason=error.strerror or str(error)) from error
    if not head or head.startswith(_PARQUET) or path.suffix.lower() == ".parquet":
        return True
    first = head.decode("utf-8", errors="replace").lstrip("\ufeff\r\n").partition("\n")[0]
    columns = {heading(cell).lower() for cell in first.replace(";", ",").replace("\t", ",").split(",")}
    return len(columns.intersection(plain_rows.FORM.required)) >= _OURS


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
