"""/v1/doubles: speakers who may be one person, for keys that may merge them."""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Query, Request

from app.api.database import Open
from app.api.documentation.openapi import LIST
from app.api.http.read_limiter import ReadingRoute
from app.api.lists import ListRequest
from app.api.parameters.lists import RankedParameters
from app.api.routers import resource_router
from app.api.schemas.doubles import DoublePage
from app.api.writing import needs
from app.loading.doubles import Double
from app.loading.likely_doubles import CACHED_AS, LikelyDoubles, double_item, likely_doubles
from app.models import Scope
from app.queries.embedding import Item
from app.queries.paging import Rank, Ranked

router = resource_router("/v1/doubles", "speakers", ReadingRoute)
_FOR_WRITERS = [Depends(needs(Scope.WRITE))]


@router.get("", response_model=DoublePage, responses=LIST, dependencies=_FOR_WRITERS, summary="List likely doubles")
def list_doubles(request: Request, database: Open, parameters: Annotated[RankedParameters, Query()]) -> Any:
    """List pairs of speakers who may be one person, the likeliest first, with what speaks for that and against it.

    Compared are names in other spellings, scripts and orders, initials, aliases, pages and affiliations. Pairs that are
    two people by a statement are not listed. `POST /v1/statements` merges a pair, or states that they are two.
    """
    with ListRequest(request, database, parameters, DoublePage) as asked:
        found: LikelyDoubles | None = database.get_cached(CACHED_AS)
        if found is None:
            found = likely_doubles(asked.connection)
            database.cache(CACHED_AS, found)
        return asked.answer(_ranked(found.found))


def _ranked(doubles: Sequence[Double]) -> Ranked:
    # Of equal scores the first one is the best.
    ranks = [(0, float(double.score), -place) for place, double in enumerate(doubles)]

    def embed(_connection: sa.Connection, page: Sequence[Rank]) -> list[Item]:
        return [double_item(doubles[-number]) for _tier, _score, number in page]

    return Ranked(ranks, embed, len(doubles), total_is_exact=True)
