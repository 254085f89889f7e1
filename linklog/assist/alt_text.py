"""A description of an image by a model that sees it and the words around it: for the editor, and for many images of the archive.

What a model wrote is a draft: `images.uses` remembers it, and no post is changed.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from linklog.assist import untrusted
from linklog.assist.client import Answer, Picture, Task, prepare, stream
from linklog.assist.ledger import AssistError
from linklog.assist.models import ModelCall
from linklog.core.http import FetchError, fetch
from linklog.core.pictures import PictureError, make_for_model
from linklog.images import uses
from linklog.images.models import AltDraft, MediaUse, Rendition
from linklog.images.places import PlaceError
from linklog.images.showing import path_of, with_renditions
from linklog.images.storing import folder_path, local_file
from linklog.posts.models import Post

MAX_ALT = 300  # characters aimed at; what is longer is cut
AROUND = 600  # characters before the image, and as many after it
LONGEST_SIDE = 1_024  # of what a model sees
MAX_BYTES = 10_000_000  # of an image of another site
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/heif")
_RECENT = 20  # questions that an estimate goes by
_OPENS = re.compile(r"(?:!\[[^\[\]]*\]\(<?|<img\b[^<>]*)\Z", re.IGNORECASE)
_CLOSES = re.compile(r"\A[^\n()<>]{0,600}[)>]")


class Unreadable(AssistError):
    """No model can be shown this image."""


@dataclass(frozen=True)
class Words:
    """What stands around an image."""

    title: str = ""
    before: str = ""
    after: str = ""


def parsed(answer: str) -> str:
    """Words on one line, which can stand in a Markdown reference as they are."""
    if not (text := untrusted.one_line(answer, MAX_ALT)):
        raise ValueError("no words")
    return text


ALT_TEXT = Task("alt-text", {"title": 300, "before": AROUND, "after": AROUND}, 200, parsed)


def draft(src: str, words: Words, **options: object) -> Iterator[str | Answer[str]]:
    """The pieces as they come, and at the end the Answer, whose value is noted as a draft. Options as of `client.stream`.

    Raises Unreadable for an image that cannot be had, and AssistError.
    """
    values = {"title": words.title, "before": words.before[-AROUND:], "after": words.after[:AROUND]}
    for piece in stream(ALT_TEXT, values, attachments=[picture_of(src)], **options):  # type: ignore[arg-type]
        if isinstance(piece, Answer):
            uses.note_draft(src, piece.value)
        yield piece


def picture_of(src: str) -> Picture:
    """A small copy of what `src` shows, without metadata. Raises Unreadable."""
    with tempfile.TemporaryDirectory(prefix="linklog-") as folder:
        try:
            with _file_of(src, Path(folder)) as file:
                made = make_for_model(file, Path(folder), LONGEST_SIDE)
            return Picture(made.path.read_bytes(), made.media_type, made.width, made.height)
        except (PictureError, PlaceError, FetchError) as error:
            raise Unreadable(str(error)) from error
        except OSError as error:
            raise Unreadable(_("The image cannot be read.")) from error


@contextmanager
def _file_of(src: str, folder: Path) -> Iterator[Path]:
    path = path_of(src)
    if path is None:
        file = folder / "fetched"
        address = urljoin(f"{settings.LINKLOG_URL}/", src)
        file.write_bytes(fetch(address, accept=IMAGE_TYPES, max_bytes=MAX_BYTES).body)
        yield file
    elif rendition := _still_of(path):
        with local_file(rendition) as file:
            yield file
    else:  # what an author put into the media folder by hand
        file = folder_path(path).resolve()
        if not file.is_relative_to(folder_path("").resolve()):
            raise OSError
        yield file


def _still_of(path: str) -> Rendition | None:
    """The main image of an upload, or the poster of a film, whichever of its renditions `path` names."""
    by_role = {one.role: one for one in with_renditions({path}).get(path, ())}
    return by_role.get(Rendition.Role.POSTER) or by_role.get(Rendition.Role.MAIN)


def undescribed() -> list[MediaUse]:
    """Images in public posts that have neither alt text nor a draft of one, each once, in the newest post that shows it; newest first."""
    drafts = AltDraft.objects.filter(src=OuterRef("src"))
    wanting = MediaUse.objects.filter(
        ~Exists(drafts), post__in=Post.objects.published(), is_image=True, state=MediaUse.Alt.NONE
    )
    found: dict[str, MediaUse] = {}
    for use in wanting.select_related("post").order_by("-post__published", "-post", "position"):
        found.setdefault(use.src, use)
    return list(found.values())


def words_around(use: MediaUse) -> Words:
    """What the source of its post has before and after the image."""
    body = use.post.body
    before, _found, after = body.partition(use.src)
    before, after = _OPENS.sub("", before), _CLOSES.sub("", after)
    return Words(use.post.title, before, after)


def most_for_one(model: str) -> Decimal:
    """What the draft of a single image can cost, in dollars."""
    values = dict.fromkeys(ALT_TEXT.fields, "")
    values["before"] = "–" * sum(ALT_TEXT.fields.values())
    picture = Picture(b"", "image/jpeg", LONGEST_SIDE, LONGEST_SIDE)
    return prepare(ALT_TEXT, values, attachments=[picture], model=model).most


def likely_for_one(model: str) -> Decimal | None:
    """What the last ones cost on average; None where there were none."""
    calls = ModelCall.objects.filter(task=ALT_TEXT.name, model=model)
    recent = calls.filter(state=ModelCall.State.DONE, dollars__isnull=False)[:_RECENT]
    costs = [call.dollars or Decimal(0) for call in recent]
    return sum(costs, Decimal(0)) / len(costs) if costs else None
