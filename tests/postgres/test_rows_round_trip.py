"""Every row and every fact comes back from PostgreSQL as it was written."""

import types
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from two_homes import constant_ids

from holdfast.engine.bounds import EARLIEST, LATEST
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.money import MAX_MINOR, Money
from holdfast.kernel.rows import Fact, FactBody, Row
from holdfast.policy.model import Policy
from holdfast.postgres import reading, writing
from holdfast.postgres.home import Postgres
from holdfast.postgres.keys import no_keys
from holdfast.postgres.migrate import migrate
from holdfast.postgres.reading import Connection
from holdfast.postgres.tables import TABLES
from holdfast.postgres.wire import open_wire
from thorough import examples

TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
) | st.sampled_from(
    [
        "",
        "'",
        '"',
        "\\",
        "\\N",
        "\\.",
        "\t\n\r",
        "NULL",
        "{}",
        "稳付",
        "e\u0301",
        "\U0001f9fe",
        "\ufeff",
        "\x7f",
        "%s",
    ]
)
NUMBERS = st.integers(-MAX_MINOR, MAX_MINOR) | st.sampled_from([0, MAX_MINOR, -MAX_MINOR])
TIMES = st.integers(EARLIEST, LATEST) | st.sampled_from([0, -1, 1, EARLIEST, LATEST])


def values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each sort of field
    """Values of a field's type, the extreme ones often."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return TIMES if "instant" in hint.__metadata__ else values(args[0])
    if origin in {Union, types.UnionType}:
        return st.one_of([values(arg) for arg in args])
    if origin is tuple:
        return st.lists(values(args[0]), max_size=3).map(tuple)
    if hint is Money:
        return st.builds(
            Money, NUMBERS.filter(lambda number: abs(number) <= MAX_MINOR), st.sampled_from(sorted(EXPONENTS))
        )
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return structs(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    plain = {
        str: TEXTS,
        int: NUMBERS,
        bool: st.booleans(),
        types.NoneType: st.none(),
        msgspec.UnsetType: st.just(msgspec.UNSET),
    }
    return plain[hint]


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Structs of a type."""
    hints = get_type_hints(kind, include_extras=True)
    fields = {field: values(hints[field]) for field in kind.__struct_fields__}
    if kind is not Policy:
        return st.builds(kind, **fields)
    named = {**fields, "zone": TEXTS.filter(bool), "utc_offset": st.just(msgspec.UNSET)}
    before = {**fields, "zone": st.just(""), "utc_offset": NUMBERS}
    return st.builds(kind, **named) | st.builds(kind, **before)


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[Connection]:
    """A connection on which each table hides behind one without its checks, gone at the end."""
    migrate(postgres_url, "round_trip")
    connection = open_wire(postgres_url, "round_trip")
    for name in (*(table.name for table in TABLES.values()), "facts"):
        connection.execute(f"CREATE TEMP TABLE {name} (LIKE round_trip.{name})".encode())
        connection.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (id)".encode())
    connection.execute("SET search_path = pg_temp, round_trip")
    yield connection
    connection.execute("DROP SCHEMA round_trip CASCADE")
    connection.close()


@pytest.fixture(scope="module")
def journal(postgres_url: str) -> Iterator[tuple[Connection, Postgres]]:
    """A connection that writes facts, and a home that reads them."""
    with (
        Postgres.open(postgres_url, schema="journal", ids=constant_ids()) as home,
        open_wire(postgres_url, "journal") as connection,
    ):
        yield connection, home
        connection.execute("DROP SCHEMA journal CASCADE")


def read_back(connection: Connection, kind: type[Row], keys: list[str]) -> list[Row]:
    """Read rows as the engine does: locked, where they can change."""
    wanted = no_keys()
    wanted[kind].update(keys)
    loaded = reading.Loaded()
    with connection.transaction():
        reading.take(reading.ask(connection, wanted, lock=True), loaded)
    return [loaded[kind][key] for key in keys]


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
def test_rows_come_back_as_they_were_written(connection: Connection, kind: type[Row]) -> None:
    table = TABLES[kind]

    @settings(max_examples=examples(25), deadline=None, database=None)
    @given(st.lists(structs(kind), min_size=1, max_size=8, unique_by=lambda row: row.id), st.data())
    def round_trip(rows: list[Row], data: st.DataObject) -> None:
        keys = [row.id for row in rows]
        with connection.transaction(force_rollback=True):
            writing.copy_rows(connection, table, rows)
            assert read_back(connection, kind, keys) == rows
            if kind.immutable:
                return
            kept = table.fixed | {"id"}
            others = [
                replace(data.draw(structs(kind)), **{name: getattr(row, name) for name in kept})
                for row in rows
            ]
            with connection.pipeline():
                writing.send_updates(connection, kind, others)
            assert read_back(connection, kind, keys) == others

    round_trip()


def test_rows_that_are_not_there_are_none(connection: Connection) -> None:
    for kind in TABLES:
        assert read_back(connection, kind, ["nobody", "no\u0301"]) == [None, None]


def bodies(base: type[FactBody] = FactBody) -> Iterator[type[FactBody]]:
    """Every kind of fact that has no kinds of its own."""
    derived = base.__subclasses__()
    if not derived:
        yield base
    for kind in derived:
        yield from bodies(kind)


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_facts_come_back_as_they_were_written(
    journal: tuple[Connection, Postgres], data: st.DataObject
) -> None:
    connection, home = journal
    ids = constant_ids()
    kinds = st.sampled_from(sorted(bodies(), key=lambda body: body.__name__))
    facts = [
        Fact(ids.new(abs(at)), at, data.draw(structs(data.draw(kinds)))) for at in data.draw(st.lists(TIMES))
    ]
    with connection.transaction():
        connection.execute("DELETE FROM facts")
        writing.copy_facts(connection, facts)
    assert list(home.facts()) == facts
