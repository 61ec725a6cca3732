"""Knows by their words what people print in and below a talk that nobody says: headings of appendices such as `About
the author`, promotions such as `Read also: ...`, and credits of captions.
"""

import re

from app.transcripts.labels import is_name_shaped

# Characters of a heading of an appendix, and of a promotion, at most.
_LONGEST_HEADING, _LONGEST_PROMOTION = 80, 300
_EDGES = " \t\u00a0#*_:：.-–—|>"
_PEOPLE = (
    r"(?:authors?|interviewers?|interviewees?|hosts?|guests?|speakers?|writers?|editors?|contributors?|photographers?"
    r"|podcast|show|programme|series|project|magazine|journal|museum|archive|transcript|interview|publication)"
)
# Headings below which an editor writes, in the languages of interviews.
_APPENDIX = re.compile(
    rf"""
      about\ (?:(?:the|this|our)\ {_PEOPLE}\b.{{0,40}}|us)
    | (?:further|additional|suggested|recommended|related|more|background)\ (?:reading|information|info
    |resources?|links?
        |articles?|posts?|stories|content|episodes?|material|interviews)
    | read\ (?:more|also|next|on)|more\ (?:from|about|on|like)\ .{{1,50}}|see\ also|related|keep\ reading
    | (?:(?:list|suggested)\ (?:of\ )?)?(?:references?|bibliography|works\ cited|sources?|literature|footnotes?
    |endnotes?)
    | (?:useful\ |external\ )?links?|resources?|(?:editor'?s?\ |show\ |transcript(?:ion)?\ )?notes?|glossary
    |appendix(?:\ \w)?
    | (?:(?:photo|image|picture|music|production)\ )?credits?|acknowledge?ments?|contact(?:\ us)?|imprint
    |licen[cs]e|copyright
    | (?:(?:author|speaker|guest)'?s?\ )?(?:bio(?:graph(?:y|ies))?s?|profiles?)|contributors?|colophon
    | (?:\d{{1,4}}\ )?comments?|leave\ a\ (?:comment|reply)|subscribe|(?:our\ )?newsletter|support\ us|sponsors?
    | tags?|share(?:\ (?:this|on)\b.{{0,40}})?|(?:books?|links?|things|people|items)?\ ?mentioned(?:\ in\ .{{1,40}})?
    | discussion\ questions|you\ (?:may|might)\ also\ like|cite\ this\b.{{0,40}}|how\ to\ cite\b.{{0,40}}
    | über\ (?:d(?:ie|en|as)\ (?:autor(?:in|en|innen)?|gast|projekt|podcast|reihe|gesprächspartner(?:in)?)|uns)
    | zur\ person|(?:weiterführende|weitere)\ (?:links?|literatur|informationen)|literatur(?:verzeichnis
    |hinweise|angaben)?
    | quellen(?:angaben|verzeichnis)?|mehr\ (?:zum\ thema|dazu|informationen|lesen)|anmerkungen?|fu(?:ß
    |ss)noten|impressum
    | danksagung|verwandte\ artikel|kommentare|zum\ weiterlesen|bildnachweise?|steckbrief|biogra(?:f|ph)ie
    | à\ propos(?:\ d.{{1,50}})?|pour\ (?:aller\ plus\ loin|en\ savoir\ plus)|bibliographie|références
    |liens(?:\ utiles)?
    | (?:voir|lire|à\ lire)\ aussi|crédits?|remerciements|commentaires|ressources|mentions\ légales
    | sobre\ (?:el|la|los|o|a)\ (?:autora?|autores|entrevistad[oa]|proyecto|projeto)|acerca\ de\b.{{1,50}}
    | más\ información|(?:otras\ )?lecturas?(?:\ recomendadas?)?|para\ saber\ más|bibliografía|referencias
    |fuentes|enlaces
    | notas|véase\ también|agradecimientos|biografía|comentarios|lea\ también|saiba\ mais|leia\ também
    |referências|fontes
    | agradecimentos|biografia|comentários|l['’]autor[ei]|per\ approfondire|bibliografia|riferimenti|fonti
    |leggi\ anche
    | over\ de\ (?:auteur|interviewer|spreker)|(?:meer|verder)\ lezen|bronnen|lees\ ook|om\ forf(?:atteren|attaren)
    | om\ författaren|läs\ mer|les\ mer|læs\ mere|kilder|källor|об\ автор\w{{1,3}}|читайте\ также|источники|примечания
    | литература|ссылки|комментарии|关于作者|作者简介|關於作者|参考(?:文献|资料)|參考(?:文獻|資料)|延伸[阅閱][读讀]
    | 相[关關](?:[阅閱][读讀]|[链連][接結])
    | [注註][释釋解]|関連(?:リンク|記事)|著者について|プロフィール|脚注|참고\ ?문헌|관련\ ?기사|저자\ ?소개|각주
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about|über|meet|over|om|sobre|à propos de|acerca de|chi è|who is"
    r"|wer ist)[ ]+(?P<name>.{3,60})",
    re.IGNORECASE,
)
# `Read also: Ten boats`, as newspapers print it between the paragraphs of an interview.
_POINTER = re.compile(
    r"(?:also read|read also|read more|read next|more on this|related(?: (?:articles?|stor(?:y|ies)|reading"
    r"|posts?|news))?"
    r"|see also|watch also|don['’]t miss|recommended|lire aussi|à lire(?: aussi)?|voir aussi|lesen sie auch"
    r"|lesen sie mehr"
    r"|mehr (?:dazu|zum thema)|lea también|lee también|te puede interesar|leia também|leia mais|leggi anche|lees ook"
    r"|lees meer|les også|læs også|läs också|czytaj (?:też|także|więcej)|čtěte také|читайте также"
    r"|相关阅读|相關閱讀|関連記事"
    r"|관련 ?기사)[ \t\u00a0]{0,4}(?:[:：|»>–—-]|$).{0,250}",
    re.IGNORECASE,
)
# All of a paragraph in emphasis or in a link that asks for something is printed by the editors.
_SET_OFF = re.compile(
    r"(?:>[ \t]{0,3})?(?:(?P<mark>[*_]{1,3})(?P<marked>.{3,290}?)(?P=mark)"
    r"|!?\[(?P<linked>[^\[\]]{3,250})\]\([^()\s]{1,200}\))[.!]?"
)
_APPEAL = re.compile(
    r"(?:subscribe|sign up|share (?:this|your)|support (?:us|our|this)|donate|follow us|like what you"
    r"|enjoy(?:ed|ing)? (?:this|what)"
    r"|if you (?:enjoy|like)\w{0,2} (?:this|our|what)|read (?:more|also|next|our)|also read|join (?:us|our)"
    r"|download (?:this|our|the)"
    r"|get (?:our|the) |listen to (?:this|the|our) |click here|become a (?:member|patron|supporter)"
    r"|(?:this|the) (?:interview|conversation|transcript|article|post|q\s?&\s?a) (?:was|has been|is|appear"
    r"|first|originally)"
    r"|abonnieren|jetzt (?:abonnieren|spenden|anmelden)|(?:abonnez|inscrivez)-vous|suscr[íi]b|inscreva-se|iscriviti)",
    re.IGNORECASE,
)
_WORK = (
    r"(?:closed[ -]|open[ -]|live[ -])?(?:caption(?:s|ing|ed)?|sub-?titl(?:es?|ing|ed)|subs|sous-titr\w{1,8}"
    r"|untertitel\w{0,6}"
    r"|subt[íi]tul\w{1,6}|legend(?:as|agem|ado)|sottotitol\w{1,5}|ondertitel\w{0,5}|undertext\w{0,5}"
    r"|undertekst\w{0,4}"
    r"|tekst(?:et|ing)|napisy|titulky|feliratok?|altyaz[ıi]\w{0,4}|субтитр\w{0,4})"
)
_MAKING = (
    r"(?:transcri(?:pt|pts|ption|bed)|translat(?:ion|ed)|sync(?:ed|hroni[sz]ed)?|correct(?:ed|ions?)|edited"
    r"|reviewed|encoded"
    r"|übersetzung|übersetzt|traducción|traduction|tradução|traduzione|adaptation|перевод)"
)
_BY = (
    r"[ ](?:provided[ ]|made[ ]|created[ ]|produced[ ]|performed[ ]|réalisés?[ ]|realizad[oa]s?[ ]|im[ ]auftrag[ ])?"
    r"(?:by|von|der|des|par|por|de|da|di|del|door|av|af|a[ ]cura|przez)[ ]"
)
# Captions say who made them, in a cue or on lines of their own.
_CREDIT = re.compile(
    rf"^[\[(♪ ]{{0,3}}(?P<sure>{_WORK})(?:[ ](?:and|&|und|et|y|e)[ ]\w{{3,20}})?(?:{_BY}|[ ]?[:：@©][ ]?).{{1,120}}"
    r"|^(?P<east>(?:字幕|자막)(?: ?(?:制作|製作|志[愿願]者|組|组|提供|翻[译譯]|由|by|제작))?[ :：].{1,40})"
    rf"|^[\[(]?(?P<perhaps>{_MAKING})(?:,? (?:and|&|und|et|y|e)? ?\w{{3,20}})?(?:{_BY}|[ ]?[:：][ ]).{{1,100}}"
    r"|^(?P<site>.{0,60}\bamara\.org\b.{0,60})",
    re.IGNORECASE,
)


def is_appendix(heading: str) -> bool:
    """Whether a heading, or a short paragraph of its own, says that an editor writes below it: `About Jane Roe`."""
    title = " ".join(heading.strip(_EDGES).split())
    if not 0 < len(title) <= _LONGEST_HEADING or title[-1] in "?!,;":
        return False
    if _APPENDIX.fullmatch(title):
        return True
    about = _ABOUT.fullmatch(title)
    return about is not None and is_name_shaped(about["name"]) and about["name"].split()[0].casefold() not in _ARTICLES


def is_promotion(paragraph: str) -> bool:
    """Whether a paragraph of its own points to something else or asks readers for something, and is no speech."""
    body = paragraph.strip()
    if not 0 < len(body) <= _LONGEST_PROMOTION:
        return False
    if _POINTER.fullmatch(body.strip("*_[> ")):
        return True
    set_off = _SET_OFF.fullmatch(body)
    return bool(set_off and _APPEAL.match((set_off["marked"] or set_off["linked"]).strip("*_[ ")))


def credit_in(line: str) -> str | None:
    """Return `sure` if a line of captions says who made them, `perhaps` if it may; None if it does not."""
    match = _CREDIT.match(line.strip()) if line[:1].strip() == "" or not line[:1].islower() else None
    if match is None:
        return None
    return "perhaps" if match["perhaps"] else "sure"


_ARTICLES = frozenset(
    ("the", "a", "an", "der", "die", "das", "den", "le", "la", "les", "el", "los", "il", "lo", "de", "het")
)
