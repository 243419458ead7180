from __future__ import annotations

import base64
import json
import os
import re
import shlex
import time
from datetime import UTC, date, datetime
from html import escape
from urllib.parse import quote, quote_plus

import pytest

from pytest_readiness.errors import Position
from pytest_readiness.model import (
    Deferral,
    Disposition,
    Each,
    Evidence,
    Gate,
    GroupScore,
    Held,
    Judged,
    Measurement,
    Outcome,
    Report,
    Result,
    Subject,
    Verdict,
    Waiver,
)
from pytest_readiness.redact import Redactor, is_plain, logins, looks_secret

SECRET = 'hunt/er "2" & <ü>+='


def gate(**more: object) -> Gate:
    facts: dict[str, object] = {
        "id": "a",
        "title": "A",
        "probe": "env",
        "options": None,
        "expectations": (),
        "position": Position("readiness.yaml", 1),
    }
    return Gate(**{**facts, **more})  # type: ignore[arg-type]


def result(**more: object) -> Result:
    facts: dict[str, object] = {"gate": gate(), "outcome": Outcome.FAILED, "reason": "no"}
    return Result(**{**facts, **more})  # type: ignore[arg-type]


class TestNames:
    @pytest.mark.parametrize(
        "name",
        """
        PASSWORD DB_PASSWORD PGPASSWORD db-passwd MYSQL_PWD DB_PASS PGPASS SMTP_PASSPHRASE SECRET SECRET_KEY
        CLIENT_SECRET clientSecret API_KEY apikey X-Api-Key STRIPE_KEY SSH_PRIVATE_KEY AWS_SECRET_ACCESS_KEY
        AWS_ACCESS_KEY_ID TOKEN GITHUB_TOKEN accessToken ACCESSTOKEN JWT Authorization Set-Cookie NPM_AUTH
        CREDENTIALS GOOGLE_CREDENTIALS SLACK_WEBHOOK_URL GITLAB_PAT PASSWORD_SALT FERNET_KEYS
        """.split(),  # noqa: SIM905 - words are easier to read so
    )
    def test_of_secrets(self, name: str) -> None:
        assert looks_secret(name)

    @pytest.mark.parametrize(
        "name",
        """
        PATH HOME PWD OLDPWD KEY KEYBOARD MONKEY PUBLIC_KEY PRIMARY_KEY CACHE_KEY SORT_KEY AUTHOR PASSENGERS
        PASSWORD_FILE TOKEN_TTL PASSWORD_MIN_LENGTH SECRET_NAME JWT_ALGORITHM MAX_TOKENS TOKENIZERS_PARALLELISM
        COMPASS DATABASE_URL PORT DEBUG _ 42
        """.split(),  # noqa: SIM905 - words are easier to read so
    )
    def test_of_other_things(self, name: str) -> None:
        assert not looks_secret(name)


class TestLogins:
    def test_are_found_in_urls(self) -> None:
        assert set(logins("postgresql://app:p%40ss-word@db:5432/app")) == {"p%40ss-word", "p@ss-word"}

    def test_a_token_in_place_of_a_user_is_one(self) -> None:
        assert "ghp_0123456789abcdef" in set(logins("https://ghp_0123456789abcdef@github.com/a/b"))

    def test_a_user_is_none(self) -> None:
        assert list(logins("ssh://git@github.com/a/b")) == []

    def test_are_found_in_connection_strings(self) -> None:
        assert list(logins("host=db Password='s p' ;pwd=other;user=x")) == ["s p", "other"]

    def test_are_found_in_queries_and_keys_of_accounts(self) -> None:
        assert list(logins("https://example.org/hook?a=1&token=t0k3n&b=2")) == ["t0k3n"]
        assert list(logins("Name=x;AccountKey=Zm9vYmFy==;Suffix=y")) == ["Zm9vYmFy=="]

    def test_a_plain_url_has_none(self) -> None:
        assert list(logins("https://example.org/a@b")) == []


class TestPlainValues:
    @pytest.mark.parametrize("value", ["", "abc", "true", "False", "localhost", "8080", "65535", "****", "TEST"])
    def test_are_left_alone(self, value: str) -> None:
        assert is_plain(value)
        assert Redactor([value]).text(f"<{value}>") == f"<{value}>"

    @pytest.mark.parametrize("value", ["abcd", "123456", "hunter2", "local host"])
    def test_others_are_hidden(self, value: str) -> None:
        assert Redactor([value]).text(f"<{value}>") == "<***>"


class TestText:
    @pytest.mark.parametrize(
        "written",
        [
            SECRET,
            quote(SECRET),
            quote(SECRET, safe=""),
            quote_plus(SECRET),
            re.sub("%..", lambda code: code[0].lower(), quote(SECRET)),
            json.dumps(SECRET)[1:-1],
            json.dumps(SECRET, ensure_ascii=False)[1:-1],
            json.dumps(SECRET).replace("/", "\\/")[1:-1],
            repr(SECRET)[1:-1],
            repr("it's " + SECRET),
            repr(SECRET.encode())[2:-1],
            escape(SECRET),
            escape(SECRET, quote=False),
            shlex.quote(SECRET),
            base64.b64encode(SECRET.encode()).decode(),
            base64.urlsafe_b64encode(SECRET.encode()).decode(),
            base64.b64encode(b"user:" + SECRET.encode() + b"\n").decode(),
            base64.b64encode(b"users:" + SECRET.encode()).decode().rstrip("="),
        ],
    )
    def test_hides_a_secret_however_it_is_written(self, written: str) -> None:
        shown = Redactor([SECRET]).text(f"before {written} after")
        assert "***" in shown
        assert "before " in shown
        for trace in ("hunt", "HVudC9l", "h1bnQvZX", "odW50L2"):
            assert trace not in shown

    def test_hides_a_short_secret_in_base64(self) -> None:
        assert Redactor(["abcd"]).text("key " + base64.b64encode(b"abcd").decode()) == "key ***"

    def test_hides_each_line_of_a_key(self) -> None:
        key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n  hkiG9w0BAQEFAASC\n-----END KEY-----\n"
        shown = Redactor([key]).text("log: MIIEvQIBADANBgkq\n| hkiG9w0BAQEFAASC |\n-----BEGIN KEY-----")
        assert shown == "log: ***\n| *** |\n-----BEGIN KEY-----"

    def test_replaces_the_longest_first(self) -> None:
        assert Redactor(["hunter", "hunter-two"]).text("hunter-two, hunter") == "***, ***"

    def test_ignores_blanks_around_a_secret(self) -> None:
        assert Redactor(["  hunter2\n"]).text("(hunter2)") == "(***)"

    def test_hides_bytes_that_are_not_text(self) -> None:
        value = os.fsdecode(b"pass\xff\xfeword")
        assert Redactor([value]).text(f"<{value}>") == "<***>"

    def test_without_secrets_is_left_alone(self) -> None:
        assert Redactor().text("hunter2") == "hunter2"

    def test_of_a_megabyte_takes_no_time(self) -> None:
        redactor = Redactor(f"secret/number {n}" for n in range(50))
        begun = time.process_time()
        redactor.text("an ordinary line of some log\n" * 35_000)
        assert time.process_time() - begun < 2

    def test_an_environment_teaches_its_secrets(self) -> None:
        redactor = Redactor()
        redactor.learn({"API_KEY": "k-123456", "DATABASE_URL": "mysql://app:s3cr3t!@db/app", "CITY": "Dresden"})
        assert redactor.text("k-123456 s3cr3t! Dresden") == "*** *** Dresden"


class TestResult:
    def test_is_clean_in_every_part(self) -> None:
        waiver = Waiver("ask hunter2", "ops", "cto", date(2026, 12, 31))
        dirty = result(
            gate=gate(
                title="t hunter2",
                owner="o hunter2",
                impact="i hunter2",
                fix="f hunter2",
                inapplicable="n hunter2",
                links=("l hunter2",),
                waiver=waiver,
                deferral=Deferral("d hunter2", date(2026, 12, 31)),
            ),
            reason="r hunter2",
            measurements={
                "text": Measurement("m hunter2"),
                "list": Measurement(("x", "hunter2", 3)),
                "each": Measurement(Each(("hunter2", "y"))),
                "pin": Measurement(12345678),
                "n": Measurement(3, "ms"),
                "flag": Measurement(value=True),
            },
            expectations=(Held("text", "= hunter2", held=False, why="w hunter2"),),
            evidence=(Evidence("e hunter2", "b aHVudGVyMg=="),),
        )
        clean = Redactor(["hunter2", "12345678"]).result(dirty)
        assert "hunter2" not in repr(clean)
        assert "12345678" not in repr(clean)
        assert clean.evidence == (Evidence("e ***", "b ***"),)
        assert clean.measurements["pin"] == Measurement("***")
        assert clean.measurements["list"] == Measurement(("x", "***", 3))
        assert isinstance(clean.measurements["each"].value, Each)
        assert clean.measurements["n"] == Measurement(3, "ms")
        assert clean.measurements["flag"] == Measurement(value=True)
        assert clean.gate.id == "a"
        assert clean.gate.waiver
        assert clean.gate.waiver.owner == "ops"

    def test_without_a_secret_is_the_same_object(self) -> None:
        clean = result()
        assert Redactor(["hunter2"]).result(clean) is clean

    def test_number_that_merely_holds_a_secret_stays(self) -> None:
        measured = {"n": Measurement(9_123_456_789)}
        assert Redactor(["123456"]).result(result(measurements=measured)).measurements == measured

    def test_a_gate_without_prose_stays(self) -> None:
        assert Redactor(["hunter2"]).result(result(reason="hunter2")).gate == gate()


def test_a_report_is_clean_in_its_own_sentences() -> None:
    report = Report(
        name="app hunter2",
        verdict=Verdict.NOT_READY,
        exit_code=1,
        score=None,
        target=None,
        subject=Subject("readiness.yaml", ""),
        started=datetime(2026, 11, 22, tzinfo=UTC),
        duration=1.0,
        counts={},
        gates=(
            Judged(result(reason="r hunter2"), Disposition.BREAKS, "n hunter2"),
            Judged(result(), Disposition.BREAKS),
        ),
        groups=(GroupScore(("A",), 0.0, Outcome.FAILED, "g hunter2", (Held("h", "hunter2", False, "hunter2"),)),),
        problems=("p hunter2",),
    )
    clean = Redactor(["hunter2"]).report(report)
    assert "hunter2" not in repr(clean)
    assert clean.problems == ("p ***",)
