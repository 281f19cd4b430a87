"""A payment provider at the feed: the engine's requests are put to it, and its answers are submitted.

It is a reader of the feed, so that every request is put. Its cursor moves when the answers are committed:
where the process ends in between, the same is asked once more, and answered under the same idempotency keys.
"""

from collections.abc import Callable, Iterable

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.failures import InternalError
from holdfast.journal.feed import Cursor, Reader
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Clock
from holdfast.kernel.desk import Desk
from holdfast.kernel.guard import ClockAhead, ClockBehind
from holdfast.kernel.refusal import CommandRefused
from holdfast.kernel.rows import Command, Fact
from holdfast.postgres.home import Postgres
from holdfast.psp import sandbox

PAGE = 200
"""The number of facts that a step reads."""

_UNHEARD = frozenset({ClockAhead.code, ClockBehind.code, InternalError.code})

Answer = Callable[[Fact], Iterable[Command]]
"""A provider's answer to a fact: commands that say what it did; none where the fact asks nothing of it."""


def of_the_sandbox(fact: Fact) -> Iterable[Command]:
    """Return the answer of the sandbox provider, which does every request at once."""
    answer = sandbox.ANSWERS.get(type(fact.body))
    return () if answer is None else [command for _, command in answer(fact)]


class Provider:
    """One provider, over a home of its own, which it closes. A step is a page of the feed."""

    def __init__(self, home: Postgres, clock: Clock, name: str, answer: Answer) -> None:
        """Begin at the cursor kept under `name`, which also names the actor; `answer` asks the provider."""
        self._home = home
        self._clock = clock
        self._answer = answer
        self._reader = Reader(f"provider/{name}", _keep_nothing)
        self._actor = Actor(Nature.MACHINE, name, Role.PROVIDER, Door.LIBRARY)

    def step(self) -> int:
        """Put the requests of the next facts, submit the answers, move on; return how many facts there were.

        Raises:
            ClockAhead, ClockBehind: the clock cannot be the present; nothing was submitted.
            ServerUnreachable: the database was lost and did not come back.
            CommandRefused: an answer could not be judged; the page is read again later.
        """
        cursor = self._home.row(Cursor, self._reader.name)
        position = 0 if cursor is None else cursor.position
        facts = self._home.feed(position, PAGE)
        now = self._clock.now()
        batch = [
            Submission(command, now, f"{fact.id}/{number}", self._actor)
            for fact in facts
            for number, command in enumerate(self._answer(fact))
        ]
        # What the provider did cannot be undone: its answers are committed before the cursor moves, so that
        # an end between the two asks again, under the same keys, and never passes a request by. Nor does the
        # cursor move where another worker has moved it: what comes after was not put to the provider here.
        if batch:
            _require_heard(self._home.run(batch))
        return self._home.read_on(self._reader, len(facts), at=position) if facts else 0

    def close(self) -> None:
        """Close the connection."""
        self._home.close()


def _require_heard(outcomes: Iterable[Outcome]) -> None:
    """Check that every answer of the provider was judged. It may be refused, as where it came twice.

    Raises:
        CommandRefused: the clock is wrong, or an error of ours kept an answer: it is submitted again later.
    """
    for outcome in outcomes:
        if outcome.refusal is not None and outcome.refusal.code in _UNHEARD:
            raise CommandRefused(outcome.refusal)


def _keep_nothing(_desk: Desk, _fact: Fact) -> None:
    """Keep no row of a fact: its request was put to the provider."""
