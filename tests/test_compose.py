"""The compose file is valid with every profile, and its services, images and volumes keep the deploy guide's rules."""

import re
import runpy
import subprocess

import pytest
import yaml

from tests.compose_file import FILE, OURS, ROOT, SERVICES, filled
from tests.patience import PATIENCE_SECONDS

PROFILES: tuple[list[str], ...] = ([], ["celery"], ["landing"])
ONCE = {"secrets", "airflow-init"}
PUBLISHED = {
    "proxy": ["8001:8000", "9090:9090", "9093:9093", "5000:5000"],
    "airflow-api-server": ["8080:8080"],
    "grafana": ["3000:3000"],
}
LOGIN_BY_THE_PROXY = ("prometheus", "mlflow")  # they have no login of their own
NEEDS_JWT = {"airflow-api-server", "airflow-scheduler"}
SECRETS_OF = {  # the volume of secrets that a service mounts, where it has another name than `secrets-<service>`
    **dict.fromkeys(
        ("airflow-init", "airflow-dag-processor", "airflow-triggerer", "airflow-worker"), "secrets-airflow"
    ),
    **dict.fromkeys(("prometheus", "alertmanager", "statsd-exporter"), None),
}
SECRETS_OF_ALERTS = ("PAUTA_ALERT_WEBHOOK_URL", "PAUTA_ALERT_SMTP_PASSWORD")
MEGABYTES = {"m": 1, "g": 1024}


def compose() -> list[str]:
    """Compose 2 as a part of Docker, or by itself; nothing where there is neither."""
    for command in (["docker", "compose"], ["docker-compose"]):
        try:
            said = subprocess.run(
                [*command, "version", "--short"], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        if int(re.sub(r"\D.*", "", said.stdout.strip().lstrip("v")) or 0) >= 2:
            return command
    return []


@pytest.mark.parametrize("profiles", PROFILES, ids="+".join)
def test_compose_takes_the_file_with_every_profile(profiles: list[str]):
    if not (command := compose()):
        pytest.skip("Compose 2 is not installed here")
    flags = [part for profile in profiles for part in ("--profile", profile)]
    command += ["--file", str(FILE), *flags, "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_limited_watched_and_without_privileges(name: str):
    service = SERVICES[name]
    assert re.search(r":v?\d+\.\d+", service["image"])
    assert service["init"] is True
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["pids_limit"] > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file", "labels"}
    assert not service.get("privileged")
    assert service["restart"] == ("on-failure:3" if name in ONCE else "unless-stopped")
    assert ("healthcheck" in service) is (name not in ONCE)


def test_only_what_people_open_has_a_port_and_only_on_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {name: [f"127.0.0.1:{port}" for port in ports] for name, ports in PUBLISHED.items()}


def test_services_without_a_login_are_on_internal_networks_alone():
    networks = yaml.safe_load(filled(FILE.read_text(encoding="utf-8")))["networks"]
    internal = {name for name, network in networks.items() if (network or {}).get("internal")}
    for name in LOGIN_BY_THE_PROXY:
        assert set(SERVICES[name]["networks"]) <= internal, name


def test_alertmanager_has_no_login_so_it_listens_on_an_inner_network_alone():
    networks = yaml.safe_load(filled(FILE.read_text(encoding="utf-8")))["networks"]
    service = SERVICES["alertmanager"]
    [address] = [flag.partition("=")[2] for flag in service["command"] if flag.startswith("--web.listen-address=")]
    name, _, port = address.partition(":")
    owners = [network for network, how in service["networks"].items() if name in (how or {}).get("aliases", [])]
    assert owners == ["metrics"]
    assert networks["metrics"]["internal"] is True
    assert "--cluster.listen-address=" in service["command"]  # no second port
    assert all("metrics" in SERVICES[other]["networks"] for other in ("prometheus", "proxy"))
    assert service["healthcheck"]["test"][-2:] == [port, name]
    assert f"http://{address}" in (ROOT / "docker" / "proxy" / "nginx.conf").read_text(encoding="utf-8")


def test_the_word_of_our_proxy_on_a_clients_address_is_believed_and_of_nobody_else():
    assert SERVICES["api"]["environment"]["PAUTA_TRUSTED_PROXIES"]
    assert "ports" not in SERVICES["api"]
    passed = (ROOT / "docker" / "proxy" / "api.conf").read_text(encoding="utf-8")
    assert "X-Forwarded-For $remote_addr;" in passed
    assert {"X-Forwarded-Host", "X-Forwarded-Prefix"} <= set(re.findall(r'proxy_set_header (\S+) "";', passed))


def test_the_proxy_and_prometheus_share_a_network_with_every_api_container():
    assert set(SERVICES["proxy"]["networks"]) & set(SERVICES["api"]["networks"])
    assert set(SERVICES["prometheus"]["networks"]) & set(SERVICES["api"]["networks"])
    assert [name for name, service in SERVICES.items() if service["image"].startswith("pauta-api:")] == ["api"]


def test_limits_sum_to_what_the_guide_says():
    running = [service for name, service in SERVICES.items() if name not in ONCE and "profiles" not in service]
    total = sum(int(service["mem_limit"][:-1]) * MEGABYTES[service["mem_limit"][-1]] for service in running)
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"limits sum to {total / 1024:.1f} GB" in guide
    [processes] = {service["pids_limit"] for service in SERVICES.values()}
    assert f"No container may swap, or run more than {processes} processes and threads." in guide
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| ([\d.]+) (MB|GB) \|$", guide, re.M)
    units = {"MB": 1, "GB": 1024}
    written = {name: float(size) * units[unit] for name, size, unit in rows}
    limits = {
        name: int(service["mem_limit"][:-1]) * MEGABYTES[service["mem_limit"][-1]]
        for name, service in SERVICES.items()
        if "profiles" not in service
    }
    assert written == limits


def test_nothing_waits_without_a_condition_and_every_image_is_built_by_something_it_waits_for():
    built = {service["image"]: name for name, service in SERVICES.items() if "build" in service}
    for name, service in SERVICES.items():
        waits = service.get("depends_on", {})
        assert all("condition" in how for how in waits.values())
        if service["image"].startswith("pauta-") and "build" not in service:
            assert service["image"] in built, name
            assert service["pull_policy"] == "never", name  # else Compose first tries to download it
    assert SERVICES["api"]["depends_on"] == {"secrets": {"condition": "service_completed_successfully"}}


def test_the_api_cannot_write_what_it_serves():
    mounts = {volume.split(":")[0]: volume.split(":")[2:] for volume in SERVICES["api"]["volumes"]}
    assert mounts.pop("cache") == []  # its own copies of releases
    assert mounts == {"models": ["ro"], "evaluation": ["ro"], "params": ["ro"], "secrets-api": ["ro"]}
    assert SERVICES["api"]["read_only"] is True


def test_the_copies_of_releases_are_in_a_volume_that_only_the_api_can_write_to():
    folder = SERVICES["api"]["environment"]["PAUTA_CACHE_DIR"]
    assert f"cache:{folder}" in SERVICES["api"]["volumes"]
    made = re.search(r"install -d -m (\d+) -o 50000 -g 0 cache$", OURS[0].read_text(encoding="utf-8"), re.M)
    assert made
    assert not int(made[1], 8) & 0o022  # verdicts in a folder that others can write to are not trusted
    assert [
        name for name, service in SERVICES.items() if any("cache:" in each for each in service.get("volumes", []))
    ] == ["api"]


def test_a_params_file_reaches_both_the_pipelines_and_the_api():
    for name in ("api", "airflow-init", "airflow-scheduler", "airflow-worker"):
        assert "params:/opt/pauta/own-params.toml:ro" in SERVICES[name]["volumes"], name
    text = FILE.read_text(encoding="utf-8")
    assert text.count("PAUTA_PARAMS_FILE: ${PAUTA_PARAMS_FILE:+/opt/pauta/own-params.toml}") == 2


def test_every_service_that_runs_tasks_keeps_backups_in_their_volume():
    given = {name for name, service in SERVICES.items() if "PAUTA_BACKUP_DIR" in (service.get("environment") or {})}
    tasks = given - {"airflow-dag-processor"}  # which only reads the DAGs
    assert "airflow-scheduler" in tasks
    for name in tasks:
        folder = SERVICES[name]["environment"]["PAUTA_BACKUP_DIR"]
        assert f"backups:{folder}" in SERVICES[name]["volumes"], name


def test_each_service_sees_its_own_secrets_and_only_one_service_writes_them():
    seen = {
        name: [volume for volume in service.get("volumes", []) if volume.startswith("secrets")]
        for name, service in SERVICES.items()
    }
    writers = seen.pop("secrets")
    assert all(
        len(volumes) <= 1 and all(volume.endswith(":/run/pauta:ro") for volume in volumes) for volumes in seen.values()
    )
    assert {volume.split(":")[0] for volumes in seen.values() for volume in volumes} < {
        each.split(":")[0] for each in writers
    }
    mounted = {name: volumes[0].split(":")[0] if volumes else None for name, volumes in seen.items()}
    assert mounted == {name: SECRETS_OF.get(name, f"secrets-{name}") for name in seen}
    airflow = {name for name, volumes in seen.items() if any(":" in each and "airflow-" in each for each in volumes)}
    assert airflow == NEEDS_JWT


def test_a_secret_of_the_environment_reaches_one_service_alone():
    made = runpy.run_path(str(ROOT / "docker" / "make_secrets.py"))
    chosen = dict.fromkeys(made["GIVEN"].values(), "secrets") | dict.fromkeys(SECRETS_OF_ALERTS, "alertmanager")
    text = FILE.read_text(encoding="utf-8")
    assert [name for name in chosen if f"${{{name}" in text] == []
    readers = {
        name: [service for service in SERVICES if name in (SERVICES[service].get("environment") or {})]
        for name in chosen
    }
    assert readers == {name: [service] for name, service in chosen.items()}


def test_no_secret_stands_in_the_file():
    for service in SERVICES.values():
        for name, value in (service.get("environment") or {}).items():
            assert value is None or not re.search(r"PASSWORD$|TOKEN|SECRET|_KEY", name), name


def test_every_setting_of_the_file_stands_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    text = FILE.read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+)", text)) | set(re.findall(r"^ +(PAUTA_\w+):$", text, re.M))
    assert {name for name in used if not re.search(rf"^#{name}=", example, re.M)} == set()
    assert set(re.findall(r"^#?(PAUTA_\w+)=", example, re.M)) - used == set()
