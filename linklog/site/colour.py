"""One accent colour, made readable on both backgrounds (WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 to 1)."""

import colorsys

PAPER_LIGHT = "#fdfcf9"  # --paper of static/css/tokens.css, light and dark; a test compares them
PAPER_DARK = "#171614"
READABLE = 4.6


def accent_css(accent: str) -> str:
    """The rule that sets --accent to the nearest readable shades of `accent` (#rrggbb)."""
    return f":root {{ --accent: light-dark({readable(accent, PAPER_LIGHT)}, {readable(accent, PAPER_DARK)}); }}\n"


def readable(colour: str, paper: str) -> str:
    """`colour`, darkened on light paper and lightened on dark until its contrast suffices."""
    red, green, blue = _channels(colour)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    step = -0.01 if luminance(paper) > 0.5 else 0.01
    while contrast(colour, paper) < READABLE and 0 <= lightness + step <= 1:
        lightness += step
        colour = "#" + "".join(
            f"{round(channel * 255):02x}" for channel in colorsys.hls_to_rgb(hue, lightness, saturation)
        )
    return colour


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue
