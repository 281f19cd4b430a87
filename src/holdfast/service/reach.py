"""Reach: how far an operation goes for a role: over everything, over what is its own, or not at all."""

from typing import NamedTuple

from holdfast.kernel.actor import Role
from holdfast.kernel.text import Named


class Reach(Named):
    """How far an operation goes: over all that there is, or over what is the caller's own."""

    ALL = "all", "全部", "all"
    OWN = "own", "仅本方", "own"


OWNERS = frozenset({Role.CONSUMER, Role.MERCHANT})
"""The roles whose callers are somebody's: *own* means of this consumer, of this merchant."""

ROLES = (
    Role.CONSUMER,
    Role.MERCHANT,
    Role.MARKETPLACE,
    Role.PROVIDER,
    Role.ARBITER,
    Role.RISK,
    Role.FINANCE,
    Role.OPERATOR,
    Role.REGULATOR,
)
"""Roles that come in by the service, as the table's columns. *Staff* comes in by the terminal alone."""


class Line(NamedTuple):
    """A line of the table: which roles reach everything, and which reach what is their own."""

    everything: frozenset[Role]
    own: frozenset[Role] = frozenset()

    def reach(self, role: Role) -> Reach | None:
        """Return how far it goes for a role; None where it is not the role's at all."""
        if role in self.everything:
            return Reach.ALL
        return Reach.OWN if role in self.own else None


NOBODY = Line(frozenset())


def may(*everything: Role, own: tuple[Role, ...] = ()) -> Line:
    """Return a line: these roles may, and those whose own it is.

    >>> may(Role.RISK, own=(Role.MERCHANT,)).reach(Role.MERCHANT)
    <Reach.OWN: 'own'>
    """
    assert OWNERS.issuperset(own), "of the others nothing is their own"
    return Line(frozenset(everything), frozenset(own))


def reads(*everything: Role, own: tuple[Role, ...] = ()) -> Line:
    """Return a line of a read: a regulator reads whatever anybody may."""
    return may(Role.REGULATOR, *everything, own=own)
