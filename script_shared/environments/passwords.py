"""Recognizes default passwords: the words of programs and guides that an attacker tries first."""

import re

# The same pattern is in docker/make_secrets.py, whose image does not have this package; a test compares both.
DEFAULT = re.compile(
    r"(admin|airflow|change|default|example|grafana|key|me|minio|password|pass|pauta|postgres|root|secret|test|token|user"
    r"|word|your|[\W\d_])*+",
    re.IGNORECASE,
)


def is_default_password(text: str) -> bool:
    """Whether a password consists only of words from examples, digits and punctuation.

    >>> is_default_password("changeme-changeme-1")
    True
    >>> is_default_password("Yb2Qf-vW0rT9xKzEo1")
    False
    """
    return DEFAULT.fullmatch(text) is not None
