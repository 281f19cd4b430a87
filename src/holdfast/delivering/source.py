"""What the deliverer reads: facts of the feed, endpoints with their keys, what was written down of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from holdfast.delivering.book import Book
from holdfast.delivering.changes import Waiting
from holdfast.delivering.endpoints import Endpoint
from holdfast.delivering.messages import Message, Taken
from holdfast.engine.execution import Submission
from holdfast.journal.model import KeysDestroyed
from holdfast.journal.pages import Asked
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.postgres.home import Postgres
from holdfast.webhooks.model import (
    DeliveriesReplayed,
    DisableEndpoint,
    EndpointEnabled,
    EndpointFact,
    EndpointKeys,
    EndpointRegistered,
    EndpointState,
    SigningKey,
    WebhookEndpoint,
)

DELIVERER = Actor(Nature.MACHINE, "webhooks", Role.MARKETPLACE, Door.LIBRARY)
"""Who disables an endpoint that is gone, or fails for days."""


class Known(NamedTuple):
    """An endpoint as it is now, with its keys."""

    row: WebhookEndpoint
    keys: tuple[SigningKey, ...]


class Page(NamedTuple):
    """Facts of the feed, and what facts about endpoints among them need.

    `known` are these endpoints; `waiting` what waits for those that were enabled; `replays` the positions
    from which, or of which, a replay's fact asks to send again.
    """

    facts: Sequence[Taken]
    known: Mapping[str, Known | None]
    waiting: Mapping[str, Sequence[Waiting]]
    replays: Mapping[str, int | None]
    replayed: Mapping[str, Taken]


class Source:
    """A home and a book of one schema, asked by one thread at a time."""

    def __init__(self, home: Postgres, book: Book) -> None:
        self._home = home
        self._book = book

    def begin(self) -> tuple[int, list[Endpoint]]:
        """Return where the reader is, and the endpoints that it has come by, with what waits for them."""
        position = self._book.position()
        if position is None:
            return self._first_position(), []
        rows = {row.id: row for row in self._home.rows(WebhookEndpoint)}
        keys = {row.id: row.keys for row in self._home.rows(EndpointKeys)}
        endpoints: dict[str, Endpoint] = {}
        for key, position_of, failing_since, delivered_at in self._book.standings():
            row = rows.get(key)
            if row is not None and row.state is not EndpointState.REMOVED:
                endpoints[key] = Endpoint(row, keys.get(key, ()), position_of, failing_since, delivered_at)
        awake = [endpoint.row.id for endpoint in endpoints.values() if endpoint.enabled]
        for waiting in self._book.waiting(awake):
            endpoints[waiting.endpoint_id].lines.add(message_of(waiting))
        return position, [*endpoints.values()]

    def _first_position(self) -> int:
        """Return where a new reader begins: where the first endpoint was registered, or at the end.

        The end is read before: an endpoint that is registered meanwhile comes after it.
        """
        end = self._book.size()
        page = self._home.fact_page(Asked(kinds=(EndpointRegistered.__name__,)), limit=1)
        for fact in page.items:
            position = self._book.position_of(fact.id)
            return end if position is None else min(position, end)
        return end

    def known(self, endpoint_id: str) -> Known | None:
        """Return an endpoint as it is now."""
        row = self._home.row(WebhookEndpoint, endpoint_id)
        if row is None:
            return None
        keys = self._home.row(EndpointKeys, endpoint_id)
        return Known(row, () if keys is None else keys.keys)

    def page(self, position: int, most: int) -> Page:
        """Return the next facts from a position on, with all that facts about endpoints need."""
        facts = self.facts(position, most)
        known: dict[str, Known | None] = {}
        waiting: dict[str, Sequence[Waiting]] = {}
        replays: dict[str, int | None] = {}
        for taken in facts:
            body = taken.fact.body
            if not isinstance(body, EndpointFact):
                continue
            known[body.endpoint_id] = self.known(body.endpoint_id)
            if isinstance(body, EndpointEnabled):
                waiting[body.endpoint_id] = self._book.waiting([body.endpoint_id])
            if isinstance(body, DeliveriesReplayed):
                replays[taken.fact.id] = self._begins(body)
        messages = {
            taken.fact.body.message: replays[taken.fact.id]
            for taken in facts
            if isinstance(taken.fact.body, DeliveriesReplayed) and taken.fact.body.message is not None
        }
        replayed = self.facts_of({key: at for key, at in messages.items() if at is not None})
        return Page(facts, known, waiting, replays, replayed)

    def _begins(self, body: DeliveriesReplayed) -> int | None:
        if body.message is not None:
            return self._book.position_of(body.message)
        return body.from_position if body.since is None else self._book.position_since(body.since)

    def facts(self, position: int, most: int) -> list[Taken]:
        """Return the next facts from a position on."""
        facts = self._home.feed(position, most)
        return self._with_erased([(position + number, fact) for number, fact in enumerate(facts)])

    def facts_of(self, positions: Mapping[str, int]) -> dict[str, Taken]:
        """Return facts by their ids, whose positions are known."""
        found = self._home.facts_of_ids([*positions])
        return {
            taken.fact.id: taken
            for taken in self._with_erased([(positions[fact.id], fact) for fact in found])
        }

    def _with_erased(self, facts: Iterable[tuple[int, Fact]]) -> list[Taken]:
        found = [*facts]
        erasures = self._book.erasures([fact.id for _, fact in found if isinstance(fact.body, KeysDestroyed)])
        return [Taken(position, fact, erasures.get(fact.id)) for position, fact in found]

    def disable(self, command: DisableEndpoint, at: Instant) -> Known | None:
        """Disable an endpoint, and return it as it is then: somebody may have changed it meanwhile."""
        self._home.run([Submission(command, at, None, DELIVERER)])
        return self.known(command.endpoint_id)


def message_of(waiting: Waiting) -> Message:
    """Return a message that was written down."""
    return Message(
        endpoint_id=waiting.endpoint_id,
        position=waiting.position,
        fact_id=waiting.fact_id,
        line=waiting.line,
        due=waiting.due,
        attempts=waiting.attempts,
        first_at=waiting.first_at,
        stored=True,
    )
