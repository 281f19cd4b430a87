"""All jobs of a worker side by side, each on a thread of its own, until it is told to stop."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import SystemRandom

from holdfast.delivering.book import Book
from holdfast.delivering.deliverer import Deliverer
from holdfast.kernel.clock import SystemClock
from holdfast.kernel.guard import Guard
from holdfast.kernel.ids import fresh_ids
from holdfast.kernel.refusal import Refusal
from holdfast.outbound.guarded import PUBLIC, Reach
from holdfast.outbound.posting import Poster
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.publishing.worker import Worker as Log
from holdfast.worker.deadlines import Deadlines
from holdfast.worker.job import LATER_SECONDS, Job, Say, go_on
from holdfast.worker.provider import Provider, of_the_sandbox

LOG = "log"


class Told:
    """Reports how jobs are, each change once, whichever thread says it."""

    def __init__(self, write: Say) -> None:
        """Report to `write`."""
        self._write = write
        self._said: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str, text: str) -> None:
        """Report the trouble of a job where it has changed, or that all is well again where it was not."""
        with self._lock:
            before = self._said.get(name, "")
            self._said[name] = text
            if text != before:
                self._write(name, text or "all is well again")


def jobs_of(
    url: str, schema: str | None, guard: Guard, provider: str | None, reach: Reach = PUBLIC
) -> list[Job]:
    """Return the jobs over a database, by the machine's clock: deadlines, webhooks, a sandbox of a provider.

    Args:
        url: the address of the database.
        schema: the schema in it; None for its own.
        guard: the sanity check of the clock.
        provider: by which name the sandbox's answers are known; None where nobody is asked.
        reach: to which addresses facts may be sent.
    """
    clock = SystemClock()

    def deliver() -> Deliverer:
        home = Postgres(url, schema, fresh_ids(), guard=guard)
        return Deliverer(home, Book(open_wire(url, schema)), partial(Poster, reach), clock, SystemRandom())

    jobs = [
        Job("deadlines", partial(Deadlines, url, schema, clock, guard)),
        Job("webhooks", deliver),
    ]
    if provider is not None:

        def ask() -> Provider:
            home = Postgres(url, schema, fresh_ids(), guard=guard)
            return Provider(home, clock, provider, of_the_sandbox)

        jobs.append(Job(f"provider/{provider}", ask))
    return jobs


def run(jobs: Sequence[Job], log: Log | None, stop: threading.Event, say: Say) -> dict[str, int]:
    """Run jobs, and a log of facts, until `stop` is set; return how much each job has done.

    A step that has begun is finished: if it were broken off, it would be rolled back, and done again.
    """
    told = Told(say)
    with ThreadPoolExecutor(len(jobs) + 1, thread_name_prefix="job") as threads:
        running = {job.name: threads.submit(go_on, job, stop, told) for job in jobs}
        if log is not None:
            threads.submit(_keep_log, log, stop, told)
        stop.wait()
        return {name: done.result() for name, done in running.items()}


def _keep_log(log: Log, stop: threading.Event, say: Say) -> None:
    """Keep a log going; where it may not go on it is tried again later, and nothing is signed meanwhile.

    So a worker whose log another one sequences stands by, and takes over when that one ends.
    """
    while not stop.is_set():
        try:
            log.run(stop)
        except Refusal as refusal:
            say(LOG, str(refusal))
            stop.wait(LATER_SECONDS)
