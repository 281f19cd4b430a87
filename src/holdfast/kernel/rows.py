"""The three shapes of data: commands ask, facts tell what happened, rows are the present state."""

from typing import ClassVar

import msgspec

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
    """True where a row is never changed once it is put: it is read without a lock."""

    called: ClassVar[Text] = Text("记录", "row")
    """What people call such a thing; each type says its own."""

    id: str


class Command(
    msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What somebody asks for. Its tag, the name of its type, is its name in APIs and docs.

    Fields that say what their default says are not encoded: a field that is added changes the fingerprint of
    no request that was made without it.
    """

    approval: ClassVar[Approval] = ANYBODY
    """Who decides it."""


Answer = tuple[Instant, Command] | tuple[Instant, Command, Actor]
"""What the outside world does because of a fact, and when; and who decides it, where somebody does."""


class FactBody(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What happened, in the words of its type. Ids of its subjects are fields that end in `_id`."""

    told_by: ClassVar[ToldBy | None] = None
    """What the field `by` meant that facts of this kind had once; None where they had none."""
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
