"""Transitions as data: a table per state, walked by one function."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from holdfast.kernel.refusal import WrongState

S = TypeVar("S", bound=StrEnum)


def advance(table: Mapping[S, Mapping[str, S]], state: S, event: str, where: str) -> S:
    """Return the state that `event` leads to from `state`.

    Raises:
        WrongState: the table knows no such step; it names the states in which the event applies.
    """
    target = table[state].get(event)
    if target is None:
        allowed = ", ".join(origin for origin, steps in table.items() if event in steps) or "no state"
        raise WrongState(where, state=state.value, command=event, allowed=allowed)
    return target
