"""The root out of the entries: what is whole passes, and whatever was changed is found, and named."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import SIGNER, STRANGER, Written, code, entries, entry, remembered, run, serving, written

from holdfast.kernel.refusal import Refusal
from holdfast.monitor import source
from holdfast.monitor.watch import Report
from holdfast.trail import bundle
from holdfast.trail.bundle import Bundle
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.leaf import Leaf
from holdfast.trail.note import Note
from holdfast.trail.tile import Tile
from thorough import examples

FILES = ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"]
TILES = ["tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"]


def said(report: Report) -> str:
    assert report.refusal is not None
    assert not report.fine
    return str(report.refusal)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600, pytest.param(66_000, marks=pytest.mark.long)])
def test_a_whole_log_passes(tmp_path: Path, size: int) -> None:
    log = written(tmp_path / "log", size)
    report = run(log.path, tmp_path / "state")
    assert report.fine
    assert report.verified is not None
    assert report.verified.checkpoint == log.head()
    assert report.verified.latest == (max(1_000 + n * 7 % 100 for n in range(size)) if size else 0)
    assert f"The {size} entries" in report.findings[1].en


@settings(deadline=None, max_examples=examples(15))
@given(st.lists(st.integers(0, 700), min_size=1, max_size=4))
def test_a_log_is_followed_as_it_grows(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    place = tmp_path_factory.mktemp("growing")
    log = Written(place / "log")
    for size in sorted(sizes):
        log.append(entries(size, len(log.entries)))
        report = run(log.path, place / "state")
        assert report.fine
        assert report.verified is not None
        assert report.verified.growth.root() == log.head().root


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 1_100)
    state = tmp_path / "state"
    with serving(log.path) as (url, asked):
        assert run(url, state).fine
        assert len([path for path in asked if "entries" in path]) == 5
        asked.clear()
        log.append(entries(1_300, 1_100))
        assert run(f"{url}/", state).fine
        assert [path for path in asked if "entries" in path] == ["tile/entries/004", "tile/entries/005.p/20"]
        assert not {"tile/0/000", "tile/0/003"} & set(asked)
        asked.clear()
        report = run(url, state)
        assert report.fine
        assert asked == [CHECKPOINT]
    assert any("the log only grew" in finding.en for finding in report.findings)


def test_partial_files_that_are_gone_are_read_out_of_the_full_ones(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    head = (log.path / CHECKPOINT).read_bytes()
    log.append(entries(512, 300))
    (log.path / CHECKPOINT).write_bytes(head)
    for old in log.path.rglob("*.p"):
        for file in old.iterdir():
            if file.name == "44":
                file.unlink()
    report = run(log.path, tmp_path / "state")
    assert report.fine
    assert report.verified is not None
    assert report.verified.checkpoint.size == 300


@settings(deadline=None, max_examples=examples(40))
@given(st.sampled_from(TILES), st.integers(0, 2**13))
def test_each_flipped_byte_of_a_tile_is_found_and_named(
    tmp_path_factory: pytest.TempPathFactory, path: str, at: int
) -> None:
    place = tmp_path_factory.mktemp("tiles")
    log = written(place / "log", 600)
    log.flip(path, at)
    report = run(log.path, place / "state")
    assert code(report) == "log_tiles_differ"
    assert f"{log.path}/{path}:" in said(report)
    assert not (place / "state").exists()


@settings(deadline=None, max_examples=examples(40))
@given(st.sampled_from(FILES), st.integers(0, 2**17))
def test_each_flipped_byte_of_a_bundle_is_found_and_named(
    tmp_path_factory: pytest.TempPathFactory, path: str, at: int
) -> None:
    place = tmp_path_factory.mktemp("bundles")
    log = written(place / "log", 600)
    log.flip(path, at)
    report = run(log.path, place / "state")
    assert code(report) in {"log_entries_differ", "log_file_wrong"}
    assert f"{log.path}/{path}" in said(report)


def spoil(log: Written, number: int) -> None:
    """Put another leaf, well-formed, in the place of one that was signed."""
    which = Bundle(number // 256, min(256, len(log.entries) - number // 256 * 256))
    found = bundle.decode((log.path / which.path).read_bytes(), which.width)
    found[number % 256] = entry(number, "other")
    (log.path / which.path).write_bytes(bundle.encode(found))


@pytest.mark.parametrize("number", [0, 256, 511, 599])
def test_an_entry_that_was_rewritten_is_found(tmp_path: Path, number: int) -> None:
    log = written(tmp_path / "log", 600)
    spoil(log, number)
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_entries_differ"
    assert f"tile/entries/{number // 256:03d}" in said(report)


@pytest.mark.parametrize("number", [520, 599, 620])
def test_an_entry_beside_what_was_verified_is_found(tmp_path: Path, number: int) -> None:
    log = written(tmp_path / "log", 600)
    assert run(log.path, tmp_path / "state").fine
    log.append(entries(700, 600))
    spoil(log, number)
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_entries_differ"
    assert "tile/entries/002.p/188" in said(report)
    assert remembered(tmp_path / "state")["note"].split("\n")[1] == "600"


def test_a_tile_beside_what_was_verified_is_found(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 600)
    assert run(log.path, tmp_path / "state").fine
    log.append(entries(700, 600))
    log.flip("tile/0/002.p/188", 0)
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_tiles_differ"


def test_a_rewritten_log_with_its_tiles_is_found(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 600)
    head = log.note().encode()
    Written(log.path).append([*entries(300), entry(300, "other"), *entries(600, 301)])
    (log.path / CHECKPOINT).write_bytes(head)
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_rewritten"
    assert "600 entries" in said(report)


@pytest.mark.parametrize("path", [*FILES, *TILES])
def test_a_truncated_log_is_found(tmp_path: Path, path: str) -> None:
    log = written(tmp_path / "log", 600)
    (log.path / path).unlink()
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_truncated"
    assert path in said(report)


def test_a_rollback_is_found(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    old = log.note().encode()
    log.append(entries(600, 300))
    assert run(log.path, tmp_path / "state").fine
    (log.path / CHECKPOINT).write_bytes(old)
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_rolled_back"
    assert "300 entries, and had signed 600" in said(report)
    assert not report.faults
    assert remembered(tmp_path / "state")["note"].split("\n")[1] == "600"


def _edited(log: Written) -> bytes:
    return log.note().encode().replace(b"\n300\n", b"\n301\n")


def _zeroed(log: Written) -> bytes:
    return log.note().encode().replace(b"\n300\n", b"\n0300\n")


def _by_a_stranger(log: Written) -> bytes:
    return log.note(STRANGER).encode()


def _unsigned(log: Written) -> bytes:
    return (log.head().text() + "\n").encode()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (_edited, "bad_note"),
        (_zeroed, "bad_note"),
        (_by_a_stranger, "untrusted"),
        (_unsigned, "bad_note"),
        (b"", "bad_note"),
        (b"\xff" * 100, "bad_note"),
        (b"x" * 1_000_001, "log_file_wrong"),
        (None, "log_file_missing"),
    ],
)
def test_a_head_that_nobody_signed_is_none(
    tmp_path: Path, head: Callable[[Written], bytes] | bytes | None, expected: str
) -> None:
    log = written(tmp_path / "log", 300)
    data = head(log) if callable(head) else head
    (log.path / CHECKPOINT).unlink()
    if data is not None:
        (log.path / CHECKPOINT).write_bytes(data)
    report = run(log.path, tmp_path / "state")
    assert code(report) == expected
    assert not any(finding.proven for finding in report.findings)


@pytest.mark.parametrize("bad", [b"{}", b"", b"\xff", Leaf("K", 5, "s", "c").encode() + b" "])
def test_an_entry_that_is_no_leaf_is_refused(tmp_path: Path, bad: bytes) -> None:
    log = Written(tmp_path / "log").append([*entries(5), bad])
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_file_wrong"
    assert "entry 5:" in said(report)


def test_a_head_of_a_size_that_nobody_can_have_ends_at_once(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 5)
    text = Checkpoint(SIGNER.verifier.name, 2**63 - 1, b"r" * 32).text()
    (log.path / CHECKPOINT).write_bytes(Note(text, (SIGNER.sign(text),)).encode())
    assert code(run(log.path, tmp_path / "state", log.path)) == "log_truncated"


EDGE = "tile/0/001.p/44"


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"latest": "x"},
        {"latest": None},
        {"note": "x"},
        {"note": 7},
        {"note": "\ud800"},
        {"tiles": {}},
        {"tiles": []},
        {"tiles": {EDGE: "00" * 44 * 32, "tile/1/000.p/1": "00" * 32}},
        {"tiles": {EDGE: "00", "tile/1/000.p/1": "00" * 32}},
        {"tiles": {EDGE: "zz", "tile/1/000.p/1": "00" * 32}},
        {"tiles": {EDGE: 7, "tile/1/000.p/1": 7}},
    ],
)
def test_what_is_remembered_is_checked_again(tmp_path: Path, changes: dict[str, Any]) -> None:
    log, state = written(tmp_path / "log", 300), tmp_path / "state"
    assert run(log.path, state).fine
    found = remembered(state)
    assert EDGE in found["tiles"]
    (state / "verified.json").write_text(json.dumps(found | changes))
    assert code(run(log.path, state)) == "monitor_state_broken"


def test_what_is_remembered_of_another_log_is_refused(tmp_path: Path) -> None:
    log, state = written(tmp_path / "log", 300), tmp_path / "state"
    assert run(log.path, state).fine
    whole = (state / "verified.json").read_text()
    for text in (whole.replace("log.example/holdfast", "log.example/other"), "[" * 100_000, "[]", ""):
        (state / "verified.json").write_text(text)
        assert code(run(log.path, state)) == "monitor_state_broken"


def test_a_head_that_was_forged_into_what_is_remembered_is_none(tmp_path: Path) -> None:
    log, state = written(tmp_path / "log", 300), tmp_path / "state"
    assert run(log.path, state).fine
    found = remembered(state)
    found["note"] = log.note(STRANGER).encode().decode()
    (state / "verified.json").write_text(json.dumps(found))
    assert code(run(log.path, state)) == "untrusted"


def test_files_are_read_within_the_folder_alone(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    outside = tmp_path / "outside"
    outside.write_bytes((log.path / "tile/0/000").read_bytes())
    (log.path / "tile/0/000").unlink()
    (log.path / "tile/0/000").symlink_to(outside)
    report = run(log.path, tmp_path / "state")
    assert code(report) == "log_file_wrong"
    assert "leads out of the folder" in said(report)


def test_a_pipe_and_a_folder_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / CHECKPOINT)
    with source.opened(str(tmp_path)) as log, pytest.raises(Refusal) as found:
        log.checkpoint()
    assert found.value.code == "log_file_wrong"
    (tmp_path / "tile/0/000").mkdir(parents=True)
    with source.opened(str(tmp_path)) as log, pytest.raises(Refusal) as found:
        log.hashes(Tile(0, 0))
    assert found.value.code in {"log_file_wrong", "log_unreachable"}


@pytest.mark.parametrize(
    "place", ["", "nowhere", "x" * 5_000, "a\0b", "ftp://log.example", "file:///etc", "http://"]
)
def test_a_place_that_is_none_is_refused(tmp_path: Path, place: str) -> None:
    report = run(place or str(tmp_path / "no"), tmp_path / "state")
    assert code(report) == "bad_log_place"
