"""Pages for people, on the same queries as the API: whatever a page shows, the API answers too."""

from fastapi import FastAPI

from app.api.routers import add_routes
from app.web import assets, desk
from app.web.problem_page import problem_page
from app.web.reader import (
    asked,
    compare,
    history,
    home,
    interview,
    interviews,
    items,
    questions,
    quotes,
    search,
    speakers,
    topics,
)
from app.web.site import Site
from app.web.sites import embed, for_crawlers, oembed, opensearch

# One module a page; see `app.web.page`.
PAGES = (home, interviews, interview, history, questions, items, asked, speakers, topics, search, compare, quotes)
# What other sites and programs ask for.
FOR_OTHERS = (for_crawlers, opensearch, oembed, embed)


def install(app: FastAPI) -> None:
    """Add the pages, their assets, and pages about problems.

    Raises:
        SettingsError: the logo cannot be read.
    """
    app.state.site = Site(app.state.settings)
    app.state.problem_page = problem_page
    assets.install(app)
    for page in (*PAGES, *FOR_OTHERS):
        add_routes(app, page.router)
    desk.install(app)
