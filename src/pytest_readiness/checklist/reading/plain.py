"""What a bullet or step without a mark claims: by its share, its words, and what stands around it."""

from __future__ import annotations

import re

from pytest_readiness.checklist.model import Kind, Status
from pytest_readiness.checklist.reading import labels, marks, moods, sentences, stated
from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.prose import bare
from pytest_readiness.checklist.reading.sentences import Sentence
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import Nested, State, meant

_DASH = re.compile(r"\s[-\u2013\u2014]\s")
#: What is said of an issue that nobody has to do anything about.
_HARMLESS = re.compile(
    r"^(?:safe to ignore|can be (?:safely )?ignored|harmless|by design|works as designed|as designed|expected "
    r"(?:during|when|if|on|behaviou?r|and)|no action (?:needed|required))\b",
    re.IGNORECASE,
)


def claimed(
    state: State, piece: Shaped, sentence: Sentence, nest: Nested | None, mood: Mood | None
) -> tuple[Status, str]:
    """The status that a plain bullet claims, and the words that it rests on."""
    inner = nest is not None and nest.draft is not None and nest.draft.kind is Kind.STEP
    step = piece.shape is Shape.NUMBER or inner
    value = sentences.label(piece.content)[1] if sentence.label else ""
    told = value if value and (not step or moods.imperative(bare(value))) else sentence.text
    if labels.expected(sentence.label or sentence.text) or (mood is Mood.WANT and _HARMLESS.match(bare(value))):
        mood = Mood.EXPECT
    if labels.verdict(sentence.label) and mood is not Mood.EXPECT and (spoken := marks.said(value)):
        return spoken.status, sentence.text
    said = marks.said(value)
    if _VARIABLE.match(sentence.text) and mood is not Mood.CLAIM and (said is None or said.status is not Status.DONE):
        return Status.UNSAID, ""
    if circle := _CIRCLE.match(piece.content):
        return (Status.DONE if circle[1].strip() else Status.OPEN), circle[0]
    if said is not None and said.status in _PUT_OFF and value[said.start : said.end].lower() not in words.WEAK:
        return said.status, value
    if mood is Mood.CLAIM and said is not None and said.status is Status.OPEN and _plainly(value, said):
        return Status.OPEN, value
    if mood is not Mood.EXPECT and (shown := numbers(sentence.label, value)):
        return shown, value
    staged = state.section is not None and bool(_STAGE.match(state.section.title))
    return _counted(piece) or _meant(state, told, mood, nest, step=step or staged)


_VARIABLE = re.compile(r"^`?[A-Z][A-Z0-9]*_[A-Z0-9_]+`?(?=\s*(?:$|[,:=(\u2013\u2014-]))")
_FAILED = re.compile(
    r"(?<![\d.,])[1-9]\d{0,5} (?:tests? |specs? )?(?:failed|failing|failures?\b|"
    r"(?:critical|high)(?=\s*(?:[,;.)]|$|severity|vulnerab)))",
    re.IGNORECASE,
)
#: Not all of some tests pass: "45/50 passing".
_PASSING = re.compile(
    r"^\W{0,3}(?!(\d{1,6})\s?/\s?\1\b)\d{1,6}\s?/\s?\d{1,6} (?:\w{1,20} )?pass(?:ed|ing)?\b", re.IGNORECASE
)
#: "No" and its likes answer the name: "Breaking changes: no".
_ANSWER = 4
#: Titles whose bullets are steps for all that they have no numbers: "Pre-deployment".
_STAGE = re.compile(
    r"^(?:pre|post|before|after|during|day of)[ -]?(?:the )?(?:deploy|launch|release|go-?live|flight|cutover)",
    re.IGNORECASE,
)
#: A box in round brackets.
_CIRCLE = re.compile(r"^\(([ xX\u2713\u2714]?)\)\s")
_PUT_OFF = frozenset({Status.DEFERRED, Status.NOT_APPLICABLE, Status.FALSE_POSITIVE})
_FAULTS = re.compile(
    r"\b(?:fail(?:ures?|ed|ing)|errors?|(?:known|open|critical|security) (?:issues|bugs)|vulnerabilities|defects|"
    r"conflicts|violations|fehler|erreurs|errores|erros|ошиб\w+)\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:rates?|codes?|handling|tracking|budget|messages?|fixed|resolved|closed|rota|quote)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"^\W{0,3}(\d{1,6}|none|zero|no|keine|aucune?|ninguno|nenhum|нет)\b(?!\s?[%/]|[.,]\d)", re.IGNORECASE
)


def numbers(name: str, value: str) -> Status | None:
    """What numbers tell by themselves: failures, shares short of their targets, counts of faults ("Errors: 0")."""
    if _FAILED.search(value) or _PASSING.match(value) or _short(value):
        return Status.OPEN
    number = _NUMBER.match(value)
    if number is None or not _FAULTS.search(name) or _RATE.search(name):
        return None
    return Status.OPEN if number[1].strip("0").isdigit() else Status.DONE


_GOAL = re.compile(
    r"^\W{0,3}(\d{1,3}(?:\.\d{1,2})?)\s?%[^%]{0,20}?[(,/]\s?(?:target|goal|min(?:imum)?|required|ziel|objectif|objetivo|doel|цель)"
    r"[:\s>=\u2265]{0,4}(\d{1,3}(?:\.\d{1,2})?)\s?%",
    re.IGNORECASE,
)


def _short(value: str) -> bool:
    """Whether a share is told with its target, and falls short of it: "40% (target 60%)"."""
    found = _GOAL.match(value)
    return found is not None and float(found[1]) < float(found[2])


def _plainly(value: str, said: marks.Said) -> bool:
    """Whether a value is but the words of a status, and no answer or number, which the name may turn round."""
    phrase = value[said.start : said.end]
    return len(phrase) > _ANSWER and not phrase[:1].isdigit() and marks.said(value, exact=True) is not None


def _counted(piece: Shaped) -> tuple[Status, str] | None:
    """A bullet whose value is a share: "UI: 60% complete", "Docs — 3/5"."""
    name, value = sentences.label(piece.content)
    if not name:
        value = _DASH.split(piece.content)[-1]
    share = next(
        (each for each in stated.shares(value, alone="%" not in value) if each.start < 3 and not each.goal), None
    )
    if share is None or (share.whole or 0) in {10, 100}:
        return None
    return (Status.DONE if share.percent >= 100 else Status.OPEN), share.text


def _meant(state: State, text: str, mood: Mood | None, nest: Nested | None, *, step: bool) -> tuple[Status, str]:
    parent = nest.draft if nest else None
    if parent is not None and parent.opens and parent.kind is Kind.BOX:
        return Status.UNSAID, ""
    if parent is not None and parent.kind is Kind.MARK and not moods.needs(text):
        return parent.status, "the item above"
    given = nest.lead.given if nest and nest.lead and nest.lead.given is not Status.UNSAID else state.given
    if step and mood is Mood.EXPECT and state.section is not None and "criteria" in state.section.title.lower():
        return Status.OPEN, "a criterion to be met"
    return meant(text, mood, given, step=step)
