"""A query model reads, refuses and describes the same parameters as FastAPI."""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

import pytest
from fastapi import FastAPI, Query
from fastapi.dependencies.utils import get_dependant, request_params_to_args
from fastapi.exceptions import RequestValidationError
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from app.http.query_model import QueryModel, pairs_in
from app.news.shapes import RecommendationsQuery

QUERY = QueryModel(RecommendationsQuery)
VALUES = ["", "7", "0.5", "-1", "1e400", "nan", "true", "a b", "x" * 600, "null", "São Paulo", "\x00"]


def _answer(query: Annotated[RecommendationsQuery, Query()]) -> None:
    """Has the parameters."""


DEPENDANT = get_dependant(path="/", call=_answer)


def _faults(errors: Any) -> set[tuple[Any, ...]]:
    return {(error["type"], tuple(error["loc"]), error["msg"]) for error in errors}


@given(st.lists(st.tuples(st.sampled_from([*RecommendationsQuery.model_fields, "other"]), st.sampled_from(VALUES))))
@example([("exclude_ids", "a"), ("exclude_ids", "b"), ("num_recs", "3"), ("num_recs", "4")])
@example([("num_recs", "0"), ("other", "1"), ("explain", "maybe")])
def test_reads_and_refuses_what_fastapi_does(sent: list[tuple[str, str]]) -> None:
    params, query = QueryParams(sent), urlencode(sent).encode()
    values, errors = request_params_to_args(DEPENDANT.query_params, params)
    if errors:
        with pytest.raises(RequestValidationError) as refused:
            QUERY.read(query)
        assert _faults(refused.value.errors()) == _faults(errors)
    else:
        assert QUERY.read(query) == values["query"]


@given(st.lists(st.sampled_from([*"ab=&+;%", "%41", "%C3%A3", "%c3", "%zz", "é", "&&"])).map("".join))
def test_a_query_is_taken_apart_as_the_standard_library_does(text: str) -> None:
    query = text.encode()
    assert pairs_in(query) == parse_qsl(query.decode("latin-1"), keep_blank_values=True)


def test_describes_the_parameters_as_fastapi_does() -> None:
    app = FastAPI()
    app.get("/")(_answer)
    assert QUERY.openapi["parameters"] == app.openapi()["paths"]["/"]["get"]["parameters"]
    assert len(QUERY.openapi["parameters"]) == len(RecommendationsQuery.model_fields)
