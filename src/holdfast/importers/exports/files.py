"""The files that are meant, the tables of known forms in them, and what these need to be told."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from holdfast.importers.exports.asking import Asked, needed
from holdfast.importers.exports.form import Form, Name
from holdfast.importers.exports.reading import Reader
from holdfast.importers.exports.recognising import Recognised, recognise
from holdfast.importers.exports.refusals import OptionsNeeded, PayLaterUnmarked
from holdfast.importers.grids.open_grids import DELIMITERS, grids
from holdfast.importers.refusals import EmptyFolder, SourceNotFound, SourceUnreadable
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text


def files_of(sources: Sequence[str]) -> list[Path]:
    """Return the files that are meant: those that are named, and those in folders that are named, by name.

    Raises:
        SourceNotFound, SourceUnreadable: nothing is there, or it cannot be looked into.
        EmptyFolder: a folder holds no file.
    """
    files: list[Path] = []
    for source in sources:
        path = Path(source).expanduser()
        try:
            if path.is_dir():
                files += _files_in(path)
            elif path.is_file():
                files.append(path)
            elif path.exists():
                raise SourceUnreadable(
                    source, reason=Text("既不是文件，也不是文件夹", "it is neither a file nor a folder")
                )
            else:
                raise SourceNotFound(source)
        except OSError as error:
            raise SourceUnreadable(source, reason=told_by_system(error)) from error
    return files


def _files_in(folder: Path) -> list[Path]:
    files = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    if not files:
        raise EmptyFolder(str(folder))
    return files


def tables(path: Path, forms: Sequence[Form]) -> list[Recognised]:
    """Return the tables of a file that are of a known form.

    Raises:
        NoForm, AmbiguousForm: its header is of none, or of two.
        Refusal: it cannot be read; see `grids`.
    """
    encodings = dict.fromkeys(each for form in forms for each in form.encodings)
    delimiters = dict.fromkeys((*DELIMITERS, *(form.delimiter for form in forms)))
    return recognise(grids(path, [*encodings], [*delimiters]), forms, str(path))


def check_asked(table: Recognised, reader: Reader, asked: Asked) -> None:
    """Check that the options supply all missing data of a table.

    Raises:
        OptionsNeeded, PayLaterUnmarked: it was not.
    """
    form, name = table.form, table.grid.name
    if needs := needed(form, reader.columns, asked):
        lacks = Text(
            "；也没有写明".join(need.lacks.zh for need in needs),
            "; nor ".join(need.lacks.en for need in needs),
        )
        raise OptionsNeeded(
            name, form=Text(form.zh, form.en), lacks=lacks, options=" ".join(need.option for need in needs)
        )
    if asked.only_pay_later and Name.PAY_LATER not in reader.columns.fields:
        raise PayLaterUnmarked(name, form=Text(form.zh, form.en))


def key_of(paths: Sequence[Path]) -> bytes:
    """Return a key that only those can make who have the very files."""
    digests: list[bytes] = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    return hashlib.sha256(b"".join(sorted(digests))).digest()
