"""How many subscribers a feed reader told of, for a feed and a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_FEED_LENGTH = 200
MAX_READER_LENGTH = 100


class FeedReading(models.Model):
    """The most that `reader` told of on `day` for the feed at this path. Written by `linklog.readers.counting` alone."""

    day = models.DateField(_("day"))
    feed = models.CharField(_("feed"), max_length=MAX_FEED_LENGTH)
    reader = models.CharField(_("feed reader"), max_length=MAX_READER_LENGTH)
    subscribers = models.PositiveIntegerField(_("subscribers"))

    class Meta:
        verbose_name = _("feed reading")
        verbose_name_plural = _("feed readers")
        ordering = ["day", "feed", "reader"]
        constraints = [models.UniqueConstraint(fields=["day", "feed", "reader"], name="feed_reading_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.feed} {self.reader}: {self.subscribers}"
