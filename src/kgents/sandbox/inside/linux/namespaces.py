"""Namespaces of the zygote: user, pid, net, ipc, uts, and a root that holds the interpreter, read-only, and nothing else.

Three processes: the first waits outside and maps the user ids, the second makes the namespaces and waits, the third is
pid 1 of the new pid namespace and goes on as the zygote. Each dies with the one before it.
"""

import os
import signal
from collections.abc import Collection, Sequence
from contextlib import suppress

from kgents.sandbox.inside.linux import syscalls as system

HOST_NAME = "sandbox"
Layers = dict[str, object]
View = tuple[Sequence[str], Sequence[str]]  # paths that are shown, and folders below them that are masked


def enter(want: Collection[str], uid: int, gid: int, view: View, layers: Layers) -> int | None:
    """Returns in the zygote; the descriptor of its pid namespace, or None without one. `layers` says what was reached."""
    root = os.geteuid() == 0
    asked, asks = os.pipe()
    answers, answer = os.pipe()
    outer = os.fork()
    if outer:
        os.close(asks)
        os.close(answers)
        _map_ids(outer, uid, gid, os.read(asked, 10) == b"map", answer)
        _wait(outer)
    os.close(asked)
    os.close(answer)
    if root:
        _attempt("mnt", want, layers, view)
        _become(uid, gid)
    system.prctl(system.PDEATHSIG, signal.SIGKILL)
    kinds = {"net": system.NEWNET, "ipc": system.NEWIPC, "uts": system.NEWUTS, "pid": system.NEWPID}
    flags = system.NEWUSER | sum(flag for kind, flag in kinds.items() if kind in want)
    flags |= system.NEWNS if "mnt" in want and not root else 0
    try:
        system.unshare(flags)
    except OSError as wrong:
        layers["userns"] = str(wrong)
        os.write(asks, b"no")
        os.read(answers, 10)
        return None
    os.write(asks, b"map")
    mapped = os.read(answers, 200)
    layers["userns"] = True if mapped == b"1" else mapped.decode()
    if "uts" in want:
        with suppress(OSError):
            system.set_host_name(HOST_NAME)
    layers.update(dict.fromkeys((kind for kind in ("net", "ipc", "uts") if kind in want), True))
    own = _own_pids() if "pid" in want else None
    if not root:
        _attempt("mnt", want, layers, view)
    return own


def _become(uid: int, gid: int) -> None:
    """Lets go of the rights of root; /proc stays ours, for the maps."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    system.prctl(system.DUMPABLE, 1)


def _map_ids(pid: int, uid: int, gid: int, wanted: bool, answer: int) -> None:
    reply = b"0"
    if wanted:
        try:
            for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
                with open(f"/proc/{pid}/{name}", "w") as file:
                    file.write(text)
            reply = b"1"
        except OSError as wrong:
            reply = b"0" + str(wrong).encode()
    os.write(answer, reply)


def _wait(pid: int) -> None:
    """Lets go of everything and ends as the child ends; never returns."""
    os.closerange(3, 256)
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 127)


def _own_pids() -> int:
    inner = os.fork()
    if inner:
        _wait(inner)
    system.prctl(system.PDEATHSIG, signal.SIGKILL)
    return os.pidfd_open(os.getpid())


def _attempt(kind: str, want: Collection[str], layers: Layers, view: View) -> None:
    if kind not in want:
        return
    try:
        if os.geteuid() == 0:
            system.unshare(system.NEWNS)
        _new_root(view)
        layers[kind] = True
    except OSError as wrong:
        layers[kind] = str(wrong)


def _new_root(view: View) -> None:
    """A tmpfs with read-only binds of what is shown, empty folders over what is masked; no /proc, /sys, /etc, /home, /tmp."""
    system.mount("none", "/", None, system.REC | system.PRIVATE)
    flags, size = system.NOSUID | system.NODEV, "size=2m,mode=755,nr_inodes=20000"
    system.mount("tmpfs", "/tmp", "tmpfs", flags, size)
    for name in ("/tmp/o", "/tmp/n"):
        os.mkdir(name)
    os.chdir("/tmp")
    system.pivot_root(".", "o")
    os.chdir("/")
    system.mount("tmpfs", "/n", "tmpfs", flags, size)
    masks = _shown(*view)
    os.mkdir("/n/dev")
    for device in ("null", "zero", "urandom"):
        os.close(os.open(f"/n/dev/{device}", os.O_CREAT | os.O_WRONLY))
        system.mount(f"/o/dev/{device}", f"/n/dev/{device}", None, system.BIND)
    for path in masks:
        system.mount(None, "/n" + path, None, system.REMOUNT | system.BIND | system.RDONLY | flags)
    system.unmount("/o")
    os.chdir("/n")
    system.pivot_root(".", ".")
    system.unmount(".")
    os.chdir("/")
    system.mount(None, "/", None, system.REMOUNT | system.BIND | system.RDONLY | system.NOSUID | system.NODEV)


def _shown(shown: Sequence[str], masked: Sequence[str]) -> list[str]:
    """Binds what is shown and covers what is masked, parents before children; the masks, which can still be written to."""
    done: dict[str, bool] = {}  # path: whether it is shown
    steps = [(path.count("/"), 0, path) for path in masked] + [(path.count("/"), 1, path) for path in shown]
    for _, bound, path in sorted(steps):
        parent = max(
            (before for before in done if path == before or path.startswith(before + "/")), key=len, default=None
        )
        visible = parent is not None and done[parent]
        if not bound and visible and os.path.isdir("/o" + path):
            system.mount(
                "tmpfs", "/n" + path, "tmpfs", system.NOSUID | system.NODEV, "size=1m,mode=755,nr_inodes=20000"
            )
            done[path] = False
        elif bound and not visible and os.path.islink("/o" + path):
            os.makedirs("/n" + os.path.dirname(path), exist_ok=True)
            os.symlink(os.readlink("/o" + path), "/n" + path)
        elif bound and not visible:
            _bind(path)
            done[path] = True
    return [path for path, bound in done.items() if not bound]


def _bind(path: str) -> None:
    if os.path.isdir("/o" + path):
        os.makedirs("/n" + path, exist_ok=True)
    else:
        os.makedirs("/n" + os.path.dirname(path), exist_ok=True)
        os.close(os.open("/n" + path, os.O_CREAT | os.O_WRONLY))
    system.mount("/o" + path, "/n" + path, None, system.BIND)  # not recursive: nothing mounted below comes along
    standing = os.statvfs("/n" + path).f_flag
    kept = standing & (2 | 4 | 8 | 2048)
    flags = system.BIND | system.REMOUNT | system.RDONLY | system.NOSUID | kept
    try:
        system.mount(None, "/n" + path, None, flags | system.NOATIME)
    except OSError:  # an ordinary user may not change when times of access are noted
        times = standing & 1024 | ((1 << 21) if standing & 4096 else 0)
        system.mount(None, "/n" + path, None, flags | times)
