"""Every table of transitions as a state diagram."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from holdfast.enforcement.model import TRANSITIONS as WIND_DOWNS
from holdfast.guarantees.model import TRANSITIONS as GUARANTEES
from holdfast.ledger.model import TRANSITIONS as HOLDS
from holdfast.orders.model import TRANSITIONS as ORDERS
from holdfast.parties.model import TRANSITIONS as MERCHANTS
from holdfast.settlement.model import CLAIM_TRANSITIONS as CLAIMS
from holdfast.settlement.model import RECOVERY_TRANSITIONS as RECOVERIES
from holdfast.settlement.otherwise import DOUBT_TRANSITIONS as DOUBTS
from holdfast.settlement.otherwise import REPAYMENT_TRANSITIONS as REPAYMENTS

TABLES: Mapping[str, Mapping[StrEnum, Mapping[str, StrEnum]]] = {
    "Orders": ORDERS,  # pyright: ignore[reportAssignmentType]
    "Claims": CLAIMS,  # pyright: ignore[reportAssignmentType]
    "Holds": HOLDS,  # pyright: ignore[reportAssignmentType]
    "Guarantees": GUARANTEES,  # pyright: ignore[reportAssignmentType]
    "Merchants": MERCHANTS,  # pyright: ignore[reportAssignmentType]
    "Recoveries": RECOVERIES,  # pyright: ignore[reportAssignmentType]
    "Repayments": REPAYMENTS,  # pyright: ignore[reportAssignmentType]
    "Doubts": DOUBTS,  # pyright: ignore[reportAssignmentType]
    "Wind-downs": WIND_DOWNS,  # pyright: ignore[reportAssignmentType]
}


def _diagram(table: Mapping[StrEnum, Mapping[str, StrEnum]]) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {next(iter(table)).value}"
    for state, steps in table.items():
        arrows: dict[str, list[str]] = {}
        for event, target in steps.items():
            arrows.setdefault(target.value, []).append(str(event))
        for target, events in arrows.items():
            yield f"    {state.value} --> {target}: {', '.join(events)}"
        if not [target for target in steps.values() if target is not state]:
            yield f"    {state.value} --> [*]"
    yield "```\n"


def document() -> str:
    """Return docs/states.md."""
    parts = [
        "# States\n\nGenerated from the code by `python -m holdfast.reference --write docs`.\n",
        "Words in CamelCase are commands; the others are deadlines, and what follows from other facts.\n",
    ]
    for title, table in TABLES.items():
        parts += [f"## {title}\n", *_diagram(table)]
    return "\n".join(parts).rstrip() + "\n"
