"""Servers on real ports that do with each connection whatever a test wants, plain or through TLS."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from waiting import GUARD_SECONDS

Behave = Callable[[socket.socket, bytes], None]
"""What is done with a connection, and each head of a request that was read from it."""


class Stranger:
    """A server that runs: where it is, and how many connected."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.connected = 0
        self.asked: list[bytes] = []


@contextmanager
def behaving(behave: Behave, tls: ssl.SSLContext | None = None) -> Generator[Stranger]:
    """A server as long as the block goes on. It reads one request after the other until `behave` closes."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stranger = Stranger(listening.getsockname()[1], "http" if tls is None else "https")
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                stranger.connected += 1
                thread = threading.Thread(target=_serve, args=(connection, behave, tls, stranger.asked))
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield stranger
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


def _serve(connection: socket.socket, behave: Behave, tls: ssl.SSLContext | None, asked: list[bytes]) -> None:
    with connection, suppress(OSError):  # whoever asked may have had enough
        connection.settimeout(GUARD_SECONDS)
        line = connection if tls is None else tls.wrap_socket(connection, server_side=True)
        with line:
            while head := _head(line):
                asked.append(head)
                behave(line, head)


def _head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return b""
        data += more
    return data


def head(status: str, *more: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *more, "", "")).encode()


def ok(body: bytes, *more: str) -> bytes:
    return head("200 OK", f"Content-Length: {len(body)}", *more) + body


def saying(answer: bytes) -> Behave:
    """Say this, and keep the connection."""
    return lambda connection, _: connection.sendall(answer)


def leaving(answer: bytes) -> Behave:
    """Say this, and end the connection."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer)
        connection.close()

    return behave


class Identity:
    """A key with a certificate that it signed itself, for some names, and for so many days from now on."""

    def __init__(self, folder: Path, *names: str, days: int = 1) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a stranger")])
        today = dt.datetime.combine(
            dt.datetime.now(dt.UTC),  # noqa: TID251 - a certificate is of the time when it is shown
            dt.time(tzinfo=dt.UTC),
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - dt.timedelta(days=9))
            .not_valid_after(today + dt.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.certificate = folder / "certificate.pem"
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private = folder / "key.pem"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, private)


def _name(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
