"""The handlers of operators' decisions: confirming the clock, destroying keys, restarting the log."""

from msgspec.structs import replace

from holdfast.journal.erasing import is_subject, plan
from holdfast.journal.held import LOG, KeysHeld, LogHeld
from holdfast.journal.model import (
    ClockConfirmed,
    ConfirmClock,
    DestroyKeys,
    DestroyKeysAgain,
    KeysDestroyed,
    LogRestarted,
    RestartLog,
)
from holdfast.journal.refusals import (
    BadErasure,
    FactsWaiting,
    KeptByLaw,
    LogGoesOn,
    NoLogKept,
    NothingToErase,
    SequencerRunning,
)
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text, same

_WHEN_ENDED = Text("全部完成后再过三年", "when all have ended, and three years more")


def confirm(desk: Desk, command: ConfirmClock, _now: Instant) -> list[FactBody]:
    """Record that a person vouches for the clock: from then on its guard accepts what it refused.

    The fact of it is the newest of all, with which the guard compares later times: see `kernel.guard`.
    """
    return [ClockConfirmed(reason=command.reason, before_at=desk.latest_at)]


def destroy(desk: Desk, command: DestroyKeys, now: Instant) -> list[FactBody]:
    """Destroy the keys that are due, and record it, atomically.

    The fact has the pseudonym and not the subject: the journal would else name for ever whom it forgot.

    Raises:
        BadErasure: the subject is neither a consumer nor a merchant.
        NothingToErase: there is no key of it.
        FactsWaiting: facts about it are not logged yet.
        KeptByLaw: none may go yet.
    """
    held = _held(desk, command.subject)
    found = plan(held, now)
    if not found.going:
        until = _WHEN_ENDED if found.kept_until is None else same(iso(found.kept_until))
        raise KeptByLaw(command.subject, kept=len(found.kept), until=until)
    if held.waiting:
        raise FactsWaiting(command.subject, waiting=held.waiting)
    desk.put(replace(held, going=found.going), held)
    body = KeysDestroyed(
        pseudonym=found.pseudonym,
        deals=len(found.due),
        kept=len(found.kept),
        kept_until=found.kept_until,
        whole=found.whole,
        proposal=desk.proposal,
    )
    return [body]


def destroy_again(desk: Desk, command: DestroyKeysAgain, _now: Instant) -> list[FactBody]:
    """Destroy keys again that a backup brought back, by their tags; retention was checked the first time.

    Raises:
        BadErasure: the subject is neither a consumer nor a merchant.
        NothingToErase: it has no key of these tags.
    """
    held = _held(desk, command.subject)
    tags = set(command.tags)
    going = tuple(deal for deal, tag in held.tags.items() if tag in tags)
    if not going:
        raise NothingToErase(command.subject)
    desk.put(replace(held, going=going), held)
    deals = sum(map(bool, going))
    whole = "" in going
    kept = 0 if whole else sum(map(bool, held.tags)) - deals
    return [
        KeysDestroyed(
            pseudonym=held.pseudonym,
            deals=deals,
            kept=kept,
            kept_until=None,
            whole=whole,
            reason=command.reason,
        )
    ]


def _held(desk: Desk, subject: str) -> KeysHeld:
    if not is_subject(subject):
        raise BadErasure("subject", subject=subject[:200])
    held = desk.find(KeysHeld, subject)
    if held is None or not held.tags or held.going:
        raise NothingToErase(subject)
    return held


def restart(desk: Desk, command: RestartLog, _now: Instant) -> list[FactBody]:
    """Bind the database to another log, for all facts from the first one on.

    Raises:
        NoLogKept: this home keeps none.
        SequencerRunning: somebody sequences into the old one at this moment.
        LogGoesOn: they go there already.
    """
    held = desk.find(LogHeld, LOG)
    if held is None:
        raise NoLogKept(LOG)
    if held.running:
        raise SequencerRunning(LOG)
    if held.vkey == command.vkey:
        raise LogGoesOn(command.origin)
    desk.put(LogHeld(id=LOG, origin=command.origin, vkey=command.vkey, size=0), held)
    return [LogRestarted(origin=command.origin, former_size=held.size, proposal=desk.proposal)]
