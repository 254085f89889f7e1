"""`linklog serve`: the production server."""

import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from linklog.core import vendor_sql
from linklog.ops import installation
from linklog.search import index


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens there. The server itself shares its port among workers, and so would not notice another's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise CommandError(f"There is no host {host}. Choose an address of this machine.") from error
        except OverflowError as error:
            raise CommandError("A port is a number from 1 to 65535.") from error
        except OSError:
            return False
    return True


class Command(BaseCommand):
    help = "Serve the site with the production server. Example: linklog serve --port 8000"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on (default: 127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="The port to listen on (default: 8000).")
        parser.add_argument(
            "--workers", type=int, default=settings.LINKLOG_WORKERS, help="Processes (default: LINKLOG_WORKERS, or 2)."
        )

    def handle(self, host: str, port: int, workers: int, **options: Any) -> None:
        if pending := installation.pending_migrations():
            raise CommandError(
                f"The database is not ready ({len(pending)} migrations are waiting). Run first: linklog init"
            )
        if problems := vendor_sql.durability_problems(vendor_sql.database_facts()):
            raise CommandError(" ".join(problems))
        if not is_free(host, port):
            raise CommandError(
                f"Port {port} of {host} is in use. Choose another: --port {port + 1} (make demo PORT={port + 1})"
            )
        if workers < 1:
            raise CommandError("There must be one worker at least.")
        installation.collect_static()
        if index.stale_count():  # the site is served meanwhile
            subprocess.Popen([sys.executable, "-m", "linklog", "reindex", "--verbosity", "0"])
        environment = {**os.environ}
        environment.setdefault("LINKLOG_URL", f"http://localhost:{port}")
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", host, "--port", str(port),
            "--workers", str(workers), "--blocking-threads", str(settings.LINKLOG_THREADS), "--respawn-failed-workers",
            "--workers-kill-timeout", "30", "--log-level", "warning", "linklog.wsgi:application",
        ]  # fmt: skip
        if settings.LINKLOG_TASKS:
            command = [sys.executable, "-m", "linklog.ops.supervisor", *command]
        self.stdout.write(f"Serving {environment['LINKLOG_URL']} from {host}:{port}. Stop with Ctrl+C.")
        self.stdout.flush()
        os.execve(sys.executable, command, environment)  # which takes the place of this process
