"""What is made of an image: its size, its format, its colours, and that nothing is left of what it carried."""

import errno
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from PIL import Image, PngImagePlugin
from skimage.metrics import structural_similarity

from linklog.core import pictures
from linklog.core.pictures import Made, PictureError, make_for_model, make_main, make_original, make_variants
from linklog.core.pixels.__main__ import problem_of
from linklog.core.pixels.problem import Problem
from linklog.core.tests.made_pictures import ADOBE_RGB, adobe_rgb, photo, screenshot

SECRET = b"47 Harbour Lane"
CARRIED = (
    SECRET, b"Exif", b"EXIF", b"eXIf", b"http://ns.adobe.com", b"Photoshop", b"8BIM", b"jumb", b"tEXt", b"iTXt",
    b"ICC_PROFILE", b"iCCP", b"ICCP", b"acsp",
)  # fmt: skip
HARMLESS = {
    "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "background", "loop", "duration", "timestamp",
}  # fmt: skip


def saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def carrying() -> dict[str, object]:
    """Where a picture was taken, who took it, and what else programs write into one."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 12.0, 7.0), 3: "E", 4: (7.0, 53.0, 1.0), 27: SECRET})
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf http://ns.adobe.com/xap/1.0/>" + SECRET + b"</x:xmpmeta>"
    return {"exif": exif, "xmp": xmp, "icc_profile": adobe_rgb()}


def jpeg_segments() -> bytes:
    """IPTC, a comment and a C2PA manifest, to stand behind the first marker of a JPEG."""
    bodies = {
        0xED: b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x0f" + SECRET,
        0xFE: SECRET,
        0xEB: b"JP\0\0\0\0\0\x01jumb" + SECRET,
    }
    return b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in bodies.items()
    )


@pytest.fixture(params=["jpg", "png", "webp", "avif", "heic"])
def telling(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A photo of each format, which says where it was taken in all the ways that the format has."""
    path, options, image = tmp_path / f"from.{request.param}", carrying(), photo(900, 600)
    if request.param == "heic":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    if request.param == "png":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", SECRET.decode())
        texts.add_itxt("XML:com.adobe.xmp", options.pop("xmp").decode(), zip=False)  # type: ignore[attr-defined]
        options["pnginfo"] = texts
    saved(image, path, **options)
    if request.param == "jpg":
        data = path.read_bytes()
        path.write_bytes(data[:2] + jpeg_segments() + data[2:])
    return path


def everything(source: Path, folder: Path) -> list[Made]:
    made = [*make_main(source, folder), make_original(source, folder)]
    return [*made, *make_variants(source, made[0].path, folder), make_for_model(source, folder)]


def test_nothing_is_left_of_what_an_image_carried(telling: Path, tmp_path: Path) -> None:
    made = everything(telling, tmp_path)
    assert {file.role for file in made} == {"main", "original", "variant", "model"}
    assert SECRET in telling.read_bytes()
    for file in made:
        data = file.path.read_bytes()
        assert [mark for mark in CARRIED if mark in data] == [], file
        with Image.open(file.path) as image:
            assert not dict(image.getexif())
            assert set(image.info) <= HARMLESS
    # In HEIC another field turns the image, and what EXIF says about that does not count
    assert (made[0].width, made[0].height) == ((900, 600) if telling.suffix == ".heic" else (600, 900))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_upright(orientation: int, tmp_path: Path) -> None:
    corners = Image.new("RGB", (64, 48), "white")
    for colour, place in (("red", (0, 0)), ("lime", (32, 0)), ("blue", (0, 24))):
        corners.paste(colour, (*place, place[0] + 32, place[1] + 24))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes it
    stored = corners.transpose(Image.Transpose(back[orientation])) if orientation in back else corners
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = make_main(saved(stored, tmp_path / "a.png", exif=exif), tmp_path)[0]
    with Image.open(made.path) as image:
        assert image.convert("RGB").tobytes() == corners.tobytes()


def test_colours_of_a_profile_become_those_of_srgb(tmp_path: Path) -> None:
    given = numpy.array([150, 110, 90])
    made = make_main(
        saved(Image.new("RGB", (40, 40), tuple(given)), tmp_path / "a.png", icc_profile=adobe_rgb()), tmp_path
    )[0]
    to_srgb = numpy.array([[3.1339, -1.6169, -0.4906], [-0.9788, 1.9161, 0.0335], [0.0719, -0.2290, 1.4052]])
    linear = to_srgb @ (numpy.array(ADOBE_RGB).T @ (given / 255) ** 2.2)
    expected = (1.055 * linear ** (1 / 2.4) - 0.055) * 255
    with Image.open(made.path) as image:
        assert numpy.abs(numpy.array(image.convert("RGB").getpixel((9, 9))) - expected).max() <= 2


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "I;16", "LA", "RGBA"])
def test_every_mode_of_colour_is_shown_as_it_is(mode: str, tmp_path: Path) -> None:
    grey = Image.linear_gradient("L")
    if mode == "I;16":
        image = Image.frombytes("I;16", grey.size, b"".join(bytes([0, value]) for value in grey.tobytes()))
    else:
        image = grey.convert("RGB").convert(mode)
    path = saved(image, tmp_path / ("a.jpg" if mode == "CMYK" else "a.png"))
    made = make_main(path, tmp_path)[0]
    with Image.open(made.path) as shown:
        pair = [numpy.asarray(each.convert("L"), dtype=int) for each in (grey, shown)]
    wanted, levels = (
        each.reshape(8, 32, 256).mean(axis=(1, 2)) for each in pair
    )  # of stripes, for some modes are made of dots
    assert numpy.abs(levels - wanted).max() <= 4


def test_a_photo_becomes_a_jpeg_that_looks_the_same(tmp_path: Path) -> None:
    image = photo(4032, 3024)
    made = make_main(saved(image, tmp_path / "a.jpg", quality=92), tmp_path)[0]
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 1600, 1200)
    reference = (
        Image.open(tmp_path / "a.jpg").convert("RGB").resize((1600, 1200), Image.Resampling.LANCZOS).convert("L")
    )
    with Image.open(made.path) as shown:
        assert structural_similarity(numpy.asarray(reference), numpy.asarray(shown.convert("L"))) >= 0.95


def test_a_screenshot_stays_readable(tmp_path: Path) -> None:
    image = screenshot(2880, 1800)
    made = make_main(saved(image, tmp_path / "a.png"), tmp_path)[0]
    reference = image.resize((1600, 1000), Image.Resampling.LANCZOS)
    with Image.open(made.path) as shown:
        for channel in "RGB":
            pair = [numpy.asarray(each.convert("RGB").getchannel(channel)) for each in (reference, shown)]
            assert structural_similarity(*pair) >= 0.9


def test_a_png_stays_one_when_that_is_smaller_or_it_is_transparent(tmp_path: Path) -> None:
    few = make_main(saved(screenshot(900, 600, colours=1), tmp_path / "few.png"), tmp_path)[0]
    assert few.media_type == "image/png"
    with Image.open(few.path) as shown:
        assert shown.convert("RGB").tobytes() == screenshot(900, 600, colours=1).tobytes()
    glass = photo(300, 200)
    glass.putalpha(Image.linear_gradient("L").resize((300, 200)))
    assert make_main(saved(glass, tmp_path / "glass.png"), tmp_path)[0].media_type == "image/png"
    glass.putalpha(255)
    assert make_main(saved(glass, tmp_path / "opaque.png"), tmp_path)[0].media_type == "image/jpeg"


def test_a_small_jpeg_does_not_grow(tmp_path: Path) -> None:
    source = saved(photo(800, 600), tmp_path / "a.jpg", quality=40)
    assert make_main(source, tmp_path)[0].bytes <= source.stat().st_size * 1.02


def test_variants_are_narrower_and_a_newer_format_saves_a_fifth(tmp_path: Path) -> None:
    source = saved(photo(2000, 1500), tmp_path / "a.jpg", quality=90)
    main = make_main(source, tmp_path)[0]
    made = make_variants(source, main.path, tmp_path)
    usual = {file.width: file for file in [main, *made] if file.media_type == "image/jpeg"}
    newer = {file.width: file for file in made if file.media_type == "image/avif"}
    assert list(usual) == [1600, 480, 800, 1200]
    assert set(newer) in ({480, 800, 1200, 1600}, set())
    for width, file in newer.items():
        assert file.bytes <= 0.8 * usual[width].bytes
    for file in made:
        assert file.role == "variant"
        with Image.open(file.path) as image:
            assert image.size == (file.width, file.height)


def test_variants_of_a_transparent_image_are_transparent(tmp_path: Path) -> None:
    glass = photo(900, 600)
    glass.putalpha(Image.linear_gradient("L").resize((900, 600)))
    source = saved(glass, tmp_path / "glass.png")
    made = make_variants(source, make_main(source, tmp_path)[0].path, tmp_path)
    assert {file.media_type for file in made} == {"image/png", "image/avif"}
    for file in made:
        with Image.open(file.path) as image:
            assert image.convert("RGBA").getchannel("A").getextrema() in ((0, 255), (1, 254))


def animation(count: int, size: tuple[int, int], path: Path, **options: object) -> Path:
    wide = photo(size[0] + count * 4, size[1])
    frames = [wide.crop((step * 4, 0, step * 4 + size[0], size[1])) for step in range(count)]
    return saved(frames[0], path, save_all=True, append_images=frames[1:], **options)


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_an_animation_stays_one(kind: str, tmp_path: Path) -> None:
    source = animation(6, (160, 120), tmp_path / f"a.{kind}", duration=[80, 80, 200, 80, 0, 80], loop=0)
    (made,) = make_main(source, tmp_path)
    assert made.media_type == "image/webp"
    with Image.open(made.path) as image:
        assert image.n_frames == 6
        assert image.info["loop"] == 0
        image.seek(2)
        image.load()
        assert image.info["duration"] == 200
    assert make_variants(source, made.path, tmp_path) == []


def test_a_large_animation_becomes_a_film_with_a_poster(tmp_path: Path) -> None:
    import av

    source = animation(16, (601, 501), tmp_path / "a.gif", duration=80, loop=0)
    assert source.stat().st_size > 2 << 20
    film, poster = make_main(source, tmp_path)
    assert (film.media_type, film.role, film.width, film.height) == ("video/mp4", "main", 600, 500)
    assert (poster.media_type, poster.role, poster.width, poster.height) == ("image/jpeg", "poster", 600, 500)
    assert film.bytes < source.stat().st_size / 4
    with av.open(str(film.path)) as container:
        assert len(list(container.decode(video=0))) == 16
        assert container.duration / av.time_base == pytest.approx(16 * 0.08, abs=0.05)
    assert film.path.read_bytes().index(b"moov") < film.path.read_bytes().index(
        b"mdat"
    )  # so that it starts before it is all there


def test_an_original_is_kept_in_full_size(tmp_path: Path) -> None:
    original = make_original(saved(photo(2400, 1800), tmp_path / "a.jpg"), tmp_path)
    assert (original.role, original.width, original.height) == ("original", 2400, 1800)


def test_the_original_of_an_animation_has_all_its_frames(tmp_path: Path) -> None:
    original = make_original(animation(5, (160, 120), tmp_path / "a.gif", duration=80, loop=0), tmp_path)
    assert (original.role, original.media_type) == ("original", "image/webp")
    with Image.open(original.path) as image:
        assert (image.n_frames, image.size) == (5, (160, 120))


def test_a_photo_of_48_megapixels_needs_little_memory_and_its_original_is_halved(tmp_path: Path) -> None:
    source = saved(Image.linear_gradient("L").resize((8064, 6048)).convert("RGB"), tmp_path / "a.jpg")
    (main,), original = make_main(source, tmp_path), make_original(source, tmp_path)
    assert (main.width, original.width) == (1600, 4032)


def test_a_model_gets_a_small_jpeg_on_white(tmp_path: Path) -> None:
    glass = Image.new("RGBA", (3000, 1000), (0, 0, 0, 0))
    made = make_for_model(saved(glass, tmp_path / "a.png"), tmp_path, 512)
    assert (made.role, made.media_type, made.width, made.height) == ("model", "image/jpeg", 512, 171)
    with Image.open(made.path) as image:
        assert image.getpixel((9, 9)) == (255, 255, 255)


def test_what_takes_too_long_is_ended_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "SECONDS", 0.01)
    with pytest.raises(PictureError, match="too long"):
        make_main(saved(photo(100, 100), tmp_path / "a.jpg"), tmp_path)


def test_the_process_ends_with_the_one_that_asked() -> None:
    code = """
import os, subprocess, sys
waiting = '''
import sys, time
from linklog.core.pixels import __main__ as process
process.limit(int(sys.argv[1]))
print("limited", flush=True)
time.sleep(600)
'''
subprocess.run([sys.executable, "-I", "-c", waiting, str(os.getpid())])
"""
    with subprocess.Popen([sys.executable, "-I", "-c", code], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == "limited\n"
        asking.kill()
        assert asking.stdout.read() == ""  # it ends when nobody is left who could write


def test_where_there_is_no_room_or_memory_that_is_the_problem() -> None:
    assert problem_of(OSError(errno.ENOSPC, "full")) == Problem.NO_ROOM
    assert problem_of(MemoryError()) == Problem.NO_MEMORY
    assert problem_of(OSError("image file is truncated")) == Problem.DAMAGED


def test_a_full_disk_is_no_fault_of_the_image(tmp_path: Path) -> None:
    (tmp_path / "main.jpg").symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        make_main(saved(photo(100, 100), tmp_path / "a.jpg"), tmp_path)
