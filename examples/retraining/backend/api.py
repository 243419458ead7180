"""What the outside world may ask."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from backend.ai.retraining import Orchestrator
from backend.ai.retraining.data_service import DataService, Example

VERSION = "2.1.0"


def answers(orchestrator: Orchestrator) -> dict[str, object]:
    """Return what each path answers."""
    last = orchestrator.runs[-1]
    return {
        "/health": {"status": "ok", "version": VERSION, "checks": {"database": "ok", "model": last.state}},
        "/retraining/status": {"runs": len(orchestrator.runs), "last": {"state": last.state, "reason": last.reason}},
    }


class Handler(BaseHTTPRequestHandler):
    """Looks answers up."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet
    known: dict[str, object]

    def do_GET(self) -> None:
        found = self.path in self.known
        body = json.dumps(self.known.get(self.path, {"detail": "not found"})).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(port: int) -> None:
    """Train once, then serve on *port*."""
    data = DataService()
    data.add([Example(0.1, 0), Example(0.9, 1)])
    orchestrator = Orchestrator(data)
    orchestrator.start("first run")
    Handler.known = answers(orchestrator)
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
