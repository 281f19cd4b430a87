"""The protocol of S3, as far as a log uses it: a real server of HTTP that can be made to fail."""

import hashlib
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from waiting import GUARD_SECONDS

BUCKET = "market"
KEY = "AKIATEST"


class Kept(NamedTuple):
    """A file as the server keeps it."""

    data: bytes
    tag: str
    headers: dict[str, str]


class S3(ThreadingHTTPServer):
    """Buckets in memory: PutObject and GetObject with ETag, If-Match and If-None-Match.

    Where `let_go` is not set, files that are written wait until it is: by somebody, or by the one that makes
    `hold_until` of them.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, Kept] = {}
        self.turn = threading.Lock()
        self.passes_over: set[str] = set()
        self.fails: Callable[[str], str] = lambda _path: ""
        self.let_go = threading.Event()
        self.let_go.set()
        self.hold_until = 1
        self.busy = self.busiest = 0
        self.written: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing where a client has hung up."""


class Answer(BaseHTTPRequestHandler):
    """One request: `fails` may let it break off before or after it is done, or be answered with an error."""

    protocol_version = "HTTP/1.1"
    wbufsize = 2**16  # headers and body in one packet: none waits for the other to be confirmed
    server: S3  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        path = self._path()
        if self._refused(path):
            return
        found = self.server.files.get(path)
        if found is None:
            self._say(404, code="NoSuchKey")
        else:
            self._say(200, found.data, {**found.headers, "ETag": found.tag})

    def do_PUT(self) -> None:
        path, server = self._path(), self.server
        data = self.rfile.read(int(self.headers["Content-Length"]))
        with server.turn:
            server.busy += 1
            server.busiest = max(server.busiest, server.busy)
            if server.busy == server.hold_until:
                server.let_go.set()
        server.let_go.wait(GUARD_SECONDS)
        with server.turn:
            server.busy -= 1
        failing = server.fails(path)
        if self._refused(path) or self._broken(failing, "before"):
            return
        with server.turn:
            there = server.files.get(path)
            wanted = self._header("If-Match")
            new = self._header("If-None-Match")
            if (new and there) or (wanted and (there is None or there.tag != wanted)):
                self._say(412, code="PreconditionFailed")
                return
            tag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
            kept = {name.lower(): value for name, value in self.headers.items() if _is_kept(name)}
            server.files[path] = Kept(data, tag, kept)
            server.written.append(path)
        if not self._broken(failing, "after"):
            self._say(200, headers={"ETag": tag})

    def do_POST(self) -> None:
        """Answer DeleteObjects, the one POST that there is."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        path = self._path()
        if self._refused(f"{path}/") or self._broken(self.server.fails(path), "before"):
            return
        with self.server.turn:
            for key in re.findall(r"<Key>([^<]*)</Key>", asked):
                self.server.files.pop(f"{BUCKET}/{unquote(key)}", None)
        self._say(200, b"<DeleteResult/>", {"Content-Type": "application/xml"})

    def _header(self, name: str) -> str | None:
        return None if name in self.server.passes_over else self.headers[name]

    def _broken(self, failing: str, when: str) -> bool:
        if failing == when:
            self.close_connection = True
        elif failing.isdigit() and when == "before":
            self._say(int(failing), code="NotImplemented" if failing == "501" else "InternalError")
        else:
            return False
        return True

    def _refused(self, path: str) -> bool:
        if f"Credential={KEY}/" not in (self.headers["Authorization"] or ""):
            self._say(403, code="InvalidAccessKeyId")
        elif not path.startswith(f"{BUCKET}/"):
            self._say(404, code="NoSuchBucket")
        else:
            return False
        return True

    def _path(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/")

    def _say(
        self, status: int, data: bytes = b"", headers: dict[str, str] | None = None, code: str = ""
    ) -> None:
        body = f"<Error><Code>{code}</Code></Error>".encode() if code else data
        self.send_response(status)
        stamp = {"Last-Modified": "Wed, 01 Jul 2026 00:00:00 GMT", "Content-Length": str(len(body))}
        for name, value in {**stamp, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Write nothing."""


def _is_kept(name: str) -> bool:
    return name.lower() in {"content-type", "cache-control"} or name.lower().startswith("x-amz-meta-")
