"""The third way in which an editor works: on the pages of the desk, with the forms that stand on them."""

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.api.keyed import key_for
from tests.editing.content import statement_number
from tests.editing.hands import Document, Hand
from tests.web.desk.forms import DeskPage
from tests.web.desk.signed_in import DeskClient

_DESK = "/desk"
_TALK = f"{_DESK}/interviews/talk"
_TABLES = {"speakers", "turns", "exchanges", "questions"}
# Answers, as they stand on the page.
_ANSWER = "is-answer"


class ByPage(Hand):
    """Works at the desk without scripts. Finds turns by their words and people by their labels, as they stand there."""

    def __init__(self, url: str, folder: Path, client: TestClient) -> None:
        super().__init__(url, folder)
        self._client = client
        self._desk = self._sign_in("Ada")

    def _sign_in(self, name: str) -> DeskClient:
        return DeskClient(self._client, key_for(self.database, name=name).key)

    def _open(self, path: str = _TALK) -> DeskPage:
        page = DeskPage(self._desk, path)
        assert page.status == 200, page.text
        return page

    def state(self, **document: Any) -> None:
        metadata = {name: value for name, value in document.items() if name not in _TABLES}
        if metadata:
            _done(_fill_metadata(self._open(f"{_TALK}/metadata"), metadata))
        for person in document.get("speakers", ()):
            self._describe(person)
        for turn in document.get("turns", ()):
            self._say(turn)
        for exchange in document.get("exchanges", ()):
            self._pair(exchange)
        for question in document.get("questions", ()):
            for topic in question.get("topics", ()):
                self.decide(question["begins"], topic, "confirmed")
            for topic in question.get("rejected", ()):
                self.decide(question["begins"], topic, "rejected")

    def _describe(self, stated: Document) -> None:
        first, *others = stated["labels"]
        page = self._open()
        person = page.part_named("desk-person", first)
        for key in stated.keys() & {"name", "role"}:
            page.fill(f"desk-{key}", stated[key], within=person)
        _done(page.press("desk-say-person", within=person))
        for label in others:
            page = self._open()
            person = page.part_named("desk-person", label)
            _done(page.fill("desk-same", f"({first})", within=person).press("desk-say-same", within=person))

    def _say(self, stated: Document) -> None:
        if "part_at" in stated:
            _done(self._turn(stated).fill("desk-part-words", stated["part_at"]).press("desk-part"))
        if stated.get("join_next"):
            _done(self._turn(stated).press("desk-join"))
        for key in ("kind", "speaker"):
            if key not in stated:
                continue
            page = self._turn(stated)
            if "label" in stated:
                page.tick("desk-all", label=stated["label"])
            if key == "kind":
                _done(page.press(f"desk-kind-{stated['kind']}", within="open"))
            else:
                page.fill("desk-speaker", f"as:{stated['speaker']}" if stated["speaker"] else "nobody")
                _done(page.press("desk-say-who"))

    def _turn(self, stated: Document) -> DeskPage:
        """Open the turn that begins so or, of those with a label, one."""
        if "begins" in stated:
            return self._opened(stated["begins"])
        page = self._open()
        opened = (page.follow("desk-open", within=turn) for turn in page.parts("desk-turn"))
        return next(one for one in opened if one.offers("desk-all", label=stated["label"]))

    def _opened(self, begins: str) -> DeskPage:
        page = self._open()
        return page.follow("desk-open", within=page.turn(begins))

    def _pair(self, stated: Document) -> None:
        first, *others = stated["question"]
        for begins in others:
            _done(self._opened(begins).press("desk-join-question", within="open"))
        answers = stated.get("answers")
        for begins in answers or ():
            if begins not in self._answers_to(first):
                _done(self._opened(begins).fill("desk-question", first).press("desk-move"))
        if answers is not None:
            for text in self._answers_to(first):
                if not text.startswith(tuple(answers)):
                    _done(self._opened(text).press("desk-answers-nothing"))

    def _answers_to(self, begins: str) -> list[str]:
        page = self._open()
        return [page.words(one) for one in page.parts_beside(_ANSWER, page.turn(begins))]

    def undo(self) -> None:
        _done(self._open().press("desk-undo"))

    def correct(self, text: str) -> None:
        self._load(f"{_TALK}/file", text.encode())
        # So that loading the folder again is loading the same file again.
        self.write("talk.txt", text)

    def _load(self, path: str, data: bytes) -> None:
        seen = self._open(path).choose_file("desk-file-choose", "talk.txt", data).press("desk-file-check")
        _done(_done(seen).press("desk-file-load"))

    def decide(self, begins: str, topic: str, state: str) -> None:
        page = self._opened(begins)
        if page.has(f"topic-{topic}"):
            _done(page.press(f"desk-topic-{state}", within=f"topic-{topic}"))
        else:
            assert state == "confirmed", "what nobody has suggested cannot be rejected"
            _done(page.fill("desk-topic-name", topic).press("desk-topic-add"))

    def merge(self, keep: str, other: str) -> None:
        kept, name = (self._open(f"{_DESK}/people/{slug}").heading for slug in (keep, other))
        found = self._open(f"{_DESK}/people/{keep}").fill("find-person", name).press("find-button")
        _done(found.follow("desk-look-at-both").press("desk-merge", keep=kept))

    def part(self, speaker: str, interview: str, name: str) -> None:
        page = self._open(f"{_DESK}/people/{speaker}").tick(interview).fill("desk-part-name", name)
        _done(page.press("desk-part-button"))

    def undo_last_statement(self) -> None:
        statement = f"statement-{statement_number(self.database)}"
        _done(self._open(f"{_DESK}/statements").press("desk-undo-this", within=statement))

    def redact(self, words: str) -> None:
        page = self._open(f"{_TALK}/withhold").fill("desk-redact-words", words)
        _done(_done(page.press("desk-redact-check")).press("desk-redact-confirm"))

    def hold(self) -> None:
        page = self._open(f"{_TALK}/withhold").fill("desk-hold-until", "2999-01-01T00:00")
        _done(page.press("desk-hold-button"))

    def release(self) -> None:
        _done(self._open(f"{_DESK}/held").press("desk-release", name="talk"))

    def withdraw(self) -> None:
        page = self._open(f"{_TALK}/withhold").fill("desk-withdraw-slug", "talk", slug="talk")
        _done(page.press("desk-withdraw-button"))

    def lift(self) -> None:
        _done(self._open(f"{_DESK}/withdrawn").press("desk-lift", name="talk"))
        self._load(f"{_DESK}/new", (self.folder / "talk.txt").read_bytes())

    def both_state(self, first: Document, second: Document) -> None:
        path = f"{_TALK}/metadata"
        other = self._sign_in("Eve")
        mine, theirs = self._open(path), DeskPage(other, path)
        _done(_fill_metadata(mine, first))
        # What the second one has seen is not there any more.
        refused = _fill_metadata(theirs, second)
        assert refused.status == 409
        assert "Ada" in refused.text
        _done(_fill_metadata(DeskPage(other, path), second))


def _fill_metadata(page: DeskPage, stated: Document) -> DeskPage:
    for name, value in stated.items():
        page.fill(f"desk-field-{name}", value)
    return page.press("desk-metadata-button")


def _done(page: DeskPage) -> DeskPage:
    """Return a page on which nothing was refused."""
    assert (page.status, page.refusal) == (200, None), page.text
    return page
