"""The three shapes of data: commands ask, facts tell what happened, rows are the present state."""

from typing import ClassVar, Self

import msgspec
from msgspec.structs import replace

from holdfast.kernel.actor import Actor
from holdfast.kernel.approval import ANYBODY, Approval
from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.kernel.told_by import ToldBy


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Current state of one thing, found by its type and `id`. A change is a new version of the row.

    A row that must be woken carries `wake_at: Instant | None`: its next deadline, which is part of its state
    and so can never disagree with it.
    """

    immutable: ClassVar[bool] = False
    """True where a row never changes once it is inserted: it is read without a lock."""

    called: ClassVar[Text] = Text("记录", "row")
    """What people call such a thing; each type says its own."""

    id: str


class Command(
    msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A request to change something. Its tag, the name of its type, is its name in APIs and docs.

    Fields that say what their default says are not encoded: a field that is added changes the fingerprint of
    no request that was made without it.
    """

    approval: ClassVar[Approval] = ANYBODY
    """Who decides it: anybody, a person, or several: a machine that sends what people decide is refused."""
    unkept: ClassVar[tuple[str, ...]] = ()
    """Texts that a door draws anew each time, and hashes: no answered request and no proposal keeps them."""

    def kept(self) -> Self:
        """Return the command as it may be kept: without what is `unkept`."""
        return replace(self, **dict.fromkeys(self.unkept, "")) if self.unkept else self


Answer = tuple[Instant, Command] | tuple[Instant, Command, Actor]
"""A reply of the outside world to a fact: its time, its command, and the actor where a person decides it."""


class FactBody(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The content of a fact: what happened. Fields that end in `_id` are the ids of its subjects."""

    told_by: ClassVar[ToldBy | None] = None
    """The meaning of the field `by` that older facts of this kind have; None where they have none."""
    called: ClassVar[Text | None] = None
    """What happened, in two or three words; a kind that stories sum up by day has them."""


class Fact(msgspec.Struct, frozen=True):
    """An immutable entry of the journal.

    `id` is time-ordered; `at` is when it happened; `body` says what; `actor` whose act it was, None where it
    was recorded before that was told (schema revision 0017). Nothing else is ever read by the trail, the
    webhooks, the lake or a report.
    """

    id: str
    at: Instant
    body: FactBody
    actor: Actor | None = None

    @property
    def kind(self) -> str:
        """Return the name of the fact's type."""
        return type(self.body).__name__
