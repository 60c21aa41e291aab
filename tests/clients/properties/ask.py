"""Sends generated requests of every operation as every role, and reports answers that break a promise.

Runs in the environment of schemathesis: ``python ask.py facts.json --examples 4 --seed 1``. The facts name the address
of the service, its OpenAPI description, a token by role, and values that exist by name of a parameter or field.
Prints JSON: requests by role and status, and failures, one per operation, role and kind.
"""

import argparse
import collections
import json
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

NOBODY = "none"  # the role of a request without a token
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ORDER = ("get", "post", "put", "delete")  # what is deleted was read before
PROBLEM = "application/problem+json"
REFUSED = (401, 403)
LIMITS = (413, 414, 431)  # of the server, on every request: they are checked before its sender
PARAMETERS = "The address has more than"  # begins the 422 for too many parameters, which is such a limit, too


class Report:
    """Counts of requests, and one failure per operation, role and kind."""

    def __init__(self) -> None:
        self.requests: dict[str, collections.Counter[int]] = {}
        self.failures: dict[tuple[str, str, str], dict[str, Any]] = {}

    def count(self, role: str, status: int) -> None:
        self.requests.setdefault(role, collections.Counter())[status] += 1

    def fail(self, role: str, case: Case, kind: str, response: Response, detail: str) -> None:
        """Note a failure; of equal ones the first is kept and the others are counted."""
        key = (case.operation.label, role, kind)
        found = self.failures.setdefault(
            key,
            {
                "operation": case.operation.label,
                "role": role,
                "kind": kind,
                "status": response.status_code,
                "request": f"{response.request.method} {response.request.url} {_text(response.request.body)}",
                "detail": f"{detail[:1000]} {response.text[:500]}",
                "times": 0,
            },
        )
        found["times"] += 1


def _text(body: Any) -> str:
    return (body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or ""))[:1000]


class Asker:
    """Sends each case as every role, the lowest first, and checks the answers."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._address, self._tokens = facts["address"], facts["tokens"]
        self._roles: list[str] = [NOBODY, *facts["tokens"]]
        self._session = requests.Session()
        self.report = Report()

    def ask(self, case: Case) -> None:
        """Send one case as every role."""
        needed = case.operation.definition.raw.get("x-role", NOBODY)
        case.headers.pop("Authorization", None)
        for role in self._roles:
            headers = {"Authorization": f"Bearer {self._tokens[role]}"} if role != NOBODY else {}
            response = case.call(self._address, self._session, headers, timeout=60)
            self.report.count(role, response.status_code)
            self._check_role(role, needed, case, response)
            self._check_answer(role, case, response)

    def _check_role(self, role: str, needed: str, case: Case, response: Response) -> None:
        is_refused = response.status_code == (401 if role == NOBODY else 403)
        if self._is_below(role, needed):
            if not is_refused and not _is_limit(response):
                self.report.fail(role, case, "open to a lower role", response, f"x-role is {needed}")
            return
        roles = case.operation.definition.raw.get("x-parameter-roles", {})
        guarded = [name for name in case.query if name in roles and self._is_below(role, roles[name])]
        if response.status_code in REFUSED and not (is_refused and guarded):
            self.report.fail(role, case, "refused to its role", response, f"x-role is {needed}")
        if response.status_code < 300 and any(case.query[name] for name in guarded):
            self.report.fail(role, case, "parameter open to a lower role", response, f"parameters {guarded}")

    def _is_below(self, role: str, needed: str) -> bool:
        return self._roles.index(role) < self._roles.index(needed)

    def _check_answer(self, role: str, case: Case, response: Response) -> None:
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self.report.fail(role, case, type(failure).__name__, response, str(failure))
        except Failure as failure:
            self.report.fail(role, case, type(failure).__name__, response, str(failure))
        if response.status_code >= 400 and not response.headers["content-type"][0].startswith(PROBLEM):
            self.report.fail(role, case, "an error that is no problem", response, "")


def _is_limit(response: Response) -> bool:
    too_many = response.status_code == 422 and str(response.json().get("detail")).startswith(PARAMETERS)
    return too_many or response.status_code in LIMITS


def _with_known(case: Case, known: dict[str, list[Any]], draw: Any) -> Case:
    """The case with some of its values replaced by such that exist, so that it gets beyond a 404."""
    for part in (case.path_parameters, case.query, case.body):
        for name in sorted(part) if isinstance(part, dict) else ():
            if name in known:
                part[name] = draw(st.sampled_from(known[name]))
    return case


def ask_operation(asker: Asker, operation: APIOperation, facts: dict[str, Any], mode: GenerationMode) -> None:
    """Send all examples of one operation: valid ones, or ones that break its description."""

    @seed(facts["seed"])
    @settings(
        max_examples=facts["examples"],
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def send(data: Any) -> None:
        case = data.draw(operation.as_strategy(mode))
        if data.draw(st.integers(0, 3)):
            case = _with_known(case, facts["known"], data.draw)
        asker.ask(case)

    send()


def ask_invalid(asker: Asker, operation: APIOperation, facts: dict[str, Any]) -> bool:
    """Send examples that break the description; False where none can, as with a path of any text alone."""
    if not (operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody")):
        return False
    try:
        ask_operation(asker, operation, facts, GenerationMode.NEGATIVE)
    except Unsatisfiable:
        return False
    return True


def main() -> None:
    """Ask every operation, and print the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("facts", type=Path)
    parser.add_argument(
        "--examples", type=int, default=4, help="valid ones of each operation, and as many invalid ones"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same requests")
    options = parser.parse_args()
    facts = json.loads(options.facts.read_text(encoding="utf-8"))
    facts |= {"examples": options.examples, "seed": options.seed}
    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    schema = schemathesis.openapi.from_dict(facts["description"], config=config)
    operations = [found.ok() for found in schema.get_all_operations()]
    asker, always_valid = Asker(facts), list[str]()
    for operation in sorted(operations, key=lambda each: ORDER.index(each.method.lower())):
        ask_operation(asker, operation, facts, GenerationMode.POSITIVE)
        if not ask_invalid(asker, operation, facts):
            always_valid.append(operation.label)
    counts = {role: dict(sorted(counts.items())) for role, counts in asker.report.requests.items()}
    failures = list(asker.report.failures.values())
    found = {"operations": len(operations), "always_valid": always_valid, "requests": counts, "failures": failures}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
