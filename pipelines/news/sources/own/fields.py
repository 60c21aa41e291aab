"""The fields that the source ``files`` reads: usual names of columns, and the cost of a missing one."""

from dataclasses import dataclass

from script_shared.names import section_key


@dataclass(frozen=True)
class Field:
    """One field that a column may hold.

    Attributes:
        name: as in the params, ``[files.clicks]`` and ``[files.articles]``.
        known_as: names of columns, as ``section_key`` spells them, the surest first.
        lost: what is lost without it, as a sentence; "" for a field that must be there.
    """

    name: str
    known_as: tuple[str, ...]
    lost: str = ""


def _field(name: str, known_as: str, lost: str = "") -> Field:
    return Field(name, tuple(known_as.split()), lost)


CLICK_FIELDS = (
    _field(
        "user",
        "user-id userid user uid visitor visitor-id reader reader-id usuario id-usuario usuario-id leitor cliente "
        "customer-id client-id cookie cookie-id fullvisitorid",
        "Clicks without user and session are left out; with sessions alone each visit counts as a user.",
    ),
    _field(
        "article",
        "article-id article item-id item itemid page-id page pageid content-id content news-id story-id materia "
        "materia-id noticia id-noticia artigo artigo-id pagina click-article-id post-id",
    ),
    _field(
        "time",
        "timestamp time click-timestamp ts event-time clicked-at created-at datetime date-time data-hora datahora "
        "when hora date data quando momento event-timestamp",
    ),
    _field(
        "session",
        "session-id session sessionid visit visit-id visitid sessao id-sessao visita",
        "Pauses of 30 minutes separate visits.",
    ),
    _field(
        "login",
        "logged logged-in loggedin is-logged login user-type usertype logado is-subscriber subscriber assinante "
        "authenticated cadastrado",
        "Nobody counts as logged in, so the recommender for logged-in users is not trained.",
    ),
    _field(
        "region",
        "region region-code state uf estado regiao geo click-region country pais",
        "The ranker does not know what is read in a region.",
    ),
    _field(
        "device",
        "device device-type devicegroup device-group click-devicegroup dispositivo aparelho plataforma platform",
        "The ranker does not know the device.",
    ),
    _field(
        "seconds",
        "seconds-on-page time-on-page timeonpage dwell dwell-time duration duration-seconds tempo tempo-na-pagina "
        "duracao segundos time-spent",
        "Every click counts alike: time on page adds nothing.",
    ),
    _field(
        "scroll",
        "scroll scroll-percent scroll-percentage scroll-depth scrollpercentage rolagem",
        "Every click counts alike: scrolling adds nothing.",
    ),
)
ARTICLE_FIELDS = (
    _field(
        "article",
        "article-id id item-id page page-id pageid content-id news-id story-id materia-id id-noticia artigo-id guid "
        "article item slug codigo code cod",
    ),
    _field(
        "title",
        "title headline titulo manchete name titre",
        "Lists show no titles, and the text models lack their best words.",
    ),
    _field(
        "text",
        "text body content full-text article-body texto corpo conteudo materia",
        "No recommendations by text: new articles are found by their clicks alone.",
    ),
    _field(
        "summary",
        "summary caption description lead subtitle resumo descricao subtitulo linha-fina chapeu",
        "Less text to compare.",
    ),
    _field(
        "url", "url link address permalink endereco uri href", "Sections and regions cannot be read from addresses."
    ),
    _field(
        "issued",
        "issued published published-at publication-date pubdate publish-date created created-at date data-publicacao "
        "publicado publicado-em datahora-publicacao first-published data timestamp",
        "An article counts as published at its first click.",
    ),
    _field(
        "section",
        "section category editoria secao topic channel categoria canal rubrica",
        "Sections come from addresses, if at all.",
    ),
    _field("region", "region state uf estado regiao city cidade", "Regions come from addresses, if at all."),
)
FIELDS = {"clicks": CLICK_FIELDS, "articles": ARTICLE_FIELDS}
NO_ARTICLES = (
    "No file of articles: the catalog comes from the clicks, without titles, texts and sections; "
    "an article counts as published at its first click."
)


def spell_name(column: str) -> str:
    """A column's name as ``known_as`` spells names.

    >>> spell_name("ID_Usuário"), spell_name("articleId")
    ('id-usuario', 'articleid')
    """
    return section_key(column)
