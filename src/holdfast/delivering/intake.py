"""Facts come in: each is given to the endpoints that want it, and those about endpoints are heeded.

An endpoint for which too much waits is given nothing more, and stays at its place in the feed: when there is
room again it catches up from there by itself. So nobody waits for it, and nothing is passed over.
"""

from dataclasses import dataclass, field

from msgspec.structs import replace

from holdfast.delivering.changes import Changes
from holdfast.delivering.endpoints import Endpoint, Endpoints
from holdfast.delivering.messages import Message, Taken, line_of, merchants_of, wants
from holdfast.delivering.source import Known, Page, message_of
from holdfast.kernel.clock import Instant
from holdfast.webhooks.model import (
    DeliveriesReplayed,
    DisabledWhy,
    DisableEndpoint,
    EndpointChanged,
    EndpointEnabled,
    EndpointFact,
    EndpointState,
    EndpointTried,
)


@dataclass(slots=True)
class State:
    """All that a deliverer knows: the endpoints, its `position` in the feed, and what is to be written down.

    `disabling` are the endpoints that it has found to be gone, or failing for too long.
    """

    position: int
    endpoints: Endpoints
    changes: Changes = field(default_factory=Changes)
    disabling: list[DisableEndpoint] = field(default_factory=list)

    def disable(self, endpoint: Endpoint, why: DisabledWhy) -> None:
        """Send an endpoint nothing more, and have that decided."""
        self.disabling.append(DisableEndpoint(endpoint_id=endpoint.row.id, why=why, url=endpoint.row.url))
        endpoint.row = replace(endpoint.row, state=EndpointState.DISABLED)
        endpoint.stay_at(self.position)

    def take_in(self, page: Page, now: Instant) -> None:
        """Give the next facts to all endpoints that are given them as they come."""
        for taken in page.facts:
            for endpoint in self.endpoints.wanting(taken):
                if endpoint.room > 0:
                    endpoint.give(_message(endpoint, taken, now))
                else:
                    endpoint.stay_at(taken.position)
            if isinstance(taken.fact.body, EndpointFact):
                self._told(taken, taken.fact.body, page, now)
            self.position = taken.position + 1
            self.changes.position, self.changes.read_at = self.position, taken.fact.at

    def catch_up(self, endpoint: Endpoint, facts: list[Taken], now: Instant) -> None:
        """Give an endpoint the next facts from its own place on, as many as there is room for."""
        for taken in facts:
            wanted = wants(endpoint.row, taken) and not _tries(endpoint, taken)
            if wanted and endpoint.room <= 0:
                break
            if wanted:
                endpoint.give(_message(endpoint, taken, now))
            endpoint.position = taken.position + 1
        if endpoint.position is not None and endpoint.position >= self.position:
            endpoint.position = None
        endpoint.changed = True

    def refresh(self, endpoint: Endpoint, known: Known) -> None:
        """Take an endpoint as it is now."""
        endpoint.row, endpoint.keys = known
        if not endpoint.enabled:
            endpoint.stay_at(self.position)

    def _told(self, taken: Taken, body: EndpointFact, page: Page, now: Instant) -> None:
        """Do what a fact about an endpoint asks for."""
        known = page.known[body.endpoint_id]
        endpoint = self.endpoints.get(body.endpoint_id)
        if known is None or known.row.state is EndpointState.REMOVED:
            if endpoint is not None:
                self.endpoints.remove(endpoint)
                self.changes.removed.append(body.endpoint_id)
            return
        if endpoint is None:
            endpoint = Endpoint(known.row, known.keys, changed=True)
            self.endpoints.add(endpoint)
        endpoint.row, endpoint.keys = known
        if not endpoint.enabled:
            endpoint.stay_at(taken.position + 1)
        match body:
            case EndpointEnabled():
                self._enabled(endpoint, page, now)
            case EndpointChanged():
                endpoint.bring_forward(now)
            case DeliveriesReplayed():
                self._replay(endpoint, taken, body, page, now)
            case EndpointTried() if endpoint.enabled and not _has(endpoint, taken):
                endpoint.give(_message(endpoint, taken, now, f"try/{taken.fact.id}"))
            case _:
                pass

    def _enabled(self, endpoint: Endpoint, page: Page, now: Instant) -> None:
        if not len(endpoint.lines):
            for waiting in page.waiting[endpoint.row.id]:
                endpoint.lines.add(message_of(waiting))
        endpoint.failing_since = None
        endpoint.changed = True
        endpoint.bring_forward(now)

    def _replay(
        self, endpoint: Endpoint, taken: Taken, body: DeliveriesReplayed, page: Page, now: Instant
    ) -> None:
        begins = page.replays[taken.fact.id]
        if begins is None:
            return  # no such fact: nothing was ever sent of it
        if body.message is None:
            for message in endpoint.lines.drop_from(begins):
                self.changes.finish(message)
            endpoint.position = min(begins, taken.position + 1)
            endpoint.changed = endpoint.touched = True
            return
        again = page.replayed.get(body.message)
        owner = endpoint.row.merchant_id
        if again is None or (owner is not None and owner not in merchants_of(again)):
            return
        if _has(endpoint, again):
            endpoint.bring_forward(now)
        else:
            endpoint.give(_message(endpoint, again, now, f"replay/{body.message}"))


def _tries(endpoint: Endpoint, taken: Taken) -> bool:
    """Tell whether a fact tries this very endpoint: it was sent as it came, past what waits."""
    body = taken.fact.body
    return isinstance(body, EndpointTried) and body.endpoint_id == endpoint.row.id


def _has(endpoint: Endpoint, taken: Taken) -> bool:
    """Tell whether a fact waits for an endpoint already, as it was given it like any other."""
    return any(message.position == taken.position for message in endpoint.lines)


def _message(endpoint: Endpoint, taken: Taken, now: Instant, line: str | None = None) -> Message:
    return Message(
        endpoint_id=endpoint.row.id,
        position=taken.position,
        fact_id=taken.fact.id,
        line=line or line_of(taken.fact),
        due=now,
        taken=taken,
    )
