from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import urlopen

import pytest

from pytest_readiness import services as module
from pytest_readiness.deadline import Deadline
from pytest_readiness.engine import Engine, Setup
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Outcome, Ready, Result, Service
from pytest_readiness.probe import Context, Measure, Measurements, Probe
from pytest_readiness.registry import Registry
from pytest_readiness.services import Services, free_port
from pytest_readiness.testing import NOW, fake_gate, fake_plan

#: A web server that answers every request with its own process number.
SERVER = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = str(os.getpid()).encode()
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("listening on", sys.argv[1], os.environ.get("COLOUR"), os.getcwd(), flush=True)
server.serve_forever()
"""

ENV = {"PATH": os.environ["PATH"]}


@dataclass(frozen=True, kw_only=True)
class Get(Probe):
    """Gets a page."""

    measures: ClassVar = {"body": Measure(str, "what came")}
    expect: ClassVar = {"body": "~ ^[0-9]+$"}

    url: str

    def measure(self, context: Context) -> Measurements:
        try:
            with urlopen(self.url, timeout=context.deadline.cap()) as answer:
                return Measurements({"body": answer.read().decode()}, looked_at=1)
        except OSError as error:
            raise CannotMeasure(f"{self.url}: {error}") from error


def python(code: str, *args: str, name: str = "api", ready: Ready | None = None, **more: Any) -> Service:
    command = ("python", "-I", "-S", "-u", "-c", textwrap.dedent(code), *args)
    return Service(name, command, ready or Ready(http="http://127.0.0.1:${port}/health", within=10), **more)


def server(**more: Any) -> Service:
    return python(SERVER, "${port}", **more)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


class Started:
    """Services that are stopped at the end of the test."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.all: list[Services] = []

    def __call__(self, *specs: Service, **more: Any) -> Services:
        services = Services({spec.name: spec for spec in specs}, root=self.root, env=ENV, **more)
        self.all.append(services)
        return services


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Started]:
    started = Started(tmp_path)
    yield started
    for services in started.all:
        services.stop()


def run(*gates: Any, services: Mapping[str, Service], root: Path, **more: Any) -> dict[str, Result]:
    engine = Engine(
        fake_plan(*gates, root=root, services=services), Setup(registry=Registry(), env=ENV, now=NOW, **more)
    )
    engine.run()
    return {result.gate.id: result for result in engine.results()}


def gate(id: str = "a", url: str = "${api.url}/", uses: tuple[str, ...] = ("api",), **more: Any) -> Any:  # noqa: A002
    return replace(fake_gate(Get(url="http://dummy"), id=id, uses=uses, **more), binds={"url": url})


class TestReady:
    def test_by_http(self, make: Started) -> None:
        services = make(server())
        services.start("api", Deadline.after(10))
        values = services.values("api")
        with urlopen(values["api.url"]) as answer:
            assert answer.status == 200
        assert values == {
            "api.url": f"http://127.0.0.1:{values['api.port']}",
            "api.host": "127.0.0.1",
            "api.port": values["api.port"],
            "api.pid": values["api.pid"],
        }
        assert Path(f"/proc/{values['api.pid']}").exists()
        assert services.trouble("api") is None

    @pytest.mark.parametrize(
        "ready",
        [
            Ready(tcp="127.0.0.1:${port}"),
            Ready(log=r"^listening on ${port}\b"),
            Ready(),
            Ready(http="http://127.0.0.1:${port}?verbose=1"),
        ],
    )
    def test_by_other_signs(self, make: Started, ready: Ready) -> None:
        services = make(server(ready=ready))
        services.start("api", Deadline.after(10))
        with socket.create_connection(("127.0.0.1", int(services.values("api")["api.port"])), 5):
            pass

    def test_means_a_good_answer(self, make: Started) -> None:
        services = make(server(ready=Ready(http="http://127.0.0.1:${port}/broken")))
        with pytest.raises(CannotMeasure, match=r"^it was not ready within .* s: http.*/broken answered 500$"):
            services.start("api", Deadline.after(0.6))

    def test_never_by_silence(self, make: Started) -> None:
        services = make(python("import time; time.sleep(60)"))
        begun = time.monotonic()
        with pytest.raises(CannotMeasure, match=r"it was not ready within 0\.[23]\d* s: http.*Connection refused"):
            services.start("api", Deadline.after(0.3))
        assert time.monotonic() - begun < 1.5

    def test_never_by_a_log_that_says_something_else(self, make: Started) -> None:
        services = make(python("print('hello'); import time; time.sleep(60)", ready=Ready(log="listening")))
        with pytest.raises(CannotMeasure, match="no line of its output matches 'listening'"):
            services.start("api", Deadline.after(0.3))
        assert services.tail("api") == "hello"

    def test_a_pattern_that_takes_for_ever_is_no_trouble(self, make: Started) -> None:
        code = "print('a' * 1000 + 'b'); import time; time.sleep(60)"
        services = make(python(code, ready=Ready(log="(a+)+$")))
        begun = time.monotonic()
        with pytest.raises(CannotMeasure, match="not ready within"):
            services.start("api", Deadline.after(0.5))
        assert time.monotonic() - begun < 5

    def test_an_address_that_makes_no_sense_is_never_ready(self, make: Started) -> None:
        services = make(python("import time; time.sleep(60)", ready=Ready(tcp="127.0.0.1:http")))
        with pytest.raises(CannotMeasure, match=r"127\.0\.0\.1:http: invalid literal"):
            services.start("api", Deadline.after(0.2))

    def test_an_answer_that_is_not_http_is_not_ready(self, make: Started) -> None:
        code = """
            import socket, sys
            s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            while True:
                c, _ = s.accept()
                c.sendall(b"220 mail ready\\r\\n")
                c.close()
        """
        services = make(python(code, "${port}"))
        with pytest.raises(CannotMeasure, match="not ready within"):
            services.start("api", Deadline.after(0.6))

    def test_a_plain_server_does_not_pass_for_https(self, make: Started) -> None:
        services = make(server(ready=Ready(http="https://127.0.0.1:${port}/")))
        with pytest.raises(CannotMeasure, match="not ready within"):
            services.start("api", Deadline.after(0.6))


class TestThePort:
    def test_is_put_into_command_environment_and_folder_stays(self, make: Started, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        service = server(env={"COLOUR": "blue-${port}-$$"}, cwd="sub")
        services = make(service)
        services.start("api", Deadline.after(10))
        port = services.values("api")["api.port"]
        assert f"listening on {port} blue-{port}-$ {tmp_path / 'sub'}" in services.tail("api")

    def test_is_another_one_if_somebody_was_faster(self, make: Started, tmp_path: Path) -> None:
        code = f"""
            import sys
            from pathlib import Path
            tried = Path({str(tmp_path)!r}, "tried")
            tried.open("a").write(sys.argv[1] + "\\n")
            if len(tried.read_text().split()) < 3:
                sys.exit("OSError: [Errno 98] Address already in use")
        """
        services = make(python(textwrap.dedent(code) + SERVER, "${port}"))
        services.start("api", Deadline.after(10))
        tried = (tmp_path / "tried").read_text(encoding="utf-8").split()
        assert len(tried) == 3
        assert services.values("api")["api.port"] == tried[-1]

    def test_is_not_sought_for_ever(self, make: Started) -> None:
        services = make(python("import sys; sys.exit('Address already in use')"))
        with pytest.raises(CannotMeasure, match="it ended with exit code 1 before it was ready"):
            services.start("api", Deadline.after(10))

    def test_of_somebody_else_is_not_mistaken_for_ours(self, make: Started) -> None:
        with socket.create_server(("127.0.0.1", 0)) as stranger:
            port = stranger.getsockname()[1]
            for ready in (Ready(tcp=f"127.0.0.1:{port}"), Ready(http=f"http://127.0.0.1:{port}/")):
                services = make(server(ready=ready))
                with pytest.raises(CannotMeasure, match=f"something else already answers at 127.0.0.1:{port}"):
                    services.start("api", Deadline.after(10))

    def test_is_free(self) -> None:
        with socket.create_server(("127.0.0.1", free_port())):
            pass


class TestAServiceThatEnds:
    def test_early_is_noticed_at_once_with_its_last_words(self, make: Started) -> None:
        services = make(python("import sys; print('no database'); sys.exit(3)"))
        begun = time.monotonic()
        with pytest.raises(CannotMeasure, match=r"^it ended with exit code 3 before it was ready$"):
            services.start("api", Deadline.after(20))
        assert time.monotonic() - begun < 5
        assert services.tail("api") == "no database"

    def test_by_a_signal_says_which(self, make: Started) -> None:
        services = make(python("import os; os.kill(os.getpid(), 9)"))
        with pytest.raises(CannotMeasure, match="it was ended by signal 9 before it was ready"):
            services.start("api", Deadline.after(20))

    def test_later_is_trouble(self, make: Started) -> None:
        services = make(server())
        services.start("api", Deadline.after(10))
        with urlopen(services.values("api")["api.url"]) as answer:
            os.kill(int(answer.read()), signal.SIGKILL)
        deadline = Deadline.after(5)
        while services.trouble("api") is None and not deadline.passed:
            time.sleep(0.01)
        assert services.trouble("api") == "it is not running any more: it was ended by signal 9"

    def test_and_was_collected_by_somebody_else_just_ended(self, make: Started) -> None:
        services = make(server())
        services.start("api", Deadline.after(10))
        child = services._running["api"].child
        os.kill(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)
        assert services.trouble("api") == "it is not running any more: it ended"

    def test_cannot_start(self, make: Started) -> None:
        services = make(Service("api", ("no-such-server",), Ready()))
        with pytest.raises(CannotMeasure, match=r"^no-such-server is not there"):
            services.start("api", Deadline.after(10))
        assert services.tail("api") == ""
        assert services.trouble("api") is None


class TestTheLog:
    def test_is_bounded_and_never_holds_the_service_up(self, make: Started) -> None:
        code = "import sys\nfor n in range(40_000): print('line', n, 'x' * 50)\n"
        services = make(python(code + SERVER, "${port}"))
        services.start("api", Deadline.after(20))
        lines = services.tail("api").splitlines()
        assert len(lines) == module.TAIL_LINES
        assert f"line 39999 {'x' * 50}" in lines
        assert len(services._running["api"].log.text()) <= module.LOG_BYTES


class TestStop:
    def pids(self, tmp_path: Path) -> list[int]:
        deadline = Deadline.after(10)
        file = tmp_path / "pids"
        while not (file.exists() and len(file.read_text(encoding="utf-8").split()) == 3) and not deadline.passed:
            time.sleep(0.01)
        return [int(pid) for pid in file.read_text(encoding="utf-8").split()]

    def test_ends_what_ignores_it_and_what_has_left(
        self, make: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "GRACE", 0.3)
        code = """
            import os, signal, subprocess
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            one = subprocess.Popen(["sleep", "81"])
            two = subprocess.Popen(["sleep", "82"], start_new_session=True)
            with open("tmp", "w") as file:
                print(os.getpid(), one.pid, two.pid, file=file)
            os.rename("tmp", "pids")
        """
        services = make(python(textwrap.dedent(code) + SERVER, "${port}"))
        services.start("api", Deadline.after(10))
        pids = self.pids(tmp_path)
        assert all(map(alive, pids))
        begun = time.monotonic()
        services.stop()
        assert time.monotonic() - begun < 3
        # A process that is dying has no environment any more, but is listed a moment longer.
        deadline = Deadline.after(5)
        while any(map(alive, pids)) and not deadline.passed:
            time.sleep(0.01)
        assert not any(map(alive, pids))

    def test_lets_a_service_say_goodbye(self, make: Started, tmp_path: Path) -> None:
        code = f"""
            import signal, sys
            from pathlib import Path
            def leave(*_):
                Path({str(tmp_path)!r}, "bye").touch()
                sys.exit()
            signal.signal(signal.SIGTERM, leave)
        """
        services = make(python(textwrap.dedent(code) + SERVER, "${port}"))
        services.start("api", Deadline.after(10))
        services.stop()
        assert (tmp_path / "bye").exists()

    def test_may_come_twice_and_before_anything_was_started(self, make: Started) -> None:
        services = make(server())
        services.stop()
        services.stop()
        with pytest.raises(CannotMeasure, match="the run is over"):
            services.start("api", Deadline.after(10))


class TestGates:
    def test_share_one_service(self, tmp_path: Path) -> None:
        results = run(
            *(gate(f"g{n}", "http://${api.host}:${api.port}/") for n in range(5)),
            services={"api": server()},
            root=tmp_path,
        )
        assert {result.outcome for result in results.values()} == {Outcome.PASSED}
        pids = {str(result.measurements["body"].value) for result in results.values()}
        assert len(pids) == 1
        assert not alive(int(pids.pop()))

    def test_may_use_several(self, tmp_path: Path) -> None:
        services = {name: server(name=name) for name in ("api", "web", "idle")}
        (result,) = run(gate(url="${web.url}/", uses=("api", "web")), services=services, root=tmp_path).values()
        assert result.outcome is Outcome.PASSED

    def test_are_errors_if_it_does_not_get_ready_and_say_why(self, tmp_path: Path) -> None:
        broken = python("import sys; print('no database'); sys.exit(3)")
        results = run(
            gate(),
            gate("b"),
            replace(fake_gate(Get(url="http://127.0.0.1:1"), id="c"), inapplicable="no"),
            services={"api": broken},
            root=tmp_path,
        )
        for name in "ab":
            assert results[name].outcome is Outcome.ERROR
            assert results[name].reason == "service api: it ended with exit code 3 before it was ready"
            assert [(item.title, item.text) for item in results[name].evidence] == [
                ("log of service api", "no database")
            ]

    def test_wait_no_longer_than_said(self, tmp_path: Path) -> None:
        silent = python("import time; time.sleep(60)", ready=Ready(tcp="127.0.0.1:${port}", within=0.3))
        begun = time.monotonic()
        result = run(gate(), services={"api": silent}, root=tmp_path)["a"]
        assert time.monotonic() - begun < 3
        assert result.outcome is Outcome.ERROR
        assert "service api: it was not ready within 0.3 s" in result.reason

    def test_do_not_pay_for_its_start_with_their_own_time(self, tmp_path: Path) -> None:
        slow = python("import time; time.sleep(0.7)\n" + SERVER, "${port}")
        assert run(gate(timeout=0.5), services={"api": slow}, root=tmp_path)["a"].outcome is Outcome.PASSED

    def test_without_commands_are_errors(self, tmp_path: Path) -> None:
        result = run(gate(), services={"api": server()}, root=tmp_path, exec_allowed=False)["a"]
        assert result.outcome is Outcome.ERROR
        assert "switched off by --readiness-no-exec" in result.reason

    def test_say_if_it_died_meanwhile(self, tmp_path: Path) -> None:
        dies = python(
            """
            import os, socket, sys, threading
            s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            s.accept()[0].close()
            s.accept()[0].recv(100)
            print("out of memory", flush=True)
            os._exit(7)
            """,
            "${port}",
            ready=Ready(tcp="127.0.0.1:${port}"),
        )
        results = run(gate(), gate("b", needs=("z",)), gate("z", uses=()), services={"api": dies}, root=tmp_path)
        result = results["a"]
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith("service api: it is not running any more: it ended with exit code 7 (http")
        assert result.evidence[-1].text == "out of memory"

    def test_that_fail_because_it_died_are_errors(self, tmp_path: Path) -> None:
        dies = python(
            """
            import os, socket, sys
            s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            s.accept()[0].close()
            c = s.accept()[0]
            c.recv(10_000)
            c.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nhalf an ans")
            c.close()
            os._exit(7)
            """,
            "${port}",
            ready=Ready(tcp="127.0.0.1:${port}"),
        )
        result = run(gate(), services={"api": dies}, root=tmp_path)["a"]
        assert result.outcome is Outcome.ERROR
        assert "it ended with exit code 7 (body is half an ans" in result.reason

    def test_that_begin_after_it_died_are_not_measured(self, tmp_path: Path) -> None:
        once = python(
            """
            import os, socket, sys
            s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            s.accept()[0].close()
            c = s.accept()[0]
            c.recv(1000)
            c.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n42")
            c.close()
            """,
            "${port}",
            ready=Ready(tcp="127.0.0.1:${port}"),
        )

        def wait(_gate: object) -> None:
            time.sleep(0.3)

        class Slow:
            finished = staticmethod(wait)

        plan = fake_plan(gate(), gate("b", needs=("a",)), root=tmp_path, services={"api": once})
        engine = Engine(plan, Setup(registry=Registry(), env=ENV, now=NOW), Slow())  # type: ignore[arg-type]
        engine.run()
        first, second = engine.results()
        assert first.outcome is Outcome.PASSED
        assert second.outcome is Outcome.ERROR
        assert second.reason == "service api: it is not running any more: it ended with exit code 0"

    def test_exclusive_ones_wait_until_nothing_starts(self, tmp_path: Path) -> None:
        slow = python("import time; time.sleep(0.3)\n" + SERVER, "${port}")
        alone = replace(fake_gate(Get(url="http://127.0.0.1:1"), id="x"), exclusive=True)
        begun: list[float] = []

        class Hears:
            def started(self, gate: Any) -> None:
                begun.append(time.monotonic() if gate.id == "x" else -1.0)

        plan = fake_plan(alone, gate(), root=tmp_path, services={"api": slow})
        engine = Engine(plan, Setup(registry=Registry(), env=ENV, now=NOW), Hears())  # type: ignore[arg-type]
        engine.run()
        assert begun[0] == -1.0
        assert len(begun) == 2

    def test_are_errors_if_a_start_hangs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        over = threading.Event()
        monkeypatch.setattr(Services, "start", lambda *_: over.wait(20))
        within = server(ready=Ready(tcp="127.0.0.1:${port}", within=0.1))
        try:
            result = run(gate(), services={"api": within}, root=tmp_path)["a"]
        finally:
            over.set()
        assert (result.outcome, result.reason) == (Outcome.ERROR, "service api: it did not get ready in time")


SCRIPT = """
import os, sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_services import *
home = Path({home!r})
code = '''
import subprocess, os
one = subprocess.Popen(["sleep", "91"], start_new_session=True)
open("tmp", "w").write(f"{{os.getpid()}} {{one.pid}}")
os.rename("tmp", "pids")
'''
@dataclass(frozen=True, kw_only=True)
class Wait(Probe):
    measures: ClassVar = {{"n": Measure(int, "n")}}
    expect: ClassVar = {{"n": 1}}
    def measure(self, context):
        (home / "measuring").touch()
        {what}
        return Measurements({{"n": 1}}, looked_at=1)
plan = fake_plan(
    fake_gate(Wait(), uses=("api",), timeout=60), fake_gate(Wait(), id="b", needs=("gate",)),
    root=home, services={{"api": python(code + SERVER, "${{port}}")}},
)
class Listener:
    def finished(self, result):
        {hear}
engine = Engine(plan, Setup(registry=Registry(), env=ENV, now=NOW), Listener())
try:
    engine.run()
except BaseException as error:
    print(type(error).__name__, *(result.outcome.value for result in engine.results()), flush=True)
    {after}
"""


class TestAWholeProcess:
    def start(self, home: Path, what: str = "time.sleep(60)", hear: str = "pass", after: str = "pass") -> Any:
        tests = str(Path(__file__).parent)
        script = SCRIPT.format(tests=tests, home=str(home), what=what, hear=hear, after=after)
        return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)

    def wait_for(self, file: Path) -> None:
        deadline = Deadline.after(20)
        while not file.exists():
            assert not deadline.passed
            time.sleep(0.01)

    def left(self, home: Path) -> list[int]:
        pids = [int(pid) for pid in (home / "pids").read_text(encoding="utf-8").split()]
        assert len(pids) == 2
        return [pid for pid in pids if alive(pid)]

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_that_is_interrupted_leaves_nothing_behind(self, tmp_path: Path, number: int) -> None:
        with self.start(tmp_path) as running:
            self.wait_for(tmp_path / "measuring")
            running.send_signal(number)
            out, _ = running.communicate(timeout=10)
        assert out == "KeyboardInterrupt error not_run\n"
        assert self.left(tmp_path) == []

    def test_that_crashes_leaves_nothing_behind(self, tmp_path: Path) -> None:
        with self.start(tmp_path, "pass", "raise SystemExit(5)", "raise") as running:
            out, _ = running.communicate(timeout=20)
        assert out == "SystemExit passed not_run\n"
        assert running.returncode == 5
        assert self.left(tmp_path) == []

    def test_that_exits_in_the_middle_leaves_nothing_behind(self, tmp_path: Path) -> None:
        # The coordinator never comes to its end here: only the net at the interpreter's exit is left.
        hear = "engine._services.stop = lambda: None; raise SystemExit(6)"
        with self.start(tmp_path, "pass", hear, "raise") as running:
            running.communicate(timeout=20)
        assert running.returncode == 6
        assert self.left(tmp_path) == []
