"""Ctrl-C at whichever instant of a program's life: one plain line, and exit code 130.

While a program starts there is nothing to take back, and none once it has answered: Ctrl-C ends it at once,
and asks none of the libraries that are being imported or taken down, of which some make another error of it.
In between it is Python's KeyboardInterrupt, for whoever has something to put away.

A program that was started with SIGINT ignored, as in the background of a shell, goes on ignoring it.
"""

import os
import signal
import sys  # and nothing that is slow to import: until `mind` is called, Ctrl-C is a traceback
from types import FrameType, TracebackType

INTERRUPTED = 130

STARTING = "Interrupted. Nothing was changed.\n"
ENDING = "Interrupted. Of its answer, something may be missing.\n"

_STDERR = 2
_SOON_SECONDS = 0.01


class _AtOnce:
    """A signal handler that prints a line and ends the process; it works while the interpreter shuts down."""

    def __init__(self, line: str) -> None:
        self._line = line.encode()
        self._write = os.write
        self._leave = os._exit

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        try:
            self._write(_STDERR, self._line)  # not sys.stderr: whoever was interrupted may hold its lock
        finally:
            self._leave(INTERRUPTED)


def mind() -> None:
    """Let Ctrl-C end this program at once from now on, but within `Working`. Only programs call it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _AtOnce(STARTING))
        sys.unraisablehook = _again


def _again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Send the interrupt again where it was raised in a finaliser, whose exceptions Python swallows."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
        return
    import threading  # noqa: PLC0415 - it is seldom needed

    # Not from here, where it would be as unheard; and as a signal, which ends whatever the thread waits for.
    main_thread = threading.main_thread().ident
    timer = threading.Timer(_SOON_SECONDS, signal.pthread_kill, (main_thread, signal.SIGINT))
    timer.daemon = True
    timer.start()


class Working:
    """A block in which Ctrl-C raises KeyboardInterrupt; after it the program has answered. Needs `mind`."""

    def __enter__(self) -> None:
        self._minded = isinstance(signal.getsignal(signal.SIGINT), _AtOnce)
        if self._minded:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._minded:
            signal.signal(signal.SIGINT, _AtOnce(ENDING))


class Starting:
    """A block in which Ctrl-C waits; in processes that it starts, too, until they call `end_silently`.

    A terminal sends Ctrl-C to children as well, and one that has just begun would answer with a traceback.
    """

    def __enter__(self) -> None:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


def end_silently() -> None:
    """Let Ctrl-C end this process, a child of the one that answers: it has nothing to say."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
