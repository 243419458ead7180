"""What the words of a heading or lead say of what stands below: wishes, claims, expectations, or asides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache

from pytest_readiness.checklist.reading import vocabulary as words


class Mood(Enum):
    """How plain sentences below a heading or lead are meant."""

    WANT = auto()  # next steps, issues, recommendations: open
    CLAIM = auto()  # features, results, changes: done
    EXPECT = auto()  # targets, expected results, upkeep: neither
    TROUBLE = auto()  # what to do when something fails: neither
    ASIDE = auto()  # background, references, contacts: no items


#: A title that is one of these, or begins with one and goes on with a bracket, a colon or a dash.
ASIDES = words.known("asides")

_ASIDE = re.compile(
    r"^(?:notes?|hinweis|remarque|nota|примечание|(?:emergency |key |support )?(?:contacts?|kontakte?)|"
    r"(?:target|intended) (?:users?|audience))\b(?!.*\b(?:form|page|api)\b)",
    re.IGNORECASE,
)


def _alternatives(entries: Sequence[str]) -> re.Pattern[str]:
    """Any of some patterns, those in Latin letters at the beginning of a word: one border for all of them is faster."""
    latin = "|".join(entry for entry in entries if entry[0].isascii())
    others = [entry for entry in entries if not entry[0].isascii()]
    return re.compile("|".join([rf"\b(?:{latin})", *others]), re.IGNORECASE)


def _compiled(strength: str) -> tuple[tuple[Mood, re.Pattern[str]], ...]:
    return tuple(
        (
            mood,
            _alternatives(words.listed(f"{strength} {mood.name.lower()}")),
        )
        for mood in (Mood.TROUBLE, Mood.WANT, Mood.EXPECT, Mood.CLAIM)
        if f"{strength} {mood.name.lower()}" in words.LISTS
    )


#: The firmest first. What is not firm gives way to a firm mood further out.
_FIRM_PATTERNS = _compiled("firm")
_WEAK_PATTERNS = _compiled("weak")
_TODO = re.compile(
    r"\b(?:next steps?|next actions?|to-?do|actions?\b|recommend|action items?|to be done|what's next|what comes next|"
    r"nächste schritte|empfehlung|"
    r"prochaines étapes|recommandation|próximos pas|recomend|prossimi passi|raccomand)|следующие шаги|рекоменд|下一步|"
    r"待办|建议|次のステップ|推奨",
    re.IGNORECASE,
)
#: "Not implemented" is no claim for all that it ends in a participle.
_UNDONE = re.compile(
    r"\b(?:not|nicht|noch nicht|non|pas|niet|não|не)"
    r"(?: yet| fully| quite| encore| nog)? (?:done|complete|completed|implemented|"
    r"started|ready|finished|tested|fixed|resolved|working|erledigt|fertig|umgesetzt|abgeschlossen|terminé|fait|klaar|"
    r"gereed|feito|hecho|готово|выполнено|сделано|реализовано)\b",
    re.IGNORECASE,
)
_PAST_TITLE = re.compile(
    r"^(?:(?:all |recently |already )?(?:completed?$|completed|resolved|fixed|closed|implemented|done)\b)"
    r"|\b(?:fixed|resolved|completed|implemented|applied)(?:\s*\(|$)",
    re.IGNORECASE,
)
#: A choice that is advised, and no advice: "Option 2 (recommended)".
_ADVISED = re.compile(
    r"[(:\u2013\u2014-]\s*(?:recommended|рекомендуется|empfohlen|recommandée?|recomendad[oa]|consigliat[oa]|aanbevolen|推荐|推奨)\W*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def mood(title: str) -> Mood | None:
    """
    The mood that a title sets, ``None`` if it sets none.

    >>> mood("Known Issues")
    <Mood.WANT: 1>
    """
    return _found(title)[0]


@lru_cache(maxsize=2048)
def firm(title: str) -> bool:
    """Whether a title's mood holds whatever the titles further out say."""
    return _found(title)[1]


@lru_cache(maxsize=2048)
def _found(title: str) -> tuple[Mood | None, bool]:
    text = title.strip().lower().rstrip(":. ")
    if text in ASIDES or re.split(r"[:(\[\u2014\u2013]", text, maxsplit=1)[0].strip() in ASIDES or _ASIDE.match(text):
        return Mood.ASIDE, True
    if _UNDONE.search(text):
        return Mood.WANT, True
    if _ADVISED.search(text):
        return None, False
    if _PAST_TITLE.search(text):
        return Mood.CLAIM, True
    for table, certain in ((_FIRM_PATTERNS, True), (_WEAK_PATTERNS, False)):
        for found, pattern in table:
            if pattern.search(text) and not (found is Mood.CLAIM and imperative(text)):
                return found, certain
    return None, False


def todo(title: str) -> bool:
    """Whether what stands below a title is to be done: a tick there promises, and does not report."""
    return bool(_TODO.search(title))


#: First words of a sentence that tells somebody to do something.
IMPERATIVES = words.known("imperatives")
#: First words of instructions on how to click through a page: steps of a step, no items.
CLICKS = words.known("clicks")
#: Imperatives that are nouns or adjectives as often: they count if something follows that only a verb has.
#: First words that only say when the rest of the sentence is to be done.
_WHEN = frozenset({"after", "before", "once", "when", "if", "then", "next", "finally", "first"})
_DOUBTFUL = words.known("doubtful")
_OBJECT = re.compile(
    r"\s+(?:the|a|an|all|any|each|every|your|our|its|this|that|these|those|for|to|with|on|in|from|and|if|whether|both|"
    r"new|up|out|over|back|down|only|no|as|at|by|into|against|until|existing|production|real)\b|\s+(?:[`\"'\u201c\d(]|"
    r"[A-Z]{2,}|\w+s\b)",
)
#: First words of steps that verify something, and so could be gates.
VERIFIES = words.known("verifies")
#: Words that end like a participle and tell of no deed.
_ADJECTIVES = words.known("adjectives")
_PARTICIPLE = re.compile(
    r"^(?:already |successfully |newly |fully )?((?:re-|pre-|de-|auto-|back-|double-)?[a-z]{2,20}"
    r"(?:ed|built|rewritten|written|made))\b(?!-)",
    re.IGNORECASE,
)
_NEED = re.compile(
    r"(?<!if )(?<!as )(?<!when )(?<!where )(?<!\bno )(?<!\b0 )(?<!\bzero )(?<!nothing )"
    r"\b(?:needs?|needed|missing|todo|to-do|tbd|not (?:yet|done|verified|validated|deployed|"
    r"completed?|finished|passing|working|in place|"
    r"implemented|started|tested|configured|available)|must|"
    r"incomplete|recommended|pending|still to|yet to|requires?|lacks?|insufficient|fails?|failing|broken|unavailable|"
    r"scheduled for|planned for|upcoming|awaiting|mandatory|"
    r"should (?:be|have)|ought to|in progress|isn't|aren't|hasn't|haven't)\b|必须|强制|务必|"
    r"严禁|禁止|不得|只允许|应当|不允许|必要|要対応|нужно|требуется",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[^\W\d_][\w-]*")
_RUSSIAN = re.compile(r"[\u0430-\u044f]{2,}(?:ть|ти|ите|йте)(?:ся|сь)?$")


def imperative(text: str, *, step: bool = False) -> bool:
    """Whether a sentence begins by telling somebody to do something; a ``step`` gets the benefit of the doubt."""
    word = _FIRST.match(text.lstrip("*_\"'( "))  # what begins in code is a name: "`deploy.sh`"
    if word is None:
        return False
    first = word[0].lower()
    if first in _WHEN:
        rest = text.partition(",")[2] if "," in text else text[word.end() :]
        return imperative(rest.strip(), step=step)
    if first in _DOUBTFUL and not step:
        return bool(_OBJECT.match(text.lstrip("*_`\"'( ")[len(first) :].lstrip("*_")))
    return first in IMPERATIVES or bool(_RUSSIAN.match(first))


def verifies(text: str) -> bool:
    """Whether a sentence begins by telling somebody to look whether something is so."""
    word = _FIRST.match(text.lstrip("*_`\"'( "))
    return word is not None and word[0].lower() in VERIFIES


def clicks(text: str) -> bool:
    """Whether a sentence is about where to click."""
    word = _FIRST.match(text.lstrip("*_`\"'( "))
    return word is not None and word[0].lower() in CLICKS


def past(text: str) -> bool:
    """Whether a sentence begins by telling what was done."""
    found = _PARTICIPLE.match(text)
    return found is not None and found[1].lower() not in _ADJECTIVES


_LACK = re.compile(
    r"\b(?:needs? to be|still (?:needs?|has to|have to|missing|open|pending)|(?:must|has to|have to) (?:still )?be|"
    r"not yet (?:done|implemented|started|tested|configured|available|verified)|(?:is|are) (?:still )?missing)\b",
    re.IGNORECASE,
)


_WITHOUT = re.compile(
    r"^(?:there (?:is|are) )?(?:no|без|kein(?:e|en)?|geen|sin|sem|pas de|aucune?) (?:(?:real|proper|central|global|"
    r"structured|api|database|db|end-to-end|e2e) )?("
    + "|".join(map(re.escape, sorted(words.known("goods"), key=len, reverse=True)))
    + r")\b(?! (?:fail|error|issue|needed|required))",
    re.IGNORECASE,
)


def without(text: str) -> bool:
    """Whether a sentence says that something good is not there: "No monitoring"."""
    return bool(_WITHOUT.match(text))


def lacks(text: str) -> bool:
    """Whether a sentence tells of work that is left so plainly that no title above can claim it."""
    return bool(_LACK.search(text))


def needs(text: str) -> bool:
    """Whether a sentence tells of a lack."""
    return bool(_NEED.search(text))
