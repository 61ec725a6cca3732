"""The editor's desk: pages for those who have signed in with a key, on the functions that commands and the API call.

How a page of it is written, in a module here that `app.web.desk.install` names:

    router = desk_router()

    @router.get("/interviews/{interview}")
    def show(interview: InterviewName, desk: SignedIn) -> Response:
        with desk.read() as connection:
            found = ...
        return desk.page("desk/interview.html", interview=found)

    @router.post("/interviews/{interview}/title")
    def change_title(interview: InterviewName, desk: SignedIn) -> Response:
        desk.require(Scope.WRITE)
        title = desk.form.one("title")
        with desk.write() as connection:
            loading.state(connection, interview, ..., desk.author())
        return desk.go(f"/desk/interviews/{interview}", done="title")

- `SignedIn` leads to the page that asks for a key, without a session. A POST has to come from one of these pages:
  its form has `{{ desk.token }}` within it, which is checked before the handler runs.
- Handlers are ordinary functions and run in threads; `read` sees what was written last.
- A page to which files are sent has `desk_router(DeskUploadRoute)`: `desk.form.files` are the files of its form.
- `go` answers a POST with a redirect, so that reloading the page repeats nothing. `done` names what was done: the page
  it leads to says so in the text `done-NAME` of the catalogue.
- Nothing of the desk is kept by a cache.
"""

from fastapi import FastAPI

from app.api.routers import add_routes
from app.web.desk import (
    files,
    history,
    interview,
    interview_topics,
    interviews,
    merging,
    metadata,
    people,
    question_topics,
    redacting,
    sign_in,
    topics,
    withdrawn,
    withholding,
)
from app.web.desk.session import NotSignedInError, lead_to_sign_in

# One module a page.
PAGES = (
    sign_in,
    interviews,
    files,
    interview,
    question_topics,
    interview_topics,
    history,
    metadata,
    withholding,
    redacting,
    withdrawn,
    people,
    merging,
    topics,
)


def install(app: FastAPI) -> None:
    """Add the pages of the desk."""
    app.add_exception_handler(NotSignedInError, lead_to_sign_in)
    for page in PAGES:
        add_routes(app, page.router)
