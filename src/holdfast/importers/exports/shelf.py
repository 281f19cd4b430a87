"""The forms that are shipped."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from holdfast.importers.exports.form import Form, parse
from holdfast.importers.exports.refusals import UnknownMap
from holdfast.importers.refusals import SourceUnreadable


@cache
def shipped() -> tuple[Form, ...]:
    """Return every form that is shipped, by name."""
    folder = resources.files("holdfast.importers.exports") / "shipped"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    return tuple(parse(file.read_text(encoding="utf-8"), file.name) for file in files)


def chosen(names: Sequence[str] = ()) -> tuple[Form, ...]:
    """Return the forms that are meant: those of these names or files; all that are shipped if none is named.

    Raises:
        UnknownMap: no form that is shipped has that name, and it is no file.
        SourceUnreadable, BadForm: the file cannot be read, or is no form.
    """
    return tuple(map(_named, names)) or shipped()


def _named(name: str) -> Form:
    for form in shipped():
        if form.name == name:
            return form
    path = Path(name).expanduser()
    if not path.is_file():
        raise UnknownMap(name, known=", ".join(form.name for form in shipped()))
    try:
        return parse(path.read_text(encoding="utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceUnreadable(name, reason=str(error)) from error
