"""Candidates that try to learn the answers from one trial to the next: by what they leave behind, and by being ended.

`python tests/hostile/learning.py [TRIALS]` runs each learner against the reference of `odd_bits` and prints how often it
succeeded. A learner that remembers nothing succeeds with a chance of one in 2 to the number of inputs.
"""

import sys

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.verifier import SandboxVerifier

SPEC = "def odd_bits(n: int) -> bool:\n    return n >= 0 and bin(n).count('1') % 2 == 1\n"
_LEARNER = '''
import os, sys, time
{store}
_last = None
_turn = 0
def odd_bits(n):
    """The answer that was not followed by the end of this process the last time, as far as something was kept."""
    global _last, _turn
    place = n % 1009
    if _last is not None:
        _set(2 * _last + 1, True)
    try:
        known = _get(2 * place)
        answer = bool(_get(2 * place + 1)) if known else time.monotonic_ns() % 2 == 0
        _set(2 * place, True)
        _set(2 * place + 1, not answer)
    except Exception:
        answer = hash((n, time.monotonic_ns())) % 2 == 0
    _last, _turn = place if answer else None, _turn + 1
    return answer
'''
_PAGES = """
_fd = os.open(os.__file__.replace('os.py', '{file}'), os.O_RDONLY)
_size = os.fstat(_fd).st_size // 4096
def _get(i):
    {get}
def _set(i, value):
    if value: os.pread(_fd, 1, i % _size * 4096)
    else: os.posix_fadvise(_fd, i % _size * 4096, 4096, os.POSIX_FADV_DONTNEED)
"""
_NOWAIT = """
    try:
        os.preadv(_fd, [bytearray(1)], i % _size * 4096, os.RWF_NOWAIT)
        return True
    except BlockingIOError:
        return False
"""
_MINCORE = """
    import ctypes, mmap
    area = mmap.mmap(_fd, 4096, prot=mmap.PROT_READ, offset=i % _size * 4096)
    seen = ctypes.create_string_buffer(1)
    start = ctypes.addressof(ctypes.c_char.from_buffer_copy(area))
    if ctypes.CDLL(None, use_errno=True).mincore(ctypes.c_void_p(start), ctypes.c_size_t(1), seen): raise OSError
    return seen.raw[0] & 1
"""
_CLOCKED = """
    begun = time.perf_counter_ns()
    os.pread(_fd, 1, i % _size * 4096)
    return time.perf_counter_ns() - begun < 20_000
"""
STORES: dict[str, str] = {
    "page cache, asked without waiting": _PAGES.format(file="pydoc_data/topics.py", get=_NOWAIT.strip("\n").strip()),
    "page cache, asked of the kernel": _PAGES.format(file="pydoc_data/topics.py", get=_MINCORE.strip("\n").strip()),
    "page cache, by the clock": _PAGES.format(file="pydoc_data/topics.py", get=_CLOCKED.strip("\n").strip()),
    "locks on shared files": """
import fcntl, glob
_paths = sorted(glob.glob(os.path.dirname(os.__file__) + '/*.py'))
_held = []
def _get(i):
    with open(_paths[i % len(_paths)]) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return False
def _set(i, value):
    _held.append(open(_paths[i % len(_paths)]))
    fcntl.flock(_held[-1], fcntl.LOCK_SH)
""",
    "files": """
import tempfile
_base = tempfile.gettempdir()
def _get(i): return any(os.path.exists(f'{base}/learn-{i}') for base in (_base, '/tmp', '/var/tmp', '/dev/shm'))
def _set(i, value):
    for base in (_base, '/tmp', '/var/tmp', '/dev/shm'):
        try:
            open(f'{base}/learn-{i}', 'w').close() if value else os.unlink(f'{base}/learn-{i}')
        except OSError:
            pass
""",
    "times of shared files": """
_path = os.__file__
def _get(i): return os.stat(_path).st_atime_ns >> (i % 60) & 1
def _set(i, value): os.utime(_path, ns=(os.stat(_path).st_atime_ns ^ (1 << i % 60), os.stat(_path).st_mtime_ns))
""",
    "nothing": "def _get(i): return False\ndef _set(i, value): pass\n",
}


def learner(name: str) -> str:
    """The program of a learner."""
    return _LEARNER.replace("{store}", STORES[name])


def learnt(sandbox: Sandbox, name: str, trials: int) -> tuple[int, list[int]]:
    """(inputs, answers that were right in each trial) of a learner."""
    verifier = SandboxVerifier(choose_oracle(SPEC, None, sandbox), sandbox)
    judged = [verifier.judge(learner(name), draw) for draw in range(trials)]
    return judged[0].cases, [judgement.passed for judgement in judged]


def main() -> None:
    """Prints what every learner came to."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    sandbox = open_sandbox()
    try:
        for name in STORES:
            cases, passed = learnt(sandbox, name, trials)
            half = trials // 2
            early, late = sum(passed[:half]) / half, sum(passed[half:]) / (trials - half)
            successes = sum(count == cases for count in passed)
            print(
                f"{name:36} {successes} successes in {trials} trials; of {cases} inputs right: {early:.1f}, then {late:.1f}"
            )
    finally:
        sandbox.close()


if __name__ == "__main__":
    main()
