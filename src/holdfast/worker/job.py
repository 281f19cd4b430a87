"""A job: steps that are taken again and again until it is told to stop, whatever passes meanwhile.

Each step commits its work, and finds the next work in the database. So a job may be ended at any instant, and
another one goes on.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple, Protocol

import psycopg

from holdfast.kernel.refusal import CommandRefused, Refusal
from holdfast.postgres.refusals import ServerUnreachable

REST_SECONDS = 1.0
"""The pause after a step that found nothing to do: the most that a deadline comes late by it."""

AGAIN_SECONDS = 2.0
"""The pause before a lost database is tried again."""

LATER_SECONDS = 10.0
"""The pause before a job is tried again that was refused or failed by an error of ours: a person mends it."""

_LOG = logging.getLogger("holdfast.worker")


class Work(Protocol):
    """An open job: its connections, and its place in the work."""

    def step(self) -> int:
        """Do the next part, as much as one transaction has; return how much was done: 0 without work."""
        ...

    def close(self) -> None:
        """Close all connections; work that is committed stays."""
        ...


class Job(NamedTuple):
    """A job: its name, and the function that opens it."""

    name: str
    open: Callable[[], Work]


Say = Callable[[str, str], None]
"""A function that is told how a job is: its name, and the trouble; an empty text where all is well again."""


def go_on(job: Job, stop: threading.Event, say: Say) -> int:
    """Take steps until `stop` is set; return how much was done in all.

    A lost database is waited for. A refusal, as of the clock's guard, is reported and tried again: it ends
    when a person has seen to it. So is an error of ours, which the log has with its traceback.
    """
    done = 0
    while not stop.is_set():
        try:
            with closing(job.open()) as work:
                while not stop.is_set():
                    now = work.step()
                    done += now
                    say(job.name, "")
                    if not now:
                        stop.wait(REST_SECONDS)
        except (psycopg.OperationalError, ServerUnreachable) as error:
            say(job.name, f"the database is away: {str(error).splitlines()[0]}")
            stop.wait(AGAIN_SECONDS)
        except (Refusal, CommandRefused) as refusal:
            say(job.name, str(refusal))
            stop.wait(LATER_SECONDS)
        except Exception:  # noqa: BLE001 - one job's error ends no other, nor itself
            _LOG.exception("the job %s failed; it is tried again", job.name)
            say(job.name, "an error of ours, see the log; it is tried again")
            stop.wait(LATER_SECONDS)
    return done


def do_all(jobs: list[Job]) -> dict[str, int]:
    """Take steps until there is no work for any of the jobs; return how much each has done.

    One job's work may be another's: they are asked one after another until a whole pass found none.

    Raises:
        Refusal: a job was refused.
        psycopg.Error: the database failed.
    """
    done = {job.name: 0 for job in jobs}
    works: list[tuple[str, Work]] = []
    try:
        works += [(job.name, job.open()) for job in jobs]
        busy = True
        while busy:
            busy = False
            for name, work in works:
                while now := work.step():
                    done[name] += now
                    busy = True
    finally:
        for _, work in works:
            work.close()
    return done
