"""A market whose home holds a log, so that it can be begun anew: what needs two people is tried on it."""

from random import Random

from msgspec.structs import replace

from histories import START, policy
from holdfast.audit.checks import audit
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.journal.held import LOG, LogHeld
from holdfast.journal.model import RestartLog
from holdfast.journal.proposals import Proposal, WithdrawProposal, proposal_id
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, FactBody
from holdfast.policy.model import Policy

NEW = RestartLog(origin="log.example/new", vkey="new")
OTHER = RestartLog(origin="log.example/other", vkey="other")
WITHDRAW = WithdrawProposal(proposal_id=proposal_id(NEW))

TWO = policy("full")
ONE = replace(TWO, version="one", log_restart_people=1)
THREE = replace(TWO, version="three", log_restart_people=3)
STANDS = TWO.proposal_stands


def person(name: str, role: Role = Role.STAFF, door: Door = Door.COMMAND_LINE) -> Actor:
    """Return a person."""
    return Actor(Nature.PERSON, name, role, door)


class Agreeing:
    """A home in memory that holds a log without leaves."""

    def __init__(self, chosen: Policy | None = TWO) -> None:
        self.home = Memory(Ids(Random(1)), guard=None)
        self.now: Instant = START
        if chosen is not None:
            self.home.adopt(chosen, self.now)
        self.home.desk.put(LogHeld(id=LOG, origin=None, vkey="old", size=0), None)
        self.home.desk.changes = []

    def ask(self, by: str | Actor, command: Command = NEW, key: str | None = None) -> Outcome:
        """Have somebody ask for a command; nothing may be wrong afterwards."""
        actor = person(by) if isinstance(by, str) else by
        [outcome] = self.home.run([Submission(command, self.now, key, actor)])
        self.check()
        return outcome

    def told(self, by: str | Actor, command: Command = NEW, key: str | None = None) -> list[str]:
        """Return the kinds of the facts that came of it, or the code that it was refused with."""
        outcome = self.ask(by, command, key)
        return kinds(outcome) if outcome.refusal is None else [outcome.refusal.code]

    def wait_until(self, at: Instant) -> list[FactBody]:
        """Let deadlines happen; return what is told."""
        before = len(list(self.home.facts()))
        self.home.advance(at)
        self.now = at
        self.check()
        return [fact.body for fact in list(self.home.facts())[before:]]

    def proposal(self, command: Command = NEW) -> Proposal:
        """Return the proposal of a command."""
        row = self.home.row(Proposal, proposal_id(command))
        assert row is not None
        return row

    @property
    def log(self) -> str | None:
        """Return the key of the log that the facts go into."""
        row = self.home.row(LogHeld, LOG)
        assert row is not None
        return row.vkey

    def check(self) -> None:
        """Audit."""
        assert not audit(self.home).findings


def kinds(outcome: Outcome) -> list[str]:
    """Return the kinds of an answer's facts."""
    return [fact.kind for fact in outcome.facts]


MADE = ["ProposalMade"]
DONE = ["ProposalSeconded", "LogRestarted"]
