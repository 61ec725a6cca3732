"""Pages for people, on the same queries as the API: whatever a page shows, the API answers too."""

from fastapi import FastAPI

from app.web import assets
from app.web.problem_page import problem_page
from app.web.reader import home, interview
from app.web.site import Site

# One module a page; see `app.web.page`.
PAGES = (home, interview)


def install(app: FastAPI) -> None:
    """Add the pages, their assets, and pages about problems.

    Raises:
        SettingsError: the logo cannot be read.
    """
    app.state.site = Site(app.state.settings)
    app.state.problem_page = problem_page
    assets.install(app)
    for page in PAGES:
        app.include_router(page.router)
