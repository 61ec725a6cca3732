"""/opensearch.xml: how browsers search this site (OpenSearch 1.1, draft 6)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.api.documentation.explorer import server_of
from app.api.http.read_limiter import ReadingRoute
from app.exports.xml import DECLARATION, element, text_element
from app.web.site import Site

OPENSEARCH = "/opensearch.xml"
MEDIA_TYPE = "application/opensearchdescription+xml"
_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
# Characters of the names, at most, as the specification has them.
_SHORT_NAME, _LONG_NAME = 16, 48

router = APIRouter(route_class=ReadingRoute, include_in_schema=False)


@router.get(OPENSEARCH)
def get_opensearch(request: Request) -> Response:
    """Describe the search."""
    site: Site = request.app.state.site
    base = server_of(request)
    page = {"type": "text/html", "template": f"{base}/search?q={{searchTerms}}"}
    feed = {"type": "application/json", "template": f"{base}/v1/search?q={{searchTerms}}&limit={{count?}}"}
    own = {"type": MEDIA_TYPE, "rel": "self", "template": f"{base}{OPENSEARCH}"}
    described = element(
        "OpenSearchDescription",
        text_element("ShortName", _cut(site.title, _SHORT_NAME)),
        text_element("LongName", _cut(site.title, _LONG_NAME)),
        text_element("Description", site.texts("opensearch-description", site=site.title).unescape()),
        *(element("Url", attributes=attributes) for attributes in (page, feed, own)),
        text_element("Image", f"{base}/assets/{site.assets['icon.svg'].name}", {"type": "image/svg+xml"}),
        text_element("InputEncoding", "UTF-8"),
        attributes={"xmlns": _NAMESPACE},
    )
    return Response(f"{DECLARATION}{described}\n", media_type=MEDIA_TYPE)


def _cut(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}…"
