"""Packages that are a trick: links, names, bombs, false sizes, garbage; and the memory that a check takes."""

import io
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_packages import (
    PHOTO,
    TRUST,
    Files,
    Log,
    digests,
    fact,
    finished,
    in_folder,
    in_zip,
    payload,
    recorded,
    retagged,
)
from holdfast.kernel.refusal import Refusal
from holdfast.trail.bag import files as bag_files
from holdfast.trail.bag import refusals
from holdfast.trail.bag.checking import check
from holdfast.trail.findings import Finding
from thorough import examples

EVIDENCE = f"data/evidence/{digests(PHOTO).sha256}.jpg"


def refused(files: Files, folder: Path) -> str:
    """Return the code for which a package is refused, the same in a folder and in a .zip."""
    codes: set[str] = set()
    for path in (in_folder(files, folder / "bag"), in_zip(files, folder / "bag.zip")):
        with pytest.raises(Refusal) as caught:
            check(path, TRUST)
        codes.add(caught.value.code)
    [code] = codes
    return code


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(PHOTO)
    folder = in_folder(finished(payload()), tmp_path / "bag")
    (folder / EVIDENCE).unlink()
    (folder / EVIDENCE).symlink_to(outside)
    with pytest.raises(refusals.BagPathUnsafe, match="a link or a device"):
        check(folder, TRUST)
    (folder / EVIDENCE).unlink()
    os.mkfifo(folder / EVIDENCE)
    with pytest.raises(refusals.BagPathUnsafe, match="bag_path_unsafe"):
        check(folder, TRUST)


def test_a_folder_is_not_too_deep(tmp_path: Path) -> None:
    folder = in_folder(finished(payload()), tmp_path / "bag")
    (folder / "data/a/b/c/d").mkdir(parents=True)
    with pytest.raises(refusals.BagPathUnsafe, match="too deep"):
        check(folder, TRUST)


@pytest.mark.parametrize("name", ["data/x y", "data/.x", "data/é", "data/-x"])
def test_names_in_a_folder_are_plain(name: str, tmp_path: Path) -> None:
    assert refused({**finished(payload()), name: b""}, tmp_path) == "bag_path_unsafe"


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/passwd",
        "evidence/../evil",
        "evidence/a\\b",
        "evidence/C:/x",
        "evidence//x",
        "evidence/./x",
    ],
)
def test_names_in_a_zip_do_not_lead_out(name: str, tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"evil")
    with pytest.raises(Refusal) as caught:
        check(path, TRUST)
    assert caught.value.code in {"bag_path_unsafe", "bag_unreadable"}


def zipped_with(tmp_path: Path, entry: zipfile.ZipInfo, data: bytes = b"x") -> Path:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, data)
    return path


@pytest.mark.parametrize("kind", [0x7075, 0x6375, 0x0001, 0x9901])
def test_a_second_name_for_other_programs_is_refused(tmp_path: Path, kind: int) -> None:
    entry = zipfile.ZipInfo("evidence/data/more")
    entry.extra = struct.pack("<HHBL", kind, 10, 1, 0) + b"other"
    with pytest.raises(refusals.BagUnreadable, match=f"extra field of kind {kind:#06x}"):
        check(zipped_with(tmp_path, entry), TRUST)


def test_times_of_other_programs_do_no_harm(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("evidence/data/")
    entry.extra = struct.pack("<HHBL", 0x5455, 5, 1, 1_790_000_000)
    assert check(zipped_with(tmp_path, entry, b""), TRUST)


def test_a_file_that_the_directory_does_not_list_is_refused(tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    hidden = in_zip({"data/more": b"x"}, tmp_path / "hidden.zip").read_bytes()
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    data = path.read_bytes()
    begins, end = data.index(b"PK\x01\x02"), bytearray(data[-22:])
    struct.pack_into("<L", end, 16, begins + len(hidden))
    path.write_bytes(data[:begins] + hidden + data[begins:-22] + end)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    with pytest.raises(refusals.BagUnreadable, match="after its files"):
        check(path, TRUST)


def test_a_file_whose_own_header_has_another_name_is_refused(tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"evidence/bagit.txt", b"evidence/bagit.sh!", 1))
    with pytest.raises(refusals.BagUnreadable, match="listed otherwise"):
        check(path, TRUST)


class Pipe(io.RawIOBase):
    """What cannot be sought in: sizes then stand after the files."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.data += bytes(data)
        return len(bytes(data))


def test_a_zip_that_was_written_into_a_pipe_is_one(tmp_path: Path) -> None:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in finished(payload()).items():
            archive.writestr(f"evidence/{name}", data)
    path = tmp_path / "bag.zip"
    path.write_bytes(pipe.data)
    assert check(path, TRUST)
    path.write_bytes(pipe.data.replace(b"PK\x07\x08", b"PK\x07\x09", 1))
    with pytest.raises(refusals.BagUnreadable, match="sizes are not those"):
        check(path, TRUST)


def test_a_directory_of_more_entries_than_it_says_is_not_read(tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    data = bytearray(path.read_bytes())
    struct.pack_into("<HH", data, len(data) - 14, 3, 3)
    path.write_bytes(data)
    with pytest.raises(refusals.BagUnreadable, match="the entries that it says"):
        check(path, TRUST)


@pytest.mark.parametrize(
    "base",
    ["-rf/", "a./", ".ssh/", "a b/", "\N{CYRILLIC SMALL LETTER A}/", "x" * 300 + "/"],
)
def test_the_folder_of_a_zip_has_a_plain_name(tmp_path: Path, base: str) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip", base=base)
    with pytest.raises(refusals.BagPathUnsafe):
        check(path, TRUST)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("evidence/data/link")
    entry.external_attr = 0o120777 << 16
    with pytest.raises(refusals.BagPathUnsafe, match="a link"):
        check(zipped_with(tmp_path, entry, b"/etc/passwd"), TRUST)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(refusals.BagPathsCollide, match="bag_paths_collide"):
        check(zipped_with(tmp_path, zipfile.ZipInfo("evidence/bagit.txt")), TRUST)


def test_names_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(refusals.BagPathsCollide):
        check(zipped_with(tmp_path, zipfile.ZipInfo("evidence/BagIt.txt")), TRUST)


def test_folders_in_a_zip_are_nothing(tmp_path: Path) -> None:
    assert check(zipped_with(tmp_path, zipfile.ZipInfo("evidence/data/"), b""), TRUST)


def test_a_zip_without_its_own_folder_is_refused(tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip", base="")
    with pytest.raises(refusals.BagUnreadable, match="one folder"):
        check(path, TRUST)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_not_looked_at(method: int, tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip", packed=method)
    with pytest.raises(refusals.BagUnreadable, match="packed in a way"):
        check(path, TRUST)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    files = finished({**payload(), "data/cover.html": bytes(2**24)})
    with pytest.raises(refusals.BagTooLarge, match="100 times its size"):
        check(in_zip(files, tmp_path / "bag.zip"), TRUST)


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100):
            archive.writestr(f"evidence/data/x{number}", bytes(2**20))
    with pytest.raises(refusals.BagTooLarge, match="100 times its size"):
        check(path, TRUST)


def central(path: Path, offset: int, form: str, value: int) -> Path:
    """Write a value into the first entry of the directory of a .zip."""
    data = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<L", data, len(data) - 6)
    struct.pack_into(form, data, start + offset, value)
    path.write_bytes(data)
    return path


def test_a_size_that_lies_is_seen(tmp_path: Path) -> None:
    files = finished(payload())
    smaller = central(in_zip(files, tmp_path / "smaller.zip"), 24, "<L", 3)
    larger = central(in_zip(files, tmp_path / "larger.zip"), 24, "<L", 2**20)
    for path in (smaller, larger):
        with pytest.raises(Refusal) as caught:
            check(path, TRUST)
        assert caught.value.code in {"bag_unreadable", "bag_file_changed", "bag_too_large"}


def test_a_directory_that_declares_too_much_is_not_read(tmp_path: Path) -> None:
    path = in_zip(finished(payload()), tmp_path / "bag.zip")
    with pytest.raises(refusals.BagUnreadable, match="listed otherwise"):
        check(central(path, 24, "<L", 2**31), TRUST)
    data = bytearray(path.read_bytes())
    struct.pack_into("<HH", data, len(data) - 14, 0xFFFF, 0xFFFF)
    path.write_bytes(data)
    with pytest.raises(refusals.BagTooLarge, match="65,535 entries"):
        check(path, TRUST)


def test_too_many_files_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bag_files, "MAX_FILES", 14)
    assert refused(finished(payload()), tmp_path) == "bag_too_large"


def test_a_large_file_in_a_folder_is_not_looked_at(tmp_path: Path) -> None:
    folder = in_folder(finished(payload()), tmp_path / "bag")
    with (folder / EVIDENCE).open("r+b") as file:
        file.truncate(bag_files.MAX_FILE + 1)
    with pytest.raises(refusals.BagTooLarge):
        check(folder, TRUST)


def test_large_tag_files_are_not_read(tmp_path: Path) -> None:
    files = {**finished(payload()), "bagit.txt": b"x" * 100_000}
    assert refused(retagged(files), tmp_path) == "bag_too_large"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(18), b"x" * 1_000, b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(data)
    with pytest.raises(refusals.BagUnreadable, match="bag_unreadable"):
        check(path, TRUST)


def test_a_place_where_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(refusals.BagUnreadable):
        check(tmp_path / "nowhere", TRUST)
    (tmp_path / "empty").mkdir()
    with pytest.raises(refusals.BagFileMissing):
        check(tmp_path / "empty", TRUST)


def answered(path: Path) -> list[Finding] | Refusal:
    try:
        return check(path, TRUST)
    except Refusal as refusal:
        return refusal


SLOW = settings(max_examples=examples(120), deadline=None)


@SLOW
@given(st.data())
def test_a_spoiled_zip_is_refused_and_never_more(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever is done to the bytes: a refusal with a code, or the very same answer."""
    whole = in_zip(finished(payload()), tmp_path / "whole.zip").read_bytes()
    answer = check(tmp_path / "whole.zip", TRUST)
    spoiled = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "spoiled.zip"
    path.write_bytes(spoiled[: data.draw(st.integers(0, len(spoiled)) | st.just(len(spoiled)))])
    found = answered(path)
    assert isinstance(found, Refusal) or found == answer


@SLOW
@given(name=st.sampled_from(sorted(payload())), garbage=st.binary(max_size=400), rest=st.integers(0, 400))
def test_garbage_in_any_file_is_refused(tmp_path: Path, name: str, garbage: bytes, rest: int) -> None:
    files = payload()
    files[name] = garbage + files[name][rest:]
    path = in_zip(finished(files), tmp_path / "bag.zip")
    found = answered(path)
    if not isinstance(found, Refusal) and name not in {"data/cover.html", "data/policy"}:
        assert found == check(in_zip(finished(payload()), path), TRUST)


_MEASURED = """
import sys
from pathlib import Path
from holdfast.trail import policy
from holdfast.trail.bag.checking import check
check(Path(sys.argv[1]), policy.read(Path(sys.argv[2]).read_bytes()))
status = Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it")
def test_memory_stays_below_100_mb(tmp_path: Path) -> None:
    """A photo of 150 MB, and as many facts as a package can have beside it in a test's time."""
    large = os.urandom(2**20) * 150
    facts = [fact(number, "OrderShipped", order_id="o" * 200) for number in range(3_000)]
    photo = recorded(5_000, large)
    files = payload([*facts, photo], Log([photo]), blobs=(large,))
    path = in_zip(finished(files), tmp_path / "bag.zip", packed=zipfile.ZIP_STORED)
    (tmp_path / "policy").write_bytes(files["data/policy"])
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path), str(tmp_path / "policy")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(ran.stdout) * 1024 < 100_000_000
