"""A process that has imported what notebooks import, and forks once a submission.

It never sees a submission, a seed, a solution or the gradebook: they pass it by, from the grader
straight into the fork. So there is nothing in its memory that a fork could find.
"""

import importlib
import json
import os
import signal
import socket
import sys

from grader.sandbox import channel, runner, supervisor


def main() -> None:
    """Arguments: the number of the control socket, and the modules to import, as JSON."""
    control = socket.socket(fileno=int(sys.argv[1]))
    # Matplotlib reads its list of fonts for seconds where it finds no cache, as in a sandbox.
    for name in [*json.loads(sys.argv[2]), "matplotlib.font_manager"]:
        importlib.import_module(name)
    runner.make_shell()
    channel.send(control, {"ready": True})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the forks
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the grader decides when to stop
    while True:
        body, handles, _flags, _address = socket.recv_fds(control, 1 << 16, 2)
        if not body:
            return
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            status, data = (socket.socket(fileno=handle) for handle in handles)
            try:
                supervisor.supervise(json.loads(body), status, data)
            finally:
                os._exit(0)
        for handle in handles:
            os.close(handle)


if __name__ == "__main__":
    main()
