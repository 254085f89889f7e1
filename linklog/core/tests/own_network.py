"""A network of its own, for names that change their minds: run inside new namespaces of network and mounts, it gives the loopback any
addresses one likes, answers for DNS and on ports 80 and 443 there, and fetches.

Standard input is JSON: `addresses` of the machine, the `zone` (a name's answers to its first, second, … question; the last goes on)
and the `urls` to fetch. Standard output tells for each URL what the author was told, and what was really connected to.
"""

import ctypes
import fcntl
import json
import os
import socket
import ssl
import struct
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SIOCSIFADDR, SIOCSIFFLAGS, SIOCSIFNETMASK = 0x8916, 0x8914, 0x891C
IFF_UP, MS_BIND = 0x1, 0x1000
A, CNAME, AAAA = 1, 5, 28

reached: list[str] = []  # the address of this machine that each connection came in at
hosts: list[str] = []  # the Host of each request, and the server's name in TLS
questions: Counter[tuple[str, int]] = Counter()


def add_addresses(addresses: list[str]) -> None:
    """Gives them to `lo`, and starts it."""
    with socket.socket(socket.AF_INET) as four, socket.socket(socket.AF_INET6) as six:
        fcntl.ioctl(four, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
        for number, address in enumerate(addresses):
            packed = ip_address(address).packed
            if len(packed) == 16:
                fcntl.ioctl(six, SIOCSIFADDR, struct.pack("16sIi", packed, 128, socket.if_nametoindex("lo")))
                continue
            for request, value in ((SIOCSIFADDR, packed), (SIOCSIFNETMASK, b"\xff" * 4)):
                fcntl.ioctl(four, request, struct.pack("16sHH4s8x", b"lo:%d" % number, socket.AF_INET, 0, value))


def replace_file(path: str, text: str, folder: Path) -> None:
    """Lays another file over it, in this namespace alone."""
    if Path(path).exists():
        other = folder / Path(path).name
        other.write_text(text)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(os.fsencode(other), path.encode(), None, MS_BIND, None):
            raise OSError(ctypes.get_errno(), "mount", path)


def serve_names(zone: dict[str, list[list[str]]]) -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def answer() -> None:
        while True:
            query, client = server.recvfrom(512)
            server.sendto(reply_to(query, zone), client)

    threading.Thread(target=answer, daemon=True).start()


def reply_to(query: bytes, zone: dict[str, list[list[str]]]) -> bytes:
    """A DNS answer (RFC 1035, section 4) with a time to live of 0. A name that is not in the zone does not exist."""
    labels, place = [], 12
    while length := query[place]:
        labels.append(query[place + 1 : place + 1 + length].decode())
        place += length + 1
    name, kind = ".".join(labels).lower(), int.from_bytes(query[place + 1 : place + 3])
    rounds = zone.get(name)
    found = rounds[min(questions[name, kind], len(rounds) - 1)] if rounds else []
    questions[name, kind] += 1
    records = [record for value in found for record in records_of(value, kind, zone)]
    flags = 0x8180 if rounds else 0x8183
    header = query[:2] + struct.pack("!5H", flags, 1, len(records), 0, 0)
    return header + query[12 : place + 5] + b"".join(records)


def records_of(value: str, kind: int, zone: dict[str, list[list[str]]]) -> list[bytes]:
    """The records of one value of the zone: an address of the kind asked for, or another name and the addresses of that."""
    if value.startswith("cname "):
        target = value.removeprefix("cname ")
        name = b"".join(bytes([len(label)]) + label.encode() for label in target.split(".")) + b"\0"
        alias = b"\xc0\x0c" + struct.pack("!HHIH", CNAME, 1, 0, len(name)) + name
        addresses = [ip_address(address).packed for address in zone[target][0]]
        return [alias, *(name + tail(packed) for packed in addresses if kind == (A if len(packed) == 4 else AAAA))]
    packed = ip_address(value).packed
    return [b"\xc0\x0c" + tail(packed)] if kind == (A if len(packed) == 4 else AAAA) else []


def tail(packed: bytes) -> bytes:
    return struct.pack("!HHIH", A if len(packed) == 4 else AAAA, 1, 0, len(packed)) + packed


class Handler(BaseHTTPRequestHandler):
    """A page; `/to?…` redirects there."""

    def do_GET(self) -> None:
        hosts.append(self.headers["Host"])
        path, _mark, query = self.path.partition("?")
        self.send_response(302 if path == "/to" else 200)
        self.send_header(*("Location", unquote(query)) if path == "/to" else ("Content-Type", "text/html"))
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Listens on every address, and notes by which one it was reached before anything is sent."""

    address_family = socket.AF_INET6
    tls: ssl.SSLContext | None = None

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def get_request(self) -> tuple[Any, Any]:
        connection, client = super().get_request()
        reached.append(connection.getsockname()[0].removeprefix("::ffff:"))
        return (self.tls.wrap_socket(connection, server_side=True) if self.tls else connection), client

    def handle_error(self, *arguments: object) -> None:
        pass


def serve_pages(certificate: str) -> None:
    for port in (80, 443):
        server = Server(("::", port), Handler)
        if port == 443:
            server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.tls.load_cert_chain(certificate)
            server.tls.sni_callback = lambda connection, name, context: hosts.append(name)
        threading.Thread(target=server.serve_forever, daemon=True).start()


def told(url: str) -> str:
    from linklog.core.http import FetchError, fetch

    try:
        return fetch(url, seconds=5).url
    except FetchError as error:
        return str(error)


def main(folder: Path) -> None:
    import django

    task = json.load(sys.stdin)
    add_addresses(task["addresses"])
    replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", folder)
    replace_file("/etc/nsswitch.conf", "hosts: files dns\n", folder)
    replace_file("/etc/hosts", "127.0.0.1 localhost mapped.example\n::1 localhost\n", folder)
    serve_names(task["zone"])
    serve_pages(task["certificate"])
    django.setup()
    results = {}
    for url in task["urls"]:
        for seen in (reached, hosts, questions):
            seen.clear()
        results[url] = {"told": told(url), "reached": reached[:], "hosts": hosts[:]}
        results[url]["questions"] = [[name, kind, count] for (name, kind), count in questions.items()]
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
