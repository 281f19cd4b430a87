"""The people of a history or a market that is played: what a person decides comes from one of them."""

from holdfast.kernel.actor import Actor, Door, Nature, Role

ARBITER = Actor(Nature.PERSON, "arbiter", Role.ARBITER, Door.FILE)
"""Who decides claims."""


def officer(number: int) -> Actor:
    """Return one of the platform's risk officers, counted from 1: two numbers are two people."""
    return Actor(Nature.PERSON, f"risk officer {number}", Role.STAFF, Door.FILE)
