"""Every answer that the API has: each route of its description, with each item, format, revision and page there is."""

import itertools
from collections.abc import Iterator
from typing import Any

from starlette.testclient import TestClient

_ALWAYS = {"context": "5", "limit": "100", "data": "true", "facets": "topic,speaker", "topic_state": "proposed"}
_MOST_PAGES = 20


class Everywhere:
    """What can be asked, learnt from the API itself; `also` are names of items that there are no more."""

    def __init__(
        self, client: TestClient, searches: tuple[str, ...] = (), also: dict[str, list[str]] | None = None
    ) -> None:
        self._client, self._searches = client, searches
        self._document = client.get("/openapi.json").json()
        self._present = {noun: self._listed(noun) for noun in _NOUNS}
        self._names = {noun: list(dict.fromkeys(self._present[noun] + (also or {}).get(noun, []))) for noun in _NOUNS}

    def answers(self) -> dict[str, str]:
        """Return the headers and the body of every answer, by address."""
        found: dict[str, str] = {}
        for path, operations in self._read_by_all():
            for address in self._addresses(path, operations["get"].get("parameters", [])):
                found |= self._pages(address)
        return found

    def one_of_each(self) -> list[str]:
        """Return one address of each route."""
        return [
            self._addresses(path, operations["get"].get("parameters", []))[0]
            for path, operations in self._read_by_all()
        ]

    def _read_by_all(self) -> Iterator[tuple[str, Any]]:
        """Yield the paths that answer GET without a key, with their operations."""
        for path, operations in self._document["paths"].items():
            if "get" in operations and "security" not in operations["get"]:
                yield path, operations

    @property
    def names(self) -> dict[str, list[str]]:
        """The items that there are, by noun."""
        return self._names

    def _listed(self, noun: str) -> list[str]:
        key = "slug" if noun in {"interviews", "speakers", "topics"} else "id"
        return [item[key] for item in self._client.get(f"/v1/{noun}", params={"limit": 100}).json()["items"]]

    def _addresses(self, path: str, parameters: list[dict[str, Any]]) -> list[str]:
        names = {one["name"] for one in parameters if one["in"] == "query"}
        bases = [path]
        for placeholder in [one["name"] for one in parameters if one["in"] == "path"]:
            values = self._names[_noun_of(path, placeholder)] if placeholder != "sha256" else self._files()
            bases = [base.replace("{" + placeholder + "}", value, 1) for base in bases for value in values]
        choices: list[list[str]] = []
        if "format" in names:
            schema = next(one["schema"] for one in parameters if one["name"] == "format")
            known = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["enum"]
            choices.append(["", *(f"format={name}" for name in known)])
        if "revision" in names:
            choices.append(["", "revision=1", "revision=2", "revision=3"])
        if "q" in names:
            searched = [f"q={words}" for words in self._searches]
            choices.append(searched if path == "/v1/search" else ["", *searched])
        if "text" in names:
            choices.append([f"text={words}" for words in self._searches])
        choices += [[f"{name}={value}"] for name, value in _ALWAYS.items() if name in names]
        if path == "/v1/compare":
            choices.append([f"topic={name}" for name in self._present["topics"]])
            choices.append(["&".join(f"speaker={name}" for name in self._present["speakers"])])
        queries = ["&".join(filter(None, _that_go_together(some))) for some in itertools.product(*choices)]
        return [f"{base}?{query}" if query else base for base in bases for query in queries]

    def _files(self) -> list[str]:
        digests = []
        for name in self._names["interviews"]:
            revisions = self._client.get(f"/v1/interviews/{name}/revisions")
            digests += [one["transcript"]["sha256"] for one in revisions.json().get("items", [])]
        return list(dict.fromkeys(digests))

    def _pages(self, address: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for _page in range(_MOST_PAGES):
            response = self._client.get(address)
            # What cannot be asked would prove nothing.
            assert response.status_code in {200, 404, 406, 410}, (address, response.text)
            found[address] = f"{response.status_code}\n{response.headers}\n{response.text}"
            following = response.links.get("next", {}).get("url")
            if following is None or following in found:
                break
            address = following
        return found


_NOUNS = ("interviews", "questions", "answers", "speakers", "topics")


def _noun_of(path: str, placeholder: str) -> str:
    return path.split("/")[2] if placeholder == "id" else f"{placeholder}s"


def _that_go_together(choices: tuple[str, ...]) -> list[str]:
    """Other formats than JSON have the whole list, and neither facets nor context beside it."""
    is_other = any(one.startswith("format=") and one != "format=json" for one in choices)
    return [one for one in choices if not (is_other and one.startswith(("facets=", "limit=", "context=")))]
