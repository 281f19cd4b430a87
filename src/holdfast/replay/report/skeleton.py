"""The frame of every report: one self-contained HTML file, written atomically."""

import base64
import hashlib
import json
import os
import re
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from holdfast.kernel.text import Text
from holdfast.replay.wording import count

_SCRIPT_END = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)
_IN_JSON = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


SHARED = ("vendor/echarts.common.min.js", "common.js")
"""The scripts that every page needs before its own."""

_HERE = "holdfast.replay"


class Script(NamedTuple):
    """An inlined script and the hash by which the page's content security policy lets it run."""

    body: Markup
    sha256: str


def write(page: str, path: Path) -> None:
    """Write a page to `path`: complete, or not at all.

    Raises:
        OSError: the folder is missing or may not be written.
    """
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(page.encode())
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def environment(room: str) -> Environment:
    """Return the environment of templates: those of a room's report, and those that all reports share."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader(each, "report") for each in (room, _HERE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["t"] = both
    found.filters["n"] = count
    return found


def both(text: Text) -> Markup:
    """Mark up a text in both languages; the style sheet shows one of them."""
    if text.zh == text.en:
        return escape(text.zh)
    return Markup('<span class="zh" lang="zh-CN">{zh}</span><span class="en" lang="en">{en}</span>').format(
        zh=text.zh, en=text.en
    )


@cache
def script(room: str, name: str) -> Script:
    """Inline a script: nothing in it may look to the HTML parser like the end of its element."""
    text = files(f"{room}.report").joinpath(name).read_text("utf-8").replace("\r\n", "\n").strip()
    body = _SCRIPT_END.sub(r"\\x3c", text)
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    return Script(Markup(body), f"sha256-{digest}")  # noqa: S704 - our own file, and its end is escaped above


def scripts(room: str, own: str) -> dict[str, Any]:
    """Return the page's scripts as the template takes them: `own` is the file of a room's report."""
    return {
        "early": script(_HERE, "early.js"),
        "scripts": [*(script(_HERE, name) for name in SHARED), script(room, own)],
    }


def inline_json(data: dict[str, Any]) -> Markup:
    """Write JSON that is safe inside of a script element, whatever its strings hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_IN_JSON))  # noqa: S704 - every sign of markup is escaped above
