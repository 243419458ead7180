"""Names of fields: which tell a verdict, which date the document, and which are asides."""

from __future__ import annotations

import re

#: A field of such a name is an item: somebody stands for something.
_VERDICT = re.compile(
    r"\b(?:status|result|verdict|decision|recommended action|risk level|confidence|readiness|conclusion|completion|"
    r"score|progress|approved|audited|prepared|reviewed by|verified by|performed by|signed|signature|sign-off|"
    r"go/no-go|go criteria|go-live decision|outcome|deployment manager|(?:completed|deployed|tested|released|"
    r"checked) by|approval|estado|statut|stato|unterschrift|"
    r"freigabe|firma|aprobado|criterio|approuvé)|(?:статус|итог|создано|подпись|утверждено|вердикт|状态|结论|签字|审批|"
    r"状態|結論|承認)",
    re.IGNORECASE,
)
#: A field that says how old the document is, or which version it speaks of.
_DATED = re.compile(
    r"^(?:last (?:updated|review|verified|reviewed|checked|audit|tested|modified)|updated|next (?:review|audit)|"
    r"(?:system |app |document )?version|report generated|generated(?: on)?|"
    r"(?:report|audit|assessment) date|"
    r"(?:total )?(?:development|implementation) time|document version|review date|zuletzt aktualisiert|"
    r"dernière mise à jour|última actualización|última atualização|ultimo aggiornamento|обновлено|последнее обновление|"
    r"最后更新|更新日期|最終更新)",
    re.IGNORECASE,
)
_DATE = re.compile(r"^(?:date|datum|fecha|data|дата|日期|日付)$", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:impact|effect|effort|(?:estimated )?(?:effort|cost)|error|(?:latest |last |total )?commits?|"
    r"(?:scenario|example|option|szenario|beispiel|escenario|ejemplo|exemple|сценарий|пример) \w{1,2}|"
    r"solution|fix|mitigation|root cause|cause|symptoms?|workaround|scope|before|after|lesson|"
    r"purpose|starts? (?:after|when|once)|"
    r"notes?|audience|session date|created|author|audit type|environment|repository|project|projekt|projet|"
    r"proyecto|projeto|progetto|проект|项目|service|application|product|customer|client|team|location|"
    r"files? affected|"
    r"link|usage|example|context|background|estimated time|eta|time|date|datum|go-live (?:date|time)|start date|"
    r"name|title|role|contact|email|phone|evidence|see also|tip|warning|important|hinweis|warum|why|"
    r"для чего|зачем|wozu|pourquoi|para qué|para que|waarom|how|what|"
    r"tiempo estimado.*|auswirkung|lösung|cause|solución|impacto|causa|решение|причина|影响|原因|解决方案|備考|"
    r"description of.*|prerequisites?|versión|версия|duration|branch|commit|reviewer|эта|type|category|id|"
    r"ticket|jira)$",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"^(?:test )?(?:results?|output|ergebnis|résultat|resultado|risultato|результат|结果|結果)$", re.IGNORECASE
)
_EXPECTED = re.compile(
    r"^(?:(?:daily|weekly|monthly|quarterly|annually|yearly)\b|(?:you )?should (?:be|return|see|show)|"
    r"expected|(?:example |sample )?(?:output|response)\b(?!\s+(?:time|rate|size|code))|erwartet|attendu|esperad|"
    r"resultado esperado|ожидаем|должн|预期|期待)",
    re.IGNORECASE,
)
_SOLUTION = re.compile(r"^(?:solution|fix|mitigation|resolution|lösung|solución|решение|解决方案)$", re.IGNORECASE)


def verdict(name: str) -> bool:
    """Whether a field of this name gives a verdict or a signature."""
    return bool(_VERDICT.search(name))


def dated(name: str, *, first: bool) -> bool:
    """Whether a field says when the document was true; a bare date only does so at its beginning."""
    return bool(_DATED.match(name)) or (first and bool(_DATE.match(name)))


def aside(name: str) -> bool:
    """Whether what a field says is no item of its own."""
    return bool(_ASIDE.match(name.strip()))


def result(name: str) -> bool:
    """Whether a field tells what came out of the command above it."""
    return bool(_RESULT.match(name.strip()))


def expected(name: str) -> bool:
    """Whether a field tells what is to come out of the command above it."""
    return bool(_EXPECTED.match(name.strip()))


def solution(name: str) -> bool:
    """Whether a field tells what to do about a trouble."""
    return bool(_SOLUTION.match(name.strip()))
