"""One Apache Kafka broker on this machine, without ZooKeeper."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
SECONDS = 120.0
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
log.flush.interval.messages={flush}
log.cleaner.backoff.ms=1000
offsets.topic.replication.factor=1
"""


def fetch(folder: Path) -> Path:
    """The broker's jars from Maven Central, fetched once.

    Args:
        folder: where they are kept.
    """
    if not shutil.which("mvn") or not shutil.which("java"):
        sys.exit("This needs Java 17 and Maven: apt-get install openjdk-17-jre-headless maven")
    if not (folder / "complete").exists():
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(POM), "dependency:copy-dependencies"]
        subprocess.run([*command, f"-DoutputDirectory={folder.absolute()}"], check=True)
        (folder / "complete").touch()
    return folder


@contextmanager
def broker(jars: Path, folder: Path, *, flush: bool) -> Iterator[str]:
    """A running broker with no topic; yields its address.

    Args:
        jars: of ``fetch``.
        folder: for its data.
        flush: whether a record is on disk before its sender gets an answer; otherwise the system writes it later.
    """
    folder.mkdir()
    port, controller = _free_port(), _free_port()
    file = folder / "server.properties"
    file.write_text(PROPERTIES.format(port=port, controller=controller, folder=folder, flush=1 if flush else 2**63 - 1))
    java = ["java", "-Xmx512m", "-cp", f"{jars.absolute()}/*"]
    storage = [*java, "kafka.tools.StorageTool"]
    name = subprocess.run([*storage, "random-uuid"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run([*storage, "format", "-t", name, "-c", str(file)], check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([*java, "kafka.Kafka", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The broker did not start.")
