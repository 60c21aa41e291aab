"""The texts of the pages, in English and Portuguese."""

from typing import Literal

from fastapi import Request

Language = Literal["en", "pt"]
COOKIE = "pauta_language"
OTHER: dict[Language, tuple[Language, str]] = {"en": ("pt", "Português"), "pt": ("en", "English")}
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Students by risk", "Estudantes por risco"),
    "student": ("Student", "Estudante"),
    "students": ("Students", "Estudantes"),
    "class": ("Class", "Turma"),
    "classes": ("Classes", "Turmas"),
    "no_class": ("no class", "sem turma"),
    "all": ("all", "todas"),
    "phase": ("Phase", "Fase"),
    "ideal_phase": ("Ideal phase", "Fase ideal"),
    "lag": ("Lag", "Defasagem"),
    "year": ("Year", "Ano"),
    "status": ("Status", "Situação"),
    "next": ("Status expected in {year}", "Situação prevista para {year}"),
    "critical": ("critical", "crítico"),
    "alert": ("alert", "alerta"),
    "expected": ("expected", "esperado"),
    "urgent": ("look soon", "olhar logo"),
    "only_urgent": ("only “look soon”", "somente “olhar logo”"),
    "chance_lagging": ("Chance of lagging", "Chance de defasagem"),
    "chance_critical": ("Chance of critical", "Chance de situação crítica"),
    "between": ("between {low} and {high}", "entre {low} e {high}"),
    "show": ("Show", "Mostrar"),
    "reasons": ("Why", "Por quê"),
    "no_reasons": ("Close to a typical student in everything.", "Próximo de um estudante típico em tudo."),
    "against": (
        "Compared with a typical student of the programme; the parts of all factors sum to the difference.",
        "Em comparação com um estudante típico do programa; as partes de todos os fatores somam a diferença.",
    ),
    "missing": ("Missing in the record, so the interval is wider: ", "Faltam no registro, e o intervalo é maior: "),
    "path": ("Over the years", "Ao longo dos anos"),
    "what_if": ("What if", "E se"),
    "what_if_about": (
        "Change values and see the risk. Nothing is stored. The lag follows the phases.",
        "Mude valores e veja o risco. Nada é gravado. A defasagem segue as fases.",
    ),
    "calculate": ("Calculate", "Calcular"),
    "before": ("As it is", "Como está"),
    "after": ("After the change", "Depois da mudança"),
    "wrong": ("This value is not possible: {field}.", "Este valor não é possível: {field}."),
    "nobody": ("No student matches.", "Nenhum estudante corresponde."),
    "earlier": ("Previous page", "Página anterior"),
    "later": ("Next page", "Próxima página"),
    "shown": ("{first} to {last} of {total}", "{first} a {last} de {total}"),
    "back": ("All students", "Todos os estudantes"),
    "token": ("Token", "Chave de acesso"),
    "log_in": ("Log in", "Entrar"),
    "log_out": ("Log out", "Sair"),
    "log_in_about": (
        "You got a token from the person who runs this service. Each look at a student is recorded under its name.",
        "Você recebeu uma chave de quem opera este serviço. Cada consulta a um estudante é registrada no nome dela.",
    ),
    "wrong_token": ("This token is not valid.", "Esta chave não é válida."),
    "unknown": (
        "The release in service does not know this student.",
        "A versão em serviço não conhece este estudante.",
    ),
    "unavailable": (
        "Students cannot be shown right now. Try again in a minute.",
        "Os estudantes não podem ser mostrados agora. Tente de novo em um minuto.",
    ),
    "refused": ("This request was refused.", "Este pedido foi recusado."),
    "purpose": (
        "A prediction helps you to see a risk in time. It decides nothing: people who know the student overrule it.",
        "Uma previsão ajuda a olhar a tempo. Não decide nada: quem conhece o estudante tem a palavra.",
    ),
    "release": ("release", "versão"),
    "viewer": ("shown to", "mostrado a"),
    "ida": ("Learning (IDA)", "Aprendizagem (IDA)"),
    "ieg": ("Engagement (IEG)", "Engajamento (IEG)"),
    "ipv": ("Turning point (IPV)", "Ponto de virada (IPV)"),
    "iaa": ("Self-assessment (IAA)", "Autoavaliação (IAA)"),
    "ips": ("Psychosocial (IPS)", "Psicossocial (IPS)"),
    "ipp": ("Psychopedagogical (IPP)", "Psicopedagógico (IPP)"),
    "mat": ("Mathematics", "Matemática"),
    "por": ("Portuguese", "Português"),
    "ing": ("English", "Inglês"),
    "birth_year": ("Birth year", "Ano de nascimento"),
}


class Texts:
    """The texts of one language.

    >>> Texts("pt")["show"], Texts("en").number(7.25), Texts("pt").percent(0.125)
    ('Mostrar', '7.2', '12%')
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._place = ("en", "pt").index(language)

    def __getitem__(self, name: str) -> str:
        return WORDS[name][self._place]

    def number(self, value: float | None) -> str:
        """A number with one decimal where it is not whole, and a dash for none."""
        if value is None:
            return "–"
        text = f"{value:.0f}" if value == int(value) else f"{value:.1f}"
        return text.replace(".", ",") if self.language == "pt" else text

    def percent(self, chance: float) -> str:
        """A chance in per cent."""
        return f"{chance * 100:.0f}%"


def language_of(request: Request) -> Language:
    """The language of the address, else of the cookie, else of the browser."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in OTHER:
        return chosen
    return "pt" if request.headers.get("Accept-Language", "").lower().startswith("pt") else "en"
