"""A log in object storage: over the protocol of S3, with all its bad answers, and in memory."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from s3_server import BUCKET, KEY, S3

from holdfast.publishing import place
from holdfast.publishing.bucket import (
    AT_ONCE,
    BadBucketSetting,
    BadBucketUrl,
    Bucket,
    BucketFailed,
    BucketHead,
    BucketUnconditional,
    Patience,
    opened,
)
from holdfast.publishing.head import UNSIGNED, Head
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.receipts import Published
from holdfast.publishing.refusals import HeadMoved, LogThere
from holdfast.publishing.store import Store
from holdfast.trail.merkle import CompactRange, leaf_hash
from holdfast.trail.note import Note, Signature
from holdfast.trail.tile import WIDTH
from waiting import GUARD_SECONDS

URL = f"s3://{BUCKET}/logs/one"
BELOW = f"{BUCKET}/logs/one/"
HASTY = Patience(answer_seconds=GUARD_SECONDS, tries=1, seconds=GUARD_SECONDS)
STEADY = Patience(answer_seconds=GUARD_SECONDS, tries=4, seconds=GUARD_SECONDS)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    with S3() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def log(tmp_path: Path) -> Place:
    return place.make(tmp_path / "trail", "log.example/holdfast")


Pair = tuple[Bucket, BucketHead]


@pytest.fixture(params=["s3", "memory"])
def pair(request: pytest.FixtureRequest) -> Pair:
    if request.param == "memory":
        return opened("memory:///")
    request.getfixturevalue("s3")
    return opened(URL, STEADY)


def unwitnessed(_note: Note, _prove: Prove, _hint: int) -> list[Signature]:
    return []


def writer(log: Place, store: Store, head: Head) -> Publisher:
    head.swap(None, UNSIGNED)
    return Publisher(store, head, log.signer, log.trust, unwitnessed)


def entries(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]


def tree(count: int) -> CompactRange:
    found = CompactRange()
    for entry in entries(count):
        found.append(leaf_hash(entry))
    return found


def check_whole(log: Place, store: Store, count: int) -> None:
    """The log has these entries, and they have their receipts: at every tile's ends, and some within each."""
    published = Published(store, log.trust)
    assert (published.size, published.checkpoint.root) == (count, tree(count).root())
    expected = entries(count)
    at_ends = {end + step for end in range(0, count + WIDTH, WIDTH) for step in (-1, 0)} | {count - 1}
    for index in sorted({*range(0, count, 13), *at_ends} & set(range(count))):
        published.receipt(index).check(expected[index])
    for index in range(0, count, 97):
        assert published.entry(index) == expected[index]


def test_files_are_where_they_belong_and_are_served_as_they_should(s3: S3, log: Place) -> None:
    store, head = opened(URL)
    publisher = writer(log, store, head)
    publisher.resume(0, [])
    publisher.publish(entries(300))
    check_whole(log, store, 300)
    kept = {
        path.removeprefix(BELOW): (file.headers.get("content-type"), file.headers.get("cache-control"))
        for path, file in s3.files.items()
    }
    text, data = "text/plain; charset=utf-8", "application/octet-stream"
    for_good = "public, max-age=31536000, immutable"
    assert kept == {
        "log/checkpoint": (text, "no-cache"),
        "log/tile/0/000": (data, for_good),
        "log/tile/0/001.p/44": (data, "public, max-age=3600"),
        "log/tile/1/000.p/1": (data, "public, max-age=3600"),
        "log/tile/entries/000": (data, for_good),
        "log/tile/entries/001.p/44": (data, "public, max-age=3600"),
        "private/head": (text, "no-store"),
        "private/conditions": (text, None),
    }
    assert s3.files[BELOW + "private/head"].data == head.read()
    assert s3.written[-2:] == [BELOW + "private/head", BELOW + "log/checkpoint"]


@pytest.mark.parametrize("failing", ["", "before", "500"])
def test_partial_files_go_when_the_full_ones_are_out_and_stay_where_they_cannot(
    s3: S3, log: Place, failing: str
) -> None:
    store, head = opened(URL, HASTY)
    publisher = writer(log, store, head)
    publisher.resume(0, [])
    s3.fails = lambda path: failing if path == BUCKET else ""
    done = 0
    for size in (20, 44, 200, 300):
        publisher.publish(entries(size)[done:])
        done = size
    widths = {path.partition(".p/")[2] for path in s3.files if "/tile/0/000.p/" in path}
    assert widths == (set() if not failing else {"20", "44", "200"})
    assert (f"{BELOW}log/tile/entries/000.p/44" in s3.files) is bool(failing)
    check_whole(log, store, 300)


def test_what_is_not_there_is_none_and_what_is_written_is_read(pair: Pair) -> None:
    store, head = pair
    assert store.read("checkpoint") is None
    assert head.read() is None
    store.write("checkpoint", b"one")
    store.write("checkpoint", b"two")
    assert store.read("checkpoint") == b"two"


def test_a_head_changes_only_from_what_is_expected(pair: Pair) -> None:
    _, head = pair
    assert not head.swap(b"never there", b"1")
    assert head.swap(None, b"1")
    assert not head.swap(None, b"2")
    assert not head.swap(b"0", b"2")
    assert head.swap(b"1", b"2")
    assert head.read() == b"2"


def test_of_many_that_swap_at_once_one_wins(pair: Pair) -> None:
    _, head = pair
    before: bytes | None = None
    for number in range(5):
        offered = [b"%d %d" % (number, one) for one in range(8)]
        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(head.swap, [before] * 8, offered))
        assert won.count(True) == 1
        before = head.read()
        assert before == offered[won.index(True)]


def test_of_many_that_swap_to_the_same_one_wins(pair: Pair) -> None:
    _, head = pair
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(head.swap, [None] * 8, [b"the same"] * 8)).count(True) == 1


def test_of_two_publishers_the_second_stops(pair: Pair, log: Place) -> None:
    one, two = writer(log, *pair), writer(log, *pair)
    one.resume(0, [])
    two.resume(0, [])
    one.publish(entries(10))
    with pytest.raises(HeadMoved):
        two.publish([b"another"])
    check_whole(log, pair[0], 10)


@pytest.mark.parametrize("how", ["before", "after", "500"])
def test_broken_off_at_every_write_it_goes_on_where_it_was(s3: S3, log: Place, how: str) -> None:
    """From the write with a number on nothing is answered, until whoever comes next takes it up."""
    count = at = 0
    while True:
        at += 1
        count += 200
        left = [at]

        def fails(_path: str, left: list[int] = left) -> str:
            left[0] -= 1
            return "" if left[0] > 0 else how if left[0] == 0 else "before"

        s3.fails = fails
        try:
            going_on(log, count)
        except BucketFailed:
            pass
        else:
            break
        finally:
            s3.fails = lambda _path: ""
        store = going_on(log, count)
        check_whole(log, store, count)
    assert at > 8


def going_on(log: Place, count: int) -> Bucket:
    """Publish what was sequenced, as a process does that has just begun."""
    store, head = opened(URL, HASTY)
    publisher = writer(log, store, head)
    signed = publisher.resume(count, tree(count).hashes)
    if signed < count:
        publisher.publish(entries(count)[signed:], tree(count).hashes)
    return store


@pytest.mark.parametrize("how", ["after", "before", "503"])
def test_a_request_that_is_tried_again_meets_its_own_work_and_has_won(s3: S3, how: str) -> None:
    _, head = opened(URL, STEADY)
    for before, new in ((None, b"1"), (b"1", b"2")):
        head.read()
        left = [1]

        def fails(path: str, left: list[int] = left) -> str:
            left[0] -= path.endswith("/head")
            return how if left[0] == 0 and path.endswith("/head") else ""

        s3.fails = fails
        assert head.swap(before, new)
        assert head.read() == new


def test_an_answer_that_was_lost_for_good_is_found_out(s3: S3) -> None:
    _, head = opened(URL, HASTY)
    s3.fails = lambda path: "after" if path.endswith("/head") else ""
    assert head.swap(None, b"1")
    s3.fails = lambda path: "before" if path.endswith("/head") else ""
    with pytest.raises(BucketFailed):
        head.swap(b"1", b"2")
    assert head.read() == b"1"


@pytest.mark.parametrize("passed_over", ["If-None-Match", "If-Match"])
def test_a_store_that_passes_over_conditions_is_refused_by_name(s3: S3, passed_over: str) -> None:
    s3.passes_over = {passed_over}
    _, head = opened(URL)
    with pytest.raises(BucketUnconditional, match=passed_over) as refused:
        head.swap(None, b"1")
    assert refused.value.code == "bucket_unconditional"
    assert refused.value.where == URL
    assert head.read() is None


def test_a_store_that_does_not_know_conditions_is_refused_by_name(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.fails = lambda path: "501" if path.endswith("/conditions") else ""
    with pytest.raises(BucketUnconditional, match="501"):
        opened(URL, HASTY)[1].swap(None, b"1")
    monkeypatch.setenv("AWS_CONDITIONAL_PUT", "disabled")
    with pytest.raises(BucketUnconditional):
        opened(URL, HASTY)[1].swap(None, b"1")


def test_a_bucket_that_is_not_there_is_no_empty_one(s3: S3) -> None:
    store, head = opened("s3://elsewhere/log", HASTY)
    asked: list[Callable[[], object]] = [
        lambda: store.read("checkpoint"),
        head.read,
        lambda: store.write("checkpoint", b""),
        lambda: head.swap(None, b"1"),
    ]
    for ask in asked:
        with pytest.raises(BucketFailed, match="NoSuchBucket") as refused:
            ask()
        assert refused.value.code == "bucket_failed"
        assert refused.value.where.startswith("s3://elsewhere/log/")
        assert "\n" not in str(refused.value)
    assert s3.written == []


def test_credentials_that_are_refused_are_told(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    store, _ = opened(URL, HASTY)
    with pytest.raises(BucketFailed, match="InvalidAccessKeyId") as refused:
        store.read("checkpoint")
    assert "secret" not in str(refused.value)
    with pytest.raises(BucketFailed):
        store.write_all([("tile/0/000", b"")])
    assert s3.written == []


def test_who_does_not_answer_is_waited_for_no_longer_than_said(s3: S3) -> None:
    s3.let_go.clear()
    s3.hold_until = 1_000
    store, _ = opened(URL, Patience(answer_seconds=0.2, tries=2, seconds=1))
    with pytest.raises(BucketFailed):
        store.write_all([(f"tile/0/{number:03}", b"") for number in range(200)])
    s3.let_go.set()  # until here nothing was answered: who waits for that, waits for ever


def test_nobody_there_is_told(s3: S3) -> None:
    s3.shutdown()
    s3.server_close()
    with pytest.raises(BucketFailed, match="error sending request"):
        opened(URL, HASTY)[0].read("checkpoint")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "no address"),
        ("AWS_ENDPOINT_URL", ""),
        ("AWS_ENDPOINT_URL", "127.0.0.1:9000"),
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:99999"),
        ("AWS_ENDPOINT", "http://[half"),
        ("AWS_ACCESS_KEY_ID", "AKIATEST\n"),
        ("AWS_SESSION_TOKEN", "token\r\nX-Other: 1"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(
    s3: S3, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadBucketSetting) as refused:
        opened(URL)
    assert refused.value.code == "bad_bucket_setting"
    assert refused.value.where == name
    assert s3.written == []


def test_files_are_written_some_at_once_and_no_more(s3: S3) -> None:
    s3.let_go.clear()
    s3.hold_until = AT_ONCE
    store, _ = opened(URL, STEADY)
    files = [(f"tile/0/{number:03}", b"%d" % number) for number in range(100)]
    store.write_all(files)
    assert len(s3.files) == 100
    assert all(store.read(name) == data for name, data in files)
    assert s3.busiest == AT_ONCE


@pytest.mark.parametrize(
    "url", ["", "nonsense", "s3://", "ftp://bucket/log", "file:///var/log", "https://log.example/holdfast"]
)
def test_an_address_of_no_object_storage_is_refused(url: str) -> None:
    with pytest.raises(BadBucketUrl) as refused:
        opened(url)
    assert refused.value.code == "bad_bucket_url"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", ["file:///log?sig=hidden", "s3://key:hidden@market/log"])
def test_what_is_secret_in_an_address_is_not_repeated(url: str) -> None:
    with pytest.raises(BadBucketUrl) as refused:
        opened(url)
    assert "hidden" not in str(refused.value)


def test_a_log_that_was_made_in_a_bucket_goes_on_there(s3: S3, tmp_path: Path) -> None:
    made = place.make(tmp_path / "made", "log.example/holdfast", bucket=URL)
    where = place.load(made.path)
    assert where.bucket == URL
    assert s3.server_port
    writing = writer(where, where.store(), where.head())
    writing.resume(0, [])
    assert writing.publish(entries(300)) == (300, 300)
    assert Published(place.load(made.path).store(), where.trust).receipt(299).leaf_index == 299
    assert not (made.path / "log").exists()
    with pytest.raises(LogThere) as there:
        place.make(tmp_path / "again", "log.example/holdfast", bucket=URL)
    assert there.value.where == URL
    assert not (tmp_path / "again").exists()
