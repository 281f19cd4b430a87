"""The periods of each version, from the journal: 网络交易监督管理办法 art 28 asks for three years of them."""

from collections.abc import Iterable

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.policy.model import Policy, PolicyAdopted


class Period(msgspec.Struct, frozen=True):
    """A stretch of time in which a version was in force, from `since` to `until`, which is no part of it.

    `until` is None where it is in force now. `fact_id` is the fact that brought it into force. A version that
    came back has a period each time.
    """

    policy: Policy
    since: Instant
    until: Instant | None
    fact_id: str

    @property
    def version(self) -> str:
        """Return the version that was in force."""
        return self.policy.version


def periods(adoptions: Iterable[Fact]) -> list[Period]:
    """Return every period, newest first.

    Args:
        adoptions: facts ascending by id; those of other kinds than `PolicyAdopted` are passed over.
    """
    found: list[Period] = []
    until: Instant | None = None
    for fact in sorted(adoptions, key=_id, reverse=True):
        if isinstance(fact.body, PolicyAdopted):
            found.append(Period(fact.body.policy, fact.at, until, fact.id))
            until = fact.at
    return found


def _id(fact: Fact) -> str:
    return fact.id


def in_force_after(told: Iterable[Period], since: Instant) -> list[Period]:
    """Return the periods that had not ended at `since`: with them, what was in force at that very instant."""
    return [period for period in told if period.until is None or period.until > since]


def of_version(told: Iterable[Period], version: str) -> list[Period]:
    """Return the periods of one version, in the order in which all are told."""
    return [period for period in told if period.version == version]
