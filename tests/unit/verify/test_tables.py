"""pandas values cross exactly: what has categories, periods or missing entries among them."""

import pandas as pd
import pytest

from kgents.verify.mirrors.inside.arrays import pandas_parts, pandas_value

VALUES = {
    "nullable": lambda: pd.Series([1, None, 3], dtype="Int64"),
    "categories in an order of their own": lambda: pd.Series(
        pd.Categorical(["lo", "hi", None], categories=["lo", "hi"], ordered=True)
    ),
    "a categorical": lambda: pd.Categorical(["a", "b", "a"]),
    "periods": lambda: pd.Series([1, 2], index=pd.PeriodIndex(["2024Q1", "2024Q3"], freq="Q")),
    "a period": lambda: pd.Period("2024-05", freq="M"),
    "lengths of time": lambda: pd.to_timedelta(["1h", "2h"]),
    "a frame of them": lambda: pd.DataFrame({"c": pd.Categorical(["x", "y"]), "n": pd.array([1, None], "Int64")}),
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
        assert pd.Series(value.dtypes).tolist() == pd.Series(again.dtypes).tolist()
