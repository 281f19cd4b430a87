"""The worker of a log: it sequences and publishes until it is stopped, and retries transient failures."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager

import psycopg

from holdfast.kernel.clock import Clock, SystemClock
from holdfast.postgres.refusals import ServerUnreachable
from holdfast.publishing import standing
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Published, Publisher
from holdfast.publishing.refusals import NoQuorum
from holdfast.publishing.sequencer import BATCH, Sequencer
from holdfast.publishing.witnesses import Witnesses
from holdfast.trail.folder import tidy

PACE_SECONDS = 0.25
"""The pause after a step that leaves nothing waiting: steps cost files, a signature, a round of witnesses."""

REFRESH_SECONDS = 600.0
"""The maximal age of cosignatures while nothing happens: a client may ask for fresh ones."""

AGAIN_SECONDS = 2.0
"""The pause before a lost database, or absent witnesses, are tried again."""

Say = Callable[[str], None]


def pause_after(facts: int) -> float:
    """Return for how many seconds the log rests after a step that took so many facts."""
    return PACE_SECONDS if facts < BATCH else 0.0


class Worker:
    """The worker of one log, for one schema of a database."""

    def __init__(
        self, place: Place, url: str, schema: str | None, say: Say, clock: Clock | None = None
    ) -> None:
        self._place = place
        self._url = url
        self._schema = schema
        self._say = say
        self._said: dict[str, str] = {}
        self._told = False
        self._clock = SystemClock() if clock is None else clock
        self._witnesses = Witnesses(place.trust, place.urls, clock=self._clock)

    def once(self) -> Published:
        """Sequence and publish all waiting facts, and end.

        Raises:
            NoQuorum: the recovered head is not confirmed by witnesses.
            Refusal: why the log may not go on; see `Sequencer`.
            psycopg.Error: the database failed.
        """
        with self._telling(), closing(self._opened()) as sequencer:
            while (done := sequencer.step()).facts:
                self._tell()
            self._tell(done.published)
            return done.published

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set. A lost database and absent witnesses are retried.

        Raises:
            Refusal: the log may not go on: a person has to look before anything more is signed.
        """
        while not stop.is_set():
            try:
                with self._telling(), closing(self._opened()) as sequencer:
                    self._say_once("database", "")
                    self._go_on(sequencer, stop)
            except (psycopg.OperationalError, ServerUnreachable) as error:
                self._say_once("database", f"the database is away: {str(error).splitlines()[0]}")
                stop.wait(AGAIN_SECONDS)

    def _opened(self) -> Sequencer:
        where = self._place
        publisher = Publisher(where.store(), where.head(), where.signer, where.trust, self._witnesses)
        opened = Sequencer(self._url, self._schema, publisher)
        tidy(where.log)  # it is our turn: nobody else writes there
        return opened

    def _go_on(self, sequencer: Sequencer, stop: threading.Event) -> None:
        fresh = time.monotonic()
        while not stop.is_set():
            try:
                done = sequencer.step()
            except NoQuorum as waiting:
                self._tell()
                self._say_once("head", str(waiting))
                stop.wait(AGAIN_SECONDS)
                continue
            self._say_once("head", "")
            self._tell(done.published)
            if not done.facts and time.monotonic() - fresh > REFRESH_SECONDS:
                sequencer.refresh()
                fresh = time.monotonic()
            stop.wait(pause_after(done.facts))

    def _tell(self, published: Published | None = None) -> None:
        """Print changes in the health of the witnesses, each once, and store it for `trail status`."""
        changed = False
        for name in self._place.urls:
            failing = self._witnesses.failing.get(name)
            changed |= self._say_once(name, "" if failing is None else f"{name}: {failing}")
        if changed or not self._told:
            standing.write(self._place.private, self._witnesses.failing, self._clock.now())
            self._told = True
        if published is not None:
            behind = published.published < published.signed
            self._say_once("quorum", "too few witnesses cosign: what is signed waits" if behind else "")

    @contextmanager
    def _telling(self) -> Generator[None]:
        """Print the health of the witnesses also where the block raises a refusal."""
        with standing.keeping(self._place.private):
            try:
                yield
            finally:
                self._tell()

    def _say_once(self, about: str, text: str) -> bool:
        """Print a text where it changed since the last time, and tell whether it did."""
        before = self._said.get(about, "")
        if text != before:
            self._said[about] = text
            self._say(text or f"{about}: all is well again")
        return text != before
