"""What models answered, kept in LINKLOG_HOME/evals: nobody pays for the same answer twice, and who was stopped goes on.

A file of JSON lines for each evaluation. It holds what models wrote and what that took, no text of a post; delete it to ask anew.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Kept:
    """An answer, how long it took, and what it cost in dollars as text; None where the price is not known."""

    model: str
    version: str  # of the prompt
    code: str
    answer: Any
    seconds: float
    dollars: str | None


class Answers:
    """The answers of one evaluation. Each is on disk before the next is asked for."""

    def __init__(self, name: str) -> None:
        self.path = settings.HOME / "evals" / f"{name}.jsonl"
        self._known = dict(_lines(self.path)) if self.path.exists() else {}

    def of(self, key: str) -> Kept | None:
        return self._known.get(key)

    def keep(self, key: str, kept: Kept) -> None:
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        line = json.dumps({"key": key, **asdict(kept)}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            # A line that was broken off by a power cut stays alone
            file.write(f"{line}\n" if _ends_well(self.path) else f"\n{line}\n")
            file.flush()
            os.fsync(file.fileno())
        self._known[key] = kept


def key_of(model: str, version: str, code: str, values: Mapping[str, str]) -> str:
    """The same for the same question."""
    return sha256(json.dumps([model, version, code, sorted(values.items())]).encode()).hexdigest()[:32]


def _lines(path: Path) -> "list[tuple[str, Kept]]":
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            fields = json.loads(line)
            found.append((str(fields.pop("key")), Kept(**fields)))
        except (ValueError, KeyError, TypeError, AttributeError):  # broken off, or of another version
            continue
    return found


def _ends_well(path: Path) -> bool:
    size = path.stat().st_size
    if not size:
        return True
    with path.open("rb") as file:
        file.seek(size - 1)
        return file.read() == b"\n"
