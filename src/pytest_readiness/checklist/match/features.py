"""
What is written in an item, besides words: a path, a variable, a number with its unit, a comparison with zero.

Features are named in angle brackets and stand beside the words in rules: ``<py>`` is the path of a Python file,
``<percent>`` a share. They are told from one piece of text at a time, between blanks, and each piece is looked
at once; what they say exactly is left to ``facts``, which is asked for the items that need it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_readiness.checklist.match.compounds import PAIRS, joined, together
from pytest_readiness.checklist.match.words import parts, stem

#: The ends of names that make a file of a name without a folder, and the feature that tells its kind.
SUFFIXES = {
    "py": "<py>", "pyi": "<py>", "ipynb": "<notebook>", "md": "<md>", "rst": "<md>", "adoc": "<md>", "txt": "<txt>",
    "pdf": "<binary>", "yaml": "<yaml>", "yml": "<yaml>", "json": "<json>", "jsonl": "<json>", "toml": "<toml>",
    "ini": "<ini>", "cfg": "<ini>", "conf": "<ini>", "xml": "<xml>", "html": "<html>", "sql": "<sqlfile>",
    "sh": "<script>", "bash": "<script>", "ps1": "<script>", "bat": "<script>", "ts": "<ts>", "tsx": "<ts>",
    "js": "<ts>", "jsx": "<ts>", "mjs": "<ts>", "vue": "<ts>", "svelte": "<ts>", "css": "<css>", "scss": "<css>",
    "go": "<source>", "rs": "<source>", "java": "<source>", "kt": "<source>", "swift": "<source>", "rb": "<source>",
    "php": "<source>", "cs": "<source>", "c": "<source>", "cpp": "<source>", "h": "<source>", "dart": "<source>",
    "tf": "<yaml>", "lock": "<lock>", "log": "<logfile>", "csv": "<data>", "parquet": "<data>", "pkl": "<data>",
    "joblib": "<data>", "onnx": "<data>", "pt": "<data>", "h5": "<data>", "db": "<data>", "sqlite": "<data>",
    "sarif": "<report>", "key": "<key>", "pem": "<key>", "crt": "<key>", "whl": "<binary>", "gz": "<binary>",
    "zip": "<binary>", "png": "<binary>", "svg": "<binary>", "example": "<dotenv>", "puml": "<binary>",
}  # fmt: skip

#: Well-known packages, so that a bare list of names can be told for what it is.
LIBRARIES = frozenset(
    "xgboost lightgbm catboost pytorch torch torchvision torchmetrics tensorflow keras scikit-learn sklearn numpy pandas scipy "
    "polars pyarrow matplotlib seaborn plotly sqlalchemy alembic asyncpg psycopg2 psycopg2-binary psycopg pymongo redis-py aioredis "
    "httpx aiohttp pydantic pydantic-settings uvicorn gunicorn celery kombu boto3 botocore stable-baselines3 gymnasium "
    "transformers langchain openai anthropic spacy nltk opencv opencv-python pillow jinja2 typer loguru structlog "
    "python-dotenv python-jose passlib bcrypt cryptography pyjwt pytest-cov pytest-asyncio beautifulsoup4 selenium scrapy networkx "
    "statsmodels optuna dask numba joblib aiofiles websockets python-multipart tenacity orjson ujson "
    "prometheus-client sentry-sdk dask pyyaml lxml asyncio dataclasses typing-extensions django djangorestframework "
    "flask-cors flask-sqlalchemy starlette marshmallow tortoise-orm peewee".split()
)

#: Names that look like files and are none.
_BRANDS = frozenset(
    "node.js next.js vue.js nuxt.js express.js react.js three.js d3.js socket.io nest.js angular.js chart.js "
    "asp.net .net draw.io e.g i.e".split()
)
_FOLDERS = (
    "src|tests?|docs?|app|apps|lib|libs|scripts?|bin|config|configs|deploy|deployment|migrations|alembic|backend|frontend|"
    "server|client|api|k8s|kubernetes|helm|charts|infra|infrastructure|terraform|monitoring|grafana|prometheus|data|logs|"
    r"models|packages|core|services|e2e|cypress|benchmarks|examples|reports|nginx|docker|tools|web|public|assets|\.github"
)
_URL = re.compile(r"[a-z][a-z0-9+]*://\S")
_ENDPOINT = re.compile(r"(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD):?)?/(?!/)[\w{}<>:$.*\[\]-]+(?:/[\w{}<>:$.*\[\]-]*)*(?:\?\S*)?")
_AT_LINE = re.compile(r"(?<=\w):\d+(?:[-:]\d+)?$")
_FILE = re.compile(r"(?:[\w@{}.*+\[\]-]+/)*[\w@{}.*+\[\]-]*\.([A-Za-z0-9]{1,8})")
_KNOWN_FILE = re.compile(
    r"(?:[\w.*-]+/)*(?:\.env[\w.-]*|\.git(?:ignore|attributes)|\.dockerignore|Dockerfile[\w.-]*|Makefile|LICENSE|CODEOWNERS|"
    r"Procfile|Jenkinsfile|Pipfile|Gemfile|requirements[\w-]*\.txt|\.(?:pylintrc|flake8|coveragerc|nvmrc|editorconfig)|Vagrantfile)"
)
_FOLDER = re.compile(rf"(?:\./)?(?:{_FOLDERS})/[\w./*{{}}\[\]-]*|(?:[\w.*-]+/)+")
_ENV = re.compile(r"\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:_?\*)?\}?(?:=\S*)?")
_CALL = re.compile(r"[A-Za-z_][\w.]*\([^()]*\)?")
_MODULE = re.compile(r"[a-z_]\w+(?:\.[a-z_]\w+)+")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_REQUIREMENT = re.compile(r"[A-Za-z][\w.-]*(?:\[[\w,]+\])?(?:==|>=|~=|<=)\d[\w.*]*|(?:==|>=|~=|\^)\d[\w.*]*")
_RATIO = re.compile(r"\d[\d,]*/\d[\d,]*")
_NUMBER = re.compile(r"[<>≤≥=~≈±+$]*\d[\d,]*(?:\.\d+)?(?:[-\u2013]\d[\d,]*(?:\.\d+)?)?[+]?([a-zA-Zµ%/]*)[+]?")
_VERSION = re.compile(r"v?\d+(?:\.\d+){1,3}\+?|v\d+")
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_NAME = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+")
_UNITS = {
    "%": "<percent>", "ms": "<duration>", "s": "<duration>", "sec": "<duration>", "secs": "<duration>",
    "min": "<duration>", "mins": "<duration>", "h": "<duration>", "hrs": "<duration>", "d": "<duration>",
    "us": "<duration>", "µs": "<duration>", "kb": "<size>", "mb": "<size>", "gb": "<size>", "tb": "<size>",
    "kib": "<size>", "mib": "<size>", "gib": "<size>", "rps": "<rate>", "qps": "<rate>", "tps": "<rate>",
    "req/s": "<rate>", "req/sec": "<rate>", "rpm": "<rate>", "req/min": "<rate>", "loc": "<lines>", "x": "<times>",
    "k": "<count>", "m": "<count>", "hour": "<duration>", "minute": "<duration>", "day": "<duration>",
    "second": "<duration>", "": "<count>", "+": "<count>",
}  # fmt: skip
#: Units that stand as a word of their own after a number.
_UNIT_WORDS = {
    "ms": "<duration>", "s": "<duration>", "second": "<duration>", "millisecond": "<duration>", "minute": "<duration>",
    "hour": "<duration>", "day": "<duration>", "week": "<duration>", "month": "<duration>", "h": "<duration>",
    "kb": "<size>", "mb": "<size>", "gb": "<size>", "tb": "<size>", "mib": "<size>", "gib": "<size>", "byte": "<size>",
    "rps": "<rate>", "request": "<rate>", "req": "<rate>", "line": "<lines>", "loc": "<lines>", "percent": "<percent>",
    "%": "<percent>", "rpm": "<rate>",
}  # fmt: skip

_UNIT_STEMS = {stem(word): feature for word, feature in _UNIT_WORDS.items()}
_LEFT = "\"'`,;([*_“”‘’|!:"
_RIGHT = "\"'`,;:)]*_“”‘’|!?."


_NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=65536)
def piece(text: str) -> tuple[frozenset[str], str]:
    """Return the stems and features of one piece of text without blanks in it; and itself, if it is a plain word."""
    found: set[str] = set()
    if text.startswith("`") and len(text) > 2:  # noqa: PLR2004 - two signs and something between
        found.add("<quoted>")
    bare = text.lstrip(_LEFT).rstrip(_RIGHT)
    if not bare:
        return frozenset(found), ""
    features = _features(bare)
    found |= features
    if features.isdisjoint(_NAMES):
        words = joined(word.lower() for word in parts(bare))
        found |= {stem(word) for word in words if bare == "0" or not word.isdigit()}
    return frozenset(found), bare.lower() if bare.isalpha() else ""


_MONTHS = frozenset("january february march april june july august september october november december".split())
#: Statuses of HTTP that are hardly ever anything else.
_STATUSES = frozenset("200 201 202 204 301 302 400 401 403 404 405 409 422 429 500 502 503 504".split())
#: What names something: the words in a name say nothing of what is asked.
_NAMES = frozenset({"<path>", "<url>", "<endpoint>", "<env>", "<glob>", "<module>", "<identifier>"})


def _features(bare: str) -> set[str]:
    """Return the features of a piece, without what stands around it."""
    if _URL.match(bare):
        return {"<url>"}
    if bare.lower().rstrip(":") in LIBRARIES:
        return {"<library>"}
    if _RATIO.fullmatch(bare):
        return {"<ratio>"}
    if _DATE.fullmatch(bare) or bare.lower() in _MONTHS:
        return {"<date>"}
    if bare in _STATUSES:
        return {"<number>", "<count>", "<httpcode>"}
    file = _file(bare)
    if file:
        return file
    for pattern, names in _SIMPLE:
        if pattern.fullmatch(bare):
            return set(names)
    number = _NUMBER.fullmatch(bare)
    if number:
        return _number(number[1].lower(), bare)
    return set()


def _number(unit: str, bare: str) -> set[str]:
    feature = _UNITS.get(unit)
    if feature is None:
        return set()
    found = {"<number>", feature}
    if bare[0] in "<>≤≥" or bare.endswith("+"):
        found.add("<bound>")
    return found


def _file(bare: str) -> set[str]:
    """Return the features of the path of a file or folder, empty if *bare* is none."""
    bare = _AT_LINE.sub("", bare)
    lower = bare.lower()
    if lower in _BRANDS or bare.startswith("/") and "." not in bare.rsplit("/", 1)[-1]:
        return set()
    known = _KNOWN_FILE.fullmatch(bare)
    name = lower.rsplit("/", 1)[-1]
    if known:
        return {"<path>", *_kind_of(lower, name)}
    match = _FILE.fullmatch(bare)
    if match and match[1].lower() in SUFFIXES and not bare.startswith("."):
        return {"<path>", SUFFIXES[match[1].lower()], *_kind_of(lower, name)}
    if match and "/" in bare and bare.startswith("."):
        return {"<path>", SUFFIXES.get(match[1].lower(), "<path>"), *_kind_of(lower, name)}
    if _FOLDER.fullmatch(bare) or bare.startswith((".github/", ".husky/", ".circleci/")):
        return {"<path>", "<folder>", *_kind_of(lower, name)}
    return {"<path>", "<glob>"} if "**" in bare and "/" in bare else set()


def _kind_of(lower: str, name: str) -> set[str]:
    """Return what a path says by its own name."""
    return {feature for pattern, feature in _KINDS if pattern.search(lower if "/" in pattern.pattern else name)}


_KINDS = tuple(
    (re.compile(pattern), feature)
    for pattern, feature in (
        (r"^\.env|\.env$|env.*example|example.*env", "<dotenv>"),
        (r"^test_.*\.py$|_test\.py$|^conftest", "<testfile>"),
        (r"(?:^|/)tests?/", "<testfile>"),
        (r"\.(?:spec|test)\.[jt]sx?$", "<jstest>"),
        (r"^dockerfile", "<dockerfile>"),
        (r"compose.*\.ya?ml$", "<compose>"),
        (r"\.github/workflows/|gitlab-ci|jenkinsfile|circleci/", "<workflow>"),
        (r"(?:^|/)(?:k8s|kubernetes|helm|charts)/", "<k8s>"),
        (r"^requirements.*\.txt$|^pyproject\.toml$|^pipfile|^poetry\.lock$|^setup\.(?:py|cfg)$|^uv\.lock$", "<requirements>"),
        (r"^package(?:-lock)?\.json$", "<packagejson>"),
        (r"^readme|^changelog|^contributing|^security\.md|^license|^runbook", "<doc>"),
        (r"(?:^|/)docs?/", "<doc>"),
        (r"^\.gitignore$|^codeowners$|^\.gitattributes$", "<gitfile>"),
        (r"^__init__\.py$", "<init>"),
        (r"^alembic\.ini$|(?:^|/)migrations/|(?:^|/)alembic/", "<migration>"),
        (r"openapi|swagger", "<openapi>"),
        (r"[*?]", "<glob>"),
        (r"\.log$|(?:^|/)logs/", "<logfile>"),
    )
)
_SIMPLE = (
    (_ENDPOINT, ("<endpoint>",)),
    (_ENV, ("<env>",)),
    (_CALL, ("<call>",)),
    (_REQUIREMENT, ("<requirement>",)),
    (_VERSION, ("<version>", "<number>")),
    (_MODULE, ("<module>",)),
    (_IDENTIFIER, ("<identifier>",)),
    (_NAME, ("<name>",)),
)

#: A query in PromQL, in backticks: its words are names of metrics.
_PROMQL = re.compile(
    r"`(?:[^`]*\b(?:rate|irate|increase|histogram_quantile|avg_over_time|sum by|sum|count|absent|max_over_time)\s?\([^`]*|"
    r"[a-z_:]+(?:\{[^`]*\})?\s?(?:==|>=|<=|>|<)\s?[\d.]+\s?)`"
)
#: A setting as a configuration has it, in backticks.
_SETTING = re.compile(r"`[a-z][\w.-]*\s?[=:]\s?[^`\s/=][^`]*`")


def look(text: str) -> set[str]:
    """Return the stems and the features of *text*."""
    found: set[str] = set()
    text = _without_code(text, found)
    before, last, counted, first = "", _NOTHING, False, True
    for part in text.split():
        seen, word = piece(part)
        name = together(before, word) if before in PAIRS else ""
        if name:
            found -= last
            seen, word = (frozenset((name,)) if " " not in name else seen), name
        elif first:
            first = not seen
            found |= _beginning(seen)
        found |= seen
        if counted:
            found.update(_UNIT_STEMS[unit] for unit in seen if unit in _UNIT_STEMS)
        counted = "<count>" in seen
        before, last = word, seen
    return found


def _without_code(text: str, found: set[str]) -> str:
    """Return *text* with its links opened and without the names in its queries; note both in *found*."""
    if "](" in text:
        text = text.replace("](", " ")
        found.add("<link>")
    if "`" in text:
        if _SETTING.search(text):
            found.add("<setting>")
        text, count = _PROMQL.subn(" ", text)
        if count:
            found.add("<promql>")
    return text


def _beginning(seen: frozenset[str]) -> set[str]:
    """Return what the first piece of a text says by being first."""
    return {name for sign, name in (("<path>", "<first>"), ("document", "<begins>")) if sign in seen}
