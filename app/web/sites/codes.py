"""What another page copies to show an embed: a frame, or a quotation with its source. Pure."""

from dataclasses import dataclass
from html import escape

from app.exports.entries import shortened
from app.web.sites.embedded import Embedded

# Characters of the title of a frame, at most.
TITLE = 200
# Pixels of a frame: how wide it is where there is room, and how high at most and at least.
WIDTH, _MOST_HEIGHT, _LEAST_HEIGHT = 600, 520, 160
# Pixels of a character and of a line, about; of what stands around the words; and beside them.
_CHARACTER, _LINE, _AROUND, _BESIDE = 8.4, 27, 150, 48


@dataclass(frozen=True)
class Codes:
    """The two ways to show an embed, as HTML."""

    frame: str
    quotation: str


def codes(embedded: Embedded, base: str) -> Codes:
    """Return what is copied. `base` begins addresses, and has to be absolute."""
    return Codes(frame(embedded, base, WIDTH, frame_height(embedded)), quotation(embedded, base))


def frame_height(embedded: Embedded, width: int = WIDTH) -> int:
    """Estimate how high a frame has to be so that the words fit into it; what does not fit can be scrolled to."""
    lines = embedded.length * _CHARACTER / max(width - _BESIDE, 100) + 2 * len(embedded.said)
    return max(_LEAST_HEIGHT, min(_MOST_HEIGHT, round(_AROUND + lines * _LINE)))


def frame(embedded: Embedded, base: str, width: int | str, height: int) -> str:
    """Write the frame in which another page shows an embed."""
    address = f"{base}/embed{embedded.place.path}"
    title = shortened(embedded.title, TITLE)
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" '
        'style="border:0;max-width:100%" loading="lazy"></iframe>'
    )


def quotation(embedded: Embedded, base: str) -> str:
    """Write what is said as a quotation with its source, for pages that take no frames."""
    address = f"{base}{embedded.place.path}"
    paragraphs = "".join(f"<p>{escape(each)}</p>" for one in embedded.said for each in one.paragraphs)
    source = f'<p><a href="{escape(address)}">{escape(embedded.sentence)}</a></p>'
    return f'<blockquote cite="{escape(address)}">{paragraphs}</blockquote>\n{source}'
