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

_WORDS: tuple[tuple[Mood, str], ...] = (
    (
        Mood.TROUBLE,
        "troubleshoot|common issues|common problems|if something goes wrong|faq|fehlerbehebung|dépannage|"
        "solución de problemas|solução de problemas|устранение неполадок|故障排除|故障排查|トラブルシューティング",
    ),
    (
        Mood.WANT,
        "next step|next action|to do|todo|to-do|remaining|recommendation|recommended|action item|actions needed|"
        "action plan|improvement|pending|missing|gap|blocker|known issue|issues|concern|risk|rollback|roll back|"
        "roadmap|backlog|future|planned|upcoming|deployment plan|must fix|should fix|priority fixes|priority order|"
        "nice to have|expected benefit|long-term benefit|follow-up|follow up|not yet|in progress|open items|"
        "open questions|outstanding|problems|warnings|defect|bugs|vulnerabilit|timeline|milestone|"
        "immediate action|immediate|short-term|short term|long-term|long term|post-launch|phase \\d|week \\d|"
        "deferred|before production|unsafe for|risk for|limitations|before launch|before go-live|required action|"
        "offene|nächste schritte|ausstehend|empfehlung|prochaines étapes|à faire|recommandation|restant|"
        "próximos pasos|pendiente|recomendacion|por hacer|próximos passos|pendente|recomendaç|prossimi passi|"
        "da fare|raccomandazion|следующие шаги|осталось|рекоменд|проблем|下一步|待办|建议|问题|次のステップ|課題|推奨",
    ),
    (
        Mood.EXPECT,
        "success metric|success criteria|target|kpi|criteria|criterion|expected|threshold|should be|sla|slo|"
        "duration|estimated|maintenance task|weekly|monthly|quarterly|daily|annually|periodic|requirement|"
        "objective|budget|service level|must be|acceptance|erwartet|kriteri|ziel|attendu|critère|objectif|esperad|"
        "criterio|critério|objetivo|ожида|должн|критери|预期|指标|目标|期待|基準|目標|system requirements",
    ),
    (
        Mood.CLAIM,
        "accomplish|achiev|complete|completed|done|feature|capabilit|implemented|coverage|changes|changed|fixed|"
        "resolved|finding|strength|result|delivered|benefit|works well|modified|created|updated|added|applied|"
        "met|met criteria|operational|integration|technical details|available|erledigt|abgeschlossen|umgesetzt|"
        "terminé|réalis|fonctionnalité|completad|logrado|implementad|concluíd|completat|выполнен|исправлен|готово|"
        "已完成|功能|完了|実装",
    ),
)
_ASIDE = re.compile(r"^(?:notes?|hinweis|remarque|nota|примечание)\b", re.IGNORECASE)
_PATTERNS = tuple(
    (
        mood,
        re.compile(
            "|".join(rf"\b(?:{each})" if each[0].isascii() else each for each in words.split("|")), re.IGNORECASE
        ),
    )
    for mood, words in _WORDS
)
_FIRM = re.compile(r"^(?:(?:all |recently |already )?(?:completed?|resolved|fixed|closed|implemented|done)\b)|\b(?:fixed|resolved|completed|implemented)(?:\s*\(|$)", re.IGNORECASE)  # fmt: skip


@lru_cache(maxsize=2048)
def mood(title: str) -> Mood | None:
    """
    The mood that a title sets, ``None`` if it sets none.

    >>> mood("Known Issues")
    <Mood.WANT: 1>
    """
    text = title.strip().lower().rstrip(":. ")
    if text in ASIDES or re.split(r"[:(\[\u2014\u2013]", text, maxsplit=1)[0].strip() in ASIDES:
        return Mood.ASIDE
    if _FIRM.search(text):
        return Mood.CLAIM
    for found, pattern in _PATTERNS:
        if pattern.search(text):
            return found
    return None


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
CLICKS = frozenset("go click select choose press visit navigate open scroll type enter paste see wait watch".split())
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
    return first in IMPERATIVES or bool(_RUSSIAN.match(first))


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
