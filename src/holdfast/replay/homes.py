"""Where the replay of a policy lives: in memory, or in a schema of its own in PostgreSQL."""

import gc
import re
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from random import Random

from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.kernel.ids import Ids

HomeFactory = Callable[[int, str], AbstractContextManager[Home]]
"""Opens the home of the policy with this number, from 1, and this name."""


def memory(seed: int) -> HomeFactory:
    """Return the factory of homes in memory; each is gone when it is closed."""

    @contextmanager
    def opened(_number: int, _policy: str) -> Generator[Home]:
        # Rows and facts make no cycles: the collector would walk them all again and again, and find nothing.
        enabled = gc.isenabled()
        gc.disable()
        try:
            yield Memory(Ids(Random(seed)))  # noqa: S311 - a simulation, repeatable on purpose
        finally:
            if enabled:
                gc.enable()

    return opened


def schema_name(number: int, policy: str) -> str:
    """Return the schema of a policy's replay: `replay_2_covered_0_99`."""
    slug = re.sub(r"[^a-z0-9]+", "_", policy.lower()).strip("_")
    return f"replay_{number}_{slug}"[:63].rstrip("_")
