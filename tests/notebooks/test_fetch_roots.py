"""Tests of the program that runs before hub and servers: certificates, and packages that an image lacks."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import fetch_roots
import pytest

ROOTS = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.fixture
def published(monkeypatch):
    """Address of a publisher, and the list of its next answers."""
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


@pytest.fixture
def installed(monkeypatch):
    """Requirements that pip was asked for; each installation fails."""
    requirements = []

    def run(command, check):
        requirements.append(command[-1])
        return SimpleNamespace(returncode=1)

    monkeypatch.setattr(fetch_roots.subprocess, "run", run)
    return requirements


PACKAGES = ["json=json==1", "no_such_module=such[binary]==2.0"]


def test_only_what_is_missing_is_installed(published, tmp_path, installed):
    url, _ = published
    assert fetch_roots.main(url, str(tmp_path / "roots.pem"), *PACKAGES) == 0
    assert installed == ["such[binary]==2.0"]
    assert fetch_roots.main(url, str(tmp_path / "roots.pem"), "json=json==1") == 0
    assert len(installed) == 1


def test_packages_are_installed_without_the_certificates_too(published, tmp_path, installed):
    url, answers = published
    answers += [(404, b"")] * fetch_roots.ATTEMPTS
    assert fetch_roots.main(url, str(tmp_path / "roots.pem"), *PACKAGES) == 0
    assert installed == ["such[binary]==2.0"]
    assert not (tmp_path / "roots.pem").exists()
