"""The command line. Data goes to stdout, progress and refusals to stderr; exit codes are in `problems`."""

import sys

import typer

from holdfast.cli import bench, db, evidence, lab, show
from holdfast.cli.audit import audit
from holdfast.cli.monitor import monitor
from holdfast.cli.problems import refusal_of, refuse
from holdfast.cli.replay import replay
from holdfast.cli.witness import witness
from holdfast.kernel.refusal import Refusal

app = typer.Typer(
    name="holdfast",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="稳付 Holdfast: the protection layer for pay-after-use commerce.",
)
app.command()(replay)
app.command()(audit)
app.command()(witness)
app.command()(monitor)
app.add_typer(show.app, name="show")
app.add_typer(evidence.app, name="evidence")
app.add_typer(db.app, name="db")
app.add_typer(lab.app, name="lab")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command that was asked for, and end with its exit code."""
    try:
        app()
    except Refusal as refusal:
        sys.exit(refuse(refusal, as_json=False).exit_code)
    except OSError as error:
        sys.exit(refuse(refusal_of(error), as_json=False).exit_code)
