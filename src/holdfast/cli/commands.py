"""The program: its commands, each imported when it is asked for, and how it ends."""

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from holdfast.cli import COMMANDS
from holdfast.cli.problems import refusal_of, refuse
from holdfast.kernel import interrupt
from holdfast.kernel.refusal import Refusal
from holdfast.trail.findings import forgive


class _Commands(TyperGroup):
    """The commands, each imported when it is asked for: whoever verifies a file needs no database."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - what click calls
        """Write the whole summary of each command, in 中文 and English. No command is imported for it."""
        told = [row for name, (_, zh, en) in COMMANDS.items() for row in ((name, zh), ("", en))]
        with formatter.section("Commands"):
            formatter.write_dl(told)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - what click calls
        """Return the commands' names, in their order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - what click calls
        """Return a command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        where, _, _ = COMMANDS[cmd_name]
        module, _, name = where.partition(":")
        found = getattr(import_module(f"holdfast.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run a command. `answering` handles Ctrl-C within it; this does at the instants around it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.stderr.write(interrupt.ENDING)
            raise typer.Exit(interrupt.INTERRUPTED) from None


app = typer.Typer(
    name="holdfast",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes longer to import than all the rest of this
    help="稳付 Holdfast: the protection layer for pay-after-use commerce.",
)


def _say_version(asked: bool) -> None:  # noqa: FBT001 - what typer calls
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - it brings the parser of e-mails

        sys.stdout.write(f"holdfast {version('holdfast')}\n")
        raise typer.Exit


@app.callback()
def _holdfast(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="版本号 Say which version this is"
        ),
    ] = False,
) -> None:
    """稳付 Holdfast: the protection layer for pay-after-use commerce."""


def run() -> None:
    """Run the command that was asked for, and end with its exit code."""
    forgive(sys.stdout)
    try:
        app()
    except Refusal as refusal:
        sys.exit(refuse(refusal, as_json=False).exit_code)
    except OSError as error:
        sys.exit(refuse(refusal_of(error), as_json=False).exit_code)
