"""A fact out of an opening, whose body a stranger wrote: its fields are read, or it is malformed."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text


class Malformed(Exception):  # noqa: N818 - a fact that is malformed
    """A fact lacks a field of its kind, or has another type in it."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


class OpenedFact(NamedTuple):
    """A fact. `who` is the pseudonym of the person who acted; empty where it was no person.

    Raises:
        Malformed: by whatever reads a field that is not as facts have it.
    """

    id: str
    at: Instant
    kind: str
    body: Mapping[str, Any]
    who: str

    @classmethod
    def of(cls, fact: Mapping[str, Any]) -> "OpenedFact":
        """Read a fact (`at`, `body`, `id`, `kind`, `actor`)."""
        body, at = fact["body"], fact["at"]
        if not isinstance(body, dict) or type(at) is not int:
            raise Malformed(
                Text("内容不是 JSON 对象，或时间不是数", "its body is no object, or its time no number")
            )
        fields = cast("dict[str, Any]", body)
        if fields.get("type", fact["kind"]) != fact["kind"]:
            raise Malformed(Text("内容属于另一种类", "its body is of another kind"))
        actor = cast("Mapping[str, Any]", fact.get("actor") or {})
        who = str(actor.get("pseudonym", "")) if actor.get("nature") == "person" else ""
        return cls(str(fact["id"]), at, fact["kind"], fields, who)

    def text(self, name: str) -> str:
        """Return a text that is not empty."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise Malformed(Text(f"没有 {name}", f"it has no {name}"))
        return value

    def amount(self, name: str) -> int:
        """Return an amount, which is never below zero."""
        value = self.body.get(name)
        if type(value) is not int or value < 0:
            raise Malformed(Text(f"{name} 不是金额", f"its {name} is no amount"))
        return value

    def later(self, name: str) -> int:
        """Return an amount that facts of earlier times do not have."""
        return self.amount(name) if name in self.body else 0
