"""Airflow's metrics get the names and values that the real statsd-exporter gave them."""

from prometheus_client.parser import text_string_to_metric_families

from tests.monitoring.airflow import RECORDED, fed


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(text)
    return {(name, frozenset(labels.items())): value for f in families for name, labels, value, *_ in f.samples}


def test_every_line_is_mapped():
    assert fed().unmapped == set()


def test_names_labels_and_values_are_those_of_the_real_program():
    recorded, made = samples(RECORDED), samples(fed().text())
    assert len(recorded) > 150
    assert {key: round(made.get(key, -1.0), 6) for key in recorded} == {
        key: round(value, 6) for key, value in recorded.items()
    }
    assert {key for key in made if not key[0].endswith("_bucket")} - set(recorded) == set()


def test_counters_end_in_total_and_times_in_seconds():
    kinds = dict(line.split()[2:] for line in RECORDED.splitlines() if line.startswith("# TYPE"))
    assert set(kinds.values()) == {"counter", "gauge", "histogram"}
    for name, kind in kinds.items():
        assert name.endswith("_total") == (kind == "counter"), name
        assert name.endswith("_seconds") == (kind == "histogram"), name


def test_a_time_that_airflow_sends_in_seconds_stays_one():
    assert fed().values["airflow_dag_processing_last_duration_seconds_sum", (
        ("bundle_name", "dags-folder"), ("file_name", "use_cases"),
    )] == 0.25795  # fmt: skip


def test_no_dag_is_part_of_a_name():
    assert not [name for name, _ in fed().values if "news" in name]
