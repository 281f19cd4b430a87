"""What is to be written down in one transaction: where the reader is, what waits, what was attempted."""

from dataclasses import dataclass, field
from typing import NamedTuple

from holdfast.delivering.endpoints import Endpoint
from holdfast.delivering.messages import Message
from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Named


class Fate(Named):
    """What became of an attempt."""

    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未送达，将重试", "failed, to be tried again"
    GIVEN_UP = "given_up", "未送达，不再重试", "failed, given up"


class Attempted(NamedTuple):
    """An attempt that is over. `due` is when the message is tried again; None: it is not."""

    endpoint_id: str
    position: int
    fact_id: str
    kind: str
    attempt: int
    at: Instant
    took_ms: int
    fate: Fate
    status: int | None
    error: str | None
    due: Instant | None


class Waiting(NamedTuple):
    """A message that waits, as it is stored."""

    endpoint_id: str
    position: int
    fact_id: str
    line: str
    attempts: int
    first_at: Instant | None
    due: Instant


class Standing(NamedTuple):
    """How an endpoint stands, as it is stored: see `endpoints.Endpoint`."""

    endpoint_id: str
    position: int | None
    failing_since: Instant | None
    delivered_at: Instant | None


@dataclass(slots=True)
class Changes:
    """What has changed since it was written down last."""

    position: int | None = None
    read_at: Instant = 0
    new: list[Waiting] = field(default_factory=list)
    later: list[Waiting] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)
    attempts: list[Attempted] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.position is not None or any(
            (self.new, self.later, self.gone, self.attempts, self.standings, self.removed)
        )

    def finish(self, message: Message) -> None:
        """Note that a message waits no more."""
        if message.stored:
            self.gone.append((message.endpoint_id, message.position))

    def keep(self, endpoint: Endpoint) -> None:
        """Note how an endpoint stands, and what waits for it."""
        if endpoint.changed:
            endpoint.changed = False
            self.standings.append(
                Standing(endpoint.row.id, endpoint.position, endpoint.failing_since, endpoint.delivered_at)
            )
        if not endpoint.touched:
            return
        endpoint.touched = False
        for message in endpoint.lines:
            if not message.stored:
                self.new.append(_waiting(message))
            elif message.changed:
                self.later.append(_waiting(message))
            message.stored, message.changed = True, False


def _waiting(message: Message) -> Waiting:
    return Waiting(
        message.endpoint_id,
        message.position,
        message.fact_id,
        message.line,
        message.attempts,
        message.first_at,
        message.due,
    )
