"""How hard the learning adversary searches; with few runs it is not searched for long."""

from enum import StrEnum

import msgspec


class Effort(msgspec.Struct, frozen=True):
    """How hard it is searched: strategies a generation, generations, and how many teach the next.

    `judged` merchants follow the strategies found in the end, so that luck is not taken for skill.
    """

    candidates: int
    generations: int
    elite: int
    judged: int

    @property
    def lives(self) -> int:
        """Return the number of merchants that a search simulates, which is its cost."""
        return self.candidates * self.generations + 2 * self.judged


FULL = Effort(candidates=32, generations=6, elite=6, judged=12)
QUICK = Effort(candidates=8, generations=2, elite=3, judged=2)
"""Little more than the known strategies of adversaries is tried: enough for a first look."""

FULL_FROM_RUNS = 10
"""Runs from which on a search in full is worth its time: figures of fewer runs are rough all the same."""


class Learning(StrEnum):
    """How hard to search, as a user says it."""

    NONE = "none"
    QUICK = "quick"
    FULL = "full"


_EFFORTS = {Learning.NONE: None, Learning.QUICK: QUICK, Learning.FULL: FULL}


def effort(asked: Learning | None, runs: int, *, named: bool) -> Effort | None:
    """Return how hard is searched: as asked for; else, where the learning one is `named`, by the runs."""
    if asked is None:
        by_runs = FULL if runs >= FULL_FROM_RUNS else QUICK
        return by_runs if named else None
    return _EFFORTS[asked]
