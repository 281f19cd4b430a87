"""Receivers of webhooks on real sockets, and a market with a deliverer, whose clock a test moves."""

import json
import socket
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from histories import opening, policy, sale
from holdfast.delivering.book import Book
from holdfast.delivering.deliverer import Deliverer
from holdfast.delivering.signing import shown
from holdfast.engine.execution import Submission
from holdfast.kernel.clock import Instant, SimulatedClock, SystemClock
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.outbound.guarded import Reach, networks
from holdfast.outbound.posting import Poster
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.webhooks.model import EndpointKeys, WebhookEndpoint

LOOPBACK = Reach(networks(["127.0.0.0/8"]))


class Got(NamedTuple):
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return self.document["type"]


class Said(NamedTuple):
    """What is answered."""

    status: int
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""


OK = Said(200)
Answer = Callable[[Got], Said]


class Receiver:
    """A receiver: what came, in its order; `answer` says what each is answered with."""

    def __init__(self, port: int, answer: Answer) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.answer = answer
        self.got: list[Got] = []
        self.most_together = 0
        self._lock = threading.Lock()
        self._together = 0

    def take(self, got: Got) -> Said:
        with self._lock:
            self.got.append(got)
            self._together += 1
            self.most_together = max(self.most_together, self._together)
        try:
            return self.answer(got)
        finally:
            with self._lock:
                self._together -= 1

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.got]

    @property
    def kinds(self) -> list[str]:
        return [each.kind for each in self.got]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 512


@contextmanager
def receiver(answer: Answer = lambda _got: OK) -> Generator[Receiver]:
    """A receiver as long as the block goes on."""

    connections: list[socket.socket] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = there.take(Got(self.path, headers, body))
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            del format, args

    with _Server(("127.0.0.1", 0), Handler) as server:
        there = Receiver(server.server_address[1], answer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield there
        finally:
            server.shutdown()
            thread.join()
            for connection in connections:  # they are kept, and would be waited for
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Delivering:
    """A market over PostgreSQL, with deliverers; its clock begins at the present and is moved by the test."""

    def __init__(self, url: str, start: Instant | None = None) -> None:
        self.url = url
        self.clock = SimulatedClock(SystemClock().now() if start is None else start)
        self.home = Postgres(url, None, Ids(Random(1)), guard=None)
        self._open: list[Deliverer] = []

    def opened(self) -> None:
        """Have parties and a policy."""
        self.home.adopt(policy("full"), self.clock.now())
        self.do(*opening())

    def do(self, *commands: Command) -> list[Fact]:
        """Run commands that are accepted."""
        facts: list[Fact] = []
        for outcome in self.home.run([Submission(each, self.clock.now()) for each in commands]):
            assert outcome.accepted, outcome.refusal
            facts += outcome.facts
        return facts

    def sell(self, *order_ids: str, merchant: str = "m1") -> list[Fact]:
        """Sell orders, up to their delivery."""
        return self.do(*(each for key in order_ids for each in sale(key, merchant, "c1", 1_000, 3)))

    def deliverer(self, post: Callable[[], Poster] | None = None, book: type[Book] = Book) -> Deliverer:
        """Open a deliverer, which is closed with this."""
        home = Postgres(self.url, None, Ids(Random(2)), guard=None)
        wire = open_wire(self.url, None)
        made = Deliverer(home, book(wire), post or (lambda: Poster(LOOPBACK)), self.clock, Random(3))
        self._open.append(made)
        return made

    def end(self, deliverer: Deliverer) -> None:
        """Close a deliverer."""
        self._open.remove(deliverer)
        deliverer.close()

    def until_idle(self, deliverer: Deliverer) -> int:
        """Take steps until there is nothing to do; return how many attempts were made, or more."""
        done = 0
        while now := deliverer.step():
            done += now
        return done

    def wait(self, duration: Instant) -> None:
        """Move the clock."""
        self.clock.advance_to(self.clock.now() + duration)

    def endpoint(self, key: str) -> WebhookEndpoint:
        row = self.home.row(WebhookEndpoint, key)
        assert row is not None
        return row

    def secrets(self, key: str) -> list[str]:
        """Return what a receiver was shown of the keys of an endpoint."""
        row = self.home.row(EndpointKeys, key)
        assert row is not None
        return [shown(each) for each in row.keys]

    def query(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with open_wire(self.url, None) as connection:
            return connection.cursor(binary=True).execute(statement.encode(), parameters).fetchall()

    def close(self) -> None:
        for each in self._open:
            each.close()
        self.home.close()


def of_order(got: Iterable[Got]) -> Iterator[tuple[str, str]]:
    """Yield the order and kind of each message about an order."""
    for each in got:
        body = each.document["data"]["body"]
        if "order_id" in body:
            yield body["order_id"], each.kind
