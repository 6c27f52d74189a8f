"""Running a command as an ordinary user where the tests run as root."""

from pathlib import Path


def as_nobody(command: list[str], needed: list[Path]) -> list[str]:
    """The command as the user nobody, who sees of root's own folders only what is needed."""
    words = ["bwrap", "--dev-bind", "/", "/", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    closed = {}
    for path in needed:
        for parent in reversed(path.parents):
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, []).append(path)
                break
    for parent, paths in closed.items():
        words += ["--perms", "0755", "--tmpfs", str(parent)]
        for path in paths:
            between = [
                p for p in reversed(path.parents) if p != parent and p.is_relative_to(parent)
            ]
            for folder in between:
                words += ["--perms", "0755", "--dir", str(folder)]
            words += ["--bind", str(path), str(path)]
    return [*words, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *command]
