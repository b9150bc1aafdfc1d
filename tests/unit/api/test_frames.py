"""Results and histories as data frames of pandas."""

import sys
from pathlib import Path

import pandas as pd
import pytest

import kgents as kg
from kgents.errors import UsageError


def test_a_result_has_one_row_a_trial_and_a_history_one_an_experiment(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'record.db'}"
    result = kg.estimate(lambda t: t.index % 4 != 0, n=12, seed=1, name="quarter", database=database)
    rows = result.to_pandas()
    assert isinstance(rows, pd.DataFrame)
    assert rows["success"].tolist() == [index % 4 != 0 for index in range(12)]
    assert rows["success"].mean() == result.successes / result.trials
    assert rows["seed"].is_unique
    kg.estimate(lambda: True, n=3, name="all", database=database)
    table = kg.history(database=database).to_pandas()
    assert dict(zip(table["name"], table["trials"], strict=True)) == {"quarter": 12, "all": 3}
    assert table.set_index("name").loc["quarter", "rate"] == 0.75


def test_where_pandas_is_not_installed_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = kg.estimate(lambda: True, n=1, database=f"sqlite:///{tmp_path / 'record.db'}")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match="pandas, which is not installed"):
        result.to_pandas()
