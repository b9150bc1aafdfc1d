"""The attack that establishes the level of a sandbox: a program that is run in a candidate's place."""

ATTACKS = """
import ctypes, io, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)

def denied(attack):
    try:
        return attack() is False
    except BaseException:
        return True

def forks():
    pid = libc.fork()
    if pid == 0:
        os._exit(0)
    return pid > 0

def creates(path):
    io.FileIO(path, "x").close()
    os.unlink(path)

def probe(canary, victim):
    name = os.path.basename(canary) + "-probe"
    folders = ("/tmp", "/var/tmp", "/dev/shm", os.getcwd())
    return {
        "fs_read": denied(lambda: io.FileIO(canary).read(1)),
        "fs_write": denied(lambda: io.FileIO(canary, "r+")),
        "fs_meta": denied(lambda: libc.chmod(canary.encode(), 0o600) == 0),
        "fs_create": all(denied(lambda d=d: creates(d + "/" + name)) for d in folders),
        "net_inet": denied(lambda: socket.socket(socket.AF_INET)),
        "net_unix": denied(lambda: socket.socket(socket.AF_UNIX)),
        "signal_others": os.getpid() == victim or denied(lambda: libc.kill(victim, 0) == 0),
        "see_others": denied(lambda: io.FileIO("/proc/%d/cmdline" % victim).read(1)),
        "ptrace": denied(lambda: libc.ptrace(16, victim, 0, 0) == 0),
        "exec": denied(lambda: libc.system(b"true") == 0),
        "fork": denied(forks),
        "userns": denied(lambda: libc.unshare(0x10000000) == 0),
        "memory_cap": denied(lambda: mmap.mmap(-1, 8 << 30)),
        "is_pid1": os.getpid() == 1,
    }
"""
