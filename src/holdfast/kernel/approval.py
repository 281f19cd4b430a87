"""Who decides: whether a command is a person's, and how many different people's. Declared on the command."""

from collections.abc import Callable
from typing import Any, NamedTuple

from holdfast.kernel.actor import Actor


class Approval(NamedTuple):
    """Who decides a command.

    `by_person`: a machine that asks for it is refused. `people` names the setting of the policy that says how
    many different people have to ask for it before it happens; empty where one does. `prompted`: some task
    waits for it; else a person comes to it without being asked. `same` are the fields by which two requests
    are one proposal: where there are any, the engine counts who asks. `told` are those of them that the
    journal may name before it happens. `unless` is true of commands that anybody decides all the same, by who
    asks for them: what reaches nothing but one's own.
    """

    by_person: bool
    people: str = ""
    prompted: bool = True
    same: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    unless: Callable[[Any, Actor], bool] | None = None

    def of(self, command: object, actor: Actor) -> "Approval":
        """Return who decides this very command, where this actor asks for it."""
        return ANYBODY if self.unless is not None and self.unless(command, actor) else self


ANYBODY = Approval(by_person=False)
"""Whoever may come in by the door."""

A_PERSON = Approval(by_person=True)
"""A person, whom a task asks."""

A_PERSON_UNASKED = Approval(by_person=True, prompted=False)
"""A person, of its own accord."""


def several_people(setting: str) -> Approval:
    """Return that as many different people decide as a setting of the policy says, and the room counts them.

    It is for a command whose first asking has an effect of its own: what one alone may cause is the room's.
    """
    return Approval(by_person=True, people=setting)


def agreeing_people(
    setting: str,
    *,
    same: tuple[str, ...],
    told: tuple[str, ...] = (),
    unless: Callable[[Any, Actor], bool] | None = None,
) -> Approval:
    """Return that as many different people have to ask for the same as a setting of the policy says.

    The engine counts them, in a proposal: until there are enough nothing happens. The first comes unasked.

    Args:
        setting: the name of the setting.
        same: the fields in which their requests have to agree; they may differ in all others.
        told: the fields, of these, that the journal names when it is proposed.
        unless: where it is true of a command and its actor, anybody decides.
    """
    return Approval(by_person=True, people=setting, prompted=False, same=same, told=told, unless=unless)
