"""Heads of one log from several places: one story passes, two are found, and both heads are kept as proof."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import (
    ORIGIN,
    SIGNER,
    STRANGER,
    TRUST,
    Written,
    code,
    entries,
    fault_codes,
    run,
    serving,
    written,
)

from holdfast.monitor.compare import Head, Relation, relation, signed
from holdfast.monitor.source import opened
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.merkle import EMPTY_ROOT
from holdfast.trail.note import Note, parse
from thorough import examples


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def kept(state: Path) -> dict[str, Head]:
    """The conflicts of a state, each verified as a stranger would."""
    found = sorted((state / "conflicts").iterdir()) if (state / "conflicts").exists() else []
    return {file.name: signed(TRUST, file.name, parse(file.read_bytes())) for file in found}


def names(*logs: Written) -> set[str]:
    return {f"{log.head().size}-{log.head().root.hex()}" for log in logs}


def test_mirrors_receipts_and_files_of_one_log_agree(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    receipt = saved(tmp_path / "receipt", log.receipt(7).encode())
    early = saved(tmp_path / "early", log.note().encode())
    mirror = written(tmp_path / "mirror", 500)
    log.append(entries(700, 300))
    with serving(mirror.path) as (url, _):
        report = run(log.path, tmp_path / "state", receipt, early, mirror.path, url, log.path)
    assert report.fine
    assert any(f"The heads of {5} other places" in one.en and one.proven for one in report.findings)
    assert kept(tmp_path / "state") == {}


@pytest.mark.parametrize(("size", "other"), [(300, 300), (300, 257), (300, 700), (1, 1), (600, 512)])
def test_a_split_view_between_log_and_mirror_is_kept(tmp_path: Path, size: int, other: int) -> None:
    log = written(tmp_path / "log", size)
    mirror = written(tmp_path / "mirror", other, who="fork")
    report = run(log.path, tmp_path / "state", mirror.path)
    assert report.refusal is None
    assert fault_codes(report) == ["conflict"]
    assert kept(tmp_path / "state").keys() == names(log, mirror)
    for file in report.faults[0].shown_by[2:]:
        assert Path(file).is_file()


def test_a_split_view_between_log_and_receipt_is_kept(tmp_path: Path) -> None:
    fork = written(tmp_path / "fork", 200, who="fork")
    receipt = saved(tmp_path / "receipt", fork.receipt(3).encode())
    log = written(tmp_path / "log", 300)
    report = run(log.path, tmp_path / "state", receipt)
    assert fault_codes(report) == ["conflict"]
    assert kept(tmp_path / "state").keys() == names(log, fork)


def test_a_fork_of_the_same_size_after_it_was_verified(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    assert run(log.path, tmp_path / "state").fine
    fork = written(tmp_path / "fork", 300, who="fork")
    report = run(fork.path, tmp_path / "state")
    assert fault_codes(report) == ["conflict"]
    assert code(report) == "log_rewritten"
    assert kept(tmp_path / "state").keys() == names(log, fork)
    assert run(log.path, tmp_path / "state").fine


@pytest.mark.parametrize("size", [257, 400])
def test_a_log_that_was_rewritten_and_grew_is_a_conflict(tmp_path: Path, size: int) -> None:
    log = written(tmp_path / "log", 256)
    assert run(log.path, tmp_path / "state").fine
    fork = Written(tmp_path / "fork").append([*entries(100), *entries(size, 100, "fork")])
    report = run(fork.path, tmp_path / "state")
    assert fault_codes(report) == ["conflict"]
    assert code(report) == "log_rewritten"
    assert kept(tmp_path / "state").keys() == names(log, fork)


def test_a_log_that_goes_back_to_a_fork_is_a_conflict(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    assert run(log.path, tmp_path / "state").fine
    fork = written(tmp_path / "fork", 200, who="fork")
    (log.path / CHECKPOINT).write_bytes(fork.note().encode())
    report = run(log.path, tmp_path / "state")
    assert fault_codes(report) == ["conflict"]
    assert code(report) == "log_rolled_back"


def test_a_log_that_hides_what_it_signed_elsewhere(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    ahead = saved(tmp_path / "ahead", written(tmp_path / "far", 400).note().encode())
    report = run(log.path, tmp_path / "state", ahead)
    assert fault_codes(report) == ["not_connected"]
    assert report.refusal is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "bad_note"),
        (b"c2sp.org/tlog-proof@v1\n", "bad_note"),
        (b"\0" * 2_000_000, "file_wrong"),
    ],
)
def test_a_file_that_proves_nothing_is_a_fault(tmp_path: Path, data: bytes, expected: str) -> None:
    log = written(tmp_path / "log", 3)
    report = run(log.path, tmp_path / "state", saved(tmp_path / "bad", data), log.path)
    assert fault_codes(report) == [expected]
    assert report.verified is not None


def test_a_head_of_a_stranger_an_edited_one_and_another_log_prove_nothing(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    stranger = saved(tmp_path / "stranger", written(tmp_path / "s", 300, "fork").note(STRANGER).encode())
    edited = saved(tmp_path / "edited", log.note().encode().replace(b"\n300\n", b"\n299\n"))
    report = run(log.path, tmp_path / "state", stranger, edited, tmp_path / "none", "a\0b", "y" * 5_000)
    assert fault_codes(report) == ["untrusted", "bad_note", *["bad_log_place"] * 3]
    assert kept(tmp_path / "state") == {}


def test_two_mirrors_that_disagree_are_found_beside_an_honest_log(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    one = written(tmp_path / "one", 280, "one")
    two = written(tmp_path / "two", 290, "two")
    report = run(log.path, tmp_path / "state", one.path, two.path)
    assert fault_codes(report) == ["conflict"] * 3
    assert kept(tmp_path / "state").keys() == names(log, one, two)


def test_a_wrong_tile_makes_no_conflict(tmp_path: Path) -> None:
    """Who spoils a mirror's tiles cannot make an honest log look like a liar."""
    log = written(tmp_path / "log", 600)
    early = saved(tmp_path / "early", written(tmp_path / "e", 300).note().encode())
    log.flip("tile/0/000", 5)
    log.flip("tile/1/000.p/2", 5)
    report = run(log.path, tmp_path / "state", early)
    assert "conflict" not in fault_codes(report)
    assert code(report) == "log_tiles_differ"
    assert kept(tmp_path / "state") == {}


def test_the_root_of_nothing_is_what_it_is(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 5)

    def nothing(root: bytes) -> Path:
        text = Checkpoint(ORIGIN, 0, root).text()
        return saved(tmp_path / root.hex(), Note(text, (SIGNER.sign(text),)).encode())

    assert run(log.path, tmp_path / "state", nothing(EMPTY_ROOT)).fine
    assert fault_codes(run(log.path, tmp_path / "state", nothing(b"x" * 32))) == ["conflict"]


@settings(deadline=None, max_examples=examples(25))
@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 400))
def test_logs_that_part_are_in_conflict_where_both_are_beyond_the_parting(
    tmp_path_factory: pytest.TempPathFactory, one: int, two: int, parting: int
) -> None:
    place = tmp_path_factory.mktemp("parting")
    first = written(place / "first", one)
    common = min(parting, two)
    second = Written(place / "second").append([*entries(common), *entries(two, common, "fork")])
    with opened(str(first.path)) as log, opened(str(second.path)) as other:
        heads = [
            signed(TRUST, "1", first.note(), log),
            signed(TRUST, "2", second.note(), other),
        ]
        small, large = sorted(heads, key=lambda head: head.checkpoint.size)
        found = relation(small, large, [log, other])
    parted = common < two and min(one, two) > common
    assert found is (Relation.CONFLICT if parted else Relation.GREW)
