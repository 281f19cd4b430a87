"""How much is tried: all by `make test-all`, by `make test` a share of the examples that chance draws."""

import os

THOROUGH = os.environ.get("HOLDFAST_TESTS") == "all"
"""Set by `make test-all`."""

_SHARE = 0.4


def examples(many: int) -> int:
    """Return how many examples a test tries, of `many`: each run draws others."""
    return many if THOROUGH else max(1, round(many * _SHARE))
