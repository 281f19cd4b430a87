"""The help of the whole, the version, and that neither waits for what only a command needs."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from holdfast.cli import COMMANDS, app

HEAVY = ("alembic", "httpx", "numpy", "psycopg", "pyarrow", "scipy", "sqlalchemy", "holdfast.engine")
"""What takes long to import, and no help needs."""

HEAVY_TO_LIST = ("rich", "importlib.metadata", "holdfast.kernel.money")
"""What the list of all commands does not need either, and the help of one may."""


def test_each_command_is_listed_in_both_languages_with_the_words_of_its_own_help() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for name, (_, zh, en) in COMMANDS.items():
        command = group.get_command(typer.Context(group), name)
        assert command is not None
        assert (command.help or "").split("\n\n")[0].replace("\n", " ") == en
        assert any("一" <= sign <= "鿿" for sign in zh)
    told = "".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    for name, (_, zh, en) in COMMANDS.items():
        assert "".join(f"{name}{zh}{en}".split()) in told


def test_without_a_command_it_is_used_wrongly_and_told_how() -> None:
    said = CliRunner().invoke(app, [])
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.startswith("Usage:")
    assert "replay" in said.stderr
    unknown = CliRunner().invoke(app, ["nosuch"])
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "No such command 'nosuch'" in unknown.stderr


ASKED = ["--help", "--version", *(f"{name} --help" for name in COMMANDS)]

ASKING = """
import contextlib, io, json, sys
from holdfast.cli.commands import app
for asked in sys.argv[1:]:
    sys.argv = ["holdfast", *asked.split()]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        app()
    print(json.dumps([asked, said.getvalue(), sorted(sys.modules)]))
"""
"""One program for all: what one help imports stays imported, and so is found here, too."""


def test_no_help_imports_what_only_the_work_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKING, *ASKED], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    told = [json.loads(line) for line in done]
    assert [asked for asked, _, _ in told] == ASKED
    for asked, said, modules in told:
        assert said, asked
        assert "typer" in modules
        assert (asked, [name for name in HEAVY if name in modules]) == (asked, [])
    asked, _, modules = told[0]
    assert (asked, [name for name in HEAVY_TO_LIST if name in modules]) == ("--help", [])


def test_the_version_is_that_of_the_package() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.stdout) == (0, f"holdfast {version('holdfast')}\n")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert version("holdfast") == project["project"]["version"]
