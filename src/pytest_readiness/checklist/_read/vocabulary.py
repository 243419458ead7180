"""
What people write for a status, a severity, an aside: data, in several languages.

Words are in lower case. A phrase speaks if a text begins with it, at the border of a word; the longest one counts.
"""

from __future__ import annotations

from pytest_readiness.checklist.model import Status
from pytest_readiness.model import Severity

DONE, OPEN, DEFERRED = Status.DONE, Status.OPEN, Status.DEFERRED
FALSE, NONE, UNSAID = Status.FALSE_POSITIVE, Status.NOT_APPLICABLE, Status.UNSAID

#: What stands between the brackets of a box.
BOXES = {
    **dict.fromkeys(("x", "X", "✓", "✔", "✅", "☑", "v", "V", "*", "✔️", "☑️", "х", "Х"), DONE),
    **dict.fromkeys(("", " ", "/", "!", "?", "○", "❌", "⏳", "🚧", "🔄", "⚠️", "⚠", ".", "_"), OPEN),
    **dict.fromkeys((">", "<", "⏸️", "⏸", "»"), DEFERRED),
    **dict.fromkeys(("-", "–", "—"), NONE),
    "~": OPEN,
}

#: Emoji and signs that state a status wherever they begin or end something. Variation selectors are left out.
SIGNS = {
    **dict.fromkeys(("✅", "✔", "☑", "✓", "🟢", "🗹", "🆗", "👍"), DONE),
    **dict.fromkeys(("❌", "✗", "✘", "✖", "❎", "🔴", "⬜", "☐", "🔲", "◻", "🟥", "🛑", "⛔", "🚫", "👎"), OPEN),
    **dict.fromkeys(
        ("⚠", "⏳", "⌛", "🚧", "🟡", "🟠", "🔄", "🟨", "🟧", "🔶", "🔁", "🏗", "❓", "❔", "◐", "🕐"), OPEN
    ),
    **dict.fromkeys(("⏸", "⏭", "⏩", "💤"), DEFERRED),
    **dict.fromkeys(("➖",), NONE),
    "🟩": DONE,
    "🔵": OPEN,
    "⚪": OPEN,
}

SHORTCODES = {
    **dict.fromkeys(
        ("white_check_mark", "heavy_check_mark", "ballot_box_with_check", "check", "green_circle", "+1"), DONE
    ),
    **dict.fromkeys(
        ("x", "warning", "construction", "hourglass", "hourglass_flowing_sand", "red_circle", "yellow_circle"), OPEN
    ),
    **dict.fromkeys(("negative_squared_cross_mark", "no_entry", "no_entry_sign", "arrows_counterclockwise"), OPEN),
    **dict.fromkeys(("pause_button", "fast_forward"), DEFERRED),
    "heavy_minus_sign": NONE,
}

#: Signs that make a bullet an aim: something wished for.
AIMS = frozenset("🎯🔥📋🔜📝🔧💡🚨📌🔍🔮")

PHRASES = {
    # English
    **dict.fromkeys(
        (
            "done", "complete", "completed", "fully complete", "fixed", "resolved", "implemented", "finished", "closed",
            "passed", "pass", "passing", "all passing", "verified", "validated", "approved", "accepted", "ready",
            "production ready", "production-ready", "ready for production", "live", "deployed", "shipped", "released",
            "merged", "delivered", "achieved", "met", "yes", "ok", "okay", "clean", "confirmed", "configured",
            "enabled", "tested", "working", "operational", "followed", "applied", "in place", "satisfied", "compliant",
            "green", "go", "success", "successful", "succeeded", "secure", "stable", "healthy", "signed off",
            "up to date", "available", "active", "consistent", "excellent", "good", "supported", "covered",
            "documented", "all green", "none detected", "none found", "no issues", "major progress", "on track",
            "already implemented", "already done", "checked", "reviewed", "installed", "present", "exists", "low risk",
        ),
        DONE,
    ),  # fmt: skip
    **dict.fromkeys(
        (
            "not done", "open", "todo", "to do", "to-do", "tbd", "to be done", "to be defined", "incomplete",
            "not complete", "not completed", "not yet", "not yet done", "not started", "not ready",
            "not production ready", "not implemented", "not fixed", "not resolved", "not tested", "not verified",
            "not met", "not deployed", "not configured", "not available", "not passing", "not passed", "not enabled",
            "not found", "not validated", "not approved", "not reviewed", "not available yet", "unverified", "untested",
            "in progress", "in-progress", "wip", "work in progress", "ongoing", "started", "partial", "partially",
            "partly", "partially complete", "partially done", "partially implemented", "mostly complete",
            "almost done", "nearly complete", "pending", "waiting", "waiting for", "awaiting", "blocked", "blocking",
            "blocker", "on hold for", "needs", "need", "needed", "required", "requires", "missing", "failed", "fail",
            "failing", "fails", "broken", "error", "no", "no-go", "no go", "red", "yellow", "amber", "at risk",
            "critical", "remaining", "outstanding", "unresolved", "under review", "in review", "review needed",
            "planned", "scheduled", "queued", "upcoming", "next", "to verify", "to be verified", "to be confirmed",
            "tbc", "needs work", "needs review", "needs improvement", "conditional", "assigned", "investigating",
            "degraded", "poor", "insufficient", "unknown", "unstable", "new",
        ),
        OPEN,
    ),  # fmt: skip
    **dict.fromkeys(
        (
            "deferred", "postponed", "skipped", "skip", "on hold", "paused", "later", "future", "parked", "backlog",
            "moved to", "won't do now", "descoped", "out of scope for now", "next release", "delayed", "snoozed",
            "deprioritized", "deprioritised", "post-launch", "post-mvp", "future work", "future enhancement",
        ),
        DEFERRED,
    ),  # fmt: skip
    **dict.fromkeys(("false positive", "false-positive", "false alarm", "not a bug", "not an issue"), FALSE),
    **dict.fromkeys(
        (
            "n/a", "n.a.", "na", "not applicable", "not-applicable", "not required", "not needed", "unnecessary",
            "does not apply", "waived", "won't fix", "wontfix", "won't do", "out of scope", "cancelled", "canceled",
            "dropped", "obsolete", "removed from scope", "not relevant",
        ),
        NONE,
    ),  # fmt: skip
    # German
    **dict.fromkeys(
        ("erledigt", "fertig", "abgeschlossen", "umgesetzt", "behoben", "bestanden", "ja", "vorhanden", "geprüft",
         "vollständig", "erfüllt", "freigegeben", "bereit", "gelöst", "implementiert"), DONE,
    ),
    **dict.fromkeys(
        ("offen", "ausstehend", "in arbeit", "in bearbeitung", "nicht erledigt", "nicht fertig", "nicht begonnen",
         "nicht bestanden", "unvollständig", "fehlt", "nein", "blockiert", "teilweise", "geplant", "laufend",
         "noch offen", "zu erledigen", "nicht erfüllt", "nicht vorhanden"), OPEN,
    ),
    **dict.fromkeys(("verschoben", "zurückgestellt", "vertagt", "aufgeschoben", "übersprungen"), DEFERRED),
    **dict.fromkeys(("entfällt", "nicht zutreffend", "nicht anwendbar", "nicht relevant", "nicht erforderlich"), NONE),
    # French
    **dict.fromkeys(
        ("fait", "terminé", "terminée", "achevé", "fini", "résolu", "résolue", "corrigé", "validé", "validée", "oui",
         "complété", "complet", "réussi", "prêt", "prête", "livré", "conforme", "mis en place"), DONE,
    ),
    **dict.fromkeys(
        ("à faire", "a faire", "en cours", "en attente", "non fait", "pas fait", "incomplet", "manquant", "ouvert",
         "non", "bloqué", "échec", "échoué", "partiel", "prévu", "non commencé", "à vérifier", "pas encore",
         "non conforme"), OPEN,
    ),
    **dict.fromkeys(("reporté", "reportée", "différé", "repoussé", "ajourné"), DEFERRED),
    **dict.fromkeys(("sans objet", "non applicable", "s.o."), NONE),
    # Spanish
    **dict.fromkeys(
        ("hecho", "completado", "completada", "terminado", "terminada", "resuelto", "listo", "lista", "sí", "aprobado",
         "verificado", "finalizado", "implementado", "corregido", "cumple", "completo"), DONE,
    ),
    **dict.fromkeys(
        ("pendiente", "por hacer", "en progreso", "en curso", "en proceso", "incompleto", "no hecho", "falta",
         "abierto", "bloqueado", "fallido", "parcial", "sin empezar", "no cumple", "planificado"), OPEN,
    ),
    **dict.fromkeys(("aplazado", "aplazada", "pospuesto", "pospuesta", "diferido"), DEFERRED),
    **dict.fromkeys(("no aplica", "no procede"), NONE),
    # Portuguese
    **dict.fromkeys(
        ("feito", "concluído", "concluída", "concluido", "pronto", "pronta", "resolvido", "sim", "aprovado",
         "finalizado", "corrigido", "implementado", "verificado", "atendido"), DONE,
    ),
    **dict.fromkeys(
        ("pendente", "a fazer", "em andamento", "em progresso", "incompleto", "não feito", "não", "falta fazer",
         "aberto", "aberta", "bloqueado", "falhou", "parcial", "não iniciado", "não concluído", "faltando"), OPEN,
    ),
    **dict.fromkeys(("adiado", "adiada", "postergado"), DEFERRED),
    **dict.fromkeys(("não se aplica", "não aplicável"), NONE),
    # Italian
    **dict.fromkeys(
        ("fatto", "fatta", "completato", "completata", "terminato", "risolto", "pronto", "approvato", "sì",
         "verificato", "concluso", "implementato", "corretto"), DONE,
    ),
    **dict.fromkeys(
        ("da fare", "in corso", "in sospeso", "in attesa", "incompleto", "non fatto", "aperto", "bloccato", "fallito",
         "manca", "mancante", "parziale", "non iniziato", "da verificare"), OPEN,
    ),
    **dict.fromkeys(("rimandato", "rinviato", "posticipato", "differito"), DEFERRED),
    **dict.fromkeys(("non applicabile",), NONE),
    # Russian
    **dict.fromkeys(
        ("готово", "выполнено", "сделано", "завершено", "завершён", "исправлено", "решено", "да", "проверено",
         "пройдено", "реализовано", "одобрено"), DONE,
    ),
    **dict.fromkeys(
        ("не готово", "не выполнено", "не сделано", "не завершено", "в работе", "в процессе", "в ожидании",
         "открыто", "нет", "нужно", "требуется", "ожидает", "заблокировано", "не начато", "частично",
         "запланировано", "не пройдено", "провалено"), OPEN,
    ),
    **dict.fromkeys(("отложено", "перенесено", "пропущено"), DEFERRED),
    **dict.fromkeys(("неприменимо", "не применимо", "не требуется", "н/п"), NONE),
    # Chinese
    **dict.fromkeys(("已完成", "完成", "完毕", "已解决", "已修复", "已实现", "通过", "已通过", "是", "已上线", "就绪", "已验证", "正常"), DONE),
    **dict.fromkeys(
        ("未完成", "待办", "待处理", "待完成", "进行中", "未开始", "未通过", "不通过", "阻塞", "否", "失败", "缺失", "部分完成", "待定",
         "待确认", "待验证", "未解决", "计划中", "未实现"), OPEN,
    ),
    **dict.fromkeys(("推迟", "已推迟", "延期", "已延期", "暂缓", "搁置", "跳过"), DEFERRED),
    **dict.fromkeys(("不适用", "不需要", "无需"), NONE),
    **dict.fromkeys(("误报",), FALSE),
    # Japanese
    **dict.fromkeys(("完了", "済", "済み", "対応済み", "対応済", "実装済み", "確認済み", "合格", "解決済み", "はい", "完成済み"), DONE),
    **dict.fromkeys(
        ("未完了", "未着手", "未対応", "未実施", "未実装", "未確認", "作業中", "対応中", "進行中", "保留中", "要対応", "要確認", "不合格", "いいえ",
         "一部完了", "予定"), OPEN,
    ),
    **dict.fromkeys(("延期", "先送り", "保留", "見送り"), DEFERRED),
    **dict.fromkeys(("該当なし", "対象外", "不要"), NONE),
}  # fmt: skip

SEVERITIES = {
    **dict.fromkeys(("critical", "blocker", "p0", "sev0", "sev1", "kritisch", "critique", "crítico", "crítica",
                     "critico", "критично", "критический", "严重", "致命", "紧急", "緊急", "urgent", "must"), Severity.CRITICAL),
    **dict.fromkeys(("high", "major", "p1", "sev2", "hoch", "haute", "élevée", "alta", "alto", "высокий", "高",
                     "important", "severe", "should"), Severity.HIGH),
    **dict.fromkeys(("medium", "moderate", "p2", "sev3", "mittel", "moyenne", "moyen", "media", "medio", "média",
                     "médio", "средний", "中", "normal", "could"), Severity.MEDIUM),
    **dict.fromkeys(("low", "minor", "p3", "p4", "p5", "sev4", "trivial", "niedrig", "gering", "basse", "faible",
                     "baja", "bajo", "baixa", "bassa", "низкий", "低", "nice to have", "nice-to-have", "informational",
                     "cosmetic"), Severity.LOW),
}  # fmt: skip
