"""Made-up readers against a real service: what they do counts, and the same seed does the same."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest

from pipelines.traffic.__main__ import main
from pipelines.traffic.readers import Crowd
from tests.app.conftest import TOKEN, client, folders, store, until  # noqa: F401  fixtures


def drive(url, *more):
    return main(["--url", str(url), "--rate", "1000", "--news-every", "0.2", "--run", "a", *more])


def count(client, name, *labels):  # noqa: F811
    lines = client.get("/metrics").text.splitlines()
    return sum(
        float(line.split()[-1]) for line in lines if line.startswith(name) and all(each in line for each in labels)
    )


def test_lists_impressions_clicks_and_articles_reach_the_service_and_clicks_are_credited(client):  # noqa: F811
    def clicks_sent():
        assert drive(client.base_url, "--seconds", "2", "--token", TOKEN) == 0
        return count(client, "pauta_events_total", 'kind="click"', 'result="new"')

    until(lambda: clicks_sent() > 20)  # a slow machine sends fewer in two seconds
    clicks = count(client, "pauta_events_total", 'kind="click"', 'result="new"')
    assert count(client, "pauta_events_total", 'kind="impression"', 'result="new"') > 2 * clicks
    assert 0 < count(client, "pauta_live_judged_clicks_total") <= clicks
    found = client.get("/users/demo-reader-0", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert found
    assert count(client, "pauta_http_requests_total", 'route="/articles"', 'status="200"') >= 1


def test_nothing_is_published_without_a_token(client, capsys):  # noqa: F811
    assert drive(client.base_url, "--seconds", "0.5", "--token", "") == 0
    assert ", 0 articles" in capsys.readouterr().out
    assert count(client, "pauta_http_requests_total", 'route="/articles"') == 0


def test_a_service_without_a_release_is_told_and_no_traffic_is_sent(capsys):
    assert drive("http://127.0.0.1:9", "--seconds", "1") == 1
    assert "serves no release yet" in capsys.readouterr().err


def test_the_same_seed_draws_the_same_visitors_and_another_seed_others():
    def drawn(seed):
        crowd = Crowd(Random(seed), "a", ["one", "two"], 50)
        return [crowd.visitor() for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    users = [visitor.user_id for visitor in drawn(1)]
    assert 0.1 < users.count("") / len(users) < 0.3
    assert users.count("one") > users.count("demo-reader-30")


class Recorder(BaseHTTPRequestHandler):
    """Answers every list with the same pages and keeps what was asked."""

    def do_GET(self):
        self.server.asked.append(self.path)
        answer = {"facts": {"clock_mode": "wall"}, "examples": {}}
        answer |= {"items": [{"page": f"p{place}"} for place in range(6)], "release": "r", "answer_id": "q"}
        self.reply(answer)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        self.reply({"accepted": len(body)})

    def reply(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def recorder():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_same_seed_asks_the_same_of_a_service_that_answers_the_same(recorder):
    url = f"http://127.0.0.1:{recorder.server_port}"
    rounds = []
    for _ in range(2):
        recorder.asked.clear()
        drive(url, "--seconds", "0.5", "--seed", "7")
        rounds.append(list(recorder.asked))
    shortest = min(map(len, rounds)) - 2
    assert shortest > 10
    assert rounds[0][:shortest] == rounds[1][:shortest]


def test_an_event_names_the_answer_it_was_shown_in_and_is_never_sent_under_one_id_twice(recorder):
    drive(f"http://127.0.0.1:{recorder.server_port}", "--seconds", "0.5")
    events = [event for asked in recorder.asked if isinstance(asked, tuple) for event in asked[1]]
    assert len({event["event_id"] for event in events}) == len(events) > 50
    shown = [event for event in events if event["kind"] == "impression"]
    assert all(event["answer_id"] == "q" and event["page"] == f"p{event['position']}" for event in shown)
