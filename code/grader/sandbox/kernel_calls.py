"""The Linux calls that Python 3.11 lacks: joining namespaces, giving up capabilities."""

import ctypes
import os
import resource

_libc = ctypes.CDLL(None, use_errno=True)

USER, MOUNT, PID, NETWORK = 0x10000000, 0x00020000, 0x20000000, 0x40000000
IPC, UTS, CGROUP = 0x08000000, 0x04000000, 0x02000000
_DROP_BOUND, _NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 24, 38, 1
_CAPABILITY_VERSION = 0x20080522


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def join(pid: int, *, user: bool) -> None:
    """Enter all namespaces of `pid`; the process-id one holds for children born after this."""
    kinds = MOUNT | PID | NETWORK | IPC | UTS | CGROUP | (USER if user else 0)
    handle = os.pidfd_open(pid)
    try:
        _check(_libc.setns(handle, kinds), "setns")
    finally:
        os.close(handle)


def die_with_parent() -> None:
    """Be killed when the parent ends."""
    _check(_libc.prctl(_DIE_WITH_PARENT, 9, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def renounce(uid: int | None) -> None:
    """Give up every capability, now and for every program started from here; become `uid`."""
    for capability in range(64):
        if _libc.prctl(_DROP_BOUND, capability, 0, 0, 0) != 0:
            if capability == 0:
                _check(-1, "prctl(PR_CAPBSET_DROP)")
            break
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, nothing), "capset")


def restrict(limits: dict, *, sandboxed: bool) -> None:
    """Resource limits of this process and all that it starts."""
    wanted = {
        resource.RLIMIT_DATA: limits["memory"],
        resource.RLIMIT_FSIZE: limits["file_size"],
        resource.RLIMIT_CPU: int(limits["total_seconds"] * 4),
        resource.RLIMIT_NOFILE: 256,
        # A kernel whose `core_pattern` names a program starts it outside of every sandbox when a
        # process crashes, at any limit but this one (`do_coredump` in Linux's fs/coredump.c).
        resource.RLIMIT_CORE: 1,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if sandboxed:  # outside, it would count everything that this user runs
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    for kind, value in wanted.items():
        _soft, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
