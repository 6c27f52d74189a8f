"""Ways out of the sandbox that a cell can try: each of `WAYS` prints FOUND and what it reached.

Each is harmless where it succeeds: clocks are set to the time that they show, `reboot` gets a
number that it refuses, and so on. `OUTSIDE` is replaced by what the test has laid out.
"""

SYSTEM = """import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
ARM = platform.machine() == 'aarch64'
def refused(x86, arm, *arguments):
    number = arm if ARM else x86
    words = [ctypes.c_void_p(a) if isinstance(a, int) else a for a in arguments]
    words += [None] * (6 - len(words))
    return libc.syscall(number, *words) == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)
found = []
"""

WAYS = {
    "namespaces": SYSTEM
    + """for name, link in OUTSIDE['namespaces'].items():
    if os.readlink(f'/proc/self/ns/{name}') == link: found.append(name)
for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80):
    if not refused(272, 97, flag): found.append(hex(flag))
for name in ('cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'):
    try: end = os.open(f'/proc/1/ns/{name}', os.O_RDONLY)
    except OSError: continue
    if not refused(308, 268, end, 0): found.append('setns ' + name)
if not refused(165, 40, b'tmpfs', b'/home/student', b'tmpfs', 0, 0): found.append('mount')
for number in (428, 430, 432, 442):
    if not refused(number, number, 0, 0, 0): found.append(number)
try: os.chroot('/tmp'); found.append('chroot')
except OSError: pass""",
    "proc": SYSTEM
    + """for pid in filter(str.isdigit, os.listdir('/proc')):
    for what in ('environ', 'cmdline', 'maps', 'mem', 'fd', 'root', 'cwd', 'auxv'):
        place = f'/proc/{pid}/{what}'
        try:
            if what in ('fd', 'root', 'cwd'): text = ' '.join(os.listdir(place)).encode()
            else: text = open(place, 'rb').read(1 << 20)
        except OSError: continue
        if any(word.encode() in text for word in OUTSIDE['words']): found.append(place)
for place in ('sysrq-trigger', 'sys/kernel/core_pattern', 'sys/vm/drop_caches', 'kcore', 'kmsg',
              'sys/kernel/hostname', 'sys/kernel/ns_last_pid', '1/mem'):
    try:
        with open('/proc/' + place, 'r+b', buffering=0) as file: file.write(file.read(64))
        found.append(place)
    except OSError: pass""",
    "sys": SYSTEM
    + """found += [p for p in ('/sys', '/run', '/var', '/boot', '/mnt', '/srv')
          if os.path.exists(p) and os.listdir(p)]
found += [line for line in open('/proc/mounts') if line.split()[2] in
          ('sysfs', 'cgroup', 'cgroup2', 'debugfs', 'tracefs', 'securityfs', 'bpf', 'configfs')]""",
    "devices": SYSTEM
    + """import stat, subprocess
known = {'null', 'zero', 'full', 'random', 'urandom', 'fd', 'stdin', 'stdout', 'stderr', 'core',
         'shm', 'pts', 'ptmx', 'tty'}
found += [n for n in os.listdir('/dev') if n not in known]
found += [n for n in os.listdir('/dev/pts') if n != 'ptmx']
try: os.close(os.open('/dev/tty', os.O_RDONLY)); found.append('tty')
except OSError: pass
for kind, number in ((stat.S_IFBLK, (7, 0)), (stat.S_IFCHR, (1, 1)), (stat.S_IFCHR, (5, 0))):
    try: os.mknod('/tmp/device', kind | 0o600, os.makedev(*number)); found.append(number)
    except OSError: pass
assert subprocess.run(['true']).returncode == 0""",
    "descriptors": SYSTEM
    + """for name in os.listdir('/proc/self/fd'):
    try: link = os.readlink('/proc/self/fd/' + name)
    except OSError: continue  # the one that lists the folder
    if link != '/dev/null' and not (name == '3' and link.startswith('socket:')):
        found.append((name, link))
import socket
line = socket.socket(fileno=os.dup(3))
if line.family != socket.AF_UNIX or line.getpeername() or line.getsockname(): found.append('named')
if line.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN): found.append('listens')""",
    "environment": SYSTEM
    + """words = ' '.join(f'{k}={v}' for k, v in os.environ.items())
try: words += open('/proc/self/environ', 'rb').read().decode('latin1')
except OSError: pass
found += [word for word in OUTSIDE['words'] if word in words]
found += [k for k in os.environ if k.startswith(('SSH', 'AWS', 'PYTHONPATH', 'DBUS', 'XDG'))]""",
    "keyrings": SYSTEM
    + """if not refused(248, 217, b'user', b'name', b'x', 1, 2**32 - 3): found.append('add_key')
if not refused(249, 218, b'user', b'name', 0, 0): found.append('request_key')
for ring in (-1, -2, -3, -4, -5):
    if not refused(250, 219, 0, ring % 2**64, 0): found.append(ring)""",
    "ioctls": SYSTEM
    + """import fcntl
first, second = os.openpty()
libc.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p]
for command in (0x5412, 0x541C, 0x541D, 0x5423):
    for high in (0, 1 << 32, 0xFFFFFFFF << 32):
        for end in (first, second):
            if libc.ioctl(end, command | high, b'\\x0b') != -1 or ctypes.get_errno() != errno.EPERM:
                found.append(hex(command | high))
own = os.open('/home/student/mine', os.O_RDWR | os.O_CREAT)
os.close(own)
for command in (1024, 1026):  # leases and notices hold up whoever opens the file
    try: fcntl.fcntl(os.open('/home/student/mine', os.O_RDONLY), command, 0); found.append(command)
    except OSError: pass""",
    "sockets": SYSTEM
    + """import socket
for family in range(1, 60):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        try: socket.socket(family, kind).close()
        except OSError: continue
        if family not in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6): found.append(family)
        elif kind == socket.SOCK_RAW and family != socket.AF_UNIX: found.append('raw')
    try: socket.socketpair(family); found += [] if family == 1 else [('pair', family)]
    except OSError: pass
for where in (OUTSIDE['abstract'], OUTSIDE['path']):
    try: socket.socket(socket.AF_UNIX).connect(where); found.append(where)
    except OSError: pass
for host in ('127.0.0.1', '::1', socket.gethostname()):
    try: socket.create_connection((host, OUTSIDE['port']), timeout=1); found.append(host)
    except OSError: pass
found += [line for line in open('/proc/net/unix') if OUTSIDE['abstract'][1:] in line]""",
    "shared_memory": SYSTEM
    + """if libc.shmget(OUTSIDE['key'], 0, 0) != -1: found.append('System V')
if libc.semget(OUTSIDE['key'], 0, 0) != -1: found.append('semaphores')
if libc.msgget(OUTSIDE['key'], 0) != -1: found.append('messages')
if len(open('/proc/sysvipc/shm').readlines()) > 1: found.append('a list of segments')
found += os.listdir('/dev/shm')""",
    "cgroups": SYSTEM
    + """for place in ('/sys/fs/cgroup', '/cgroup', '/proc/1/root/sys/fs/cgroup'):
    if os.path.exists(place): found.append(place)
for kind in (b'cgroup', b'cgroup2'):
    if not refused(165, 40, kind, b'/home/student', kind, 0, 0): found.append(kind)""",
    "time": SYSTEM
    + """import time
for clock in (time.CLOCK_REALTIME, time.CLOCK_TAI):
    try: time.clock_settime(clock, time.clock_gettime(clock)); found.append(clock)
    except OSError: pass
if libc.settimeofday(ctypes.byref((ctypes.c_long * 2)(int(time.time()), 0)), None) == 0:
    found.append('settimeofday')
tick = ctypes.byref((ctypes.c_long * 40)(0x4000, 0, 10000))
if libc.adjtimex(tick) >= 0: found.append('adjtimex')
try:
    with open('/proc/self/timens_offsets', 'w') as file: file.write('monotonic 9 0')
    found.append('offsets')
except OSError: pass""",
    "rights": SYSTEM
    + """import resource
lines = [line for line in open('/proc/self/status') if ':\\t' in line]
status = dict(line.rstrip('\\n').split(':\\t', 1) for line in lines)
found += [k for k in status if k.startswith('Cap') and int(status[k], 16)]
found += [k for k, v in (('NoNewPrivs', '1'), ('Seccomp', '2')) if status[k] != v]
if 0 in map(int, status['Uid'].split() + status['Gid'].split()): found.append('root')
if status['Groups'].split() not in ([], ['65534']): found.append(status['Groups'])
for name, way in {'setuid': lambda: os.setuid(0), 'setgid': lambda: os.setgid(0),
                  'setgroups': lambda: os.setgroups([0]), 'nice': lambda: os.nice(-1),
                  'priority': lambda: os.setpriority(os.PRIO_PGRP, 0, -1),
                  'realtime': lambda: os.sched_setscheduler(0, 1, os.sched_param(1))}.items():
    try: way(); found.append(name)
    except OSError: pass
for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
    try: resource.setrlimit(kind, (resource.getrlimit(kind)[1] * 2,) * 2); found.append(kind)
    except (OSError, ValueError): pass""",
    "calls": SYSTEM
    + """for name, numbers in {
    'bpf': (321, 280), 'perf_event_open': (298, 241), 'userfaultfd': (323, 282),
    'io_uring_setup': (425, 425), 'ptrace': (101, 117), 'process_vm_readv': (310, 270),
    'process_vm_writev': (311, 271), 'kcmp': (312, 272), 'open_by_handle_at': (304, 265),
    'pidfd_getfd': (438, 438), 'fanotify_init': (300, 262), 'syslog': (103, 116),
    'reboot': (169, 142), 'init_module': (175, 105), 'delete_module': (176, 106),
    'swapon': (167, 224), 'acct': (163, 89), 'kexec_load': (246, 104), 'statmount': (457, 457),
    'listmount': (458, 458),
    'pivot_root': (155, 41), 'umount2': (166, 39),
}.items():
    if not refused(*numbers): found.append(name)
if not ARM and not refused(0x40000000 | 39, 0): found.append('x32')""",
    "crashes": SYSTEM
    + """import resource
if open('/proc/self/limits').read().split('Max core file size')[1].split()[:2] != ['1', '1']:
    found.append('limit')
try: resource.setrlimit(resource.RLIMIT_CORE, (0, 1)); found.append('setrlimit')
except (OSError, ValueError): pass
if not refused(160, 164, 4, (ctypes.c_ulong * 2)(0, 1)): found.append('setrlimit itself')
if not refused(302, 261, 0, 4, (ctypes.c_ulong * 2)(0, 1), 0): found.append('prlimit64')""",
    "files": SYSTEM
    + """import sys
import lossbook
for place in (lossbook.__file__, sys.prefix + '/x.pth', '/usr/x', '/x', '/dev/x', '/etc/x'):
    try: open(place, 'a').close(); found.append(place)
    except OSError: pass
for folder, names, files in os.walk('/'):
    names[:] = [n for n in names if os.path.join(folder, n) not in OUTSIDE['shown']]
    held = {'instructor.json', 'gradebook.db', 'shadow', 'places.py'} & set(files)
    found += [os.path.join(folder, f) for f in held]
for place in ('/tmp/left', '/dev/shm/left', '/home/student/left', '/var/tmp/left'):
    if os.path.exists(place): found.append(place)
    try: open(place, 'w').close()
    except OSError: pass
    if place.startswith('/dev/shm') and os.path.exists(place): os.remove(place)""",
}

SIGNALS = {
    "kill_group": "import os\nos.kill(0, 9)",
    "stop_group": "import os, signal\nos.kill(0, signal.SIGSTOP)",
    "term_group": "import os, signal\nos.killpg(0, signal.SIGTERM)",
    "kill_parent": "import os\nos.kill(os.getppid(), 9)",
    "kill_all": "import os\nos.kill(-1, 9)",
    "stop_all": "import os, signal\nos.kill(-1, signal.SIGSTOP)",
    "kill_low": "import os\nfor pid in range(1, 40):\n    try: os.kill(pid, 9)\n"
    "    except OSError: pass",
    "sibling": """import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
if libc.syscall(clone, ctypes.c_ulong(0x8000 | 9), *[None] * 4) == 0: os._exit(0)""",
    "owner": """import fcntl, os, signal, socket
a, b = socket.socketpair()
for owner in (-1, 1, 2, 2**31 - 1, -os.getppid()):
    try:
        fcntl.fcntl(a, fcntl.F_SETOWN, owner)
        fcntl.fcntl(a, 10, signal.SIGKILL)
        fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)
        b.send(b'x')
    except OSError: pass""",
    "peer": """import os, signal, socket
try:
    peer = socket.socket(fileno=os.dup(3)).getsockopt(socket.SOL_SOCKET, 77)  # SO_PEERPIDFD
    signal.pidfd_send_signal(peer, signal.SIGKILL)
except OSError: pass""",
}
