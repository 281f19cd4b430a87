"""A log in object storage: S3 and what speaks its protocol, Google's, Azure's.

Below the address' prefix are the two folders of a log: `log/` is served to all, `private/` to nobody. The
head is a compare-and-swap register by conditional writes (If-None-Match, If-Match): of two writers one wins.
Each version carries a token of the swap that wrote it, by which a writer whose answer was lost finds out
whether its swap was done.
"""

import os
import re
import secrets
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import HTTPStore, LocalStore, MemoryStore, from_url

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.outbound.address import BadUrl
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.tile import PARTIAL

if TYPE_CHECKING:
    from obstore import Attributes, PutMode, UpdateVersion
    from obstore.store import ObjectStore

LOG = "log/"
HEAD = "private/head"

_PROBE = "private/conditions"
_TOKEN = "holdfast-swap"  # noqa: S105 - the name of a property
AT_ONCE = 16
"""Files that are written at once."""

_LONGEST = 300

_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "bucket does not exist")
"""The error codes of a missing bucket: the status is 404, as for a missing file."""

_NEVER: "UpdateVersion" = {"e_tag": f'"{"0" * 32}"', "version": "1"}
"""A version that no file has, for a write whose condition must fail."""

_TEXT = "text/plain; charset=utf-8"
_CHECKPOINT: "Attributes" = {"Content-Type": _TEXT, "Cache-Control": "no-cache"}
_FULL: "Attributes" = {
    "Content-Type": "application/octet-stream",
    "Cache-Control": "public, max-age=31536000, immutable",
}
_PARTIAL: "Attributes" = {"Content-Type": "application/octet-stream", "Cache-Control": "public, max-age=3600"}


class BadBucketUrl(Refusal):
    """An address is not one of object storage."""

    code = "bad_bucket_url"
    sort = Sort.MALFORMED
    what = Text("这不是对象存储的地址：{reason}", "it is no address of a bucket: {reason}")
    fix = Text(
        "请写 s3://BUCKET/PREFIX、gs://BUCKET/PREFIX 或 az://CONTAINER/PREFIX；文件夹请写其路径",
        "Write s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX; for a folder give its path",
    )


class BadBucketSetting(Refusal):
    """A setting in the environment cannot be used."""

    code = "bad_bucket_setting"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = Text(
        "请重设此环境变量：不含换行，端点写作 https://HOST[:PORT]",
        "Set this variable of the environment anew: without line breaks, an endpoint as https://HOST[:PORT]",
    )


class BucketFailed(Refusal):
    """The bucket did not do what it was asked for."""

    code = "bucket_failed"
    sort = Sort.UNAVAILABLE
    what = same("{reason}")
    fix = Text(
        (
            "请检查网络、存储桶的名称、地域和端点（AWS_REGION、AWS_ENDPOINT_URL）"
            "，以及凭据是否可以列出、读取和写入：无权列出的，缺失的文件会显示为禁止访问"
        ),
        (
            "Check the network, the bucket's name, region and endpoint (AWS_REGION, AWS_ENDPOINT_URL), "
            "and that the credentials may list, read and write: who may not list is told that "
            "missing files are forbidden"
        ),
    )


class BucketUnconditional(Refusal):
    """The store does not do conditional writes, so two writers could both win."""

    code = "bucket_unconditional"
    sort = Sort.UNMET
    what = Text("此存储不支持条件写入：{reason}", "this store does not do conditional writes: {reason}")
    fix = Text(
        "请把日志放在写入时遵守 If-None-Match 和 If-Match 的存储或文件夹中",
        "Keep the log in a store that honours If-None-Match and If-Match when it writes, or in a folder",
    )


class Patience(NamedTuple):
    """Timeouts and retries: how long to wait for an answer, and how often and how long to try again."""

    answer_seconds: float
    tries: int
    seconds: float


PATIENCE = Patience(answer_seconds=10, tries=5, seconds=30)

_ERRORS = (BaseError, OSError, ValueError, NotImplementedError)
_SETTINGS = ("AWS_", "AZURE_")
_ENDPOINTS = {"AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AZURE_ENDPOINT"}
_ENDPOINT = re.compile(r"https?://[!-~]+\Z")
_FIRST_PAUSE = timedelta(milliseconds=100)
_LONGEST_PAUSE = timedelta(seconds=3)


class _Found(NamedTuple):
    data: bytes
    version: "UpdateVersion"
    token: str | None


class _Files:
    """The files below an address; an error of the store becomes a refusal that names the address."""

    def __init__(self, store: "ObjectStore", url: str) -> None:
        self._store = store
        self.url = url

    def get(self, name: str) -> _Found | None:
        """Return a file, or None where there is none.

        Raises:
            BucketFailed: the store does not tell.
        """
        with self._answering(name):
            try:
                result = self._store.get(name)
            except FileNotFoundError as error:
                if any(words in str(error) for words in _NO_BUCKET):
                    raise
                return None
            data = bytes(result.bytes())
            version: UpdateVersion = {}
            if (tag := result.meta["e_tag"]) is not None:
                version["e_tag"] = tag
            if (number := result.meta["version"]) is not None:
                version["version"] = number
            return _Found(data, version, result.attributes.get(_TOKEN))

    def put(self, name: str, data: bytes, attributes: "Attributes", mode: "PutMode") -> bool:
        """Write a file under a condition, and tell whether the condition held.

        Raises:
            BucketFailed: it was not written, or its answer was lost.
        """
        with self._answering(name):
            try:
                self._store.put(name, data, attributes=attributes, mode=mode, use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                if mode == "overwrite":
                    raise
                return False
            return True

    def delete(self, names: Sequence[str]) -> None:
        """Delete files.

        Raises:
            BucketFailed: some were not, or nobody knows.
        """
        with self._answering(names[0]):
            self._store.delete(names)

    @contextmanager
    def _answering(self, name: str) -> Generator[None]:
        try:
            yield
        except _ERRORS as error:
            raise BucketFailed(f"{self.url}/{name}", reason=_reason(error)) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # the library's, which nobody can import
                raise
            raise BucketFailed(f"{self.url}/{name}", reason=_reason(error)) from error


def _reason(error: BaseException) -> Text:
    """Return the first line of a store's error; the rest is for developers of the client library."""
    if isinstance(error, BadUrl):
        return error.told
    said, _, _ = str(error).partition("\n\nDebug source:")
    return same(" ".join(said.split())[:_LONGEST] or type(error).__name__)


class Bucket:
    """The files of a log in object storage. See `store.Store`."""

    def __init__(self, files: _Files) -> None:
        self._files = files

    def read(self, name: str) -> bytes | None:
        """See `Store.read`.

        Raises:
            BucketFailed: the bucket does not answer, is not there, or does not let us.
        """
        found = self._files.get(LOG + name)
        return None if found is None else found.data

    def write(self, name: str, data: bytes) -> None:
        """See `Store.write`.

        Raises:
            BucketFailed: it was not written, or nobody knows.
        """
        self._files.put(LOG + name, data, _attributes(name), "overwrite")

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """See `Store.write_all`: some at once; after a failure those that were not begun are left.

        Raises:
            BucketFailed: one was not written, or nobody knows; others may have been.
        """
        with ThreadPoolExecutor(AT_ONCE) as threads:
            writing = [threads.submit(self.write, name, data) for name, data in files]
            done, _ = wait(writing, return_when=FIRST_EXCEPTION)
            threads.shutdown(wait=False, cancel_futures=True)
            for one in done:
                one.result()

    def delete(self, names: Sequence[str]) -> None:
        """See `Store.delete`."""
        with suppress(BucketFailed):
            self._files.delete([LOG + name for name in names])


def _attributes(name: str) -> "Attributes":
    """Return the HTTP headers of a file: a full tile is cached for ever, the checkpoint never."""
    if name == CHECKPOINT:
        return _CHECKPOINT
    return _PARTIAL if PARTIAL in name else _FULL


class BucketHead:
    """The signed head in object storage. See `head.Head`."""

    def __init__(self, files: _Files) -> None:
        self._files = files
        self._is_checked = False

    def read(self) -> bytes | None:
        """See `Head.read`.

        Raises:
            BucketFailed: see `Bucket.read`.
        """
        found = self._files.get(HEAD)
        return None if found is None else found.data

    def swap(self, expected: bytes | None, new: bytes) -> bool:
        """See `Head.swap`.

        Raises:
            BucketUnconditional: the store would let two writers win.
            BucketFailed: it was not written, or nobody knows: `read` tells, when the store answers again.
        """
        self._check()
        mode: PutMode = "create"
        if expected is not None:
            found = self._files.get(HEAD)
            if found is None or found.data != expected:
                return False
            if not found.version:
                raise BucketUnconditional(
                    self._files.url, reason=Text("其文件没有 ETag", "its files have no ETag")
                )
            mode = found.version
        token = secrets.token_hex(16)
        attributes: Attributes = {"Content-Type": _TEXT, "Cache-Control": "no-store", _TOKEN: token}
        try:
            return self._files.put(HEAD, new, attributes, mode) or self._is_ours(token)
        except BucketFailed:
            if self._is_ours(token):
                return True
            raise

    def _is_ours(self, token: str) -> bool:
        """Tell whether this swap wrote the head: a retried request may fail on its own earlier write."""
        found = self._files.get(HEAD)
        return found is not None and found.token == token

    def _check(self) -> None:
        """Probe once that the store honours conditional writes; the empty file of the probe stays."""
        if self._is_checked:
            return
        attributes: Attributes = {"Content-Type": _TEXT}
        try:
            self._files.put(_PROBE, b"", attributes, "create")
            if self._files.put(_PROBE, b"", attributes, "create"):
                raise BucketUnconditional(
                    self._files.url, reason=Text("不理会 If-None-Match", "it passes over If-None-Match")
                )
            if self._files.put(_PROBE, b"", attributes, _NEVER):
                raise BucketUnconditional(
                    self._files.url, reason=Text("不理会 If-Match", "it passes over If-Match")
                )
        except BucketFailed as failed:
            if isinstance(failed.__cause__, NotImplementedError) or "501 " in failed.record().what:
                raise BucketUnconditional(self._files.url, reason=failed.told()) from failed
            raise
        self._is_checked = True


def opened(url: str, patience: Patience = PATIENCE) -> tuple[Bucket, BucketHead]:
    """Return the log's files and its head below an address; no request is made yet.

    Credentials, region and endpoint come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_REGION, AWS_ENDPOINT_URL; GOOGLE_… and AZURE_… alike). `memory:` is gone when the process ends.

    Args:
        url: s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX.
        patience: with a store that does not answer.

    Raises:
        BadBucketUrl: the address is none of object storage.
        BadBucketSetting: the environment says what cannot be.
    """
    shown = url.partition("?")[0].rstrip("/")
    try:
        if urlsplit(url).password:
            shown = f"{urlsplit(url).scheme}://…"
            raise BadUrl(Text("其中有密码", "it has a password in it"))
        for name, value in os.environ.items():
            _check_setting(name.upper(), value)
        files = _Files(_store(url, patience), shown)
    except _ERRORS as error:
        raise BadBucketUrl(shown[:_LONGEST], reason=_reason(error)) from error
    return Bucket(files), BucketHead(files)


def _check_setting(name: str, value: str) -> None:
    """Refuse a setting at which the client library would panic in the middle of a request."""
    if name.startswith(_SETTINGS) and not value.isprintable():
        raise BadBucketSetting(
            name,
            reason=Text(
                "含有换行或其他不能发送的字符", "it has a line break, or another sign that cannot be sent"
            ),
        )
    if name in _ENDPOINTS and not _is_endpoint(value):
        raise BadBucketSetting(name, reason=Text("不是服务器的地址", "it is no address of a server"))


def _is_endpoint(value: str) -> bool:
    try:
        found = urlsplit(value)
        return bool(found.hostname) and found.port != 0 and _ENDPOINT.match(value) is not None
    except ValueError:
        return False


def _store(url: str, patience: Patience) -> "ObjectStore":
    if urlsplit(url).scheme == "memory":
        return MemoryStore()
    store = from_url(
        url,
        client_options={
            "allow_http": True,  # an endpoint of http:// was asked for by name
            "connect_timeout": timedelta(seconds=patience.answer_seconds),
            "timeout": timedelta(seconds=patience.answer_seconds),
        },
        retry_config={
            "max_retries": patience.tries - 1,
            "retry_timeout": timedelta(seconds=patience.seconds),
            "backoff": {"init_backoff": _FIRST_PAUSE, "max_backoff": _LONGEST_PAUSE, "base": 2},
        },
    )
    if isinstance(store, (HTTPStore, LocalStore)):
        raise BadUrl(Text("不能有条件地写入", "it cannot be written under conditions"))
    return store
