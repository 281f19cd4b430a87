"""A witness on a real port that has a key, and says whatever it is told to: a word for each way to lie."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.trail import consistency
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.keys import LogSigner
from holdfast.trail.note import Note

NOW = 1_790_000_000
SIGNER = WitnessSigner("witness.example/liar", Ed25519PrivateKey.from_private_bytes(b"\x66" * 32))
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)
SIZE = "text/x.tlog.size"
HUGE = b"1000000000000000\n"


class Liar:
    """What a lying witness says. `shown` is what it answers when it is asked for a head; None is a 404."""

    def __init__(self, word: str, url: str) -> None:
        self.word = word
        self.url = url
        self.shown: bytes | None = None
        self.asked: list[Note] = []
        self.stop = threading.Event()
        self.holding = threading.Event()
        """Set while somebody waits for an answer that does not come."""

    @property
    def line(self) -> str:
        """Its line in a policy, as w3."""
        return f"witness w3 {SIGNER.verifier.encode()} {self.url}"

    def answer(self, connection: socket.socket, method: bytes, body: bytes) -> None:
        if method == b"GET":
            shown = self.shown
            connection.sendall(response("404 Not Found") if shown is None else response("200 OK", shown))
            return
        asked = consistency.read(body).note
        self.asked.append(asked)
        WORDS[self.word](self, connection, asked.text)


Says = Callable[[Liar, socket.socket, str], None]


def response(status: str, body: bytes = b"", kind: str = "text/plain") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def cosigned(text: str, *times: int) -> bytes:
    return "".join(SIGNER.sign(text, at).line() for at in times).encode()


def says(answer: Callable[[str], bytes]) -> Says:
    return lambda _liar, connection, text: connection.sendall(answer(text))


def hold(liar: Liar, connection: socket.socket, _text: str) -> None:
    """Never answer, as long as the test goes on."""
    liar.holding.set()
    liar.stop.wait()
    connection.close()


def drip(liar: Liar, connection: socket.socket, _text: str) -> None:
    """Send a header of which each byte takes its time, and that has no end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-More: ")
    liar.holding.set()
    while not liar.stop.wait(0.05):
        connection.sendall(b"x")


def late(liar: Liar, connection: socket.socket, _text: str) -> None:
    """Say that there is a larger log, once it is let."""
    liar.holding.set()
    liar.stop.wait()
    connection.sendall(response("409 Conflict", HUGE, SIZE))


WORDS: dict[str, Says] = {
    "honest": says(lambda text: response("200 OK", cosigned(text, NOW))),
    "many": says(lambda text: response("200 OK", cosigned(text, *range(NOW - 99, NOW + 1)))),
    "two": says(lambda text: response("200 OK", cosigned(text, NOW, NOW - 5))),
    "right and wrong": says(
        lambda text: response("200 OK", cosigned(text, NOW) + cosigned("x\n1\ny\n", NOW))
    ),
    "future": says(lambda text: response("200 OK", cosigned(text, 2**62))),
    "tomorrow": says(lambda text: response("200 OK", cosigned(text, 2**33))),
    "no time": says(lambda text: response("200 OK", cosigned(text, 0))),
    "another text": says(lambda text: response("200 OK", cosigned(f"{text}more\n", NOW))),
    "huge": says(lambda _: response("409 Conflict", HUGE, SIZE)),
    "409": says(lambda _: response("409 Conflict", b"no")),
    "422": says(lambda _: response("422 Unprocessable Entity", b"no")),
    "403": says(lambda _: response("403 Forbidden", b"no")),
    "500": says(lambda _: response("500 Oh", b"no")),
    "nothing": says(lambda _: b""),
    "garbage": says(lambda _: response("200 OK", b"\xff\x00\n")),
    "too long": says(lambda _: response("200 OK", b"x" * 70_000)),
    "hold": hold,
    "drip": drip,
    "late": late,
}

FAILING = {
    "many": "witness_answer_wrong",
    "right and wrong": "witness_answer_wrong",
    "future": "witness_answer_wrong",
    "tomorrow": "witness_answer_wrong",
    "no time": "witness_answer_wrong",
    "another text": "witness_answer_wrong",
    "huge": "witness_unproven",
    "409": "witness_unproven",
    "422": "witness_unproven",
    "403": "witness_refused",
    "500": "witness_refused",
    "nothing": "witness_unreachable",
    "garbage": "witness_answer_wrong",
    "too long": "witness_answer_wrong",
    "hold": "witness_slow",
    "drip": "witness_slow",
}
"""With which code each of them counts as failing."""


def forged(origin: str, size: int) -> bytes:
    """A head of a log that a stranger's key signed."""
    text = f"{origin}\n{size}\n{'A' * 43}=\n"
    return Note(text, (LogSigner(origin, STRANGER).sign(text),)).encode()


@contextmanager
def lying(word: str) -> Generator[Liar]:
    """A liar on a free port, as long as the block goes on."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        liar = Liar(word, f"http://127.0.0.1:{listening.getsockname()[1]}")
        threads: list[threading.Thread] = []
        accepting = threading.Thread(target=_accept, args=(listening, liar, threads))
        accepting.start()
        try:
            yield liar
        finally:
            liar.stop.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


def _accept(listening: socket.socket, liar: Liar, threads: list[threading.Thread]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        thread = threading.Thread(target=_answer, args=(connection, liar))
        threads.append(thread)
        thread.start()


def _answer(connection: socket.socket, liar: Liar) -> None:
    with connection, suppress(OSError):  # whoever asked may have had enough
        connection.settimeout(60)
        with connection.makefile("rb") as reading:
            method = reading.readline().split(b" ")[0]
            length = 0
            while line := reading.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            liar.answer(connection, method, reading.read(length))
