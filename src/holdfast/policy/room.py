"""What the room of policies has. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.kernel.room import STAYS, Kept, Key, Room
from holdfast.policy.checks import CHECKS
from holdfast.policy.handlers import adopt
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, AdoptPolicy, InForce
from holdfast.policy.words import WORDS


def _of_adoption(command: AdoptPolicy) -> Iterator[Key]:
    yield AdoptedPolicy, command.policy.version
    yield InForce, IN_FORCE


ROOM = Room(
    "policy",
    handles={AdoptPolicy: adopt},
    keeps=(Kept(AdoptedPolicy, "policies", STAYS), Kept(InForce, "policy_in_force", STAYS)),
    touches={AdoptPolicy: _of_adoption},
    checks=CHECKS,
    words=WORDS,
)
