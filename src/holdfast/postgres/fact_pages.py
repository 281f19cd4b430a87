"""Keyset pagination of the journal in SQL: a page is one range of an index, however long the journal is."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from holdfast.house import WORDS
from holdfast.journal.pages import Asked, Sort, Subject
from holdfast.kernel.actor import Door, Role
from holdfast.postgres.reading import Connection

OF_MERCHANT = "hashtext(merchant_id) = hashtext(%(key)s) AND merchant_id = %(key)s"
OF_CONSUMER = (
    "hashtext((body ->> 'consumer_id') COLLATE \"C\") = hashtext(%(key)s)"
    " AND (body ->> 'consumer_id') COLLATE \"C\" = %(key)s"
)
"""The conditions of facts about a subject, by their index, whose key is a hash, and by the subject itself."""


class _Index(NamedTuple):
    """The index for the facts of a subject: its condition, and whether kinds precede ids in its key."""

    condition: str
    by_kind: bool


_INDEXES = {
    Sort.ORDER: _Index("order_id = %(key)s", by_kind=False),
    Sort.MERCHANT: _Index(OF_MERCHANT, by_kind=True),
    Sort.CONSUMER: _Index(OF_CONSUMER, by_kind=True),
    Sort.CLAIM: _Index("(body ->> 'claim_id') COLLATE \"C\" = %(key)s", by_kind=False),
    Sort.PERSON: _Index("(body ->> 'person_id') COLLATE \"C\" = %(key)s", by_kind=False),
    # An id may have slashes: what stands before its first one leads to its facts, and all of it is compared.
    Sort.ACTOR: _Index(
        "hashtext(split_part(actor, '/', 4)) # ascii(actor) = hashtext(%(head)s) # ascii(%(nature)s)"
        " AND actor = ANY(%(actors)s)",
        by_kind=True,
    ),
}

_OF_KIND = "facts.kind = one.kind"
_OF_KIND_HASHED = f"hashtext(facts.kind) = hashtext(one.kind) AND {_OF_KIND}"

_KINDS = sorted(kind.__name__ for kind in WORDS)


def _named(subject: Subject) -> dict[str, str | list[str]]:
    if subject.sort is not Sort.ACTOR:
        return {"key": subject.id}
    nature, _, key = subject.id.partition("/")
    actors = [f"{nature}/{role}/{door}/{key}" for role in Role for door in Door]
    return {"nature": nature, "head": key.partition("/")[0], "actors": actors}


def page(connection: Connection, asked: Asked, after: str | None, most: int) -> list[tuple[Any, ...]]:
    """Return the id, at, body and actor of facts, in the order of the question.

    Args:
        connection: to the database.
        asked: which.
        after: the id that comes before the first one.
        most: how many at most.
    """
    statement, parameters = query(asked, after, most)
    return connection.cursor(binary=True).execute(statement, parameters).fetchall()


def query(asked: Asked, after: str | None, most: int) -> tuple[bytes, dict[str, Any]]:
    """Return the statement that finds a page, and its parameters: see `page`."""
    low, high = asked.bounds(after)
    parameters: dict[str, Any] = {"low": low, "high": high, "most": most}
    conditions = [
        *(["id > %(low)s::uuid"] if low is not None else []),
        *(["id < %(high)s::uuid"] if high is not None else []),
    ]
    order = "id DESC" if asked.newest_first else "id"
    by_kind, of_kind = asked.subject is None and bool(asked.kinds), _OF_KIND
    if asked.subject is not None:
        index = _INDEXES[asked.subject.sort]
        conditions.append(index.condition)
        parameters |= _named(asked.subject)
        by_kind, of_kind = index.by_kind, _OF_KIND_HASHED
    if by_kind:
        parameters["kinds"] = list(asked.kinds) or _KINDS
        chosen = _merged([*conditions, of_kind], order)
    else:
        if asked.kinds:
            parameters["kinds"] = list(asked.kinds)
            conditions.append("kind = ANY(%(kinds)s)")
        chosen = _straight(conditions, order)
    statement = (
        f"SELECT facts.id, at, body, actor FROM ({chosen}) AS chosen"  # noqa: S608 - our own names
        f" JOIN facts ON facts.id = chosen.id ORDER BY facts.{order}"
    )
    return statement.encode(), parameters


def _straight(conditions: Iterable[str], order: str) -> str:
    where = " AND ".join(conditions) or "true"
    return f"SELECT id FROM facts WHERE {where} ORDER BY {order} LIMIT %(most)s"  # noqa: S608


def _merged(conditions: Iterable[str], order: str) -> str:
    """Return a merge of the ranges of several kinds, `one.kind` each: each is one range of the index."""
    where = " AND ".join(conditions)
    each = f"SELECT id FROM facts WHERE {where} ORDER BY {order} LIMIT %(most)s"  # noqa: S608
    return (
        f"SELECT of_kind.id FROM unnest(%(kinds)s::text[]) AS one (kind)"  # noqa: S608
        f" CROSS JOIN LATERAL ({each}) AS of_kind ORDER BY of_kind.{order} LIMIT %(most)s"
    )
