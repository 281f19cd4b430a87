"""Transitions as data: a table per state, walked by one function."""

from collections.abc import Mapping
from typing import TypeVar

from holdfast.kernel.refusal import WrongState
from holdfast.kernel.text import Named, Text, listed

S = TypeVar("S", bound=Named)


def advance(table: Mapping[S, Mapping[str, S]], state: S, event: str, where: str) -> S:
    """Return the state that `event` leads to from `state`.

    Raises:
        WrongState: the table knows no such step; it names the states in which the event applies.
    """
    target = table[state].get(event)
    if target is None:
        origins = [origin.called for origin, steps in table.items() if event in steps]
        allowed = listed(origins) if origins else Text("没有任何状态", "no state")
        raise WrongState(where, state=state.called, command=event, allowed=allowed)
    return target
