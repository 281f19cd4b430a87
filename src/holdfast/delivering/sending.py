"""One attempt: a message is signed and posted, and its answer judged by the rules of the specification."""

import asyncio
from typing import NamedTuple, Protocol

from holdfast.delivering.bodies import SOURCE, body_of, content_type
from holdfast.delivering.messages import Taken
from holdfast.delivering.schedule import asked_pause
from holdfast.delivering.signing import signatures
from holdfast.kernel.clock import SECOND, Clock, Duration
from holdfast.outbound.posting import Reply, Unanswered
from holdfast.webhooks.model import SigningKey, WebhookEndpoint
from holdfast.webhooks.signing_keys import signing

AGENT = b"Holdfast-Webhooks/1"

_GONE = 410
_BUSY = frozenset({429, 502, 503, 504})
"""Answers of a server that has too much to do: it is left alone for as long as it asks for."""


class Post(Protocol):
    """What posts a body; see `outbound.posting.Poster.post`."""

    async def post(self, url: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Reply:
        """Post a body, and return what is answered."""
        ...


class Verdict(NamedTuple):
    """How an attempt went: `status` of an answer, or the `error` by which there was none.

    `asked` is the pause that the receiver asked for; `busy`: of all that it is sent.
    """

    took_ms: int
    status: int | None
    error: str | None
    asked: Duration = 0

    @property
    def delivered(self) -> bool:
        """Tell whether it was taken: 2xx, and nothing else."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - of the protocol

    @property
    def gone(self) -> bool:
        """Tell whether the receiver wants nothing more, ever."""
        return self.status == _GONE

    @property
    def busy(self) -> bool:
        """Tell whether the receiver has too much to do."""
        return self.status in _BUSY


async def attempt(
    post: Post,
    clock: Clock,
    endpoint: WebhookEndpoint,
    keys: tuple[SigningKey, ...],
    taken: Taken,
    source: str = SOURCE,
) -> Verdict:
    """Send a fact to an endpoint once."""
    now = clock.now()
    body = body_of(endpoint, taken, source)
    key = taken.fact.id
    headers = [
        (b"Content-Type", content_type(endpoint.form)),
        (b"User-Agent", AGENT),
        (b"webhook-id", key.encode()),
        (b"webhook-timestamp", str(now // SECOND).encode()),
        (b"webhook-signature", signatures(signing(keys, now), key, now, body).encode()),
    ]
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        reply = await post.post(endpoint.url, headers, body)
    except Unanswered as error:
        return Verdict(round((loop.time() - began) * SECOND), None, error.trouble.value)
    took = round((loop.time() - began) * SECOND)
    return Verdict(took, reply.status, None, asked_pause(reply.headers.get("retry-after"), now))
