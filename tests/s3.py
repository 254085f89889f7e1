"""A real S3-compatible server: OpenStack's object store with its S3 interface, in four processes on loopback.

It has an environment of its own (requirements/s3-server.txt), keeps its data in a temporary folder on a file system with extended
attributes, checks signatures, and can be stopped and started again upon the same data, as in an outage.
"""

import getpass
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import boto3

from tests.postgres import free_port

PROGRAMS = Path(sys.prefix) / "s3-server" / "bin"
KEY, SECRET, ACCOUNT = "test:tester", "a-secret-for-tests", "AUTH_test"
START_SECONDS = 60
# Links before versions, or versions fail
PIPELINE = "catch_errors s3api tempauth copy slo symlink versioned_writes proxy-server"

RINGS = """
import sys
from swift.common.ring import RingBuilder
folder, *ports = sys.argv[1:]
for name, port in zip(("account", "container", "object"), ports):
    ring = RingBuilder(2, 1, 0)
    ring.add_dev(dict(region=1, zone=1, ip="127.0.0.1", port=int(port), device="disk", weight=1, meta=""))
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{name}.ring.gz")
"""
CLUSTER = """
[swift-hash]
swift_hash_path_suffix = suffix
swift_hash_path_prefix = prefix
[storage-policy:0]
name = Only
default = yes
"""
DEFAULTS = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_level = ERROR
"""
STORE = """
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""
PROXY = f"""
[pipeline:main]
pipeline = {PIPELINE}
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{KEY.replace(":", "_")} = {SECRET} .admin
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
""" + "\n".join(f"[filter:{name}]\nuse = egg:swift#{name}" for name in ("catch_errors", "copy", "slo", "symlink"))


class S3Server:
    """The processes and their folder. Its buckets are read by anybody at `public_url`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()
        self.ports = {name: free_port() for name in ("account", "container", "object", "proxy")}
        self.endpoint = f"http://127.0.0.1:{self.ports['proxy']}"
        (folder / "disk").mkdir()
        (folder / "swift.conf").write_text(CLUSTER)
        for name, port in self.ports.items():
            defaults = DEFAULTS.format(port=port, user=getpass.getuser(), folder=folder)
            part = PROXY if name == "proxy" else STORE.format(name=name)
            (folder / f"{name}.conf").write_text(defaults + part)
        stores = [str(port) for name, port in self.ports.items() if name != "proxy"]
        subprocess.run([PROGRAMS / "python", "-c", RINGS, folder, *stores], check=True)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            for name in self.ports:
                command = [PROGRAMS / "python", PROGRAMS / f"swift-{name}-server", self.folder / f"{name}.conf"]
                self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
        for port in self.ports.values():
            self._wait_for(port)

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
        for process in self.processes:
            process.wait()
        self.processes.clear()

    @cached_property
    def client(self) -> Any:
        """One of the protocol, which knows the keys."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def make_bucket(self, name: str) -> None:
        """A bucket whose objects anybody may read who knows their names."""
        self.client.create_bucket(Bucket=name)
        self.client.put_bucket_acl(Bucket=name, ACL="public-read")

    def public_url(self, bucket: str) -> str:
        return f"{self.endpoint}/v1/{ACCOUNT}/{bucket}"

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and all(process.poll() is None for process in self.processes):
            try:
                with urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return
            except HTTPError as answer:
                answer.close()
                return
            except (URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"The S3 server did not start:\n{(self.folder / 'log').read_text(errors='replace')}")


@contextmanager
def running_server() -> Iterator[S3Server]:
    folder = Path(tempfile.mkdtemp(prefix="linklog-s3-", dir="/var/tmp"))  # /tmp may have no extended attributes
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
