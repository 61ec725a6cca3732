"""JSON-LD in the vocabulary of schema.org for the pages of a site: what each page is, and what it is about.

The page of a question is a QAPage, that of a speaker a ProfilePage, that of a topic a CollectionPage about a
DefinedTerm, and that of an interview or an answer a WebPage whose main entity is a Conversation (the vocabulary has no
interview) or an Answer. Things have the same ids as in the exported interview. Nobody has a name here whom the source
does not name. `base` begins addresses; without one there are none, because they would have to be absolute.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.exports.entries import shortened
from app.exports.format import Item, page_of, timestamp, urn
from app.exports.json_ld import CONTEXT, present

Node = dict[str, Any]
# Characters of a question as a name, at most.
_NAME = 150
# A level above a page: its name, and its path.
Level = tuple[str, str]


def site(title: str, base: str) -> Node:
    """Describe the home page: the site, and how it is searched."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base}/search?q={{search_term_string}}"},
        # How the vocabulary of actions names an input (schema.org/docs/actions.html).
        "query-input": "required name=search_term_string",
    }
    return _page("WebSite", title, base, "/", {"potentialAction": search if base else None})


def question_page(item: Item, base: str, above: Sequence[Level] = ()) -> Node:
    """Describe the page of a question with its answers, as find_question() returns it; `above` are levels above it."""
    interview = item["interview"]
    question = _question(item, interview, base)
    answers = [_said("Answer", each, each["speaker"], interview, base) for each in item["answers"]]
    question |= {"answerCount": len(answers), "suggestedAnswer": answers or None, "isPartOf": _origin(interview, base)}
    whole = {**_of_interview(interview), "mainEntity": present(question)}
    return _page("QAPage", question["name"], base, f"/questions/{item['id']}", whole, above)


def answer_page(item: Item, base: str, above: Sequence[Level] = ()) -> Node:
    """Describe the page of an answer with its question, as find_answer() returns it."""
    interview = item["interview"]
    question = _question(item["question"], interview, base)
    answer = _said("Answer", item, item["speaker"], interview, base)
    answer |= {"parentItem": question, "isPartOf": _origin(interview, base)}
    whole = {**_of_interview(interview), "mainEntity": answer}
    return _page("WebPage", question["name"], base, f"/answers/{item['id']}", whole, above)


def interview_page(item: Item, base: str, above: Sequence[Level] = ()) -> Node:
    """Describe the page of an interview, as find_interview() returns it; the record itself is not repeated."""
    conversation = _origin(item, base) | {
        "inLanguage": item["language"],
        "dateModified": timestamp(item["modified_at"]),
        "abstract": item["summary"],
        "copyrightNotice": item["rights"],
        "about": [{"@type": "DefinedTerm", "name": one["label"], "termCode": one["slug"]} for one in item["topics"]],
        "contributor": [_person(one, base) for one in item["people"]],
    }
    whole = {**_of_interview(item), "mainEntity": present(conversation)}
    return _page("WebPage", item["title"], base, f"/interviews/{item['slug']}", whole, above)


def speaker_page(item: Item, base: str, above: Sequence[Level] = ()) -> Node:
    """Describe the page of a speaker, as find_speaker() returns it."""
    about = _person(item, base) | {"alternateName": item["aliases"], "sameAs": item["same_as"]}
    whole = {"mainEntity": present(about)}
    return _page("ProfilePage", item["display_name"], base, f"/speakers/{item['slug']}", whole, above)


def topic_page(item: Item, base: str, above: Sequence[Level] = ()) -> Node:
    """Describe the page of a topic, as find_topic() returns it."""
    about = {
        "@id": item["uri"],
        "@type": "DefinedTerm",
        "name": item["label"],
        "termCode": item["notation"] or item["slug"],
        "description": item["definition"],
        "alternateName": item["alternative_labels"],
        "sameAs": item["exact_match"],
    }
    return _page("CollectionPage", item["label"], base, f"/topics/{item['slug']}", {"about": present(about)}, above)


def quotation_page(name: str, text: str, match: Item | None, base: str) -> Node:
    """Describe the page of a checked quotation. `match` is the passage that says it; without one, the words are only
    what the page is about.
    """
    quotation: Node = {"@type": "Quotation", "text": text}
    if match is None:
        return _page("WebPage", name, "", "", {"about": quotation})
    by = match["speaker"]
    quotation |= {"text": match["text"], "creator": by and _person(by, base)}
    quotation["isPartOf"] = _origin(match["interview"], base)
    return _page("WebPage", name, "", "", {"mainEntity": present(quotation)})


def list_page(kind: str, name: str, base: str = "", path: str = "") -> Node:
    """Describe a page that lists something: a CollectionPage, or SearchResultsPage."""
    return _page(kind, name, base, path, {})


def _page(kind: str, name: str, base: str, path: str, more: Mapping[str, Any], above: Sequence[Level] = ()) -> Node:
    address = f"{base}{path}" if base and path else None
    levels = _breadcrumb([*above, (name, path)], base) if above and base else None
    return present({"@context": CONTEXT, "@type": kind, "name": name, "url": address, "breadcrumb": levels, **more})


def _breadcrumb(levels: Sequence[Level], base: str) -> Node:
    items = [
        {"@type": "ListItem", "position": place, "item": {"@type": "WebPage", "@id": f"{base}{path}", "name": name}}
        for place, (name, path) in enumerate(levels, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _of_interview(interview: Item) -> Node:
    return {"inLanguage": interview["language"], "datePublished": interview["published"]}


def _question(item: Item, interview: Item, base: str) -> Node:
    question = _said("Question", item, item["asked_by"], interview, base)
    topics = [{"@type": "DefinedTerm", "name": one["label"], "termCode": one["slug"]} for one in item["topics"]]
    return present({**question, "name": shortened(item["text"], _NAME), "about": topics})


def _said(kind: str, item: Item, by: Item | None, interview: Item, base: str) -> Node:
    return present(
        {
            "@id": f"{urn(interview['id'])}#{item['id']}",
            "@type": kind,
            "identifier": item["id"],
            "url": page_of(base, kind.lower(), item["id"]) if base else None,
            "text": item["text"],
            "inLanguage": interview["language"],
            "datePublished": interview["published"],
            "author": by and _person(by, base),
        }
    )


def _origin(interview: Item, base: str) -> Node:
    series, publisher = interview["series"], interview["publisher"]
    return present(
        {
            "@id": urn(interview["id"]),
            "@type": "Conversation",
            "identifier": interview["id"],
            "url": page_of(base, "interview", interview["slug"]) if base else None,
            "name": interview["title"],
            "datePublished": interview["published"],
            "isBasedOn": interview["source_url"],
            # Sources do not say whether it is a person or an organization.
            "publisher": {"name": publisher} if publisher else None,
            "isPartOf": {"@type": "CreativeWorkSeries", "name": series} if series else None,
        }
    )


def _person(item: Item, base: str) -> Node:
    affiliation = item.get("affiliation")
    return present(
        {
            "@type": "Person",
            "name": item["name"],
            "identifier": item["slug"],
            "url": page_of(base, "speaker", item["slug"]) if base else None,
            "affiliation": {"@type": "Organization", "name": affiliation} if affiliation else None,
        }
    )
