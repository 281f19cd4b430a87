"""What each fact says in plain words, which stand in its room (`words.py`).

Places in braces are fields of the fact's body: those in `_minor` are written as money, times with
their offset; and `{actor}`, who acted.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

import msgspec

from holdfast.house import words_of
from holdfast.kernel import zones
from holdfast.kernel.actor import named
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Fact, FactBody

_TIMES = frozenset(
    {
        "answer_by",
        "before_at",
        "capture_at",
        "captured_at",
        "confirm_by",
        "counts_until",
        "ends_at",
        "occurred_at",
        "payout_at",
        "ship_by",
        "starts_at",
        "until",
        "window_ends_at",
    }
)


def tell(fact: Fact, currency: str, place: dt.tzinfo = dt.UTC) -> str:
    """Say in plain words what happened; amounts are in `currency` where the fact names none.

    Times are as the clocks of `place` show them.
    """
    body: dict[str, Any] = msgspec.structs.asdict(fact.body)
    own = str(body.get("currency") or currency)
    return words_of(fact.body).en.format_map(
        {
            "actor": named(fact.actor).en,
            **{name: _written(name, value, own, place) for name, value in body.items()},
        }
    )


def _written(name: str, value: Any, currency: str, place: dt.tzinfo) -> str:
    if name.endswith("_minor"):
        return Money(value, currency).format()
    if name in _TIMES:
        return "none" if value is None else zones.written(value, place)
    if name == "what":
        return f": {value}" if value else ""
    if name == "statement":
        return "; ".join(f"{line.item}: {Money(line.amount_minor, currency).format()}" for line in value)
    if isinstance(value, tuple):
        return " and ".join(map(_plain, value)) or "nothing"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return _plain(value)


def _plain(value: object) -> str:
    """Write a value as people do: the names of kinds without what joins their words."""
    return value.replace("_", " ") if isinstance(value, StrEnum) else str(value)


def amount_of(body: FactBody) -> int | None:
    """Return the amount that a fact is about, in minor units; None where it is about none."""
    for name in ("amount_minor", "held_minor", "released_minor", "by_minor"):
        amount: int | None = getattr(body, name, None)
        if amount is not None:
            return amount
    return None
