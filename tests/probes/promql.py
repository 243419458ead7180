"""A server that answers PromQL as a real one was recorded to, one answer for each query."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

from .servers import Server, http, serving

#: The server's own time.
NOW = 1795343420.5


def vector(*values: tuple[Mapping[str, str], str]) -> dict[str, object]:
    result = [{"metric": labels, "value": [NOW, value]} for labels, value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def number(value: float | str) -> dict[str, object]:
    return vector(({}, str(value)))


def scalar(value: float | str) -> dict[str, object]:
    return {"status": "success", "data": {"resultType": "scalar", "result": [NOW, str(value)]}}


def matrix(*series: tuple[Mapping[str, str], Mapping[float, str]]) -> dict[str, object]:
    """Return series of values, each at a moment so many seconds before now."""
    result = [
        {"metric": labels, "values": [[NOW - ago, value] for ago, value in values.items()]} for labels, values in series
    ]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def error(kind: str, message: str) -> dict[str, object]:
    return {"status": "error", "errorType": kind, "error": message}


@contextlib.contextmanager
def answering(answers: Mapping[str, object], status: str = "200 OK") -> Iterator[Server]:
    """
    Serve *answers* by query; ``time()`` is answered by itself.

    The query of a range has ``@`` before it; bytes are sent as they are.
    """
    known: dict[str, object] = {"time()": scalar(NOW), **answers}

    def manners(connection: socket.socket, server: Server) -> None:
        while request := server.read(connection):
            server.requests.append(request)
            head, _, body = request.decode().partition("\r\n\r\n")
            url = urlsplit(head.split(" ")[1])
            (query,) = parse_qs(url.query or body)["query"]
            answer = known.get(("@" if url.path.endswith("query_range") else "") + query)
            if answer is None:
                answer = error("bad_data", f"the test has no answer to {query}")
            data = answer if isinstance(answer, bytes) else http(json.dumps(answer).encode(), status)
            connection.sendall(data)

    with serving(manners) as server:
        yield server
