"""How a status is written: each box, sign and word in its own way, so that a document keeps its looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from pytest_readiness.checklist.model import Item, Kind, Mark, Status


class Truth(StrEnum):
    """What a mark is to say."""

    DONE = "done"
    FAILED = "failed"
    UNPROVEN = "unproven"
    EXCUSED = "excused"


_DONE = (Status.DONE, Status.FALSE_POSITIVE)
_ORDER = (Truth.DONE, Truth.FAILED, Truth.UNPROVEN, Truth.EXCUSED)
_BOX = re.compile(r"(\\?\[)(.*?)(\\?\])")
_CHECKED = re.compile(r"""\s+checked(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>/]+))?(?=[\s/>])""", re.IGNORECASE)
_SHARE = re.compile(r"\d\s*(?:%|/\s*\d)")
_SELECTOR = "\ufe0f"
#: The signs of one family, in the order of ``_ORDER``, and further ones that belong to it.
_SIGNS = (
    (("✅", "❌", "⚠️", "⏸️"), "❎✖⬜🔲◻🛑⛔🚫⚠⏳⌛🚧🔄🔁🏗❓❔◐🕐⏸⏭⏩💤🔶🔵⚪\u2796🆗"),
    (("✔", "✘", "✘", "✘"), ""),
    (("✓", "✗", "✗", "✗"), ""),
    (("☑", "☐", "☐", "☐"), "🗹"),
    (("🟢", "🔴", "🟡", "🟡"), "🟠"),
    (("🟩", "🟥", "🟨", "🟨"), "🟧"),
    (("👍", "👎", "👎", "👎"), ""),
    ((":white_check_mark:", ":x:", ":warning:", ":pause_button:"), ""),
)
_FAMILIES = {sign.rstrip(_SELECTOR): family for family, more in _SIGNS for sign in (*family, *more)}
#: Words for done, not done, unproven and put off, and those that are of the same language.
_WORDS = (
    (("erledigt", "offen", "offen", "verschoben"), "fertig abgeschlossen umgesetzt behoben bestanden vollständig ja"),
    (
        ("fait", "à faire", "à vérifier", "reporté"),
        "terminé terminée achevé fini résolu corrigé validé réussi prêt oui",
    ),
    (("hecho", "pendiente", "pendiente", "aplazado"), "completado completada terminado terminada resuelto listo sí"),
    (("feito", "pendente", "pendente", "adiado"), "concluído concluída pronto pronta resolvido sim atendido"),
    (("fatto", "da fare", "da verificare", "rimandato"), "completato completata terminato risolto sì concluso"),
    (("готово", "не готово", "не готово", "отложено"), "выполнено сделано завершено исправлено решено да проверено"),
    (("已完成", "未完成", "待验证", "推迟"), "完成 完毕 已解决 已修复 已实现 通过 已通过 就绪 已验证"),
    (("完了", "未完了", "未確認", "延期"), "済 済み 対応済み 対応済 実装済み 確認済み 合格 解決済み"),
)
_LANGUAGES = {word: family for family, more in _WORDS for word in (*family, *more.split())}
#: What can be said with "not" in front.
_DENIED = frozenset(
    """
    done complete completed ready production-ready implemented fixed resolved tested verified met deployed configured
    available passing passed enabled validated approved reviewed
    """.split()  # noqa: SIM905 - words are easier to read and to change so
) | {"production ready"}

#: Further words that stand after a sign and say the same again.
_AGAIN = (
    _DENIED
    | frozenset(
        """
    pass fail failed failing missing deferred postponed pending planned open todo incomplete partial blocked unverified
    clean ok yes no live
    """.split()  # noqa: SIM905 - words are easier to read and to change so
    )
    | {"in progress", "not started"}
    | {f"not {word}" for word in _DENIED}
)
#: The single words that a status is written with.
STATUS_WORDS = frozenset(word for phrase in (*_AGAIN, *_LANGUAGES) for word in re.split(r"[ -]", phrase))
_AFTER = re.compile(r"\ufe0f?[ \t]*[*_]{0,3}")
_WORDS_AFTER = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+){0,2}(?=[*_]*[ \t]*(?:$|[|,.;:()!<\u2192\u2013\u2014-]))")


def with_words(item: Item, lines: Sequence[str]) -> Iterator[Mark]:
    """
    Yield the marks of *item*, and after a sign the word beside it that says the same again: ``Complete`` in
    ``✅ Complete``. A word that its text is made of stays, since the item is known by it; so does one that a
    heading begins with, since what is below is read by it.
    """
    for mark in item.marks:
        word = _bare(mark.text)
        begins = item.kind is Kind.HEADING and not _bare(lines[mark.line - 1][: mark.start])
        if not word or (word != _bare(item.text) and not begins):
            yield mark
        if mark.text.rstrip(_SELECTOR) in _FAMILIES or mark.text.startswith(":"):
            line = lines[mark.line - 1]
            after = _AFTER.match(line, mark.end)
            found = _WORDS_AFTER.match(line, after.end() if after else mark.end)
            again = found[0].lower() if found else ""
            if found and (again in _AGAIN or again in _LANGUAGES) and again not in item.text.lower():
                yield Mark(mark.line, *found.span(), found[0], mark.status)


def _bare(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def written(mark: Mark, truth: Truth) -> str:
    """Return the text of *mark* as *truth* has it: its own where that says it already."""
    if _says(mark.status, truth) or _SHARE.search(mark.text):
        return mark.text
    if box := _BOX.fullmatch(mark.text):
        return _box(box, truth)
    if mark.text.startswith("<"):
        return _input(mark.text, truth)
    family = _FAMILIES.get(mark.text.rstrip(_SELECTOR))
    if family is None and mark.text.startswith(":"):
        family = _SIGNS[-1][0]
    return _word(mark.text, truth) if family is None else family[_ORDER.index(truth)]


def _says(status: Status, truth: Truth) -> bool:
    """Whether a mark need not change: one that claims nothing done is true enough of what is unproven or put off."""
    if truth is Truth.DONE:
        return status in _DONE
    return status not in _DONE and not (truth is Truth.FAILED and status is Status.NOT_APPLICABLE)


def _box(found: re.Match[str], truth: Truth) -> str:
    inner = found[2].replace(_SELECTOR, "")
    sign = "x" if truth is Truth.DONE else " "
    blank = inner.strip() or inner[:1]
    return f"{found[1]}{inner.replace(blank, sign, 1) if blank else sign}{found[3]}"


def _input(tag: str, truth: Truth) -> str:
    if truth is not Truth.DONE:
        return _CHECKED.sub("", tag)
    end = "/>" if tag.endswith("/>") else ">"
    body = tag.removesuffix(end)
    return f"{body.rstrip()} checked{body[len(body.rstrip()) :]}{end}"


def _word(text: str, truth: Truth) -> str:
    lower = text.lower()
    if family := _LANGUAGES.get(lower):
        return _like(text, family[_ORDER.index(truth)])
    if truth is Truth.DONE:
        denied = lower.removeprefix("not ")
        return _like(text, denied if denied != lower and denied in _DENIED else "done")
    if truth is Truth.FAILED:
        return _like(text, f"not {lower}" if lower in _DENIED else "not done")
    return _like(text, "unverified" if truth is Truth.UNPROVEN else "deferred")


def _like(text: str, word: str) -> str:
    """Return *word* in capitals or with a capital, as *text* is."""
    if text.isupper() and len(text) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if text[:1].isupper() else word
