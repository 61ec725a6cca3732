"""The filter `language`: the language of an interview."""

from app.models import Interview
from app.queries.filters.columns import column_filter
from app.queries.filters.grammar import LANGUAGES

FILTER = column_filter("language", Interview.language, LANGUAGES, "Languages, BCP 47 tags as stored.", example="en")
