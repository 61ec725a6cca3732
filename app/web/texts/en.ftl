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
footer-desk = Editor’s desk
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
feed-questions = New questions

## People and their roles

people = People
people-lead = Who asks and who answers in these interviews.
people-count = { $count ->
    [0] Nobody
    [one] { $count } person
   *[other] { $count } people
}
people-count-at-least = More than { $count } people
# Between people with their roles.
people-separator = {"; "}
find-person = Find somebody by name
find-button = Find
# What somebody is called whom the source does not name.
unnamed-interviewer = an interviewer
unnamed-interviewee = the interviewee
unnamed-moderator = the moderator
unnamed-audience = someone in the audience
unnamed-interpreter = the interpreter
unnamed-unknown = a speaker
unnamed-explained = The source does not say who this is, so nobody is named here.
role-interviewer = interviewer
role-interviewee = interviewee
role-moderator = moderator
role-audience = audience
role-interpreter = interpreter
role-unknown = speaker
role-inferred = This role is inferred from how people speak; the source does not state it.
role-in-interviews = { $count ->
    [one] { $role } in { $count } interview
   *[other] { $role } in { $count } interviews
}
also-called = Also called { $names }
elsewhere = Elsewhere:
one-person-inferred = That all of this was said by one person is inferred from the name.
what-they-answered = Answers
what-they-asked = Questions

## Interviews

interviews = Interviews
# $people are names, with commas between them.
with-people = With { $people }
topics = Topics
contents = Contents
question-number = Question { $number }
past-revision = You are reading revision { $revision }, which has been corrected since.
to-current = Read what it says now.
part = Part { $number } of { $parts }
parts = Parts
parts-below = Parts, after the words
previous-part = Previous part
next-part = Next part
source = Source
published-at = Published at
language = Language
language-inferred = The language is inferred from the words; the source does not state it.
rights = Rights
source-file = File
file-withheld = (not given out, because words in it were redacted)
revision = Revision
revision-stored = { $revision }, of { $day }
download = Download
roles-inferred-explained = Who asks and who answers is inferred from how people speak; the source does not state it.
beside-previous-interview = Before
beside-next-interview = After
neighbours = Before and after
how-to-cite = How to cite this
permalink = Permalink
format-bibtex = BibTeX
format-ris = RIS
format-csl = CSL-JSON
redacted = Words were taken out here
redacted-because = Words were taken out here: { $reason }

## Questions and answers

questions = Questions
answer-count = { $count ->
    [0] No answers
    [one] { $count } answer
   *[other] { $count } answers
}
answer-count-at-least = more than { $count } answers
said-before = Said before
said-after = Said after
answer-by-itself = this answer alone
no-answer = Nobody answers this.
read-in-interview = Read this in the interview
beside-previous-question = Question before
beside-next-question = Next question
beside-previous-answer = Answer before
beside-next-answer = Next answer

## Topics

topics-lead = What these interviews are about, topic by topic.
no-topics = There are no topics here yet.
narrower-topics = Topics below this one

## Lists

you-are-here = You are here
narrow-down = Narrow down
filters-in-force = Filters in force
remove-filter = Take away the filter { $name }: { $value }
remove-all-filters = Show everything
more-values = { $count } more
list-is-bounded = The newest of them are listed.
sort-by = Sort by
sort-down-published = Newest first
sort-published = Oldest first
sort-title = By title
sort-name = By name
sort-down-answers = Most answers first
pages = Pages of this list
previous-page = Previous page
next-page = Next page
filter-topic = Topic
filter-speaker = Person
filter-asked_by = Asked by
filter-answered_by = Answered by
filter-interview = Interview
filter-year = Year
filter-series = Series
filter-publisher = Publisher
filter-language = Language
filter-role = Role
filter-q = Words
filter-published_from = From
filter-published_to = To
filter-answered = Answered
filter-interrogative = Asks something

## Errors

problem-status = Error { $status }
problem-home = To the home page
problem-search = Search
problem-desk = To the desk
problem-again = Try again
problem-without = Show it without that
problem-in-detail = In detail
problem-request = If you tell those who run this site about it, name this request: { $id }
did-you-mean = Did you mean
gone-replaced-by = What it said is in { $id } now.
gone-revision = Read revision { $revision }
gone-when = It was taken out on { $when }.
gone-why = The reason given: { $reason }

# A title and what to do next for each kind of problem in app/api/problem_kinds.py.
problem-bad-request = This address cannot be read
problem-bad-request-advice = Some of its characters are broken. If you followed a link, look for the page with the search instead.
problem-invalid-cursor = This page of the list has gone
problem-invalid-cursor-advice = The list has other filters or another order now. Start again at its first page.
problem-not-found = There is nothing at this address
problem-not-found-advice = The address may be mistyped, or what you look for may have another name. Try the search.
problem-gone = This has been taken out
problem-gone-advice = Nothing else will ever be at this address.
problem-no-times = Nobody knows when each of these words was spoken
problem-no-times-advice = Subtitles need times, and this transcript has none. Read the interview on its page, or save it in another format.
problem-not-acceptable = This cannot be shown in the form you asked for
problem-not-acceptable-advice = Follow a link on the page of the interview: it names the forms that there are.
problem-method-not-allowed = Nothing can be sent to this address
problem-method-not-allowed-advice = Go back to the page that you came from, load it again, and use its own buttons and links.
problem-request-timeout = What you sent took too long to arrive
problem-request-timeout-advice = Your connection may be slow. Nothing was changed; send it again.
problem-precondition-failed = This has changed since you read it
problem-precondition-failed-advice = Load the page again, see what is new, and make your change there.
problem-content-too-large = This is too long
problem-content-too-large-advice = Send a shorter text or a smaller file, or send it in parts.
problem-unauthorized = You are not signed in
problem-unauthorized-advice = Reading needs no key. To edit, sign in at the desk with a key that still works.
problem-forbidden = You may not do this
problem-forbidden-advice = Nothing was changed, for the reason below. If you should be able to, ask those who run this site for a key that allows it.
problem-no-keys = Nobody can edit here yet
problem-no-keys-advice = Editing takes a key. Those who run this site can make one.
problem-too-many-attempts = Too many wrong keys were tried
problem-too-many-attempts-advice = Wait a minute, and copy the whole key when you try again.
problem-conflict = This does not fit what is stored
problem-conflict-advice = Nothing was changed. What stands in the way is named below; put that right first.
problem-precondition-required = It is not clear which version you have read
problem-precondition-required-advice = Nothing was changed, so that nobody’s work is lost. Load the page again, and make your change there.
problem-idempotency-key-reused = This was sent before, with other words
problem-idempotency-key-reused-advice = Load the page again, see what was stored, and make your change there.
problem-invalid-content = What you sent cannot be stored
problem-invalid-content-advice = Nothing was changed. What is wrong with it is named below; put that right, and send it again.
problem-foreign-origin = Another site has sent this
problem-foreign-origin-advice = Nothing was changed. Open the page on this site, and start there.
problem-misdirected-request = This site is not known by that name
problem-misdirected-request-advice = Those who run this site have to set the address at which it is reached.
problem-uri-too-long = This address is too long
problem-uri-too-long-advice = Choose fewer filters, or check a long quotation by pasting it into the form.
problem-unsupported-content-encoding = What you sent cannot be read
problem-unsupported-content-encoding-advice = It was compressed on the way. Send it again from an ordinary browser.
problem-unsupported-media-type = This kind of file cannot be read
problem-unsupported-media-type-advice = The kinds that can be read are named below. Send one of these.
problem-headers-too-large = Your browser sent too much
problem-headers-too-large-advice = Delete the cookies of this site in your browser, and try again.
problem-invalid-parameter = This address asks for something that cannot be
problem-invalid-parameter-advice = Nothing is shown, so that no list looks narrower than it is. Put right what is named below, or leave it out.
problem-unknown-parameter = This address asks for something unknown
problem-unknown-parameter-advice = Nothing is shown, so that no list looks narrower than it is. What is named below may be misspelled; or leave it out.
problem-internal-error = Something went wrong here
problem-internal-error-advice = The fault is ours, and has been noted. Trying again may help.
problem-unavailable = This site is being looked after
problem-unavailable-advice = Its texts cannot be read at the moment. Please try again in a few seconds.
problem-revision-awaited = This is not here yet
problem-revision-awaited-advice = A change that you have seen is still on its way to this server. Please try again in a few seconds.
problem-too-expensive = This takes too long to find
problem-too-expensive-advice = Search for rarer words, or choose another filter; then there is less to look through.
problem-too-many-requests = Too much has been asked for from your network
problem-too-many-requests-advice = Wait a minute, and go on more slowly.
problem-overloaded = Too many people are reading at the moment
problem-overloaded-advice = Please try again in a few seconds.
problem-http-error = This request was refused
problem-http-error-advice = Please go back, or start again from the home page.

## Verdicts on quotations. $who is the name of a person or "the interviewee"; $what names differences.

list-and = { $before } and { $last }
list-or = { $before } or { $last }
person-unknown = somebody whom the transcript does not name
person-somebody = somebody else
verdict-exact = Said word for word
verdict-exact-sentence = { $who } said this, character for character.
verdict-folded = Said in these words
verdict-folded-sentence = { $who } said this in the same words; only how they are written differs.
verdict-elided = Said, with marked changes
verdict-elided-sentence = { $who } said this, apart from what the quotation itself marks.
verdict-marked = { $who } said this, and the quotation marks its changes: { $what }.
verdict-by-whom = Said, but by whom is not certain
verdict-nearly = Said in nearly these words
verdict-nearly-sentence = { $who } said this in nearly the same words: { $what }.
verdict-altered = Not said in these words
verdict-altered-negation = Said, but a “not” is missing or added
verdict-altered-number = Said, but with another number
verdict-altered-name = Said, but with another name
verdict-altered-opposite = Said, but a word was turned around
verdict-altered-unit = Said, but in another unit
verdict-altered-quantifier = Said, but of more or fewer
verdict-altered-limit = Said, but with another limit
verdict-altered-modality = Said, but more or less surely
verdict-but = { $who } said this, but { $what }.
verdict-close = { $who } said something close to this, but { $what }.
verdict-altered-by-another = { $who } said something close to this, not { $claimed }: { $what }.
verdict-misattributed = Said by somebody else
verdict-by-another = { $who } said this, not { $claimed }.
verdict-by-another-marked = { $who } said this, not { $claimed }, apart from what the quotation itself marks.
verdict-not-found = Not found here
verdict-not-found-sentence = No transcript in this archive was found to say this, or nearly this.
verdict-nearest = The closest passage is by { $who }, and says something else.
verdict-corrected = The transcript was corrected
verdict-corrected-sentence = The words stood so in revision { NUMBER($revision, useGrouping: 0) } of the transcript, and were corrected since.
verdict-redacted = Some words of this passage were taken out of the transcript.
difference-more = { $count ->
    [one] one more difference
   *[other] { $count } more differences
}
difference-replaced = it has “{ $quoted }” where { $who } said “{ $stands }”
difference-replaced-negation = it has “{ $quoted }” where { $who } said “{ $stands }”, which can turn the meaning around
difference-replaced-number = the number is different: { $stands }, not { $quoted }
difference-replaced-name = the name is different: { $stands }, not { $quoted }
difference-replaced-opposite = a word is turned around: “{ $stands }”, not “{ $quoted }”
difference-replaced-unit = the unit is different: “{ $stands }”, not “{ $quoted }”
difference-replaced-quantifier = how many is different: “{ $stands }”, not “{ $quoted }”
difference-replaced-limit = when or for whom it holds is different: “{ $stands }”, not “{ $quoted }”
difference-replaced-modality = how sure it is, is different: “{ $stands }”, not “{ $quoted }”
difference-left-out = the quotation leaves out “{ $stands }” without saying so
difference-left-out-negation = the quotation leaves out “{ $stands }”, which can turn the meaning around
difference-added = “{ $quoted }” is added
difference-added-negation = “{ $quoted }” is added, which can turn the meaning around
difference-omitted = “{ $stands }” is left out
difference-omitted-negation = “{ $stands }” is left out at the ellipsis, which can turn the meaning around
difference-inserted = “{ $quoted }” is put in brackets for “{ $stands }”
difference-inserted-alone = “{ $quoted }” is put in brackets
difference-moved = “{ $quoted }” stands in another place
likeness-replaced-number = the number is the same, written “{ $stands }” there
likeness-replaced-spelling = “{ $quoted }” is spelled “{ $stands }” there
likeness-replaced-abbreviation = “{ $quoted }” stands for “{ $stands }”
likeness-replaced-contraction = “{ $quoted }” is another form of “{ $stands }”
likeness-replaced-accent = “{ $quoted }” has other accents: “{ $stands }”
likeness-replaced-hyphen = “{ $quoted }” is written “{ $stands }” there
likeness-replaced-slip = “{ $quoted }” looks like a slip for “{ $stands }”
likeness-left-out-filler = the quotation leaves out “{ $stands }”, a filler
likeness-left-out-repetition = the quotation leaves out “{ $stands }”, a repetition
likeness-left-out-sound = the quotation leaves out “{ $stands }”, a sound
likeness-added-filler = “{ $quoted }”, a filler, is added
likeness-added-repetition = “{ $quoted }” is repeated
caution-meaning-omitted = What is left out may change the meaning.
caution-question-mark = A question became a statement, or the other way round.
caution-speaker-unknown = The transcript does not say who speaks, so it cannot tell whether that was { $claimed }.
caution-speaker-unnamed = The transcript does not name the speaker, so it cannot tell whether that was { $claimed }.
caution-same-name = Somebody else of the same name said it; it may not be the { $claimed } who is meant.
caution-parts-apart = The two halves of the quotation were not said together.
caution-sound-left-out = The transcript notes a sound between the words.
caution-listener-left-out = A listener puts in a word between.

## The quote checker

check-title = Was this said?
check-lead = Paste a quotation, and see whether it was said, by whom, where, and in which words.
check-label = A quotation, or a whole article
check-hint = An ellipsis marks what is left out, and brackets what is put in. In an article, everything in quotation marks is checked.
check-speaker-label = Who is said to have said it (may be left empty)
check-what = What is checked
check-what-words = The words themselves: each is compared with what was said. That two texts are alike is not enough, because one “not” more means the opposite.
check-what-article = Of an article, each quotation, attributed to whom the words beside it name.
check-what-stored = Nothing that is pasted is stored. The address of a checked quotation has its words in it, so that it can be shared.
check-quoted = As quoted
check-stands = As it stands in the transcript
check-nearest = The closest passage, which says something else
check-asked = Asked:
check-others = { $count ->
    [one] It stands in one more place
   *[other] It stands in { $count } more places
}
check-incomplete = There are more places than are shown.
check-read-before = Read it as it stood
check-again = Check another one
check-article-title = { $count ->
    [0] No quotation was found
    [one] One quotation checked
   *[other] { $count } quotations checked
}
check-not-stored = What you pasted is not stored, and this page has no address of its own. Each quotation has one.
check-no-quotations = There is nothing in quotation marks, of three words or more, that looks like a quotation.
check-as-one = Check all of it as one quotation
check-attributed = Attributed to { $who }.
check-line = In line { NUMBER($line, useGrouping: 0) }
check-address = Address of this check
check-cut = Only the first { $count } quotations are shown. Check the rest by itself.
check-titles = Not checked: these look like titles or terms, and were not said
doubt-several-names = Several names stand beside it, so it is checked for everybody.
doubt-same-name = Several people have this name; any of them is taken for the speaker.
doubt-other-name = Another name stands beside it, so it is checked for everybody.
doubt-unnamed = Somebody else seems to say it, so it is checked for everybody.
tally-said = { $count } said so
tally-look = { $count } to look at
tally-wrong = { $count } not said so
tally-unknown = { $count } not found
read-in-place = Read it in its place
# $time is the time in the recording, such as 1:02:03.
at-time = at { $time }
mark-not-said = Not said:
mark-said = Said:
mark-stands-there = What stands there:
legend-words = words
legend-not-said = quoted, and not said
legend-said = said, and not quoted
legend-marked = what stands where the quotation has a mark
legend-written = written in another way
legend-moved = in another place

## Revisions and what differs between them

revisions-title = Revisions of { $title }
revisions-heading = Revisions
revisions-only-one = This is the first revision; nothing was corrected since.
revisions-all = All revisions
revision-number = Revision { NUMBER($number, useGrouping: 0) }
revision-current = current
revision-changes = { $count ->
    [0] No question or answer changed.
    [one] One question or answer changed.
   *[other] { $count } questions and answers changed.
}
revision-read = Read it
revision-not-kept = Its text was not kept.
revision-differs = What changed since revision { NUMBER($before, useGrouping: 0) }
revision-differs-now = What changed until today
difference-title = What changed in { $title }
difference-heading = What changed from revision { NUMBER($before, useGrouping: 0) } to { NUMBER($after, useGrouping: 0) }
difference-count = { $count ->
    [0] Every turn reads the same.
    [one] One turn differs.
   *[other] { $count } turns differ.
}
difference-elsewhere = What changed is how turns are put together to questions and answers, or what belongs to them, such as topics; or words were taken out of every revision.
difference-stated = About the interview
difference-turns = In what was said
difference-same = { $count ->
    [one] One turn is the same.
   *[other] { $count } turns are the same.
}
difference-not-shown = { $count ->
    [one] One more turn differs, and is not shown.
   *[other] { $count } more turns differ, and are not shown.
}
mark-before = before
mark-now = now
stated-title = Title
stated-published = Date
stated-publisher = Publisher
stated-series = Series
stated-language = Language
stated-source-url = Published at
stated-rights = Rights
stated-summary = Summary
turn-added = added
turn-removed = taken out
turn-kind-question = now a question
turn-kind-answer = now an answer
turn-kind-statement = now a statement
turn-kind-note = now a note
turn-kind-heading = now a heading

## Descriptions for other sites

about-interview = { $count ->
    [one] One question and what was answered. With { $people }.
   *[other] { $count } questions and what was answered. With { $people }.
}
about-speaker = { $count ->
    [0] What { $who } said, word for word.
    [one] One answer of { $who }, word for word.
   *[other] { $count } answers of { $who }, word for word.
}
about-topic = { $count ->
    [one] One question about { $topic }, and what was answered.
   *[other] { $count } questions about { $topic }, and what was answered.
}
feed-questions-of = Questions of { $of }
feed-answers-of = Answers of { $of }
feed-questions-on = Questions on { $of }
opensearch-description = Search what was asked and answered: { $site }

## Embeds

embed-read-on = Read on
embed-unanswered = No answer is recorded.
embed-heading = Show this on another site
embed-frame = As a frame, without any script
embed-quotation = As a quotation

## The same question, put to others

asked-title = Who else was asked this?
asked-elsewhere = The same question, put to others
asked-nobody = Nobody else was asked this here.
asked-related = On the same matter
asked-none-related = Nothing else here is on the same matter.
asked-shared = Both speak of { $words }

## Comparing what people say

compare-title = What people say on { $topic }
compare-choose-title = Compare what people say
compare-lead = Choose a topic, and see what two to four people say on it, side by side.
compare-people = Who is compared? Choose two to four people.
compare-button = Compare
compare-one = Only one person answers questions on this topic:
compare-nobody = Nobody answers a question on this topic.
compare-answers = { $count ->
    [0] No answers
    [one] One answer
   *[other] { $count } answers
}
compare-asked = Asks
compare-more = All of them
compare-others = Compare others

## Searching

search-title = Search
search-results-title = { $query }: what was said
search-count = { $count ->
    [0] Nothing was found.
    [one] One place was found.
   *[other] { $count } places were found.
}
search-count-at-least = More than { $count } places were found.
search-searched = Searched for { $query } instead:
search-as-written = Search for { $query }
search-meant = Did you mean { $query }?
search-named = You may look for
search-verify = Check these words as a quotation
search-help = Put words in “quotation marks” to find them in a row; a minus leaves words out.
search-nothing = Try fewer or other words.
search-some = Few places have all the words; those with some of them follow.

## The editor's desk

desk = Editor’s desk
desk-sections = Sections of the desk
desk-nav-interviews = Interviews
desk-nav-people = People
desk-nav-topics = Review topics
desk-nav-new = New interview
desk-nav-held = Held back
desk-nav-withdrawn = Withdrawn
desk-signed-in = Signed in with the key { $key }
desk-sign-out = Sign out
desk-sign-out-everywhere = Sign out everywhere
desk-find = Words of the title
desk-find-button = Find
desk-none-found = No title has these words.
sign-in = Sign in
sign-in-lead = The desk is for those who put right how interviews were understood. The words of an interview are never changed.
sign-in-key = Your key
sign-in-hint = It begins with quoth_. The operator of this server makes keys.
sign-in-no-keys = No key has been made yet, so nobody can sign in. The operator of this server makes one with this command:
desk-edit-title = Edit: { $title }
desk-read-it = As readers see it
desk-history = History
desk-reason = Why (everybody can read it)
desk-undo = Undo the last step
desk-people = Who takes part
desk-name = Name
desk-role = Role
desk-role-interviewer = asks
desk-role-interviewee = answers
desk-role-moderator = moderates
desk-role-audience = asks from the audience
desk-role-interpreter = interprets
desk-role-unknown = not known
desk-inferred = inferred
desk-say-person = Say so
desk-same = Is the same person as
desk-say-same = Make them one
desk-labels = In the file:
desk-record = What is said
desk-join-question = Join with the question before
desk-no-question = No question at all
desk-turn = turn { $number }
desk-nobody = nobody
desk-stated = stated by an editor
desk-kind-question = Question
desk-kind-answer = Answer
desk-kind-statement = Neither
desk-kind-note = Note
desk-kind-heading = Heading
desk-kind-speech = Speech
desk-open = More
desk-close = Close
desk-all = Do this with every turn that is labelled { $label }
desk-who = Who speaks
desk-speaker = Somebody of this interview
desk-choose = Choose
desk-new-name = Or somebody else, by name
desk-say-who = Say who speaks
desk-what = What it is
desk-pairing = What it answers
desk-question = The question
desk-move = Answer this question
desk-answers-nothing = Answers nothing
desk-topics = Topics of the question
desk-topic-is-confirmed = confirmed
desk-topic-is-proposed = suggested
desk-topic-is-rejected = rejected
desk-topic-confirmed = Confirm
desk-topic-rejected = Reject
desk-topic-name = Another topic, by name
desk-topic-add = Add the topic
desk-part-join = Part and join
desk-part-at = The second part begins with this sentence
desk-part-words = Or with these words
desk-part = Part in two
desk-join = Join with the next turn
desk-stated-here = What is stated here
desk-take-back = Take back
desk-told-exchange = An exchange: turns that ask: { $questions }, turns that answer: { $answers }
desk-told-part = Parted before “{ $words }”
desk-told-join = Joined with the next turn
desk-told-speaker = Spoken by { $name }
desk-told-nobody = Spoken by nobody
desk-told-kind = Is: { $kind }
desk-page-of = Page { $page } of { $pages }
desk-keys = Keys
desk-key-move = the next turn, the turn before
desk-key-answer = the turn is an answer
desk-key-question = the turn is a question
desk-key-note = the turn is a note
desk-key-open = open the turn
desk-key-undo = undo the last step
desk-key-help = these keys
desk-refused = Nothing was changed
desk-back-to = Back to { $title }
desk-stale = Somebody else has changed this interview
desk-stale-lead = Nothing of yours was written, because the interview is no longer what you saw.
desk-changed-by = { $who }, { $when }
desk-somebody = somebody
desk-see-changes = See what changed
desk-do-again = Do it again with the interview as it is now
desk-metadata = Title, date and publisher
desk-metadata-title = Title, date and publisher of { $title }
desk-metadata-lead = What you change is stated over what the file says. Empty a field to leave it to the file.
desk-metadata-button = Save what was changed
desk-field-title = Title
desk-field-slug = Name in addresses (small letters, digits and hyphens)
desk-field-published = Published (a year, a month as 2023-11, or a day as 2023-11-05)
desk-field-language = Language (a code, such as en or pt-BR)
desk-field-publisher = Publisher
desk-field-series = Series
desk-field-source_url = Address of the publication
desk-field-summary = Summary
desk-field-rights = Rights
desk-history-title = History of { $title }
desk-versions = What was stated
desk-no-versions = Nothing is stated beyond what the file says.
desk-version = Version { $number }
desk-in-force = in force
desk-what-changed = What it changed
desk-state-again = State version { $number } again
desk-state-nothing = State nothing, as before the first version
desk-earlier = Earlier versions
desk-trail = Everything that was done with it
desk-change = { $noun }, { $action }: { $count }
desk-revisions = Compare its revisions
desk-new = A new interview
desk-new-lead = Choose a transcript. First you see what is understood of it; nothing is stored until you load it.
desk-file = Replace its file
desk-file-lead = Choose a corrected transcript of this interview. First you see what it changes; nothing is stored until you load it.
desk-file-choose = The transcript
desk-file-metadata = Metadata files, if there are any (TOML or JSON)
desk-file-keep = Keep a text that says nowhere who speaks
desk-file-box-keep = the box “Keep a text that says nowhere who speaks”
desk-file-replace = The words may be other ones than now
desk-file-tick-replace = tick “The words may be other ones than now”
desk-file-of-its-page = replace the file on the page of that interview
desk-file-replace-of = Replace the file of { $name }
desk-file-no-scope = Loading files needs a key with the scope “write”.
desk-file-check = See what is understood
desk-file-stale = Somebody else has changed this interview since you looked. See again what the file changes.
desk-file-unchanged = This file is stored already, and loading it would change nothing:
desk-file-held = It would be held back until { $when }.
desk-file-correction = This file is a correction of the interview { $name }, which is there. If it is another interview, state another slug in its metadata.
desk-file-see-changes = See what it changes there
desk-file-nothing-yet = Nothing is stored yet.
desk-file-again = This file is too large to be kept in this page. Choose it again to load it.
desk-file-load = Load
desk-file-cancel = Cancel
desk-file-changes = What it changes
desk-file-understood = What is understood
desk-file-format = Format
desk-file-recognized = Recognized from the file
desk-file-chosen = chosen here
desk-file-given = What you know of it
desk-file-given-lead = It goes over what the file says. What is left empty is left to the file; names of people come next.
desk-file-put-right = Put right before it is loaded
desk-file-put-right-lead = Another format, title, date, name or role than was understood. What you do not change is left to the file.
desk-file-check-again = See again what is understood
desk-file-other = This is not what you have seen: what you have changed is taken in now. Look at it, and load it.
desk-file-published = Published
desk-file-language = Language
desk-file-publisher = Publisher
desk-file-series = Series
desk-file-source_url = Address of the publication
desk-file-counts = In it
desk-file-turns = { $count ->
    [one] { $count } turn
   *[other] { $count } turns
    }
desk-file-questions = { $count ->
    [one] { $count } question
   *[other] { $count } questions
    }
desk-file-answers = { $count ->
    [one] { $count } answer
   *[other] { $count } answers
    }
desk-file-unanswered = { $count ->
    [one] { $count } question without an answer
   *[other] { $count } questions without an answer
    }
desk-file-roles = Who asks is not known, so there are no questions. Say it above, where it is put right before it is loaded, or later on the page of the interview.
desk-file-remarks = Remarks
desk-file-remark = Remark { $number }
desk-file-no-remarks = There are none.
desk-file-line = Line { $line }, column { $column }
desk-file-more = and { $count } more
desk-file-bytes = What each part of the file is
desk-file-class = Part
desk-file-byte-count = Bytes
desk-file-cut = Only the first 100,000 characters are shown.
desk-file-open = Statements that mean nothing with this file, and are kept until they do again
desk-byte-text = What is said
desk-byte-label = Who speaks
desk-byte-time = Times
desk-byte-markup = Markup
desk-byte-front_matter = Front matter
desk-byte-source_line = Source line
desk-byte-note = Notes
desk-byte-blank = White space
desk-outcome-created = comes
desk-outcome-restored = comes back
desk-outcome-changed = changes
desk-outcome-moved = moves
desk-outcome-kept = stays
desk-outcome-deleted = goes
desk-withhold = Redact, hold back or withdraw
desk-withhold-stale = Somebody else has changed this interview since you looked. Look again at what would be done.
desk-redact = Take words out for good
desk-redact-lead = Words are taken out of every revision too, and the source files are not given out any more. It cannot be undone. First you see each place.
desk-redact-turn = In turn { $number }:
desk-redact-words = The words, wherever the interview has them
desk-redact-words-of-turn = The words to take out of this turn; empty for all of it
desk-redact-check = Show what would go
desk-redact-found = { $count ->
    [one] { $count } passage would go
   *[other] { $count } passages would go
    }
desk-redact-also = Turns of past revisions that lose the words too: { $past }. Source files that are withheld: { $files }.
desk-redact-left = The same words stay here, because they were not asked for:
desk-redact-confirm = Take these words out for good
desk-redact-this = Redact this turn or words of it
desk-select = Select the words in the text
desk-select-title = Take words out of { $title }
desk-select-lead = Select words in a turn. You first see each place that would go, and confirm it.
desk-select-keys = By keyboard: Tab goes to a turn, the arrow keys from word to word, with Shift they select more, and Enter goes to the button.
desk-select-no-script = Without scripts words cannot be selected: follow the link of a turn, and write them, or take out all of it.
desk-select-none = No words are selected.
desk-select-several = Select words within one turn.
desk-select-everywhere = Everywhere in the interview, and not only here
desk-select-button = Redact the selected words
desk-select-whole = Whole turn
desk-hold = Hold it back
desk-hold-lead = Nobody can read the interview until then. It is published again by itself.
desk-hold-until = Until (UTC)
desk-hold-button = Hold it back
desk-held-none = No interview is held back.
desk-held-until = Until { $when }
desk-release = Publish { $name } now
desk-withdrawn-none = No interview is withdrawn.
desk-withdrawn-lead = The files of these interviews are refused. Once that is lifted they can be loaded again, as new interviews; nothing comes back by itself.
desk-withdrawn-files = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
desk-lift = Allow the files of { $name } again
desk-withdraw = Withdraw it
desk-withdraw-lead = The interview is deleted for good, with its files and its history. Its addresses say that it was withdrawn, when and why.
desk-withdraw-slug = To confirm, write { $slug }
desk-withdraw-button = Withdraw it for good
desk-back = Back
desk-people-stale = Somebody else has changed one of them since you looked. Look again at who they are now.
desk-pair = { $first } and { $second }
desk-likelihood-very-likely = very likely
desk-likelihood-likely = likely
desk-likelihood-possible = possible
desk-likelihood-unlikely = unlikely
desk-speaks-for = For it:
desk-speaks-against = Against it:
desk-look-at-both = Look at both
desk-look-again = Look at both again
desk-doubles = { $count ->
    [0] Nobody is proposed as a double
    [one] One pair may be one person
   *[other] { $count } pairs may be one person each
    }
desk-doubles-lead = { $count ->
    [one] One person who has a name was compared.
   *[other] All { $count } people who have a name were compared: other spellings, scripts and orders, initials, aliases and pages.
    }
desk-like = Who is the same person as { $name }?
desk-statements = Who is one person and who is not
desk-statements-newest = What was stated last
desk-no-statements = Nothing was stated of this.
desk-merged = { $other } is { $keep }
desk-distinct = { $first } and { $second } are two people
desk-distinct-button = They are two people
desk-are-distinct = They are stated to be two people, and are not proposed as one. Undo that below if they are one person after all.
desk-parted = { $count ->
    [one] { $speaker } is { $other } in one interview
   *[other] { $speaker } is { $other } in { $count } interviews
    }
desk-is-undone = undone
desk-undone-by = Undone by { $who }, { $when }
desk-undo-this = Undo
desk-merged-into = Merged into this person: { $names }
desk-as-read = merged, was
desk-part-person = Somebody else in some of these interviews?
desk-part-lead = Tick the interviews above in which it is somebody else. What is said there is given to a person with a page of their own. It can be undone.
desk-part-name = Name of the other one, if it is not the same
desk-part-button = These are somebody else
desk-part-choose = Tick the interviews in which it is somebody else.
desk-somebody-else = The same person under another name?
desk-one-person = Are they one person?
desk-not-proposed = Nothing in their names, pages and affiliations speaks for it by itself.
desk-both-take-part = Both take part in the same interview, so they are two there. If one person has two labels in it, make them one on the page of that interview:
desk-said-last = What they answered last
desk-merge-lead = What both said becomes that of the one who is kept. The names of the other one stay as aliases, and the other address leads to the one who is kept. It can be undone.
desk-merge = One person: keep { $keep }
desk-person-page = In all interviews
desk-any = any
desk-least = At least this sure
desk-at-least = at least { $percent } % sure
desk-percent = { $percent } %
desk-state = What was decided
desk-state-proposed = waits for a decision
desk-state-confirmed = accepted
desk-state-rejected = rejected
desk-order-interview = by interview, as they are asked
desk-order-sure = the surest first
desk-order-unsure = the least sure first
desk-show = Show
desk-suggestions-proposed = { $count ->
    [0] No suggestion waits for a decision.
    [one] One suggestion waits for a decision.
   *[other] { $count } suggestions wait for a decision.
    }
desk-suggestions-confirmed = { $count ->
    [0] No suggestion was accepted.
    [one] One suggestion was accepted.
   *[other] { $count } suggestions were accepted.
    }
desk-suggestions-rejected = { $count ->
    [0] No suggestion was rejected.
    [one] One suggestion was rejected.
   *[other] { $count } suggestions were rejected.
    }
desk-suggestion-changed = { $topic }: somebody else has changed this suggestion, or what it rests on, since you looked. It is now: { $state }.
desk-suggestion-gone = This topic is not suggested for the question any more.
desk-review-of = { $topic }?
desk-sure = { $percent } % sure
desk-review-none = There is nothing to decide here.
desk-review-end = This is the end of the list.
desk-review-again = { $count ->
    [one] Begin again with the one that was left
   *[other] Begin again with the { $count } that were left
    }
desk-review-here = Review what is suggested for this interview
desk-topic-page = Everything on { $topic }
desk-why-suggested = What speaks for it
desk-why-words-question = { $count ->
    [one] In the question: { $words }
   *[other] In the question, { $count } times: { $words }
    }
desk-why-words-answer = { $count ->
    [one] In the answer: { $words }
   *[other] In the answer, { $count } times: { $words }
    }
desk-why-elsewhere = “{ $words }” stands elsewhere in the interview, or in its title.
desk-why-tag = The source of the interview is tagged “{ $words }”.
desk-why-like-question = { $percent } % like a question that has this topic ({ $terms }):
desk-why-like-interview = The interview is { $percent } % like one that has this topic ({ $terms }):
desk-asks = Asked
desk-answers = Answered
desk-turn-begun = … This turn begins earlier.
desk-turn-cut = … This turn goes on.
desk-turns-omitted = { $count ->
    [one] One more turn is not shown.
   *[other] { $count } more turns are not shown.
    }
desk-other-topics = Other topics of this question
desk-decide = Decide
desk-accept = Accept
desk-reject = Reject
desk-wait = Decide later again
desk-skip = Skip
desk-topics-of = Topics of { $title }
desk-topics-stale = Somebody else has changed the topics of this question since you looked. Look again at what they are now.
desk-no-questions = This interview has no questions.
desk-has-confirmed = Topics
desk-has-proposed = Suggested
desk-has-rejected = Rejected
desk-add-topic = Another topic
desk-add = Add
desk-remove = Remove
done-topic-accepted = Accepted.
done-topic-rejected = Rejected. It will not be suggested for this question again.
done-topic-waits = It waits for a decision again.
done-topic-undone = Undone.
done-topic-stated = Done. “Undo the last step” takes it back.
done-merged = They are one person now. “Undo” below sets them apart again.
done-distinct = They are two people, and are not proposed as one any more. “Who is one person and who is not” takes it back.
done-one-already = They are one person already.
done-parted = It is somebody else there now. “Undo” below takes it back.
done-set-apart = Undone: they are again whom the files alone tell of.
done-distinct-undone = Undone: they may be one person again.
done-redacted = The words are taken out.
done-held-back = The interview is held back.
done-released = The interview is published.
done-lifted = The files can be loaded again.
done-withdrawn = The interview is withdrawn.
done-loaded = The file is loaded.
done-held = The file is loaded, and held back until the end of its embargo.
done-topic = Done. It can be taken back in the same place.
done-step = Done. “Undo the last step” takes it back.
done-undone = Undone. Undo again to bring it back; the history leads to every earlier state.
done-version = That state is stated again.
done-nothing = Nothing was to be changed.
