"""Adopting a policy."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.policy.model import AdoptedPolicy, AdoptPolicy, PolicyAdopted


def adopt(desk: Desk, command: AdoptPolicy, _now: Instant) -> list[FactBody]:
    """Keep the version. Adopting it again changes nothing: its hash says that it is the same."""
    version = command.policy.version
    if desk.find(AdoptedPolicy, version) is not None:
        return []
    desk.put(AdoptedPolicy(id=version, policy=command.policy))
    return [PolicyAdopted(version=version, policy=command.policy)]
