"""Execution of one command, or one deadline, on a desk: atomic, idempotent, with its reactions."""

from typing import NamedTuple

from holdfast.engine.agreement import decided
from holdfast.engine.bounds import check, check_changes
from holdfast.engine.failures import Failure, failed, put_aside
from holdfast.house import Commands
from holdfast.journal.model import ConfirmClock
from holdfast.journal.requests import (
    KeyReused,
    Request,
    asked_by_name,
    asks_the_same,
    fingerprint,
    scoped,
    unscoped,
)
from holdfast.kernel.actor import CLOCK, LIBRARY, REACTION, Actor, check_person
from holdfast.kernel.actor import check as check_actor
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Change, Desk, NotLoaded
from holdfast.kernel.guard import Guard
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import CommandRefused, Refusal, RefusalRecord
from holdfast.kernel.rows import Command, Fact, FactBody, Row
from holdfast.reactions import REACTIONS, WAKERS


class Submission(NamedTuple):
    """A command as it was sent: the time, the idempotency key where there is one, and the actor."""

    command: Command
    at: Instant
    key: str | None = None
    actor: Actor = LIBRARY

    @property
    def request_id(self) -> str | None:
        """Return the id under which the answer is stored: the actor and its idempotency key."""
        return None if self.key is None else scoped(self.key, self.actor)


class Outcome(NamedTuple):
    """The answer: the facts, or the refusal. `replayed_ids` are the facts of an answer given before.

    `promise` is a log's signed promise that the facts will be included in it; None where no log promises.
    """

    facts: tuple[Fact, ...] = ()
    refusal: RefusalRecord | None = None
    replayed_ids: tuple[str, ...] | None = None
    promise: bytes | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the command happened."""
        return self.refusal is None


def require_accepted(outcome: Outcome) -> None:
    """Raise where a command was refused.

    Raises:
        CommandRefused: it was not.
    """
    if outcome.refusal is not None:
        raise CommandRefused(outcome.refusal)


class Executed(NamedTuple):
    """An outcome with its changes to the desk; a refusal without a key changes nothing.

    `failure` is the internal error behind a refusal, if any: whoever commits the outcome logs it.
    """

    outcome: Outcome
    changes: list[Change]
    failure: Failure | None = None


def _with_reactions(desk: Desk, bodies: list[FactBody], now: Instant) -> list[FactBody]:
    """Run the reactions to all facts, and to the facts of these reactions, until none is left."""
    done = 0
    while done < len(bodies):
        body = bodies[done]
        done += 1
        for react in REACTIONS.get(type(body), ()):
            bodies.extend(react(desk, body, now))
    return bodies


def _facts(desk: Desk, bodies: list[FactBody], own: int, now: Instant) -> tuple[Fact, ...]:
    """Make the facts: the first `own` of them are the actor's acts, those of reactions are the system's."""
    if bodies:
        desk.latest_at = now
    new, actor = desk.ids.new, desk.actor
    return tuple(
        [Fact(new(now), now, body, actor if at < own else REACTION) for at, body in enumerate(bodies)]
    )


def _take_changes(desk: Desk) -> list[Change]:
    changes = desk.changes
    desk.changes = []
    return changes


def refused_at_sight(submission: Submission) -> Outcome | None:
    """Return the refusal of a command that is out of bounds: none of its rows is loaded for it."""
    try:
        check(submission.command, submission.key)
        check_actor(submission.actor)
    except Refusal as refusal:
        return Outcome(refusal=refusal.record())
    return None


def execute(desk: Desk, submission: Submission, commands: Commands, guard: Guard | None = None) -> Executed:
    """Run a command atomically: all of its changes are on the desk afterwards, or none.

    Args:
        desk: the rows.
        submission: the command.
        commands: what the home answers; a command of no room fails as an error of ours.
        guard: the sanity check of its time; None where time moves by command.

    Raises:
        NotLoaded: the desk lacks a row; nothing of the command is left on it.
    """
    refused = refused_at_sight(submission)
    return execute_checked(desk, submission, commands, guard) if refused is None else Executed(refused, [])


def execute_checked(desk: Desk, submission: Submission, commands: Commands, guard: Guard | None) -> Executed:
    """Run a command that is within bounds. See `execute`.

    Raises:
        NotLoaded: see `execute`.
    """
    command, now = submission.command, submission.at
    key = submission.request_id
    desk.actor = submission.actor
    try:
        if key is not None:
            answer = _answered(desk, submission, key)
            if answer is not None:
                return Executed(answer, [])
        try:
            if guard is not None and not isinstance(command, ConfirmClock):
                now = guard.present(now, desk.latest_at)
            if command.approval.of(command, submission.actor).by_person:
                check_person(submission.actor, type(command).__name__)
            bodies = decided(desk, commands.handlers[type(command)], command, now)
            own = len(bodies)
            bodies = _with_reactions(desk, bodies, now)
            check_changes(desk)
        except Refusal as refusal:
            desk.undo()
            return _refused(desk, submission, refusal)
        except NotLoaded:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this command's alone
            desk.undo()
            return fail(desk.ids, submission, error)
        facts = _facts(desk, bodies, own, now)
        if key is not None:
            # A row like all others, so that it commits with the facts or not at all: a caller whose answer
            # was lost sends the key again, and finds the facts exactly if they are there.
            desk.put(
                Request(id=key, fingerprint=fingerprint(command), fact_ids=tuple([f.id for f in facts])), None
            )
    except NotLoaded:
        desk.undo()
        raise
    return Executed(Outcome(facts), _take_changes(desk))


def fail(ids: Ids, submission: Submission, error: Exception) -> Executed:
    """Refuse a command for an internal error. No answer is stored under its key: it may be sent again."""
    record, failure = failed(ids, submission.at, error)
    return Executed(Outcome(refusal=record), [], failure)


def _refused(desk: Desk, submission: Submission, refusal: Refusal) -> Executed:
    record = refusal.record()
    key = submission.request_id
    if key is None or refusal.sort.heals:
        return Executed(Outcome(refusal=record), [])
    print_ = fingerprint(submission.command)
    desk.put(Request(id=key, fingerprint=print_, fact_ids=(), refusal=record), None)
    return Executed(Outcome(refusal=record), _take_changes(desk))


def _answered(desk: Desk, submission: Submission, key: str) -> Outcome | None:
    """Return the stored answer of a request that was answered before; None for a new one."""
    command, actor = submission.command, submission.actor
    known = desk.find(Request, key)
    if known is not None:
        if not asks_the_same(known, command, actor):
            return Outcome(refusal=KeyReused(f"key:{submission.key}").record())
        return Outcome(refusal=known.refusal, replayed_ids=known.fact_ids)
    former = None if submission.key is None else unscoped(submission.key, command, actor)
    known = None if former is None else desk.find(Request, former)
    if known is None or not asked_by_name(known, command, actor):
        return None
    return Outcome(refusal=known.refusal, replayed_ids=known.fact_ids)


_NOT_DUE = Executed(Outcome(), [])


def wake(desk: Desk, kind: type[Row], key: str, now: Instant) -> Executed:
    """Run the deadline of a row; nothing happens where the row is no longer due.

    A deadline that fails is postponed, so that it blocks no other.

    Raises:
        NotLoaded: the desk lacks a row; nothing is left on it.
    """
    try:
        row = desk.find(kind, key)
        due: Instant | None = getattr(row, "wake_at", None)
        if row is None or due is None or due > now:
            return _NOT_DUE
        desk.actor = CLOCK
        bodies = list(WAKERS[kind](desk, row, now))
        own = len(bodies)
        bodies = _with_reactions(desk, bodies, now)
        assert desk.find(kind, key) is not row, f"{kind.__name__} {key} woke, and is due as before"
        check_changes(desk)
        facts = _facts(desk, bodies, own, now)
    except NotLoaded:
        desk.undo()
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other deadlines go on
        desk.undo()
        return set_aside(desk, kind, key, now, error)
    return Executed(Outcome(facts), _take_changes(desk))


def set_aside(desk: Desk, kind: type[Row], key: str, now: Instant, error: Exception) -> Executed:
    """Postpone a deadline that failed, with a fact that tells so; it is retried later.

    Raises:
        NotLoaded: the desk lacks the row.
    """
    fact, failure = put_aside(desk, kind, key, now, error)
    return Executed(Outcome((fact,)), _take_changes(desk), failure)
