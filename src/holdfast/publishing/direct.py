"""Facts into a log without a database: a market in memory, published when it is done.

Its openings go to a file in the log's private folder, one a line in the order of the log.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from holdfast.kernel.rows import Fact
from holdfast.publishing import standing
from holdfast.publishing.head import UNSIGNED
from holdfast.publishing.place import OPENINGS, Place
from holdfast.publishing.promises import KeyRing
from holdfast.publishing.publisher import Published, Publisher
from holdfast.publishing.refusals import LogThere, NoQuorum
from holdfast.publishing.scribe import Entry, opening_of
from holdfast.publishing.witnesses import Witnesses

T = TypeVar("T")

_BATCH = 20_000


def check_empty(place: Place) -> None:
    """Refuse a log that has entries.

    Raises:
        LogThere: it has.
    """
    if place.head().read() not in {None, UNSIGNED}:
        raise LogThere(str(place.path))


def publish(place: Place, facts: Iterable[Fact], tell: Callable[[int], None] = lambda _: None) -> Published:
    """Write all facts into a log that is empty, and publish it.

    Args:
        place: where.
        facts: in the order of the log.
        tell: progress: it is called with the number of facts that are in the log.

    Raises:
        LogThere: the log is not empty.
        NoQuorum: too few witnesses cosigned: it is signed, and not out.
        OSError: it cannot be written.
    """
    check_empty(place)
    with standing.keeping(place.private):
        return _publish(place, facts, tell)


def _publish(place: Place, facts: Iterable[Fact], tell: Callable[[int], None]) -> Published:
    witnesses = Witnesses(place.trust, place.urls)
    publisher = Publisher(place.store(), place.head(), place.signer, place.trust, witnesses)
    publisher.resume(0, [])
    keys = KeyRing()
    done = Published(0, 0)
    with _private(place.private / OPENINGS) as file:
        for some in _cut(facts, _BATCH):
            openings = [opening_of(keys, Entry.of(fact)) for fact in some]
            file.write(b"".join(opening.encode() + b"\n" for opening in openings))
            done = publisher.publish([opening.leaf.encode() for opening in openings])
            tell(done.signed)
        file.flush()
        os.fsync(file.fileno())
    if done.published < done.signed:
        raise NoQuorum(str(place.path))
    return done


def _private(path: Path) -> BinaryIO:
    """Open a file that nobody else may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _cut(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some
