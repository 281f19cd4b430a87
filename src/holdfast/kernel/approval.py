"""Who decides: whether a command is a person's, and how many different people's. Declared on the command."""

from typing import NamedTuple


class Approval(NamedTuple):
    """Who decides a command.

    `by_person`: a machine that asks for it is refused. `people` names the setting of the policy that says how
    many different people have to ask for it before it happens; empty where one does. `prompted`: some task
    waits for it; else a person comes to it without being asked.
    """

    by_person: bool
    people: str = ""
    prompted: bool = True


ANYBODY = Approval(by_person=False)
"""Whoever may come in by the door."""

A_PERSON = Approval(by_person=True)
"""A person, whom a task asks."""

A_PERSON_UNASKED = Approval(by_person=True, prompted=False)
"""A person, of its own accord."""


def several_people(setting: str) -> Approval:
    """Return that as many different people decide as a setting of the policy says.

    The room of the command counts them, and keeps who they were: what one alone may cause is its own.
    """
    return Approval(by_person=True, people=setting)
