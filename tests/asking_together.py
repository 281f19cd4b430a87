"""Many callers of a front at once."""

import asyncio
from collections.abc import Sequence

from holdfast.engine.execution import Outcome
from holdfast.engine.front import Front
from holdfast.kernel.rows import Command


async def ask_together(front: Front, commands: Sequence[tuple[Command, str | None]]) -> list[Outcome]:
    """Submit each command with its key before any is answered; return the outcomes in their order."""
    return await asyncio.gather(*(front.submit(command, key) for command, key in commands))
