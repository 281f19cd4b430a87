"""Who acted, as some kinds of facts said it in a field `by` of their own, before every fact had its actor.

Such facts stand in journals for ever. What their field meant is declared beside the kind, see `ToldBy`, and
read by `journal.stored`; decision 0040.
"""

import re
from typing import NamedTuple

from holdfast.kernel.actor import Actor, Door, Nature, Role


class ToldBy(NamedTuple):
    """The meaning of the field `by` in old facts of a kind: a person's name, but for the texts in `others`.

    `role` is for whom that person acted. `others` are texts, as regular expressions, that named no person,
    and who acted then. `kept_as` is the field in which a text is kept that is not the name of who acted.
    """

    role: Role = Role.STAFF
    others: tuple[tuple[str, Actor], ...] = ()
    kept_as: str = ""

    def actor(self, by: str, recorded: Actor | None) -> Actor:
        """Return the actor of an old fact, from its field `by` and the actor that was `recorded` with it.

        A recorded person or the system stays. A recorded machine stays only where the text names no person:
        else it merely passed on that person's decision.
        """
        if recorded is not None and recorded.nature is not Nature.MACHINE:
            return recorded
        for text, other in self.others:
            if re.fullmatch(text, by):
                return recorded or other
        door = Door.LIBRARY if recorded is None else recorded.door
        return Actor(Nature.PERSON, by, self.role, door)
