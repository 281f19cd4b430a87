"""The command line, called without a terminal and without settings of the machine."""

import pytest
from cli_markets import Holdfast
from typer.testing import CliRunner, Result

from holdfast.cli import app


@pytest.fixture
def holdfast(monkeypatch: pytest.MonkeyPatch) -> Holdfast:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)
    runner = CliRunner()

    def invoke(*arguments: object) -> Result:
        return runner.invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return invoke
