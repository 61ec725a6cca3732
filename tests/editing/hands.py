"""Two of the ways in which an editor works: over the API, and with files and commands. All do the same things."""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.transcripts.sidecar import write_sidecar
from tests.api.keyed import bearer, key_for
from tests.cli.test_command_line import Run
from tests.editing.content import content, question_of, statement_number, turn_of

TALK = """Q: Where did the river begin? And who kept the mill?
A: Under the old mill, behind our house.
Q: Did anybody keep it?
A: My aunt kept it. Did you know her?
B: I knew her well.
Q: In the war, I mean?
A: In the war, too.
(Applause)
Q: Would you go back there?
A: Every summer.
"""
OTHERS = {
    "other": "Eve Stone: Where was the ferry?\nIda Brandt: By the river, below the weir.\n",
    "third": "Eve Stone: Who ran the ferry?\nIda Brand: My aunt ran it.\nEve Stone: And later?\nIda Brand: Nobody.\n",
}
ASKS = '[[speakers]]\nlabels = ["Eve Stone"]\nrole = "interviewer"\n'
TOPICS = '[mills]\nlabel = "Mill"\n\n[war]\nlabel = "War"\n'
Document = Mapping[str, Any]


class Hand(ABC):
    """An editor of a database in which the three files of a folder are loaded."""

    def __init__(self, url: str, folder: Path) -> None:
        self.run, self.database, self.folder = Run(url), Database(url), folder
        folder.mkdir()
        self.write("talk.txt", TALK)
        self.write("topics.toml", TOPICS)
        for name, text in OTHERS.items():
            self.write(f"{name}.txt", text)
            self.write(f"{name}.toml", ASKS)
        self.load()
        self.run("topics", "suggest", "--min-confidence", "0")

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder."""
        (self.folder / name).write_text(text)

    def load(self) -> str:
        """Load the folder, and return what the command printed."""
        return self.run("load", self.folder)

    def content(self) -> dict[str, Any]:
        """Return what is stored, without ids."""
        return content(self.database)

    def close(self) -> None:
        """Close what was opened."""
        self.database.close()

    @abstractmethod
    def state(self, **document: Any) -> None:
        """State these keys of the document of `talk`, in place of what they had."""

    @abstractmethod
    def undo(self) -> None:
        """State of `talk` what was stated before."""

    @abstractmethod
    def correct(self, text: str) -> None:
        """Give `talk` a corrected file."""

    @abstractmethod
    def decide(self, begins: str, topic: str, state: str) -> None:
        """Decide on a suggested topic of the question that begins so."""

    @abstractmethod
    def merge(self, keep: str, other: str) -> None:
        """State that two speakers are one."""

    @abstractmethod
    def part(self, speaker: str, interview: str, name: str) -> None:
        """State that a speaker is somebody else in an interview."""

    @abstractmethod
    def undo_last_statement(self) -> None:
        """Undo the last statement about speakers."""

    @abstractmethod
    def redact(self, words: str) -> None:
        """Take words out of `talk`."""

    @abstractmethod
    def hold(self) -> None:
        """Hold `talk` back."""

    @abstractmethod
    def release(self) -> None:
        """Publish `talk` again."""

    @abstractmethod
    def withdraw(self) -> None:
        """Withdraw `talk`."""

    @abstractmethod
    def lift(self) -> None:
        """Allow the file of `talk` again, and load it."""

    @abstractmethod
    def both_state(self, first: Document, second: Document) -> None:
        """Two editors read what is stated at the same time; then each states something, the second one after a look."""


class ByFile(Hand):
    """Works with the metadata file beside the transcript, and with commands."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        self._document: dict[str, Any] = {}

    def state(self, **document: Any) -> None:
        self._document |= document
        (self.folder / "talk.toml").write_bytes(write_sidecar(self._document))
        self.load()

    def undo(self) -> None:
        self.run("statements", "undo", "talk", "--by", "Ida")

    def correct(self, text: str) -> None:
        self.write("talk.txt", text)
        self.load()

    def decide(self, begins: str, topic: str, state: str) -> None:
        table = self.folder.parent / "suggested.csv"
        self.run("topics", "csv-export", table, "--overwrite")
        question = question_of(self.database, begins)
        head, *rows = table.read_text("utf-8-sig").splitlines(keepends=True)
        at = head.strip().split(",").index("decision")
        word = {"confirmed": "accept", "rejected": "reject"}[state]
        decided = [
            _filled(row, at, word) if question is not None and question in row and f",{topic}," in row else row
            for row in rows
        ]
        assert decided != rows
        table.write_text(head + "".join(decided), "utf-8")
        self.run("topics", "csv-import", table)

    def merge(self, keep: str, other: str) -> None:
        self.run("speakers", "merge", keep, other)

    def part(self, speaker: str, interview: str, name: str) -> None:
        self.run("speakers", "part", speaker, "--interview", interview, "--as", name)

    def undo_last_statement(self) -> None:
        self.run("speakers", "undo")

    def redact(self, words: str) -> None:
        self.run("redact", "talk", "--words", words)

    def hold(self) -> None:
        self.run("embargo", "talk", "--until", "2999-01-01")

    def release(self) -> None:
        self.run("embargo", "talk", "--lift")

    def withdraw(self) -> None:
        self.run("withdraw", "talk")

    def lift(self) -> None:
        self.run("withdraw", "talk", "--lift")
        self.load()

    def both_state(self, first: Document, second: Document) -> None:
        files = [self.folder.parent / f"editor-{number}.toml" for number in (1, 2)]
        for number, (file, keys) in enumerate(zip(files, (first, second), strict=True)):
            shown = self.run.json("statements", "show", "talk")
            file.write_bytes(write_sidecar({**shown, **keys}))
            self.run("statements", "replace", "talk", file, "--by", f"Editor {number}")


class ByApi(Hand):
    """Works over HTTP with a key, and names turns and questions by their ids where these have one."""

    def __init__(self, url: str, folder: Path, client: TestClient) -> None:
        super().__init__(url, folder)
        self._client = client
        self._key = key_for(self.database)

    def ask(self, method: str, path: str, body: Any = None, *, code: int = 200, **headers: str) -> Any:
        """Send one request, and return the answer once its status is the one that is expected."""
        sent: dict[str, Any] = {"json": body} if isinstance(body, dict) else {"content": body}
        if method == "PATCH":
            headers |= {"Content_Type": "application/merge-patch+json"}
        answer = self._client.request(method, path, headers=bearer(self._key, **headers), **sent)
        assert answer.status_code == code, (method, path, answer.status_code, answer.text[:500])
        return answer

    def change(self, method: str, path: str, body: Any = None, *, seen: str | None = None, code: int = 200) -> Any:
        """Write to an address, having read `seen`, which is the address itself unless another one is named."""
        tag = self.ask("GET", seen or path).headers["ETag"]
        return self.ask(method, path, body, code=code, If_Match=tag)

    def state(self, **document: Any) -> None:
        self.change("PATCH", "/v1/interviews/talk/statements", self._by_ids(document))

    def _by_ids(self, document: Document) -> dict[str, Any]:
        named = dict(document)
        for table, key in (("turns", "turn"), ("questions", "question")):
            if table in named:
                named[table] = [self._named(one, key) for one in named[table]]
        if "exchanges" in named:
            named["exchanges"] = [
                {part: [self._turn(words) for words in some] for part, some in one.items()}
                for one in named["exchanges"]
            ]
        return named

    def _named(self, table: Document, key: str) -> dict[str, Any]:
        if "begins" not in table:
            return dict(table)
        begins = table["begins"]
        found = turn_of(self.database, begins) if key == "turn" else question_of(self.database, begins)
        rest = {name: value for name, value in table.items() if name != "begins"}
        return dict(table) if found is None else {key: found, **rest}

    def _turn(self, words: str) -> Any:
        return turn_of(self.database, words) or {"begins": words}

    def undo(self) -> None:
        self.change("POST", "/v1/interviews/talk/statements/undo", seen="/v1/interviews/talk/statements")

    def correct(self, text: str) -> None:
        self.change("PUT", "/v1/interviews/talk/source?name=talk.txt", text.encode(), seen="/v1/interviews/talk/source")
        # So that loading the folder again is loading the same file again.
        self.write("talk.txt", text)

    def decide(self, begins: str, topic: str, state: str) -> None:
        question = question_of(self.database, begins)
        decision = {"question": question, "topic": topic, "state": state}
        self.ask("POST", "/v1/decisions", {"decisions": [decision]})

    def merge(self, keep: str, other: str) -> None:
        self.ask("POST", "/v1/statements", {"kind": "merged", "speaker": keep, "other": other}, code=201)

    def part(self, speaker: str, interview: str, name: str) -> None:
        stated = {"kind": "parted", "speaker": speaker, "interviews": [interview], "name": name}
        self.ask("POST", "/v1/statements", stated, code=201)

    def undo_last_statement(self) -> None:
        self.change("DELETE", f"/v1/statements/{statement_number(self.database)}")

    def redact(self, words: str) -> None:
        self.change("POST", "/v1/interviews/talk/redactions", {"words": words}, seen="/v1/interviews/talk")

    def hold(self) -> None:
        until = {"until": "2999-01-01"}
        self.change("PUT", "/v1/interviews/talk/embargo", until, seen="/v1/interviews/talk", code=201)

    def release(self) -> None:
        self.change("DELETE", "/v1/interviews/talk/embargo")

    def withdraw(self) -> None:
        self.change("PUT", "/v1/interviews/talk/withdrawal", seen="/v1/interviews/talk", code=201)

    def lift(self) -> None:
        self.change("DELETE", "/v1/interviews/talk/withdrawal")
        self.ask("POST", "/v1/interviews?name=talk.txt", (self.folder / "talk.txt").read_bytes(), code=201)

    def both_state(self, first: Document, second: Document) -> None:
        path = "/v1/interviews/talk/statements"
        tag = self.ask("GET", path).headers["ETag"]
        self.ask("PATCH", path, self._by_ids(first), If_Match=tag)
        # What the second one has read is not there any more.
        self.ask("PATCH", path, self._by_ids(second), If_Match=tag, code=412)
        self.state(**second)


def _filled(row: str, at: int, word: str) -> str:
    """Write a word into a cell of a row of a table."""
    [cells] = csv.reader([row])
    cells[at] = word
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
