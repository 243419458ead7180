"""What is said beside an item: who, until when, how bad, in which phase, why not, under what condition."""

from __future__ import annotations

import re
from datetime import date

from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.model import Severity

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero janeiro", "feb february februar février febrero fevereiro",
            "mar march märz mars marzo março", "apr april avril abril aprile", "may mai mayo maio maggio",
            "jun june juni juin junio junho", "jul july juli juillet julio julho", "aug august août agosto",
            "sep sept september septembre septiembre setembro", "oct october oktober octobre octubre outubro okt",
            "nov november novembre noviembre novembro", "dec december dezember décembre diciembre dezembro dez",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"\b(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(20\d\d)\b")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(20\d\d)\b")
_NAMED = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(20\d\d))?\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?([^\W\d_]{3,10})\.?,?\s*(?:de\s+)?(20\d\d)?\b")
_DUE = re.compile(
    r"(?:\b(?:due(?: date| by| on)?|deadline|until|by|target date|eta|before|f\u00e4llig|bis|\u00e9ch\u00e9ance|"
    r"avant le|"
    r"fecha l\u00edmite|antes del|prazo|at\u00e9|scadenza|entro|\u0441\u0440\u043e\u043a|\u0434\u043e)\b|"
    r"\U0001f4c5|\u622a\u6b62|\u671f\u9650)\s*:?\s*",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_STARTS = re.compile(r"\W{0,4}(?:\d|[^\W\d_]{3,10}\.?\s+\d)")
_OWNER = re.compile(
    r"\b(?:owner|owned by|assignee|assigned to|responsible|dri|verantwortlich|zust\u00e4ndig|asignado a|"
    r"assign\u00e9 \u00e0|responsable|respons\u00e1vel|"
    r"responsabile|"
    r"\u043e\u0442\u0432\u0435\u0442\u0441\u0442\u0432\u0435\u043d\u043d\u044b\u0439)\**\s*[:=]\**\s*([^,;|"
    r"()\[\]\u2013\u2014]{1,60})",
    re.IGNORECASE,
)
_OWNER_CJK = re.compile(
    r"(?:\u8d1f\u8d23\u4eba|\u62c5\u5f53\u8005?|\u8d23\u4efb\u4eba)\s*[:\uff1a]\s*([^,;|()\[\]\u3002\uff0c]{1,40})"
)
_HANDLE = re.compile(r"(?<![\w/.`])@([A-Za-z][\w/-]{0,38})(?![\w.]*\.\w)")
_PRIORITY = re.compile(
    r"\b(?:priority|severity|priorit\u00e4t|schweregrad|priorit\u00e9|s\u00e9v\u00e9rit\u00e9|prioridad|"
    r"severidad|prioridade|priorit\u00e0|"
    r"\u043f\u0440\u0438\u043e\u0440\u0438\u0442\u0435\u0442)\**\s*[:=]\**\s*([^,;|)\]]{1,40})|"
    r"(?:\u4f18\u5148\u7ea7|\u4e25\u91cd\u6027|\u512a\u5148\u5ea6|\u91cd\u8981\u5ea6)\s*[:\uff1a]\s*([^\s,;|"
    r")\]]{1,12})",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w.-])(P[0-5])(?:\s?/\s?(P[0-5]))?(?:-\d{1,3})?(?![\w.])")
#: A code speaks of its item at the beginning, in brackets, or after a dash; "three P1 defects" does not.
_CODED = re.compile(
    r"(?:^[^\w(\[]{0,12}|[(\[]\s*|\s[-\u2013\u2014|]\s+|\bpriority:?\s+)(P[0-5])(?:\s?/\s?(P[0-5]))?(-\d{1,3})?\b"
    r"(?=\s*(?:[)\]:\u2013\u2014|*,-]|$|\())|^\W{0,12}(P[0-5])(-\d{1,3})\b|^\W{0,12}(P[0-5])\s+-\s"
)
_NUMBERED = re.compile(r"\bpriority\s+#(\d{1,2})\b|^\W{0,6}priority\s+(\d)\s*:", re.IGNORECASE)
_BRACKETED = re.compile(
    r"[\[(]\s*(critical|high|medium|low|major|minor|blocker|urgent|severe)(?:\s+(?:priority|severity))?\s*[\])]",
    re.IGNORECASE,
)
_RANK = re.compile(r"^#(\d{1,3})$")
_LEADING = re.compile(
    r"^\W{0,6}(critical|high|medium|low|major|minor|blocker)\W{0,3}(?=:|\s[-\u2013\u2014]\s|\*\*)", re.IGNORECASE
)
_TITLED = re.compile(
    r"\b(critical|high|medium|low|major|minor)(?:[- ](?:priority|severity|risk|impact)\b|"
    r"\s+(?:\w+\s+)?(?:issues?|blockers?|concerns?|bugs?|"
    r"problems?|defects?|vulnerabilit(?:y|ies)|findings?)\b)",
    re.IGNORECASE,
)
_ENDED = re.compile(r"(?:^|[-:\u2013\u2014(]\s*|\s)\W{0,4}\b(CRITICAL|HIGH|MEDIUM|LOW|MINOR|MAJOR)\b\W{0,4}(?:\(|$)")
_ASIDE = re.compile(r"\([^()]*\)")
_PHASE = re.compile(
    r"\b((?:phase|step|week|day|month|quarter|sprint|stage|milestone|iteration|etapa|fase|semana|schritt|woche|"
    r"\u00e9tape|semaine|"
    r"\u044d\u0442\u0430\u043f|\u0444\u0430\u0437\u0430|\u0448\u0430\u0433|"
    r"\u043d\u0435\u0434\u0435\u043b\u044f)\s+\d{1,3}(?:\s?[-\u2013]\s?\d{1,3})?)\b|"
    r"(\u7b2c[\d\u4e00-\u5341]{1,3}(?:\u9636\u6bb5|\u6b65|\u5468|\u6bb5\u968e))",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(
    r"[\[(]\s*(?:optional\b|optionnel|opcional|facoltativ|"
    r"\u043e\u043f\u0446\u0438\u043e\u043d\u0430\u043b\u044c\u043d\u043e|\u53ef\u9009|\u4efb\u610f|"
    r"nice[- ]to[- ]have)|\boptional(?:ly)?\b\s*[:)\]]|^\W*optional(?:ly)?\b"
    r"|\boptional but\b|\b(?:if desired|nice[- ]to[- ]have)\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b((?:if|when|where)\s+(?:applicable|needed|required|necessary|possible|available|relevant|appropriate|desired|"
    r"using|used|you\s+use|public[- ]facing|enabled|present|any)\b[^,.;()\[\]]{0,80}|only\s+(?:if|"
    r"for)\s+[^,.;()\[\]]{1,80}|"
    r"falls\s+[^,.;()]{1,80}|gegebenenfalls|si\s+(?:applicable|n\u00e9cessaire|aplica|corresponde)|"
    r"se\s+(?:aplic\u00e1vel|applicabile))",
    re.IGNORECASE,
)
_IF_BRACKET = re.compile(r"[(\[]((?:if|when|unless)\s[^()\[\]]{1,80})[)\]]", re.IGNORECASE)
_IF_FIRST = re.compile(r"^\W{0,4}((?:if|when)\s[^,:]{3,80}),\s", re.IGNORECASE)
_MAYBE_IF = re.compile(r"\b(?:if|when|where|only|unless|falls|gegebenenfalls|si|se)\b", re.IGNORECASE)
_OPTIONAL_WORDS = ("optional", "opcional", "optionnel", "facolt", "nice", "desired", "опцион", "可选", "任意")
_REASON = re.compile(
    r"(?:deferred|postponed|skipped|on hold|delayed|n/a|not applicable|waived|false positive|blocked|verschoben|"
    r"zur\u00fcckgestellt|report\u00e9e?|aplazad[oa]|pospuest[oa]|adiad[oa]|rimandat[oa]|"
    r"\u043e\u0442\u043b\u043e\u0436\u0435\u043d\u043e|"
    r"\u63a8\u8fdf|\u5ef6\u671f)\**\s*(?:[:\uff1a,\u2013\u2014-]|because(?: of)?|due to|by|until|"
    r"\u2192)\s*([^()\[\]|]{2,160})",
    re.IGNORECASE,
)
_LABELS = {
    entry: sort
    for sort in ("owner", "due", "severity", "reason", "phase", "condition")
    for entry in words.listed(f"field {sort}")
}


def label(text: str) -> str | None:
    """The detail that a label is for: owner, due, severity, reason, phase, condition."""
    return _LABELS.get(text.strip().lower())


def severity(word: str) -> tuple[Severity | None, str]:
    """A severity and the document's own word for it, from a cell or a field."""
    text = word.strip(" \t*_`()[]\ufe0f").strip()
    while text and not (text[0].isalnum() or text[0] == "#"):
        text = text[1:]
    found = _CODE.search(text)
    if found:
        return words.SEVERITIES.get(found[1].lower()), f"{found[1]}/{found[2]}" if found[2] else found[1]
    if _RANK.match(text):
        return None, text
    for size in (3, 2, 1):
        phrase = " ".join(text.split()[:size]).lower().strip(" ,.;:()-\u2013\u2014")
        if phrase in words.SEVERITIES:
            return words.SEVERITIES[phrase], text[: len(phrase)]
    return None, ""


def of_item(text: str) -> tuple[Severity | None, str]:
    """The severity that an item's own line states."""
    if ":" in text or "\uff1a" in text:
        found = _PRIORITY.search(text)
        if found:
            return severity(found[1] or found[2])
    if "P" in text and (code := _CODED.search(text)):
        first = code[1] or code[4] or code[6]
        return words.SEVERITIES[first.lower()], f"{first}/{code[2]}" if code[2] else first
    ranked = _NUMBERED.search(text) if "riority" in text or "RIORITY" in text else None
    if ranked:
        return None, "#" + (ranked[1] or ranked[2])
    found = (_BRACKETED.search(text) if "(" in text or "[" in text else None) or _LEADING.match(text)
    if found:
        return words.SEVERITIES[found[1].lower()], found[1]
    return None, ""


def only_severity(title: str) -> str:
    """The severity that a title is and nothing else, brackets and signs apart: its own word, or nothing."""
    text = _ASIDE.sub("", title).strip(" :*_#!\ufe0f")
    while text and not text[0].isalnum():
        text = text[1:]
    word = text.lower().removesuffix(" priority")
    return text[: len(word)] if word in words.SEVERITIES else ""


def of_heading(text: str) -> tuple[Severity | None, str]:
    """The severity that a heading gives to what stands below it."""
    own = of_item(text)
    if own[1]:
        code = _CODED.search(text)
        if code and (code[3] or code[5]):
            return own[0], own[1] + "-"
        return own
    alone = only_severity(text)
    if alone:
        return words.SEVERITIES[alone.lower()], alone
    found = _TITLED.search(text) or _ENDED.search(text)
    if found and not re.search(r"\bcritical path\b|\b(?:fixes applied|fixed|resolved)\b", text, re.IGNORECASE):
        return words.SEVERITIES[found[1].lower()], found[1]
    return None, ""


def day(text: str, *, year: int | None = None) -> date | None:
    """The first date in a text; one without a year is of ``year``, if that is known."""
    found = _ISO.search(text)
    if found:
        return _date(found[1], found[2], found[3])
    found = _DOTTED.search(text)
    if found:
        return _date(found[3], found[2], found[1])
    found = _SLASHED.search(text)
    if found:
        month, first = (found[1], found[2]) if int(found[1]) <= 12 else (found[2], found[1])
        return _date(found[3], month, first)
    for named in _NAMED.finditer(text):
        month_number = _MONTHS.get(named[1].lower())
        if month_number and (named[3] or year):
            return _date(named[3] or str(year), str(month_number), named[2])
    for named in _DAY_FIRST.finditer(text):
        month_number = _MONTHS.get(named[2].lower())
        if month_number and (named[3] or year):
            return _date(named[3] or str(year), str(month_number), named[1])
    return None


def _date(year: str, month: str, number: str) -> date | None:
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def due(text: str, *, year: int | None = None) -> date | None:
    """The date by which an item is to be done, if its line says so ("due 2026-01-15", "by Dec 5")."""
    if not _DIGIT.search(text):
        return None
    for found in _DUE.finditer(text):
        rest = text[found.end() : found.end() + 24]
        at = day(rest, year=year) if _STARTS.match(rest) else None
        if at is not None:
            return at
    return None


def owner(text: str) -> str:
    """Who is named as owner in a line."""
    found = _OWNER.search(text) if ":" in text or "=" in text else None
    if found is None and not text.isascii():
        found = _OWNER_CJK.search(text)
    if found:
        return found[1].strip(" \t*_`.").strip()
    handle = _HANDLE.search(text) if "@" in text else None
    return "@" + handle[1] if handle else ""


def phase(text: str) -> str:
    """The phase, step or week that a text names."""
    found = _PHASE.search(text)
    return (found[1] or found[2]) if found else ""


def reason(text: str) -> str:
    """Why something is deferred or does not apply."""
    found = _REASON.search(text)
    return found[1].strip(" \t*_.\uff09").strip() if found else ""


def optional(text: str) -> bool:
    """Whether a text calls itself optional."""
    lower = text.lower()
    return any(word in lower for word in _OPTIONAL_WORDS) and bool(_OPTIONAL.search(text))


def condition(text: str) -> str:
    """The condition under which an item counts."""
    if not _MAYBE_IF.search(text):
        return ""
    found = _IF_BRACKET.search(text) or _IF.search(text) or _IF_FIRST.match(text)
    return found[1].strip(" *_") if found else ""
