"""Tests of arrays, series and frames as people write them: right candidates and wrong ones."""

TABLES: dict[str, tuple[str, list[str], list[str]]] = {
    "frame result": (
        """
import pandas as pd
from solution import doubled
def test_doubled():
    frame = pd.DataFrame({"a": [1, 2, 3]})
    expected = pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 6]})
    pd.testing.assert_frame_equal(doubled(frame), expected)
    assert list(frame.columns) == ["a"]
""",
        ["""
def doubled(frame):
    return frame.assign(b=frame.a * 2)
""", """
import pandas as pd
def doubled(frame):
    out = frame.copy()
    out['b'] = [2 * x for x in out['a']]
    return out
"""],
        ["""
def doubled(frame):
    frame['b'] = frame.a * 2
    return frame
""", """
def doubled(frame):
    return frame.assign(b=frame.a * 2.0)
""", """
def doubled(frame):
    return frame.assign(b=frame.a + 2)
"""],
    ),
    "groupby": (
        """
import pandas as pd
from solution import totals
def test_totals():
    df = pd.DataFrame({"who": ["a", "b", "a"], "n": [1, 5, 2]})
    out = totals(df)
    assert out.to_dict() == {"a": 3, "b": 5}
    assert out["a"] == 3 and out.index.name == "who"
    assert len(out) == 2 and out.sum() == 8
""",
        ["""
def totals(df):
    return df.groupby('who')['n'].sum()
"""],
        ["""
def totals(df):
    return df.groupby('who')['n'].count()
""", """
def totals(df):
    return df.groupby('who')['n'].sum().sort_values().reset_index(drop=True)
""", """
def totals(df):
    return df.groupby('who')['n'].sum().rename_axis(None)
"""],
    ),
    "allclose": (
        """
import numpy as np
from solution import normalised
def test_normalised():
    a = np.array([1.0, 2.0, 3.0])
    out = normalised(a)
    np.testing.assert_allclose(out, [0.0, 0.5, 1.0])
    assert out.shape == (3,) and out.dtype == float
    np.testing.assert_array_equal(a, [1.0, 2.0, 3.0])
""",
        ["""
def normalised(a):
    return (a - a.min()) / (a.max() - a.min())
""", """
import numpy as np
def normalised(a):
    b = a.copy()
    b -= b.min()
    b /= b.max()
    return b
"""],
        ["""
def normalised(a):
    a -= a.min()
    a /= a.max()
    return a
""", """
def normalised(a):
    return list((a - a.min()) / (a.max() - a.min()))
""", """
def normalised(a):
    return a / a.max()
"""],
    ),
    "merge": (
        """
import pandas as pd
from pandas.testing import assert_frame_equal
from solution import joined
def test_joined():
    left = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"]})
    right = pd.DataFrame({"id": [1, 3], "price": [2.5, 4.0]})
    out = joined(left, right)
    assert_frame_equal(out, pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"], "price": [2.5, 0.0, 4.0]}))
    assert out.isna().sum().sum() == 0
    assert "price" not in left.columns
""",
        ["""
def joined(left, right):
    return left.merge(right, on='id', how='left').fillna({'price': 0.0})
"""],
        ["""
def joined(left, right):
    return left.merge(right, on='id')
""", """
def joined(left, right):
    return left.merge(right, on='id', how='left')
"""],
    ),
    "frame in place": (
        """
import pandas as pd
from solution import add_total
def test_it():
    df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    assert add_total(df) is None
    assert df["total"].tolist() == [4, 6]
""",
        ["""
def add_total(df):
    df['total'] = df.sum(axis=1)
""", """
def add_total(df):
    df.insert(2, 'total', df.a + df.b)
"""],
        ["""
def add_total(df):
    df = df.assign(total=df.sum(axis=1))
""", """
def add_total(df):
    df['total'] = df.a
"""],
    ),
    "periods and categories": (
        """
import pandas as pd
from solution import by_quarter, levels
def test_quarter():
    s = pd.Series([1, 2], index=pd.to_datetime(["2024-01-05", "2024-05-01"]))
    out = by_quarter(s)
    assert out.index.astype(str).tolist() == ["2024Q1", "2024Q2"]
    assert isinstance(out.index, pd.PeriodIndex)
def test_levels():
    c = levels(["lo", "hi", "lo"])
    assert c.codes.tolist() == [0, 1, 0] and c.ordered
""",
        ["""
import pandas as pd
def by_quarter(s):
    return s.groupby(s.index.to_period('Q')).sum()
def levels(x):
    return pd.Categorical(x, categories=['lo', 'hi'], ordered=True)
"""],
        ["""
import pandas as pd
def by_quarter(s):
    return s.groupby(s.index.to_period('M')).sum()
def levels(x):
    return pd.Categorical(x, categories=['lo', 'hi'], ordered=True)
""", """
import pandas as pd
def by_quarter(s):
    return s.groupby(s.index.to_period('Q')).sum()
def levels(x):
    return pd.Categorical(x, ordered=True)
"""],
    ),
}  # fmt: skip
