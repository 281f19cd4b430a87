"""What tests of publishing do again and again."""

from contextlib import closing
from random import Random

from histories import START
from holdfast.engine.execution import Submission, require_accepted
from holdfast.journal import erasing
from holdfast.journal.erasing import Plan
from holdfast.journal.held import KeysHeld, LogHeld
from holdfast.journal.model import DestroyKeys
from holdfast.journal.proposals import ProposalMade
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import CommandRefused, Refusal
from holdfast.kernel.rows import Command, Fact
from holdfast.postgres.home import Postgres
from holdfast.postgres.keepers import Keepers
from holdfast.postgres.wire import open_wire
from holdfast.publishing import anew
from holdfast.publishing.erasures import Erasure
from holdfast.publishing.keyring import Keyring, Remember, look
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.sequencer import Sequencer

LI = Actor(Nature.PERSON, "Li", Role.STAFF, Door.COMMAND_LINE)
WANG = Actor(Nature.PERSON, "Wang", Role.STAFF, Door.COMMAND_LINE)

REFUSED = (Refusal, CommandRefused)


def take_all(url: str, publisher: Publisher) -> None:
    """Have the log take all that waits."""
    with closing(Sequencer(url, None, publisher)) as sequencer:
        while sequencer.step().facts:
            pass


def unlisted(_erasure: Erasure) -> None:
    """Keep no list of erasures."""


def destroy(url: str, subject: str, at: Instant, remember: Remember = unlisted, actor: Actor = LI) -> Fact:
    """Destroy the keys of a subject that are due."""
    return decided(url, DestroyKeys(subject=subject), at, {KeysHeld: Keyring(remember)}, actor)


def restart(url: str, log: Place, actor: Actor = LI) -> Fact:
    """Begin another log."""
    return decided(url, anew.restart(log), START, {LogHeld: anew.LogKeeper()}, actor)


def decided(url: str, command: Command, at: Instant, keepers: Keepers, actor: Actor) -> Fact:
    """Have a command accepted, by a second person too where it takes two, or raise what it was refused for.

    Returns:
        its own fact, the last.
    """
    with closing(Postgres(url, None, Ids(Random(77)), guard=None, keepers=keepers)) as home:
        [outcome] = home.run([Submission(command, at, None, actor)])
        require_accepted(outcome)
        if isinstance(outcome.facts[-1].body, ProposalMade):
            [outcome] = home.run([Submission(command, at, None, WANG)])
            require_accepted(outcome)
    return outcome.facts[-1]


def plan(url: str, subject: str, at: Instant) -> Plan | None:
    """Return what an erasure would do; None where there is no key."""
    with open_wire(url, None) as connection, connection.transaction():
        held = look(connection, subject)
    return None if held is None else erasing.plan(held, at)


def code_of(error: BaseException) -> str:
    """Return the code of a refusal."""
    if isinstance(error, CommandRefused):
        return error.record.code
    assert isinstance(error, Refusal)
    return error.code
