"""A job: steps that are taken again and again until it is told to stop, whatever passes meanwhile.

What it has done is committed with each step, and what it does next is found in the database. So it may be
ended at any instant, and another one goes on.
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
"""After a step that found nothing to do: a deadline comes so much late at most."""

AGAIN_SECONDS = 2.0
"""Before a lost database is tried again."""

LATER_SECONDS = 10.0
"""Before a job is tried again that was refused, or failed by an error of ours: somebody has to mend it."""

_LOG = logging.getLogger("holdfast.worker")


class Work(Protocol):
    """A job that is open: its connections, and where it stands."""

    def step(self) -> int:
        """Do the next part, as much as one transaction has; return how much was done, 0: nothing waits."""
        ...

    def close(self) -> None:
        """Let go of everything; what was done stays done."""
        ...


class Job(NamedTuple):
    """A job by its name, and how it is opened."""

    name: str
    open: Callable[[], Work]


Say = Callable[[str, str], None]
"""Is told how a job is: its name, and what is wrong; nothing where all is well again."""


def go_on(job: Job, stop: threading.Event, say: Say) -> int:
    """Take steps until `stop` is set; return how much was done in all.

    A lost database is waited for. A refusal, as of the clock's guard, is told and tried again: it ends when a
    person has seen to it. So is an error of ours, which the log has with its traceback.
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
    """Take steps until nothing waits for any of the jobs; return how much each has done.

    One job's work may be another's: they are asked in turns until a whole turn found nothing.

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
