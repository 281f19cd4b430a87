"""From an error to a message on stderr and an exit code.

Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 3 a replay in which a policy took not one order, 4
not now, but perhaps later (somebody is busy, or away), 5 something that should work failed, 130 interrupted
by Ctrl-C. Those of refusals follow from their sort, see `kernel.sorts`.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import typer

from holdfast.cli.documents import write_json
from holdfast.kernel import interrupt
from holdfast.kernel.refusal import CommandRefused, Refusal, RefusalRecord
from holdfast.kernel.sorts import Sort
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text, same

NOTHING_RAN = 3


class InputOutputFailed(Refusal):
    """The operating system did not let a file be read or written."""

    code = "input_output_failed"
    sort = Sort.FORBIDDEN
    what = same("{reason}")
    fix = Text(
        "请检查路径、权限和磁盘空间；没有留下半成品",
        "Check the path, your rights to it and the room on the disk; nothing half-written was left",
    )


def refusal_of(error: OSError) -> InputOutputFailed:
    """Return an error of the operating system as a refusal with the path."""
    where = error.filename if error.filename is not None else "the operating system"
    return InputOutputFailed(str(where), reason=told_by_system(error))


@contextmanager
def answering(*, as_json: bool, interrupted: str) -> Generator[None]:
    """Turn refusals, errors of the operating system and Ctrl-C of the block into a message and an exit code.

    All changes of a command happen within the block: before and after it Ctrl-C ends the program at once.

    Args:
        as_json: the refusal goes to stdout as `{"refusal": {…}}`, see `RefusalRecord.document`.
        interrupted: the state that Ctrl-C leaves, as a sentence for the message.

    Raises:
        typer.Exit: with the exit code.
    """
    try:
        with interrupt.Working():
            yield
    except BrokenPipeError:
        raise
    except Refusal as refusal:
        raise refuse(refusal, as_json=as_json) from refusal
    except CommandRefused as refused:
        raise _told(refused.record, as_json=as_json) from refused
    except OSError as error:
        raise refuse(refusal_of(error), as_json=as_json) from error
    except KeyboardInterrupt as pressed:
        sys.stderr.write(f"Interrupted. {interrupted}\n")
        raise typer.Exit(interrupt.INTERRUPTED) from pressed


def refuse(refusal: Refusal, *, as_json: bool) -> typer.Exit:
    """Write the refusal, and return the exit that ends the command."""
    return _told(refusal.record(), as_json=as_json)


def _told(record: RefusalRecord, *, as_json: bool) -> typer.Exit:
    if as_json:
        write_json({"refusal": record.document()})
    else:
        sys.stderr.write("".join(f"{line}\n" for line in record.lines()))
    return typer.Exit(record.sort.exit_code)
