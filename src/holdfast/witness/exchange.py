"""One HTTP exchange with a witness: an answer of bounded size and time, and no redirects."""

from contextlib import closing
from typing import NamedTuple

from holdfast.outbound import address
from holdfast.outbound.address import BadUrl
from holdfast.outbound.limits import NoAnswer, Within, printable
from holdfast.witness.refusals import BadWitnessUrl, WitnessUnreachable

_LINES = 2


class Request(NamedTuple):
    """A request below the prefix of a witness."""

    method: str
    url: str
    path: str
    body: bytes | None = None


class Answer(NamedTuple):
    """An answer, as far as it was read."""

    status: int
    kind: str | None
    body: bytes

    @property
    def shown(self) -> str:
        """Return the beginning of its first lines, one a language, as one line without control characters."""
        lines = self.body.decode("utf-8", "replace").strip().splitlines()[:_LINES]
        return " / ".join(map(printable, lines)) or "—"


def exchange(request: Request, limit: int, within: Within) -> Answer:
    """Send a request, and return the answer; of a body longer than `limit`, one byte more than the limit.

    Args:
        request: the request.
        limit: the maximal size of the body, in bytes.
        within: the time for the whole exchange.

    Raises:
        BadWitnessUrl: the URL is not http or https, or has what a prefix has not.
        WitnessUnreachable: there was no whole answer in time.
    """
    from holdfast.outbound import client  # noqa: PLC0415 - it brings httpx, and most logs ask no witness

    try:
        parts = address.prefix(request.url)
    except BadUrl as error:
        raise BadWitnessUrl(repr(request.url), reason=error.told) from error
    url = parts._replace(path=parts.path.rstrip("/") + request.path).geturl()
    headers = {"Accept-Encoding": "identity", "Connection": "close"}
    if request.body is not None:
        headers["Content-Type"] = "text/plain"
    asked = client.Request(request.method, url, headers, request.body)
    try:
        with closing(client.Client()) as asking, asking.asking(asked, within) as answer:
            return Answer(answer.status, answer.header("Content-Type"), answer.read(limit))
    except NoAnswer as error:
        raise WitnessUnreachable(request.url, reason=error.told) from error
