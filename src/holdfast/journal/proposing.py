"""The steps of a proposal: made, seconded, carried out, withdrawn, lapsed."""

import msgspec
from msgspec.structs import replace

from holdfast.journal.proposals import (
    TRANSITIONS,
    Proposal,
    ProposalLapsed,
    ProposalMade,
    ProposalSeconded,
    ProposalState,
    ProposalWithdrawn,
    WithdrawProposal,
    proposal_id,
)
from holdfast.journal.refusals import AskedAlready, NotTheProposer
from holdfast.kernel.actor import read_as
from holdfast.kernel.clock import Duration, Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody
from holdfast.kernel.states import advance


def is_open(row: Proposal | None, now: Instant) -> bool:
    """Tell whether a proposal still waits for people; from its deadline on it does not, woken or not."""
    return row is not None and row.state is ProposalState.OPEN and now < row.until


def check_another(row: Proposal, person: str) -> None:
    """Require that a person has not asked for it yet, under whatever spelling of its name, role or door.

    Raises:
        AskedAlready: it has.
    """
    if read_as(person) in map(read_as, row.people):
        raise AskedAlready(f"proposal:{row.id}", person=person, until=iso(row.until))


def propose(desk: Desk, command: Command, needed: int, stands: Duration, now: Instant) -> list[FactBody]:
    """Keep a command as a proposal of the desk's actor; an earlier one of the same is over."""
    key = proposal_id(command)
    was = desk.find(Proposal, key)
    facts = lapse_late(desk, was, now)
    was = desk.find(Proposal, key)
    if was is not None:
        advance(TRANSITIONS, was.state, "propose", f"proposal:{key}")
    about = ", ".join(f"{name}={getattr(command, name)}" for name in command.approval.told)
    row = Proposal(
        id=key,
        state=ProposalState.OPEN,
        number=desk.ids.new(now),
        command=type(command).__name__,
        asked=msgspec.json.encode(command.kept()).decode(),
        people=(desk.actor.id,),
        needed=needed,
        since=now,
        until=now + stands,
        wake_at=now + stands,
    )
    desk.put(row, was)
    made = ProposalMade(number=row.number, command=row.command, about=about, needed=needed, until=row.until)
    return [*facts, made]


def second(desk: Desk, row: Proposal, needed: int) -> list[FactBody]:
    """Count one more person, who is not the last one; `needed` may be more than it was."""
    state = advance(TRANSITIONS, row.state, "second", f"proposal:{row.id}")
    people = (*row.people, desk.actor.id)
    desk.put(replace(row, state=state, people=people, needed=needed), row)
    return [_seconded(row, people, needed)]


def carry_out(desk: Desk, row: Proposal, needed: int) -> list[FactBody]:
    """Close a proposal with its last person; what it is of happens in the same transaction."""
    state = advance(TRANSITIONS, row.state, "carry_out", f"proposal:{row.id}")
    people = (*row.people, desk.actor.id)
    desk.put(replace(row, state=state, people=people, needed=needed, asked="", wake_at=None), row)
    return [_seconded(row, people, needed)]


def _seconded(row: Proposal, people: tuple[str, ...], needed: int) -> ProposalSeconded:
    left = max(0, needed - len(people))
    return ProposalSeconded(
        number=row.number, command=row.command, asked=len(people), left=left, until=row.until
    )


def withdraw(desk: Desk, command: WithdrawProposal, now: Instant) -> list[FactBody]:
    """End a proposal by the word of one who asked for it: what cannot be undone can wait.

    Raises:
        WrongState: it is over, or its deadline is.
        NotTheProposer: this person did not ask for it.
    """
    row = desk.need(Proposal, command.proposal_id)
    late = row.state is ProposalState.OPEN and not is_open(row, now)
    was = ProposalState.LAPSED if late else row.state
    state = advance(TRANSITIONS, was, "WithdrawProposal", f"proposal:{row.id}")
    if read_as(desk.actor.id) not in map(read_as, row.people):
        people = ", ".join(row.people)
        raise NotTheProposer(f"proposal:{row.id}", person=desk.actor.id, people=people)
    desk.put(replace(row, state=state, asked="", wake_at=None), row)
    return [ProposalWithdrawn(number=row.number, command=row.command)]


def lapse(desk: Desk, row: Proposal, _now: Instant) -> list[FactBody]:
    """End a proposal for which too few people asked by its deadline."""
    state = advance(TRANSITIONS, row.state, "lapse", f"proposal:{row.id}")
    desk.put(replace(row, state=state, asked="", wake_at=None), row)
    return [ProposalLapsed(number=row.number, command=row.command, asked=len(row.people), until=row.until)]


def lapse_late(desk: Desk, row: Proposal | None, now: Instant) -> list[FactBody]:
    """End a proposal whose deadline is over and has not been woken yet; who asks now begins anew."""
    if row is None or row.state is not ProposalState.OPEN or is_open(row, now):
        return []
    return lapse(desk, row, now)
