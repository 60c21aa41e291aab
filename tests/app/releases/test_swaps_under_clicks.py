"""Three hundred release swaps while clicks come in: after each, the state is what a clean fold of the log gives."""

import threading
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx
import pytest

from script_shared.clock import HOUR_MS
from script_shared.events import EventLog, Kind
from script_shared.news.params import FILE, NewsParams
from script_shared.news.serving.loading import load_newsroom
from script_shared.params import load_params
from tests.app.conftest import Store, release_of, serving, until
from tests.app.releases_made import NOW_MS
from tests.patience import PATIENCE_SECONDS

WRITERS = 3
LONGEST_PAUSE = 0.5  # seconds between two clicks of a writer, drawn again each time
SHORT_PAUSE = 0.05  # so that clicks are read from the log at the moment of a swap
PAGES = [f"a{number}" for number in range(10, 48)]


class Writer(threading.Thread):
    """Sends clicks at any moment of a swap; ``sent`` counts those that were acknowledged.

    The releases have no snapshot, so each one folds the whole log: fewer clicks make many swaps cheap.
    """

    def __init__(self, address: str, name: str, stop: threading.Event, longest_pause: float) -> None:
        super().__init__()
        self._longest_pause = longest_pause
        self.sent, self.errors = 0, set[int]()
        self._address, self._name, self._end = address, name, stop

    def run(self) -> None:
        with httpx.Client(base_url=self._address, timeout=PATIENCE_SECONDS) as client:
            moments = Random(self._name)
            while not self._end.wait(moments.uniform(0.0, self._longest_pause)):
                number = self.sent
                page = PAGES[number % len(PAGES)]
                event = {"event_id": f"{self._name}-{number}", "user_id": f"{self._name}{number % 7}", "page": page}
                status = client.post("/events", json=event).status_code
                if status != 200:
                    self.errors.add(status)
                self.sent += 1


class CleanFold:
    """The log, folded from its beginning without a swap."""

    def __init__(self, store: Store) -> None:
        params = load_params(NewsParams, store.settings.params_file or FILE)
        self.newsroom, _ = load_newsroom(Path(store.folders["Velha"]), params.live)
        self.newsroom.run_on(NOW_MS, int(store.settings.events_retention_days * 24 * HOUR_MS))
        self._log = EventLog(store.settings.events_address)

    def digest(self, until_seq: int) -> str:
        entries = self._log.tail(self.newsroom.seq, without=[Kind.SERVED])
        self.newsroom.apply([entry for entry in entries if entry.seq <= until_seq])
        return self.newsroom.digest()


@pytest.fixture
def small(store: Store, tmp_path: Path) -> Store:
    """A store whose services keep a live state of few articles: making one takes a tenth of the time."""
    text = FILE.read_text()
    place = text.index("\narticles", text.index("[live]"))
    file = tmp_path / "small.toml"
    file.write_text(f"{text[:place]}\narticles = 128{text[text.index(chr(10), place + 1) :]}")
    return replace(store, settings=store.settings.model_copy(update={"params_file": file}))


def swap_often(store: Store, swaps: int, longest_pause: float = LONGEST_PAUSE) -> None:
    admin = {"Authorization": f"Bearer {store.settings.admin_token.get_secret_value()}"}  # type: ignore[union-attr]
    store.promote("v2", "Nova")
    store.promote("v1", "Velha")
    quiet = store.settings.model_copy(update={"release_poll_seconds": 3600.0})
    with serving(quiet) as client:
        until(lambda: release_of(client) == "v1")
        clean, stop = CleanFold(store), threading.Event()
        writers = [Writer(str(client.base_url), name, stop, longest_pause) for name in "xyz"[:WRITERS]]
        for writer in writers:
            writer.start()
        try:
            for number in range(swaps):
                version = ("v2", "v1")[number % 2]
                store.releases.promote(version, "test", check=False)
                assert client.post("/model/reload", headers=admin).json()["release"] == version
                live = client.get("/live", params={"digest": 1}, headers=admin).json()
                assert clean.digest(live["position"]) == live["digest"], f"after swap {number + 1}"
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        assert not set.union(*(writer.errors for writer in writers))
        live = client.get("/live", params={"digest": 1}, headers=admin).json()
        assert clean.digest(live["position"]) == live["digest"]
        assert live["state"]["events"] == sum(writer.sent for writer in writers) > swaps


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_click_is_lost_by_three_hundred_swaps(small: Store) -> None:
    swap_often(small, 300, longest_pause=0.2)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_click_is_lost_by_swaps_to_a_release_that_lacks_the_latest_ones(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read from the log for the release before must not be folded over the gap."""
    monkeypatch.setattr("app.news.events.state_folder.MOST_SLICES", 0)
    swap_often(small, 30, SHORT_PAUSE)
