### The English texts of all pages. Each is used by a template or a page of app/web; tests check that none is missing
### and that none is left over. To add a language, translate this file as LANGUAGE.ftl.

## On every page

skip-to-content = Skip to the content
site-sections = Sections of this site
nav-interviews = Interviews
nav-speakers = People
nav-topics = Topics
nav-check-quotation = Check a quotation
search-label = Search everything that was said
search-placeholder = Search what was said
search-button = Search
footer-promise = Every word here is shown as its source has it, and can be traced to the file it comes from.
footer-api = For programs: the API
footer-guide = Guide to the API
# Between the names of a list.
list-separator = {", "}

## Counts

question-count = { $count ->
    [0] No questions
    [one] { $count } question
   *[other] { $count } questions
}

question-count-at-least = more than { $count } questions
interview-count = { $count ->
    [0] No interviews
    [one] { $count } interview
   *[other] { $count } interviews
}
interview-count-at-least = More than { $count } interviews

## The home page

home-title = { $site }: what was asked, and what was answered
home-heading = What was asked, and what was answered
home-lead = Interviews to read, search and quote. Each question stands with its answers, and every quotation can be checked against its source.
home-counts = { $interviews } and { $questions } so far.
home-search-heading = Search
home-search-label = Words, a name or a question
home-quote-heading = Was this said?
home-quote-label = Paste a quotation or a whole article
home-quote-button = Check it
home-newest = Newest interviews
home-all-interviews = All interviews
home-empty = There are no interviews here yet.
home-topics = Topics
home-all-topics = All topics
feed-interviews = New interviews

## Interviews

# $people are names, with commas between them.
with-people = With { $people }
topics = Topics
contents = Contents
question-number = Question { $number }
past-revision = You are reading revision { $revision }, which has been corrected since.
to-current = Read what it says now.
source = Source
published-at = Published at
rights = Rights
source-file = File
how-to-cite = How to cite this

## Errors

problem-status = Error { $status }
problem-home = To the home page
did-you-mean = Did you mean
gone-replaced-by = What it said is in { $id } now.
gone-revision = Read revision { $revision }
problem-not-found = There is nothing at this address
problem-not-found-advice = The address may be mistyped, or what you look for may have another name. Try the search.
problem-gone = This has been taken out
problem-gone-advice = Nothing else will ever be at this address.
problem-invalid-parameter = This address asks for something that cannot be
problem-invalid-parameter-advice = Nothing is shown, because a list that ignores a part of its address would not be what was asked for.
problem-unknown-parameter = This address asks for something unknown
problem-unknown-parameter-advice = Nothing is shown, because a list that ignores a part of its address would not be what was asked for.
problem-invalid-cursor = This page of the list has gone
problem-invalid-cursor-advice = Start again at the first page of the list.
problem-busy = Too many people are reading at the moment
problem-busy-advice = Please try again in a few seconds.
problem-internal-error = Something went wrong here
problem-internal-error-advice = The fault is ours, and has been noted. Trying again may help.
problem-http-error = This request was refused
problem-http-error-advice = Please go back, or start again from the home page.
