"""The endpoints as the deliverer knows them: how each fares, and how much it is sent at the same time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from holdfast.delivering.lines import Lines
from holdfast.delivering.messages import Message, Taken, merchants_of, wants
from holdfast.kernel.clock import MINUTE, Duration, Instant
from holdfast.webhooks.model import EndpointState, SigningKey, WebhookEndpoint

WIDTH = 32
"""Messages that are sent to an endpoint at the same time, at most."""

FIRST_WIDTH = 4
"""And to one that has shown nothing yet: it doubles with each quick success."""

SUSPECT_WIDTH = 2
"""And to one that failed last, or was slow: such ones must not take the place of others."""

SLOW_MS = 1_000
"""An answer that took longer is a slow one."""

BACKLOG = 1_000
"""Messages that wait for an endpoint in memory; what comes after them stays in the feed for the time."""

FAILING_BACKLOG = WIDTH
"""And for one of which nothing was delivered since it failed."""

RECOVERED_AFTER: Duration = MINUTE
"""An endpoint to which several subjects failed for longer, and none succeeded, was away: at its first success
it is sent all that waits. A subject that fails alone keeps its schedule."""


@dataclass(slots=True, eq=False)
class Endpoint:
    """An endpoint: its row, its keys, and what waits for it.

    `position` is its own place in the feed, from where on it has not been given facts; None: it is given them
    as they come. `failing_since` is the first failure with no success since. `rests_until`: it asked for a
    pause. `changed`: what is stored of it is older than this; `touched`: so may be what waits for it.
    `failed_lines` are those that failed since the last success.
    """

    row: WebhookEndpoint
    keys: tuple[SigningKey, ...]
    position: int | None = None
    failing_since: Instant | None = None
    delivered_at: Instant | None = None
    lines: Lines = field(default_factory=Lines)
    rests_until: Instant = 0
    width: int = FIRST_WIDTH
    suspect: bool = False
    changed: bool = False
    touched: bool = False
    failed_lines: set[str] = field(default_factory=set)

    @property
    def enabled(self) -> bool:
        """Tell whether it is sent anything."""
        return self.row.state is EndpointState.ENABLED

    @property
    def room(self) -> int:
        """Return how many messages more may wait for it."""
        most = BACKLOG if self.failing_since is None else FAILING_BACKLOG
        return most - len(self.lines)

    @property
    def catches_up(self) -> bool:
        """Tell whether it is to be given facts from its own place in the feed: once there is room."""
        most = BACKLOG if self.failing_since is None else FAILING_BACKLOG
        return self.enabled and self.position is not None and len(self.lines) <= most // 2

    def give(self, message: Message) -> None:
        """Have a message wait for it."""
        self.lines.add(message)
        self.touched = True

    def bring_forward(self, now: Instant) -> None:
        """Have all that waits sent now: there is reason to think that it takes messages again."""
        self.lines.bring_forward(now)
        self.rests_until = 0
        self.touched = True

    def stay_at(self, position: int) -> None:
        """Be given nothing from a position on, for the time being."""
        if self.position is None:
            self.position = position
            self.changed = True

    def succeeded(self, took_ms: int, now: Instant) -> None:
        """Note a success: it is sent more at once; one that had failed for long, all that waits."""
        if self.failing_since is not None:
            if now - self.failing_since >= RECOVERED_AFTER and len(self.failed_lines) > 1:
                self.bring_forward(now)
            self.failing_since = None
            self.failed_lines.clear()
        self.delivered_at = now
        self.changed = True
        self.suspect = took_ms > SLOW_MS
        self.width = SUSPECT_WIDTH if self.suspect else min(WIDTH, self.width * 2)

    def failed(self, line: str, now: Instant) -> Duration:
        """Note a failure, and return for how long nothing was delivered."""
        self.failed_lines.add(line)
        if self.failing_since is None:
            self.failing_since = now
            self.changed = True
        self.suspect = True
        self.width = SUSPECT_WIDTH
        return now - self.failing_since


class Endpoints:
    """All endpoints that are not removed, by id and by whose they are."""

    def __init__(self, known: Iterable[Endpoint] = ()) -> None:
        self._by_id: dict[str, Endpoint] = {}
        self._by_owner: dict[str | None, dict[str, Endpoint]] = {}
        for endpoint in known:
            self.add(endpoint)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._by_id.values())

    def get(self, endpoint_id: str) -> Endpoint | None:
        """Return an endpoint; None where there is none, or it was removed."""
        return self._by_id.get(endpoint_id)

    def add(self, endpoint: Endpoint) -> None:
        """Know one more."""
        self._by_id[endpoint.row.id] = endpoint
        self._by_owner.setdefault(endpoint.row.merchant_id, {})[endpoint.row.id] = endpoint

    def remove(self, endpoint: Endpoint) -> None:
        """Know it no more."""
        del self._by_id[endpoint.row.id]
        del self._by_owner[endpoint.row.merchant_id][endpoint.row.id]

    def wanting(self, taken: Taken) -> Iterator[Endpoint]:
        """Yield the endpoints that are given facts as they come, and want this one."""
        for owner in (None, *merchants_of(taken)):
            for endpoint in self._by_owner.get(owner, {}).values():
                if endpoint.enabled and endpoint.position is None and wants(endpoint.row, taken):
                    yield endpoint
