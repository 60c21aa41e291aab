"""The baseline of the serving benchmark: the service's shell around ``recommend`` of the library implicit.

Same framework, middleware, metrics and shape of the answer, as many readers, articles and factors, read articles left
out; vectors are drawn by seed, since what they say does not change how long it takes. Strangers get the most read.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI, Request, Response
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

from app.http.json_answer import json_response
from app.http.middleware import RequestMiddleware
from app.metrics.telemetry import Telemetry
from app.news.answers import iso
from app.news.shapes import Recommendations
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.readers.reader_table import ReaderTable

FOLDER = "PAUTA_BENCH_FOLDER"
FACTORS, CONFIDENCE = 64, 1.0


class Library:
    """The readers and articles of a release, and implicit's model over them."""

    def __init__(self, folder: Path) -> None:
        self.catalog, self.readers = Catalog.load(folder / "catalog"), ReaderTable.load(folder / "readers")
        reads, shape = self.readers.histories, (len(self.readers), len(self.catalog))
        ones = np.full(len(reads.article), CONFIDENCE, np.float32)
        self.reads = csr_matrix((ones, np.asarray(reads.article, np.int32), np.asarray(reads.offsets)), shape=shape)
        random, size = np.random.default_rng(1), np.float32(FACTORS**-0.5)
        self.model = AlternatingLeastSquares(factors=FACTORS, num_threads=1)
        self.model.user_factors = random.standard_normal((shape[0], FACTORS), np.float32) * size
        self.model.item_factors = random.standard_normal((shape[1], FACTORS), np.float32) * size
        most_read = np.argsort(-np.bincount(reads.article, minlength=shape[1]), kind="stable")
        self.most_read = most_read[:100].tolist()

    def recommend(self, user: str, n: int) -> list[dict[str, Any]]:
        """The list as the service's answer has it."""
        row = self.readers.ids.row(user) if user else -1
        if row < 0:
            return [self._item(article, 0.0) for article in self.most_read[:n]]
        found, scores = self.model.recommend(row, self.reads[row], N=n, filter_already_liked_items=True)
        return [self._item(*pair) for pair in zip(found.tolist(), scores.tolist(), strict=True)]

    def _item(self, row: int, score: float) -> dict[str, Any]:
        catalog = self.catalog
        page, url, title = catalog.ids.ids[row], catalog.urls[row], catalog.titles[row]
        issued = iso(int(catalog.issued_ms[row]))
        said = {"reason": "popular with similar readers", "source": "als"}
        return {"page": page, "url": url, "title": title, "issued": issued, "score": score, **said}


def make() -> FastAPI:
    """The application that uvicorn starts."""
    library, app = Library(Path(os.environ[FOLDER])), FastAPI()
    app.add_middleware(RequestMiddleware, telemetry=Telemetry(), body_bytes=1_000_000)

    @app.get("/recommendations", response_model=Recommendations)
    async def recommendations(request: Request, user_id: str = "", num_recs: int = 10) -> Response:
        items = library.recommend(user_id, num_recs)
        facts = {"segment": "logged", "source": "als", "release": "implicit", "generated_at": iso(0), "degraded": []}
        return json_response({"items": items, "next": None, "request_id": request.scope["request_id"], **facts})

    return app
