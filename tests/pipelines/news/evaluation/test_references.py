"""A gate that looks at one release back can slide: each release a little worse than the one before."""

from pathlib import Path

import pytest

from pipelines.news.evaluation.references import best_by_segment, reference_versions
from pipelines.news.release.gate import gate
from pipelines.news.release.publish import publish
from pipelines.publishing import promote
from pipelines.use_case import Context
from tests.pipelines.news.evaluations import made_up
from tests.pipelines.news.runs_made import assemble, context_of

SEGMENTS = ("logged", "semi_logged", "anonymous")


class Trainings:
    """One training after the other; each release's figure is what it was made with, in every window alike."""

    def __init__(self, root: Path) -> None:
        self.root, self.quality = root, dict[str, dict[str, float]]()

    def train(self, version: str, **quality: float) -> bool:
        """Bring a candidate of that quality, by segment, before the gate; whether it came into service."""
        context = context_of(self.root, version)
        self.quality[version] = quality
        versions = {"candidate": version, **self._references(context)}
        values = {name: self.quality[of] for name, of in versions.items()}
        evaluation = made_up({**values, "popularity_1h": dict.fromkeys(SEGMENTS, 0.01)}, releases=versions)
        assemble(context, version)
        with context.run.write("raw") as (_, facts):
            facts["source"] = "sample"
        with context.run.write("evaluated") as (folder, _):
            (folder / "metrics.json").write_text(evaluation.as_json())
        gate(context)
        publish(context)
        return bool(promote(context)["promoted"])

    def _references(self, context: Context) -> dict[str, str]:
        releases = context.releases
        if (pointer := releases.current()) is None:
            return {}
        names = ("in_service", "earlier_1", "earlier_2")
        return dict(zip(names, reference_versions(releases, pointer, context.params.gate.references), strict=False))


def alike(value: float) -> dict[str, float]:
    return dict.fromkeys(SEGMENTS, value)


def test_releases_that_are_each_worse_by_just_under_the_tolerance_end_in_a_refusal(tmp_path: Path) -> None:
    trainings, value = Trainings(tmp_path), 0.4
    came = []
    for turn in range(6):
        came.append(trainings.train(f"r{turn}", **alike(value)))
        value *= 0.951
    assert came == [True, True, False, False, False, False]


@pytest.mark.parametrize("calm", [3, 5])
def test_nor_can_they_slide_with_rests_longer_than_the_releases_that_are_looked_back_at(
    tmp_path: Path, calm: int
) -> None:
    trainings, best, turn = Trainings(tmp_path), 0.4, 0
    served = value = best
    for _ in range(3):
        for _ in range(calm):
            if trainings.train(f"r{turn}", **alike(value)):
                served = value
            turn += 1
        value *= 0.951
    assert served >= 0.95 * best


def test_the_best_release_of_one_segment_is_kept_in_sight_although_others_are_better_elsewhere(tmp_path: Path) -> None:
    trainings = Trainings(tmp_path)
    assert trainings.train("r0", logged=0.40, semi_logged=0.20, anonymous=0.20)
    assert trainings.train("r1", logged=0.385, semi_logged=0.30, anonymous=0.30)
    for turn in range(2, 6):
        assert trainings.train(f"r{turn}", logged=0.384, semi_logged=0.30, anonymous=0.30)
    assert not trainings.train("r6", logged=0.37, semi_logged=0.31, anonymous=0.31)
    verdict = context_of(tmp_path, "r6").run.facts("gated")
    assert "of the earlier release (r0)" in verdict["reasons"][0]
    assert verdict["best"] == {"logged": "r0"}


def test_a_better_release_becomes_the_one_that_later_ones_are_held_against(tmp_path: Path) -> None:
    trainings = Trainings(tmp_path)
    assert trainings.train("r0", **alike(0.3))
    assert trainings.train("r1", **alike(0.4))
    assert context_of(tmp_path, "r1").run.facts("gated")["best"] == {}
    assert not trainings.train("r2", **alike(0.37))


def test_a_release_that_was_deleted_is_no_reference(tmp_path: Path) -> None:
    trainings = Trainings(tmp_path)
    for turn in range(4):
        assert trainings.train(f"r{turn}", **alike(0.3 if turn else 0.31))
    releases = context_of(tmp_path, "r3").releases
    pointer = releases.current()
    assert pointer is not None
    assert reference_versions(releases, pointer, 3) == ["r3", "r0", "r2"]
    releases.prune(2)
    assert reference_versions(releases, pointer, 3) == ["r3", "r2", "r1"]
    assert reference_versions(releases, pointer, 1) == ["r3"]


def test_an_earlier_release_that_cannot_be_measured_refuses_nobody(tmp_path: Path) -> None:
    releases = {"candidate": "r3", "in_service": "r2", "earlier_1": "r0"}
    evaluation = made_up(
        {"candidate": {}, "in_service": {}, "popularity_1h": {}}, releases=releases, missing={"earlier_1": "damaged"}
    )
    assert best_by_segment(evaluation) == {}
    context = context_of(tmp_path, "r3")
    with context.run.write("evaluated") as (folder, _):
        (folder / "metrics.json").write_text(evaluation.as_json())
    assert gate(context)["accepted"] is True
