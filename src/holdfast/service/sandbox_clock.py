"""A sandbox's clock over HTTP: how it stands, and moving it, which answers with what happened."""

from collections.abc import Iterator, Mapping
from typing import Any

from holdfast.journal.requests import scoped
from holdfast.kernel.rows import Fact
from holdfast.kernel.text import Text, same
from holdfast.markets.model import LIVE, ClockKind, MarketKind
from holdfast.markets.moving import Asked, Moved
from holdfast.markets.refusals import ClockRuns
from holdfast.service import asking, bodies, examples, schemas, showing, times
from holdfast.service.admission import Admitted, admitted
from holdfast.service.answers import Answering, Asking, answer, headers_of
from holdfast.service.commands import REPLAYED
from holdfast.service.operation import OF_COMMANDS, Given, Operation, Parameter, Sent, ok
from holdfast.service.receiving import received
from holdfast.service.refusals import BadField, MissingField, UnknownField
from holdfast.service.routes import PREFIX
from holdfast.service.service import Service

CLOCK = f"{PREFIX}/test_clock"

SHOWN = 100
"""Facts that an answer has itself; more are read from the feed."""

_EITHER = Text("与 to 只填其一", "either this is expected, or `to`")

_POSITION: Mapping[str, Any] = {"type": "integer", "minimum": 0}

_MOVED: Mapping[str, Any] = {
    "type": "object",
    "required": ["since", "now", "until", "done", "counts", "facts", "next", "following"],
    "properties": {
        "since": schemas.TIME,
        "now": schemas.TIME,
        "until": schemas.TIME,
        "done": {"type": "boolean"},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "facts": {"type": "array", "items": schemas.FACT},
        "next": _POSITION,
        "following": _POSITION,
    },
}

_SINCE, _UNTIL = "2026-03-01T02:00:00.000Z", "2026-03-31T02:00:00.000Z"
_EXAMPLE: Mapping[str, Any] = {
    "since": _SINCE,
    "now": _UNTIL,
    "until": _UNTIL,
    "done": True,
    "counts": {"OrderCancelled": 1},
    "facts": [{"position": 41, **examples.HAPPENED}],
    "next": 42,
    "following": 42,
}


_SHAPE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"market": {}, "kind": {}, "clock": {}, "now": schemas.TIME, "epoch": {}},
}
_SHOWN: Mapping[str, Any] = {
    "market": "kettles",
    "kind": MarketKind.SANDBOX,
    "clock": ClockKind.STANDING,
    "now": _SINCE,
    "epoch": _SINCE,
}
_ASKED: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"to": schemas.TIME, "by": {"type": "string", "format": "duration"}},
}


def operations() -> Iterator[Operation]:
    """Give the operations of a sandbox's clock."""
    yield Operation(
        "get_test_clock",
        "GET",
        CLOCK,
        "test_clock",
        "市场及其时钟 Which market it is, and how its clock stands",
        _show,
        ok(_SHAPE, _SHOWN),
    )
    moved = Given(
        200, "所发生的 What happened", _MOVED, _EXAMPLE, headers={REPLAYED: "true: it was moved before"}
    )
    yield Operation(
        "advance_test_clock",
        "POST",
        f"{CLOCK}/advance",
        "test_clock",
        "拨动沙盒的时钟，到期的事项依次发生 Move a sandbox's clock: what is due by then happens",
        _advance,
        (moved,),
        (
            Parameter(
                "Idempotency-Key", "header", description="Under it a move goes on, and is not made twice"
            ),
            Parameter("Accept-Language", "header", description="zh (the default) or en: of problems"),
        ),
        Sent(_ASKED, {"by": "P30D"}),
        OF_COMMANDS,
    )


async def _show(service: Service, request: Asking) -> Answering:
    asking.Query(request.scope["query_string"], ())
    market = None if service.moving is None else service.moving.market
    now = times.written(service.clock.now())
    if market is None:
        shown = {
            "market": LIVE,
            "kind": MarketKind.LIVE,
            "clock": ClockKind.RUNNING,
            "now": now,
            "epoch": None,
        }
        return answer(shown)
    name, kind, epoch = market.name, market.kind, times.written(market.epoch)
    return answer({"market": name, "kind": kind, "clock": market.clock, "now": now, "epoch": epoch})


async def _advance(service: Service, request: Asking) -> Answering:
    headers = headers_of(request)
    key, who = asking.key(request.scope["headers"]), admitted(request)
    limits = service.limits
    raw = await received(request, headers, limits.body_bytes, limits.body_seconds)
    asked = _asked(bodies.read_object(raw), None if key is None else scoped(key, who.caller.actor))
    if service.moving is None:
        raise ClockRuns("clock")
    moved = await service.moving.move(asked)
    most = min(SHOWN, moved.following - moved.first)
    facts = await service.readers.read(lambda home: home.feed(moved.first, most)) if most else []
    return answer(_document(who, moved, facts), headers={REPLAYED: "true"} if moved.replayed else {})


def _asked(said: Mapping[str, Any], key: str | None) -> Asked:
    """Return how the clock is to be moved, by a body.

    Raises:
        UnknownField, MissingField, BadField: at the JSON pointer of a field.
    """
    for name in said:
        if name not in {"to", "by"}:
            raise UnknownField(f"/{bodies.escaped(name)}", name=name[:100])
    if not said:
        raise MissingField("/by", name=same("by"))
    if len(said) > 1:
        raise BadField("/by", reason=_EITHER)
    if "to" in said:
        return Asked(times.read(said["to"], "/to"), None, key)
    return Asked(None, times.read_duration(said["by"], "/by"), key)


def _document(who: Admitted, moved: Moved, facts: list[Fact]) -> dict[str, Any]:
    return {
        "since": times.written(moved.since),
        "now": times.written(moved.now),
        "until": times.written(moved.until),
        "done": moved.done,
        "counts": moved.counts,
        "facts": [
            {"position": moved.first + number, **showing.fact(who, each)}
            for number, each in enumerate(facts)
            if showing.is_told(who, each)
        ],
        "next": moved.first + len(facts),
        "following": moved.following,
    }
