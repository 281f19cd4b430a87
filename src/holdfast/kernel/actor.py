"""Who acts: a person, a machine by its key, or the system itself; in which role, and by which door.

Two people are two actors. So that nobody becomes another one by a space or a capital letter, an actor's id
has one form, which is checked where it comes in, and people are compared as they read a name.
"""

import unicodedata
from enum import StrEnum
from functools import lru_cache

import msgspec

from holdfast.kernel.refusal import Refusal

MAX_ID = 100
"""Characters of an actor's id."""


class Nature(StrEnum):
    """What an actor is."""

    PERSON = "person"
    MACHINE = "machine"
    SYSTEM = "system"


class Role(StrEnum):
    """For whom an actor acts."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"
    STAFF = "staff"
    ARBITER = "arbiter"
    REGULATOR = "regulator"
    PROVIDER = "provider"
    MARKETPLACE = "marketplace"
    SYSTEM = "system"


class Door(StrEnum):
    """By which way a command comes in. *Library*: from the program that has the home within itself."""

    LIBRARY = "library"
    COMMAND_LINE = "cli"
    API = "api"
    CONSOLE = "console"
    FILE = "file"
    ENGINE = "engine"


class BadActor(Refusal):
    """No command may come from this actor: its id has not its one form, or it claims to be the engine."""

    code = "bad_actor"
    what = "{id!r} names nobody: {reason}"
    fix = "Name who acts by 1 to 100 printable characters, without spaces at the ends or two in a row"


class BadActorText(Exception):  # noqa: N818 - a stored text that is none of ours
    """A text is no actor's."""


class Actor(msgspec.Struct, frozen=True):
    """Who submitted a command, or made a fact. `id` is the person's account, or the name of the key."""

    nature: Nature
    id: str
    role: Role
    door: Door

    @property
    def subject(self) -> str:
        """Return the actor's name among the subjects of the log, whatever its role and door."""
        return f"actor:{self.nature}/{self.id}"

    def text(self) -> str:
        """Return the actor in one line, as it is stored: `person/staff/cli/li`."""
        return _text(self)


@lru_cache(1024)
def _text(actor: Actor) -> str:
    return f"{actor.nature}/{actor.role}/{actor.door}/{actor.id}"


@lru_cache(1024)
def parse(text: str) -> Actor:
    """Return the actor of a stored line.

    Raises:
        BadActorText: it is none.
    """
    parts = text.split("/", 3)
    try:
        nature, role, door, key = parts
        return Actor(Nature(nature), key, Role(role), Door(door))
    except ValueError as error:
        raise BadActorText(text) from error


@lru_cache(1024)
def check(actor: Actor) -> None:
    """Refuse an actor that no command may come from.

    Raises:
        BadActor: it claims to be the engine; or its id is empty or too long, has spaces at its ends or two in
            a row, a character that is not printed, or another form than NFC (Unicode Standard Annex 15).
    """
    key = actor.id
    reason = None
    if not 0 < len(key) <= MAX_ID:
        reason = "it is empty" if not key else f"it has more than {MAX_ID} characters"
    elif actor.nature is Nature.SYSTEM:
        reason = "nobody but the engine acts as the system"
    elif key != " ".join(key.split()):
        reason = "it has spaces at its ends or two in a row"
    elif not key.isprintable():
        reason = "it has a character that is not printed"
    elif unicodedata.normalize("NFC", key) != key:
        reason = "its characters are not composed (NFC)"
    if reason is not None:
        raise BadActor("actor", id=key, reason=reason)


def read_as(name: str) -> str:
    """Return a name as people read it: case, width and spaces do not make another person of somebody."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


LIBRARY = Actor(Nature.MACHINE, "library", Role.MARKETPLACE, Door.LIBRARY)
"""The program that has the home within itself, where it says of no command who sent it."""

TERMINAL = Actor(Nature.MACHINE, "terminal", Role.STAFF, Door.COMMAND_LINE)
"""A command line at which nobody is named; what needs a person names one."""

HISTORY = Actor(Nature.MACHINE, "history", Role.MARKETPLACE, Door.FILE)
"""A history that is played."""

OUTSIDE = Actor(Nature.MACHINE, "outside", Role.PROVIDER, Door.FILE)
"""The outside world of a history that is played: it answers what the engine asked of it."""

CLOCK = Actor(Nature.SYSTEM, "clock", Role.SYSTEM, Door.ENGINE)
"""The engine, where a deadline came."""

REACTION = Actor(Nature.SYSTEM, "reaction", Role.SYSTEM, Door.ENGINE)
"""The engine, where one fact followed from another."""
