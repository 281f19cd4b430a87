"""Adopting a policy."""

from holdfast.kernel import zones
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, AdoptPolicy, InForce, PolicyAdopted


def adopt(desk: Desk, command: AdoptPolicy, now: Instant) -> list[FactBody]:
    """Bring the version into force, an earlier one too; where it is in force already, nothing happens.

    Raises:
        UnknownZone: its deadlines could not be computed.
    """
    zones.zone(command.policy.local_zone)
    version = command.policy.version
    kept = desk.find(AdoptedPolicy, version)
    if kept is None:
        kept = AdoptedPolicy(id=version, policy=command.policy)
        desk.put(kept, None)
    current = desk.find(InForce, IN_FORCE)
    if current is not None and current.version == version:
        return []
    desk.put(InForce(id=IN_FORCE, version=version, since=now), current)
    return [PolicyAdopted(version=version, policy=kept.policy)]
