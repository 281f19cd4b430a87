"""Outcomes of commands as they are answered: the facts, and what a dry run says beside them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.rehearsing import Rehearsal
from holdfast.kernel.rows import Command, Fact
from holdfast.ledger.model import Hold, Transfer
from holdfast.postgres.home import Postgres
from holdfast.service import schemas, showing
from holdfast.service.admission import Admitted
from holdfast.service.operation import Schema
from holdfast.service.resources import resources
from holdfast.service.routes import Route

REPLAYED = "Idempotency-Replayed"

_TRANSFERRED = ("from_id", "to_id", "currency", "amount_minor", "reason", "order_id")
_HELD = ("from_id", "to_id", "currency", "amount_minor", "posted_minor", "state", "reason", "order_id")

REHEARSED: Schema = {
    "type": "object",
    "properties": {
        "facts": {"type": "array", "items": schemas.FACT},
        "transfers": {"type": "array", "items": schemas.part(_TRANSFERRED)},
        "holds": {"type": "array", "items": schemas.part(_HELD)},
    },
    "required": ["facts", "transfers", "holds"],
}
"""What a dry run is answered with: the facts, and the money that would be moved, and held or let go."""


def facts_of(who: Admitted, outcome: Outcome) -> dict[str, Any]:
    """Return what a command that happened is answered with: the facts of which its caller is told."""
    return {"facts": showing.happened(who, outcome.facts)}


def would_be(who: Admitted, rehearsal: Rehearsal) -> dict[str, Any]:
    """Return what a dry run is answered with. Of accounts it says no balance: they are others' as well.

    To whom only its own is shown, postings are not: their other side is another's account.
    """
    rows = rehearsal.rows if who.owner is None else ()
    return {
        **facts_of(who, rehearsal.outcome),
        "transfers": [_part(row, _TRANSFERRED) for row in rows if isinstance(row, Transfer)],
        "holds": [_part(row, _HELD) for row in rows if isinstance(row, Hold)],
    }


def _part(row: Transfer | Hold, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def replayed(outcome: Outcome) -> dict[str, str]:
    """Return the header that says that an answer was given before, where it was."""
    return {} if outcome.replayed_ids is None else {REPLAYED: "true"}


def headers_of(route: Route, command: Command, outcome: Outcome) -> dict[str, str]:
    """Return the headers of a command that happened: that it did before, and where what it made is read."""
    return replayed(outcome) | (_location(route, command) if route.makes else {})


def _location(route: Route, command: Command) -> dict[str, str]:
    """Return where what was made is read, where its id is known from the command."""
    first = command.__struct_fields__[0]
    made: str | None = getattr(command, first) if first.endswith("_id") else None
    if made is None or route.path not in _collections():
        return {}
    return {"Location": f"{route.path}/{quote(made, safe='~')}"}


@cache
def _collections() -> frozenset[str]:
    return frozenset(each.path for each in resources())


def recalled(home: Postgres, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes with their facts, also of those that were answered before."""
    wanted = [each for outcome in outcomes for each in outcome.replayed_ids or ()]
    if not wanted:
        return list(outcomes)
    known = {each.id: each for each in home.facts_of_ids(wanted)}
    known |= {each.id: each for outcome in outcomes for each in outcome.facts}
    return [_recalled(outcome, known) for outcome in outcomes]


def _recalled(outcome: Outcome, known: Mapping[str, Fact]) -> Outcome:
    if outcome.replayed_ids is None:
        return outcome
    return outcome._replace(facts=tuple(known[each] for each in outcome.replayed_ids))


def rehearsed(home: Postgres, submissions: Sequence[Submission]) -> list[Rehearsal]:
    """Rehearse commands; of those that were answered before, return the facts of that answer."""
    found = home.rehearse(submissions)
    outcomes = recalled(home, [each.outcome for each in found])
    return [each._replace(outcome=outcome) for each, outcome in zip(found, outcomes, strict=True)]
