"""Files kept by their hashes: what they are by their bytes, whole or not there, refused when they changed."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.kernel.refusal import Refusal
from holdfast.packing.blobs import Blobs
from holdfast.packing.media import Sniffer
from holdfast.trail.bag.media import ending_of

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0"
SAMPLES = [
    (b"\xff\xd8\xff\xe0JFIF", "photo.jpg", "image/jpeg"),
    (b"\xff\xd8\xff\xe1Exif", "PHOTO.JPEG", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n1234", "shot.png", "image/png"),
    (b"GIF89a....", "a.gif", "image/gif"),
    (b"RIFF\1\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
    (b"RIFF\1\0\0\0WAVEfmt ", "a.wav", "audio/wav"),
    (b"%PDF-1.7\n\xe2\xe3", "contract.pdf", "application/pdf"),
    (MP4, "unboxing.mp4", "video/mp4"),
    (b"\0\0\0\x14ftypqt  \0\0\2\0", "unboxing.MOV", "video/quicktime"),
    (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_0001.HEIC", "image/heic"),
    (b"#!AMR\n\x3c\0", "voice.amr", "audio/amr"),
    (b"ID3\4\0\0\0\0\0\0", "call.mp3", "audio/mpeg"),
    (b"\xff\xfb\x90\x64\0\0", "call.mp3", "audio/mpeg"),
    (b"OggS\0\2", "voice.ogg", "application/ogg"),
    (b"PK\3\4....", "all.zip", "application/zip"),
    ('{"聊天": [1, 2]}'.encode(), "chat.json", "application/json"),
    (b'{"a": 1', "draft.txt", "text/plain"),
    ("订单号,金额\n1,2\n".encode(), "orders.csv", "text/plain"),
    ("商家：不予处理。\r\n".encode("gb18030"), "chat.txt", "text/plain"),
    ("<!DOCTYPE html><p>商品页".encode("gb18030"), "page.html", "text/html"),
    ("\ufeff<!-- saved --><!DOCTYPE html>\n<p>商品页".encode(), "page.html", "text/html"),
    (b"<!---->" * 500 + b"<html>", "page.html", "text/html"),
    (b"<!---->" * 500 + b"x", "note.txt", "text/plain"),
    (b"[" * 100_000, "note.txt", "text/plain"),
    (("稳付" * 200_000).encode(), "long.txt", "text/plain"),
    (b"no ending", "README", "text/plain"),
]


def kept(folder: Path, name: str, data: bytes, *, most: int = 10**8) -> tuple[str, str]:
    path = folder / name
    path.write_bytes(data)
    blob = Blobs(folder / "store").keep(path, most=most)
    return blob.digests.sha256, blob.kind.media_type


def refused(folder: Path, name: str, data: bytes, *, most: int = 10**8) -> str:
    with pytest.raises(Refusal) as caught:
        kept(folder, name, data, most=most)
    assert str(caught.value)
    assert [path for path in (folder / "store").rglob("*") if path.is_file()] == []
    return caught.value.code


@pytest.mark.parametrize(("data", "name", "media_type"), SAMPLES)
def test_a_file_is_what_its_bytes_say(tmp_path: Path, data: bytes, name: str, media_type: str) -> None:
    sha256, found = kept(tmp_path, name, data)
    assert found == media_type
    assert sha256 == hashlib.sha256(data).hexdigest()
    path = tmp_path / "store" / "sha256" / sha256[:2] / sha256
    assert path.read_bytes() == data
    assert b"".join(Blobs(tmp_path / "store").pieces(sha256)) == data
    assert [each for each in (tmp_path / "store").iterdir() if each.is_file()] == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\xd8\xff\xe0", "photo.png"),
        (b"\x89PNG\r\n\x1a\n", "setup.exe"),
        (b"<!doctype html><script>", "note.txt"),
        (b"%PDF-1.7", "photo.jpg"),
        (b"plain", "chat.json"),
        (b"PK\3\4", "letter.docx"),
        (b"\0\0\0\x14ftypqt  ", "unboxing.mp4"),
    ],
)
def test_a_name_that_says_another_thing_is_refused(tmp_path: Path, data: bytes, name: str) -> None:
    assert refused(tmp_path, name, data) == "media_contradicts"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0",
        b"\0",
        b"text with \0",
        b"\xc3\x28",
        b"\xff\xff\xff\xff",
        b"\0\0\0\x18ftypavif",
        "不".encode("gb18030")[:1],
        "不予处理".encode("utf-16"),
        b"\x1b[0m",
    ],
)
def test_what_nobody_can_tell_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, "file", data) == "media_unknown"


def test_an_empty_file_and_a_large_one_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "a.txt", b"") == "evidence_file_size"
    assert refused(tmp_path, "a.txt", b"12345", most=4) == "evidence_file_size"
    assert kept(tmp_path, "a.txt", b"1234", most=4)[1] == "text/plain"


def test_the_same_bytes_twice_are_kept_once(tmp_path: Path) -> None:
    assert kept(tmp_path, "a.txt", b"same") == kept(tmp_path, "b.txt", b"same")
    assert len([path for path in (tmp_path / "store").rglob("*") if path.is_file()]) == 1


def test_sm3_is_the_standards(tmp_path: Path) -> None:
    """GB/T 32905-2016, example 1."""
    (tmp_path / "abc.txt").write_bytes(b"abc")
    blob = Blobs(tmp_path / "store").keep(tmp_path / "abc.txt")
    assert blob.digests.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_changed_bytes_are_refused_on_reading(tmp_path: Path) -> None:
    sha256, _ = kept(tmp_path, "a.txt", b"as it was")
    store = Blobs(tmp_path / "store")
    store.path_of(sha256).write_bytes(b"as it is!")
    for use in (lambda: store.check(sha256), lambda: store.keep(tmp_path / "a.txt")):
        with pytest.raises(Refusal) as caught:
            use()
        assert caught.value.code == "blob_damaged"
    store.path_of(sha256).unlink()
    with pytest.raises(Refusal) as caught:
        store.check(sha256)
    assert caught.value.code == "blob_missing"


def test_media_types_have_their_endings() -> None:
    assert ending_of("image/jpeg") == ".jpg"
    assert ending_of("model/obj") == ".bin"


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=500), st.lists(st.integers(1, 100), min_size=1))
def test_how_the_bytes_come_does_not_matter(data: bytes, cuts: list[int]) -> None:
    whole, pieces = Sniffer(), Sniffer()
    whole.take(data)
    at = 0
    for cut in [*cuts, len(data)]:
        pieces.take(data[at : at + cut])
        at += cut
    pieces.take(data[at:])
    assert whole.kind() == pieces.kind()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, min_size=1), max_leaves=5
    )
)
def test_json_is_told_from_text(value: object) -> None:
    sniffer = Sniffer()
    sniffer.take(json.dumps([value]).encode())
    found = sniffer.kind()
    assert found is not None
    assert found.media_type == "application/json"
