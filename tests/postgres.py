"""Run a command against a PostgreSQL of its own: `python -m tests.postgres -- COMMAND …`.

The server comes from the distribution's binaries, lives in a temporary directory, listens on a free port of 127.0.0.1
and on a socket in that directory, asks for a random password, and is gone afterwards, however the command ended. The
command finds it in DATABASE_URL and its exit code is ours. As root the server runs as an unprivileged user.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

USER = "linklog"
START_SECONDS = 60
# The data is thrown away: nothing needs to survive a power cut.
SERVER_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
}


class StartError(Exception):
    """The server could not be started; says why."""


def binaries() -> Path:
    """The directory of the newest server installed: Debian keeps one per version, others have it on the PATH."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise StartError("no PostgreSQL server found; install the package postgresql")


def as_unprivileged() -> dict[str, Any]:
    """The arguments of `subprocess` that drop root, which PostgreSQL refuses to run as; empty for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def create_cluster(home: Path, bin_dir: Path, password: str, drop: dict[str, Any]) -> None:
    password_file = home / "password"
    password_file.write_text(password)
    if drop:
        for path in (home, password_file):
            os.chown(path, drop["user"], drop["group"])
    command = [bin_dir / "initdb", "--pgdata", home / "data", "--username", USER, "--pwfile", password_file]
    command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    made = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, **drop)
    if made.returncode:
        raise StartError(f"initdb failed:\n{made.stdout}{made.stderr}")


def start(home: Path, bin_dir: Path, port: int, drop: dict[str, Any]) -> subprocess.Popen[bytes]:
    command = [bin_dir / "postgres", "-D", home / "data", "-p", str(port), "-k", home]
    command += [argument for name, value in SERVER_OPTIONS.items() for argument in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        # A session of its own: Ctrl-C on the terminal is for the command, we stop the server when that has ended.
        return subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True, **drop)


def wait_until_ready(server: subprocess.Popen[bytes], home: Path, bin_dir: Path, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    probe = [bin_dir / "pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(port)]
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        if subprocess.run(probe, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise StartError(f"the server did not start:\n{(home / 'log').read_text(errors='replace')}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """By a fast shutdown, and by force where that takes too long."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(number)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue
        return


@contextmanager
def running_server() -> Iterator[dict[str, str]]:
    """What to add to a command's environment, while a server runs that it can use."""
    bin_dir, drop, password, port = binaries(), as_unprivileged(), secrets.token_hex(16), free_port()
    # /tmp and not TMPDIR: the unprivileged user must reach it, and a socket's path has room for 107 characters.
    home = Path(tempfile.mkdtemp(prefix="linklog-postgres-", dir="/tmp"))
    server = None
    try:
        create_cluster(home, bin_dir, password, drop)
        server = start(home, bin_dir, port, drop)
        wait_until_ready(server, home, bin_dir, port)
        environment = {"PGPASSWORD": password, "PATH": f"{bin_dir}:{os.environ.get('PATH', os.defpath)}"}
        command = [bin_dir / "createdb", "--host", "127.0.0.1", "--port", str(port), "--username", USER, USER]
        subprocess.run(command, env=os.environ | environment, check=True)
        yield environment | {"DATABASE_URL": f"postgres://{USER}:{password}@127.0.0.1:{port}/{USER}"}
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if server is not None:
            stop(server)
        remove(home)


def remove(home: Path) -> None:
    """Repeatedly, because the children of an interrupted initdb take a moment to notice and write until then."""
    deadline = time.monotonic() + 10
    while home.exists() and time.monotonic() < deadline:
        shutil.rmtree(home, ignore_errors=True)
        time.sleep(0.1)


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """The command's exit code; a signal's number + 128 where one ended it, as a shell has it."""
    with subprocess.Popen(command, env=os.environ | environment) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:  # the terminal told the command as well: let it say its last words
            code = process.wait(timeout=30)
        except BaseException:
            process.terminate()
            raise
    return code if code >= 0 else 128 - code


def leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        sys.stderr.write("usage: python -m tests.postgres -- COMMAND …\n")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        with running_server() as environment:
            return run(command, environment)
    except (StartError, FileNotFoundError) as error:
        sys.stderr.write(f"tests.postgres: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
