"""Many jobs over several processes, each kept when it is finished: a run that was broken off goes on there.

A job's result depends on the job alone, so neither the number of processes nor a break changes anything.
"""

import ctypes
import hashlib
import multiprocessing
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
import psutil

from holdfast.importers.atomic import replacing
from holdfast.kernel import interrupt
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Tell = Callable[[float], None]
"""Is told the share that is done, from 0 to 1."""

_LOOK_SECONDS = 1.0
"""How often it is looked how far the jobs of other processes are."""


class JobLost(Refusal):
    """A process ended in the midst of its job."""

    code = "job_lost"
    sort = Sort.TROUBLE
    what = Text("实验室的一个进程被外部终止", "a process of the lab was ended from outside")
    fix = Text(
        "请确认内存足够，然后原样再运行：已完成的都保留着",
        "See that there is enough memory, then run the same again: what is finished is kept",
    )


class Job(Protocol[R_co]):
    """A piece of work that can be sent to another process."""

    @property
    def name(self) -> str:
        """Return a name for people; it is not unique."""
        ...

    @property
    def digest(self) -> str:
        """Return the digest of the job's parameters."""
        ...

    def perform(self, tell: Tell) -> R_co:
        """Do it, and tell how far it is."""
        ...


def digest_of(*parts: object) -> str:
    """Return a name for whatever these parts determine, as long as this version of the lab is used."""
    encoded = msgspec.json.encode([LAB_VERSION, *parts], order="deterministic")
    return hashlib.sha256(encoded).hexdigest()[:32]


LAB_VERSION = 2
"""The version of the lab's results, raised with every change that alters them."""


class Kept:
    """Finished jobs in a folder, one file each, until the answer made of them has been delivered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked: dict[str, Path] = {}

    def find(self, job: Job[R], kind: type[R]) -> R | None:
        """Return the stored result of a job, or None; an unreadable file counts as none."""
        try:
            return msgspec.json.decode(self._path(job).read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            return None

    def keep(self, job: Job[Any], found: object) -> None:
        """Store the result of a job."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._path(job)) as draft:
            draft.write_bytes(msgspec.json.encode(found))

    def forget(self) -> None:
        """Remove the stored results of this object's jobs, once they are delivered."""
        for path in self._asked.values():
            path.unlink(missing_ok=True)

    def _path(self, job: Job[Any]) -> Path:
        digest = job.digest
        return self._asked.setdefault(digest, self._folder / f"{digest}.json")


def perform_all(jobs: Sequence[Job[R]], kind: type[R], processes: int, kept: Kept, tell: Tell) -> list[R]:
    """Perform jobs, and return their results in order.

    Args:
        jobs: the jobs.
        kind: the type of their results.
        processes: how many work at once; with one, this process does all itself.
        kept: where finished jobs are kept; those that are there already are not done again.
        tell: a listener to the share that is done, from 0 to 1.

    Raises:
        JobLost: a process ended in the midst of its job.
    """
    found = {job.digest: there for job in jobs if (there := kept.find(job, kind)) is not None}
    missing = [job for job in jobs if job.digest not in found]
    before, total = len(jobs) - len(missing), max(1, len(jobs))
    tell(before / total if jobs else 1.0)

    def tell_missing(done: float) -> None:
        tell((before + done) / total)

    for job, result in _performed(missing, min(processes, len(missing)), tell_missing):
        kept.keep(job, result)
        found[job.digest] = result
    return [found[job.digest] for job in jobs]


def untold(_share: float) -> None:
    """Tell nobody."""


def stretch(tell: Tell, begin: float, end: float) -> Tell:
    """Return a listener to a part of the work that lies between two shares of the whole."""
    return lambda share: tell(begin + (end - begin) * share)


def _performed(jobs: Sequence[Job[R]], processes: int, tell: Tell) -> Generator[tuple[Job[R], R]]:
    """Perform jobs, and give each with its result; `tell` hears how many are done, and parts."""
    if processes > 1:
        yield from _performed_together(jobs, processes, tell)
        return
    for number, job in enumerate(jobs):
        yield job, job.perform(stretch(tell, number, number + 1))
        tell(number + 1)


def _performed_together(jobs: Sequence[Job[R]], processes: int, tell: Tell) -> Generator[tuple[Job[R], R]]:
    context = multiprocessing.get_context("spawn")
    shares = context.RawArray("d", len(jobs))
    with _workers(processes, context, shares) as pool:
        waiting = list(reversed(list(enumerate(jobs))))
        running: dict[Future[R], tuple[int, Job[R]]] = {}
        while waiting or running:
            while waiting and len(running) < processes:
                number, job = waiting.pop()
                with interrupt.Starting():  # it may start a process
                    running[pool.submit(_perform, number, job)] = number, job
            ended, _ = wait(running, _LOOK_SECONDS, FIRST_COMPLETED)
            for future in ended:
                number, job = running.pop(future)
                try:
                    yield job, future.result()
                except BrokenProcessPool as error:
                    raise JobLost(job.name) from error
                shares[number] = 1.0
            tell(sum(shares))


class _Worker:
    """The state of a process of the pool: where it notes how far its jobs are."""

    shares: "ctypes.Array[ctypes.c_double] | None" = None


def _begin(shares: "ctypes.Array[ctypes.c_double]") -> None:
    interrupt.end_silently()
    _Worker.shares = shares


def _perform(number: int, job: Job[R]) -> R:
    shares = _Worker.shares
    assert shares is not None, "a process of the pool begins with the shares"

    def tell(share: float) -> None:
        shares[number] = share

    return job.perform(tell)


@contextmanager
def _workers(
    processes: int, context: SpawnContext, shares: "ctypes.Array[ctypes.c_double]"
) -> Generator[ProcessPoolExecutor]:
    """Give a pool of processes; whatever ends the block early ends them too, in the midst of their work."""
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(shares,))
    try:
        yield pool
    except BaseException:
        for child in psutil.Process().children():
            child.terminate()
        # Waited for: its own thread closes a pipe to which the interpreter, as it ends, would still write.
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
