"""Another site: a real server on the loopback whose answers are bytes, so that they can be as wrong as one likes."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

Reply = bytes | Iterable[bytes]


class OtherSite:
    """Answers each request with what `reply(path, request)` gives, piece by piece, and then hangs up. It counts its `connections`."""

    def __init__(
        self, reply: Callable[[str, str], Reply], host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self._reply, self._tls = reply, tls
        self.requests: list[str] = []
        self.connections = 0
        self._socket = socket.create_server((host, 0), backlog=64)
        self.authority = f"{host}:{self._socket.getsockname()[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.authority}"
        self._closing = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Waits as a slow site does; False when the site is closed meanwhile."""
        return not self._closing.wait(seconds)

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with stream:
                self._answer(stream)

    def _answer(self, stream: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and (received := stream.recv(65_536)):
            request += received
        self.requests.append(text := request.decode("latin-1"))
        reply = self._reply(text.split(" ")[1] if " " in text else "", text)
        for piece in (reply,) if isinstance(reply, bytes) else reply:
            stream.sendall(piece)


def answer(body: bytes = b"<p>Hello", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; `content_type="…"` is the header Content-Type."""
    lines = {"content_type": "text/html", "content_length": str(len(body))} | headers
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{named}\r\n".encode() + body


def redirect(to: str, status: str = "302 Found") -> bytes:
    return f"HTTP/1.1 {status}\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
