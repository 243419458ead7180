"""Ready-made subjects: what each measures, on small documents that say so in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jmespath
import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Measure
from pytest_readiness.probes._document import functions, loader, subject
from pytest_readiness.probes._document.subject import Seen


def look(name: str, text: str) -> Seen:
    documents = [document for document in loader.load_all(text) if document is not None]
    return subject.look(subject.load(name), documents)


def missing(name: str, text: str, wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    return subject.missing(subject.load(name), look(name, text), wanted)


@pytest.mark.parametrize("name", subject.available())
class TestEverySubject:
    def test_says_what_each_measurement_means(self, name: str) -> None:
        for rule in subject.load(name).rules.values():
            assert rule.measure.meaning

    def test_is_made_of_sound_queries_and_known_lists(self, name: str) -> None:
        made = subject.load(name)
        queries = [*made.steps.values(), *(rule.query for rule in made.rules.values())]
        queries += [names.query for names in made.names.values()]
        queries += [rule.show for rule in made.rules.values() if rule.show]
        for query in queries:
            jmespath.compile(query)
        lists = {made.about, *(rule.of for rule in made.rules.values() if rule.of)}
        assert lists <= set(made.steps)

    @pytest.mark.no_false_green
    def test_is_an_error_where_there_is_nothing_of_its_kind(self, name: str) -> None:
        with pytest.raises(CannotMeasure, match=f"in what was read: is it {name}"):
            look(name, "something: {quite: different}")

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("body", ["[]", "- a\n- b\n", "text", "1"])
    def test_is_an_error_where_the_document_is_no_mapping(self, name: str, body: str) -> None:
        with pytest.raises(CannotMeasure):
            look(name, body)

    def test_lacks_a_name_that_nothing_has(self, name: str) -> None:
        wanted = dict.fromkeys(subject.load(name).names, ("no-such-name",))
        assert missing(name, SAMPLES[name], wanted) == ["no-such-name"] * len(wanted)


KUBERNETES = """
kind: Deployment
metadata: {name: api}
spec:
  replicas: 3
  template:
    spec:
      securityContext: {runAsNonRoot: true}
      initContainers:
        - {name: wait, image: "busybox"}
      containers:
        - name: api
          image: registry:5000/api:1.2
          resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1, memory: 1Gi}}
          readinessProbe: {httpGet: {path: /ready}}
          livenessProbe: {httpGet: {path: /live}}
        - {name: proxy, image: "envoy@sha256:abc", securityContext: {runAsUser: 0}}
---
kind: List
items:
  - kind: CronJob
    metadata: {name: nightly}
    spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: night, image: "x:latest"}]}}}}}
  - {kind: HorizontalPodAutoscaler, metadata: {name: scale}}
  - {kind: PodDisruptionBudget, metadata: {name: budget}}
---
kind: Pod
metadata: {name: alone}
spec: {containers: [{name: lone, image: "registry:5000/x", securityContext: {runAsUser: 1000}}]}
---
kind: StatefulSet
metadata: {name: db}
spec: {template: {spec: {containers: [{name: db, image: "db:1", securityContext: {privileged: true}}]}}}
"""


class TestKubernetes:
    def test_measures_all_containers_wherever_they_are(self) -> None:
        seen = look("kubernetes", KUBERNETES)
        assert seen.values == {
            "objects": 6,
            "workloads": 4,
            "containers": 6,
            "without_limits": 5,
            "without_memory_limit": 5,
            "without_requests": 5,
            "without_readiness": 3,
            "without_liveness": 3,
            "latest_tags": 3,
            "run_as_root": 3,
            "privileged": 1,
            "min_replicas": 1,
            "autoscalers": 1,
            "disruption_budgets": 1,
        }
        assert seen.shown["without_readiness"] == ["lone", "proxy", "db"]
        assert seen.shown["latest_tags"] == ["lone: registry:5000/x", "wait: busybox", "night: x:latest"]
        assert sorted(seen.shown["run_as_root"]) == ["db", "night", "proxy"]

    def test_names_are_of_objects_with_or_without_their_kind(self) -> None:
        assert missing("kubernetes", KUBERNETES, {"objects": ("api", "CronJob/nightly", "Pod/*")}) == []
        assert missing("kubernetes", KUBERNETES, {"kinds": ("Pod",), "images": ("busybox",)}) == []
        near = missing("kubernetes", KUBERNETES, {"objects": ("Deployment/apis",)})
        assert near == ["Deployment/apis (did you mean Deployment/api?)"]

    @pytest.mark.no_false_green
    def test_jobs_alone_say_nothing_of_probes_or_replicas(self) -> None:
        seen = look("kubernetes", "kind: Job\nspec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}")
        assert "without_readiness" not in seen.values
        assert seen.unknown["without_readiness"] == "there are no serving containers that it could be said of"
        assert "min_replicas" in seen.unknown
        assert seen.values["without_limits"] == 1

    def test_a_container_without_a_name_is_counted_too(self) -> None:
        seen = look("kubernetes", "kind: Pod\nspec: {containers: [{image: 'a:1'}]}")
        assert seen.shown["without_limits"] == ["(no name)"]

    def test_replicas_that_are_no_number_are_an_error(self) -> None:
        text = "kind: Deployment\nspec: {replicas: many, template: {spec: {containers: [{name: a}]}}}"
        with pytest.raises(CannotMeasure, match="what was read is not as kubernetes is: In function min"):
            look("kubernetes", text + "\n---\nkind: Deployment\nspec: {replicas: 2}")


COMPOSE = """
services:
  api:
    build: .
    healthcheck: {test: [CMD, curl, localhost]}
    deploy: {resources: {limits: {cpus: "0.5", memory: 1G}}}
    restart: always
  db:
    image: postgres:${TAG:-latest}
    healthcheck: {test: [NONE]}
    mem_limit: 1g
    restart: "no"
    privileged: true
  cache: {image: "redis:7"}
volumes: {data: {}}
"""


class TestCompose:
    def test_measures_services(self) -> None:
        seen = look("compose", COMPOSE)
        assert seen.values == {
            "services": 3,
            "without_healthcheck": 2,
            "without_limits": 2,
            "without_memory_limit": 1,
            "without_restart": 2,
            "latest_tags": 1,
            "privileged": 1,
        }
        assert seen.shown["latest_tags"] == ["db: postgres:${TAG:-latest}"]

    def test_names_are_of_services(self) -> None:
        wanted: dict[str, tuple[str, ...]] = {"services": ("api", "loki"), "volumes": ("data",)}
        assert missing("compose", COMPOSE, wanted) == ["loki"]


GITHUB = """
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - {name: Unit tests, run: "pip install .\\npytest -q"}
  lint:
    continue-on-error: true
    steps: [{uses: x/y@main}, {uses: ./local}]
"""

GITLAB = """
stages: [test]
variables: {X: 1}
.hidden: {script: [a]}
before_script: [pip install .]
unit:
  stage: test
  script:
    - pytest -q
    - !reference [.hidden, script]
  allow_failure: true
deploy: {trigger: other/project, timeout: 1h}
"""


class TestWorkflow:
    def test_measures_jobs_and_steps_of_github(self) -> None:
        seen = look("workflow", GITHUB)
        assert seen.values == {"jobs": 2, "steps": 4, "optional": 1, "without_timeout": 1, "unpinned_actions": 1}
        assert missing("workflow", GITHUB, {"jobs": ("test",), "steps": ("pytest", "actions/checkout")}) == []
        assert missing("workflow", GITHUB, {"jobs": ("deploy",), "steps": ("mypy",)}) == ["deploy", "mypy"]

    def test_measures_jobs_and_scripts_of_gitlab(self) -> None:
        seen = look("workflow", GITLAB)
        assert seen.values["jobs"] == 2
        assert seen.shown["jobs"] == ["unit", "deploy"]
        assert (seen.values["optional"], seen.values["without_timeout"]) == (1, 1)
        assert "unpinned_actions" in seen.unknown
        assert missing("workflow", GITLAB, {"jobs": ("unit",), "steps": ("pytest", "pip install")}) == []


ALERTS = """
groups:
  - name: drift
    rules:
      - record: x
        expr: sum(y)
      - alert: DriftDetected
        expr: psi > 0.2
        for: 5m
        labels: {severity: critical}
        annotations: {summary: it drifts, runbook_url: https://example.org}
---
kind: PrometheusRule
spec: {groups: [{name: up, rules: [{alert: ServiceDown, expr: up == 0}, {alert: Nothing}]}]}
"""


class TestAlerts:
    def test_measures_rules_of_files_and_of_kubernetes(self) -> None:
        seen = look("alerts", ALERTS)
        assert seen.values == {
            "groups": 2,
            "rules": 3,
            "without_for": 2,
            "without_severity": 2,
            "without_expression": 1,
            "without_summary": 2,
            "without_runbook": 2,
        }

    def test_names_are_of_alerts_severities_and_parts_of_expressions(self) -> None:
        wanted: dict[str, tuple[str, ...]] = {"alerts": ("*Drift*",), "severities": ("critical",)}
        assert missing("alerts", ALERTS, {**wanted, "expressions": ("up ==",)}) == []

    @pytest.mark.no_false_green
    def test_recording_rules_alone_are_an_error(self) -> None:
        with pytest.raises(CannotMeasure, match="there are no rules"):
            look("alerts", "groups: [{rules: [{record: x, expr: y}]}]")


DASHBOARD = """
dashboard:
  title: Retraining
  panels:
    - {title: Duration, type: graph, datasource: prom, targets: [{expr: retraining_duration_seconds}]}
    - type: row
      panels: [{title: Inner, type: stat, datasource: {uid: prom, type: prometheus}, targets: [{expr: up}]}]
    - {type: text, id: 7}
    - {title: Empty, type: stat}
"""


class TestDashboard:
    def test_measures_panels_those_in_rows_too(self) -> None:
        seen = look("dashboard", DASHBOARD)
        assert seen.values == {
            "dashboards": 1,
            "panels": 4,
            "queries": 2,
            "datasources": 2,
            "without_queries": 1,
            "without_title": 1,
        }
        assert seen.shown["without_title"] == ["7"]
        assert seen.shown["without_queries"] == ["Empty"]

    def test_names_are_of_titles_parts_of_queries_and_data_sources(self) -> None:
        wanted: dict[str, tuple[str, ...]] = {"titles": ("Duration", "Retraining"), "queries": ("retraining_duration",)}
        assert missing("dashboard", DASHBOARD, {**wanted, "datasources": ("prom", "prometheus")}) == []


OPENAPI = """
openapi: 3.1.0
paths:
  /api/v1/jobs:
    get: {summary: List, description: All jobs, operationId: list_jobs, tags: [jobs]}
    post: {}
    parameters: []
  /health: {get: {summary: Health, deprecated: true}}
"""


class TestOpenapi:
    def test_measures_paths_and_operations(self) -> None:
        seen = look("openapi", OPENAPI)
        assert seen.values == {
            "paths": 2,
            "operations": 3,
            "undocumented": 1,
            "without_description": 2,
            "deprecated": 1,
        }
        assert seen.shown["undocumented"] == ["POST /api/v1/jobs"]

    def test_names_are_of_paths_with_or_without_a_method(self) -> None:
        wanted: dict[str, tuple[str, ...]] = {"paths": ("/health", "POST /api/v1/jobs", "/api/v1/*")}
        assert missing("openapi", OPENAPI, {**wanted, "operations": ("list_jobs",), "tags": ("jobs",)}) == []
        assert missing("openapi", OPENAPI, {"paths": ("DELETE /health",)})[0].startswith("DELETE /health")


SAMPLES: Mapping[str, str] = {
    "kubernetes": KUBERNETES,
    "compose": COMPOSE,
    "workflow": GITHUB,
    "alerts": ALERTS,
    "dashboard": DASHBOARD,
    "openapi": OPENAPI,
}


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("python", "latest"),
        ("python:3.12", "3.12"),
        ("localhost:5000/app", "latest"),
        ("localhost:5000/app:1", "1"),
        ("app@sha256:abc", "sha256:abc"),
        ("app:1@sha256:abc", "sha256:abc"),
        ("app:${TAG}", "${TAG}"),
        ("app:${TAG:-1}", "1"),
    ],
)
def test_the_tag_of_an_image_is_found_past_ports_and_digests(image: str, tag: str) -> None:
    assert functions.search("image_tag(@)", image) == tag


def test_an_image_that_is_not_there_has_no_tag() -> None:
    data: dict[str, Any] = {}
    assert functions.search("image_tag(x)", data) is None
    assert functions.search("entries(x)", data) == []
    assert functions.search("distinct(['b', 'a', 'b'])", data) == ["b", "a"]


def test_a_value_that_documents_do_not_say_is_unknown() -> None:
    measure = Measure(int, "the least")
    rule = subject.Rule(measure, "gone", counted=False, of=None, show=None)
    made = subject.Subject("x", "documents", {}, {}, {"least": rule})
    assert subject.look(made, [{}]).unknown == {"least": "the documents do not say"}


def test_long_lists_are_cut() -> None:
    assert subject.listed([str(number) for number in range(25)]).endswith("19\nand 5 more")
