"""What a run would reach for, said before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_readiness.options import named
from pytest_readiness.probe import Probe
from pytest_readiness.redact import Redactor
from pytest_readiness.reports._screen import Screen

if TYPE_CHECKING:
    from pytest_readiness.model import Gate, Service
    from pytest_readiness.plan import Plan

#: What stands for the address of a service while it does not run; the spec's loader puts it in.
_STAND_IN = "127.0.0.1:8000"


def explain(plan: Plan, screen: Screen) -> None:
    """Write all that the plan's gates would reach for (hosts, files, commands and so on), and what groups expect."""
    hide = Redactor(plan.spec.secrets).text
    used = dict.fromkeys(name for gate in plan.gates for name in gate.uses)
    for service in (plan.spec.services[name] for name in used):
        screen.line(f"service {service.name}", bold=True)
        for line in _of_service(service):
            screen.wrapped(hide(line), indent=2)
    for gate in plan.gates:
        screen.line(f"{gate.id} ({gate.probe})", bold=True)
        for line in _of_gate(gate):
            screen.wrapped(hide(line), indent=2)
    for group in plan.spec.groups:
        if group.expectations:
            screen.line(f"group {' / '.join(group.path)}", bold=True)
        for wanted in group.expectations:
            screen.wrapped(hide(f"expects: {wanted.measurement} {wanted.condition}"), indent=2)


def _of_service(service: Service) -> Iterator[str]:
    yield f"command: {' '.join(service.command)}"
    ready = service.ready
    yield from (f"host: {target}" for target in (ready.http, ready.tcp) if target)


def _of_gate(gate: Gate) -> Iterator[str]:
    if gate.inapplicable:
        yield f"nothing: not applicable, {gate.inapplicable}"
        return
    touches = list(gate.options.touches()) if isinstance(gate.options, Probe) else []
    known = dict.fromkeys(f"{touch.kind}: {touch.what}" for touch in touches)
    captured = sorted(name for name in named(gate.binds) if name.rpartition(".")[0] not in gate.uses)
    stands_in = gate.binds is not None and (gate.uses or _begins_with(captured, gate.binds))
    yield from (line for line in known if not (stands_in and line == f"host: {_STAND_IN}"))
    yield from (f"service: {name}" for name in gate.uses)
    yield from (f"measured by another gate: {name}" for name in captured)
    if not touches and not gate.uses:
        yield "nothing beyond the test run"


def _begins_with(names: Sequence[str], value: object) -> bool:
    """Tell whether a text in *value* begins with one of *names*: a whole address that is known only later."""
    if isinstance(value, str):
        return any(value.startswith(f"${{{name}}}") for name in names)
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return any(_begins_with(names, item) for item in items)
