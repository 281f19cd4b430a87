"""Which importer reads a source: the word demo, a folder in Olist's form, or a file in our own form."""

from pathlib import Path

from holdfast.importers.demo import generate
from holdfast.importers.history import History, Progress
from holdfast.importers.olist import read_olist
from holdfast.importers.plain import read_plain
from holdfast.importers.refusals import SourceNotFound, SourceUnreadable

DEMO = "demo"


def read(source: str, *, seed: int = 0, progress: Progress | None = None) -> History:
    """Read a market's history from `source`; write ./demo for a folder of that name.

    Args:
        source: The word `demo`, a folder in Olist's form, or a .csv or .parquet file in our own.
        seed: What the generated market is drawn from; files do not depend on it.
        progress: Is told the share that has been read, from 0 to 1.

    Raises:
        SourceNotFound: nothing is there.
        UnknownForm, NotOlist, MissingFile: it is of no form that is known.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: its columns are not
            those of the form.
        NoOrders: none of its rows could be taken.
    """
    if source == DEMO:
        return generate(seed, progress)
    path = Path(source).expanduser()
    try:
        exists, folder, file = path.exists(), path.is_dir(), path.is_file()
    except OSError as error:
        raise SourceUnreadable(source, reason=error.strerror or str(error)) from error
    if not exists:
        raise SourceNotFound(source)
    if folder:
        return read_olist(path, progress)
    if file:
        return read_plain(path, progress)
    raise SourceUnreadable(source, reason="it is neither a file nor a folder")
