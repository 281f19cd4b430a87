"""Which importer reads a source: a generated market, Olist's form, our own, or an export of a marketplace."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.importers import olist_files
from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.whole import read_whole
from holdfast.importers.demo import SEASON, YEAR, generate
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.files import files_of
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.history import History, Progress
from holdfast.importers.olist import read_olist
from holdfast.importers.refusals import MixedSources, RefundsApart, SourceUnreadable
from holdfast.importers.wall import Wall
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.kernel.zones import UTC

DEMOS = {"demo": SEASON, "demo-year": YEAR}
"""The generated markets, by the words that name them."""


def read(
    source: str | Sequence[str],
    *,
    seed: int = 0,
    zone: str | None = None,
    progress: Progress | None = None,
    refunds: Sequence[str] = (),
    asked: Asked | None = None,
    maps: Sequence[str] = (),
) -> History:
    """Read a market's history; write ./demo for a folder of such a name.

    Args:
        source: The word `demo` or `demo-year`, a folder in Olist's form; or files of our own form and exports
            of marketplaces, several at once, in files of any kind and in folders.
        seed: What the generated market is drawn from; files do not depend on it.
        zone: In which times without an offset are read: a name of the IANA list, or an offset as UTC+8. UTC
            for our own form and Olist's, for an export that of its form, where nothing else is said.
        progress: Is told the share that has been read, from 0 to 1.
        refunds: Files of refunds of the orders, in our own form; those among the files are found, too.
        asked: What exports lack and whoever imports them says.
        maps: The forms of exports, by names or by files: see `exports.shelf.chosen`.

    Raises:
        SourceNotFound: nothing is there.
        MixedSources: something is named beside a folder in Olist's form.
        RefundsApart: there are refunds, and the source is a generated market or Olist's.
        UnknownForm, EmptyFolder, MissingFile, NoForm, AmbiguousForm, NotOrders: it is of no known form.
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
        _check_alone(sources[0], refunds, Text("生成的市场", "a generated market"))
        return generate(seed, progress, DEMOS[sources[0]])
    if not maps and (folder := olist_folder(sources)) is not None:
        _check_alone(sources[0], refunds, Text("Olist 格式的文件夹", "a folder in Olist's form"))
        return read_olist(folder, progress, Wall(zone or UTC))
    files = Sources(files_of(sources), chosen(maps), [*map(_file, refunds)], mapped=bool(maps))
    return read_whole(files, (asked or Asked())._replace(zone=zone), progress)


def is_olist(folder: Path) -> bool:
    """Tell whether a folder holds a file of Olist's form, or nothing at all, so that one is missing.

    Raises:
        SourceUnreadable: it cannot be looked into.
    """
    try:
        names = {each.name for each in folder.iterdir()}
    except OSError as error:
        raise SourceUnreadable(str(folder), reason=told_by_system(error)) from error
    return not names or not names.isdisjoint(olist_files.NAMES)


def olist_folder(sources: Sequence[str]) -> Path | None:
    """Return the folder in Olist's form, where one is named.

    Raises:
        SourceNotFound, SourceUnreadable: nothing is there, or it cannot be looked into.
        EmptyFolder: nothing is in a folder.
        MixedSources: others are named beside it.
    """
    files_of(sources)
    folders = [Path(source).expanduser() for source in sources]
    found = [folder for folder in folders if folder.is_dir() and is_olist(folder)]
    if found and len(sources) > 1:
        raise MixedSources(str(found[0]))
    return found[0] if found else None


def _check_alone(source: str, refunds: Sequence[str], kind: Text) -> None:
    if refunds:
        raise RefundsApart(source, kind=kind)


def _file(source: str) -> Path:
    if Path(source).expanduser().is_dir():
        raise SourceUnreadable(
            source, reason=Text("是文件夹，而退款应在文件中", "it is a folder, and refunds stand in a file")
        )
    return files_of([source])[0]
