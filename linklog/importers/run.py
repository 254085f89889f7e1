"""One import from beginning to end: read, convert, save in batches, and tell what became of each item."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from django.db import DataError, IntegrityError, transaction

from linklog import publishing
from linklog.accounts.models import User
from linklog.core.xml import NotXml
from linklog.importers import jsonfeed, site_contents
from linklog.importers.contract import ImportedPost, ImportProblem, SiteContents, SourceError, logger
from linklog.importers.convert import Authors, Converter, Unusable
from linklog.importers.formats import IMPORTERS, sniff
from linklog.importers.source import Source
from linklog.posts.imported import Incoming, Outcome, Result

BATCH = 500
BATCH_CHARACTERS = 5_000_000  # a few giant posts must not be held together


@dataclass
class Options:
    """What the person asked for."""

    format: str = "auto"
    limit: int | None = None
    publish: bool = False
    as_drafts: bool = False
    dry_run: bool = False
    author: User | None = None
    whole_site: bool = False


@dataclass
class Summary:
    """What became of the items. `left_out` and `broken_off` are sentences for a person, "" where there is nothing to say."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    renamed: list[dict[str, str]] = field(default_factory=list)
    left_out: str = ""
    broken_off: str = ""

    @property
    def total(self) -> int:
        return self.new + self.updated + self.unchanged + len(self.skipped)

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {name: value for name, value in asdict(self).items() if name not in ("left_out", "broken_off")}


class _Undone(Exception):
    """Ends a dry run: everything was done, to know what would be, and is taken back."""


def run(source: Source, options: Options, progress: Callable[[Summary], None] = lambda summary: None) -> Summary:
    """Import `source`. Raises SourceError where it cannot be read at all."""
    name = sniff(source.file, options.format)
    summary = Summary()
    try:
        with transaction.atomic() if options.dry_run else nullcontext():
            contents = jsonfeed.read_contents(source.file) if name == "jsonfeed" else SiteContents()
            source.file.seek(0)
            is_own = options.whole_site or site_contents.is_own(contents)
            if not is_own or options.limit is not None:
                summary.left_out = site_contents.leave_out_site(contents, is_own)
            site_contents.apply(contents)
            converter = Converter(Authors.load(options.author), options.as_drafts, options.publish, is_own)
            _import(IMPORTERS[name](source.file), converter, options.limit, summary, progress)
            if options.dry_run:
                raise _Undone
    except _Undone:
        pass
    except NotXml as error:
        raise SourceError(str(error)) from None
    return summary


def _import(
    items: Iterator[ImportedPost | ImportProblem],
    converter: Converter,
    limit: int | None,
    summary: Summary,
    progress: Callable[[Summary], None],
) -> None:
    met: set[int] = set()
    for batch in _batches(islice(items, limit)):
        incoming = []
        for item in batch:
            try:
                if isinstance(item, ImportProblem):
                    summary.broken_off = item.reason if item.ends_file else ""
                    raise Unusable(item.reason)
                incoming.append(converter.convert(item))
            except Unusable as error:
                summary.skipped.append({"item": item.label, "reason": str(error)})
            except Exception as error:
                logger.warning("Item %s of an import cannot be used", item.label, exc_info=True)
                summary.skipped.append({"item": item.label, "reason": f"it cannot be used: {error}"[:300]})
        for outcome in _saved(incoming, met, summary):
            _count(outcome, summary)
        progress(summary)


def _batches(items: Iterable[ImportedPost | ImportProblem]) -> Iterator[list[ImportedPost | ImportProblem]]:
    batch: list[ImportedPost | ImportProblem] = []
    characters = 0
    for item in items:
        batch.append(item)
        characters += len(item.body) if isinstance(item, ImportedPost) else 0
        if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _saved(incoming: list[Incoming], met: set[int], summary: Summary) -> list[Outcome]:
    """Save a batch; one that the database refuses is saved post by post, so that only what it refuses is left out."""
    if not incoming:
        return []
    try:
        return publishing.add_imported(incoming, met)
    except (IntegrityError, DataError) as error:
        if len(incoming) == 1:
            reason = str(error).strip().split("\n")[0]
            summary.skipped.append({"item": incoming[0].label, "reason": f"the database refuses it: {reason}"[:300]})
            return []
    middle = len(incoming) // 2
    for item in incoming:
        item.reset()
    return [*_saved(incoming[:middle], met, summary), *_saved(incoming[middle:], met, summary)]


def _count(outcome: Outcome, summary: Summary) -> None:
    if outcome.renamed:
        summary.renamed.append({"from": outcome.renamed[0], "to": outcome.renamed[1]})
    if outcome.result is Result.NEW:
        summary.new += 1
    elif outcome.result is Result.UPDATED:
        summary.updated += 1
    elif outcome.result is Result.UNCHANGED:
        summary.unchanged += 1
    else:
        summary.skipped.append({"item": outcome.item.label, "reason": outcome.result.value})
