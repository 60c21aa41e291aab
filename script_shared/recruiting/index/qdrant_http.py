"""A Qdrant server by its HTTP interface: collections, and indexes that are found by name once they are complete."""

import secrets
from collections.abc import Sequence
from typing import Any

from script_shared.errors import UnavailableError
from script_shared.recruiting.index.qdrant import Body, QdrantIndex

PREFIX = "pauta_recruiting_"  # of this product's collections on a server that others may use


class QdrantHttp:
    """Requests to a server.

    Args:
        address: such as http://qdrant:6333.
        key: API key; None for none.
        seconds: longest wait for an answer.
    """

    def __init__(self, address: str, key: str | None = None, seconds: float = 30.0) -> None:
        import httpx

        headers = {"api-key": key} if key else {}
        self._client = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=seconds)

    def call(self, method: str, path: str, body: Body | None = None, *, missing: bool = False) -> Any:
        """The result of a request; None if the collection is missing and that is no error.

        Raises:
            UnavailableError: the server does not answer, or answers with an error.
        """
        import httpx

        try:
            answer = self._client.request(method, path, json=body)
            if missing and answer.status_code == 404:
                return None
            answer.raise_for_status()
            return answer.json()["result"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise UnavailableError(
                "the vector index does not answer.", fix="Check Qdrant, then retry.", private=str(error)
            ) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class HttpCollection:
    """A collection of a server, by its name or an alias."""

    def __init__(self, http: QdrantHttp, name: str) -> None:
        self._http, self._path = http, f"/collections/{name}"

    def upsert(self, points: Sequence[Body]) -> None:
        """Write points."""
        self._http.call("PUT", f"{self._path}/points?wait=true", {"points": list(points)})

    def delete(self, ids: Sequence[str]) -> None:
        """Delete points by id."""
        self._http.call("POST", f"{self._path}/points/delete?wait=true", {"points": list(ids)})

    def retrieve(self, ids: Sequence[str]) -> list[tuple[str, list[float]]]:
        """(id, vector) of the points that exist."""
        body = {"ids": list(ids), "with_vector": True, "with_payload": False}
        return [(each["id"], each["vector"]) for each in self._http.call("POST", f"{self._path}/points", body)]

    def query(
        self, vector: Sequence[float], limit: int, must: Sequence[tuple[str, Sequence[str]]]
    ) -> list[tuple[Body, float]]:
        """(payload, score) of the nearest."""
        body = {"query": list(vector), "limit": limit, "with_payload": True, "filter": _filter(must)}
        found = self._http.call("POST", f"{self._path}/points/query", body)["points"]
        return [(each["payload"], each["score"]) for each in found]

    def count(self, must: Sequence[tuple[str, Sequence[str]]]) -> int:
        """Points that fit."""
        body = {"exact": True, "filter": _filter(must)}
        return int(self._http.call("POST", f"{self._path}/points/count", body)["count"])


class QdrantServer:
    """The interface of ``IndexServer``. The name of an index is an alias, which a finished collection gets."""

    def __init__(self, http: QdrantHttp) -> None:
        self._http = http

    def make(self, name: str, width: int, encoder: str) -> QdrantIndex:
        """An empty index to fill and finish; an index of the same name is dropped."""
        self.drop(name)
        own = f"{PREFIX}{name}_{secrets.token_hex(3)}"
        self._http.call("PUT", f"/collections/{own}", {"vectors": {"size": width, "distance": "Cosine"}})

        def finish() -> None:
            action = {"create_alias": {"collection_name": own, "alias_name": PREFIX + name}}
            self._http.call("POST", "/collections/aliases", {"actions": [action]})

        return QdrantIndex(HttpCollection(self._http, own), width, encoder, finish)

    def open(self, name: str, width: int, encoder: str) -> QdrantIndex | None:
        """A complete index, None if there is none."""
        if self._http.call("GET", f"/collections/{PREFIX}{name}", missing=True) is None:
            return None
        return QdrantIndex(HttpCollection(self._http, PREFIX + name), width, encoder)

    def names(self) -> list[str]:
        """The names of all indexes, complete or not."""
        return sorted({each.removeprefix(PREFIX).rpartition("_")[0] for each in self._collections()})

    def _collections(self) -> list[str]:
        found = [str(each["name"]) for each in self._http.call("GET", "/collections")["collections"]]
        return [each for each in found if each.startswith(PREFIX)]

    def drop(self, name: str) -> None:
        """Remove an index, if it exists; its alias is removed with its collection."""
        for each in self._collections():
            if each.removeprefix(PREFIX).rpartition("_")[0] == name:
                self._http.call("DELETE", f"/collections/{each}", missing=True)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _filter(must: Sequence[tuple[str, Sequence[str]]]) -> Body:
    return {"must": [{"key": name, "match": {"any": list(values)}} for name, values in must]}
