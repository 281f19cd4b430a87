"""The forms that are shipped."""

from functools import cache
from importlib import resources

from holdfast.importers.exports.form import Form, parse


@cache
def shipped() -> tuple[Form, ...]:
    """Return every form that is shipped, by name."""
    folder = resources.files("holdfast.importers.exports") / "shipped"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    return tuple(parse(file.read_text(encoding="utf-8"), file.name) for file in files)
