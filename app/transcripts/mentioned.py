"""Finds the person whom a text speaks of, or the name of a file names."""

import re
from pathlib import PurePath

from app.transcripts.labels import is_name_shaped

_FILE_NAME_PARTS = re.compile(r"__|[_ ]-[_ ]|\(|\)")
# A question that only a person is asked, in the languages of interviews.
_WHO_ARE_YOU = re.compile(
    r"\b(?:who (?:are|is) (?:you|this)|introduce yourself|about yourself|your (?:name|background)|how old are you|"
    r"qui [êe]tes-vous|qui es-tu|présente[rz]?[- ](?:vous|toi)|wer (?:bist du|sind sie)|"
    r"stell(?:en)? (?:sie )?(?:dich|sich)|"
    r"quién (?:eres|es usted)|preséntate|preséntese|chi sei|chi è lei|presentati|quem (?:és|é você)|apresent[ea]-se|"
    r"wie ben je|wie bent u|vem är du|hvem er du|kim(?:sin|siniz))\b|кто вы|кто ты|расскажите о себе|представьтесь|"
    r"あなたは誰|自己紹介|介绍一下(?:你|您)?自己|你是谁|자기소개",
    re.IGNORECASE,
)
# How somebody is greeted, thanked or presents himself; a name follows.
_GREETING = (
    r"\b(?:i am|i['’]m|my name(?: is|['’]s)|this is|hi|hello|hey|dear|welcome|thanks|thank you|with|bonjour|merci|"
    r"hallo|danke|hola|gracias|ciao|grazie|je suis|ich bin|soy|sono)[,!]?[ \u00a0]{1,2}"
)
# Characters of a text in which a person is searched for: who is interviewed is named near its beginning.
_REACH = 20_000


def person_in_file_name(file_name: str) -> str | None:
    """Return the full name in a file name that also has a date, such as `1961-11-08__John F. Kennedy.txt`."""
    parts = [part.strip(" _") for part in _FILE_NAME_PARTS.split(PurePath(file_name).stem)]
    names = [part for part in parts if len(part.split()) > 1 and is_name_shaped(part)]
    dated = any(any(character.isdigit() for character in part) for part in parts)
    return names[0] if len(names) == 1 and dated else None


def speaks_of_person(text: str, name: str) -> bool:
    """Whether a text asks somebody who he is, or greets or presents somebody of that name."""
    head = text[:_REACH]
    if _WHO_ARE_YOU.search(head):
        return True
    first = re.escape(name.split()[0])
    return bool(re.search(rf"{_GREETING}{first}\b", head, re.IGNORECASE))
