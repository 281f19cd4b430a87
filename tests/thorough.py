"""How much is tried: all by `make test-all`, by `make test` a share of the examples.

Both try the same examples each time: whether a change may land depends on the change, and not on a day's
chance. `make explore` has chance draw others, and more of them.
"""

import os

EXPLORING = os.environ.get("HOLDFAST_TESTS") == "explore"
"""Set by `make explore`."""

THOROUGH = EXPLORING or os.environ.get("HOLDFAST_TESTS") == "all"
"""Set by `make test-all`, too."""

_SHARE = 0.4


def examples(many: int) -> int:
    """Return how many examples a test tries, of `many`."""
    if EXPLORING:
        return many * 4
    return many if THOROUGH else max(1, round(many * _SHARE))
