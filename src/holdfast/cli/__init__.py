"""The command line. Data goes to stdout, progress and refusals to stderr; exit codes are in `problems`.

What a command needs is imported when it is asked for, and Ctrl-C is minded before anything is.
"""

from holdfast.kernel import interrupt

TYPE_CHECKING = False  # `typing` takes longer to import than all of this

if TYPE_CHECKING:
    from holdfast.cli.commands import app

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: dict[str, str] = {
    "replay": "replay:replay",
    "audit": "audit:audit",
    "show": "show:app",
    "evidence": "evidence:app",
    "trail": "trail:app",
    "receipt": "receipt:receipt",
    "erase": "erase:erase",
    "verify": "verify:verify",
    "witness": "witness:witness",
    "monitor": "monitor:monitor",
    "clock": "clock:app",
    "db": "db:app",
    "lab": "lab:app",
    "bench": "bench:app",
}
"""Each command, and where it is: a function, or an app with commands of its own."""


def main() -> None:
    """Run the command that was asked for, and end with its exit code."""
    interrupt.mind()
    from holdfast.cli.commands import run  # noqa: PLC0415 - it takes 0.2 s

    run()


def __getattr__(name: str) -> object:
    if name != "app":
        raise AttributeError(name)
    from holdfast.cli.commands import app  # noqa: PLC0415 - see `main`

    return app
