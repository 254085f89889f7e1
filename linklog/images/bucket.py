"""A bucket of any S3-compatible storage as a place for files. Imported only where LINKLOG_MEDIA names one, for it needs `linklog[s3]`."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, NoCredentialsError
from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _
from storages.backends.s3 import S3Storage

from linklog.images.places import PlaceError, cache_control_of, media_type_of

PIECE = 1024 * 1024
PATIENCE, SLOWEST = 30, 50_000  # seconds, and bytes a second from which a bucket is as good as silent
MISSING = ("404", "NoSuchKey")


class Bucket(S3Storage):
    """The bucket and folder of `s3://bucket/folder`. Names hold hashes, so that to write a file twice changes nothing."""

    def __init__(self, place: str) -> None:
        name, _slash, folder = place.removeprefix("s3://").partition("/")
        endpoint = settings.LINKLOG_S3_ENDPOINT
        super().__init__(
            bucket_name=name,
            location=folder,
            endpoint_url=endpoint or None,
            region_name=settings.LINKLOG_S3_REGION or ("us-east-1" if endpoint else None),
            access_key=settings.LINKLOG_S3_ACCESS_KEY or None,
            secret_key=settings.LINKLOG_S3_SECRET_KEY or None,
            client_config=Config(
                connect_timeout=3,
                read_timeout=10,
                retries={"max_attempts": 2, "mode": "standard"},
                signature_version="s3v4",
                s3={"addressing_style": "path" if endpoint else "auto"},
                # Not every storage knows the checksums that Amazon's does; we read back what we wrote
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def get_object_parameters(self, name: str) -> dict[str, str]:
        path = name.removeprefix(self.location).removeprefix("/")
        return {"ContentType": media_type_of(path), "CacheControl": cache_control_of(path)}

    def put(self, file: Path, path: str, sha256: str) -> None:
        with self._explaining():
            if self.sha256_of(path) == sha256:
                return
            with file.open("rb") as content:
                self._save(path, File(content))
        if self.sha256_of(path) != sha256:
            raise PlaceError(_("The bucket does not give back %(path)s as it got it.") % {"path": path})

    def sha256_of(self, path: str) -> str:
        digest = hashlib.sha256()
        try:
            with self._explaining():
                for piece in self._pieces(path):
                    digest.update(piece)
        except FileNotFoundError:
            return ""
        return digest.hexdigest()

    def fetch(self, path: str, target: Path) -> None:
        try:
            with self._explaining(), target.open("wb") as file:
                for piece in self._pieces(path):
                    file.write(piece)
        except FileNotFoundError as error:
            raise PlaceError(_("The bucket has no %(path)s.") % {"path": path}) from error

    def names(self) -> Iterator[str]:
        folder = f"{self.location.rstrip('/')}/" if self.location else ""
        with self._explaining():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=folder)
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(folder)

    def remove(self, path: str) -> None:
        with self._explaining():
            self.delete(path)

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _pieces(self, path: str) -> Iterator[bytes]:
        try:
            found = self._client.get_object(Bucket=self.bucket_name, Key=self._normalize_name(path))
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise FileNotFoundError(path) from error
            raise
        until = time.monotonic() + PATIENCE + found["ContentLength"] / SLOWEST
        with closing(found["Body"]) as body:
            for piece in body.iter_chunks(PIECE):
                yield piece
                if time.monotonic() > until:
                    raise PlaceError(_("The bucket is too slow."))

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """What can go wrong, as a sentence."""
        try:
            yield
        except (ConnectionError, HTTPClientError) as error:
            raise PlaceError(_("The bucket does not answer.")) from error
        except (
            RecursionError
        ) as error:  # how botocore follows a redirect that names no region, as one from http to https
            raise PlaceError(_("LINKLOG_S3_ENDPOINT leads to another address: set that one.")) from error
        except NoCredentialsError as error:
            raise PlaceError(
                _("The bucket needs keys: set LINKLOG_S3_ACCESS_KEY and LINKLOG_S3_SECRET_KEY.")
            ) from error
        except ClientError as error:
            raise PlaceError(self._sentence(error)) from error
        except (BotoCoreError, Boto3Error) as error:
            raise PlaceError(_("The bucket does not do what it should: %(error)s") % {"error": error}) from error

    def _sentence(self, error: ClientError) -> str:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"].get("HTTPStatusCode")
        facts = {"bucket": self.bucket_name, "code": code}
        if code == "NoSuchBucket":
            return _("There is no bucket %(bucket)s at that address.") % facts
        if code == "RequestTimeTooSkewed":
            return _("The clock of this machine and the bucket's differ too much.")
        if status in (401, 403):
            sentence = _(
                "The bucket %(bucket)s refuses us (%(code)s). Look at LINKLOG_S3_ACCESS_KEY, LINKLOG_S3_SECRET_KEY and what they may do."
            )
            return sentence % facts
        return _("The bucket %(bucket)s answers with an error: %(code)s.") % facts
