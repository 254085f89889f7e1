"""Draws how the cost of a search grows with the archive: both axes in powers of ten, legible on light and dark pages alike."""

from typing import Any

import matplotlib as mpl
from matplotlib import pyplot

INK, PAPER = "#1b1f24", "#ffffff"
COLOURS = {"sqlite": "#0b63b8", "postgresql": "#a3360a"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def draw(
    results: list[dict[str, Any]],
    reference: dict[int, tuple[int, int]],
    targets: dict[str, dict[int, int]],
    path: str,
) -> None:
    """Write the figure of `results` to `path`."""
    mpl.use("Agg")
    figure, axes = pyplot.subplots(figsize=(9, 6), dpi=120, facecolor=PAPER, layout="constrained")
    axes.set(xscale="log", yscale="log", facecolor=PAPER)
    sizes = sorted(reference)
    for place, (name, marker) in enumerate((("a word", "s"), ("everything", "D"))):
        figures = [reference[size][place] for size in sizes]
        axes.plot(sizes, figures, marker=marker, color="#6a737d", linestyle=":", label=f"reference, {name}")
    for database, colour in COLOURS.items():
        rows = sorted((row for row in results if row["database"] == database), key=lambda row: row["posts"])
        posts = [row["posts"] for row in rows]
        for percentile, line in (("p95", "-"), ("p50", "--")) if rows else ():
            values = [row["engine"]["elapsed"]["ms"]["all"][percentile] for row in rows]
            axes.plot(posts, values, line, marker="o", color=colour, label=f"{NAMES[database]}, {percentile}")
        aims = targets[database] if rows else {}
        axes.scatter(aims.keys(), aims.values(), marker="_", s=900, linewidth=3, color=colour, alpha=0.6)
        place = {"sqlite": -14, "postgresql": 6}[database]  # below the mark or above it, so that no two meet
        for size, milliseconds in aims.items():
            axes.annotate(
                f"target {milliseconds} ms",
                (size, milliseconds),
                (0, place),
                textcoords="offset points",
                ha="center",
                color=colour,
                size=8,
            )
    axes.margins(x=0.1)
    axes.set_title("Time of a search, page of 30 and all facets, 200 mixed searches", color=INK)
    axes.set_xlabel("posts in the archive", color=INK)
    axes.set_ylabel("milliseconds on the server", color=INK)
    axes.xaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    axes.grid(which="major", color="#d0d7de")
    axes.legend(facecolor=PAPER, labelcolor=INK, fontsize=9)
    axes.tick_params(colors=INK)
    figure.savefig(path)
    pyplot.close(figure)
