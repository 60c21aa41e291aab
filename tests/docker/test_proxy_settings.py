"""The configuration of the proxy bounds what strangers take of it, and knows the settings of the stack."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute

from app.main import create_app
from script_shared.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docker" / "proxy"
CONFIG = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
PROXY = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["proxy"]
KILOBYTE, MEGABYTE = 1 << 10, 1 << 20


def directive(name: str, text: str = CONFIG) -> list[str]:
    """What each use of a directive says."""
    return re.findall(rf"^ *(?:events {{ )?{name} ([^;]*);", text, re.M)


def server(port: int) -> str:
    return next(part for part in re.split(r"^    server {", CONFIG, flags=re.M) if f"listen {port};" in part)


def test_all_that_strangers_can_make_it_hold_fits_its_memory():
    count, size = directive("large_client_header_buffers")[0].split()
    heads = int(directive("worker_connections")[0]) * int(count) * int(size.removesuffix("k")) * KILOBYTE
    [folder] = PROXY["tmpfs"]
    bodies = int(re.search(r"size=(\d+)m", folder)[1]) * MEGABYTE
    assert heads + bodies + 32 * MEGABYTE <= int(PROXY["mem_limit"].removesuffix("m")) * MEGABYTE
    assert directive("proxy_max_temp_file_size") == ["0"]  # for every server


def test_one_address_cannot_fill_the_folder_of_bodies():
    limits = dict(each.split() for each in directive("limit_conn"))
    zones = dict(re.findall(r"limit_conn_zone (\S+) zone=(\w+):", CONFIG))
    assert zones == {"$binary_remote_addr": "requests", "$sender_of_large_body": "large_bodies"}
    size = int(re.search(r"size=(\d+)m", PROXY["tmpfs"][0])[1]) * MEGABYTE
    assert int(limits["large_bodies"]) * Settings().http_body_bytes * 3 <= size
    assert int(limits["requests"]) <= Settings().http_connections_per_address


def test_a_head_may_be_as_long_as_at_the_api():
    count, size = directive("large_client_header_buffers")[0].split()
    assert int(count) * int(size.removesuffix("k")) * KILOBYTE >= Settings().http_head_bytes


def test_an_upload_to_mlflow_is_stored_nowhere_on_the_way():
    mlflow = server(5000)
    assert directive("client_max_body_size", mlflow) == ["0"]
    assert directive("proxy_request_buffering", mlflow) == ["off"]
    assert directive("proxy_http_version", mlflow) == ["1.1"]


@pytest.mark.parametrize(
    "path", ["/users/u1", "/sessions/v1", "/quarantine/q1", "/events/e1", "/tokens/t1", "/pauta/users/u1"]
)
def test_what_is_deleted_is_deleted_once(path: str):
    found = re.search(r"location ~ (\S+) {[^}]*proxy_next_upstream off;", CONFIG)
    assert found
    assert re.search(found[1], path)
    assert not re.search(found[1], "/events")


def test_the_log_of_the_api_quotes_no_request():
    assert directive("error_log", server(8000)) == ["/dev/stderr alert"]
    assert directive("access_log") == ["off"]


def geo(*trusted: str) -> list[str]:
    return ["geo $realip_remote_addr $is_proxy {", "default 0;", *trusted, "}"]


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({}, [*geo(), "client_max_body_size 1000000;", 'map $host $metrics_path { default "/metrics"; }']),
        (
            {"PAUTA_TRUSTED_PROXIES": "10.0.0.1, ::1", "PAUTA_HTTP_BODY_BYTES": "5", "PAUTA_ROOT_PATH": "pauta/"},
            [
                *("set_real_ip_from 10.0.0.1;", "set_real_ip_from ::1;"),
                *(*geo("10.0.0.1 1;", "::1 1;"), "client_max_body_size 5;"),
                'map $host $metrics_path { default "/pauta/metrics"; }',
            ],
        ),
    ],
)
def test_settings_reach_the_proxy(given: dict[str, str], lines: list[str], tmp_path: Path):
    front = tmp_path / "front.conf"
    environment = {"PATH": "/usr/bin:/bin", "FRONT": str(front), **given}
    subprocess.run([FOLDER / "start.sh", "true"], env=environment, check=True)
    assert front.read_text(encoding="utf-8").splitlines() == lines


def test_a_body_may_be_as_large_as_at_the_api():
    assert f"PAUTA_HTTP_BODY_BYTES:-{Settings().http_body_bytes}}}" in (FOLDER / "start.sh").read_text(encoding="utf-8")


REPEATED = {  # routes that do no more the second time; a new route is either here or in nginx.conf
    *(("POST", path) for path in ("/articles", "/events", "/recommendations", "/predict", "/login", "/logout")),
    *(("POST", path) for path in ("/news/list", "/recruiting/match", "/predict/{ra}", "/students/predict/{ra}")),
    *(("POST", path) for path in ("/students/predict", "/students/batch", "/students/page/{ra}")),
    ("POST", "/students/{ra}/what-if"),
    ("DELETE", "/students/{ra}"),
    ("DELETE", "/recruiting/candidates/{candidate_id}"),
}


@pytest.mark.parametrize("prefix", ["", "/prefix"])
def test_what_does_something_each_time_is_not_sent_twice(prefix: str):
    places = re.findall(r"location (?:~ )?(\S+) {\s*(?:#[^\n]*\s*)*proxy_next_upstream ([^;]*);", server(8000))
    assert [place for place, _ in places][:1] == ["/"]
    expressions, others = places[1:], places[0][1]

    def is_repeated(method: str, path: str) -> bool:
        address = prefix + re.sub(r"{\w+(:path)?}", "x1", path)
        retry = next((retry for place, retry in expressions if re.search(place, address)), others)
        return "non_idempotent" in retry if method == "POST" else retry != "off"

    routes = [route for route in create_app(Settings()).routes if isinstance(route, APIRoute)]
    changing = {(method, route.path_format) for route in routes for method in route.methods - {"GET", "HEAD"}}
    assert {at for at in changing if is_repeated(*at)} == REPEATED


def test_the_guides_example_of_tls_publishes_all_that_browsers_use_and_no_admin_route():
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    example = re.search(r"```nginx\n(.*?)```", guide, re.S)
    assert example
    places = re.findall(r"location ~ (\S+) {", example[1])
    public = [
        "/recommendations",
        "/predict",
        "/events",
        "/most-read",
        "/latest",
        "/pauta.js",
        "/articles",
        "/articles/a1",
    ]
    admin = [
        "/train",
        "/users/u1",
        "/sessions/v1",
        "/events/export",
        "/events/e1",
        "/quarantine",
        "/live",
        "/tokens",
        "/metrics",
    ]
    assert [path for path in public if not any(re.search(place, path) for place in places)] == []
    assert [path for path in admin if any(re.search(place, path) for place in places)] == []
    assert "limit_except GET { deny all; }" in example[1]
    assert directive("large_client_header_buffers", example[1])
