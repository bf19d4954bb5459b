"""What runs before hub and servers: certificates, and the packages that an image lacks."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import fetch_roots
import pytest

ROOTS = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.fixture
def published(monkeypatch):
    """An address, and the answers that it gives one after the other."""
    monkeypatch.setattr(fetch_roots, "PAUSE_SECONDS", 0)
    answers = []

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answers.pop(0) if answers else (200, ROOTS)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, form, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/bundle.pem", answers
    server.shutdown()


def test_certificates_are_written(published, tmp_path):
    url, _ = published
    assert fetch_roots.main(url, str(tmp_path / "roots.pem")) == 0
    assert (tmp_path / "roots.pem").read_bytes() == ROOTS


def test_it_asks_again(published, tmp_path):
    url, answers = published
    answers += [(503, b"later"), (200, b"<html>")]
    assert fetch_roots.main(url, str(tmp_path / "roots.pem")) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["roots.pem"]


def test_a_hub_does_not_start_without_them_and_a_server_does(published, tmp_path):
    url, answers = published
    answers += [(404, b"")] * 2 * fetch_roots.ATTEMPTS
    assert fetch_roots.main(url, str(tmp_path / "roots.pem")) == 1
    assert fetch_roots.main(url, str(tmp_path / "roots.pem"), "json=json==1") == 0


def test_only_what_is_missing_is_installed(published, tmp_path, monkeypatch):
    url, _ = published
    ran = []
    monkeypatch.setattr(fetch_roots.subprocess, "run", lambda command, check: ran.append(command) or Done)

    class Done:
        returncode = 1

    packages = ["json=json==1", "no_such_module=such[binary]==2.0"]
    assert fetch_roots.main(url, str(tmp_path / "roots.pem"), *packages) == 0
    assert [command[-1] for command in ran] == ["such[binary]==2.0"]
    assert fetch_roots.main(url, str(tmp_path / "roots.pem"), "json=json==1") == 0
    assert len(ran) == 1
