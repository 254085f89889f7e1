"""The `linklog` command: Django's management commands, and ours beside them, under one name."""

import os
import sys

from django.db.utils import OperationalError, ProgrammingError
from environs import EnvError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linklog.settings")
    # Workers and their threads share the processors out; threads of numpy's beneath them would wait for one another
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.argv[1:2] == ["--version"]:
        from linklog import __version__

        sys.stdout.write(f"linklog {__version__}\n")
        return
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["linklog", *sys.argv[1:]])
    except EnvError as error:
        sys.exit(f"A setting is wrong. {error}")
    except (OperationalError, ProgrammingError) as error:
        sys.exit(f"The database cannot be used: {str(error).strip()}. If it is new, run: linklog init")
