"""What an error is answered with: a refusal as it is, anything else as an error of ours, which is logged."""

import logging

import psycopg

from holdfast.kernel.refusal import CommandRefused, Refusal, RefusalRecord
from holdfast.postgres.refusals import ServerUnreachable
from holdfast.service.refusals import ServiceFailed

_LOG = logging.getLogger("holdfast.service")


def recorded(error: BaseException) -> RefusalRecord:
    """Return the refusal that an error is answered with."""
    match error:
        case CommandRefused():
            return error.record
        case Refusal():
            refusal = error
        case psycopg.OperationalError():
            refusal = ServerUnreachable("database", reason=type(error).__name__)
        case _:
            _LOG.error("an operation failed", exc_info=error)
            refusal = ServiceFailed("service")
    return refusal.record()
