"""Owning: whose a command, a row and a fact are; what is another's is refused as if it were not there.

Nothing here tells the two apart: both are the same refusal, found by the same reading.
"""

from collections.abc import Iterator
from functools import cache

from holdfast.house import COMMANDS, KEPT
from holdfast.journal.pages import Sort, Subject
from holdfast.kernel.identity import NAMES
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import Command, Fact, Row
from holdfast.orders.model import Order, Part
from holdfast.postgres.home import Postgres
from holdfast.service.permissions import NEW_IDS
from holdfast.service.refusals import IdNotYours, MissingField
from holdfast.service.resources import BEARERS

_FIELDS = {Sort.MERCHANT: "merchant_id", Sort.CONSUMER: "consumer_id"}
_PARTIES = frozenset(_FIELDS.values())


def lacking(kind: type[Row], key: str) -> NotFound:
    """Return the refusal of a row that is not there, in the words of the engine."""
    return NotFound(f"{kind.__name__.lower()}:{key}", kind=kind.called)


def whose(row: Row | None, sort: Sort) -> str | None:
    """Return the merchant, or the consumer, whose a row is; None where it is nobody's by itself."""
    if row is not None and BEARERS.get(type(row)) is sort:
        return row.id
    return getattr(row, _FIELDS[sort], None)


def is_whose(fact: Fact, owner: Subject) -> bool:
    """Tell whether a fact is about its owner."""
    return getattr(fact.body, _FIELDS[owner.sort], None) == owner.id


def own_row(home: Postgres, kind: type[Row], key: str, owner: Subject) -> Row:
    """Return a row that is its owner's.

    Raises:
        NotFound: there is none, or it is another's.
    """
    row = home.row(_speaks(kind), key)
    if row is None or whose(row, owner.sort) != owner.id:
        raise lacking(kind, key)
    if type(row) is kind:
        return row
    found = home.row(kind, key)
    if found is None:
        raise lacking(kind, key)
    return found


def _speaks(kind: type[Row]) -> type[Row]:
    """Return the kind of row that says whose one is: an order, for what bears its id and says nothing."""
    says = kind in BEARERS or not _PARTIES.isdisjoint(kind.__struct_fields__)
    return Order if not says and KEPT[kind].named_after == "order_id" else kind


def owns(home: Postgres, subject: Subject, owner: Subject) -> bool:
    """Tell whether a subject of a query is its owner, or something of its own."""
    if subject.sort is owner.sort:
        return subject.id == owner.id
    kinds = _kinds_of(f"{subject.sort}_id")
    return bool(kinds) and whose(home.row(kinds[0], subject.id), owner.sort) == owner.id


@cache
def _kinds_of(name: str) -> tuple[type[Row], ...]:
    """Return the types of rows whose ids a field of this name has."""
    found = (kinds for named in COMMANDS.named.values() for field, kinds in named if field == name)
    return next(found, ())


def check_own(home: Postgres, command: Command, owner: Subject) -> None:
    """Require that all that a command names is its owner's, and that it names something.

    Raises:
        NotFound: a thing that it names is not there, or is another's.
        IdNotYours: an id that it makes does not begin with what is its own.
        MissingField: it names nothing.
    """
    new = NEW_IDS.get(type(command), {})
    said = [(name, kinds, key) for name, kinds, key in _named(command) if name not in new]
    if not said:
        name = COMMANDS.named[type(command)][0][0]
        raise MissingField(f"/{name}", name=name)
    for name, kinds, key in said:
        if name == _FIELDS[owner.sort]:
            if key != owner.id:
                raise lacking(kinds[0], key)
        else:
            own_row(home, kinds[0], key, owner)
    for name, root in new.items():
        begin = getattr(command, root) + "-" if owner.sort is Sort.CONSUMER else owner.id + NAMES
        _check_begins(name, getattr(command, name), begin)


def _named(command: Command) -> Iterator[tuple[str, tuple[type[Row], ...], str]]:
    for name, kinds in COMMANDS.named[type(command)]:
        key: str | None = getattr(command, name)
        if key is not None:
            yield name, kinds, key


def _check_begins(name: str, value: str | tuple[Part, ...], begin: str) -> None:
    made = (
        [(f"/{name}", value)]
        if isinstance(value, str)
        else [(f"/{name}/{number}/id", part.id) for number, part in enumerate(value)]
    )
    for where, key in made:
        if not key.startswith(begin):
            raise IdNotYours(where, begin=begin)
