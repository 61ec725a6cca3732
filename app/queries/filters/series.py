"""The filter `series`: the series, show or column that an interview belongs to."""

from app.models import Interview
from app.queries.filters.columns import column_filter
from app.queries.filters.grammar import TEXTS

FILTER = column_filter("series", Interview.series, TEXTS, "Series, shows or columns.", example="The Long Interview")
