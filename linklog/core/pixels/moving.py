"""Animations: a GIF and its like stay animated as WebP, which is smaller; a large one becomes a film where PyAV is installed.

Frames are read, made small and handed on one after the other, so that however many there are, few are in memory.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from PIL import Image

from linklog.core.pixels import reading, writing
from linklog.core.pixels.problem import Problem, Refused

MOST_FRAMES = 200
MOST_PIXELS = 200_000_000  # of all frames together
USUAL, SHORTEST = (
    100,
    20,
)  # milliseconds; browsers show a frame for the usual time that claims to be shorter than the shortest
QUALITY = 75
FILM = {"crf": "26", "preset": "fast", "threads": "1"}


def animation(image: Image.Image, folder: Path, longest: int, role: str = "main") -> writing.Made:
    size, times = reading.fitting(image.size, longest), list[int]()
    loop = image.info.get("loop", 1)
    if image.format == "GIF" and loop:
        loop += "loop" in image.info  # how often again, where WebP says how often
    count = checked(image)
    frames = _frames(image, size, times)
    file = io.BytesIO()
    first = next(frames)
    lossless = image.format in ("GIF", "PNG") and writing.is_sharp(first)
    # kmax 0: without whole frames in between, which only who jumps into the middle would need
    first.save(
        file, "WEBP", save_all=True, append_images=[_Lazily(frames, size, count - 1)], duration=times, loop=loop,
        quality=QUALITY, lossless=lossless, method=2, kmin=-1, kmax=0, background=(0, 0, 0, 0),
    )  # fmt: skip
    return writing.written(file.getvalue(), folder, f"{role}.webp", role, size)


def film(image: Image.Image, folder: Path, longest: int) -> list[writing.Made]:
    """H.264 in MP4, which every browser plays, and its first frame."""
    import av  # an extra

    width, height = (side - side % 2 or 2 for side in reading.fitting(image.size, longest))
    times = list[int]()
    checked(image)
    path, poster = folder / "main.mp4", b""
    with av.open(str(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=25, options=FILM)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for picture in _frames(image, (width, height), times):
            poster = poster or writing.jpeg(picture, writing.is_sharp(picture))
            frame = av.VideoFrame.from_image(picture.convert("RGB"))
            frame.pts, frame.time_base, frame.duration = sum(times[:-1]), Fraction(1, 1000), times[-1]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    size = (width, height)
    return [
        writing.written(path.read_bytes(), folder, path.name, "main", size),
        writing.written(poster, folder, "poster.jpg", "poster", size),
    ]


def checked(image: Image.Image) -> int:
    """How many frames it has, if they are not too many."""
    count = int(getattr(image, "n_frames", 1))
    if count > MOST_FRAMES or count * image.width * image.height > MOST_PIXELS:
        raise Refused(Problem.TOO_MANY_FRAMES)
    return count


def _frames(image: Image.Image, size: tuple[int, int], times: list[int]) -> Iterator[Image.Image]:
    """Each frame, whole and small. What it takes to show it is added to `times`."""
    profile = image.info.get("icc_profile")
    for number in range(checked(image)):
        image.seek(number)
        frame = reading.plain(image)
        time = round(image.info.get("duration") or 0)
        times.append(time if time >= SHORTEST else USUAL)
        frame = reading.in_srgb(frame.resize(size, Image.Resampling.LANCZOS), profile)
        frame.info = {}
        yield frame


class _Lazily(Image.Image):
    """An image of many frames as Pillow's encoder wants it, which asks for one after the other."""

    def __init__(self, frames: Iterator[Image.Image], size: tuple[int, int], count: int) -> None:
        super().__init__()
        self._frames, self._size, self.n_frames = frames, size, count

    def seek(self, frame: int) -> None:
        picture = next(self._frames)
        self.im, self._mode = picture.im, picture.mode
