"""What a command line says of a decision that several people have to ask for: see `journal.proposals`."""

from typing import TYPE_CHECKING

import msgspec

from holdfast.cli.people import member_of_staff
from holdfast.kernel.clock import SystemClock, iso

if TYPE_CHECKING:
    from holdfast.engine.home import Home
    from holdfast.kernel.rows import Command, Fact


class Proposed(msgspec.Struct, frozen=True):
    """A decision that waits for other people: who asked, how many more have to, by when; see `lines`."""

    fact: str
    asked: tuple[str, ...]
    left: int
    until: str


def ask(home: "Home", command: "Command", by: str) -> "tuple[Fact, Proposed | None]":
    """Have a member of staff ask for a command; return the fact of it, or of its proposal with what waits.

    Raises:
        CommandRefused: it was refused.
        NobodyNamed: see `member_of_staff`.
    """
    from holdfast.engine.execution import Submission, require_accepted  # noqa: PLC0415 - it takes 0.5 s

    [outcome] = home.run([Submission(command, SystemClock().now(), None, member_of_staff(by))])
    require_accepted(outcome)
    return outcome.facts[-1], _waiting(home, command, outcome.facts[-1])


def _waiting(home: "Home", command: "Command", fact: "Fact") -> Proposed | None:
    from holdfast.journal.proposals import (  # noqa: PLC0415 - as above
        Proposal,
        ProposalMade,
        ProposalSeconded,
        proposal_id,
    )

    body = fact.body
    if not isinstance(body, ProposalMade | ProposalSeconded):
        return None
    row = home.row(Proposal, proposal_id(command))
    left = body.needed - 1 if isinstance(body, ProposalMade) else body.left
    return Proposed(fact.id, () if row is None else row.people, left, iso(body.until))


def withdraw(home: "Home", command: "Command", by: str) -> "Fact":
    """Have a member of staff take back the proposal of a command, and return the fact of it.

    Raises:
        CommandRefused: there is none that it could take back.
        NobodyNamed: see `member_of_staff`.
    """
    from holdfast.journal.proposals import WithdrawProposal, proposal_id  # noqa: PLC0415 - as above

    fact, _ = ask(home, WithdrawProposal(proposal_id=proposal_id(command)), by)
    return fact


def lines(proposed: Proposed, command_line: str, doing: str = "") -> list[str]:
    """Say that nothing was done, who has to ask until when, and how it is asked for or taken back.

    Args:
        proposed: what waits.
        command_line: the command and what it is about.
        doing: the option that has it done.
    """
    again = " ".join(filter(None, (command_line, doing)))
    others = "a second person" if (len(proposed.asked), proposed.left) == (1, 1) else f"{proposed.left} more"
    return [
        f"proposed by {', '.join(proposed.asked)}, as fact {proposed.fact}; nothing was changed",
        f"{others} must ask for the same by {proposed.until}: {again} --by ANOTHER-NAME",
        f"who proposed it may take it back: {command_line} --withdraw --by NAME",
    ]
