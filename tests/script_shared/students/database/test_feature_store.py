"""The online feature store holds what the release's own arrays hold, in SQLite and in PostgreSQL."""

from pathlib import Path

import pytest

from script_shared.events.entry import user_digest
from script_shared.students.database.feature_store import FeatureStore, StudentFeatures
from script_shared.students.erasure import person_name
from script_shared.students.model import StudentsModel
from tests.app.students.releases import make_release
from tests.script_shared.students.database.test_access_record import address

__all__ = ["address"]


@pytest.fixture
def model(tmp_path: Path) -> StudentsModel:
    return StudentsModel.load(make_release(tmp_path / "made"), "s1")


def test_a_student_has_the_same_risk_from_the_store_and_from_the_release(address: str, model: StudentsModel) -> None:
    store = FeatureStore(address)
    assert store.write("s1", model.store)
    for place in range(len(model.store)):
        content = store.read("s1", model.store.ids.ids[place])
        assert content is not None
        found = StudentFeatures.of(content)
        assert model.of_stored(found.record, found.risks, found.effects) == model.of_place(place)
    assert store.read("s1", "RA-9") is None
    assert store.read("s2", "RA-1") is None
    store.close()


def test_a_release_is_written_once_and_old_ones_are_removed(address: str, model: StudentsModel) -> None:
    store, other = FeatureStore(address), FeatureStore(address)
    assert [store.write("s1", model.store), other.write("s1", model.store), other.write("s2", model.store)] == [
        True,
        False,
        True,
    ]
    assert store.keep(["s2"]) == ["s1"]
    assert store.read("s1", "RA-1") is None
    assert store.read("s2", "RA-1") is not None
    assert store.keep(["s2"]) == []
    store.close()
    other.close()


def test_an_erased_student_leaves_all_releases_and_gets_into_no_later_one(address: str, model: StudentsModel) -> None:
    store = FeatureStore(address)
    store.write("s1", model.store)
    store.write("s2", model.store)
    assert store.erase("RA-2") == 2
    store.write("s3", model.store, {user_digest(person_name("RA-3"))})
    assert [store.read(release, ra) is None for release, ra in (("s1", "RA-2"), ("s2", "RA-2"), ("s3", "RA-3"))] == [
        True,
        True,
        True,
    ]
    assert store.read("s3", "RA-1") is not None
    store.close()


def test_effects_of_the_release_give_the_reasons_that_are_computed_without_them(model: StudentsModel) -> None:
    from dataclasses import replace

    import numpy as np

    from script_shared.students.explanation.reasons import effects_of

    latest = model.risk.matrix(model.store.columns(model.store.latest_rows()))
    effects = np.stack([effects_of(model.risk, row) for row in latest]).astype(np.float32)
    effects[1] = np.nan  # computed when it is needed
    held = StudentsModel(model.risk, replace(model.store, effects=effects), "s1")
    for place in range(len(model.store)):
        found = [(each.factor, round(each.effect, 5)) for each in held.of_place(place).reasons]
        assert found == [(each.factor, round(each.effect, 5)) for each in model.of_place(place).reasons]
    assert held.effects(0) is not None
    assert held.effects(1) is None


def test_effects_are_saved_with_the_release(model: StudentsModel, tmp_path: Path) -> None:
    from dataclasses import replace

    import numpy as np

    from script_shared.students.store import Store

    effects = np.full((len(model.store), 3), 0.25, np.float32)
    replace(model.store, effects=effects).save(tmp_path / "other")
    loaded = Store.load(tmp_path / "other").effects
    assert loaded is not None
    assert loaded.tolist() == effects.tolist()
