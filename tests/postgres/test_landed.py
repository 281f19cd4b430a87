"""Revisions that landed never change; databases of every one since go on, and of those before are refused."""

import hashlib
import json
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql

import golden_making as making
from databases import fresh_database
from histories import RELEASES, policy, sale
from holdfast.audit.checks import audit
from holdfast.claims.model import UpholdClaim
from holdfast.engine.execution import Outcome, Submission
from holdfast.journal.feed import Cursor
from holdfast.kernel.clock import DAY, Instant, parse
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.model import Order, OrderState
from holdfast.parties.model import Owner
from holdfast.policy.model import IN_FORCE, InForce, PolicyAdopted
from holdfast.postgres.compatibility import SchemaState, check_schema, schema_state
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.postgres.refusals import MigrationBlocked, SchemaUnlanded
from holdfast.postgres.revisions import VERSION_TABLE, VERSIONS, revisions
from holdfast.postgres.tables import TABLES
from holdfast.psp.sandbox import ANSWERS
from holdfast.publishing import place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.sequencer import Sequencer, take_turn
from holdfast.trail.note import Note, Signature
from who_asks import asked

DATABASES = Path(__file__).parents[1] / "golden" / "databases"

LANDED = {
    "0001": "50b0d842fa373c12e7d4585cc3b38a055f8664ecad2508a0dca1a3dd73385ab1",
    "0002": "4e32bc3ad1654a518ab06d9ffbe04592d65a3b8fd031b71cadd482d3ee59a8c5",
    "0003": "fc210153fd282df51a4fe3a74ad4ea7b5950095188681efb7f366c90e155a5fb",
    "0004": "fa8b07095f40c5d548a2e1e5d5612256f2f5db8381a2dd30851e96c04ca28fce",
    "0005": "3f5cc326708c0b91028fe96e6fac0459b47c4ed3d293ac50979dc2df0000236d",
    "0006": "f51c894ef5fe4fa95a05565c2bd44800eee4d870a425ab4286523728f895d7ac",
    "0007": "1738e30f38038a817d6ddbc8e7e6845226d080efadfbbfedc953973fd7e32ebe",
    "0008": "49aa3afa53e31775bc764980d00db119d5834f1bf61b967c7e9f84be0719f73c",
    "0009": "b55641267ef06e25545381b0c079b9821a440ae033c621760ac61243f996afd4",
    "0010": "efce82cbf27d0e719ab07f480ac05251a5775773d00a41684692758af0b41a70",
    "0011": "3255c170137c1bc78731cef40b11a65347dff89daaff9b717a14c35e3ae91e93",
    "0012": "93ebb19e08ba0fb5b4e0f9ff8b06422e8189e470f2c09923ef07c2b89949133d",
    "0013": "395c9d149cf39bbcdb28f9279df6980561ffa1e7b17434d48f49d523071201b1",
    "0014": "17b5e5005a22b5958be4192fbe58a37f16ca8a0ed92593d9f0e1832b8c477d22",
    "0015": "4b3305611737b3846c7d9790bc0106db59bcef8a53219fbe7afdec88adcfb1ca",
    "0016": "5b3076d882e471696ed8dc90d52431bbeb7a488f93011023968d8a941bab6b84",
    "0017": "fe57994e826843f285a209314372192f827afa9b281d4008780ad86f6fc1a3f5",
    "0018": "c570d194d5eaae2e6e8bf93efcca2b63caf2b9cd576f342b1517a70805682a70",
    "0019": "ead3d37710723de76b95a80ff91d6ed5d8ae16faea014496f61755db4e623deb",
    "0020": "0592109ae8ccc4ae652b14397b26b75771339dfffbd7cfb842d462f362d2e54d",
    "0021": "f15555178ea2cfb27dabf078ce8851ee9df25de4381a152cbda2dd120eac5f8d",
    "0022": "2fbabf3c077ec21ae154bc9eb4313a959ff2bab1b5789c5958468c5143494320",
    "0023": "2841dbd2ef0f6f61109f1722cc40102216e59f58315339361e1bf743fa1a6278",
    "0024": "3524db7d2358b088e3fc0e1189e8ab9cc7379bb086509cc03f6082e3c2a89508",
    "0025": "aa48dfcd875bbeac393568c39dfec88e7407237ddf36b0cb6b54ecb29990a447",
}
"""SHA-256 of each revision's file. A revision is added here as it lands, and is never changed after that."""

TOGETHER = {"0003", "0007", "0008", "0009", "0013", "0015", "0018", "0021", "0023", "0024"}
"""Revisions that landed together with the one after them: no database has stayed at one of these."""


WIND_DOWN = {
    **dict.fromkeys(("rest_minor", "pool_minor", "swept_minor", "given_minor", "claims"), 0),
    **dict.fromkeys(("paid_minor", "missing_minor", "fund_minor"), 0),
    "stage": "done",
    "declared_by": ["Li", "Wang"],
    "reason": "gone",
    "declared_at": "2026-04-01T00:00:00Z",
    "cursor": "",
    "late": False,
}


def hash_of(revision: str) -> str:
    [file] = VERSIONS.glob(f"{revision}_*.py")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("revision", sorted({*LANDED, *revisions()}))
def test_a_revision_is_as_it_landed(revision: str) -> None:
    assert revision in LANDED, "a new revision: add its hash, and a golden database of the one before it"
    assert hash_of(revision) == LANDED[revision], "databases exist that this revision made: write another one"


def test_the_databases_of_every_revision_are_kept() -> None:
    """But of the newest: who writes the next one makes it first, with `tests/golden_making.py`."""
    assert {file.stem for file in DATABASES.glob("*.json")} >= set(revisions()[:-1]) - TOGETHER


def old(url: str, revision: str, folder: Path) -> None:
    """Make a database as the code of a revision left it: tables from the revisions, rows from the file."""
    for file in VERSIONS.glob("0*.py"):
        if file.name[:4] <= revision:
            (folder / file.name).write_bytes(file.read_bytes())
    migrate(url, versions=folder)
    content = json.loads((DATABASES / f"{revision}.json").read_text(encoding="utf-8"))
    tables: dict[str, list[dict[str, Any]]] = content["tables"]
    with psycopg.connect(url) as connection:
        for name, rows in tables.items():
            table = sql.Identifier(name)
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
            inserting = sql.SQL(
                "INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::{}, %s)"
            )
            connection.execute(inserting.format(table, table), [json.dumps(rows)])
        if "unsequenced" in tables:
            connection.execute(
                "SELECT setval(pg_get_serial_sequence('unsequenced', 'id'), max(id)) FROM unsequenced"
            )


def react(fact: Fact) -> Any:
    answer = ANSWERS.get(type(fact.body))
    return () if answer is None else answer(fact)


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear nothing."""


def run(home: Postgres, at: Instant, *commands: Command) -> None:
    for outcome in home.run([asked(command, at) for command in commands]):
        assert outcome.accepted, outcome.refusal


REVISIONS = sorted(file.stem for file in DATABASES.glob("*.json"))
ALWAYS = {REVISIONS[0], *REVISIONS[-2:]}
"""The others take a minute together, and so are for `make test-all`."""


@pytest.mark.parametrize(
    "revision",
    [each if each in ALWAYS else pytest.param(each, marks=pytest.mark.long) for each in REVISIONS],
)
def test_a_database_of_every_revision_goes_on(database_url: str, versions: Path, revision: str) -> None:
    old(database_url, revision, versions)
    now = parse("2026-03-19")
    with Postgres.open(database_url, ids=Ids(Random(2))) as home:
        told = [fact.body.version for fact in home.facts() if isinstance(fact.body, PolicyAdopted)]
        in_force = home.row(InForce, IN_FORCE)
        assert in_force is not None
        assert told[-1] == in_force.version
        assert in_force.version.startswith("standard:full"), (
            "it was gone back to, and orders were placed under it"
        )
        assert audit(home).findings == []
        for kind in TABLES:
            assert all(isinstance(row, kind) for row in home.rows(kind))
        for number, command in enumerate(making.sold("o1")):
            [again] = home.run([asked(command, now, f"1/{number}")])
            assert again.replayed_ids, f"sent again after the upgrade, it was answered with {again}"
        run(home, now, UpholdClaim(claim_id="k1"))
        assert home.advance(now + DAY) > 0
        for number, release in enumerate(RELEASES):
            home.adopt(policy(release), now + DAY)
            run(home, now + DAY, *sale(f"new{number}", "m", "c", 10_000, 3))
        home.play((), react=react, listen=unheard, until=now + 200 * DAY)
        assert audit(home).findings == []
        ended = {order.id for order in home.rows(Order) if order.state is OrderState.COMPLETED}
        assert ended >= {f"new{number}" for number in range(len(RELEASES))}


def unwitnessed(_note: Note, _prove: Prove, _hint: int) -> list[Signature]:
    return []


def waiting_of(url: str) -> list[str]:
    """Return what stands in the outbox of a revision before 0018, in its order."""
    query = (
        "SELECT fact_id FROM unsequenced CROSS JOIN LATERAL unnest(fact_ids) WITH ORDINALITY"
        " AS one (fact_id, place) ORDER BY unsequenced.id, place"
    )
    with psycopg.connect(url) as connection:
        return [fact_id.hex for (fact_id,) in connection.execute(query.encode()).fetchall()]


def feed_of(home: Postgres) -> list[str]:
    places, fact_ids = zip(*home.positions(), strict=True)
    assert list(places) == list(range(len(places)))
    return list(fact_ids)


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("revision", ["0010", "0017"])
def test_the_log_of_a_database_goes_on_where_the_outbox_was(
    database_url: str, versions: Path, tmp_path: Path, revision: str, *, bound: bool
) -> None:
    """What has leaves comes first, then what waits, in its order; the log takes every fact once."""
    old(database_url, revision, versions)
    log = place.make(tmp_path / "trail", "log.example/holdfast")
    with psycopg.connect(database_url) as connection:
        facts = [key for (key,) in connection.execute("SELECT id FROM facts ORDER BY id").fetchall()]
        waits = facts[-1:] + facts[5:-1] if bound else []
        connection.execute("DELETE FROM unsequenced")
        if bound:
            leaves = [(index, key) for index, key in enumerate(reversed(facts[:5]))]
            connection.cursor().executemany("INSERT INTO trail_leaves VALUES (%s, %s)", leaves)
            connection.execute("UPDATE trail_head SET log = %s", [log.signer.verifier.encode()])
            connection.execute("INSERT INTO unsequenced (fact_ids) VALUES (%s), (%s)", [waits[:3], waits[3:]])
    assert waiting_of(database_url) == [key.hex for key in waits]
    migrate(database_url)
    with Postgres.open(database_url, ids=Ids(Random(2))) as home:
        order = [*reversed(facts[:5]), *waits] if bound else facts
        assert feed_of(home) == [key.hex for key in order]
        cursor = home.row(Cursor, "trail")
        assert (None if cursor is None else cursor.position) == (5 if bound else None)
        run(home, parse("2026-03-19"), UpholdClaim(claim_id="k1"))
        assert feed_of(home)[: len(order)] == [key.hex for key in order]
        assert len(feed_of(home)) > len(order)
        assert audit(home).findings == []
        if not bound:
            publisher = Publisher(log.store(), log.head(), log.signer, log.trust, unwitnessed)
            with closing(Sequencer(database_url, None, publisher)) as sequencer:
                while sequencer.step().facts:
                    pass
            with psycopg.connect(database_url) as connection:
                found = connection.execute("SELECT fact_id FROM trail_leaves ORDER BY leaf_index").fetchall()
            assert [key.hex for (key,) in found] == feed_of(home)


def test_the_feed_is_not_made_beside_a_sequencer_or_a_writer(
    database_url: str, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One would give leaves, the other facts, that its order did not count in."""
    old(database_url, "0017", versions)
    monkeypatch.setattr("holdfast.postgres.applying._LOCK_SECONDS", 1)
    with psycopg.connect(database_url, autocommit=True) as sequencing:
        take_turn(sequencing)
        with pytest.raises(MigrationBlocked):
            migrate(database_url)
    with psycopg.connect(database_url) as writing:
        writing.execute("UPDATE facts SET kind = kind WHERE id = (SELECT id FROM facts LIMIT 1)")
        with pytest.raises(MigrationBlocked):
            migrate(database_url)
    assert migrate(database_url)[0] == "0018"


def test_indexes_are_made_beside_facts_as_in_an_empty_database(
    database_url: str, postgres_url: str, with_schema: str, versions: Path
) -> None:
    """Built without a transaction: what an interrupted run left of one, under its name, is made again."""

    def indexes(url: str) -> list[tuple[Any, ...]]:
        query = """SELECT relname, pg_get_indexdef(indexrelid), indisvalid FROM pg_index
            JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'facts'::regclass ORDER BY 1"""
        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()

    old(database_url, "0019", versions)
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE INDEX facts_actor_hashed ON facts (at)")
    migrate(database_url)
    with fresh_database(postgres_url, with_schema) as url:
        assert indexes(database_url) == indexes(url)


def test_when_an_owner_ran_is_taken_from_the_wind_downs(database_url: str, versions: Path) -> None:
    old(database_url, "0011", versions)
    with psycopg.connect(database_url) as connection:
        [(merchant_id, [owner_id])] = connection.execute(
            "UPDATE merchants SET status = 'absconded' WHERE id = (SELECT min(id) FROM merchants)"
            " RETURNING id, owner_ids"
        ).fetchall()
        connection.execute(
            "INSERT INTO wind_downs SELECT * FROM jsonb_populate_record(NULL::wind_downs, %s)",
            [json.dumps(WIND_DOWN | {"id": merchant_id})],
        )
        connection.execute("UPDATE owners SET absconded = true WHERE id = %s", [owner_id])
    migrate(database_url)
    with closing(Postgres(database_url, None, Ids(Random(1)))) as home:
        ran = {owner.id: owner.ran_at for owner in home.rows(Owner)}
    assert ran.pop(owner_id) == parse("2026-04-01")
    assert set(ran.values()) <= {None}


def test_what_an_owner_owes_is_worked_out_anew_for_each_currency(database_url: str, versions: Path) -> None:
    """From the debts of its merchants that ran; the number of before had added up currencies."""
    old(database_url, "0012", versions)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE owners SET absconded = true, debt_minor = 777")
        connection.execute("UPDATE merchants SET status = 'absconded', owner_ids = '[\"p\"]'")
        rows = [
            ("cn", "CNY", "absconded", (1, 2, 3, 4)),
            ("jp", "JPY", "absconded", (500, 0, 0, 0)),
            ("jp2", "JPY", "absconded", (7, 0, 0, 0)),
            ("us", "USD", "active", (9, 9, 9, 9)),
            ("eu", "EUR", "absconded", (0, 0, 0, 0)),
        ]
        for key, currency, status, owed in rows:
            connection.execute(
                "INSERT INTO merchants SELECT (jsonb_populate_record(m, %s)).* FROM merchants m"
                " WHERE id = 'm'",
                [json.dumps({"id": key, "currency": currency, "status": status})],
            )
            connection.execute(
                "INSERT INTO debts (id, currency, short_minor, fund_minor, issuer_minor, platform_minor)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [key, currency, *owed],
            )
    migrate(database_url)
    with closing(Postgres(database_url, None, Ids(Random(1)))) as home:
        [owner] = home.rows(Owner)
    assert owner.debts == (Money(10, "CNY"), Money(507, "JPY"))


@pytest.mark.parametrize(
    ("statement", "was"),
    [
        ("ALTER TABLE orders DROP COLUMN deliver_by", "0001 as it was before 2026-11-23 08:53 UTC"),
        (
            "ALTER TABLE coverages RENAME peak_minor TO window_minor",
            "0002 as it was before 2026-11-23 15:05 UTC",
        ),
    ],
)
@pytest.mark.parametrize("revision", ["0002", "0006"])
def test_one_of_a_revision_before_it_landed_is_refused_by_name(
    database_url: str, versions: Path, revision: str, statement: str, was: str
) -> None:
    """At the revision that made it, and where later ones were put on top."""
    old(database_url, revision, versions)
    with psycopg.connect(database_url) as connection:
        connection.execute(statement.encode())
        before = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}".encode()).fetchone()
    for refusing in (migrate, check_schema):
        with pytest.raises(SchemaUnlanded, match="schema_unlanded") as refused:
            refusing(database_url)
        assert was in str(refused.value)
    with psycopg.connect(database_url) as connection:
        assert schema_state(connection) is SchemaState.UNLANDED
        assert connection.execute(f"SELECT version_num FROM {VERSION_TABLE}".encode()).fetchone() == before
