"""Inside the sandbox: runs a notebook's cells, then calls its functions on what it is sent.

Nothing here is trusted by the grader: a notebook can replace every line of it. What it can do with
that is to send other values, and a value is right or wrong.
"""

import base64
import io
import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from ipykernel.zmqshell import KernelMagics
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import Type
from traitlets.config import Config

from grader import plain
from grader.sandbox import channel
from grader.sandbox.limits import WAITING

MOST_TEXT = 20_000
MOST_PICTURE = 400_000
MOST_OUTPUTS = 20
PLENTY = 1 << 30
LEFT_OUT = [
    {"output_type": "stream", "name": "stdout", "text": "(not kept: the notebook has more output)"}
]


class CellTimeout(BaseException):
    """The cell had its time. No `except Exception` of the notebook catches this."""


class Bounded(io.StringIO):
    """Keeps the first characters written to it and counts the rest."""

    dropped = 0
    encoding = "utf-8"
    """As in a kernel; `io.StringIO` has none, and a notebook may ask."""

    def fileno(self) -> int:
        """Where `faulthandler` and child processes may write: to nowhere."""
        return 2

    def close(self) -> None:
        """A cell that closes what it was lent loses nothing: the next one has its own."""

    def write(self, text: str) -> int:
        """As `io.StringIO.write`; says that all was written."""
        room = max(MOST_TEXT - self.tell(), 0)
        super().write(text[:room])
        self.dropped += max(len(text) - room, 0)
        return len(text)

    def output(self, name: str) -> list[dict[str, Any]]:
        """What was written as a notebook output, or nothing."""
        text = self.getvalue()
        if self.dropped:
            text += f"\n… and {self.dropped} characters more, not kept\n"
        return [{"output_type": "stream", "name": name, "text": text}] if text else []


class Results(DisplayHook):
    """Keeps the values of cells' last lines instead of printing them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kept: list[dict[str, Any]] = []

    def write_output_prompt(self) -> None:
        """No prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        """Keep instead of printing."""
        self.kept.append(format_dict)

    def finish_displayhook(self) -> None:
        """No line end."""


class Shell(InteractiveShell):
    """IPython with `Results`, and every line and cell magic that a Jupyter kernel has."""

    displayhook_class = Type(Results)

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """`%matplotlib`, `%pylab`: pictures are kept, whichever window was asked for."""
        return super().enable_matplotlib("inline")

    def enable_gui(self, gui: str | None = None) -> None:
        """`%gui`: there is no window and no event loop to enter."""

    def init_magics(self) -> None:
        """Those of IPython and those of the kernel (`%clear`, `%autosave` …)."""
        super().init_magics()
        self.register_magics(KernelMagics)


def make_shell() -> InteractiveShell:
    """IPython without history, colours or a terminal; made once, before any fork."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    shell = Shell.instance(config=config)
    shell.run_cell("", store_history=False, silent=True)
    return shell


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End what takes `seconds` of processor time, or several times that by the clock.

    Honest code must not fail because the machine is busy; what waits must end too.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        # From None: the text of what it interrupts may be what takes for ever.
        raise CellTimeout(f"stopped after {seconds:g} s") from None

    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * WAITING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def run_cell(shell: InteractiveShell, source: str, seconds: float) -> list[dict[str, Any]]:
    """The outputs of one cell, in nbformat's form, cut to a bounded size."""
    out, err = Bounded(), Bounded()
    trace: list[dict[str, Any]] = []

    def keep(kind: type, problem: BaseException, lines: list[str]) -> None:
        text = [line[:MOST_TEXT] for line in lines[-40:]]
        name = _described(problem).partition(":")[0]
        trace[:] = [
            {
                "output_type": "error",
                "ename": name,
                "evalue": _described(problem).partition(": ")[2][:1000],
                "traceback": text,
            }
        ]

    shell._showtraceback = keep  # type: ignore
    shown: list[Any] = []
    results: list[Any] = []
    rich: list[dict[str, Any]] = []
    shell.displayhook.kept = results  # type: ignore[attr-defined]
    try:
        with _limited(seconds), redirect_stdout(out), redirect_stderr(err):
            with capture_output(stdout=False, stderr=False) as captured:
                shell.run_cell(source, store_history=True)
            shown = [item.data for item in captured.outputs]
    except BaseException as problem:  # an alarm between IPython's own lines
        keep(type(problem), problem, [_described(problem)])
    try:
        with _limited(seconds), redirect_stdout(Bounded()), redirect_stderr(Bounded()):
            rich = _rich(shown + results)
    except BaseException as problem:  # what is shown may take as long as what runs
        keep(type(problem), problem, [_described(problem)])
    return out.output("stdout") + err.output("stderr") + rich + trace


def _rich(shown: list[Any]) -> list[dict[str, Any]]:
    outputs = []
    for item in shown[:MOST_OUTPUTS]:
        try:
            data = _shown(item)
        except Exception as problem:  # costs this output only: `display(3, raw=True)`
            data = {"text/plain": f"(not shown: {_described(problem)[:300]})"}
        if data:
            outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
    return outputs


def _shown(item: Any) -> dict[str, str]:
    data = {}
    for kind, value in (item or {}).items():
        if kind == "text/plain":
            data[kind] = _plain_text(value)[:MOST_TEXT]
        elif kind == "image/png":
            text = value if isinstance(value, str) else base64.b64encode(value).decode("ascii")
            if len(text) <= MOST_PICTURE:
                data[kind] = text
    return data


@contextmanager
def apart(shell: InteractiveShell) -> Iterator[None]:
    """Let a cell of checks read the notebook's names without changing any.

    In a student's own Jupyter names of the checks that are not theirs stay behind, and a later cell
    may use one: so they do here.
    """
    theirs, module = shell.user_ns, shell.user_module
    copied = ModuleType(module.__name__)
    copied.__dict__.update(theirs)
    shell.user_module, shell.user_ns = copied, copied.__dict__
    try:
        yield
    finally:
        shell.user_module, shell.user_ns = module, theirs
        for name, value in copied.__dict__.items():
            theirs.setdefault(name, value)


def call(shell: InteractiveShell, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    """`{"value": …}` of a function of the notebook on what was sent, or of a variable.

    `{"error": …}` if there is none.
    """
    try:
        with _limited(seconds), redirect_stdout(Bounded()), redirect_stderr(Bounded()):
            try:
                if asked["function"] not in shell.user_ns:
                    return {"error": f"{asked['function']} is not defined"}
                function = shell.user_ns[asked["function"]]
                if asked["arguments"] is None:
                    return {"value": plain.encode(function)}
                arguments = [plain.decode(item) for item in asked["arguments"]]
                return {"value": plain.encode(function(*arguments))}
            except BaseException as problem:  # here, since its text may take for ever too
                return {"error": _described(problem)[:300]}
    except BaseException as problem:  # an alarm between our own lines
        return {"error": _described(problem)[:300]}


def _described(problem: BaseException) -> str:
    name, text = type.__dict__["__name__"].__get__(type(problem)), "(it has no text)"
    with suppress(BaseException):  # a notebook's own exception may fail to say what it is
        text = _plain_text(problem)
    return f"{_plain_text(name)}: {text}"


def _plain_text(value: Any) -> str:
    """`str(value)`, which can be of a class of the notebook's own with methods that fail later."""
    return str.__str__(str(value))


def serve(link: socket.socket) -> None:
    """Files, then cells, then calls, as the grader's side asks; ends when it closes."""
    reader = channel.Reader(link, PLENTY)
    forever = time.monotonic() + 1e6
    shell = Shell.instance()
    job = reader.frame(forever)
    left = job["output"]
    for name, text in job["files"].items():
        with suppress(OSError):  # a name that no file can have
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(text))
    for number, source in enumerate(job["cells"]):
        with apart(shell) if number in job["checks"] else nullcontext():
            outputs = run_cell(shell, source, job["cell_seconds"])
        body = json.dumps({"cell": number, "outputs": outputs}).encode()
        if len(body) > left:  # of many pictures the last are not kept
            body = json.dumps({"cell": number, "outputs": LEFT_OUT}).encode()
        left -= min(len(body), left)
        channel.send_body(link, body)
    channel.send(link, {"ready": True})
    for number in range(job["calls"]):
        reply = call(shell, reader.frame(forever), job["cell_seconds"])
        try:
            body = json.dumps({"call": number, **reply}).encode()
        except (TypeError, ValueError):  # an object that only says that it is a number
            body = json.dumps({"call": number, "error": "NotPlain: not a value"}).encode()
        if len(body) > job["reply"]:  # costs this call only
            body = json.dumps({"call": number, "error": "NotPlain: too large a value"}).encode()
        channel.send_body(link, body)
