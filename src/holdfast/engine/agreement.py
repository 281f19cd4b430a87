"""The second approval: what several people have to ask for happens with the last of them, or not at all."""

from holdfast.journal import proposing
from holdfast.journal.proposals import Proposal, proposal_id
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.room import Handler
from holdfast.kernel.rows import Command, FactBody
from holdfast.policy.model import IN_FORCE, InForce, Policy, adopted


def decided(desk: Desk, handler: Handler, command: Command, now: Instant) -> list[FactBody]:
    """Run the handler of a command, once as many people asked for the same as it needs.

    Which proposal it carries out is on the desk. Of the policy in force and the one under which it was
    proposed the larger number counts: neither a change of policy nor an old proposal makes one person enough.

    Raises:
        Refusal: the handler refuses, or would if it happened now; a person who asked before asks again.
    """
    desk.proposal = ""
    approval = command.approval.of(command, desk.actor)
    if not approval.same:
        return list(handler(desk, command, now))
    policy = _in_force(desk)
    needed = 1 if policy is None else getattr(policy, approval.people)
    row = desk.find(Proposal, proposal_id(command))
    if row is None or not proposing.is_open(row, now):
        if policy is None or needed == 1:
            return [*proposing.lapse_late(desk, row, now), *handler(desk, command, now)]
        _try(desk, handler, command, now)
        return proposing.propose(desk, command, needed, policy.proposal_stands, now)
    proposing.check_another(row, desk.actor.id)
    needed = max(needed, row.needed)
    if len(row.people) + 1 < needed:
        _try(desk, handler, command, now)
        return proposing.second(desk, row, needed)
    desk.proposal = row.number
    return [*proposing.carry_out(desk, row, needed), *handler(desk, command, now)]


def _in_force(desk: Desk) -> Policy | None:
    """Return the policy in force; before there is any, one person is enough, as for all of the beginning."""
    row = desk.find(InForce, IN_FORCE)
    return None if row is None else adopted(desk, row.version)


def _try(desk: Desk, handler: Handler, command: Command, now: Instant) -> None:
    """Run the handler and undo it: nobody is asked to agree with what could not happen."""
    handler(desk, command, now)
    desk.undo()
