"""Batches of commands, each in one transaction; a command that fails by an internal error is isolated."""

from collections.abc import Sequence
from functools import partial

import psycopg
from psycopg import errors

from holdfast.engine.execution import Executed, Outcome, Submission, execute_checked, fail, refused_at_sight
from holdfast.house import Commands
from holdfast.journal.feed import Cursor, Reader, read_on
from holdfast.kernel.desk import Missed, NotLoaded
from holdfast.kernel.guard import Guard
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact
from holdfast.postgres.keys import add_named, moves_money, no_keys, unscouted
from holdfast.postgres.session import Session, Work
from holdfast.postgres.transaction import Transactor

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
        return transactor.transact(_work(batch, commands, guard))
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


def _work(batch: Sequence[Submission], commands: Commands, guard: Guard | None) -> Work[list[Outcome]]:
    keys = no_keys()
    fresh: set[str] = set()
    money = False
    refused = [refused_at_sight(submission) for submission in batch]
    for submission, refusal in zip(batch, refused, strict=True):
        if refusal is None:
            add_named(keys, submission, commands)
            fresh.update(unscouted(submission.command, commands))
            money = money or moves_money(submission.command, commands)
    return Work(keys, partial(_run, batch, refused, commands, guard), frozenset(fresh), money)


def _run(
    batch: Sequence[Submission],
    refused: Sequence[Outcome | None],
    commands: Commands,
    guard: Guard | None,
    session: Session,
) -> list[Outcome]:
    """Run every command that is within bounds, even after a miss: one try then tells all missing rows."""
    outcomes: list[Outcome] = []
    misses: list[NotLoaded] = []
    for submission, refusal in zip(batch, refused, strict=True):
        if refusal is not None:
            outcomes.append(refusal)
            continue
        try:
            executed = execute_checked(session.desk, submission, commands, guard)
        except NotLoaded as miss:
            misses.append(miss)
        else:
            session.absorb(executed)
            outcomes.append(executed.outcome)
    if misses:
        raise Missed(misses)
    return outcomes


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
