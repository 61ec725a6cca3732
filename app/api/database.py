"""The open database of the application, as a dependency."""

from typing import Annotated

from fastapi import Depends, Request

from app.db import Database


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Open = Annotated[Database, Depends(_database)]
