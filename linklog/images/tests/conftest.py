"""Fixtures of the images room: a home of one's own for uploads, and photos."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from linklog.ops.tests.sites import new_site

__all__ = ["new_site"]
Photo = Callable[..., bytes]


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """Where uploads come and media lie, empty."""
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def photo() -> Photo:
    """`photo(number, size)` is a small JPEG; each number makes another one."""

    def make(number: int = 0, size: tuple[int, int] = (120, 90)) -> bytes:
        image = Image.new("RGB", size, (30, 90, 160))
        ImageDraw.Draw(image).ellipse((5, 5, size[0] - 5, size[1] - 5), fill=(number % 250, 200 - number % 200, 60))
        file = io.BytesIO()
        image.save(file, "JPEG", comment=str(number))
        return file.getvalue()

    return make
