"""The texts that all pages share, in English and Portuguese, and the choice of the language."""

from collections.abc import Iterator, Mapping
from typing import Literal

from fastapi import Request

from app.pages import Words

Language = Literal["en", "pt"]
COOKIE = "pauta_language"
OTHER: dict[Language, tuple[Language, str]] = {"en": ("pt", "Português"), "pt": ("en", "English")}
WORDS: Words = {
    "skip": ("Skip to the content", "Ir para o conteúdo"),
    "navigation": ("Use cases", "Casos de uso"),
    "log_in": ("Log in", "Entrar"),
    "log_out": ("Log out", "Sair"),
    "token": ("Token", "Chave de acesso"),
    "log_in_about": (
        "You got a token from the person who runs this service. What you see and change is recorded under its name.",
        "Você recebeu uma chave de quem opera este serviço. O que você vê e muda é registrado no nome dela.",
    ),
    "wrong_token": ("This token is not valid.", "Esta chave não é válida."),
    "viewer": ("logged in as", "acesso de"),
    "release": ("release", "versão"),
    "front": ("Use cases of this instance", "Casos de uso desta instalação"),
    "back_to_front": ("Back to the front page", "Ir para a página inicial"),
    "in_service": ("in service since {since}", "em serviço desde {since}"),
    "no_release": ("No release is in service yet.", "Ainda não há versão em serviço."),
    "state": ("state", "estado"),
    "release_card": ("release in service", "versão em serviço"),
    "all_releases": ("all releases", "todas as versões"),
    "all_routes": ("all routes", "todas as rotas"),
    "version": ("version and settings", "versão e configuração"),
    "evaluation": ("evaluation", "avaliação"),
    "metrics": ("metrics", "métricas"),
    "request": ("request", "pedido"),
    "pages": ("Pages", "Páginas"),
    "earlier": ("Previous page", "Página anterior"),
    "later": ("Next page", "Próxima página"),
    "shown": ("{first} to {last} of {total}", "{first} a {last} de {total}"),
    "numbers": ("Numbers", "Números"),
    "to": ("to", "a"),
    "error": ("This did not work", "Isto não funcionou"),
    "error_403": ("You have no access to this page", "Você não tem acesso a esta página"),
    "error_404": ("There is nothing at this address", "Não há nada neste endereço"),
    "error_409": ("Somebody else changed this first", "Outra pessoa mudou isto primeiro"),
    "error_422": (
        "A value in the address or form is not valid",
        "Um valor do endereço ou do formulário não é válido",
    ),
    "error_429": ("Too many requests", "Pedidos demais"),
    "error_500": ("The service failed", "O serviço falhou"),
    "error_503": ("This is not available right now", "Isto não está disponível agora"),
    "try_again": ("Try again in a minute.", "Tente de novo em um minuto."),
    "another_token": ("Log in with another token", "Entrar com outra chave"),
}


class Texts(Mapping[str, str]):
    """The texts of one language.

    Args:
        more: the words of a use case; they replace those of the same name here.

    >>> Texts("pt")["log_in"], Texts("en").number(7.25), Texts("pt").percent(0.125)
    ('Entrar', '7.2', '12%')
    """

    def __init__(self, language: Language, more: Words | None = None) -> None:
        self.language: Language = language
        self._place = ("en", "pt").index(language)
        self._words: Words = {**WORDS, **(more or {})}

    def __getitem__(self, name: str) -> str:
        return self._words[name][self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def number(self, value: float | None) -> str:
        """A number, with one decimal if it is not whole, and a dash for None."""
        if value is None:
            return "–"
        text = f"{value:.0f}" if value == int(value) else f"{value:.1f}"
        return text.replace(".", ",") if self.language == "pt" else text

    def percent(self, chance: float) -> str:
        """A probability in per cent."""
        return f"{chance * 100:.0f}%"


def language_of(request: Request) -> Language:
    """The language of the address, else of the cookie, else of the browser."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in OTHER:
        return chosen
    return "pt" if request.headers.get("Accept-Language", "").lower().startswith("pt") else "en"
