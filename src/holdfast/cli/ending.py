"""The end of a command that runs until it is stopped: it finishes the work that it has begun."""

import signal
import threading


def until_told() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _number, _frame: stop.set())
    return stop
