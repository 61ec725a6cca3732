"""A corpus that is hard to show: hostile texts, right to left, Chinese, a long record, captions, Markdown."""

import json
from pathlib import Path

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
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


def write(folder: Path, *, turns: int) -> None:
    """Write the files of the corpus; the long record has this many exchanges."""
    _write(folder, "talk.md", _TALK, title="The mill by the river", published="2021-05-04", series="The Long Walk")
    _write(folder, "bir.txt", _ARABIC, title="بئر الصبر", language="ar", published="1998-05", publisher="دار الذاكرة")
    _write(folder, "jiaoshi.txt", _CHINESE, title="一间教室，四个年级", language="zh-Hans", published="2019-03-08")
    _write(folder, "day.vtt", _CAPTIONS, title="That day")
    hostile = _TALK.replace("flood", HOSTILE).replace("wind", TURNING)
    stated = dict.fromkeys(("summary", "publisher", "series", "rights"), f"{HOSTILE} {TURNING}")
    _write(folder, "hostile.txt", hostile, title=f"{HOSTILE} {TURNING}", **stated)
    exchange = "Ann Lee: What was number {0}?\n\nBo Ray: It was the {0}th of them, and said so.\n"
    _write(folder, "long.txt", "\n".join(map(exchange.format, range(turns))), title="A long day")


def _write(folder: Path, name: str, text: str, **metadata: str) -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in metadata.items()]
    file.with_suffix(".toml").write_text("\n".join(lines), encoding="utf-8")
