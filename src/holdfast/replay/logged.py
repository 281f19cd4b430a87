"""The trail of a replay: the facts of its first policy, in a log that anybody can verify."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from holdfast.engine.home import Home
from holdfast.publishing import direct, place
from holdfast.publishing.place import POLICY, Place
from holdfast.publishing.refusals import NoQuorum
from holdfast.publishing.worker import Worker
from holdfast.replay.homes import HomeFactory, schema_name

_ORIGIN = "replay.example/"
_FIRST = 1

Tell = Callable[[str, float], None]


def prepare(folder: Path) -> Place:
    """Return the log that a replay is to fill: one that was made for it, or a new one of its own name.

    Raises:
        LogThere: something else is in the folder.
        NoLog, BadTrust: what is there is no whole log.
        OSError: it cannot be made.
    """
    if (folder / POLICY).exists():
        return place.load(folder)
    return place.make(folder, _ORIGIN + os.urandom(8).hex())


def in_memory(homes: HomeFactory, log: Place, tell: Tell) -> HomeFactory:
    """Return homes of which the first is published when it has been played.

    Raises:
        LogThere: at once, where the log has entries.
    """
    direct.check_empty(log)

    @contextmanager
    def opened(number: int, policy: str, run: str) -> Generator[Home]:
        with homes(number, policy, run) as home:
            yield home
            if number == _FIRST:
                total = sum(1 for _ in home.facts())
                direct.publish(log, home.facts(), lambda count: tell("trail", count / total))

    return opened


def in_postgres(homes: HomeFactory, log: Place, url: str) -> HomeFactory:
    """Return homes of which the first is published, as production publishes, when it has been played.

    Raises, when that is done:
        NoQuorum: too few witnesses cosigned: it is signed, and not out.
    """

    @contextmanager
    def opened(number: int, policy: str, run: str) -> Generator[Home]:
        with homes(number, policy, run) as home:
            yield home
            if number == _FIRST:
                done = Worker(log, url, schema_name(number, policy), lambda _: None).once()
                if done.published < done.signed:
                    raise NoQuorum(str(log.path))

    return opened
