"""What a post leaves behind: its revisions, what is being written over it, and the posts it refers to."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Revision(models.Model):
    """A state of a post, written by `linklog.publishing`. `data` maps field names to values; tags and credits are lists."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    saved = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    is_autosave = models.BooleanField(default=False)
    data = models.JSONField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.post_id} r{self.number}"


class WorkingCopy(models.Model):
    """What is being written over a post that readers see, until it is saved. `data` is the editor's form: names and texts.

    `number` counts its saves, so that two windows do not overwrite each other.
    """

    post = models.OneToOneField("posts.Post", models.CASCADE, primary_key=True, related_name="working_copy")
    number = models.PositiveIntegerField(default=1)
    saved = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    data = models.JSONField()

    def __str__(self) -> str:
        return f"{self.post_id} w{self.number}"


class Reference(models.Model):
    """A link in a post's text to another post here. `target` is that post's `address`, known before the post exists."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="references")
    target = models.CharField(max_length=300, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "target"], name="reference_once")]

    def __str__(self) -> str:
        return f"{self.post_id} → {self.target}"
