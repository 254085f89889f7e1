"""Files that authors uploaded, what was made of each, and where posts show them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linklog.core.xml import strip_illegal
from linklog.posts.models import Post
from linklog.posts.models.post import new_code

MAX_ALT = 2_000  # characters


class MediaFileQuerySet(models.QuerySet["MediaFile"]):
    def unfinished(self) -> Self:
        """What something is still to be made of, in the order in which it came."""
        return self.filter(
            Q(state=MediaFile.State.WAITING) | Q(state=MediaFile.State.READY, is_complete=False)
        ).order_by("pk")


class MediaFile(models.Model):
    """What an author uploaded. Its bytes wait in the incoming folder until `is_complete`; readers get its renditions alone.

    `digest` is the SHA-256 of the bytes as they came, so that the same file sent twice is here once.
    """

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        VIDEO = "video", _("Film")
        AUDIO = "audio", _("Sound")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")  # safe on disk, and nothing made of it yet
        READY = "ready", _("Ready")  # has its main rendition; what a phone needs may follow
        FAILED = "failed", _("Cannot be shown")

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.IMAGE)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING, db_index=True)
    is_complete = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True)  # why it cannot be shown, in a sentence
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, blank=True)  # what its author called it: a label, never part of a path
    alt = models.TextField(blank=True)  # that it came with
    credit_url = models.TextField(blank=True)  # the page that it shows, or comes from
    credit_title = models.TextField(blank=True)
    keeps_original = models.BooleanField(default=False)
    loops = models.BooleanField(default=False)  # a film made of an animation
    added = models.DateTimeField(default=timezone.now, db_index=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="media_files"
    )

    objects: ClassVar[Any] = MediaFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")

    def __str__(self) -> str:
        return self.name or self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Texts without what no document may hold, on one line each."""
        for name, longest in (
            ("name", 200),
            ("alt", MAX_ALT),
            ("credit_url", 2_000),
            ("credit_title", 500),
            ("problem", 300),
        ):
            setattr(self, name, " ".join(strip_illegal(getattr(self, name)).split())[:longest])
        super().save(*args, **kwargs)


class Rendition(models.Model):
    """One stored file made of an upload. `path` is its name in the media storage, made of the hash of its bytes.

    `is_remote` tells whether the bucket has it; until then, and without a bucket, the media folder does. A FORMER one was replaced:
    it has no bytes, and its address leads to the main one.
    """

    class Role(models.TextChoices):
        MAIN = "main", _("Main")
        VARIANT = "variant", _("Variant")  # another width or format of the main one
        ORIGINAL = "original", _("Original")  # in full size, where the author chose to keep it; shown to no reader
        POSTER = "poster", _("Poster")  # of a film
        CAPTIONS = "captions", _("Captions")
        FORMER = "former", _("Former")

    media = models.ForeignKey(MediaFile, models.CASCADE, related_name="renditions")
    role = models.CharField(max_length=8, choices=Role)
    path = models.CharField(max_length=200, db_index=True)
    media_type = models.CharField(max_length=50)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=20, blank=True)  # of captions
    is_remote = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "path"], name="rendition_once")]
        indexes = [models.Index(fields=["is_remote"], condition=Q(is_remote=False), name="rendition_not_remote")]

    def __str__(self) -> str:
        return self.path


class MediaUseQuerySet(models.QuerySet["MediaUse"]):
    def wanting(self) -> Self:
        """Images in public posts whose alt text nobody wrote or confirmed."""
        return self.filter(state__in=[MediaUse.Alt.NONE, MediaUse.Alt.DRAFTED], post__in=Post.objects.published())


class MediaUse(models.Model):
    """An image, film or sound in the text of a post, with the state of its alt text; `media` is None for what lies elsewhere.

    Derived from the stored HTML at every write. Alt text that is just what a model drafted (AltDraft) is DRAFTED until the author changes
    or confirms it, and so is an image without one for which there is a draft. Where a post shows one image more than once, the least
    described counts.
    """

    class Alt(models.TextChoices):
        NONE = "none", _("No alt text")
        DRAFTED = "drafted", _("Drafted")
        REVIEWED = "reviewed", _("Reviewed")
        DECORATIVE = "decorative", _("Decorative")

    post = models.ForeignKey(Post, models.CASCADE, related_name="media_uses")
    src = models.CharField(max_length=2_000)  # as the source of the post names it
    media = models.ForeignKey(MediaFile, models.SET_NULL, null=True, related_name="uses")
    position = models.PositiveIntegerField()
    is_image = models.BooleanField(default=True)
    alt = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=Alt, blank=True)  # blank for what is no image, and for a card's

    objects: ClassVar[Any] = MediaUseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "src"], name="media_use_once")]
        indexes = [models.Index(fields=["state", "post"], name="media_use_by_state")]
        ordering = ["post", "position"]

    def __str__(self) -> str:
        return self.src


class AltDraft(models.Model):
    """Alt text for an image as a model wrote it: a suggestion, which readers see once an author puts it into a post."""

    src = models.CharField(max_length=2_000, db_index=True)  # as in MediaUse
    text = models.TextField()
    made = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.text


class Discarded(models.Model):
    """A file that is to be deleted wherever nobody needs it: in the bucket, when it answers, and in the media folder."""

    path = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.path
