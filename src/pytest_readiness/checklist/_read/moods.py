"""What the words of a heading or lead say of what stands below: wishes, claims, expectations, or asides."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache


class Mood(Enum):
    """How plain sentences below a heading or lead are meant."""

    WANT = auto()  # next steps, issues, recommendations: open
    CLAIM = auto()  # features, results, changes: done
    EXPECT = auto()  # targets, expected results, upkeep: neither
    TROUBLE = auto()  # what to do when something fails: neither
    ASIDE = auto()  # background, references, contacts: no items


#: A title that is one of these, or begins with one and goes on with "of", "and", a bracket or a colon.
ASIDES = frozenset(
    """
    impact|impacts|effect|root cause|root causes|cause|symptom|symptoms|workaround|workarounds|background|
    legend|key|glossary|terminology|definitions|references|reference|related|related documents|
    related documentation|related links|see also|further reading|links|useful links|resources|support resources|
    additional resources|table of contents|contents|toc|scope|out of scope|purpose|introduction|about|
    how to use|how to use this checklist|how to use this document|usage notes|lesson|lessons|lessons learned|audience|
    contact|contacts|contact information|contacts and escalation|contact & escalation|emergency contacts|support contacts|
    escalation|escalation path|revision history|document history|version history|attendees|stakeholders|
    pros|cons|option|options|alternatives|alternatives considered|decision|why|trade-offs|tradeoffs|assumptions|
    examples|for example|acronyms|abbreviations|appendix: glossary|support|roles and responsibilities|
    inhaltsverzeichnis|legende|hintergrund|kontakt|kontakte|verweise|glossar|sommaire|références|contexte|contact|
    referencias|índice|contactos|contexto|referências|contatos|riferimenti|contatti|содержание|контакты|ссылки|
    参考|目录|背景|联系人|目次|参考資料|連絡先
    """.replace("\n", "").replace("  ", "").split("|")
)  # fmt: skip
ASIDES = frozenset(each.strip() for each in ASIDES)

#: Words of titles, the firmest first. What is not firm gives way to a firm mood further out.
_FIRM: tuple[tuple[Mood, str], ...] = (
    (
        Mood.TROUBLE,
        "troubleshoot|common issues|common problems|if something goes wrong|faq\\b|fehlerbehebung|dépannage|"
        "solución de problemas|solução de problemas|устранение неполадок|故障排除|故障排查|トラブルシューティング",
    ),
    (
        Mood.WANT,
        "next step|next action|to do\\b|todo|to-do|remaining|recommendation|recommended|action item|actions needed|"
        "action plan|improvements? needed|areas for improvement|continuous improvement|pending|missing|gaps?\\b|"
        "blocker|issues?\\b|concern|risks?\\b|rollback|roll back|roadmap|backlog|future|planned|upcoming|"
        "must fix|should fix|priority fixes|priority order|nice to have|expected benefit|long-term benefit|follow-up|"
        "follow up|not yet|in progress|open items|open questions|outstanding|problems?\\b|warnings?\\b|defect|bugs?\\b|"
        "vulnerabilit|immediate action|required action|deferred|unsafe for|limitations|work left|"
        "offene|nächste schritte|ausstehend|empfehlung|prochaines étapes|à faire|recommandation|restant|"
        "próximos pasos|pendiente|recomendacion|por hacer|próximos passos|pendente|recomendaç|prossimi passi|"
        "da fare|raccomandazion|следующие шаги|осталось|рекоменд|проблем|下一步|待办|建议|问题|次のステップ|課題|推奨",
    ),
    (
        Mood.EXPECT,
        "success metric|success criteria|targets?\\b|kpi|criteria|criterion|expected|threshold|should be|slas?\\b|"
        "slos?\\b|duration|estimated|maintenance task|weekly|monthly|quarterly|daily|annually|periodic|objective|"
        "service level|must be|acceptance|erwartet|kriteri|attendu|critère|objectif|esperad|criterio|critério|"
        "objetivo|ожида|должн|критери|预期|指标|目标|期待|基準|目標",
    ),
    (
        Mood.CLAIM,
        "accomplish|achievement|completed|complete$|done\\b|implemented|fixed|resolved|finding|strength|delivered|"
        "works well|modified|created|updated|added|applied|recent|safe for|operational$|erledigt|"
        "abgeschlossen|umgesetzt|terminé|réalis|completad|logrado|implementad|concluíd|completat|выполнен|"
        "исправлен|готово|已完成|完了|実装済",
    ),
)
_WEAK: tuple[tuple[Mood, str], ...] = (
    (
        Mood.WANT,
        "deployment plan|timeline|milestone|immediate|short-term|short term|long-term|long term|post-launch|phase \\d|"
        "week \\d|before production|before launch|before go-live|risk for|critical path",
    ),
    (Mood.EXPECT, "requirement|budget|ziele?\\b"),
    (
        Mood.CLAIM,
        "features?\\b|capabilit|coverage|changes?\\b|result|benefit|met\\b|integration|technical details|available|"
        "fonctionnalité|功能|機能",
    ),
)
_ASIDE = re.compile(r"^(?:notes?|hinweis|remarque|nota|примечание)\b", re.IGNORECASE)


def _compiled(table: tuple[tuple[Mood, str], ...]) -> tuple[tuple[Mood, re.Pattern[str]], ...]:
    return tuple(
        (mood, re.compile("|".join(rf"\b{word}" if word[0].isascii() else word for word in words.split("|")), re.I))
        for mood, words in table
    )


_FIRM_PATTERNS = _compiled(_FIRM)
_WEAK_PATTERNS = _compiled(_WEAK)
_TODO = re.compile(
    r"\b(?:next steps?|next actions?|to-?do|actions?\b|recommend|action items?|to be done|nächste schritte|empfehlung|"
    r"prochaines étapes|recommandation|próximos pas|recomend|prossimi passi|raccomand)|следующие шаги|рекоменд|下一步|"
    r"待办|建议|次のステップ|推奨",
    re.IGNORECASE,
)
_PAST_TITLE = re.compile(
    r"^(?:(?:all |recently |already )?(?:completed?$|completed|resolved|fixed|closed|implemented|done)\b)"
    r"|\b(?:fixed|resolved|completed|implemented|applied)(?:\s*\(|$)",
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
IMPERATIVES = frozenset(
    """
    achieve activate add address adjust adopt align allocate allow analyze analyse annotate announce apply approve
    archive assess assign attach audit automate avoid backup benchmark block book bring build buy cache calculate
    calibrate capture change check choose clarify clean clear close collect commit communicate compare compile complete
    conduct configure confirm connect consider consolidate contact continue convert coordinate copy correct cover
    create deactivate debug decide decommission define delete deliver deploy deprecate describe design determine
    develop disable discuss display distribute document double-check download draft drop educate eliminate email
    enable encrypt enforce enhance ensure escalate establish estimate evaluate exclude execute expand experiment
    explain explore export expose extend extract find finalize finalise finish fix follow force formalize format
    gather generate get give grant handle harden have identify implement import improve include increase inform
    initialize initiate inspect install integrate introduce investigate invite isolate issue keep label launch
    leverage limit link list load lock log maintain make manage map mark measure merge migrate minimize mock model
    modify monitor move notify obtain offer onboard open optimize optimise order organize pass patch perform pin
    plan prepare present prevent prioritize prioritise profile promote protect prove provide provision publish
    purge push rate re-run read reboot rebuild recheck record redeploy redirect reduce refactor refresh register
    regenerate release remove rename renew reorganize repair repeat replace replicate report request require rerun
    research reset resolve restart restore restrict resubmit retest retire retrain retry return revert review
    revise revoke rewrite roll rotate run sanitize save scale scan schedule script secure seed select send separate
    serve set setup share ship show sign simplify simulate smoke-test specify split stage standardize start stop
    store streamline stress-test strengthen submit support suppress switch sync tag take teach test tighten track train
    transfer transition trigger tune turn undo unify uninstall update upgrade upload use utilize validate verify
    version visit wait warm watch wire wrap write prüfen erstellen einrichten testen vérifier ajouter configurer
    créer tester verificar agregar añadir configurar crear probar revisar adicionar criar testar revisar
    verificare aggiungere configurare creare testare
    """.split()
)
#: First words of instructions on how to click through a page: steps of a step, no items.
CLICKS = frozenset("go click select choose press visit navigate scroll paste".split())
#: Imperatives that are nouns or adjectives as often: they count if something follows that only a verb has.
_DOUBTFUL = frozenset(
    """
    access audit back backup benchmark block book cache clean close complete debug design display document draft drop
    estimate experiment export extract fix force format handle import increase install issue label launch limit link
    list load lock log map mark measure merge model monitor move open pass patch pin plan process profile publish push
    queue rate read record release report request research reset restart return review roll rotate save scale scan
    schedule script seed select separate serve set share ship show sign stage start stop store support switch sync tag
    test track train transfer trigger turn update upgrade upload use version visit wait watch
    """.split()
)
_OBJECT = re.compile(
    r"\s+(?:the|a|an|all|any|each|every|your|our|its|this|that|these|those|for|to|with|on|in|from|and|if|whether|both|"
    r"new|up|out|over|back|down|only|no|as|at|by|into|against|until|existing|production|real|[`\"'\u201c\d(]|[A-Z]{2,}|\w+s\b)",
)
#: First words of steps that verify something, and so could be gates.
VERIFIES = frozenset("check verify ensure test validate confirm monitor review set run".split())
_PARTICIPLE = re.compile(r"^(?:already |successfully |newly |fully )?[a-z-]{2,20}(?:ed|built|rewritten|written|made|set up)\b", re.I)  # fmt: skip
_NEED = re.compile(
    r"\b(?:needs?|needed|missing|todo|to-do|tbd|not (?:yet|done|implemented|started|tested|configured|available)|must|"
    r"incomplete|recommended|pending|still to|yet to|requires?|lacks?|insufficient|fails?|failing|broken)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[^\W\d_][\w-]*")
_RUSSIAN = re.compile(r"[\u0430-\u044f]{2,}(?:ть|ти|ите|йте)(?:ся|сь)?$")


def imperative(text: str) -> bool:
    """Whether a sentence begins by telling somebody to do something."""
    word = _FIRST.match(text.lstrip("*_`\"'( "))
    if word is None:
        return False
    first = word[0].lower()
    if first in _DOUBTFUL:
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
    return bool(_PARTICIPLE.match(text))


def needs(text: str) -> bool:
    """Whether a sentence tells of a lack."""
    return bool(_NEED.search(text))
