"""pandas values cross exactly: what has categories, periods or missing entries among them. Runs where pandas is installed."""

import pytest

from kgents.verify.mirrors.inside.arrays import pandas_parts, pandas_value

pandas = pytest.importorskip("pandas")
VALUES = {
    "nullable": lambda: pandas.Series([1, None, 3], dtype="Int64"),
    "categories in an order of their own": lambda: pandas.Series(
        pandas.Categorical(["lo", "hi", None], categories=["lo", "hi"], ordered=True)
    ),
    "a categorical": lambda: pandas.Categorical(["a", "b", "a"]),
    "periods": lambda: pandas.Series([1, 2], index=pandas.PeriodIndex(["2024Q1", "2024Q3"], freq="Q")),
    "a period": lambda: pandas.Period("2024-05", freq="M"),
    "lengths of time": lambda: pandas.to_timedelta(["1h", "2h"]),
    "a frame of them": lambda: pandas.DataFrame({"c": pandas.Categorical(["x", "y"]), "n": pandas.array([1, None], "Int64")}),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_pandas_crosses_exactly(name: str) -> None:
    """With its dtype: categories, their order, the frequency of periods."""
    value = VALUES[name]()
    parts = pandas_parts(value)
    assert parts is not None
    again = pandas_value(*parts)
    assert type(again) is type(value)
    assert value.equals(again) if hasattr(value, "equals") else value == again
    if hasattr(value, "dtypes"):
        assert pandas.Series(value.dtypes).tolist() == pandas.Series(again.dtypes).tolist()
