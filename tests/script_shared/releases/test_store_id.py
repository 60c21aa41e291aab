"""A release store has one name, also if several processes ask for it at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from script_shared.releases.store_id import store_id
from script_shared.settings import Settings


def test_a_store_has_one_name_and_two_stores_have_two(tmp_path: Path) -> None:
    one, other = (Settings(data_dir=tmp_path, models_uri=str(tmp_path / name)) for name in ("one", "other"))
    assert store_id(one, "recruiting") == ""
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: store_id(one, "recruiting", make=True), range(16)))
    assert names == {store_id(one, "recruiting")}
    assert len(names.pop()) == 8
    assert store_id(other, "recruiting", make=True) != store_id(one, "recruiting")
