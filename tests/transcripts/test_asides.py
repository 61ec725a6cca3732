"""What editors print in and below a talk is in nobody's mouth: appendices, promotions, credits of captions."""

import pytest

from app.transcripts import read
from app.transcripts.language import with_language
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
        pytest.param(
            "txt",
            """lowtide-episode-4.mp3

Anna Holm [00:00:01] Where do you live?

Tor Vik [00:00:04] In the harbour.

Anna Holm [00:00:07] Why there?

Tor Vik [00:00:09] I like boats.

Sonix is the best online audio transcription software in 2023.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="4-sonix",
        ),
        pytest.param(
            "md",
            """# The boat builder

*Anna Holm met Tor Vik in his shed. The interview has been edited for length and clarity.*

**Where do you live?**

In the harbour.

**Why there?**

I like boats.

---

*Tor Vik's book, "Boats", is out now. Follow him on social media.*
""",
            [None, None, None, None],
            id="4-editor",
        ),
        pytest.param(
            "md",
            """**Anna:** Where do you live?

**Tor:** In the harbour.

**Anna:** Why there?

**Tor:** I like boats.

---

*This interview was edited and condensed. Anna Holm is a writer in South Bay.*
""",
            ["Anna", "Tor", "Anna", "Tor"],
            id="4-editor2",
        ),
        pytest.param(
            "md",
            """**Anna:** Where do you live?

**Tor:** In the harbour.

![The harbour](harbour.jpg)
*The harbour at night. Photo: Mara Quill*

**Anna:** Why there?

**Tor:** I like boats.
""",
            ["Anna", "Tor", "Anna", "Tor"],
            id="4-figure",
        ),
        pytest.param(
            "html",
            """<html><body><article>
<p><b>Anna:</b> Where do you live?</p>
<p><b>Tor:</b> In the harbour.</p>
<figure><img src="x.jpg"><figcaption>The harbour at night</figcaption></figure>
<div class="wp-caption"><p class="wp-caption-text">The harbour at noon</p></div>
<p><b>Anna:</b> Why there?</p>
<p><b>Tor:</b> I like boats.</p>
<p><em>This interview has been edited for length.</em></p>
</article></body></html>
""",
            ["Anna", "Tor", "Anna", "Tor"],
            id="4-html-cap",
        ),
    ],
)
def test_what_editors_print_is_nobodys_speech(suffix: str, text: str, who: list[str | None]) -> None:
    assert _who(suffix, text) == who


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("记者：你住在哪里？\n王芳：我住在海边。\n记者：为什么？\n王芳：我喜欢船。\n", "zh"),
        ("聞き手：どこに住んでいますか。\n佐藤：港です。\n聞き手：なぜですか。\n佐藤：船が好きです。\n", "ja"),
        ("기자: 어디에 사세요?\n김민수: 항구에 삽니다.\n기자: 왜요?\n김민수: 배를 좋아해요.\n", "ko"),
        ("Q: Qui?\nA: Moi.\nQ: Quand?\nA: Hier.\n", None),
    ],
)
def test_short_text_in_a_script_of_its_own_has_a_language(text: str, language: str | None) -> None:
    found = read(Source("talk.txt", text.encode()))
    assert with_language(found.metadata, found.turns).language == language
