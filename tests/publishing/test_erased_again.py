"""A backup brings erased keys back; what is restored from it is without them before anybody can read it."""

import json
import re
import shutil
from collections.abc import Collection
from functools import partial
from pathlib import Path
from random import Random

import psycopg
import pytest
from sequencing import destroy, plan, take_all
from typer.testing import CliRunner, Result

from databases import fresh_database
from histories import CONSUMERS, START
from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.journal import erasing
from holdfast.journal.erasing import KEPT_FOR
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.actor import RESTORE
from holdfast.kernel.clock import iso
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.orders.model import CancelOrder, Listing, PlaceOrder
from holdfast.parties.model import Merchant
from holdfast.postgres.compatibility import schema_revision
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.postgres.revisions import VERSIONS, revisions
from holdfast.postgres.wire import open_wire
from holdfast.publishing import erasures
from holdfast.publishing.erased_again import Again, erase_again
from holdfast.publishing.erasures import Erasure
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.witnesses import Witnesses
from holdfast.server.backup import backup
from holdfast.server.restore import Restored, restore

ONE, TWO = (f"consumer:{consumer_id}" for consumer_id in CONSUMERS[:2])
LATER = START + KEPT_FOR


def deal(home: Postgres, consumer_id: str, order_id: str, *, ends: bool) -> None:
    """An order, which is cancelled where it ends."""
    [merchant, *_] = home.rows(Merchant)
    placing = PlaceOrder(
        order_id=order_id,
        merchant_id=merchant.id,
        consumer_id=consumer_id,
        currency="CNY",
        amount_minor=1_000,
        listing=Listing(title="tea", text="green tea", price_minor=1_000),
    )
    cancelling = CancelOrder(order_id=order_id, reason="changed mind")
    for command in (placing, cancelling) if ends else (placing,):
        [outcome] = home.run([Submission(command, START)])
        assert outcome.refusal is None, outcome.refusal


@pytest.fixture
def kept(home: Postgres, log: Place, database_url: str, tmp_path: Path) -> tuple[Path, Path]:
    """A backup, and the list of what was erased after it: one consumer whole, of another one deal of two."""
    deal(home, CONSUMERS[0], "a1", ends=True)
    deal(home, CONSUMERS[1], "b1", ends=True)
    deal(home, CONSUMERS[1], "b2", ends=False)
    witnesses = Witnesses(log.trust, log.urls, pause=0)
    take_all(database_url, Publisher(log.store(), log.head(), log.signer, log.trust, witnesses))
    home.close()
    file, listed = tmp_path / "before.backup", tmp_path / "erasures.jsonl"
    backup(database_url, file, say=silent)
    for subject in (ONE, TWO):
        destroy(database_url, subject, LATER, partial(erasures.add, listed))
    return file, listed


def silent(_text: str) -> None:
    """Tell nobody."""


def tags(listed: Path) -> frozenset[str]:
    return frozenset(key for one in erasures.read(listed) or [] for key in one.keys)


def keys(url: str) -> list[tuple[str, str]]:
    """The subjects and deals of which there are keys, of these two."""
    with open_wire(url, None) as wire:
        query = b"SELECT subject, deal FROM trail_keys WHERE subject = ANY(%s) ORDER BY 1, 2"
        return wire.execute(query, ([ONE, TWO],)).fetchall()


def put_back(url: str, file: Path, listed: Collection[str]) -> tuple[Restored, list[Again]]:
    again: list[Again] = []
    done = restore(
        url,
        file,
        replace=True,
        say=silent,
        mend=lambda fresh, schemas: again.append(erase_again(fresh, schemas, listed, LATER)),
    )
    return done, again


WITHOUT = [(TWO, ""), (TWO, "b2")]
WITH = [(ONE, ""), (ONE, "a1"), (TWO, ""), (TWO, "b1"), (TWO, "b2")]


def test_what_was_erased_since_a_backup_is_erased_again_and_recorded(
    kept: tuple[Path, Path], database_url: str
) -> None:
    file, listed = kept
    assert keys(database_url) == WITHOUT
    _, [none] = put_back(database_url, file, frozenset())
    assert (none, keys(database_url)) == (Again(0, 0), WITH)
    _, [again] = put_back(database_url, file, tags(listed))
    assert (again, keys(database_url)) == (Again(2, 3), WITHOUT)
    with Postgres.open(database_url, ids=Ids(Random(2)), guard=None) as home:
        facts = list(home.facts())
    found = [fact.body for fact in facts if isinstance(fact.body, KeysDestroyed)]
    assert max(fact.at for fact in facts) == START  # the clock's guard sees no later present
    assert [(body.deals, body.kept, body.whole) for body in found] == [(1, 0, True), (1, 1, False)]
    assert all("restore" in body.reason for body in found)
    assert {fact.actor for fact in facts if isinstance(fact.body, KeysDestroyed)} == {RESTORE}


def test_what_was_erased_again_has_no_way_back_into_a_log(kept: tuple[Path, Path], database_url: str) -> None:
    """Its facts are buried, as an erasure buries them: a new log leaves them out, without new keys."""
    file, listed = kept
    with open_wire(database_url, None) as wire:
        buried = wire.execute(b"SELECT fact_id FROM trail_erased ORDER BY 1").fetchall()
    put_back(database_url, file, tags(listed))
    with open_wire(database_url, None) as wire:
        assert wire.execute(b"SELECT fact_id FROM trail_erased ORDER BY 1").fetchall() == buried != []


def test_a_backup_of_an_earlier_holdfast_is_migrated_where_there_is_something_to_erase(
    postgres_url: str, tmp_path: Path
) -> None:
    """At revision 0005 there is nowhere to remember what was erased."""
    earlier = tmp_path / "versions"
    earlier.mkdir()
    for path in sorted(VERSIONS.glob("000[1-5]_*.py")):
        shutil.copy(path, earlier)
    with fresh_database(postgres_url) as url:
        migrate(url, versions=earlier)
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO trail_keys VALUES (%s, '', %s)", (ONE, b"k" * 32))
        file = tmp_path / "earlier.backup"
        backup(url, file, say=silent)
        done, [none] = put_back(url, file, frozenset())
        assert (none, done.revisions) == (Again(0, 0), {"public": "0005"})
        assert keys(url) == [(ONE, "")]
        _, [again] = put_back(url, file, {erasures.tag(b"k" * 32)})
        assert (again, keys(url)) == (Again(1, 1), [])
        with psycopg.connect(url) as connection:
            assert schema_revision(connection) == revisions(VERSIONS)[-1]


def test_where_erasing_again_fails_the_database_stays_as_it_was(
    kept: tuple[Path, Path], database_url: str
) -> None:
    file, _ = kept

    def fail(_url: str, _schemas: Collection[str]) -> None:
        raise OSError(5, "the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        restore(database_url, file, replace=True, say=silent, mend=fail)
    assert keys(database_url) == WITHOUT


def test_the_list_names_nobody_and_knows_a_key_only_by_the_key(kept: tuple[Path, Path]) -> None:
    _, listed = kept
    for line in listed.read_text(encoding="utf-8").splitlines():
        at, fact, keys_of_it = json.loads(line).values()
        assert at == iso(LATER)
        assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys_of_it)
        assert re.fullmatch("[0-9a-f]{32}", fact)
    assert listed.stat().st_mode & 0o077 == 0
    first, second = erasures.read(listed) or []
    assert (len(first.keys), len(second.keys)) == (2, 1)
    assert erasures.tag(b"k" * 32) != erasures.tag(b"l" * 32)


def test_nothing_is_destroyed_where_it_cannot_be_listed(
    home: Postgres, log: Place, database_url: str
) -> None:
    deal(home, CONSUMERS[0], "a1", ends=True)
    witnesses = Witnesses(log.trust, log.urls, pause=0)
    take_all(database_url, Publisher(log.store(), log.head(), log.signer, log.trust, witnesses))

    def full(_erasure: Erasure) -> None:
        raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space"):
        destroy(database_url, ONE, LATER, full)
    planned = plan(database_url, ONE, LATER)
    assert planned is not None
    assert planned.whole


def test_a_line_that_was_cut_off_is_none_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    listed = tmp_path / "list.jsonl"
    assert erasures.read(listed) is None
    one = Erasure("2026-01-01T00:00:00Z", "f1", ("00",))
    erasures.add(listed, one)
    with listed.open("ab") as file:
        file.write(b'{"at": "2026-01')
    assert erasures.read(listed) == [one]
    erasures.add(listed, one)
    assert erasures.read(listed) == [one, one]
    listed.write_bytes(b"what\n" + listed.read_bytes())
    with pytest.raises(Refusal) as damaged:
        erasures.read(listed)
    assert damaged.value.code == "erasures_damaged"
    assert damaged.value.where.endswith("list.jsonl:1")


def holdfast(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_tells_what_was_erased_again_or_that_it_could_not_check(
    kept: tuple[Path, Path], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, listed = kept
    monkeypatch.setenv("HOLDFAST_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("HOLDFAST_ERASURES", raising=False)
    words = ("db", "restore", file, "--replace", "--database-url", database_url)
    blind = holdfast(*words)
    assert blind.exit_code == 0, blind.stderr
    assert f"there is no list {tmp_path / 'data-erasures.jsonl'}" in blind.stderr
    assert "未能核对" in blind.stderr
    assert keys(database_url) == WITH
    again = holdfast(*words, "--erasures", listed, "--json")
    assert json.loads(again.stdout)["erased_again"] == 2, again.stderr
    assert "2 erased since this backup, erased again" in again.stderr
    assert keys(database_url) == WITHOUT
    lost = holdfast(*words, "--erasures", tmp_path / "lost.jsonl")
    assert (lost.exit_code, "no such list" in lost.stderr) == (1, True)


def test_an_erasure_by_the_command_is_listed_beside_the_data_folder(
    home: Postgres, log: Place, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal(home, CONSUMERS[0], "a1", ends=True)
    witnesses = Witnesses(log.trust, log.urls, pause=0)
    take_all(database_url, Publisher(log.store(), log.head(), log.signer, log.trust, witnesses))
    monkeypatch.setattr(erasing, "KEPT_FOR", -(10**12))
    monkeypatch.setenv("HOLDFAST_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("HOLDFAST_ERASURES", raising=False)
    words = ("erase", ONE, "--database-url", database_url, "--json")
    assert json.loads(holdfast(*words).stdout)["erasures"] is None
    assert not (tmp_path / "data-erasures.jsonl").exists()
    monkeypatch.setenv("HOLDFAST_CLOCK_AHEAD_HOURS", "10000")
    assert holdfast(*words, "--destroy", "--by", "Li").exit_code == 0
    assert not (tmp_path / "data-erasures.jsonl").exists()
    done = holdfast(*words, "--destroy", "--by", "Wang")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    [listed] = erasures.read(tmp_path / "data-erasures.jsonl") or []
    assert (document["erasures"], document["fact"]) == (str(tmp_path / "data-erasures.jsonl"), listed.fact)
