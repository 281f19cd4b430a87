"""People who ask, withdraw and wait as they like, under policies that change: one alone never has it done."""

from agreeing import NEW, ONE, OTHER, STANDS, THREE, TWO, WITHDRAW, Agreeing
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from holdfast.journal.model import LogRestarted, RestartLog
from holdfast.journal.proposals import ProposalState, proposal_id
from holdfast.kernel.actor import read_as
from holdfast.kernel.clock import DAY

PEOPLE = st.sampled_from(("Li", "li", "LI", "Wang", "wang", "Zhao"))
COMMANDS = st.sampled_from((NEW, OTHER))


class Decisions(RuleBasedStateMachine):
    """Two commands about one log; `asked` are the people of each since it was last decided or dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.there = Agreeing()
        self.needed = 2
        self.asked: dict[str, set[str]] = {}
        self.until: dict[str, int] = {}

    @rule(by=PEOPLE, command=COMMANDS, key=st.sampled_from((None, "k1", "k2")))
    def ask(self, by: str, command: RestartLog, key: str | None) -> None:
        """Somebody asks."""
        there, mine = self.there, proposal_id(command)
        if self.until.get(mine, 0) <= there.now:
            self.asked[mine] = set()
        before = there.log
        outcome = there.ask(by, command, key)
        if not outcome.facts:
            assert there.log == before
            return
        people = self.asked[mine]
        people.add(read_as(by))
        if isinstance(outcome.facts[-1].body, LogRestarted):
            assert len(people) >= self.needed
            assert there.log == command.vkey != before
            self.asked[mine] = set()
            return
        assert there.log == before
        row = there.proposal(command)
        assert (row.state, set(map(read_as, row.people))) == (ProposalState.OPEN, people)
        self.until[mine] = row.until

    @rule(by=PEOPLE)
    def withdraw(self, by: str) -> None:
        """Somebody takes it back."""
        mine = WITHDRAW.proposal_id
        people: set[str] = set()
        if self.until.get(mine, 0) > self.there.now:
            people = self.asked[mine]
        done = self.there.ask(by, WITHDRAW)
        assert done.accepted is (read_as(by) in people)
        if done.accepted:
            self.asked[mine] = set()

    @rule(days=st.integers(1, 9), woken=st.booleans())
    def wait(self, days: int, *, woken: bool) -> None:
        """Time passes, and deadlines with it, or not yet."""
        to = self.there.now + days * DAY
        self.there.now = to
        if woken:
            self.there.wait_until(to)

    @rule(policy=st.sampled_from((ONE, TWO, THREE)))
    def adopt(self, policy: object) -> None:
        """Another policy comes into force."""
        chosen = next(each for each in (ONE, TWO, THREE) if each is policy)
        self.there.now += 1
        self.there.home.adopt(chosen, self.there.now)
        self.needed = chosen.log_restart_people


assert STANDS < 9 * DAY
TestDecisions = Decisions.TestCase
