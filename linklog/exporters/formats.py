"""The formats that can be exported."""

from collections.abc import Callable
from typing import BinaryIO

from linklog.exporters import jsonfeed
from linklog.posts.querysets import PostQuerySet

EXPORTERS: dict[str, Callable[[PostQuerySet, BinaryIO, bool], int]] = {"jsonfeed": jsonfeed.write}
