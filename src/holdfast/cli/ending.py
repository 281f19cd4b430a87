"""How a command that goes on and on is ended: what it has begun is finished first."""

import signal
import threading


def until_told() -> threading.Event:
    """Return what is set by Ctrl-C and SIGTERM."""
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _number, _frame: stop.set())
    return stop
