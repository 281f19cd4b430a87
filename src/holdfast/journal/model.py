"""Commands and facts about the journal itself: its log, its keys, and the clock of its times."""

from typing import ClassVar

from holdfast.kernel.actor import RESTORE
from holdfast.kernel.approval import A_PERSON_UNASKED, Approval, agreeing_people
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Text
from holdfast.kernel.told_by import ToldBy


class PutAside(Row, frozen=True, kw_only=True):
    """A deadline that failed by an error of ours, until it has been tried again with success.

    `id` is `KIND/ID` of its row. `since` is when it failed first, of `times` in a row; under `fact_id` the
    engine's log has the last. It wakes when the deadline is tried again, right after it.
    """

    called = Text("搁置的期限", "deadline put aside")

    row_kind: str
    row_id: str
    since: Instant
    times: int
    fact_id: str
    order_id: str | None = None
    merchant_id: str | None = None
    wake_at: Instant | None = None


class ConfirmClock(Command, frozen=True, kw_only=True):
    """Take the time at which this comes as the present, however far it lies from the newest fact's."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED

    reason: str = ""


class DestroyKeys(Command, frozen=True, kw_only=True):
    """Destroy the keys of a consumer or merchant that the law no longer asks to keep. Nothing undoes it.

    `subject` is consumer:ID or merchant:ID.
    """

    approval: ClassVar[Approval] = agreeing_people("erasure_people", same=("subject",))
    """What is proposed is told without the subject: the journal would else name for ever whom it forgot."""

    subject: str


class DestroyKeysAgain(Command, frozen=True, kw_only=True):
    """Destroy what was destroyed before, and a backup has brought back: the keys that have these tags."""

    subject: str
    tags: tuple[str, ...]
    reason: str


class RestartLog(Command, frozen=True, kw_only=True):
    """Have all facts go into a new log, named `origin` and signed by the key `vkey`. Nothing undoes it."""

    approval: ClassVar[Approval] = agreeing_people(
        "log_restart_people", same=("origin", "vkey"), told=("origin",)
    )

    origin: str
    vkey: str


class ClockConfirmed(FactBody, frozen=True, kw_only=True):
    """Somebody said that the clock is right; `before_at` is when the newest fact before it happened."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    reason: str
    before_at: Instant | None


class DeadlinePutAside(FactBody, frozen=True, kw_only=True):
    """A deadline failed by an error of Holdfast's own: nothing of it was done, it is tried again later.

    `row_kind` and `row_id` name the row that was due at `due_at`. The fact's id is in the engine's log.
    """

    row_kind: str
    row_id: str
    due_at: Instant
    again_at: Instant
    order_id: str | None = None
    merchant_id: str | None = None


class KeysDestroyed(FactBody, frozen=True, kw_only=True):
    """What the log has of a consumer or merchant can be opened by nobody any more, as far as its keys went.

    `pseudonym` is its name in the log. The salts of `deals` deals are gone; `kept` are still kept, the law
    asks for it, until `kept_until`: None where nothing is, or one has not ended. `whole`: its own key is
    gone, too. `reason` is told where nobody asked for it now, as it had been erased before. `proposal`
    is the number of the proposal that it carried out, where one person alone may not: see `ProposalMade`.
    """

    told_by: ClassVar[ToldBy | None] = ToldBy(
        others=(("holdfast db restore on .*", RESTORE),), kept_as="reason"
    )

    pseudonym: str
    deals: int
    kept: int
    kept_until: Instant | None
    whole: bool
    reason: str = ""
    proposal: str = ""


class LogRestarted(FactBody, frozen=True, kw_only=True):
    """The log of facts was begun anew as `origin`: the one before, of `former_size` leaves, cannot go on.

    `proposal` as in `KeysDestroyed`.
    """

    told_by: ClassVar[ToldBy | None] = ToldBy()

    origin: str
    former_size: int
    proposal: str = ""
