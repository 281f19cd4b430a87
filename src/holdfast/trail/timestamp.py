"""Timestamps of an authority (RFC 3161): bytes existed at a time, by the clock of a third party."""

import hashlib
import warnings
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509

from holdfast.kernel.clock import SECOND, Duration, Instant, instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.trail.findings import when

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

MAX_STAMP = 2**16

_HASHES = {
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}


class BadTimestamp(Refusal):
    """An authority's answer does not parse, was not granted, or has a wrong signature."""

    code = "bad_timestamp"
    sort = Sort.BROKEN
    what = Text("时间戳不成立：{reason}", "{reason}")
    fix = Text(
        "请勿采信；请核对根证书是否为该机构所有，并索取新的时间戳",
        "Do not rely on it; check whether the root certificate is the authority's, and ask for a new one",
    )

    def __init__(self, reason: Text) -> None:
        """Refuse a timestamp for a reason."""
        super().__init__("timestamp", reason=reason)


class TimestampOfOther(Refusal):
    """A timestamp is of other bytes."""

    code = "timestamp_of_other"
    sort = Sort.BROKEN
    what = Text("时间戳针对的是另外的内容", "it is of other bytes than these")
    fix = Text(
        "请勿采信；请索取针对这些内容的时间戳", "Do not rely on it; ask for the timestamp of these very bytes"
    )


class TimestampBackDated(Refusal):
    """A timestamp says a time at which what it covers was not there yet."""

    code = "timestamp_back_dated"
    sort = Sort.BROKEN
    what = Text(
        "时间戳所载为 {at}，却涵盖 {newest} 发生的事", "it says {at}, and covers what happened at {newest}"
    )
    fix = Text(
        "请勿采信：两个时钟中有一个不准，或曾被拨回；请重新加盖",
        "Do not rely on it: one of the two clocks was wrong, or was set back; have it stamped anew",
    )


class BadTsaRoot(Refusal):
    """A root certificate cannot be read."""

    code = "bad_tsa_root"
    sort = Sort.MALFORMED
    what = Text("这不是 PEM 或 DER 格式的证书", "it is no certificate, in PEM or DER")
    fix = Text(
        "根证书须向时间戳机构本身取得，不要用包内的",
        "Take the root certificate from the authority itself, never from the package",
    )


class Stamp(NamedTuple):
    """A parsed timestamp. `proven` tells whether its signature chains to a given root."""

    at: Instant
    accuracy: Duration
    authority: str
    proven: bool

    def check_after(self, newest: Instant) -> None:
        """Refuse a time before the newest fact that the timestamp covers.

        Raises:
            TimestampBackDated: it does, by more than its seconds are exact.
        """
        if self.at + self.accuracy < newest:
            raise TimestampBackDated("timestamp", at=when(self.at), newest=when(newest))


def available() -> bool:
    """Tell whether timestamps can be read here: the reader of ASN.1 is a package of its own."""
    try:
        import rfc3161_client  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


def check(data: bytes, message: bytes, tsa_roots: list[bytes] | None) -> Stamp:
    """Check an answer of an authority over a message.

    Args:
        data: the answer, a TimeStampResp in DER.
        message: the bytes that were stamped.
        tsa_roots: certificates of roots that are trusted, PEM or DER; without any, no signature is checked.

    Raises:
        BadTimestamp: it cannot be read, was not granted, or leads to none of the roots.
        TimestampOfOther: it is of other bytes.
        BadTsaRoot: a root cannot be read.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415

    roots = [_certificate(each) for each in tsa_roots or ()]
    if len(data) > MAX_STAMP:
        raise BadTimestamp(
            Text(
                f"答复有 {len(data):,} 字节，超过 {MAX_STAMP:,}",
                f"an answer of {len(data):,} bytes is longer than {MAX_STAMP:,}",
            )
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names in other forms than they should have
            found = decode_timestamp_response(data)
            _check_imprint(found, message)
            if roots:
                VerifierBuilder(roots=roots).build().verify_message(found, message)
            return _stamp(found, proven=bool(roots))
    except VerificationError as error:
        raise BadTimestamp(
            Text(
                f"其签名通不到任何一个根证书：{_first_line(error)}",
                f"its signature leads to none of the roots: {_first_line(error)}",
            )
        ) from error
    except (ValueError, OverflowError, AttributeError, LookupError, TypeError) as error:
        raise BadTimestamp(
            Text(
                f"不是时间戳机构的答复：{_first_line(error)}",
                f"it is no answer of an authority: {_first_line(error)}",
            )
        ) from error


def _first_line(error: Exception) -> str:
    text = str(error).partition("\n")[0][:160]
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _certificate(data: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(data)
    except ValueError:
        pass
    try:
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise BadTsaRoot("root certificate") from error


def _check_imprint(found: "TimeStampResponse", message: bytes) -> None:
    if found.status != 0:
        raise BadTimestamp(
            Text(
                f"时间戳机构没有签发：状态 {found.status}",
                f"the authority did not grant it: status {found.status}",
            )
        )
    imprint = found.tst_info.message_imprint
    algorithm = _HASHES.get(imprint.hash_algorithm.dotted_string)
    if algorithm is None:
        raise BadTimestamp(
            Text(
                f"所针对的哈希算法不认识：{imprint.hash_algorithm.dotted_string}",
                f"it is over a hash that is not known: {imprint.hash_algorithm.dotted_string}",
            )
        )
    if algorithm(message).digest() != imprint.message:
        raise TimestampOfOther("timestamp")


def _stamp(found: "TimeStampResponse", *, proven: bool) -> Stamp:
    info = found.tst_info
    accuracy = SECOND
    if (given := getattr(info, "accuracy", None)) is not None:
        accuracy += min(given.seconds or 0, 60) * SECOND + (given.millis or 0)
    return Stamp(instant(info.gen_time), accuracy, _name(info.name), proven)


def _name(name: object) -> str:
    value = getattr(name, "value", None)
    text = value.rfc4514_string() if isinstance(value, x509.Name) else ""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:200])
