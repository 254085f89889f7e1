"""What is wrong with the settings of the media storage, said before anything starts."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from linklog.images.places import is_bucket


def storage(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if Path(settings.HOME).resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        hint = "Give the media a folder of their own, such as LINKLOG_HOME/media."
        return [Error("LINKLOG_MEDIA holds LINKLOG_HOME, so anybody could read the database.", hint, id="linklog.E003")]
    if not is_bucket(settings.LINKLOG_MEDIA):
        return []
    found: list[CheckMessage] = []
    if find_spec("storages") is None or find_spec("boto3") is None:
        hint = "Run: pip install 'linklog[s3]'"
        found.append(Error("LINKLOG_MEDIA names a bucket, which needs more packages.", hint, id="linklog.E001"))
    if bool(settings.LINKLOG_S3_ACCESS_KEY) != bool(settings.LINKLOG_S3_SECRET_KEY):
        hint = "Set both, or neither where the machine has a role of its own."
        found.append(
            Error("Of LINKLOG_S3_ACCESS_KEY and LINKLOG_S3_SECRET_KEY only one is set.", hint, id="linklog.E002")
        )
    return found
