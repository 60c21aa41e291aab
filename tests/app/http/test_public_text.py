"""No public answer names an inner address."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.public_text import public
from tests.app.conftest import Store, serving

KEPT = (
    "release 20261121T074132Z-710c was refused (the answer is wrong: rows []). Train again.",
    "must lie between 2022-08-15T02:59:47Z and 2022-08-16T02:59:47Z",
    "Try again at 12:30:15.",
    "No release is in service: no release has been promoted yet.",
)
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,5})?", fullmatch=True)
HOSTS = NAMES | st.ip_addresses(v=4).map(str)
SENTENCES = (
    "the store http://{}:{}/models cannot be read.",
    "error sending request for url (https://{}:{}/bucket?list-type=2)",
    "connection to {}:{} refused",
    "could not connect to postgresql+psycopg2://pauta:secret@{}:{}/pauta.",
)


@given(HOSTS, st.integers(1024, 65535), st.sampled_from(SENTENCES))
def test_host_and_port_are_hidden(host: str, port: int, sentence: str):
    text = public(sentence.format(host, port))
    assert "…" in text
    assert f"{host}:{port}" not in text
    assert "secret" not in text


@pytest.mark.parametrize("text", KEPT)
def test_other_text_stays_as_it_is(text: str):
    assert public(text) == text


@pytest.mark.parametrize(
    "text",
    [
        'connection to server at "postgres" (172.18.0.3), port 5432 failed: Connection refused',
        'could not translate host name "db.internal" to address: Name or service not known',
        'connection to server at "::1", port 5432 failed',
        "dial [2001:db8::7]:443",
    ],
)
def test_the_words_of_drivers_lose_their_addresses(text: str):
    shown = public(text)
    assert not any(part in shown for part in ("postgres", "172.18", "5432", "db.internal", "::1", "2001"))


@pytest.fixture
def answers_without_stores(store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, httpx.Response]:
    """Public answers of a service whose event log and release store cannot be reached."""
    unreachable = {
        "events_uri": "postgresql+psycopg2://pauta:secret@127.0.0.1:1/pauta",
        "models_uri": "s3://inner-bucket/models",
    }
    for name, value in (
        ("ENDPOINT_URL", "http://127.0.0.1:1"),
        ("ACCESS_KEY_ID", "a"),
        ("SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    settings = store.settings.model_copy(update=unreachable)
    event = {"event_id": "a", "user_id": "ana", "page": "p"}
    with serving(settings) as client:
        return {
            "events": client.post("/events", json=event),
            **{path: client.get(path) for path in ("/ready", "/info", "/recommendations", "/releases", "/model")},
        }


def test_no_public_answer_names_the_host_of_a_store(answers_without_stores: dict[str, httpx.Response]):
    for path, answer in answers_without_stores.items():
        assert not any(part in answer.text for part in ("127.0.0.1", "secret", ":1/", "port 1")), (path, answer.text)
    assert answers_without_stores["events"].status_code == 503
