"""What an experiment may be, in a file as through the API."""

from pathlib import Path
from typing import Any

import pytest

from script_shared.errors import InputError
from script_shared.experiments.experiment import Experiment, experiment_of
from script_shared.experiments.file import read_experiments

AB: dict[str, Any] = {
    "name": "ranker",
    "variants": [{"name": "on", "share": 0.5}, {"name": "off", "share": 0.5, "ranker": False}],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"variants": [{"name": "on", "share": 1}]}, "needs 2 to 8 variants"),
        ({"variants": [{"name": "on", "share": 0.5}, {"name": "on", "share": 0.5}]}, "two variants have the name on"),
        ({"variants": [{"name": "on", "share": 0.6}, {"name": "off", "share": 0.5}]}, "add up to more than 1"),
        ({"way": "interleaving"}, "share belongs to the experiment"),
        ({"way": "shadow", "variants": [{"name": "a"}, {"name": "b"}]}, "the way shadow needs 1 to 1"),
        ({"share": 0.5}, "share belongs to each variant"),
        ({"name": "Ranker!"}, "name"),
        ({"colour": "red"}, "colour"),
        ({"variants": [{"name": f"v{n}", "release": f"r{n}"} for n in range(3)]}, "at most 2 releases"),
    ],
    ids=["one", "twice", "sum", "interleaved-share", "two-shadows", "share-of-split", "name", "unknown", "releases"],
)
def test_an_invalid_experiment_is_refused_with_the_reason(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        experiment_of({**AB, **change})


def test_shares_change_and_nothing_else() -> None:
    before = experiment_of(AB)
    after = before.with_shares({"off": 0.2})
    assert after.shares == {"on": 0.5, "off": 0.2}
    assert after.with_shares({"off": 0.5}) == before
    with pytest.raises(InputError, match="no variant 'of'"):
        before.with_shares({"of": 0.1})


def test_a_variant_that_was_stopped_gets_no_share_again() -> None:
    after = experiment_of(AB).without(["off"])
    assert after.shares == {"on": 0.5, "off": 0.0}
    with pytest.raises(InputError, match="was stopped has no share"):
        after.with_shares({"off": 0.1})


def test_a_file_holds_experiments(tmp_path: Path) -> None:
    path = tmp_path / "experiments.toml"
    path.write_text(
        '[[experiment]]\nname = "ranker"\nvariants = [\n'
        '  {name = "on", share = 0.5},\n  {name = "off", share = 0.5, ranker = false},\n]\n',
        encoding="utf-8",
    )
    assert read_experiments(path) == [Experiment.model_validate(AB)]


@pytest.mark.parametrize(
    "text", ["[[experiment]", "experiment = 3", "[[experiments]]\nname='a'"], ids=["no-toml", "no-table", "other-key"]
)
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "experiments.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"experiments\.toml"):
        read_experiments(path)
