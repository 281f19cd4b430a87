"""What is sent: the body of a message, which is the same in every attempt.

The fact within is the same document that `GET /v1/facts` answers.
"""

from typing import Any

import msgspec

from holdfast.delivering.messages import Erased, Taken, line_of
from holdfast.telling.documents import fact as document_of
from holdfast.webhooks.model import BodyForm, WebhookEndpoint

SOURCE = "/holdfast"
"""The source of CloudEvents, where the deliverer is given no other: a relative reference."""

_SEQUENCE_DIGITS = 19

_TYPES = {
    BodyForm.STANDARD: b"application/json",
    BodyForm.CLOUDEVENTS: b"application/cloudevents+json; charset=utf-8",
}


def content_type(form: BodyForm) -> bytes:
    """Return the media type of a body."""
    return _TYPES[form]


def body_of(endpoint: WebhookEndpoint, taken: Taken, source: str = SOURCE) -> bytes:
    """Return the body of the message that tells an endpoint of a fact."""
    data = _data(endpoint, taken)
    kind, at, key = data["kind"], data["at"], data["id"]
    if endpoint.form is BodyForm.CLOUDEVENTS:
        line = line_of(taken.fact)
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": key,
            "source": source,
            "type": f"holdfast.{kind}",
            "subject": line,
            "time": at,
            "datacontenttype": "application/json",
            "partitionkey": line,
            "sequence": f"{taken.position:0{_SEQUENCE_DIGITS}}",
            "data": data,
        }
        return msgspec.json.encode(event)
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data})


def _data(endpoint: WebhookEndpoint, taken: Taken) -> dict[str, Any]:
    """Return the fact as a document, with its position, and of an erasure whom it was of.

    A merchant is not told the names of those who act for the marketplace.
    """
    data = {"position": taken.position, **document_of(taken.fact)}
    owner, actor = endpoint.merchant_id, taken.fact.actor
    if owner is not None and actor is not None:
        data["actor"] = {"nature": actor.nature.value, "role": actor.role.value}
    if taken.erased is not None:
        data["erased"] = _erased(taken.erased, owner)
    return data


def _erased(erased: Erased, owner: str | None) -> dict[str, Any]:
    sort, _, key = erased.subject.partition(":")
    orders = erased.orders if owner is None else {owner: erased.orders.get(owner, ())}
    return {"sort": sort, "id": key, "order_ids": [each for mine in orders.values() for each in mine]}
