"""Keys for tests of what takes one, and small routes that write, to try the frame of all of them."""

import datetime
from dataclasses import replace
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Body, Depends, FastAPI, Response
from pydantic import BaseModel, ConfigDict
from sqlmodel import col

from app import loading
from app.api.parameters.single import single_values
from app.api.writing import Upload, UploadRoute, Writing, WritingRoute, may, tag_of
from app.db import Database
from app.loading.history import new_revision
from app.models import Revision, Scope


def key_for(database: Database, *scopes: Scope, name: str = "Ada", **options: Any) -> loading.NewKey:
    """Make a key; without scopes, one that allows everything."""
    with database.write() as connection:
        now = datetime.datetime.now(datetime.UTC)
        return loading.make_key(connection, name, scopes or tuple(Scope), now, **options)


def bearer(key: str | loading.NewKey, **headers: str) -> dict[str, str]:
    """Return the headers that send a key, with others: underscores stand for hyphens."""
    word = key if isinstance(key, str) else key.key
    return {"Authorization": f"Bearer {word}", **{name.replace("_", "-"): text for name, text in headers.items()}}


class Note(BaseModel):
    """What the small routes take."""

    model_config = ConfigDict(extra="forbid")

    text: str


def with_small_routes(app: FastAPI) -> FastAPI:
    """Add routes that write a revision each: POST /v1/notes, PUT /v1/notes/it and POST /v1/notes/file."""
    router = APIRouter(prefix="/v1/notes", route_class=WritingRoute)

    def show(connection: sa.Connection) -> Response:
        select = (
            sa.select(col(Revision.reason)).where(col(Revision.interview_id).is_(None)).order_by(col(Revision.number))
        )
        notes = list(connection.execute(select).scalars())
        return Response("\n".join(map(str, notes)), media_type="text/plain")

    @router.post("")
    def post_note(writing: Annotated[Writing, Depends(may(Scope.WRITE))], note: Annotated[Note, Body()]) -> Response:
        with writing.open() as connection:
            number = new_revision(connection, replace(writing.author, why=note.text))
            if note.text == "fail":
                raise RuntimeError("after it was written")
            return writing.answer(note, etag='"new"', status=201, location=f"/v1/notes/{number}")

    @router.put("/it")
    def put_note(
        writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=True))], note: Annotated[Note, Body()]
    ) -> Response:
        with writing.open() as connection:
            writing.match(tag_of(show(connection)))
            new_revision(connection, replace(writing.author, why=f"{note.text} {writing.author.why}"))
            return writing.answer(show(connection))

    files = APIRouter(prefix="/v1/notes", route_class=UploadRoute)

    @files.post("/file")
    def post_file(writing: Annotated[Writing, Depends(may(Scope.WRITE))], upload: Upload) -> Response:
        text = f"{upload.size} {upload.sha256} {len(upload.file.read())}"
        with writing.open() as connection:
            new_revision(connection, replace(writing.author, why=text))
            return writing.answer(Note(text=text))

    for each in (router, files):
        app.include_router(each, dependencies=[Depends(single_values)])
    return app
