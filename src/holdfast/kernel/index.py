"""Indexes as data: which rows stand in one, by conditions that mean the same in memory and in SQL."""

from collections.abc import Callable
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from holdfast.kernel.desk import Index
from holdfast.kernel.rows import Row


class Condition(NamedTuple):
    """A predicate on rows, in two forms that mean the same: a function of the row, and a condition in SQL."""

    holds: Callable[[Any], bool]
    sql: str


def among(field: str, *values: StrEnum) -> Condition:
    """Return the condition that a state is one of `values`."""
    take, wanted = attrgetter(field), frozenset(values)

    def holds(row: Any) -> bool:
        return take(row) in wanted

    listed = _listed(values)
    return Condition(holds, f"{field} = {listed}" if len(values) == 1 else f"{field} IN ({listed})")


def outside(field: str, *values: StrEnum) -> Condition:
    """Return the condition that a state is none of `values`."""
    take, unwanted = attrgetter(field), frozenset(values)

    def holds(row: Any) -> bool:
        return take(row) not in unwanted

    return Condition(holds, f"{field} NOT IN ({_listed(values)})")


def told(field: str) -> Condition:
    """Return the condition that an optional field has a value."""
    take = attrgetter(field)

    def holds(row: Any) -> bool:
        return take(row) is not None

    return Condition(holds, f"{field} IS NOT NULL")


def untold(field: str) -> Condition:
    """Return the condition that an optional field has no value."""
    take = attrgetter(field)

    def holds(row: Any) -> bool:
        return take(row) is None

    return Condition(holds, f"{field} IS NULL")


def nonzero(field: str) -> Condition:
    """Return the condition that a number is not 0."""
    return Condition(attrgetter(field), f"{field} <> 0")


def true(field: str) -> Condition:
    """Return the condition that a flag is set."""
    return Condition(attrgetter(field), field)


def false(field: str) -> Condition:
    """Return the condition that a flag is not set."""
    take = attrgetter(field)

    def holds(row: Any) -> bool:
        return not take(row)

    return Condition(holds, f"NOT {field}")


def _listed(values: tuple[StrEnum, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def index(name: str, kind: type[Row], by: str, *where: Condition) -> Index:
    """Return the index of the rows of a type that meet all conditions `where`, grouped by the field `by`.

    A row whose `by` is None stands in no group.
    """
    sql = " AND ".join(condition.sql for condition in where) or "true"
    return Index(name, kind, _group(attrgetter(by), [each.holds for each in where]), by, sql)


def _group(
    by: Callable[[Any], str | None], tests: list[Callable[[Any], bool]]
) -> Callable[[Any], str | None]:
    """Return the function from a row to its group, specialised for the number of conditions, as it is hot."""

    def of_one(row: Any) -> str | None:
        return by(row) if first(row) else None

    def of_two(row: Any) -> str | None:
        return by(row) if first(row) and second(row) else None

    def of_many(row: Any) -> str | None:
        return by(row) if all(test(row) for test in tests) else None

    match tests:
        case []:
            return by
        case [first]:
            return of_one
        case [first, second]:
            return of_two
        case _:
            return of_many
