"""Who asks for a command in a test: the program, a person where one is needed, or whoever is named."""

from typing import NamedTuple

from holdfast.engine.execution import Submission
from holdfast.kernel.actor import LIBRARY, Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command


class Said(NamedTuple):
    """A command that a member of the platform's staff asks for, by name."""

    by: str
    command: Command


Asked = Command | Said


def person(name: str = "Li") -> Actor:
    """Return a member of the platform's staff."""
    return Actor(Nature.PERSON, name, Role.STAFF, Door.CONSOLE)


def said(by: str, command: Command) -> Asked:
    """Return a command that a person asks for where one is needed, and the program where none is."""
    return Said(by, command) if command.approval.by_person else command


def asked(what: Asked, at: Instant, key: str | None = None) -> Submission:
    """Return a command as it is submitted."""
    if isinstance(what, Said):
        return Submission(what.command, at, key, person(what.by))
    return Submission(what, at, key, person() if what.approval.by_person else LIBRARY)
