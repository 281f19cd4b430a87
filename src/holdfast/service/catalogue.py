"""The catalogue: all operations of the service. Whatever routes or describes them goes through it."""

from functools import cache

from holdfast.service import batch, commands, documenting, explaining, reads, sandbox_clock
from holdfast.service.operation import Operation


@cache
def catalogue() -> tuple[Operation, ...]:
    """Return all operations."""
    found = (
        *commands.operations(),
        *batch.operations(),
        *reads.operations(),
        *sandbox_clock.operations(),
        *explaining.operations(),
    )
    return (*found, *documenting.operations(found))
