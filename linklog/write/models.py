"""What is known of the links in posts that are being written."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

FRESH = dt.timedelta(days=1)


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def fresh(self) -> Self:
        return self.filter(checked__gt=timezone.now() - FRESH)

    def stale(self) -> Self:
        return self.filter(checked__lte=timezone.now() - FRESH)


class LinkCheck(models.Model):
    """Whether there is a page at an address, as it was found within a day. `problem` is a sentence where there is none."""

    key = models.CharField(max_length=500, unique=True)  # links.key(url)
    url = models.TextField()
    checked = models.DateTimeField(default=timezone.now, db_index=True)
    problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = LinkCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url
