"""The words that labels are made of, in the languages of interviews: roles, unnamed speakers, sounds, prose."""

from typing import Literal

from app.text.folding import fold

Role = Literal["interviewer", "interviewee", "moderator", "audience", "interpreter"]

_INTERVIEWER = (
    "q question interviewer interviewers host hosts cohost co-host reporter reporters journalist press "
    "intervieweur intervieweuse journaliste frage interviewerin moderatorin reporterin "
    "entrevistador entrevistadora pregunta periodista intervistatore intervistatrice domanda giornalista "
    "entrevistadora pergunta jornalista repórter вопрос интервьюер корреспондент ведущий ведущая журналист "
    "питання wywiadowca pytanie vraag interviewster fråga spørgsmål spørsmål soru vprašanje otázka kérdés ερώτηση "
    "问 問 记者 記者 主持人 主持 采访者 採訪者 提问 提問 質問 聞き手 インタビュアー 질문 기자 진행자 "
    "سؤال صحفي שאלה सवाल प्रश्न"
)
_INTERVIEWEE = (
    "a ans answer answers interviewee interviewees guest guests respondent participant "
    "reply réponse invité invitée antwort gast befragter befragte interviewte interviewter respuesta entrevistado "
    "entrevistada invitado invitada risposta intervistato intervistata ospite resposta convidado convidada "
    "ответ гость респондент відповідь odpowiedź gość antwoord svar cevap odgovor odpověď válasz απάντηση "
    "答 回答 嘉宾 嘉賓 受访者 受訪者 被采访者 回答者 답변 게스트 جواب תשובה जवाब उत्तर"
)
_MODERATOR = (
    "moderator mod facilitator chair chairman chairwoman chairperson presenter emcee mc modérateur modératrice "
    "animateur animatrice président moderador moderadora moderatore moderatrice модератор председатель 主席 司会"
)
_AUDIENCE = (
    "audience questioner questioners crowd caller listener public publikum zuhörer pubblico público зал слушатель "
    "观众 觀眾 听众 聽眾 会場 관객"
)
_INTERPRETER = (
    "interpreter translator interprète traducteur dolmetscher dolmetscherin übersetzer intérprete traductor interprete "
    "traduttore tradutor переводчик 翻译 翻譯 通訳 통역"
)
_BY_ROLE: tuple[tuple[Role, str], ...] = (
    ("interviewer", _INTERVIEWER),
    ("interviewee", _INTERVIEWEE),
    ("moderator", _MODERATOR),
    ("audience", _AUDIENCE),
    ("interpreter", _INTERPRETER),
)
ROLE_OF: dict[str, Role] = {fold(word): role for role, words in _BY_ROLE for word in words.split()}
ROLE_PHRASES: dict[str, Role] = {
    "the interviewer": "interviewer",
    "the interviewee": "interviewee",
    "the press": "interviewer",
    "the moderator": "moderator",
    "the interpreter": "interpreter",
    "the translator": "interpreter",
    "the chairman": "moderator",
    "the chair": "moderator",
    "the guest": "interviewee",
    "the host": "interviewer",
    "audience member": "audience",
    "audience question": "audience",
    "question from audience": "audience",
    "m le president": "moderator",
    "mme la presidente": "moderator",
    "monsieur le president": "moderator",
    "madame la presidente": "moderator",
    "question from the audience": "audience",
    "member of the audience": "audience",
    "from the audience": "audience",
    "follow up q": "interviewer",
    "follow up": "interviewer",
    "follow up question": "interviewer",
    "next question": "interviewer",
    "question asked": "interviewer",
    "le president": "moderator",
    "la presidente": "moderator",
}
# Words for a speaker without a name; they state no role.
_UNNAMED_WORDS = (
    "speaker speakers unknown unidentified participant person man woman male female voice everyone all both group "
    "locuteur sprecher sprecherin hablante orador oradora parlante relatore falante спикер голос "
    "发言人 說話者 说话人 話者 화자 staff student teacher officer operator announcer"
)
UNNAMED = frozenset(_UNNAMED_WORDS.split())
# Parts of a recording and facts about it. Labels such as `Mr. X` and `The President` are people.
_NOT_PEOPLE_WORDS = (
    "break breaks jingle outro intro song songs clip clips sample samples narrator narration sponsor sponsors ad ads "
    "advert advertisement commercial music theme teaser trailer promo recording tape video audio sound announcement "
    "credits computer bot automated 日期 地點 地点 待辦事項 时间 時間 日程 議程 议程"
)
NOT_PEOPLE = frozenset(_NOT_PEOPLE_WORDS.split())
# The last word of a sound. Other words in capitals or brackets may be shouted, or somebody's name.
_SOUND_WORDS = (
    "applause laughter music cheering cheers clapping laughs laughing chuckles chuckling giggles sighs sighing gasps "
    "gasping sobs sobbing cries coughs coughing sneezes groans groaning screams screaming whistles whistling rings "
    "ringing knocks knocking barks barking creaks creaking slams chimes thunder rumbles beeps beeping buzzes buzzing "
    "ticking footsteps silence chatter murmuring singing plays playing crosstalk inaudible indistinct applaus beifall "
    "gelächter musik lachen husten seufzt applaudissements rires musique aplausos risas música risos applausi risate "
    "musica аплодисменты смех музыка pause beat laugh chuckle sigh cough gasp noise static beep unintelligible overlap "
    "overlapping whispers whispering shouting speaking redacted sic break foreign unclear crying snoring wind rain"
)
SOUNDS = frozenset(map(fold, _SOUND_WORDS.split()))
# Words before a colon that begin a remark, a list or a section.
_PROSE_WORDS = (
    "note notes nb slide slides tweet tweets example examples location date dates title source sources warning tip "
    "tips summary update updates edit ps tldr link links topic topics abstract reference references step figure table "
    "part chapter section option options problem problems solution solutions pro pros con cons important caution "
    "disclaimer introduction background conclusion overview agenda contents image photo picture caption url website "
    "email e-mail phone fax address tags keywords category categories author authors editor editors transcript "
    "transcription transcriber transcribed version status language license licence copyright correction corrections "
    "result results method methods idea ideas reason reasons fact facts first second third fourth fifth firstly "
    "secondly thirdly finally last next then also plus bonus spoiler hint remember now so but and or thus hence "
    "therefore however basically meaning namely i.e e.g ie eg pdf blog twitter github youtube podcast book books "
    "paper papers article articles code repo repository demo hardware software requirements prerequisites goal goals "
    "advantages disadvantages benefits drawbacks tradeoffs trade-offs today yesterday tomorrow case cases theorem "
    "lemma proof definition input output usage price cost total name type size color colour duration length venue "
    "to from cc bcc subject re fwd error info warn debug action actions present absent apologies attendees attendance "
    "place event series episode season recorded published posted read more see todo fixme about über further related"
)
PROSE = frozenset(map(fold, _PROSE_WORDS.split()))
# A letter that is read out begins like a label.
_WORDS_OF_LETTERS = "dear hello hi lieber liebe liebes hallo cher chere bonjour querido querida estimado estimada"
# No label begins with these: a sentence does.
_WORDS_OF_SENTENCES = (
    "my our your this that these those it he she we you they i what when where why how if because mein meine unser "
    "unsere mon ma mes notre mi mis nuestro nuestra mio mia nostro nostra"
)
OPENINGS = frozenset(f"{_WORDS_OF_LETTERS} {_WORDS_OF_SENTENCES}".split())
# Words inside a name that may be in lower case.
_PARTICLES_WORDS = (
    "van von der den de la le du di da dos das del della al el bin ibn ben y e zu zum zur af av ter ten the of and und "
    "et i aka"
)
PARTICLES = frozenset(_PARTICLES_WORDS.split())
# The name goes on after one of these and its period.
_ABBREVIATIONS_WORDS = (
    "MR MRS MS DR MM MME MLLE GEN SEN GOV REP PROF ADM COL SGT LT CAPT MAJ ST JR SR HON REV AMB SEC THE HERR FRAU"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS_WORDS.split())
# The words for question and answer, in one language a pair.
_QUESTION_AND_ANSWER = (
    ("question", "answer"), ("question", "réponse"), ("demande", "réponse"), ("frage", "antwort"),
    ("pregunta", "respuesta"), ("pergunta", "resposta"), ("pregunta", "resposta"), ("domanda", "risposta"),
    ("întrebare", "răspuns"), ("vraag", "antwoord"), ("fråga", "svar"), ("spørgsmål", "svar"), ("spørsmål", "svar"),
    ("spurning", "svar"), ("kysymys", "vastaus"), ("küsimus", "vastus"), ("kérdés", "válasz"), ("soru", "cevap"),
    ("soru", "yanıt"), ("pytanie", "odpowiedź"), ("otázka", "odpověď"), ("otázka", "odpoveď"), ("pitanje", "odgovor"),
    ("vprašanje", "odgovor"), ("klausimas", "atsakymas"), ("jautājums", "atbilde"), ("вопрос", "ответ"),
    ("питання", "відповідь"), ("въпрос", "отговор"), ("питање", "одговор"), ("прашање", "одговор"),
    ("ερώτηση", "απάντηση"), ("հարց", "պատասխան"), ("კითხვა", "პასუხი"), ("pyetje", "përgjigje"),
    ("galdera", "erantzuna"), ("cwestiwn", "ateb"), ("ceist", "freagra"), ("demando", "respondo"),
    ("سؤال", "جواب"), ("سوال", "جواب"), ("پرسش", "پاسخ"), ("שאלה", "תשובה"), ("प्रश्न", "उत्तर"), ("सवाल", "जवाब"),
    ("প্রশ্ন", "উত্তর"), ("கேள்வி", "பதில்"), ("ప్రశ్న", "జవాబు"), ("ถาม", "ตอบ"), ("คำถาม", "คำตอบ"),
    ("hỏi", "đáp"), ("câu hỏi", "trả lời"), ("tanya", "jawab"), ("pertanyaan", "jawaban"), ("soalan", "jawapan"),
    ("swali", "jibu"), ("tanong", "sagot"), ("问", "答"), ("問", "答"), ("提问", "回答"), ("提問", "回答"),
    ("質問", "回答"), ("問い", "答え"), ("질문", "답변"), ("질문", "대답"), ("문", "답"), ("물음", "답"),
)  # fmt: skip
_MORE_QUESTIONS = ("q", "follow up q", "follow up question", "next question")
_MORE_ANSWERS = ("a", "ans", "answers", "reply")
QUESTION_LABELS = frozenset(map(fold, (*_MORE_QUESTIONS, *(each for each, _ in _QUESTION_AND_ANSWER))))
ANSWER_LABELS = frozenset(map(fold, (*_MORE_ANSWERS, *(each for _, each in _QUESTION_AND_ANSWER))))
ROLE_OF |= {label: "interviewer" for label in QUESTION_LABELS if " " not in label}
ROLE_OF |= {label: "interviewee" for label in ANSWER_LABELS if " " not in label}
ROLE_PHRASES |= {label: "interviewer" for label in QUESTION_LABELS if " " in label}
ROLE_PHRASES |= {label: "interviewee" for label in ANSWER_LABELS if " " in label}
