"""``make bench-kafka``: what a Kafka broker does with the events of a log.

The topic has one partition, because a log has one order, and is compacted by the id of the entry. Records are clicks of
about 200 bytes. The senders are idempotent and wait for the answer of the broker.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from tests.benchmarks.kafka.broker import broker, fetch

TOPIC, BATCH, USERS, PAGES, START_MS = "log", 1_000, 50_000, 1_500, 1_660_532_400_000
COMPACTED = {  # as eager as a topic can be
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.01",
    "max.compaction.lag.ms": "1000",
    "segment.ms": "1000",
    "delete.retention.ms": "1000",
}


def click(name: str, draw: random.Random) -> bytes:
    """A click as the log stores it."""
    body = {"device": "mobile", "region": str(draw.randrange(27)), "session": f"s{draw.randrange(USERS)}"}
    page, user = f"page-{int(PAGES * draw.random() ** 3)}", f"user-{draw.randrange(USERS)}"
    return json.dumps({"id": name, "kind": 1, "time": START_MS, "user": user, "page": page, "body": body}).encode()


def read(address: str) -> Iterator[Message]:
    """All records of the topic, as a process that starts reads them."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "bench", "enable.partition.eof": True})
    consumer.assign([TopicPartition(TOPIC, 0, 0)])
    try:
        while True:
            for message in consumer.consume(2_000, 0.1):
                if message.error():  # the end of the partition
                    return
                yield message
    finally:
        consumer.close()


def appended(producer: Producer, count: int) -> float:
    """Records a second, a batch at a time."""
    draw, begin = random.Random(1), time.perf_counter()
    for start in range(0, count, BATCH):
        for number in range(start, start + BATCH):
            producer.produce(TOPIC, click(f"batch-{number}", draw), key=f"batch-{number}")
        producer.flush()
    return count / (time.perf_counter() - begin)


def single(producer: Producer, threads: int, count: int) -> float:
    """Records a second, each thread waiting for the answer before it sends the next one."""
    draw, over = random.Random(2), threading.Event()

    def poll() -> None:
        while not over.is_set():
            producer.poll(0.001)

    def send(number: int) -> None:
        done, name = threading.Event(), f"single-{threads}-{number}"
        producer.produce(TOPIC, click(name, draw), key=name, on_delivery=lambda error, message: done.set())
        done.wait(60)

    poller = threading.Thread(target=poll)
    poller.start()
    begin = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(send, range(count)))
    seconds = time.perf_counter() - begin
    over.set()
    poller.join()
    return count / seconds


def offsets_of(address: str, name: str) -> list[int]:
    """The offsets of the records of an id, without its tombstones."""
    return [message.offset() or 0 for message in read(address) if message.key() == name.encode() and message.value()]


def send_again(address: str) -> list[int]:
    """Send an id that the topic has, as a client without an answer does; the offsets of its records afterwards."""
    other = Producer({"bootstrap.servers": address, "acks": "all", "enable.idempotence": True})
    other.produce(TOPIC, click("batch-0", random.Random(3)), key="batch-0")
    other.flush()
    return offsets_of(address, "batch-0")


def seconds_until_erased(address: str, producer: Producer) -> float:
    """Seconds from the answer to a deletion until a new consumer no longer gets the record; others arrive meanwhile."""
    producer.produce(TOPIC, None, key="batch-5")
    producer.flush()
    begin, draw = time.perf_counter(), random.Random(4)
    for number in range(300):
        if not offsets_of(address, "batch-5"):
            break
        producer.produce(TOPIC, click(f"later-{number}", draw), key=f"later-{number}")
        producer.flush()
        time.sleep(0.5)
    return time.perf_counter() - begin


def measure(address: str, count: int) -> dict[str, object]:
    """All figures of one broker."""
    topic = NewTopic(TOPIC, 1, 1, config=COMPACTED)
    admin = AdminClient({"bootstrap.servers": address})  # a variable: its thread ends when nothing refers to it
    admin.create_topics([topic])[TOPIC].result()
    producer = Producer({"bootstrap.servers": address, "acks": "all", "enable.idempotence": True, "linger.ms": 0})
    found: dict[str, object] = {"appended in batches of 1,000": round(appended(producer, count))}
    begin = time.perf_counter()
    found["read"] = round(sum(1 for _ in read(address)) / (time.perf_counter() - begin))
    for threads in (1, 64):
        found[f"single, {threads} waiting"] = round(single(producer, threads, min(count, 200 * threads)))
    begin = time.perf_counter()
    found["offsets of an id that was sent again"] = send_again(address)
    found["seconds to find one id"] = round(time.perf_counter() - begin, 1)
    found["seconds until a deleted record is gone"] = round(seconds_until_erased(address, producer), 1)
    return found


def main() -> None:
    """Measure a broker that writes to disk before it answers, and one at its defaults."""
    parser = argparse.ArgumentParser(prog="make bench-kafka", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="of each figure (default: 100,000)")
    parser.add_argument("--jars", type=Path, default=Path(".pauta/kafka"), help="folder for the broker's programs")
    args = parser.parse_args()
    jars = fetch(args.jars)
    with tempfile.TemporaryDirectory(prefix="pauta-kafka-") as work:
        for name, flush in (("on disk before the answer", True), ("at its defaults", False)):
            with broker(jars, Path(work) / str(flush), flush=flush) as address:
                print(name, json.dumps(measure(address, args.events), indent=2), flush=True)


if __name__ == "__main__":
    main()
