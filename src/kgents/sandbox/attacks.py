"""The attack that establishes the level of a sandbox: a program that is run in a candidate's place."""

ATTACKS = """
import ctypes, io, mmap, os, platform, socket
libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"
SIGNALS = (138, 240) if ARM else (129, 297)  # rt_sigqueueinfo, rt_tgsigqueueinfo
TKILL, TGKILL = (130, 131) if ARM else (200, 234)
KCMP, MADVISE, MRELEASE, PRLIMIT = (272, 440, 448, 261) if ARM else (312, 440, 448, 302)
MINCORE, FADVISE, PREADV2, CACHESTAT, READAHEAD = (232, 223, 286, 451, 213) if ARM else (27, 221, 327, 451, 187)

def denied(attack):
    try:
        return attack() is False
    except BaseException:
        return True

def call(number, *arguments):
    return libc.syscall(ctypes.c_long(number), *arguments) >= 0

def forks():
    pid = libc.fork()
    if pid == 0:
        os._exit(0)
    return pid > 0

def creates(path):
    io.FileIO(path, "x").close()
    os.unlink(path)

def opens(pid):
    fd = os.pidfd_open(pid)
    os.close(fd)

def signalled(pid):
    info = ctypes.create_string_buffer(128)
    return {
        "kill": denied(lambda: libc.kill(pid, 0) == 0),
        "queue": denied(lambda: call(SIGNALS[0], pid, 0, info)),
        "thread queue": denied(lambda: call(SIGNALS[1], pid, pid, 0, info)),
        "tkill": denied(lambda: call(TKILL, pid, 0)),
        "tgkill": denied(lambda: call(TGKILL, pid, pid, 0)),
        "pidfd": denied(lambda: opens(pid)),
    }

def touched(pid):
    pair = (ctypes.c_ulong * 2)()
    return {
        "prlimit": denied(lambda: call(PRLIMIT, pid, 7, None, pair)),
        "kcmp": denied(lambda: call(KCMP, pid, os.getpid(), 1, 0, 0)),
        "madvise": denied(lambda: call(MADVISE, -1, pair, 0, 4, 0)),
        "mrelease": denied(lambda: call(MRELEASE, -1, 0)),
        "priority": denied(lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)),
        "affinity": denied(lambda: os.sched_setaffinity(pid, os.sched_getaffinity(0))),
        "scheduler": denied(lambda: os.sched_getscheduler(pid)),
        "session": denied(lambda: os.getsid(pid)),
    }

def stores():
    import fcntl
    path = os.__file__
    file = open(path, "rb")
    fd, size = file.fileno(), 4096
    area = mmap.mmap(fd, size, prot=mmap.PROT_READ)
    start = ctypes.c_void_p(0)
    vector = ctypes.create_string_buffer(64)  # cachestat writes 40 bytes
    return {
        "flock": denied(lambda: fcntl.flock(fd, fcntl.LOCK_SH)),
        "lock": denied(lambda: fcntl.lockf(fd, fcntl.LOCK_SH)),
        "fadvise": denied(lambda: os.posix_fadvise(fd, 0, size, os.POSIX_FADV_DONTNEED)),
        "readahead": denied(lambda: call(READAHEAD, fd, ctypes.c_long(0), ctypes.c_size_t(size))),
        "nowait": denied(lambda: os.preadv(fd, [bytearray(8)], 0, os.RWF_NOWAIT)),
        "mincore": denied(lambda: call(MINCORE, start, ctypes.c_size_t(0), vector)),
        "cachestat": denied(lambda: call(CACHESTAT, fd, vector, vector, 0)),
        "page out": denied(lambda: area.madvise(21, 0, size)),
        "notify": denied(lambda: fcntl.fcntl(fd, 1026, 1)),
    }

def probe(canary, victim):
    name = os.path.basename(canary) + "-probe"
    folders = ("/tmp", "/var/tmp", "/dev/shm", os.getcwd())
    others = [pid for pid in (victim, os.getppid()) if pid != os.getpid()]
    return {
        "fs_read": denied(lambda: io.FileIO(canary).read(1)),
        "fs_write": denied(lambda: io.FileIO(canary, "r+")) and denied(lambda: os.truncate(canary, 6)),
        "fs_meta": denied(lambda: libc.chmod(canary.encode(), 0o600) == 0),
        "fs_create": all(denied(lambda d=d: creates(d + "/" + name)) for d in folders),
        "fs_see": denied(lambda: os.stat(canary)),
        "net_inet": denied(lambda: socket.socket(socket.AF_INET)),
        "net_unix": denied(lambda: socket.socket(socket.AF_UNIX)),
        "signal_others": all(all(signalled(pid).values()) for pid in others),
        "touch_others": all(all(touched(pid).values()) for pid in others),
        "see_others": denied(lambda: io.FileIO("/proc/%d/cmdline" % victim).read(1)),
        "ptrace": denied(lambda: libc.ptrace(16, victim, 0, 0) == 0),
        "exec": denied(lambda: libc.system(b"true") == 0),
        "fork": denied(forks),
        "userns": denied(lambda: libc.unshare(0x10000000) == 0),
        "memory_cap": denied(lambda: mmap.mmap(-1, 8 << 30)),
        "stores": all(stores().values()),
        "host_name": os.uname().nodename == "sandbox",
        "packages": denied(lambda: __import__("kgents")),
    }
"""
