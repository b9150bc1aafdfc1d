"""Files in memory behave as files do: everything here runs in a process of its own, where they are installed."""

import subprocess
import sys
from pathlib import Path

import kgents

SOURCE = str(Path(kgents.__file__).parents[1])
START = """
import csv, errno, fileinput, glob, gzip, io, json, os, pathlib, shutil, tempfile, zipfile
from kgents.sandbox.inside.files import Folder
Folder("/tmp/nowhere/own").install()
os.chdir("/tmp/nowhere/own")
"""


def held(*lines: str) -> None:
    """Every line holds."""
    program = START + "\n".join(lines)
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": SOURCE}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path("/tmp/nowhere").exists()


def test_text_and_paths() -> None:
    """Paths, folders and text are made, listed, found and removed."""
    held(
        "p = pathlib.Path('a/b'); p.mkdir(parents=True); (p / 'x.txt').write_text('é\\nworld\\n')",
        "assert (p / 'x.txt').read_text() == 'é\\nworld\\n' and os.path.getsize('a/b/x.txt') == 9",
        "assert os.path.isdir('a') and not os.path.isfile('a') and os.path.exists('a/b/x.txt')",
        "assert sorted(map(str, pathlib.Path('a').rglob('*'))) == ['a/b', 'a/b/x.txt']",
        "assert glob.glob('a/**/*.txt', recursive=True) == ['a/b/x.txt']",
        "assert list(os.walk('a')) == [('a', ['b'], []), ('a/b', [], ['x.txt'])]",
        "shutil.copytree('a', 'z'); shutil.move('z/b', 'y'); shutil.rmtree('z')",
        "assert sorted(os.listdir('.')) == ['a', 'y'] and open('y/x.txt').readline() == 'é\\n'",
        "pathlib.Path('t').touch(); pathlib.Path('t').rename('u'); pathlib.Path('u').unlink()",
        "assert not os.path.exists('t') and not os.path.exists('u') and os.getcwd() == '/tmp/nowhere/own'",
    )


def test_what_builds_on_files() -> None:
    """csv, zipfile, gzip, json, fileinput and tempfile work on them."""
    held(
        "with open('c.csv', 'w', newline='') as file: csv.writer(file).writerows([[1, 2], [3, 4]])",
        "assert list(csv.reader(open('c.csv'))) == [['1', '2'], ['3', '4']]",
        "with zipfile.ZipFile('z.zip', 'w') as held: held.writestr('m', 'data')",
        "assert zipfile.ZipFile('z.zip').read('m') == b'data'",
        "with gzip.open('g.gz', 'wt') as file: file.write('zz')",
        "assert gzip.open('g.gz', 'rt').read() == 'zz'",
        "with tempfile.NamedTemporaryFile('w+') as file:\n    file.write('abc'); file.flush()\n"
        "    assert open(file.name).read() == 'abc'",
        "with tempfile.TemporaryDirectory() as folder: json.dump([1], open(os.path.join(folder, 'j'), 'w'))",
        "assert not os.path.exists(folder)",
        "with tempfile.TemporaryFile() as file: file.write(b'abc'); file.seek(0); assert file.read() == b'abc'",
        "fd, name = tempfile.mkstemp(); os.write(fd, b'xx'); os.close(fd); assert os.path.getsize(name) == 2",
        "assert [line for line in fileinput.input(name)] == ['xx']",
    )


def test_modes_and_errors() -> None:
    """Modes do what they do, errors are those of files and name the file as it was asked for."""
    held(
        "with open('l', 'a') as file: file.write('1\\n')",
        "with open('l', 'a+') as file: file.write('2\\n'); file.seek(0); assert file.read() == '1\\n2\\n'",
        "with open('l', 'r+') as file: file.write('9')",
        "assert open('l', 'rb').read() == b'9\\n2\\n'",
        "def fails(kind, *arguments, **keywords):\n    try: open(*arguments, **keywords)\n"
        "    except kind as wrong: return wrong\n    raise AssertionError(arguments)",
        "assert str(fails(FileNotFoundError, 'none.txt')) == \"[Errno 2] No such file or directory: 'none.txt'\"",
        "fails(FileExistsError, 'l', 'x'); fails(ValueError, 'l', 'rw'); fails(ValueError, 'l', 'rb', encoding='ascii')",
        "os.mkdir('d'); fails(IsADirectoryError, 'd'); fails(NotADirectoryError, 'l/x')",
        "try: open('big', 'wb').write(bytes(17 << 20)); assert False\n"
        "except OSError as wrong: assert wrong.errno == errno.ENOSPC",
        "try: open('l').write('x'); assert False\nexcept io.UnsupportedOperation: pass",
        "r, w = os.pipe(); os.write(w, b'1'); assert os.read(r, 1) == b'1' and os.stat('/').st_mode",
    )
