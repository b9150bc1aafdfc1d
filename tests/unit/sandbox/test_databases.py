"""Databases of sqlite in a folder in memory, as a program sees them that can write no file."""

import subprocess
import sys

PROGRAM = """
import sys
from kgents.sandbox.inside.files import Folder
Folder('/tmp/own').install()
import sqlite3, os
os.chdir('/tmp/own')
one = sqlite3.connect('x.db')
one.execute('create table t(k text primary key, v int)')
with one:
    one.executemany('insert into t values (?, ?)', [('a', 1), ('b', 2)])
two = sqlite3.connect('/tmp/own/x.db')
assert two.execute('select sum(v) from t').fetchone() == (3,)
one.execute("insert into t values ('c', 3)")
assert two.execute('select count(*) from t').fetchone() == (2,), 'not committed'
one.rollback()
one.cursor().execute("insert into t values ('d', 4)")
one.commit()
assert [row[0] for row in two.execute('select k from t order by k')] == ['a', 'b', 'd']
two.row_factory = sqlite3.Row
assert two.execute("select * from t where k = 'd'").fetchone()['v'] == 4
one.close()
assert open('x.db', 'rb').read(15) == b'SQLite format 3'
try:
    with two:
        two.execute("insert into t values ('e', 5)")
        raise KeyError
except KeyError:
    pass
assert sqlite3.connect('x.db').execute('select count(*) from t').fetchone() == (3,)
for path in ('nowhere/y.db', '/tmp/own'):
    try:
        sqlite3.connect(path)
        raise AssertionError(path)
    except sqlite3.OperationalError as wrong:
        assert str(wrong) == 'unable to open database file', wrong
auto = sqlite3.connect('auto.db', isolation_level=None)
auto.executescript('create table t(v int); insert into t values (1);')
assert sqlite3.connect('auto.db').execute('select v from t').fetchone() == (1,)
memory = sqlite3.connect(':memory:')
assert type(memory) is sqlite3.Connection and isinstance(auto, sqlite3.Connection)
assert sorted(os.listdir('.')) == ['auto.db', 'x.db'], os.listdir('.')
print('fine')
"""


def test_commits_are_seen_by_others_and_nothing_else_is() -> None:
    """Rows, transactions, closing and opening again, and what cannot be opened, as with a file on a disk."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("fine\n", "")
