"""Who acts: a person, a machine by its key, or the system itself; in which role, and by which door.

Two people are two actors. So that nobody becomes another one by a space or a capital letter, an actor's id
has one form, which is checked where it comes in, and people are compared as they read a name.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Named, Text

MAX_ID = 100
"""Characters of an actor's id."""


class Nature(Named):
    """The nature of an actor: a person, a machine, or the engine itself."""

    PERSON = "person", "人"
    MACHINE = "machine", "程序"
    SYSTEM = "system", "系统"


class Role(Named):
    """The role of an actor: on whose side it acts.

    *Risk*, *finance* and *operator* are the platform's people, by what they do. *Staff* was all of them
    before, and is whoever sits at the platform's own terminal.
    """

    CONSUMER = "consumer", "消费者"
    MERCHANT = "merchant", "商家"
    STAFF = "staff", "工作人员"
    ARBITER = "arbiter", "评审员"
    RISK = "risk", "风控人员", "risk analyst"
    FINANCE = "finance", "财务人员"
    OPERATOR = "operator", "运营人员"
    REGULATOR = "regulator", "监管人员"
    PROVIDER = "provider", "支付机构"
    MARKETPLACE = "marketplace", "平台"
    SYSTEM = "system", "系统"


class Door(Named):
    """The door: the channel by which a command comes in. *Library*: the program that embeds the home."""

    LIBRARY = "library", "程序内调用"
    COMMAND_LINE = "cli", "命令行", "command line"
    API = "api", "接口", "API"
    CONSOLE = "console", "控制台"
    FILE = "file", "文件"
    ENGINE = "engine", "引擎"


class BadActor(Refusal):
    """The actor is malformed: its id is not in normal form, or it claims to be the engine."""

    code = "bad_actor"
    sort = Sort.MALFORMED
    what = Text("{id!r} 不能作为行为人：{reason}", "{id!r} names nobody: {reason}")
    fix = Text(
        "行为人写作 1 至 100 个可见字符，首尾不留空格，中间不连续空格",
        "Name who acts by 1 to 100 printable characters, without spaces at the ends or two in a row",
    )


class PersonNeeded(Refusal):
    """A machine sent a command that only a person may decide."""

    code = "person_needed"
    sort = Sort.FORBIDDEN
    what = Text("{actor} 不是人，而此事须由人决定", "{actor} is no person, and a person decides this")
    fix = Text("请由登录或具名的人提出", "Let a person ask for it, signed in or named as who acts")


class BadActorText(Exception):  # noqa: N818 - a stored text that is none of ours
    """A stored text does not parse as an actor."""


class Actor(msgspec.Struct, frozen=True):
    """Who submitted a command, or made a fact. `id` is the person's account, or the name of the key.

    >>> li = Actor(Nature.PERSON, "li", Role.STAFF, Door.CONSOLE)
    >>> li.text(), li.subject
    ('person/staff/console/li', 'actor:person/li')
    >>> parse(li.text()) == li
    True
    """

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


_EMPTY = Text("是空的", "it is empty")
_LONG = Text(f"超过 {MAX_ID} 个字符", f"it has more than {MAX_ID} characters")
_ENGINES = Text("只有引擎以系统名义行事", "nobody but the engine acts as the system")
_SPACES = Text("首尾有空格，或有连续空格", "it has spaces at its ends or two in a row")
_UNPRINTED = Text("有不可见字符", "it has a character that is not printed")
_LOOSE = Text("字符未按 NFC 合成", "its characters are not composed (NFC)")


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
        reason = _EMPTY if not key else _LONG
    elif actor.nature is Nature.SYSTEM:
        reason = _ENGINES
    elif key != " ".join(key.split()):
        reason = _SPACES
    elif not key.isprintable():
        reason = _UNPRINTED
    elif unicodedata.normalize("NFC", key) != key:
        reason = _LOOSE
    if reason is not None:
        raise BadActor("actor", id=key, reason=reason)


def check_person(actor: Actor, where: str) -> None:
    """Require that the actor is a person: the command is a person's decision.

    Raises:
        PersonNeeded: it is a machine, or the system.
    """
    if actor.nature is not Nature.PERSON:
        raise PersonNeeded(
            where, actor=Text(f"{actor.nature.called.zh} {actor.id}", f"the {actor.nature} {actor.id}")
        )


def read_as(name: str) -> str:
    """Return the comparison key of a name: folded in case, width and spaces, as people read it.

    >>> read_as("Li  Wei") == read_as("li wei")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


LIBRARY = Actor(Nature.MACHINE, "library", Role.MARKETPLACE, Door.LIBRARY)
"""The default actor: the program that embeds the home, where a command names nobody else."""

TERMINAL = Actor(Nature.MACHINE, "terminal", Role.STAFF, Door.COMMAND_LINE)
"""A command line at which nobody is named; what needs a person names one."""

HISTORY = Actor(Nature.MACHINE, "history", Role.MARKETPLACE, Door.FILE)
"""The actor of imported histories: commands that a replay makes from a file of orders."""

OUTSIDE = Actor(Nature.MACHINE, "outside", Role.PROVIDER, Door.FILE)
"""The simulated outside world of a replay: it answers what the engine asked a provider or a carrier for."""

CLOCK = Actor(Nature.SYSTEM, "clock", Role.SYSTEM, Door.ENGINE)
"""The engine, acting because a deadline came."""

RESTORE = Actor(Nature.MACHINE, "restore", Role.STAFF, Door.COMMAND_LINE)
"""The restoring of a backup, which erases again what was erased since."""

REACTION = Actor(Nature.SYSTEM, "reaction", Role.SYSTEM, Door.ENGINE)
"""The engine, acting because one fact followed from another."""

_AS_THEIR_ROLE = frozenset({LIBRARY, HISTORY, OUTSIDE})
"""Machines that are told by their role, as their names say nothing to a reader."""

_IN_A_SENTENCE: Mapping[Role, str] = {
    Role.CONSUMER: "a consumer",
    Role.MERCHANT: "a merchant",
    Role.STAFF: "a member of staff",
    Role.ARBITER: "an arbiter",
    Role.RISK: "a risk analyst",
    Role.FINANCE: "a member of the finance team",
    Role.OPERATOR: "an operator",
    Role.REGULATOR: "a regulator",
    Role.PROVIDER: "the payment provider",
    Role.MARKETPLACE: "the marketplace",
    Role.SYSTEM: "the system",
}
"""A role with its article, which 中文 has none of."""


def by_role(actor: Actor | None) -> Text:
    """Return how an act's actor is named to those who are not told who it was: by its role alone."""
    told = named(actor)
    if actor is None or actor.nature is Nature.SYSTEM:
        return told
    role = _IN_A_SENTENCE[actor.role]
    return Text(told.zh, role if actor.nature is Nature.PERSON else f"{role}'s machine")


def named(actor: Actor | None) -> Text:
    """Return how an act's actor is named within a sentence, in English by name, in 中文 by role.

    What is told in 中文 is handed to others (`packing`), who learn of a person no more than the log shows.
    """
    if actor is None:
        return Text("有人", "somebody")
    zh, en = actor.role.called.zh, _IN_A_SENTENCE[actor.role]
    match actor.nature:
        case Nature.PERSON:
            return Text(zh, actor.id)
        case Nature.MACHINE:
            return Text(f"{zh}程序", en if actor in _AS_THEIR_ROLE else f"{en}'s machine {actor.id}")
        case Nature.SYSTEM:
            return Text(zh, "the clock" if actor == CLOCK else en)
