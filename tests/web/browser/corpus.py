"""A corpus that is hard to show: hostile texts, right to left, Chinese, a long record, captions, Markdown."""

import json
from pathlib import Path

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>'
# Turns the words after it around, where it is not set apart.
TURNING = "\u202egnorw"

_TALK = """\
Ann Lee: How did it *begin*? Nobody stated me anything about the old mill, or who had built it in the first place, \
although I asked all of the village. So who did?

Bo Ray: It began **under** the mill. See [the map](https://river.example/map).

- One brother dug.
- The other carried.

Ann Lee: And then?

Bo Ray: Then came the flood, at ten past four, and with it the wind.
"""
_HOSTILE_MARKDOWN = """\
Ann Lee: Did you read [this](javascript:alert(1)), or <a href="javascript:alert(1)">that</a>?

Bo Ray: ![It](https://elsewhere.example/it.png) ran. <iframe src="https://elsewhere.example/"></iframe> \
[It](data:text/html,<script>alert(1)</script>) ran `<script>alert(1)</script>` <style>main { display: none }</style>
"""
_ARABIC = """\
ليلى حداد: كيف بدأت قصتك مع الماء في القرية؟

يوسف منصور: بدأت في عام ١٩٦٢ حين جفّت البئر القديمة.

ليلى حداد: ومن حفر البئر الجديدة؟

يوسف منصور: حفرها أبي مع أخويه.
"""
_CHINESE = """\
记者：您当年为什么决定回到村里教书？

陈玉兰：那时候村里只有一间教室，四个年级的孩子坐在一起上课。

记者：学生们现在还来看您吗？

陈玉兰：每年春节都来。
"""
_CAPTIONS = """\
WEBVTT

00:00:01.000 --> 00:00:04.000
<v Mara Quill>Where were you that day?

00:00:04.500 --> 00:01:09.000
<v Sam Ott>At the harbour, all of it.
"""


_PEOPLE = """
[[speakers]]
labels = ["Bo Ray"]
name = "Bo Ray"
aliases = ["Bo the Miller", "B. Ray"]
same_as = ["https://river.example/people/bo-ray"]
"""
_OF_THE_WEIR = """\
Ann Lee: Who kept the weir?

Bo Ray: My aunt kept it, for 30 years.

Ann Lee: And before her?

Bo Ray: Nobody.
"""
CORRECTED = f"""\
{_OF_THE_WEIR.replace("30 years", "35 years and a summer").replace("Bo Ray: Nobody", "Ann Lee: Nobody")}
Bo Ray: Nobody at all.
"""


def write(folder: Path, *, turns: int) -> None:
    """Write the files of the corpus; the long record has this many exchanges."""
    _write(folder, "talk.md", _TALK, title="The mill by the river", published="2021-05-04", series="The Long Walk")
    with (folder / "talk.toml").open("a", encoding="utf-8") as file:
        file.write(_PEOPLE)
    _write(folder, "bir.txt", _ARABIC, title="بئر الصبر", language="ar", published="1998-05", publisher="دار الذاكرة")
    _write(folder, "jiaoshi.txt", _CHINESE, title="一间教室，四个年级", language="zh-Hans", published="2019-03-08")
    _write(folder, "day.vtt", _CAPTIONS, title="That day")
    hostile = _TALK.replace("flood", HOSTILE).replace("wind", TURNING)
    stated = dict.fromkeys(("summary", "publisher", "series", "rights"), f"{HOSTILE} {TURNING}")
    _write(folder, "hostile.txt", hostile, title=f"{HOSTILE} {TURNING}", **stated)
    _write(folder, "hostile-markdown.md", _HOSTILE_MARKDOWN, title=f"**{HOSTILE}**")
    _write(folder, "weir.txt", _OF_THE_WEIR, title="The weir")
    other = _OF_THE_WEIR.replace("weir", "mole").replace("Ann Lee", "Anne Lee").replace("Bo Ray", "Bo Rey")
    asked = "\nAnne Lee: And what has tolerance among religious leaders to do with it?\n\nBo Rey: Peace.\n"
    _write(folder, "mole.txt", f"{other}{asked}", title="The mole")
    _write(folder, "withdrawn.txt", _OF_THE_WEIR.replace("weir", "lock"), title="The lock")
    exchange = "Ann Lee: What was number {0}?\n\nBo Ray: It was the {0}th of them, and said so.\n"
    _write(folder, "long.txt", "\n".join(map(exchange.format, range(turns))), title="A long day")


def correct(folder: Path) -> None:
    """Write a corrected file of the weir, with another title."""
    _write(folder, "weir.txt", CORRECTED, title="The weir above the mill")


def _write(folder: Path, name: str, text: str, **metadata: str) -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in metadata.items()]
    file.with_suffix(".toml").write_text("\n".join(lines), encoding="utf-8")
