"""Batches of commands, each in one transaction; a command that fails by an internal error is isolated."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import psycopg
from psycopg import errors

from holdfast.engine.execution import Executed, Outcome, Submission, execute_checked, fail, refused_at_sight
from holdfast.engine.rehearsing import Rehearsal, rehearsed
from holdfast.house import Commands
from holdfast.journal.feed import Cursor, Reader, read_on
from holdfast.kernel.desk import Missed, NotLoaded
from holdfast.kernel.guard import Guard
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact
from holdfast.postgres.keys import add_named, moves_money, no_keys, unscouted
from holdfast.postgres.session import Session, Work
from holdfast.postgres.transaction import Transactor

T = TypeVar("T")

_OF_THE_WORK = (psycopg.DataError, psycopg.IntegrityError, errors.ProgramLimitExceeded)


def is_of_the_work(error: Exception) -> bool:
    """Tell whether an error was caused by the work itself, not by the server, its schema or the connection.

    Such errors are a value that cannot be encoded, a violated constraint, and a row that cannot be decoded.
    """
    if isinstance(error, psycopg.Error):
        return isinstance(error, _OF_THE_WORK)
    return not isinstance(error, Refusal | MemoryError | OSError)


def run(
    transactor: Transactor, batch: Sequence[Submission], commands: Commands, guard: Guard | None
) -> list[Outcome]:
    """Run commands in one transaction. See `Home.run`.

    A command whose handler fails is refused alone. An error while rows are read or written does not tell its
    command: the batch is then bisected, and its halves run by themselves, down to the one command.
    """
    try:
        return transactor.transact(_work(batch, commands, guard, _taken))
    except Exception as error:
        if not is_of_the_work(error):
            raise
        if len(batch) == 1:
            outcome, _, failure = fail(transactor.ids, batch[0], error)
            assert failure is not None, "a failure has its incident"
            failure.log()
            return [outcome]
    middle = len(batch) // 2
    halves = (batch[:middle], batch[middle:])
    return [outcome for half in halves for outcome in run(transactor, half, commands, guard)]


def rehearse(
    transactor: Transactor, batch: Sequence[Submission], commands: Commands, guard: Guard | None
) -> list[Rehearsal]:
    """Run commands, keep nothing of them, and return what they would do. See `Home.rehearse`."""
    return transactor.rehearse(_work(batch, commands, guard, _rehearsed))


_Note = Callable[[Session, Executed], T]
"""Takes what was executed, and returns what its caller is told."""


def _work(
    batch: Sequence[Submission], commands: Commands, guard: Guard | None, note: _Note[T]
) -> Work[list[T]]:
    keys = no_keys()
    fresh: set[str] = set()
    money = False
    refused = [refused_at_sight(submission) for submission in batch]
    for submission, refusal in zip(batch, refused, strict=True):
        if refusal is None:
            add_named(keys, submission, commands)
            fresh.update(unscouted(submission.command, commands))
            money = money or moves_money(submission.command, commands)
    return Work(keys, partial(_run, batch, refused, commands, guard, note), frozenset(fresh), money)


def _run(
    batch: Sequence[Submission],
    refused: Sequence[Outcome | None],
    commands: Commands,
    guard: Guard | None,
    note: _Note[T],
    session: Session,
) -> list[T]:
    """Run every command that is within bounds, even after a miss: one try then tells all missing rows."""
    found: list[T] = []
    misses: list[NotLoaded] = []
    for submission, refusal in zip(batch, refused, strict=True):
        if refusal is not None:
            found.append(note(session, Executed(refusal, [])))
            continue
        try:
            executed = execute_checked(session.desk, submission, commands, guard)
        except NotLoaded as miss:
            misses.append(miss)
        else:
            found.append(note(session, executed))
    if misses:
        raise Missed(misses)
    return found


def _taken(session: Session, executed: Executed) -> Outcome:
    session.absorb(executed)
    return executed.outcome


def _rehearsed(session: Session, executed: Executed) -> Rehearsal:
    session.absorb(executed)
    return rehearsed(session.desk, executed)


def reading_on(reader: Reader, position: int, facts: Sequence[Fact]) -> Work[int]:
    """Return the unit of work in which a reader of the feed takes facts, the first of them at `position`."""
    keys = no_keys()
    keys[Cursor].add(reader.name)
    for fact in facts:
        for kind, key in reader.keys(fact):
            keys[kind].add(key)
    return Work(keys, partial(_read_on, reader, position, facts))


def _read_on(reader: Reader, position: int, facts: Sequence[Fact], session: Session) -> int:
    count = read_on(session.desk, reader, position, facts)
    session.absorb(Executed(Outcome(), session.desk.changes))
    session.desk.changes = []
    return count
