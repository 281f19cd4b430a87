"""Makes golden files: what the code of a time writes, which the code of every later time must read.

Run it when a kind of fact, a policy setting or a migration was added, and commit what it writes; a file that
is there is never changed.

    python tests/golden_making.py facts LABEL            facts/LABEL.json: what no earlier file has
    python tests/golden_making.py database REVISION URL  databases/REVISION.json, by way of an empty schema

It runs with the code of earlier times first on PYTHONPATH, too: it imports what has been there since 0a6fba1.
"""

import json
import sys
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

import msgspec
import psycopg

import holdfast
from holdfast.claims.model import OpenClaim
from holdfast.engine.execution import Submission
from holdfast.kernel.clock import DAY, parse
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, FactBody
from holdfast.orders.model import DeliverOrder, Listing, PlaceOrder, ShipOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import named
from holdfast.psp.sandbox import ANSWERS
from holdfast.settlement.model import CapitaliseFund

HERE = Path(__file__).parent / "golden"
START = parse("2026-03-01")
RELEASES = ("full", "delivery_plus(7)", "rolling_reserve(15%, 30d)", "fixed_deposit(10000)", "covered(0.99)")


def kinds(base: type[FactBody] = FactBody) -> Iterator[type[FactBody]]:
    """Yield every kind of fact of the product; all its modules are imported for it."""
    if base is FactBody:
        for module in walk_packages(holdfast.__path__, "holdfast."):
            if module.name.endswith((".model", "facts", ".clock")):
                import_module(module.name)
    derived = base.__subclasses__()
    if not derived and base.__module__.startswith("holdfast."):
        yield base
    for kind in derived:
        yield from kinds(kind)


def value(name: str, hint: Any, *, sparse: bool) -> Any:  # noqa: PLR0911 - one for each sort of field
    """Return a value of a field: with all that may be there, or `sparse`, without what may be missing."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return value(name, arguments[0], sparse=sparse)
    if origin in {Union, UnionType}:
        inner = next(each for each in arguments if each is not type(None))
        return None if sparse and type(None) in arguments else value(name, inner, sparse=sparse)
    if origin is tuple:
        return () if sparse else (value(name, arguments[0], sparse=sparse),) * 2
    if hint is Policy:
        return named("covered(0.99)")
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return made(hint, sparse=sparse)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    plain: dict[Any, Any] = {str: f"{name} 稳付", int: 1_772_323_200_000, bool: not sparse}
    return plain[hint]


def made(kind: type[msgspec.Struct], *, sparse: bool) -> Any:
    """Return an instance of a kind."""
    hints = get_type_hints(kind, include_extras=True)
    return kind(
        **{
            field.name: value(field.name, hints[field.name], sparse=sparse)
            for field in msgspec.structs.fields(kind)
        }
    )


def facts() -> Iterator[dict[str, Any]]:
    """Yield the bodies of every kind, as they are stored."""
    for kind in sorted(kinds(), key=lambda each: each.__name__):
        full, sparse = (
            json.loads(msgspec.json.encode(made(kind, sparse=sparse))) for sparse in (False, True)
        )
        yield full
        if sparse != full:
            yield sparse


def policies() -> list[dict[str, Any]]:
    """Return a policy of every release rule, and that of today's practice, as they are stored."""
    return [json.loads(msgspec.json.encode(named(spec))) for spec in (*RELEASES, "today")]


def shape(thing: dict[str, Any]) -> str:
    """Return which fields a body or a policy has: what has a new shape is worth keeping."""
    inner = {
        key: sorted(cast("dict[str, Any]", each)) for key, each in thing.items() if isinstance(each, dict)
    }
    return json.dumps([thing.get("type"), sorted(thing), inner], sort_keys=True)


def write_facts(label: str) -> None:
    """Write what has a shape that no file has."""
    known: set[str] = set()
    for file in sorted((HERE / "facts").glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        known.update(shape(each) for each in (*content["facts"], *content["policies"]))
    new = {
        "made_by": label,
        "facts": [each for each in facts() if shape(each) not in known],
        "policies": [each for each in policies() if shape(each) not in known],
    }
    write(HERE / "facts" / f"{label}.json", new)


def sold(order_id: str) -> list[Command]:
    """Return an order, up to its delivery."""
    listing = Listing(title="电热水壶", text="1.7 L", price_minor=10_000)
    placing = PlaceOrder(
        order_id=order_id,
        merchant_id="m",
        consumer_id="c",
        currency="CNY",
        amount_minor=10_000,
        listing=listing,
    )
    return [placing, ShipOrder(order_id=order_id), DeliverOrder(order_id=order_id)]


def fill(url: str, schema: str) -> None:
    """Play a small market under one policy, another, and the first again: with orders in several states."""
    from holdfast.postgres.home import Postgres

    def react(fact: Any) -> Any:
        return ANSWERS[type(fact.body)](fact) if type(fact.body) in ANSWERS else ()

    def unheard(*_told: object) -> None:
        pass

    full, covered = named("full"), named("covered(0.99)")
    with Postgres.open(url, schema=schema, ids=Ids(Random(1))) as home:
        home.adopt(full, START)
        joining = [
            RegisterMerchant(merchant_id="m", name="茶", currency="CNY", owner_ids=("p",)),
            OpenPayLater(consumer_id="c", currency="CNY"),
            CapitaliseFund(currency="CNY", amount_minor=5_000),
        ]
        home.run([Submission(each, START) for each in joining])
        for day, chosen in enumerate((full, covered, full)):
            now = START + 6 * DAY * day
            home.play((), react=react, listen=unheard, until=now)
            home.adopt(chosen, now)
            home.run([Submission(each, now, f"{day}/{n}") for n, each in enumerate(sold(f"o{day}"))])
        now = START + 17 * DAY
        home.play((), react=react, listen=unheard, until=now)
        late = OpenClaim(claim_id="k0", order_id="o9", amount_minor=1, reason="?")
        claim = OpenClaim(claim_id="k1", order_id="o1", amount_minor=5_000, reason="not as shown")
        home.run([Submission(each, now, f"claim/{n}") for n, each in enumerate((late, claim))])


def dumped(url: str, schema: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table but that of the revision, as JSON."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'holdfast_version'"
            " ORDER BY 1",
            (schema,),
        ).fetchall()
        found: dict[str, list[dict[str, Any]]] = {}
        for (name,) in names:
            rows = connection.execute(f"SELECT to_jsonb(t) FROM {schema}.{name} AS t".encode()).fetchall()
            found[name] = [row for (row,) in rows]
    return {name: rows for name, rows in found.items() if rows}


def write_database(revision: str, url: str) -> None:
    """Write what the code of now has in a database."""
    fill(url, f"golden_{revision}")
    write(
        HERE / "databases" / f"{revision}.json",
        {"revision": revision, "tables": dumped(url, f"golden_{revision}")},
    )


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a golden file, one thing a line; one that is there stays as it is."""
    with path.open("x", encoding="utf-8") as file:
        file.write(_lines(content) + "\n")


def _lines(content: dict[str, Any]) -> str:
    parts: list[str] = []
    for key, each in content.items():
        if isinstance(each, list):
            listed = cast("list[Any]", each)
            rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in listed)
            parts.append(f"{json.dumps(key)}: [\n{rows}\n]" if rows else f"{json.dumps(key)}: []")
        elif isinstance(each, dict):
            parts.append(f"{json.dumps(key)}: {_lines(cast('dict[str, Any]', each))}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(each, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["facts", label]:
            write_facts(label)
        case ["database", revision, url]:
            write_database(revision, url)
        case _:
            sys.exit(__doc__)
