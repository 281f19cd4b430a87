"""Connections of which every step ends in the time that is set for all of an exchange.

httpx bounds each single read: a server that sends a byte now and then would hold a reader for ever. Here each
lookup of a name, connecting, handshake of TLS, write and read is given what is left of the whole time.
"""

import socket
import ssl
import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Any

import httpcore

from holdfast.outbound.limits import Within

_PIECE = 16 * 1024
"""Bytes that are written at once: the time that is left is looked at between two of them."""


class Network(httpcore.NetworkBackend):
    """Makes connections for one exchange after the other: `within` is the time of the present one."""

    def __init__(self) -> None:
        self.within = Within(0)
        self.connected = 0
        """How many connections were made."""
        self._sockets = httpcore.SyncBackend()

    def left(self, late: type[httpcore.TimeoutException]) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutException: none is, of the kind that was asked for.
        """
        if self.within.over:
            raise late
        return self.within.left()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers; none may take the time of those after it.

        Raises:
            ConnectError, ConnectTimeout: none did.
        """
        del timeout  # it is of the exchange as a whole
        addresses = self._looked_up(host, port)
        failure: Exception = httpcore.ConnectError("the host has no address")
        for tried, address in enumerate(addresses):
            share = self.left(httpcore.ConnectTimeout) / (len(addresses) - tried)
            try:
                made = self._sockets.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                self.connected += 1
                return _Stream(made, self)
        raise failure

    def _looked_up(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host.

        The system's lookup cannot be ended: what comes too late is left to a thread that nobody waits for.
        """
        found = SimpleQueue[list[str] | Exception]()

        def look_up() -> None:
            try:
                known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, ValueError) as error:  # a label too long is a ValueError
                found.put(error)
            else:
                found.put(list(dict.fromkeys(str(address[0]) for *_, address in known)))

        left = self.left(httpcore.ConnectTimeout)
        threading.Thread(target=look_up, name=f"lookup of {host}", daemon=True).start()
        try:
            addresses = found.get(timeout=left)
        except Empty as error:
            raise httpcore.ConnectTimeout from error
        if isinstance(addresses, Exception):
            raise httpcore.ConnectError(str(addresses)) from addresses
        return addresses


class _Stream(httpcore.NetworkStream):
    """A connection, plain or with TLS."""

    def __init__(self, stream: httpcore.NetworkStream, network: Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what there is, as soon as there is something."""
        del timeout
        return self._stream.read(max_bytes, self._network.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it, however slowly the other end takes it."""
        del timeout
        for start in range(0, len(buffer), _PIECE):
            left = self._network.left(httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands: Python's timeout of a handshake is for all of it, as is that of a read through TLS.

        Raises:
            ConnectError, ConnectTimeout: it failed.
        """
        del timeout
        left = self._network.left(httpcore.ConnectTimeout)
        try:
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._network)
        except ValueError as error:  # a name that can be in no certificate
            raise httpcore.ConnectError(str(error)) from error

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of a socket."""
        return self._stream.get_extra_info(info)
