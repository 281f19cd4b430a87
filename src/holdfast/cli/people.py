"""Who decides at the command line: the person that `--by` names."""

from holdfast.kernel.actor import Actor, BadActor, Door, Nature, Role, check
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class NobodyNamed(Refusal):
    """The person who decides an act that nothing undoes is not named."""

    code = "nobody_named"
    sort = Sort.MALFORMED
    what = Text("须用一行写明决定人", "who decided it is to be named, in one line")
    fix = Text("请写 --by NAME：对此负责的人", "Write --by NAME: the person who answers for it")


def member_of_staff(by: str) -> Actor:
    """Return the member of the platform's staff who works at the command line.

    Raises:
        NobodyNamed: the name is empty or malformed, see `kernel.actor.check`.
    """
    actor = Actor(Nature.PERSON, by, Role.STAFF, Door.COMMAND_LINE)
    try:
        check(actor)
    except BadActor as error:
        raise NobodyNamed("by") from error
    return actor
