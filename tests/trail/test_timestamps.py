"""Timestamps: of these bytes, signed by an authority that is trusted, not back-dated; else refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from evidence_packages import AT, POLICY, Log, fact, finished, in_folder, message, payload
from holdfast.kernel.clock import DAY, SECOND, SystemClock
from holdfast.kernel.refusal import Refusal
from holdfast.trail import policy, timestamp
from holdfast.trail.bag.checking import check
from holdfast.trail.findings import Finding
from holdfast.trail.timestamp import Stamp
from thorough import examples
from timestamping import Authority, needs_openssl

pytestmark = needs_openssl
BYTES = b"what is stamped"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


def stamped(authority: Authority, data: bytes, algorithm: HashAlgorithm = HashAlgorithm.SHA256) -> bytes:
    return authority.answer(TimestampRequestBuilder().data(data).hash_algorithm(algorithm).build().as_bytes())


def refused(data: bytes, what: bytes, roots: list[bytes] | None) -> str:
    with pytest.raises(Refusal) as caught:
        timestamp.check(data, what, roots)
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("algorithm", list(HashAlgorithm))
def test_a_stamp_leads_to_its_root(authority: Authority, algorithm: HashAlgorithm) -> None:
    before = SystemClock().now()
    found = timestamp.check(stamped(authority, BYTES, algorithm), BYTES, [authority.root])
    assert found.proven
    assert found.authority == "CN=test tsa"
    assert found.accuracy == 2 * SECOND
    assert before - SECOND <= found.at <= SystemClock().now()


def test_without_a_root_nothing_is_proven(authority: Authority) -> None:
    assert not timestamp.check(stamped(authority, BYTES), BYTES, None).proven
    assert not timestamp.check(stamped(authority, BYTES), BYTES, []).proven


def test_another_authority_is_not_believed(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    answer = stamped(authority, BYTES)
    assert refused(answer, BYTES, [other.root]) == "bad_timestamp"
    assert timestamp.check(answer, BYTES, [other.root, authority.root]).proven


def test_other_bytes_are_refused(authority: Authority) -> None:
    assert refused(stamped(authority, BYTES), BYTES + b"!", [authority.root]) == "timestamp_of_other"


def test_an_authority_whose_name_cannot_be_read_is_refused(authority: Authority) -> None:
    answer = stamped(authority, BYTES)
    at = answer.index(b"test tsa") - 2
    assert refused(answer[:at] + b"\x2f" + answer[at + 1 :], BYTES, None) == "bad_timestamp"


def test_a_root_must_be_a_certificate(authority: Authority) -> None:
    assert refused(stamped(authority, BYTES), BYTES, [b"no certificate"]) == "bad_tsa_root"


def test_a_long_answer_is_not_read() -> None:
    assert refused(bytes(timestamp.MAX_STAMP + 1), BYTES, None) == "bad_timestamp"


def test_a_stamp_before_what_it_covers_is_back_dated() -> None:
    stamp = Stamp(AT, SECOND, "", proven=True)
    stamp.check_after(AT + SECOND)
    with pytest.raises(timestamp.TimestampBackDated, match="timestamp_back_dated"):
        stamp.check_after(AT + SECOND + 1)


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_a_spoiled_answer_is_refused_or_says_the_same(authority: Authority, data: st.DataObject) -> None:
    answer = stamped_once(authority)
    whole = timestamp.check(answer, BYTES, [authority.root])
    spoiled = bytearray(answer)
    for _ in range(data.draw(st.integers(1, 3))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] ^= data.draw(st.integers(1, 255))
    found = answered(bytes(spoiled), authority.root)
    assert found == whole or found in {"bad_timestamp", "timestamp_of_other"}


def answered(data: bytes, root: bytes) -> Stamp | str:
    try:
        return timestamp.check(data, BYTES, [root])
    except Refusal as refusal:
        return refusal.code


_ONCE: dict[Path, bytes] = {}


def stamped_once(authority: Authority) -> bytes:
    return _ONCE.setdefault(authority.folder, _ONCE.get(authority.folder) or stamped(authority, BYTES))


@given(st.binary(max_size=300))
def test_garbage_is_no_answer(data: bytes) -> None:
    assert refused(data, BYTES, None) == "bad_timestamp"


def bag(folder: Path, authority: Authority, *, at: int, covers: bytes | None = None) -> Path:
    """A package of one fact with a timestamp, which an authority gave now; `at` is the fact's time."""
    one = fact(0, "OrderPlaced", at=at, order_id="o1")
    files = payload([one], Log([one]), blobs=())
    covered = message(files)
    files["data/timestamps/covered.txt"] = covered if covers is None else covers
    files["data/timestamps/tsa.tsr"] = stamped(authority, covered)
    return in_folder(finished(files), folder)


def said(findings: list[Finding], *, proven: bool) -> str:
    return "\n".join(each.en for each in findings if each.proven is proven)


def test_a_package_tells_its_timestamp(tmp_path: Path, authority: Authority) -> None:
    path = bag(tmp_path / "bag", authority, at=SystemClock().now() - DAY)
    trust = policy.read(POLICY)
    assert "CN=test tsa confirms" in said(check(path, trust, [authority.root]), proven=True)
    assert "its signature was not checked" in said(check(path, trust), proven=False)


def test_a_back_dated_package_is_refused(tmp_path: Path, authority: Authority) -> None:
    path = bag(tmp_path / "bag", authority, at=SystemClock().now() + DAY)
    for roots in (None, [authority.root]):
        with pytest.raises(Refusal) as caught:
            check(path, policy.read(POLICY), roots)
        assert caught.value.code == "timestamp_back_dated"


def test_a_timestamp_covers_this_package(tmp_path: Path, authority: Authority) -> None:
    path = bag(tmp_path / "bag", authority, at=AT, covers=b"0" * 64 + b"  data/policy\n")
    with pytest.raises(Refusal) as caught:
        check(path, policy.read(POLICY), [authority.root])
    assert caught.value.code == "bag_timestamps_wrong"


def test_without_the_reader_of_timestamps_they_are_not_proven(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bag(tmp_path / "bag", authority, at=AT)
    monkeypatch.setitem(__import__("sys").modules, "rfc3161_client", None)
    assert "not installed here" in said(check(path, policy.read(POLICY), [authority.root]), proven=False)
