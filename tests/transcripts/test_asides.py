"""What editors print in and below a talk is in nobody's mouth: appendices, promotions, credits of captions."""

import pytest

from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import SPOKEN


def _who(suffix: str, text: str) -> list[str | None]:
    """Return the speaker, or else the label, of each turn that somebody speaks."""
    turns = read(Source(f"talk.{suffix}", text.encode())).turns
    return [turn.speaker or turn.label for turn in turns if turn.kind is None or turn.kind in SPOKEN]


@pytest.mark.parametrize(
    ("suffix", "text", "who"),
    [
        pytest.param(
            "vtt",
            """WEBVTT

00:00:01.000 --> 00:00:03.000
<v Anna>Who built it?

00:00:04.000 --> 00:00:06.000
<v Tor>My grandfather did.

00:00:07.000 --> 00:00:09.000
Captions by Lowtide Captioning
""",
            ["Anna", "Tor"],
            id="credit1",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
ANNA: Who built it?

2
00:00:04,000 --> 00:00:06,000
TOR: My grandfather did.

3
00:00:07,000 --> 00:00:09,000
Subtitles by the Lowtide community
www.lowtide.example

4
00:00:09,000 --> 00:00:10,000
ANNA: Goodbye.
""",
            ["ANNA", "TOR", "ANNA"],
            id="credit2",
        ),
        pytest.param(
            "srt",
            """1
00:00:00,000 --> 00:00:01,000
Untertitel: Lowtide GmbH, 2021

2
00:00:01,000 --> 00:00:03,000
ANNA: Wer hat sie gebaut?

3
00:00:04,000 --> 00:00:06,000
TOR: Mein Großvater.

4
00:00:07,000 --> 00:00:09,000
Sous-titrage : Studio Basse Mer

5
00:00:10,000 --> 00:00:11,000
ANNA: Danke.
""",
            ["ANNA", "TOR", "ANNA"],
            id="credit3",
        ),
        pytest.param(
            "html",
            """<html><body><article><h1>Bridges</h1>
<p><strong>Anna Holm:</strong> Who built the bridge?</p>
<p><strong>Tor Vik:</strong> My grandfather did.</p>
<div class="subscribe-box"><p>Get our weekly letter. Enter your address.</p></div>
<p><strong>Anna Holm:</strong> And when?</p>
<aside><p>Read also: The mill at night</p></aside>
<p><strong>Tor Vik:</strong> In 1920.</p>
<form><p>Sign up for more stories like this.</p><input></form>
<p>It took two years.</p>
</article></body></html>
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="box1",
        ),
        pytest.param(
            "html",
            """<html><body><article><h1>Bridges</h1>
<p><strong>Anna Holm:</strong> Who built the bridge?</p>
<p><strong>Tor Vik:</strong> My grandfather did.</p>
<div class="newsletter-signup"><p>Stories from the coast, each Friday.</p><button>Join</button></div>
<p><strong>Anna Holm:</strong> And when?</p>
<p><strong>Tor Vik:</strong> In 1920.</p>
<div class="related-posts"><p>Ten boats you should see</p></div>
<section class="author-bio"><p>Anna Holm writes about bridges.</p></section>
</article></body></html>
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="box2",
        ),
        pytest.param(
            "md",
            """# Bridges

**Anna Holm:** Who built the bridge?

**Tor Vik:** My grandfather did.

*Subscribe to our newsletter for more stories from the coast.*

**Anna Holm:** And when?

**Tor Vik:** In 1920.

[Subscribe to our newsletter](https://example.org/letter)

**Anna Holm:** Thanks.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik", "Anna Holm"],
            id="box-md",
        ),
        pytest.param(
            "md",
            """# Bridges

## The beginning

**Anna Holm:** Who built the bridge?

**Tor Vik:** My grandfather did.

## About Tor Vik

Tor Vik builds boats in South Bay. He has three dogs.
""",
            ["Anna Holm", "Tor Vik"],
            id="about1",
        ),
        pytest.param(
            "md",
            """# Bridges

**Anna Holm:** Who built the bridge?

**Tor Vik:** My grandfather did.

### Further reading

The Bridge Book, by Mara Quill.

More at the museum.
""",
            ["Anna Holm", "Tor Vik"],
            id="about2",
        ),
        pytest.param(
            "txt",
            """Anna Holm: Who built the bridge?

Tor Vik: My grandfather did.

Anna Holm: When?

Tor Vik: In 1920.

ABOUT TOR VIK

Tor Vik builds boats in South Bay. He has three dogs.

FURTHER READING

The Bridge Book, by Mara Quill.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="about3",
        ),
        pytest.param(
            "html",
            """<html><body><article><h1>Bridges</h1>
<p><strong>Anna Holm:</strong> Who built the bridge?</p>
<p><strong>Tor Vik:</strong> My grandfather did.</p>
<h2>About Tor Vik</h2>
<p>Tor Vik builds boats in South Bay.</p>
<h2>Further reading</h2>
<p>The Bridge Book</p>
</article></body></html>
""",
            ["Anna Holm", "Tor Vik"],
            id="about4",
        ),
        pytest.param(
            "md",
            """# Bridges

**Anna Holm:** Who built the bridge?

**Tor Vik:** My grandfather did.

**About the author**

Anna Holm writes about bridges.
""",
            ["Anna Holm", "Tor Vik"],
            id="about5",
        ),
        pytest.param(
            "txt",
            """Anna Holm: Who built the bridge?

Tor Vik: My grandfather did.

Anna Holm: When?

Tor Vik: In 1920.

About Tor Vik

Tor Vik builds boats in South Bay.

Further reading:

The Bridge Book, by Mara Quill.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="about6",
        ),
        pytest.param(
            "md",
            """# Bridges

## About Tor Vik

**Anna Holm:** Who are you, Tor?

**Tor Vik:** I build boats.

## About the bridge

It is old, I think, and I like it.

**Anna Holm:** Thanks.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm"],
            id="about-mid",
        ),
        pytest.param(
            "md",
            """## Interview

**Anna Holm:** Who built the bridge?

**Tor Vik:** My grandfather did.

## Über Tor Vik

Tor Vik baut Boote.

## Weiterführende Links

Das Brückenbuch
""",
            ["Anna Holm", "Tor Vik"],
            id="about7",
        ),
    ],
)
def test_what_editors_print_is_nobodys_speech(suffix: str, text: str, who: list[str | None]) -> None:
    assert _who(suffix, text) == who
