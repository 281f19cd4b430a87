"""Waiting for what a test sees: a row, a file, a state. How long that takes elsewhere, nobody knows.

A time in a test is never a measure: it only keeps one that would hang from hanging for ever.
"""

import time
from collections.abc import Callable

import psutil

GUARD_SECONDS = 1_800.0
"""So long does nothing take but what never ends."""

_LOOK_SECONDS = 0.01


def wait_for(holds: Callable[[], bool], going: Callable[[], bool] = lambda: True) -> None:
    """Return when something holds; fail where what should bring it about has ended without, or never does.

    Args:
        holds: tells whether it does; it is asked again and again.
        going: tells whether what is waited for can still come: a thread or a process that is alive.
    """
    end = time.monotonic() + GUARD_SECONDS
    while not holds():
        goes_on = going()
        assert goes_on or holds(), "it has ended, and this does not hold"
        assert time.monotonic() < end, "it does not come about"
        time.sleep(_LOOK_SECONDS)


def ended(process: psutil.Process) -> bool:
    """Tell whether a process has ended; nobody need have buried it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
