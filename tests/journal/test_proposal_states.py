"""Every state of a proposal × every event: it goes where the table says, or is refused."""

import pytest
from agreeing import NEW, STANDS, THREE, WITHDRAW, Agreeing, person

from holdfast.journal import proposing
from holdfast.journal.proposals import TRANSITIONS, ProposalState
from holdfast.kernel.refusal import WrongState


def reach(state: ProposalState) -> Agreeing:
    """Return a home where the proposal is in this state, and takes three people."""
    there = Agreeing(THREE)
    there.ask("Li")
    match state:
        case ProposalState.OPEN:
            pass
        case ProposalState.CARRIED_OUT:
            there.ask("Wang")
            there.ask("Zhao")
        case ProposalState.WITHDRAWN:
            there.ask("Li", WITHDRAW)
        case ProposalState.LAPSED:
            there.wait_until(there.now + STANDS)
    assert there.proposal().state is state
    return there


def happen(there: Agreeing, event: str) -> None:
    """Let an event happen, past what asks the table only after something else."""
    desk, row = there.home.desk, there.proposal()
    desk.actor = person("Qian")
    match event:
        case "WithdrawProposal":
            desk.actor = person("Li")
            proposing.withdraw(desk, WITHDRAW, there.now)
        case "propose":
            proposing.propose(desk, NEW, 3, STANDS, there.now)
        case "second":
            proposing.second(desk, row, 3)
        case "carry_out":
            proposing.carry_out(desk, row, 2)
        case _:
            proposing.lapse(desk, row, there.now)


@pytest.mark.parametrize("state", TRANSITIONS)
@pytest.mark.parametrize("event", sorted({each for steps in TRANSITIONS.values() for each in steps}))
def test_every_step(state: ProposalState, event: str) -> None:
    there = reach(state)
    target = TRANSITIONS[state].get(event)
    before = there.proposal()
    if target is None:
        with pytest.raises(WrongState):
            happen(there, event)
        assert there.proposal() == before
        return
    happen(there, event)
    assert there.proposal().state is target
