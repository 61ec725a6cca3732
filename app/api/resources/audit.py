"""/v1/audit: the trail of all changes, for keys that may see who made them."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Query, Request

from app.api.database import Open
from app.api.documentation.openapi import LIST
from app.api.http.access import may_see_held
from app.api.http.read_limiter import ReadingRoute
from app.api.lists import ListRequest
from app.api.parameters.lists import AuditParameters
from app.api.routers import resource_router
from app.api.schemas.audit import AuditPage
from app.api.writing import needs
from app.errors import NotFoundError, ParameterError
from app.models import Scope
from app.queries import audit
from app.text.dates import read_moment

router = resource_router("/v1/audit", "keys", ReadingRoute)
_FOR_KEYS = Depends(needs(Scope.KEYS))


@router.get("", dependencies=[_FOR_KEYS], response_model=AuditPage, responses=LIST, summary="List who changed what")
def list_audit(request: Request, database: Open, parameters: Annotated[AuditParameters, Query()]) -> Any:
    """List every revision of the corpus with who made it, when, from where, why and how much it changed.

    Only keys with the scope `keys` may read it: who made a change is in no other answer.
    """
    with ListRequest(request, database, parameters, AuditPage) as asked:
        # Not from the cache: whether an interview that is held back may be named depends on the key.
        filters = _filters(asked.connection, parameters, with_held=may_see_held(request))
        return asked.answer(asked.count(audit.listing(filters)))


def _filters(connection: sa.Connection, parameters: AuditParameters, *, with_held: bool) -> audit.TrailFilters:
    interview_id = None
    if parameters.interview is not None:
        try:
            interview_id = audit.find_of_trail(connection, parameters.interview, with_held=with_held).id
        except NotFoundError as error:
            raise ParameterError("interview", error.reason, error.suggestions) from None
    return audit.TrailFilters(
        interview_id=interview_id,
        who=parameters.who,
        since=None if parameters.since is None else read_moment(parameters.since),
        until=None if parameters.until is None else read_moment(parameters.until),
    )
