"""Derives from one colour what is readable on light and on dark paper. Contrast is that of WCAG 2.2, 1.4.3. Pure."""

import colorsys

Colour = tuple[float, float, float]
# The paper of pages and that of boxes on it, in light and in dark.
LIGHT = {"paper": "#fdfcf9", "surface": "#f3f0e9"}
DARK = {"paper": "#171512", "surface": "#23201b"}
# What WCAG asks of text, with a little more for rounding.
READABLE = 4.6
_STEP = 0.01
_WHITE, _BLACK = "#ffffff", "#14110d"


def variables(colour: str) -> str:
    """Write the variables of the style sheet that depend on the site's colour."""
    light, dark = _declared(colour, LIGHT), _declared(colour, DARK)
    return f":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def _declared(colour: str, papers: dict[str, str]) -> str:
    accent = readable(colour, *papers.values())
    named = {**papers, "accent": accent, "on-accent": best_ink(accent)}
    return ";".join(f"--{name}:{value}" for name, value in named.items())


def readable(colour: str, *papers: str) -> str:
    """Return the colour, as much darker or lighter as it takes to be readable on all of these papers."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*parse(colour))
    is_dark = best_ink(papers[0]) == _WHITE
    while min(contrast(colour, paper) for paper in papers) < READABLE:
        lightness = min(1.0, max(0.0, lightness + (_STEP if is_dark else -_STEP)))
        colour = write(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def best_ink(paper: str) -> str:
    """Return white or near black, whichever stands out more."""
    return max((_WHITE, _BLACK), key=lambda ink: contrast(ink, paper))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parse(colour: str) -> Colour:
    """Read `#rgb` or `#rrggbb`; parts go from 0 to 1."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def write(colour: Colour) -> str:
    """Write a colour as `#rrggbb`."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)
