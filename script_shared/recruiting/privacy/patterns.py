"""Patterns of personal data in texts. Each has bounded repeats only, so that a long text costs time in its length.

Most places of a text cannot begin a match, so a pattern fails early there: it begins with the characters that may come
first where it can, and looks behind after the first of them.
"""

import re

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)?\d\d"
_MONTHS = (
    "jan(?:eiro)?|fev(?:ereiro)?|mar(?:ço|co)?|abr(?:il)?|mai(?:o)?|jun(?:ho)?|jul(?:ho)?|ago(?:sto)?|"
    "set(?:embro)?|out(?:ubro)?|nov(?:embro)?|dez(?:embro)?"
)
DATE = (
    rf"(?:{_DAY}\s?[/.\-]\s?{_MONTH}\s?[/.\-]\s?{_YEAR}|(?:19|20)\d\d-{_MONTH}-{_DAY}"
    rf"|{_DAY}º?\s(?:de\s)?(?:{_MONTHS})\.?\s(?:de\s)?{_YEAR})"
)
_END = r"(?!\w)"
_BORN = (
    r"(?:data\sde\snasc(?:imento)?|dt\.?\s?nasc(?:imento)?|data\snasc\.?|nascimento|nascid[oa]|nasci|nasc|d\.\s?n\.|d/n"
    r"|date\sof\sbirth|birth\s?date|birthday|born|dob|anivers[áa]rio)"
)
_STREET = (
    r"(?:rua|r\.|avenida|aven\.|av\.?|alameda|al\.|travessa|tv\.|trav\.|rodovia|rod\.|estrada|estr\.|praça|praca|pça\.?"
    r"|viela|servidão|ladeira)"
)
_NUMBER = r"(?:,?\s{0,2}-?\s{0,2}(?:n[º°o.]{0,2}\s?|num(?:ero)?\.?\s?|número\s)?\d{1,5}(?!\d)[a-z]?)"
_REST = (  # of an address, behind its number
    r"(?:\s{0,2}[,\-–/]?\s{0,2}(?:ap(?:to|t|artamento)?\.?|bl(?:oco)?\.?|casa|cj\.?|conj\.?|sala|torre|fundos|andar|lote"
    r"|lt\.?|qd\.?)\s{0,2}[\w.]{0,8}){0,3}"
    r"(?:\s{0,2}[,\-–]\s{0,2}(?:bairro:?\s|jd\.?\s|jardim\s|vila\s|vl\.\s|parque\s|pq\.\s|centro)[^\n,;|\-–\d]{0,40})?"
)
_LABEL = r"\s{0,3}[:.\-–]{0,2}\s{0,3}"


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_AT = r"(?:@|[(\[](?:at|a|arroba)[)\]]|\sarroba\s)"
_DOT = r"(?:\.|\s?[(\[](?:dot|ponto)[)\]]\s?|\sponto\s)"
_MAIL_LETTER = r"[\w.+\-]"
MAIL = (
    _of(
        rf"{_MAIL_LETTER}(?<!{_MAIL_LETTER}{_MAIL_LETTER}){_MAIL_LETTER}{{0,63}}\s{{0,2}}{_AT}\s{{0,2}}"
        rf"[\w\-]{{1,63}}(?:{_DOT}[\w\-]{{2,24}}){{1,4}}"
    ),
)
_SITES = (
    r"(?:linkedin|github|gitlab|facebook|fb|instagram|twitter|behance|medium|lattes\.cnpq|t|wa|about|bitbucket|youtube)"
    r"\s?\.\s?(?:com|br|me|org|io|net)(?:\.br)?"
)
_NETWORKS = r"(?:linkedin|skype|facebook|instagram|github|twitter|telegram|lattes)"
LINKS = (
    _of(r"(?:https?|ftp)\s?:\s?/{1,2}\s?[^\s<>|]{2,300}"),
    _of(r"(?<![\w.])www\s?\.\s?[^\s<>|]{3,200}"),
    _of(rf"(?<![\w.@])(?:[a-z]{{2,3}}\.)?{_SITES}(?:/[^\s<>|]{{1,200}})?"),
    _of(rf"(?<!\w){_NETWORKS}\s{{0,3}}[:@/]\s{{0,2}}[@/]?[\w.:\-/]{{2,80}}"),
    _of(r"(?<![\w@])/?in/[\w.\-]{3,80}"),
    _of(r"(?<![\w@.])@[a-z][\w.]{2,40}"),
)
DOCUMENTS = (
    re.compile(r"\d(?<![\d.]\d)\d{2}[.\s]?\d{3}[.\s]?\d{3}\s?[\-–/.]\s?\d{2}(?!\d)"),  # CPF
    _of(rf"(?<!\w)c\.?\s?p\.?\s?f\.?(?:\s?/\s?mf)?(?:\s(?:n[º°o.]{{0,2}}|número))?{_LABEL}[\d.\-–/\s]{{9,20}}\d"),
    _of(
        r"(?<!\w)(?:r\.?\s?g\.?|identidade|cnh|ctps|pis(?:/pasep)?|passaporte|t[íi]tulo\sde\seleitor)"
        rf"(?:\s(?:n[º°o.]{{0,2}}|número))?{_LABEL}[a-z]{{0,2}}\d[\d.\-–/\s]{{5,18}}[\dx](?:\s?[\-/]?\s?ssp(?:[/\-][a-z]{{2}})?)?"
    ),
)
PHONE_LABEL = _of(
    r"(?<!\w)(?:tel(?:efones?|s)?|fones?|cel(?:ular(?:es)?)?|whats\s?app|wpp|zap|contatos?|phone|mobile|recados?)\.?"
    r"(?:\s(?:para\s)?(?:contato|recados?|cel(?:ular)?|res(?:idencial)?|fixo|comercial|whatsapp))?"
    rf"{_LABEL}(?:n[º°o.]{{1,2}}\s)?[+(]?\d[\d\s().\-–/+]{{5,30}}\d"
)
PHONE = re.compile(
    r"(?=\s?[+(\d])(?<![\d/.,\-])(?:\+\s?)?(?:\(?0{0,2}55\)?[\s.\-]{0,3})?(?:\(?\s?0?\d{2}\s?\)?[\s.\-–]{0,3})?"
    r"(?:9[\s.\-]{0,2})?\d{4}[\s.\-–]{0,3}\d{4}(?![\d/,]|\.\d)"
)
PHONE_GROUPS = re.compile(
    r"(?=[+(\d])(?<![\d/.,\-])(?:\+\s?)?(?:\(?55\)?[\s.\-]{0,3})?\(?0?[1-9]\d\)?[\s.\-–]{0,3}\d{2,3}[\s.\-–]\d{3}[\s.\-–]\d{3,4}"
    r"(?![\d/,])"
)
LONG_NUMBER = re.compile(r"\d(?<![\d.,]\d)\d{9,12}(?![\d,]|\.\d)")  # a phone or a document without marks
BIRTH = (
    _of(rf"(?<!\w){_BORN}\b[^\d\n]{{0,40}}{DATE}{_END}"),
    re.compile(rf"(?:^|(?<=[|,;•]))[ \t]{{0,3}}{DATE}[ \t]{{0,3}}(?=$|[|,;•])", re.IGNORECASE | re.MULTILINE),  # alone
    _of(rf"(?<!\w){_BORN}\s{{0,2}}(?:em|:|-|in)?\s{{0,2}}(?:19|20)\d\d{_END}"),
    _of(r"(?<!\w)(?:idade|age)\s{0,2}[:\-–]?\s{0,2}\d{2}(?:\s{0,2}anos|\syears)?"),
    _of(
        r"(?<=[,;|\-–/•\n(])\s{0,3}\d{2}\s{1,2}anos(?:\sde\sidade)?(?=\s{0,3}(?:[,;|/•\n)]|[\-–]\s|$))"
        r"(?!\s{0,3}de\s(?:exp|atua|viv|mercado|carreira))"
    ),
    _of(r"(?<!\w)\d{2}\s{1,2}anos\sde\sidade"),
)
ADDRESS = (
    _of(
        r"(?<!\w)(?:endere[çc]o(?:\sresidencial)?|address|resid[êe]ncia|residente|logradouro)\s{0,2}(?:[:\-–]|à|a|na|no|em)"
        r"\s{0,2}[^\n|]{4,140}"
    ),
    _of(rf"(?<![\w.]){_STREET}\s{{1,3}}[^\n\d|;]{{2,60}}{_NUMBER}{_REST}"),
    _of(rf"(?<!\w)(?:rua|avenida|r\.|av\.)\s{{1,3}}\d{{1,2}}\sde\s[a-zç]{{3,12}}{_NUMBER}{_REST}"),
    _of(rf"(?<!\w)c\.?e\.?p\.?{_LABEL}\d{{2}}\.?\d{{3}}\s?-?\s?\d{{3}}(?!\d)"),
    re.compile(r"\d(?<![\d.\-]\d)\d\.?\d{3}-\d{3}(?![\d\-])"),
    _of(r"(?<!\w)bairro\s{0,2}[:\-–]\s{0,2}[^\n,;|]{2,50}"),
)
_CAPITAL = r"[A-ZÀ-Ý][\w'´`.\-]{0,24}"
NAME_LABEL = _of(
    r"(?<!\w)(?:nome(?:\scompleto|\sdo\scandidato|\sda\scandidata)?|name|full\sname|filia[çc][ãa]o|pai|m[ãa]e|c[ôo]njuge"
    r"|refer[êe]ncias?|indica[çc][ãa]o)\s{0,2}[:\-–]\s{0,2}"
    rf"(?-i:{_CAPITAL}(?:[ \t]{{1,3}}(?:(?:d[aeo]s?|e)[ \t]{{1,2}})?{_CAPITAL}){{0,7}})"
)
HINTS: dict[re.Pattern[str], tuple[str, ...]] = {  # each match of the pattern has one of them, in small letters
    MAIL[0]: ("@", "arroba", "(at", "[at", "(a)", "(a]", "[a)", "[a]"),
    LINKS[0]: ("http", "ftp"),
    LINKS[1]: ("www",),
    LINKS[3]: ("linkedin", "skype", "facebook", "instagram", "github", "twitter", "telegram", "lattes"),
    LINKS[4]: ("in/",),
    LINKS[5]: ("@",),
    PHONE_LABEL: ("tel", "fone", "cel", "whats", "wpp", "zap", "contato", "phone", "mobile", "recado"),
    BIRTH[0]: ("nasc", "d.", "d/n", "birth", "born", "dob", "anivers"),
    BIRTH[2]: ("nasc", "d.", "d/n", "birth", "born", "dob", "anivers"),
    BIRTH[3]: ("idade", "age"),
    BIRTH[4]: ("anos",),
    BIRTH[5]: ("anos",),
    ADDRESS[0]: ("endere", "address", "resid", "logradouro"),
    ADDRESS[2]: ("rua", "avenida", "r.", "av."),
    ADDRESS[3]: ("cep", "c.e", "ce."),
    ADDRESS[5]: ("bairro",),
    NAME_LABEL: ("nome", "name", "filia", "pai", "mãe", "mae", "njuge", "refer", "indica"),
}
