from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.match.code import known, line_of


@pytest.mark.parametrize(
    ("line", "probe"),
    [
        ("curl http://localhost:8000/x", "http"),
        ("GET /api/orders", "http"),
        ("psql -U shop -d shop", "sql"),
        (r"\dt", "sql"),
        ("pytest tests/unit -q", "tests"),
        ("python -m pytest", "tests"),
        ("pytest --cov=shop", "coverage"),
        ("pip install -r requirements.txt", "package"),
        ('python -c "import shop"', "imports"),
        ("npm run test", "junit"),
        ("cd web && npx playwright test", "junit"),
        ("npx tsc --noEmit", "types"),
        ("poetry run mypy src", "types"),
        ("uv run ruff check", "lint"),
        ("ruff format --check .", "format"),
        ("bandit -r src", "sarif"),
        ("npm audit", "sarif"),
        ("alembic current", "migrations"),
        ("export LIMIT=20", "env"),
        ("LIMIT=20", "env"),
        ("env | grep SHOP", "env"),
        ("env LC_ALL=C sort a.txt", "command"),
        ("docker exec db psql -c 'SELECT 1'", "sql"),
        ("docker compose exec -T cache redis-cli ping", "redis"),
        ("docker-compose logs api | grep ERROR", "logs"),
        ("docker run -p 8000:8000 shop", "http"),
        ("docker build -t shop .", "command"),
        ("sudo systemctl status shop", "command"),
        ("tail -n 50 logs/app.log", "logs"),
        ("grep -c TODO src/a.py", "file"),
        ("terraform output > outputs.txt", "file"),
        ("curl -s http://localhost/x > answer.json", "file"),
        ("TOKEN=abc curl http://localhost/x", "http"),
        ("ID=$(curl -s http://localhost/x)", "http"),
        ("./scripts/seed.sh", "command"),
        ("python test_cart.py", "tests"),
        ("$ git status", "git"),
        ("shop-import --all", "command"),
        ("shop --version", "command"),
        ("whatever else", ""),
        ("cp settings.sample.toml settings.toml", "file"),
        ("cp .env.example .env", "file"),
        ('heroku config:set TOKEN="x"', "env"),
        ("", ""),
    ],
)
def test_a_line_is_known_by_its_beginning(line: str, probe: str) -> None:
    assert known("bash", line).probe == probe


@pytest.mark.parametrize(
    ("language", "text", "probe"),
    [
        ("sql", "anything", "sql"),
        ("promql", "up", "prometheus"),
        ("python", "import shop", "imports"),
        ("python", "import shop\nshop.run()", "command"),
        ("yaml", "a: 1", "document"),
        ("dotenv", "A=1\nB=2", "env"),
        ("dockerfile", "FROM x", "dockerfile"),
        ("bash", "# only a remark", ""),
    ],
)
def test_the_language_of_a_listing_tells(language: str, text: str, probe: str) -> None:
    assert known(language, text).probe == probe


def test_of_several_lines_the_one_that_measures_counts() -> None:
    assert known("bash", "export A=1\nmake setup\npytest -q").probe == "tests"


def test_a_continued_line_is_one() -> None:
    assert known("bash", "curl -X POST \\\n  http://localhost/x").line == "curl -X POST http://localhost/x"


def test_a_remark_behind_a_setting_is_no_command() -> None:
    assert line_of("LIMIT=20 # rows").probe == "env"


@pytest.mark.parametrize(
    ("line", "probe"),
    [
        ('python -c "from shop import Cart; Cart().check()"', "command"),
        ("docker compose logs | head", "logs"),
        ("docker run --publish 80:80 shop", "http"),
        ("pytest --benchmark-only", "benchmark"),
        ("npm run test:coverage", "coverage"),
        ("npm run test:e2e", "junit"),
        ("kubectl logs api | grep error", "logs"),
    ],
)
def test_what_comes_further_on_may_decide(line: str, probe: str) -> None:
    assert line_of(line).probe == probe
