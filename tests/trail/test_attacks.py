"""Every attack on a log that we know of, each refused for its own reason; what is refused is else whole."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from attacking import (
    ORIGIN,
    SIZE,
    Operator,
    believe,
    compact,
    entry,
    refused,
    running,
)
from histories import START, policy
from histories import opening as joining
from holdfast.engine.execution import Submission
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.monitor.watch import Asked, Report, watch
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.publishing import place
from holdfast.publishing.promises import KeyRing
from holdfast.publishing.receipts import Published, Receipts, openings_of
from holdfast.publishing.scribe import opening_of
from holdfast.publishing.sequencer import Sequencer
from holdfast.publishing.store import tiles_of
from holdfast.trail import checkpoint, opening
from holdfast.trail import policy as policies
from holdfast.trail.bundle import Bundle
from holdfast.trail.consistency import Growing
from holdfast.trail.merkle import CompactRange, prove_consistency
from holdfast.trail.proof import Receipt
from holdfast.trail.tile import node_at

NOT_THERE = "the entry does not lead to the root that was signed"


TILES = {
    "leaf tile": ("tile/0/000", 40, 0),
    "second leaf tile": ("tile/0/001", 45 * 32, 300),
    "partial leaf tile": ("tile/0/002.p/88", 0, 0),
    "upper tile": ("tile/1/000.p/2", 33, 0),
}
BUNDLES = {"bundle": ("tile/entries/001", 10, 256), "partial bundle": ("tile/entries/002.p/88", 10, 512)}


def monitored(log: Operator, *others: object) -> Report:
    places = [str(one) for one in others]
    return watch(Asked(str(log.where.log), log.trust, log.state, places))


def code_of(report: Report) -> str | None:
    return None if report.refusal is None else report.refusal.code


@pytest.mark.parametrize("name", TILES)
def test_a_tile_is_flipped(standing: Operator, tmp_path: Path, name: str) -> None:
    path, at, index = TILES[name]
    log = standing.copied(tmp_path)
    log.flip(path, at)
    opened = log.openings[index].encode()
    receipt = log.receipt(index).encode()
    refused(lambda: believe(log.trust, receipt, opened), "bad_proof", NOT_THERE)
    report = monitored(log)
    assert code_of(report) == "log_tiles_differ"
    assert f"{path}: it is not the tile that the signed entries make" in str(report.refusal)


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_flipped(standing: Operator, tmp_path: Path, name: str) -> None:
    path, at, index = BUNDLES[name]
    log = standing.copied(tmp_path)
    log.flip(path, at)
    published = Published(log.where.store(), log.trust)
    refused(lambda: published.receipt(index).check(published.entry(index)), "bad_proof", NOT_THERE)
    report = monitored(log)
    assert code_of(report) == "log_entries_differ"
    assert path in str(report.refusal)
    log.flip(path, 0)  # the length of its first entry: where others then end, their bytes decide
    refused(lambda: published.entry(index), "bad_bundle", "entry bundle: it ")


@pytest.mark.parametrize("path", ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/002.p/88"])
def test_the_end_of_a_log_is_gone(standing: Operator, tmp_path: Path, path: str) -> None:
    log = standing.copied(tmp_path)
    (log.where.log / path).unlink()
    report = monitored(log)
    assert code_of(report) == "log_truncated"
    assert f"the log signed 600 entries and does not serve {path}" in str(report.refusal)
    published = Published(log.where.store(), log.trust)
    if path.startswith("tile/entries"):
        refused(lambda: published.entry(SIZE - 1), "tiles_missing", f"the files of the log lack {path}")
    else:
        refused(lambda: published.receipt(300), "tiles_missing", f"the files of the log lack {path}")


def test_a_log_is_shorter_than_its_checkpoint(standing: Operator, tmp_path: Path) -> None:
    """Files of 100 entries, well-formed, under a checkpoint of 600: one of them, not the other."""
    short = standing.copied(tmp_path)
    with running(tmp_path / "short") as other:
        other.append(entry(number) for number in range(100))
        short.where.log.rename(tmp_path / "whole")
        other.where.log.rename(short.where.log)
        (short.where.log / "checkpoint").write_bytes(standing.out().encode())
    report = monitored(short)
    assert code_of(report) == "log_truncated"
    assert Bundle(0).path in str(report.refusal)


def test_a_second_history_of_the_same_size(tmp_path: Path) -> None:
    """The operator keeps the log as it was at 300 on another disk, and lets it grow anew to the same size."""
    with running(tmp_path) as log:
        log.append(entry(number) for number in range(300))
        fork = log.copied(tmp_path / "fork")
        writer = fork.publisher()
        log.append(entry(number) for number in range(300, SIZE))
        with pytest.raises(Refusal) as found:
            fork.append((entry(number, "x") for number in range(300, SIZE)), writer)
        assert found.value.code == "witness_disagrees"
        assert "422" in str(found.value)
        assert "another tree of 600 leaves was cosigned here" in str(found.value)
        check_second_history(log, fork, tmp_path, "(600 / 600)")


@pytest.mark.parametrize(
    ("size", "code", "said"),
    [(400, "witness_ahead", "600 leaves against 400"), (700, "witness_disagrees", "422")],
)
def test_a_second_history_after_a_common_beginning(tmp_path: Path, size: int, code: str, said: str) -> None:
    with running(tmp_path) as log:
        log.append(entry(number) for number in range(300))
        fork = log.copied(tmp_path / "fork")
        writer = fork.publisher()
        log.append(entry(number) for number in range(300, SIZE))
        other = [entry(number, "x") for number in range(300, size)]
        refused(lambda: fork.append(other, writer), code, said)
        check_second_history(log, fork, tmp_path, f"({min(size, SIZE)} / {max(size, SIZE)})")


def check_second_history(log: Operator, fork: Operator, folder: Path, sizes: str) -> None:
    """The forged head is not out; shown all the same, it is not believed; beside the other it is a proof."""
    assert checkpoint.of(fork.out()).size == 300
    forged = fork.signed()
    said = "0 of its witnesses cosigned the checkpoint: no quorum"
    refused(lambda: log.trust.check(forged), "untrusted", said)
    unwitnessed = policies.read(f"log {log.where.signer.verifier.encode()}\nquorum none\n".encode())
    assert unwitnessed.check(forged)[1] == []  # who asks for no witness is deceived by it
    shown = folder / "shown.tlog-proof"
    shown.write_bytes(Receipt(0, (), forged).encode())
    (fork.where.log / "checkpoint").write_bytes(forged.encode())
    report = monitored(log, shown, fork.where.log)
    assert [fault.code for fault in report.faults] == ["conflict"]
    assert f"two heads that contradict each other {sizes}" in report.faults[0].en
    kept = {Path(each).read_bytes() for each in report.faults[0].shown_by[2:]}
    assert kept == {log.out().encode(), forged.encode()}


def test_two_receipts_of_two_histories_convict_the_log(tmp_path: Path) -> None:
    """Whoever holds a receipt of the one and is shown the other needs nothing but the two."""
    with running(tmp_path) as log:
        log.append(entry(number) for number in range(300))
        fork = log.copied(tmp_path / "fork")
        writer = fork.publisher()
        log.append(entry(number) for number in range(300, SIZE))
        with pytest.raises(Refusal, match="witness_disagrees"):
            fork.append((entry(number, "x") for number in range(300, SIZE)), writer)
        receipts = [tmp_path / "one.tlog-proof", tmp_path / "two.tlog-proof"]
        for path, signed in zip(receipts, (log.out(), fork.signed()), strict=True):
            path.write_bytes(Receipt(0, (), signed).encode())
        one, two = checkpoint.of(log.out()), checkpoint.of(fork.signed())
        refused(
            lambda: Growing(one.size, (), fork.signed()).check(one.root),
            "bad_proof",
            "two trees of size 600 have different roots",
        )
        assert one.size == two.size
        faults = [fault.code for fault in monitored(log, *receipts).faults]
        assert faults == ["conflict"]


def test_a_log_goes_back_to_an_older_head(tmp_path: Path) -> None:
    with running(tmp_path) as log:
        log.append(entry(number) for number in range(300))
        before = log.copied(tmp_path / "before")
        log.append(entry(number) for number in range(300, SIZE))
        assert monitored(log).fine
        monitor = log.state
        # The database goes back, the head does not: the publisher sees it.
        with pytest.raises(Refusal) as found:
            Operator(log.where, log.keys, log.openings[:300]).publisher()
        assert found.value.code == "head_ahead"
        assert "the signed head has 600 leaves, the database 300" in str(found.value)
        # The head goes back, too, and the checkpoint that is out does not: the publisher still sees it.
        head = before.where.head().read()
        assert log.where.head().swap(log.where.head().read(), head or b"")
        refused(Operator(log.where, log.keys, log.openings[:300]).publisher, "head_ahead", "has 600 leaves")
        # All goes back: only who stands outside remembers. A witness does before anything is signed,
        refused(before.publisher, "witness_ahead", "600 leaves against 300")
        assert before.where.head().read() == head
        # and a monitor does, to which the old checkpoint is shown.
        report = watch(Asked(str(before.where.log), log.trust, monitor))
        assert code_of(report) == "log_rolled_back"
        assert "the log shows 300 entries, and had signed 600" in str(report.refusal)


def test_a_head_is_put_back_while_a_newer_checkpoint_is_out(tmp_path: Path) -> None:
    """Nobody witnesses this log: what it shows itself is all that it can know of what it has said."""
    log = Operator(place.make(tmp_path / "trail", ORIGIN), KeyRing(), [])
    log.append(entry(number) for number in range(300))
    old, head = log.where.head().read(), log.where.head()
    log.append(entry(number) for number in range(300, SIZE))
    assert head.swap(head.read(), old or b"")
    other = [opening_of(log.keys, entry(number, "x")) for number in range(300, SIZE)]
    rewritten = Operator(log.where, log.keys, log.openings[:300] + other)
    refused(rewritten.publisher, "head_behind", "has 300 leaves, and a checkpoint of 600 is out")
    refused(log.publisher, "head_behind", "it was put back")
    assert head.read() == old


@pytest.mark.parametrize("size", [400, SIZE])
def test_a_log_that_grew_elsewhere_is_put_under_its_own_checkpoint(tmp_path: Path, size: int) -> None:
    """Head, files and facts agree, and what is out is another history: nothing may be signed on top."""
    log = Operator(place.make(tmp_path / "trail", ORIGIN), KeyRing(), [])
    log.append(entry(number) for number in range(300))
    fork = log.copied(tmp_path / "fork")
    log.append(entry(number) for number in range(300, size))
    fork.append(entry(number, "x") for number in range(300, SIZE))
    fork.publisher()
    (fork.where.log / "checkpoint").write_bytes(log.out().encode())
    said = f"the leaves of the log's files do not lead to the root that was signed at size {size}"
    refused(fork.publisher, "head_forked", said)
    fork.flip("tile/0/000", 0)
    (fork.where.log / "tile/0/001").write_bytes(b"")
    refused(fork.publisher, "head_forked", said)


def test_a_stale_checkpoint_proves_nothing_of_what_came_after(tmp_path: Path) -> None:
    with running(tmp_path) as log:
        log.append(entry(number) for number in range(300))
        stale = log.out()
        log.append(entry(number) for number in range(300, SIZE))
        receipt, opened = log.receipt(450), log.openings[450].encode()
        moved = receipt._replace(note=stale).encode()
        refused(lambda: believe(log.trust, moved, opened), "bad_proof", "leaf 450 lies outside of a tree of")
        (log.where.log / "checkpoint").write_bytes(stale.encode())
        refused(lambda: log.receipt(450), "not_sequenced", "not in a published checkpoint yet")
        root = checkpoint.of(receipt.note).root
        refused(
            lambda: Growing(SIZE, (), stale).check(root),
            "bad_proof",
            "the tree shrank from 600 to 300 leaves",
        )


def test_growth_is_told_of_a_log_that_did_not_grow_so(standing: Operator, stranger: Operator) -> None:
    """A proof of consistency of the one does not lead from the other's old head."""
    node = node_at(SIZE, tiles_of(standing.where.store()))
    grew = Growing(300, tuple(prove_consistency(300, SIZE, node)), standing.out())
    old = _root(standing, 300)
    grew.check(old)
    refused(
        lambda: grew.check(_root(stranger, 300)), "bad_proof", "the old tree is not the one that was signed"
    )
    other = grew._replace(note=stranger.out())
    refused(lambda: other.check(old), "bad_proof", "the new tree did not grow out of the old one")


def _root(log: Operator, size: int) -> bytes:
    return CompactRange(size, compact(log.openings[:size])).root()


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


@pytest.fixture
def market(database_url: str) -> Iterator[Postgres]:
    with Postgres.open(database_url, ids=Ids(Random(1)), guard=None) as opened:
        opened.adopt(policy("full"), START)
        opened.run([Submission(command, START) for command in joining()])
        yield opened


REWRITTEN = {
    "body": "UPDATE facts SET body = jsonb_set(body, '{name}', '\"Another\"') WHERE id = %s",
    "time": "UPDATE facts SET at = at - interval '1 day' WHERE id = %s",
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_row_is_rewritten_after_it_was_logged(
    market: Postgres, database_url: str, tmp_path: Path, name: str
) -> None:
    fact = next(fact for fact in market.facts() if fact.kind == "MerchantRegistered")
    with running(tmp_path) as log:
        sequencer = Sequencer(database_url, None, log.publisher())
        sequencer.step()
        sequencer.close()
        connection = open_wire(database_url, None)
        try:
            receipts = Receipts(connection, Published(log.where.store(), log.trust))
            before = receipts.logged(fact.id)
            assert before.opening is not None
            believe(log.trust, before.receipt.encode(), before.opening.encode())
            with psycopg.connect(database_url) as rewriting:
                rewriting.execute(REWRITTEN[name].encode(), (fact.id,))
            refused(
                lambda: receipts.logged(fact.id),
                "fact_changed",
                f"the log has at {before.receipt.leaf_index}",
            )
            [now] = [one for one in openings_of(connection, 10_000) if one.fact["id"] == fact.id]
        finally:
            connection.close()
        # Whoever is given what the row says now is not deceived: no leaf of the log is opened by it.
        receipt = before.receipt.encode()
        refused(lambda: believe(log.trust, receipt, now.encode()), "bad_proof", NOT_THERE)
        mixed = now._replace(leaf=before.opening.leaf).encode()
        refused(lambda: opening.read(mixed), "bad_leaf", "this body is not the one that was logged")
        given = tmp_path / "openings.jsonl"
        given.write_bytes(now.encode() + b"\n" + before.opening.encode() + b"\n")
        report = watch(Asked(str(log.where.log), log.trust, log.state, openings=given))
        assert [(one.code, one.shown_by[0]) for one in report.faults] == [("opening_not_in_log", fact.id)]
        assert "The leaf of this opening does not stand in the log" in report.faults[0].en
