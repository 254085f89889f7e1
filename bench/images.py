"""What an image costs: a photo of 12 megapixels from its first byte to the stored main JPEG, beside Pillow's plain way and libvips.

    python -m bench.images             or            python -m bench.images --rounds 9 photo.jpg screenshot.png

Each way runs in a process of its own on one core. Time counts from opening the file to the finished one, without the start of the
process: by the clock, and of the processor, which is the same on a machine with nothing else to do. Memory is the most that the process
held. SSIM compares with the whole image made small by the Lanczos filter: 1 is equal. Without files of your own a photo of 4032 × 3024 with
grain and a dark screenshot of 2880 × 1800 are made.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image
from skimage.metrics import structural_similarity

from linklog.core.tests.made_pictures import photo, screenshot

PROMISED_FOR = (4032, 3024)
BUDGET, MOST_MEMORY, LEAST_LIKENESS = 300, 150, 0.95  # milliseconds, megabytes, SSIM: what the project promises

# What each process runs between starting its clock and stopping it; `source` and `out` are paths
WAYS = {
    "Linklog": ("from linklog.core.pixels import making", "made = making.main(source, out)[0]['path']"),
    "Pillow, plain resize": (
        "from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin",
        """
image = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
image.thumbnail((1600, 1600), Image.Resampling.LANCZOS)
made = out / "pillow.jpg"
image.save(made, quality=80, progressive=True, optimize=True)
""",
    ),
    "libvips, thumbnail": (
        "import pyvips",
        """
made = out / "vips.jpg"
image = pyvips.Image.thumbnail(str(source), 1600, height=1600, size="down")
image.jpegsave(str(made), Q=80, interlace=True, optimize_coding=True, keep="none")
""",
    ),
    "Linklog, variants": (
        "from linklog.core.pixels import making\nmain = making.main(source, out)[0]['path']",
        "made = making.variants(source, out, main=str(main))[-1]['path']",
    ),
}
PROGRAM = """
import json, pathlib, resource, sys, time
source, out = map(pathlib.Path, sys.argv[1:])
{imports}
start, worked = time.perf_counter(), time.process_time()
{work}
worked, seconds = time.process_time() - worked, time.perf_counter() - start
print(json.dumps([seconds * 1000, worked * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, str(made)]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as name:
        folder = Path(name)
        for source in options.files or made_here(folder):
            measure(source, folder, options.rounds)


def made_here(folder: Path) -> list[Path]:
    photo(4032, 3024).save(folder / "photo.jpg", quality=92)
    screenshot(2880, 1800).save(folder / "screenshot.png")
    return [folder / "photo.jpg", folder / "screenshot.png"]


def measure(source: Path, folder: Path, rounds: int) -> None:
    with Image.open(source) as image:
        size = image.size
        print(
            f"{source.name}: {image.width} × {image.height}, {source.stat().st_size / 1000:,.0f} kB; {rounds} rounds each\n"
        )
    print(f"{'':22}{'ms':>8}{'processor':>11}{'ratio':>8}{'peak MB':>9}{'kB':>8}{'SSIM':>8}")
    figures: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    files: dict[str, Path] = {}
    for _round in range(rounds):  # in turn, so that whatever else the machine does meets all alike
        for way in WAYS:
            *figure, made = run(way, source, folder)
            figures[way].append(tuple(figure))
            files[way] = Path(made)
    medians = {way: tuple(map(statistics.median, zip(*rows, strict=True))) for way, rows in figures.items()}
    alike = {way: likeness(source, files[way]) for way in WAYS if "variants" not in way}
    for way, (milliseconds, worked, megabytes) in medians.items():
        ratio = worked / medians["Linklog"][1]
        row = f"{way:22}{milliseconds:8.0f}{worked:11.0f}{ratio:7.2f}×{megabytes:9.0f}{files[way].stat().st_size / 1000:8.0f}"
        print(row + (f"{alike[way]:8.4f}" if way in alike else ""))
    print()
    if size != PROMISED_FOR:
        return
    milliseconds, _worked, megabytes = medians["Linklog"]
    is_kept = milliseconds <= BUDGET and megabytes <= MOST_MEMORY and alike["Linklog"] >= LEAST_LIKENESS
    promise = f"{BUDGET} ms, {MOST_MEMORY} MB, SSIM {LEAST_LIKENESS} for a photo of 12 megapixels"
    print(f"Promised: {promise}: {'kept' if is_kept else 'not kept here'}.\n")


def run(way: str, source: Path, folder: Path) -> tuple[float, float, float, str]:
    imports, work = WAYS[way]
    out = folder / way.replace(" ", "-").replace(",", "")
    out.mkdir(exist_ok=True)
    command = [sys.executable, "-I", "-c", PROGRAM.format(imports=imports, work=work), str(source), str(out)]
    one_core = {min(os.sched_getaffinity(0))}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"VIPS_CONCURRENCY": "1"},
        preexec_fn=lambda: os.sched_setaffinity(0, one_core),
    )  # fmt: skip
    milliseconds, worked, megabytes, made = json.loads(done.stdout)
    return milliseconds, worked, megabytes, made


def likeness(source: Path, made: Path) -> float:
    with Image.open(made) as file:
        shown = file.convert("L")
    with Image.open(source) as image:
        reference = image.convert("RGB").resize(shown.size, Image.Resampling.LANCZOS).convert("L")
    return float(structural_similarity(numpy.asarray(reference), numpy.asarray(shown)))


if __name__ == "__main__":
    main()
