"""Documents: rows and facts as programs are given them, the same by whichever way: times are RFC 3339.

Amounts stand as they are kept, in minor units.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

import msgspec

from holdfast.kernel.clock import Instant, moment
from holdfast.kernel.rows import Fact


@lru_cache(1024)
def written(at: Instant) -> str:
    """Write an instant as RFC 3339 in UTC, always with milliseconds.

    >>> written(0)
    '1970-01-01T00:00:00.000Z'
    """
    return moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def document(value: Any) -> Any:
    """Return a struct as a document: its tag, where it has one, and all its fields; times as RFC 3339."""
    found = msgspec.to_builtins(value)
    _write_times(value, found)
    return found


def _write_times(value: Any, found: Any) -> None:
    """Write the times of a struct, and of those within it, into its document."""
    if isinstance(value, msgspec.Struct):
        kind = type(value)
        for name in instants(kind):
            if found.get(name) is not None:
                found[name] = written(found[name])
        for name in with_structs(kind):
            _write_times(getattr(value, name), found.get(name))
    elif isinstance(value, tuple | list):
        for each, told in zip(cast("Iterable[Any]", value), found, strict=True):
            _write_times(each, told)


def fact(found: Fact) -> dict[str, Any]:
    """Return a fact: its id, its time, its kind, whose act it was, and its body."""
    return {
        "id": found.id,
        "at": written(found.at),
        "kind": found.kind,
        "actor": None if found.actor is None else msgspec.to_builtins(found.actor),
        "body": document(found.body),
    }


@cache
def instants(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the fields of a struct that are instants, or one that may be absent."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name in kind.__struct_fields__ if _is_instant(hints[name]))


@cache
def with_structs(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields of a struct that may have others in them."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(name for name in kind.__struct_fields__ if any(structs_in(hints[name])))


def _is_instant(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return "instant" in hint.__metadata__
    return any(_is_instant(part) for part in get_args(hint) if part is not type(None))


def structs_in(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """Yield the kinds of structs that a type is made of."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for part in get_args(hint):
        yield from structs_in(part)
