"""A seccomp filter: system calls that no exercise needs and that open more of the kernel.

As root no user namespace is made around a run, so bubblewrap cannot forbid further ones; keyrings
of the grader's session would come along; and namespaces of networks do not hold every family of
sockets (AF_VSOCK reaches the machine below a virtual one). The numbers are those of Linux's tables
(`arch/x86/entry/syscalls/syscall_64.tbl`, `include/uapi/asm-generic/unistd.h`).
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Sequence
from typing import NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_SET_SECCOMP, _MODE_FILTER = 22, 2
_X32 = 0x40000000


class _Machine(NamedTuple):
    architecture: int
    clone: int
    socket: int
    socketpair: int
    ioctl: int
    fcntl: int
    setrlimit: int
    prlimit: int
    refused: tuple[int, ...]


# Refused: unshare, setns, add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, ptrace,
# process_vm_readv, process_vm_writev, kcmp, open_by_handle_at, mount, umount2, pivot_root,
# fanotify_init, syslog; memfd_create and shmget, whose memory no process needs to have mapped, so
# that without a control group nobody counts it. Files in /dev/shm do the same within a limit.
_KNOWN = {
    "x86_64": _Machine(
        *(0xC000003E, 56, 41, 53, 16, 72, 160, 302),
        (
            *(272, 308, 248, 249, 250, 321, 298, 323, 101, 310, 311, 312, 304, 165, 166, 155, 300),
            *(103, 319, 29),
        ),
    ),
    "aarch64": _Machine(
        *(0xC00000B7, 220, 198, 199, 29, 25, 164, 261),
        (
            *(97, 268, 217, 218, 219, 280, 241, 282, 117, 270, 271, 272, 265, 40, 39, 41, 262),
            *(116, 279, 194),
        ),
    ),
}
# From 424 on numbers are the same everywhere: io_uring, the new calls for mounts, pidfd_getfd,
# memfd_secret.
_REFUSED = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 447, 457, 458, 467)
_CLONE3 = 435
_NEW_USER, _SIBLING = 0x10000000, 0x00008000  # CLONE_NEWUSER, CLONE_PARENT
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
_TERMINAL = (0x5412, 0x541C, 0x541D, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD
_CORE = (4,)  # RLIMIT_CORE, which `kernel_calls.restrict` has set for good
_LEASES = (1024, 1026)  # F_SETLEASE, F_NOTIFY: they hold up whoever opens a file that is shown


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _fail(number: int) -> bytes:
    return _step(_RETURN, _FAIL | number)


def _when(number: int, argument: int, values: Sequence[int], listed: bytes, other: bytes) -> bytes:
    """For call `number`: `listed` if its argument is one of `values`, else `other`."""
    steps = [_step(_LOAD, argument)]
    for value in values:
        steps += [_step(_EQUAL, value, no=1), listed]
    steps.append(other)
    return _step(_EQUAL, number, no=len(steps)) + b"".join(steps)


def program(machine: str) -> bytes | None:
    """The filter as BPF instructions, or None for a machine whose numbers are not known here."""
    if machine not in _KNOWN:
        return None
    known = _KNOWN[machine]
    fail, allow = _fail(errno.EPERM), _step(_RETURN, _ALLOW)
    steps = [_step(_LOAD, _ARCHITECTURE), _step(_EQUAL, known.architecture, yes=1), fail]
    steps += [_step(_LOAD, _NUMBER), _step(_AT_LEAST, _X32, no=1), fail]
    for number in (*known.refused, *_REFUSED):
        steps += [_step(_EQUAL, number, no=1), fail]
    # Its flags lie in memory, which a filter cannot read; C libraries then use clone instead.
    steps += [_step(_EQUAL, _CLONE3, no=1), _fail(errno.ENOSYS)]
    for number in (known.socket, known.socketpair):
        steps.append(_when(number, _FIRST_ARGUMENT, _FAMILIES, allow, _fail(errno.EAFNOSUPPORT)))
    steps.append(_when(known.ioctl, _SECOND_ARGUMENT, _TERMINAL, fail, allow))
    steps.append(_when(known.fcntl, _SECOND_ARGUMENT, _LEASES, fail, allow))
    steps.append(_when(known.setrlimit, _FIRST_ARGUMENT, _CORE, fail, allow))
    steps.append(_when(known.prlimit, _SECOND_ARGUMENT, _CORE, fail, allow))
    steps += [_step(_EQUAL, known.clone, no=3), _step(_LOAD, _FIRST_ARGUMENT)]
    steps += [_step(_ANY_BIT, _NEW_USER | _SIBLING, no=1), fail, allow]
    return b"".join(steps)


def install() -> bool:
    """Filter the calls of this process and all that it starts; false on an unknown processor.

    Needs `no_new_privs`. `OSError` if the kernel takes no filter.
    """
    code = program(platform.machine())
    if code is None:
        return False
    held = ctypes.create_string_buffer(code, len(code))
    listed = ctypes.create_string_buffer(
        struct.pack("@HP", len(code) // 8, ctypes.addressof(held)), struct.calcsize("@HP")
    )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_SECCOMP, _MODE_FILTER, listed, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")
    return True
