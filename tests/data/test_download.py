"""The real download code against a web server on this machine that serves a small original."""

import hashlib
import inspect
import io
import pickle
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from lossbook import keras
from workshop.data import cifar10, download, load_cifar10
from workshop.data.download import SHA256, TEST, TRAIN

EACH = 3


def batches() -> dict[str, tuple[np.ndarray, list[int]]]:
    """Pictures as `(n, 3072)` rows, red then green then blue, and labels, by batch."""
    rng = np.random.default_rng(5)
    return {
        name: (
            rng.integers(0, 256, (EACH, 3072), dtype=np.uint8),
            rng.integers(0, 10, EACH).tolist(),
        )
        for name in (*TRAIN, *TEST)
    }


def original() -> bytes:
    """A small tar.gz in the original's layout, pickled with its names as bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, (rows, labels) in batches().items():
            content = pickle.dumps({b"data": rows, b"labels": labels, b"batch_label": b""}, 4)
            about = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return packed.getvalue()


class Site:
    """What is served, how, and how often it was fetched."""

    def __init__(self) -> None:
        self.content = original()
        self.sha256 = hashlib.sha256(self.content).hexdigest()
        self.announced = len(self.content)
        self.status = 200
        self.silent_after: int | None = None
        self.fetched = 0
        self.closing = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.send_response(site.status)
                self.send_header("Content-Length", str(site.announced))
                self.end_headers()

            def do_GET(self) -> None:
                site.fetched += 1
                self.do_HEAD()
                self.wfile.write(site.content[: site.silent_after])
                if site.silent_after is not None:
                    self.wfile.flush()
                    site.closing.wait(60)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/cifar-10-python.tar.gz"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "cifar10.npz"


def nothing_left(target: Path) -> bool:
    return {path.name for path in target.parent.rglob("*")} <= {"lock"}


def test_what_is_fetched_is_what_keras_reads(site: Site, target: Path, tmp_path: Path) -> None:
    assert download.download(target, site.url, site.sha256) is None
    with np.load(target) as arrays:
        found = dict(arrays)
    # Keras's own reader of the original's batches, on the same archive.
    from keras.src.datasets.cifar import load_batch

    with tarfile.open(fileobj=io.BytesIO(site.content)) as archive:
        archive.extractall(tmp_path, filter="data")
    for half, names in (("train", TRAIN), ("test", TEST)):
        read = [load_batch(str(tmp_path / "cifar-10-batches-py" / name)) for name in names]
        x = np.concatenate([batch[0] for batch in read]).transpose(0, 2, 3, 1)
        assert np.array_equal(found[f"x_{half}"], x)
        assert found[f"y_{half}"].tolist() == [label for batch in read for label in batch[1]]
    assert {path.name for path in target.parent.iterdir()} == {"cifar10.npz", "lock"}


def test_loading_downloads_once_and_then_reads_the_cache(
    site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    here = partial(download.download, url=site.url, sha256=site.sha256)
    monkeypatch.setattr(cifar10, "download", here)
    cifar = load_cifar10()
    assert (cifar.source, len(cifar.x_train), len(cifar.x_test)) == ("downloaded", 5 * EACH, EACH)
    assert load_cifar10().is_real
    assert site.fetched == 1
    assert capfd.readouterr() == ("", ""), "nothing but describe() goes into a chapter's output"


def test_a_wrong_checksum_is_told_and_nothing_is_kept_or_unpickled(
    site: Site, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download.pickle, "loads", lambda *_, **__: pytest.fail("unpickled"))
    failure = download.download(target, site.url, SHA256)
    assert failure is not None
    assert site.url in failure
    assert SHA256 in failure
    assert nothing_left(target)


def test_a_cut_off_download(site: Site, target: Path) -> None:
    site.content = site.content[:-100]
    failure = download.download(target, site.url, site.sha256)
    assert failure is not None
    assert f"{site.announced - 100} out of {site.announced}" in failure
    assert nothing_left(target)


def test_a_download_that_stalls_is_given_up(
    site: Site, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "STALL", 0.2)
    site.silent_after = 100
    failure = download.download(target, site.url, site.sha256)
    assert failure is not None
    assert "timed out" in failure
    assert nothing_left(target)


def test_a_site_that_has_no_such_file(site: Site, target: Path) -> None:
    site.status = 404
    failure = download.download(target, site.url, site.sha256)
    assert failure is not None
    assert "404" in failure
    assert site.fetched == 0
    assert not target.parent.exists()


def test_no_server_there(site: Site, target: Path) -> None:
    site.close()
    failure = download.download(target, site.url, site.sha256)
    assert failure is not None
    assert "refused" in failure
    assert "\n" not in failure


def test_a_name_that_is_looked_up_for_ever_does_not_stall(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def never(*_: object, **__: object) -> None:
        released.wait(60)
        raise OSError("too late")

    monkeypatch.setattr(download.socket, "getaddrinfo", never)
    monkeypatch.setattr(download, "PATIENCE", 0.1)
    began = time.monotonic()
    try:
        failure = download.download(target, "http://nowhere.invalid/cifar-10-python.tar.gz")
        # Not how fast, but that it came back by itself: the look-up is held for a minute.
        assert time.monotonic() - began < 50
    finally:
        released.set()
    assert failure is not None
    assert "does not answer" in failure


@pytest.mark.usefixtures("ordinary_user")
def test_a_cache_folder_that_cannot_be_written(site: Site) -> None:
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "closed" / "lossbook" / "cifar10.npz"
        target.parent.parent.mkdir()
        target.parent.parent.chmod(0o500)
        failure = download.download(target, site.url, site.sha256)
        target.parent.parent.chmod(0o700)
    assert failure is not None
    assert "Permission denied" in failure
    assert site.fetched == 0


def test_chapters_that_start_together_fetch_it_once(site: Site, target: Path) -> None:
    code = (
        "import sys, pathlib; from workshop.data.download import download\n"
        "sys.exit(download(pathlib.Path(sys.argv[1]), *sys.argv[2:]))"
    )
    command = [sys.executable, "-c", code, str(target), site.url, site.sha256]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(partial(subprocess.run, capture_output=True), [command] * 2))
    assert [process.returncode for process in done] == [0, 0], done
    assert site.fetched == 1


def test_the_checksum_is_the_one_keras_knows() -> None:
    source = inspect.getsource(inspect.getmodule(keras.datasets.cifar10.load_data))
    assert SHA256 in source
    assert download.SITE in source
