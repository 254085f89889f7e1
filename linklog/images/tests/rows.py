"""Rows of uploads for tests that need no bytes."""

from typing import Any

from linklog.images.models import MediaFile, Rendition

Role = Rendition.Role


def path_of(name: str, ending: str = "jpg") -> str:
    """A path as the storage gives, which is told by a few letters or digits of a hash."""
    return f"{name[:2]}/{name:0<30}.{ending}"


def make_rendition(media: MediaFile, role: str, path: str, width: int | None = 1200, **over: Any) -> Rendition:
    height = width and width * 3 // 4
    facts = {"media_type": "image/jpeg", "width": width, "height": height, "bytes": (width or 1) * 100, "sha256": path}
    return Rendition.objects.create(media=media, role=role, path=path, **(facts | over))


def make_image(name: str = "ab", **over: Any) -> MediaFile:
    """An image whose main rendition is 1,200 pixels wide, with a JPEG and a WebP of half of that."""
    facts = {"digest": name, "state": MediaFile.State.READY, "is_complete": True, "name": f"{name}.jpg"}
    media = MediaFile.objects.create(**(facts | over))
    make_rendition(media, Role.MAIN, path_of(name))
    make_rendition(media, Role.VARIANT, path_of(f"{name}1"), 600)
    make_rendition(media, Role.VARIANT, path_of(f"{name}2", "webp"), 600, media_type="image/webp", bytes=9_000)
    return media


def reference(name: str = "ab", alt: str = "", title: str = "") -> str:
    """Markdown that shows `make_image(name)`."""
    said = f' "{title}"' if title else ""
    return f"![{alt}](/media/{path_of(name)}{said})"
