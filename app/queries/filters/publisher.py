"""The filter `publisher`: who published an interview."""

from app.models import Interview
from app.queries.filters.columns import column_filter
from app.queries.filters.grammar import TEXTS

FILTER = column_filter("publisher", Interview.publisher, TEXTS, "Publishers.", example="worldnewsam.com")
