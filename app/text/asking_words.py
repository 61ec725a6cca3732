"""The words with which people ask, by language and by script, as regular expressions.

A language that always writes question marks needs few of them. What stands in a named group asks at the very beginning
only. Words that also begin clauses (`When I was a boy`, `Quando ero piccolo`) ask where an
auxiliary or a request follows.
"""


def _joined(lines: str) -> str:
    return "".join(line.strip() for line in lines.splitlines())


# Words before a question that say nothing by themselves.
FILLERS = _joined(
    r"""
    so|and|but|or|well|now|okay|ok|alright|all right|right|um|uh|er|hm+|yeah|yes|no|oh|ah|then|first|also|again|
    thanks|thank you|please|great|good|sure|interesting|actually|just|i mean|you know|also|und|aber|ja|nein|gut|
    nun|dann|danke|okej|et|mais|alors|donc|bon|bien|oui|ben|merci|y|pero|bueno|entonces|pues|e|ma|allora|então|
    mas|bom|en|maar|och|men|og|a|ale|więc|и|а|но|ну|так|вот
    """
)

_EN_AUX = (
    r"(?:is|are|was|were|do|does|did|can|could|would|will|should|shall|has|have|had|may|might|must)(?:n['’]t| not)?"
)
_EN_SUBJECT = (
    r"(?:you|he|she|it|they|we|i|there|this|that|these|those|the|your|his|her|their|our|my|any|anybody|anyone|anything|"
    r"somebody|someone|people|everybody|everyone|most|all|some|either)"
)
_EN_NOT_ASKED = r"(?:i|we|you|he|she|it|they|people|the|this|that|my|our|his|her|their|your)\b"
_EN = (
    # `What did ...`, `How long were ...`, `Which of these would ...`; but not `What I remember is ...`.
    rf"(?:what|whom|whose|how|where|why|when)(?:['’](?:re|d|ve|ll))?\s+{_EN_AUX}\b|(?P<who>who\s+{_EN_AUX}\b)"
    rf"|(?:what|who|how|where|why|when)['’](?:s|re|d)\s"
    r"(?!(?:interesting|important|nice|great|funny|cool|amazing|weird|strange|worse|more|really|also|so)\b)"
    rf"|(?:what|which|whose|how)\s+(?!{_EN_NOT_ASKED}|(?:to|takes?)\b|{_EN_AUX}\b)(?:[\w’'-]{{1,20}}\s+){{1,6}}?{_EN_AUX}\s"
    r"|(?:what|how) about\b|how come\b|why (?:not|don['’]t)\b"
    r"|what (?:if|else|then|kind|sort|made|happened|brought|led)\b"
    r"|how (?:so|long|many|much|old|often|far)\b|where (?:to|from)\b"
    rf"|(?P<first>(?!do (?:it|this|that|the)\b){_EN_AUX}\s+{_EN_SUBJECT}\b)"
    r"|(?:please\s+)?(?:tell|give|show|walk|take|remind)\s+(?:me|us|our)\b"
    r"|(?:please\s+)?(?:describe|explain|elaborate|introduce|state|spell|discuss|summarize)\s"
    r"|(?:please\s+)?(?:talk|speak|say)\s+(?:to|about|a (?:little|bit)|some|more|something)\b"
    r"|(?:please\s+)?(?:share|name)\s+(?:with|your|some|a)\b"
    r"|i(?:['’]d| would| want(?:ed)?| just want(?:ed)?)\s+(?:also\s+)?(?:like|love|to)\s+(?:you\s+)?(?:to\s+)?"
    r"(?:ask|know|hear|start by asking|begin by asking)\b"
    r"|i(?:['’]m| am| was|['’]ve been)?\s*(?:just\s+|also\s+|really\s+)?(?:wonder(?:ing)?|curious)\b"
    r"(?=.{0,60}\b(?:if|whether|how|what|why|about|when|where|who|to know)\b)"
    r"|(?:my|the|our|another|one|a)\s+(?:next|first|last|final|other|more|follow-?up|second|third)?\s*question\s+"
    r"(?:is|was|would be|for you|i have|about|here)\b|(?:let me|may i|can i)\s+(?:just\s+)?ask\b|any\s+\w+\s+on\s"
)

_DE = _joined(
    r"""
    (?:warum|wieso|weshalb|woher|wohin|womit|wozu|wodurch|woran|worüber|worauf|wofür|wovon|inwiefern|
    inwieweit)\b|(?:was|wie|wann|wo|wer|wen|wem|wessen)\s+
    (?!(?:ich|wir|man|mich|mir|uns|er|sie|es|das|die|der|gesagt)\b)(?:\w+\s+){0,3}?(?:ist|sind|war|waren|hat|haben|
    hatten|hatte|wird|werden|würden?|kann|können|konnten|könnten?|soll|sollen|sollten?|muss|müssen|darf|dürfen|
    macht|machen|machten|meinen|denken|halten|kam|kamen|ging|gingen|sehen|sagen|sagten|heißt|bedeutet|bedeuten|
    passiert|passierte|geschah|gab|gibt)\b|welche[rsnm]?\b|(?P<first>(?:haben|hatten|hast|hattest|sind|bist|waren|warst|
    können|kannst|konnten|könnten|könntest|würden|würdest|möchten|gibt|gab|ist|war|hat|wird|werden|wollen|
    wollten|sollten|müssen|mussten|erinnern|glauben|denken|finden|sehen|kennen|wissen|wussten|hätten|wäre|wären|
    dürfen|stimmt|gehen|haben)\s+(?:sie|du|ihr|er|es|das|die|der|man|wir|ich|dies|jemand|ihre?|ihnen|dir|euch|
    denn|da)\b)|(?:erzählen|beschreiben|erklären|schildern|sagen|berichten|nennen|sprechen)\s+sie\b|(?:erzähl|
    beschreib|erklär|schilder)(?:e|t)?\s|(?:mich|uns) (?:würde )?interessier
    """
)

_FR = _joined(
    r"""
    (?:est[- ]ce\s+qu|qu['’]est[- ]ce|pourquoi\b|combien\b|(?:à|de|avec|pour|chez) (?:qui|quoi)\b)|
    (?:quel(?:le)?s?|lequel|laquelle)\s|(?:comment|où|quand|que|qu['’]|qui|(?:d['’]|
    jusqu['’])où)\s*(?:[\w’'-]{1,20}\s+){0,6}?[\w’']{1,20}-(?:t-)?(?:vous|tu|il|elle|ils|elles|on|nous|ce)\b|
    comment\s+(?:est|était|sont|ça|cela|se|les?|la|vous|tu|avez)\b|qui\s+(?:est|était|a|sont)\b|où\s+(?:est|
    sont|étai)|[\w’']{2,20}-(?:t-)?(?:vous|tu|il|elle|ils|elles|on|nous|ce)\b|(?:racontez|parlez|décrivez|
    expliquez|dites|raconte|parle|explique|décris|dis)(?:-(?:moi|nous)|\s+(?:nous|de)\b)|(?:je (?:voudrais|
    aimerais)|j['’]aimerais)\s+(?:vous\s+)?(?:savoir|demander)
    """
)

_ES = _joined(
    r"""
    ¿|(?:qué|cómo|cuándo|dónde|adónde|quién(?:es)?|cuál(?:es)?|cuánt[oa]s?|por qué|para qué|de qué|en qué|
    a qué)\b|(?:cuénten?(?:os|me|nos)|háblen?(?:os|me|nos)|descríba(?:me|nos)?|explíque(?:me|nos)|díga(?:me|
    nos)|cuénta(?:me|nos)|háblame|dime)\b
    """
)

_PT = _joined(
    r"""
    (?:por que|por quê|o que|que|qual|quais|quantos?|quantas?|quem|onde|de onde)\s+(?:\w+\s+){0,3}?(?:é|era|foi|
    foram|são|você|vocês|o senhor|a senhora|te|lhe|se|significa|aconteceu|fez|mudou|levou|acha|pensa)\b|
    como\s+(?:é|foi|era|você|o senhor|a senhora|se|surgiu|começou|está)\b|(?:conte|fale|descreva|explique|diga|
    conta|fala)(?:-(?:me|nos)|\s+(?:um pouco|sobre|pra|para|de|mais))|(?:você|o senhor|a senhora)\s+(?:pode|
    poderia|acha|lembra|acredita)\b
    """
)

_IT = _joined(
    r"""
    (?:perché|che cosa|cosa|chi|quale|quali|qual|quant[oaie]|dove|come)\s+(?:[\w’']+\s+){0,2}?(?:è|era|sono|
    erano|ha|hai|hanno|avete|aveva|fa|fai|fate|pensa|pensi|pensate|significa|succede|successo|si|mai|vi|le|ti|
    nasce|nato|può)\b|(?:ci|mi)\s+(?:racconti|racconta|parli|parla|descriva|spieghi|spiega|dica|può|puoi)\b|
    (?:racconti|parli|descriva)\b
    """
)

_NL = _joined(
    r"""
    (?:waarom|hoe|wanneer|welke?|wat|wie|waar(?:om|mee|door|van|naar|voor)?)\s+
    (?!(?:ik|wij|we|men|mij|me|ons|hij|zij|ze|het|dat|de)\b)(?:\w+\s+){0,3}?(?:is|zijn|was|
    waren|heeft|hebt|heb|hebben|had|hadden|doet|doe|deed|kunt|kun|kan|kon|zou|wordt|werd|vindt|vind|denkt|denk|
    ging|kwam|betekent|gebeurde|moet|ziet)\b|(?P<first>(?:hebt|heb|had|bent|ben|was|is|kunt|kun|kan|kon|zou|zijn|vindt|
    vind|denkt|denk|weet|gaat|wilt|wil)\s+(?:u|je|jij|jullie|er|het|dat|die|de|ze|hij|zij|we)\b)|(?:vertel|
    beschrijf|leg)\s
    """
)

_SCANDINAVIAN = _joined(
    r"""
    (?:varför|hur|vad|vem|vilken|vilket|vilka|hvorfor|hvordan|hvad|hva|hvem|hvilken|hvilket|hvilke|hvor|var|när|
    når)\s+
    (?!(?:jag|jeg|vi|man|mig|meg|oss|os|han|hon|hun|de|det|den)\b)(?:\w+\s+){0,3}?(?:är|er|var|har|hade|havde|hadde|gör|gør|gjorde|kan|kunde|kunne|skulle|vill|vil|
    ville|tycker|synes|tänker|tenker|tror|blev|ble|kom|betyder|betyr|hände|skjedde|skete|menar|mener|ser|fick|
    fikk|fik)\b|(?P<first>(?:är|er|var|har|hade|havde|hadde|kan|kunde|kunne|skulle|vill|vil|tycker|synes|tror|minns|
    husker|blev|ble|finns)\s+(?:du|ni|det|de|han|hon|hun|den|man|vi|dere|i|der)\b)|(?:berätta|fortell|fortæl|
    beskriv|förklara)\b
    """
)

_PL = _joined(
    r"""
    (?:czy|dlaczego|jak(?! (?:pan|pani|wiadomo|wiecie|wiesz) )|gdzie|skąd|dokąd|kto|co|jaki[ea]?|jaka|jakich|
    któr[yae]|ile|po co|od kiedy|kiedy (?:pan|pani|to|się|zacz))\b|(?:proszę|niech pan|
    niech pani)\s+(?:\w+\s+)?(?:opowie|powie|opis|wyjaśn)|(?:opowiedz|powiedz)
    """
)

_CS = _joined(
    r"""
    (?:proč|jak|kde|kam|odkud|kdo|koho|komu|co|jak[ýáéou]{1,2}|který|která|které|kolik|čím|čeho|k čemu|
    kdy (?:jste|jsi|to|se))\b|(?:máte|měl[ia]? jste|byl[ia]? jste|můžete|mohl[ia]? byste|vzpomínáte|myslíte|
    řekněte|popište|vyprávějte)\b
    """
)

_RU = _joined(
    r"""
    (?:почему|зачем|откуда|куда|сколько|каков[аоы]?|как(?:ой|ая|ое|ие|им|их|ую)|кто|кого|кому|чем|чего|
    что (?:вы|ты|это|вас|было|для|значит|происходит|произошло|случилось|делать|же)|как (?:вы|ты|это|вам|тебе|
    было|началось|получилось|сложил|называ|часто|долго)|когда (?:вы|ты|это) \w+|где (?:вы|ты|это|он|она|они)|
    правда ли|верно ли|есть ли|можно ли|расскажите|расскажи|опишите|объясните|скажите|поделитесь|а вы|
    не могли бы|чому|звідки|скільки|яка?|яке|які|хто|чи|розкажіть|опишіть|поясніть)\b|[\w-]{1,30}\s+ли\s
    """
)

_TR = _joined(
    r"""
    .{0,280}\b(?:m[ıiuü](?:y?d[ıiuü]\w*|s[ıiuü]n\w*|y[ıiuü]z)?|neden|niçin|nasıl|nerede|nereden|hangi|kaç)\b
    """
)

_FI = _joined(
    r"""
    (?:miksi|miten|kuinka|mitä|mikä|missä|mistä|mihin|milloin|kuka|ketkä|millai\w+|minkälai\w+|kerro\w*|
    kuvaile\w*)\b|\w{2,20}(?:ko|kö)\s
    """
)

_HU = _joined(
    r"""
    (?:miért|hogyan|hogy (?:kezd|érz|lát|volt|van)|mikor|hol|honnan|hová|ki|kik|mi|mit|melyik|milyen|mennyi|
    hány|mesélj\w*|mondj\w*)\b
    """
)

_EL = _joined(
    r"""
    (?:τι|πώς|πως|γιατί|πότε|πού|ποιος|ποια|ποιο|ποιοι|πόσ\w+|μήπως|πείτε|πες|μιλήστε)\b
    """
)

_RO = _joined(
    r"""
    (?:de ce|cum|când|unde|cine|ce|care|cât[ăie]?|povestiți|spuneți|descrieți)\s
    """
)

_VI = _joined(
    r"""
    .{0,280}(?:không|phải không|chưa|sao|gì|nào|đâu|ai|thế nào|bao nhiêu|bao giờ)\s{0,2}[.?]?$
    """
)

_ID = _joined(
    r"""
    (?:apa|apakah|siapa|mengapa|kenapa|bagaimana|kapan|di mana|dimana|berapa|ceritakan|jelaskan)\b
    """
)

# What stands at the beginning of a sentence that asks.
BY_LANGUAGE = {
    "en": _EN,
    "de": _DE,
    "fr": _FR,
    "es": _ES,
    "ca": _ES,
    "gl": _ES,
    "pt": _PT,
    "it": _IT,
    "nl": _NL,
    "sv": _SCANDINAVIAN,
    "da": _SCANDINAVIAN,
    "no": _SCANDINAVIAN,
    "nb": _SCANDINAVIAN,
    "nn": _SCANDINAVIAN,
    "pl": _PL,
    "cs": _CS,
    "sk": _CS,
    "ru": _RU,
    "uk": _RU,
    "be": _RU,
    "tr": _TR,
    "fi": _FI,
    "hu": _HU,
    "el": _EL,
    "ro": _RO,
    "vi": _VI,
    "id": _ID,
    "ms": _ID,
}

# What a sentence that asks has in it, in scripts that tell the language.
BY_SCRIPT = (
    # Chinese: particles at the end, question words anywhere but in `什么的` and `没什么`.
    _joined(
        r"""
        [吗嗎么麼呢][。，！…\s]{0,3}$|^(?=.{1,60}$).*(?:为什[么麼]|為什[么麼]|(?<!没)(?<!沒)什[么麼](?!的|都|也)|甚麼|
        怎[么麼样樣]|哪[里裡裏个個些儿兒一]|谁(?!都|也)|誰(?!都|也)|多少|多久|如何|是否|有没有|有沒有|是不是|能不能|
        会不会|會不會|请问|請問|请.{0,6}(?:介绍|谈谈|讲讲|说说)|請.{0,6}(?:介紹|談談|講講|說說))
        """
    ),
    # Japanese.
    _joined(
        r"""
        (?:(?:です|ます|でした|ました|でしょう|だろう|ません|の|たい|ない|ん)か|かね|かしら|(?:教えて|聞かせて|
        話して).{0,12})[。…\s]{0,3}$
        """
    ),
    # Korean.
    _joined(
        r"""
        (?:[가-힣](?:까|까요|나요|가요|는지요|ㄴ지요|던가요|니까|은가요|건가요)|말씀해\s?주(?:세요|시죠|십시오|
        시겠습니까))[.…\s]{0,3}$
        """
    ),
    # Arabic and Persian, at the beginning of the sentence.
    _joined(
        r"""
        ^\W{0,4}و?(?:هل|ماذا|لماذا|كيف|متى|أين|كم|ما (?:هو|هي|الذي|رأي)|
        من (?:هو|هي|أين)|حدثنا|حدثني|آیا|چرا|چگونه|چطور|کجا|چه)\s
        """
    ),
    # Hebrew.
    _joined(
        r"""
        ^\W{0,4}ו?(?:האם|מדוע|למה|איך|כיצד|מתי|איפה|היכן|מי|כמה|מה|ספר|ספרי)\s
        """
    ),
    # Hindi, Marathi, Nepali; Bengali.
    _joined(
        r"""
        (?:^|\s)(?:क्या|क्यों|कैसे|कैसा|कैसी|कब|कहाँ|कहां|कौन|किस|किसने|
        कितन[ाेी]|কি|কী|কেন|কীভাবে|কখন|কোথায়|কে)(?=\s|[।?]|$)
        """
    ),
    # Thai.
    _joined(
        r"""
        (?:ไหม|มั้ย|หรือเปล่า|อย่างไร|ยังไง|ทำไม|อะไร|ที่ไหน|เมื่อไร|
        เมื่อไหร่|ใคร|หรือ|บ้าง)(?:ครับ|คะ|ค่ะ)?\s{0,3}$
        """
    ),
    # Armenian writes its question mark on a vowel inside the word.
    _joined(
        r"""
        ՞
        """
    ),
)
