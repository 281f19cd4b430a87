"""Showing: rows and facts as a caller may see them: what the table hides is left out."""

from collections.abc import Iterable
from typing import Any

from holdfast.kernel.rows import Fact, Row
from holdfast.service import documents
from holdfast.service.admission import Admitted
from holdfast.service.owning import is_whose
from holdfast.service.permissions import HIDDEN, HIDDEN_IN_FACTS, NOBODY, fact_lines
from holdfast.service.reach import OWNERS, Reach


def row(who: Admitted, found: Row) -> dict[str, Any]:
    """Return a row, without the fields that are hidden from the caller's role."""
    said: dict[str, Any] = documents.document(found)
    for name in HIDDEN.get(type(found), {}).get(who.caller.role, ()):
        said.pop(name, None)
    return said


def is_told(who: Admitted, found: Fact) -> bool:
    """Tell whether a caller is told of a fact: by its kind, and where only of its own, by whose it is."""
    reach = fact_lines().get(found.kind, NOBODY).reach(who.caller.role)
    subject = who.caller.subject
    return reach is Reach.ALL or (reach is Reach.OWN and subject is not None and is_whose(found, subject))


def fact(who: Admitted, found: Fact) -> dict[str, Any]:
    """Return a fact; to an owner, who acted is told by role alone, but where it acted itself."""
    said = documents.fact(found)
    caller = who.caller
    for name in HIDDEN_IN_FACTS.get(caller.role, ()):
        said["body"].pop(name, None)
    if caller.role in OWNERS and found.actor is not None and found.actor != caller.actor:
        del said["actor"]["id"]
    return said


def facts(who: Admitted, found: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return those facts of which a caller is told."""
    return [fact(who, each) for each in found if is_told(who, each)]


def happened(who: Admitted, found: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return what came of a caller's command: what it did itself, and of what follows what it is told of."""
    is_owner = who.caller.role in OWNERS
    return [
        fact(who, each)
        for each in found
        if is_told(who, each) or (not is_owner and each.actor == who.caller.actor)
    ]
