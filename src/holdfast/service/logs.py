"""The log of a service: one JSON object a line, on stderr."""

import logging
import sys

import msgspec

from holdfast.kernel.clock import Clock
from holdfast.service.times import written

REQUESTS = "holdfast.requests"
"""The logger of requests, whose messages are JSON already."""

_REQUESTS = logging.getLogger(REQUESTS)


def request(line: bytes) -> None:
    """Log the line of a request, a JSON object: as any other, without asking who logs it."""
    if _REQUESTS.isEnabledFor(logging.INFO):
        _REQUESTS.handle(logging.LogRecord(REQUESTS, logging.INFO, "", 0, line.decode(), (), None))


class _Lines(logging.Formatter):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        if record.name == REQUESTS:
            return record.getMessage()
        line = {
            "at": written(self._clock.now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"error": self.formatException(record.exc_info)} if record.exc_info else {}),
        }
        return msgspec.json.encode(line).decode()


def install(clock: Clock) -> None:
    """Have all that Holdfast logs written to stderr, and nothing of it elsewhere."""
    # No line says where in the code, in which thread or process it was written: not to look is faster.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(clock))
    ours = logging.getLogger("holdfast")
    ours.handlers = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False
