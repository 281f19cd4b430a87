"""What must hold of endpoints."""

from holdfast.kernel.check import Books, Check, Finding
from holdfast.kernel.rows import FactBody
from holdfast.webhooks.model import (
    EndpointDisabled,
    EndpointEnabled,
    EndpointKeys,
    EndpointRegistered,
    EndpointRemoved,
    EndpointState,
    WebhookEndpoint,
)

_STATE_AFTER: dict[type[FactBody], EndpointState] = {
    EndpointRegistered: EndpointState.ENABLED,
    EndpointEnabled: EndpointState.ENABLED,
    EndpointDisabled: EndpointState.DISABLED,
    EndpointRemoved: EndpointState.REMOVED,
}


def endpoints_are_told(books: Books) -> list[Finding]:
    """Every endpoint is in the state that the journal tells last, and of the merchant that it tells."""
    told: dict[str, tuple[EndpointState, str | None]] = {}
    for fact in books.facts():
        state = _STATE_AFTER.get(type(fact.body))
        if state is not None:
            endpoint_id: str = getattr(fact.body, "endpoint_id")  # noqa: B009 - of whichever of the four
            told[endpoint_id] = state, getattr(fact.body, "merchant_id", None)
    rows = {row.id: (row.state, row.merchant_id) for row in books.rows(WebhookEndpoint)}
    return [
        Finding(f"endpoint:{key}", f"it is {rows.get(key)}, and is told to be {told.get(key)}")
        for key in sorted(told.keys() | rows.keys())
        if told.get(key) != rows.get(key)
    ]


def endpoints_can_sign(books: Books) -> list[Finding]:
    """Every endpoint has a key that signs without end, but a removed one: that has none at all."""
    keys = {row.id: row.keys for row in books.rows(EndpointKeys)}
    findings: list[Finding] = []
    for row in books.rows(WebhookEndpoint):
        mine = keys.pop(row.id, ())
        removed = row.state is EndpointState.REMOVED
        if removed and mine:
            findings.append(Finding(f"endpoint:{row.id}", "it is removed, and its keys are still there"))
        if not removed and all(key.signs_until is not None for key in mine):
            findings.append(Finding(f"endpoint:{row.id}", "no key of it signs without end"))
    return [*findings, *(Finding(f"endpoint:{key}", "keys of no endpoint") for key in sorted(keys))]


CHECKS: tuple[Check, ...] = (endpoints_are_told, endpoints_can_sign)
