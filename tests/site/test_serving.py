"""The server that the tests of the site read from."""

import socket
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
import serving


def hang_up(address: str) -> None:
    """Ask for a page and go away before it comes, as a browser does that is ended."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port)) as line:
        # With this option the line is cut off rather than closed.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.sendall(b"GET /picture.png HTTP/1.1\r\n\r\n")


@pytest.fixture
def met(monkeypatch) -> list:
    """The errors that the server has met and dealt with."""
    found = []

    def noted(self, request, client_address):
        handle(self, request, client_address)
        found.append(sys.exception())

    handle = serving.Server.handle_error
    monkeypatch.setattr(serving.Server, "handle_error", noted)
    return found


def wait(met: list) -> None:
    end = time.monotonic() + 60
    while not met:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_reader_that_goes_away_before_the_answer_ends_is_no_error(tmp_path, capsys, met):
    (tmp_path / "picture.png").write_bytes(bytes(50_000_000))
    with serving.served(tmp_path) as address:
        hang_up(address)
        wait(met)
    assert isinstance(met[0], ConnectionError)
    assert capsys.readouterr().err == ""


def test_an_error_of_its_own_is_told(tmp_path, capsys, met, monkeypatch):
    def fails(self, source, target):
        raise OSError("the disk is gone")

    monkeypatch.setattr(serving.Quiet, "copyfile", fails)
    (tmp_path / "picture.png").touch()
    with serving.served(tmp_path) as address:
        urllib.request.urlopen(f"{address}picture.png").close()
        wait(met)
    assert "the disk is gone" in capsys.readouterr().err
