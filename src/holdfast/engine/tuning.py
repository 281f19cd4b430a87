"""How a process that serves many requests keeps its latency even."""

import gc

_YOUNG = 100_000
_MIDDLE = 50
_OLD = 100


def tune_process() -> None:
    """Set the collector of cycles for a process that serves; call it once, when all is set up.

    Rows, facts and outcomes make no cycles: counting references frees them. With its own thresholds the
    collector would walk everything that lives, a hundred times a second, while callers wait. What is there
    now (modules, code, plans) is put out of its sight for good; the rest it looks at a hundredth as often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
