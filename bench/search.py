"""What search costs as the archive grows, on SQLite and on PostgreSQL, beside the reference's figures and the targets.

    python -m bench.search --keep /tmp/archives 0 100000        SQLite; a second run finds the archives built
    python -m bench.search --postgresql --json                  both databases at 7,147, 100,000 and 1,000,000 posts

Two hundred searches of every kind on archives of real posts drawn again and again (see `bench.resample`), each database and size in a
process of its own (see `bench.worker`). A million posts take some minutes to build and 3 GB of disk on each database.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.resample import MARK
from tests import postgres

SIZES = [0, 100_000, 1_000_000]
# Milliseconds of the reference weblog (Django, PostgreSQL) on a machine of the same kind: a word, and everything
REFERENCE = {8_000: (65, 88), 100_000: (201, 591), 1_000_000: (2_800, 4_900)}
TARGETS = {"sqlite": {100_000: 15, 1_000_000: 60}, "postgresql": {100_000: 25, 1_000_000: 200}}  # p95 in milliseconds
MEMORY_TARGET = 200  # megabytes at a million posts
ROOT = Path(__file__).parents[1]

Result = dict[str, Any]


def main() -> None:
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="linklog-bench-", dir="/tmp") as scratch:
        results = list(measured(arguments, Path(arguments.keep or scratch)))
    if arguments.json:
        print(json.dumps(results, indent=1))
    if arguments.figure:
        from bench.curve import draw  # here, for it needs what only `make bench` installs

        draw(results, REFERENCE, TARGETS, arguments.figure)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.search",
        description="Time two hundred searches on archives of these sizes.",
        epilog="example: python -m bench.search --keep /tmp/archives --postgresql --figure docs/search-growth.png",
    )
    parser.add_argument(
        "sizes", nargs="*", type=int, help="numbers of posts; 0: the originals alone (default: 0 100000 1000000)"
    )
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL too, on a server of its own")
    parser.add_argument("--only-postgresql", action="store_true", help="on PostgreSQL alone")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the archives there, and use those that are there")
    parser.add_argument(
        "--rounds", type=int, default=5, help="times each search is asked; the median counts (default: 5)"
    )
    parser.add_argument("--figure", metavar="FILE", help="draw how cost grows, as a PNG")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    return parser.parse_args()


def measured(arguments: argparse.Namespace, folder: Path) -> Iterator[Result]:
    """A result for each database and size, printed as it comes."""
    for database in databases(arguments):
        with server(database, folder) as environment:
            for size in arguments.sizes or SIZES:
                say(f"\n{database}, {size or 'the original'} posts: {os.getloadavg()[0]:.1f} processes at work")
                site = environment | built(folder / database / str(size), size, environment)
                result = json.loads(run("bench.worker", str(arguments.rounds), **site))
                yield result | {"database": database}
                print_table(database, result)


def databases(arguments: argparse.Namespace) -> list[str]:
    if arguments.only_postgresql:
        return ["postgresql"]
    return ["sqlite", "postgresql"] if arguments.postgresql else ["sqlite"]


def built(home: Path, size: int, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a site of `size` posts in `home`, which is built where it is not there."""
    site = {"LINKLOG_HOME": str(home)}
    if "PGPORT" in environment:
        name = f"posts_{size}"
        where = f"{environment['PGUSER']}:{environment['PGPASSWORD']}@127.0.0.1:{environment['PGPORT']}"
        site["DATABASE_URL"] = f"postgres://{where}/{name}"
    if not (home / MARK).exists():
        home.mkdir(parents=True, exist_ok=True)
        if "PGPORT" in environment:
            run_program("dropdb", "--if-exists", name, **environment)
            run_program("createdb", name, **environment)
        run("bench.resample", str(size), **site)
    return site


@contextmanager
def server(database: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which PostgreSQL's programs find a server whose data lie in `folder`; nothing for SQLite."""
    if database == "sqlite":
        yield {}
        return
    home, port, programs = folder / "server", postgres.free_port(), postgres.binaries()
    drop = postgres.as_unprivileged()
    if not (home / "data").exists():
        home.mkdir(parents=True)
        folder.chmod(0o755)
        postgres.create_cluster(home, programs, os.urandom(16).hex(), drop)
        with (home / "data/postgresql.conf").open("a") as file:
            file.write("shared_buffers = 1GB\nmax_wal_size = 8GB\n")
    process = postgres.start(home, programs, port, drop)
    try:
        postgres.wait_until_ready(process, home, programs, port)
        password = (home / "password").read_text()
        yield {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": postgres.USER,
            "PGPASSWORD": password,
            "PATH": f"{programs}:{os.environ['PATH']}",
        }
    finally:
        postgres.stop(process)


def run(module: str, *arguments: str, **environment: str) -> str:
    """What a program of ours prints; what it says on the way goes to standard error."""
    return run_program(sys.executable, "-m", module, *arguments, **environment)


def run_program(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, env=os.environ | environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def print_table(database: str, result: Result) -> None:
    size, memory = result["posts"], result["memory_mb"]
    target = TARGETS[database].get(size)
    known = min(REFERENCE, key=lambda other: abs(other - size))
    word, everything = REFERENCE[known]
    lines = [f"{database}, {size:,} posts: {result['corpus']}, drawn again; built in {result['seconds']:.0f} s"]
    for way, title in (("engine", "page and facets"), ("json", "/search.json")):
        lines += table(title, result[way])
    lines += [
        f"  target for page and facets: p95 ≤ {target} ms" if target else "  no target at this size",
        f"  reference at {known:,} posts: {word:,} ms for a word, {everything:,} ms for everything",
        f"  answers in part: {', '.join(result['partial']) or 'none'}",
        f"  memory of a worker: {memory['before']} MB before; the archive adds {memory['archive']} MB (read in"
        f" {result['reading_seconds']} s), searching {memory['after']} MB in all, {memory['peak']} MB at the peak"
        + (f"; target: ≤ {MEMORY_TARGET} MB" if size >= 1_000_000 else ""),
    ]
    say("\n".join(lines))


def table(title: str, times: dict[str, Any]) -> list[str]:
    """A row for each kind of search: milliseconds that passed, and milliseconds of processors."""
    heads = [f"{name:>9}" for name in ("p50", "p95", "max")]
    lines = [f"  {title:<24}{'':>7}" + "".join(heads) + "   processor" + "".join(heads)]
    for kind in times["elapsed"]["ms"]:
        rows = [times[measure]["ms"][kind].values() for measure in ("elapsed", "processor")]
        cells = ["".join(f"{cell:>9.1f}" for cell in row) for row in rows]
        lines.append(f"  {kind:<31}" + cells[0] + " " * 12 + cells[1])
    slowest = ", ".join(f"{one['query']} {one['ms']} ms" for one in times["processor"]["slowest"])
    return [*lines, f"    slowest: {slowest}"]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
