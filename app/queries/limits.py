"""Bounds on how much of the corpus one list may read. Tests lower them to try both sides of each."""

# Interviews. Up to this many are looked up and their questions sorted: a scan meets one of more soon enough.
FEW_INTERVIEWS = 30
# Interviews. Up to this many drive a count; beyond that, a topic or words with fewer questions do.
DRIVING_INTERVIEWS = 500
# Questions. A condition that no more than this meet is rare: it is looked up by index and sorted.
RARE_QUESTIONS = 4_000
# Rows that a count examines at most where conditions are tested row by row; above this a total is a lower bound.
EXAMINED_ROWS = 20_000
# Rows that are counted at most; above this a total is a lower bound.
TOTAL_CAP = 10_000
# Questions that are sorted by relevance at most, the newest ones: 12 to 30 microseconds each.
SORTED_BY_RELEVANCE = 5_000
# Seconds of processor time that the quotations of one article may take in a request; a command may take as long as it
# does.
ARTICLE_SECONDS = 20.0
# The same for the verdict on one quotation, and for writing one interview in another format.
VERDICT_SECONDS = 10.0
RENDERING_SECONDS = 20.0
