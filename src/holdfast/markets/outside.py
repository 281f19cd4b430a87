"""Those outside of a sandbox: a provider answers whatever it is asked, each after a set time."""

from collections.abc import Iterable

from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.rows import Fact
from holdfast.markets.stage import Hearing, Next
from holdfast.psp import sandbox

PROVIDER = Actor(Nature.MACHINE, "sandbox", Role.PROVIDER, Door.LIBRARY)
"""The provider of sandboxes."""


def answers(fact: Fact, _hearing: Hearing) -> Iterable[Next]:
    """Return what is done outside because of a fact. See `stage.Script`."""
    answer = sandbox.ANSWERS.get(type(fact.body))
    return () if answer is None else [Next(at, command, PROVIDER) for at, command in answer(fact)]
