"""New articles during a demonstration: titles put together from a few words, one now and then."""

import time
from random import Random

from pipelines.traffic.site import Site

WHO = ("A prefeitura", "O hospital universitário", "A seleção", "O banco central", "A escola de samba", "O porto")
DOES = ("anuncia", "adia", "amplia", "investiga", "inaugura", "discute")
WHAT = ("o plano de obras", "a nova linha de ônibus", "o festival de inverno", "a vacinação", "o orçamento", "a safra")
SECTIONS = ("economia", "esportes", "politica", "cultura", "saude", "regional")


class Newsroom:
    """Publishes, where it may."""

    def __init__(self, site: Site, draw: Random, run: str, every_seconds: float) -> None:
        self._site, self._draw, self._run, self._every = site, draw, run, every_seconds
        self._next = time.monotonic()
        self.published = 0

    def work(self) -> str | None:
        """Publish one article when it is time; its page."""
        if not self._site.may_publish or time.monotonic() < self._next:
            return None
        self._next = time.monotonic() + self._every
        draw = self._draw
        title = f"{draw.choice(WHO)} {draw.choice(DOES)} {draw.choice(WHAT)}"
        page = f"demo-{self._run}-article-{self.published + 1}"
        section = draw.choice(SECTIONS)
        body = {"page": page, "title": title, "text": title, "section": section, "url": f"https://pauta.example/{page}"}
        if not self._site.post("/articles", body):
            return None
        self.published += 1
        return page
