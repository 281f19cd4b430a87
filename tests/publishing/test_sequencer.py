"""The sequencer on real PostgreSQL: dense, complete, once; broken off at every write; restored; forked."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import psutil
import psycopg
import pytest

from histories import CONSUMERS, START
from holdfast.engine.execution import Submission
from holdfast.journal.refusals import SequencerRunning
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.publishing import place, scribe
from holdfast.publishing.head import Head
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.receipts import Published
from holdfast.publishing.refusals import (
    BatchesMissing,
    HeadAhead,
    HeadForeign,
    HeadForked,
    HeadMoved,
    LogThere,
    NoLog,
    NoQuorum,
    TilesMissing,
)
from holdfast.publishing.sequencer import Sequencer
from holdfast.publishing.store import Store, tiles_of
from holdfast.trail import bundle, checkpoint, merkle, note
from holdfast.trail.bundle import Bundle
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.leaf import read
from holdfast.trail.merkle import CompactRange, Hash, leaf_hash
from holdfast.trail.note import Note, Signature
from holdfast.trail.opening import canonical
from holdfast.trail.proof import Receipt
from holdfast.trail.tile import WIDTH, node_at

ORIGIN = "log.example/holdfast"


class BrokenOffError(Exception):
    """What a machine that stops looks like from inside."""


class Breaking:
    """A store and a head that stop at the write with a number, before or after it is done."""

    def __init__(self, store: Store, head: Head, at: int, *, after: bool) -> None:
        self._store, self._head, self._left, self._after = store, head, at, after

    def _write(self, act: Callable[[], object]) -> object:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise BrokenOffError
        done = act()
        if self._left == 0:
            raise BrokenOffError
        return done

    def read(self, name: str = "") -> bytes | None:
        return self._store.read(name) if name else self._head.read()

    def write(self, name: str, data: bytes) -> None:
        self._write(lambda: self._store.write(name, data))

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        for one in files:
            self._write(lambda one=one: self._store.write_all([one]))

    def delete(self, names: Sequence[str]) -> None:
        self._write(lambda: self._store.delete(names))

    def swap(self, expected: bytes | None, new: bytes) -> bool:
        return bool(self._write(lambda: self._head.swap(expected, new)))


def unwitnessed(_note: Note, _prove: Prove, _hint: int) -> list[Signature]:
    return []


def publisher(where: Place, breaking: Breaking | None = None) -> Publisher:
    store, head = breaking or where.store(), breaking or where.head()
    return Publisher(store, head, where.signer, where.trust, unwitnessed)


@pytest.fixture
def log(tmp_path: Path) -> Place:
    return place.make(tmp_path / "trail", ORIGIN)


def more(home: Postgres, count: int) -> None:
    command = SetConsumerLimit(consumer_id=CONSUMERS[0], limit_minor=5_000_000)
    home.run([Submission(command, START) for _ in range(count)])


def entries_of(where: Place) -> list[bytes]:
    """Return what the published log holds, its signature and root checked by the naive way."""
    out = where.store().read("checkpoint")
    assert out is not None
    head, _ = where.trust.check(note.parse(out))
    entries: list[bytes] = []
    for at in range(0, head.size, WIDTH):
        width = min(WIDTH, head.size - at)
        data = where.store().read(Bundle(at // WIDTH, width).path)
        assert data is not None
        entries += bundle.decode(data, width)
    tree = CompactRange()
    for entry in entries:
        tree.append(leaf_hash(entry))
    assert tree.root() == head.root
    return entries


def check_all(home: Postgres, where: Place, url: str) -> None:
    """Every fact stands in the log once, at the index that the database says, and opens with its key."""
    entries = entries_of(where)
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT fact_id, leaf_index FROM trail_leaves").fetchall()
        keys = {
            (subject, deal): key
            for subject, deal, key in connection.execute("SELECT subject, deal, key FROM trail_keys")
        }
        behind = connection.execute(
            "SELECT max(first + cardinality(fact_ids)) - max(position) FROM feed, cursors"
        )
        assert behind.fetchone() == (0,)
    indices: dict[str, int] = {fact_id.hex: index for fact_id, index in rows}
    facts = list(home.facts())
    assert sorted(indices) == sorted(fact.id for fact in facts)
    assert sorted(indices.values()) == list(range(len(facts)))
    for fact in facts:
        entry = scribe.Entry.of(fact)
        assert scribe.leaf_of(keys, entry) == read(entries[indices[fact.id]])
        assert canonical(entry.shown(keys)) == canonical(scribe.opening_of(keys, entry).fact)


def test_every_fact_is_sequenced_once_and_a_receipt_of_it_verifies(
    home: Postgres, log: Place, database_url: str
) -> None:
    sequencer = Sequencer(database_url, None, publisher(log))
    first = sequencer.step().size
    more(home, 600)
    assert sequencer.step().published.published == first + 600
    assert sequencer.step().facts == 0
    sequencer.close()
    check_all(home, log, database_url)
    entries = entries_of(log)
    node = node_at(len(entries), tiles_of(log.store()))
    out = note.parse(log.store().read("checkpoint") or b"")
    for index in (0, 255, 256, len(entries) - 1):
        receipt = Receipt(index, tuple(merkle.prove_inclusion(index, len(entries), node)), out)
        receipt.check(entries[index])


def test_what_was_there_before_the_trail_is_sequenced_in_its_order(
    home: Postgres, log: Place, database_url: str
) -> None:
    more(home, 300)
    sequencer = Sequencer(database_url, None, publisher(log))
    sequencer.step()
    sequencer.close()
    check_all(home, log, database_url)


@pytest.mark.parametrize("after", [False, True])
def test_broken_off_at_every_write_it_goes_on_where_it_was(
    home: Postgres, log: Place, database_url: str, *, after: bool
) -> None:
    at = 0
    while True:
        at += 1
        more(home, 200)
        breaking = Breaking(log.store(), log.head(), at, after=after)
        sequencer = None
        try:
            sequencer = Sequencer(database_url, None, publisher(log, breaking))
            sequencer.step()
        except BrokenOffError:
            pass
        else:
            break
        finally:
            if sequencer is not None:
                sequencer.close()
        following = Sequencer(database_url, None, publisher(log))
        following.step()
        following.close()
        check_all(home, log, database_url)
    assert at > 6


def test_one_that_is_just_leaving_is_waited_for(home: Postgres, log: Place, database_url: str) -> None:
    """Its session outlives it for as long as the server has something else to do."""
    one = Sequencer(database_url, None, publisher(log))
    session = psutil.Process(one._connection.info.backend_pid)  # pyright: ignore[reportPrivateUsage]
    session.suspend()
    one.close()
    with ThreadPoolExecutor(1) as threads:
        coming = threads.submit(Sequencer, database_url, None, publisher(log))
        waited = [sum(1 for _ in home.facts()) for _ in range(20)]
        session.resume()
        coming.result().close()
    assert waited


def test_two_never_sequence_at_once(home: Postgres, log: Place, database_url: str) -> None:
    one = Sequencer(database_url, None, publisher(log))
    with pytest.raises(SequencerRunning):
        Sequencer(database_url, None, publisher(log))
    one.close()
    assert home.row is not None


def test_a_database_behind_its_head_does_not_sign(home: Postgres, log: Place, database_url: str) -> None:
    sequencer = Sequencer(database_url, None, publisher(log))
    sequencer.step()
    sequencer.close()
    with psycopg.connect(database_url) as connection:  # as after the restore of an older backup
        connection.execute("UPDATE trail_head SET size = 0, hashes = ''")
        connection.execute("DELETE FROM trail_leaves")
    before = log.head().read()
    with pytest.raises(HeadAhead, match="older backup"):
        Sequencer(database_url, None, publisher(log))
    assert log.head().read() == before
    assert list(home.facts())


def test_a_database_with_other_leaves_does_not_sign(home: Postgres, log: Place, database_url: str) -> None:
    sequencer = Sequencer(database_url, None, publisher(log))
    sequencer.step()
    sequencer.close()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE trail_head SET hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0))")
    with pytest.raises(HeadForked, match="the database"):
        Sequencer(database_url, None, publisher(log))
    assert list(home.facts())


def test_sequenced_entries_that_are_gone_stop_it(home: Postgres, log: Place, database_url: str) -> None:
    broken = Breaking(log.store(), log.head(), 1, after=False)
    sequencer = Sequencer(database_url, None, publisher(log, broken))
    with pytest.raises(BrokenOffError):
        sequencer.step()
    sequencer.close()
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM trail_batches")
    with pytest.raises(BatchesMissing):
        Sequencer(database_url, None, publisher(log))
    assert list(home.facts())


def grown(where: Place, count: int) -> None:
    writer = publisher(where)
    writer.resume(0, [])
    writer.publish([b"%d" % number for number in range(count)])


def compact(count: int) -> list[Hash]:
    tree = CompactRange()
    for number in range(count):
        tree.append(leaf_hash(b"%d" % number))
    return tree.hashes


def test_partial_files_go_when_the_full_ones_are_out_and_older_heads_are_read_all_the_same(
    log: Place,
) -> None:
    writer = publisher(log)
    writer.resume(0, [])
    sizes = (3, 40, 255, 256, 300, 511, 600)
    heads: list[Published] = []
    for before, size in pairwise((0, *sizes)):
        writer.publish([b"%d" % number for number in range(before, size)])
        heads.append(Published(log.store(), log.trust))
    partial = {str(path.relative_to(log.log)) for path in log.log.rglob("*.p/*")}
    assert partial == {"tile/0/002.p/88", "tile/entries/002.p/88", "tile/1/000.p/1", "tile/1/000.p/2"}
    assert not [path for path in log.log.rglob("*.p") if not any(path.iterdir())]
    for head in heads:
        for index in range(0, head.size, 7):
            head.receipt(index).check(head.entry(index))
            assert head.entry(index) == b"%d" % index


def test_files_that_are_lost_or_changed_stop_it(log: Place) -> None:
    grown(log, 300)
    path = log.log / "tile/0/001.p/44"
    kept = path.read_bytes()
    path.write_bytes(bytes(len(kept)))
    with pytest.raises(HeadForked, match="files"):
        publisher(log).resume(300, compact(300))
    path.unlink()
    with pytest.raises(TilesMissing):
        publisher(log).resume(300, compact(300))
    path.write_bytes(kept)
    assert publisher(log).resume(300, compact(300)) == 300


def test_a_head_that_moved_or_is_foreign_stops_it(log: Place, tmp_path: Path) -> None:
    one, two = publisher(log), publisher(log)
    one.resume(0, [])
    two.resume(0, [])
    one.publish([b"a"])
    with pytest.raises(HeadMoved):
        two.publish([b"b"])
    other = place.make(tmp_path / "other", ORIGIN)
    with pytest.raises(HeadForeign):
        Publisher(log.store(), log.head(), other.signer, other.trust, unwitnessed).resume(
            1, [leaf_hash(b"a")]
        )


def test_without_a_quorum_nothing_new_comes_out_and_nothing_is_signed_after_a_start(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    witness = WitnessSigner("witness.example/w1", Ed25519PrivateKey.generate())
    where = place.make(tmp_path / "log", ORIGIN, (f"witness w1 {witness.verifier.encode()}",), "w1")
    there = [True]

    def ask(head: Note, _prove: Prove, _hint: int) -> list[Signature]:
        return [witness.sign(head.text, 1_790_000_000)] if there[0] else []

    def opened() -> Publisher:
        return Publisher(where.store(), where.head(), where.signer, where.trust, ask)

    writer = opened()
    writer.resume(0, [])
    assert writer.publish([b"0"]).published == 1
    there[0] = False
    assert writer.publish([b"1"]) == (2, 1)
    out = where.store().read("checkpoint") or b""
    assert checkpoint.of(note.parse(out)).size == 1
    again = opened()
    again.resume(2, compact(2))
    with pytest.raises(NoQuorum):
        again.publish([b"2"])
    there[0] = True
    assert again.retry() == (2, 2)
    assert again.publish([b"2"]) == (3, 3)


def test_a_folder_is_a_log_or_it_is_not(log: Place, tmp_path: Path) -> None:
    with pytest.raises(LogThere):
        place.make(log.path, ORIGIN)
    with pytest.raises(NoLog, match="policy"):
        place.load(tmp_path)
    (log.private / "log.key").write_bytes(b"no key")
    with pytest.raises(NoLog, match="readable"):
        place.load(log.path)
    assert (log.private / "promise.key").stat().st_mode & 0o777 == 0o600
