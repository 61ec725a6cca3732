"""/docs/postman.json and /docs/bruno.zip: every operation as a request that succeeds on the corpus that is served.

Postman takes one file. Bruno keeps a folder of text files that its window opens and its command line runs, so it gets
one, as an archive. The address of the server is the variable `baseUrl` of either.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.api.database import Open
from app.api.documentation.explorer import BRUNO, POSTMAN, names_of_corpus, server_of
from app.api.documentation.explorer_document import explorer_document
from app.api.http.read_limiter import ReadingRoute

_JSON = "application/json"
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_TEST = ['pm.test("is answered with 200", () => pm.response.to.have.status(200));']
# The first time that an archive can name: with it, the same requests are the same bytes.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_IN_BRACES = re.compile(r"\{(\w+)\}")

router = APIRouter(route_class=ReadingRoute, include_in_schema=False)


@dataclass(frozen=True)
class Prepared:
    """An operation, and what is filled in of it; `optional` parameters are named and not sent."""

    name: str
    about: str
    method: str
    path: str
    named: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    optional: Sequence[tuple[str, str]]
    body: str | None


@dataclass(frozen=True)
class Folder:
    """The requests of one kind."""

    name: str
    about: str
    requests: Sequence[Prepared]


@router.get(POSTMAN)
def get_postman(request: Request, database: Open) -> Response:
    """Send the requests as a collection of Postman."""
    return JSONResponse(postman(_prepared(request, database), server_of(request)), headers=_as_file(POSTMAN))


@router.get(BRUNO)
def get_bruno(request: Request, database: Open) -> Response:
    """Send the requests as a folder of Bruno, in an archive."""
    archive = bruno(_prepared(request, database), server_of(request))
    return Response(archive, media_type="application/zip", headers=_as_file(BRUNO))


def _prepared(request: Request, database: Open) -> list[Folder]:
    return prepare(explorer_document(request.app.openapi(), names_of_corpus(database)))


def _as_file(path: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="quoth-{path.rpartition("/")[2]}"'}


def prepare(document: Mapping[str, Any]) -> list[Folder]:
    """Return the requests of the explorer's document, but for those that the corpus has no names for, and those that
    take a key: a collection is for trying out, and what takes a key may change the corpus.
    """
    by_tag: dict[str, list[Prepared]] = {tag["name"]: [] for tag in document["tags"]}
    for tag, one in _requests(document):
        by_tag[tag].append(one)
    tags = [tag for tag in document["tags"] if by_tag[tag["name"]]]
    return [Folder(tag["name"], tag["description"], by_tag[tag["name"]]) for tag in tags]


def _requests(document: Mapping[str, Any]) -> Iterator[tuple[str, Prepared]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "security" in operation:
                continue
            parameters = operation.get("parameters", [])
            required = [one for one in parameters if one["required"]]
            body = operation.get("requestBody", {}).get("content", {}).get(_JSON)
            if not all("example" in one for one in (*required, *([body] if body else ()))):
                continue
            yield (
                operation["tags"][0],
                Prepared(
                    name=operation["summary"],
                    about=operation["description"],
                    method=method.upper(),
                    path=path,
                    named={one["name"]: str(one["example"]) for one in required if one["in"] == "path"},
                    query=[
                        (one["name"], str(value))
                        for one in required
                        if one["in"] == "query"
                        for value in (one["example"] if isinstance(one["example"], list) else [one["example"]])
                    ],
                    optional=[
                        (one["name"], one["description"])
                        for one in parameters
                        if one["in"] == "query" and not one["required"]
                    ],
                    body=None if body is None else _written(body["example"]),
                ),
            )


def _written(body: Mapping[str, Any]) -> str:
    """Write a body in which no words are taken for a variable in double braces."""
    lines = [f"  {json.dumps(name)}: {_without_braces(json.dumps(value))}" for name, value in body.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _without_braces(text: str) -> str:
    return text.replace("{", "\\u007b").replace("}", "\\u007d")


def _encoded(value: str) -> str:
    return quote(value, safe="")


def _with_colons(path: str) -> str:
    return _IN_BRACES.sub(r":\1", path)


def postman(folders: Sequence[Folder], server: str) -> dict[str, Any]:
    """Write requests as a collection of Postman, version 2.1."""
    return {
        "info": {
            "name": "Quoth",
            "description": "Every request succeeds as it is. Names are those of the corpus that the server has.",
            "schema": _SCHEMA,
        },
        "variable": [{"key": "baseUrl", "value": server}],
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": _TEST}}],
        "item": [
            {
                "name": folder.name,
                "description": folder.about,
                "item": [{"name": one.name, "request": _postman_request(one)} for one in folder.requests],
            }
            for folder in folders
        ],
    }


def _postman_request(one: Prepared) -> dict[str, Any]:
    path = _with_colons(one.path)
    sent = [{"key": name, "value": _encoded(value)} for name, value in one.query]
    more = [{"key": name, "value": "", "description": about, "disabled": True} for name, about in one.optional]
    query = "&".join(f"{each['key']}={each['value']}" for each in sent)
    request: dict[str, Any] = {
        "method": one.method,
        "header": [],
        "description": one.about,
        "url": {
            "raw": f"{{{{baseUrl}}}}{path}{'?' if query else ''}{query}",
            "host": ["{{baseUrl}}"],
            "path": path.removeprefix("/").split("/"),
            "query": [*sent, *more],
            "variable": [{"key": name, "value": _encoded(value)} for name, value in one.named.items()],
        },
    }
    if one.body is not None:
        request["header"] = [{"key": "Content-Type", "value": _JSON}]
        request["body"] = {"mode": "raw", "raw": one.body, "options": {"raw": {"language": "json"}}}
    return request


def bruno(folders: Sequence[Folder], server: str) -> bytes:
    """Write requests as a folder of Bruno, in an archive."""
    files = {
        "bruno.json": json.dumps({"version": "1", "name": "Quoth", "type": "collection"}, indent=2) + "\n",
        "collection.bru": _block("vars:pre-request", {"baseUrl": server}),
    }
    for place, folder in enumerate(folders, 1):
        about = [_block("meta", {"name": folder.name, "seq": str(place)}), _text_block("docs", folder.about)]
        files[f"{folder.name}/folder.bru"] = "\n".join(about)
        for number, one in enumerate(folder.requests, 1):
            files[f"{folder.name}/{one.name}.bru"] = _bruno_request(one, number)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in files.items():
            written.writestr(zipfile.ZipInfo(f"quoth/{name}", _LONG_AGO), text, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _bruno_request(one: Prepared, number: int) -> str:
    query = [(name, _encoded(value)) for name, value in one.query]
    written = "&".join(f"{name}={value}" for name, value in query)
    address = f"{{{{baseUrl}}}}{_with_colons(one.path)}{'?' if written else ''}{written}"
    body = "none" if one.body is None else "json"
    blocks = [
        _block("meta", {"name": one.name, "type": "http", "seq": str(number)}),
        _block(one.method.lower(), {"url": address, "body": body, "auth": "none"}),
    ]
    if parameters := [*query, *((f"~{name}", "") for name, _about in one.optional)]:
        blocks.append(_block("params:query", parameters))
    if one.named:
        blocks.append(_block("params:path", {name: _encoded(value) for name, value in one.named.items()}))
    if one.body is not None:
        blocks.append(_text_block("body:json", one.body))
    blocks.append(_block("assert", {"res.status": "eq 200"}))
    # What is in an address is encoded already.
    blocks.append(_block("settings", {"encodeUrl": "false"}))
    more = "".join(f"\n- `{name}`: {about}" for name, about in one.optional)
    blocks.append(_text_block("docs", one.about + (f"\n\nOptional:\n{more}" if more else "")))
    return "\n".join(blocks)


def _block(name: str, entries: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    return f"{name} {{\n" + "".join(f"  {key}: {value}\n" for key, value in pairs) + "}\n"


def _text_block(name: str, text: str) -> str:
    return f"{name} {{\n" + "".join(f"  {line}".rstrip() + "\n" for line in text.split("\n")) + "}\n"
