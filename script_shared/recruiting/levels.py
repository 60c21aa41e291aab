"""Levels as they are written in the files, as places on their ladders; -1 where there is none."""

from functools import lru_cache

from script_shared.algorithms.words import plain

UNKNOWN = -1
PROFESSIONAL = (  # the first that a text holds
    ("aprendiz", 0),
    ("estagi", 0),
    ("auxiliar", 1),
    ("assistente", 1),
    ("trainee", 1),
    ("junior", 2),
    ("analista", 3),
    ("pleno", 3),
    ("senior", 4),
    ("especialista", 5),
    ("lider", 5),
    ("supervisor", 5),
    ("coordenador", 6),
    ("gerente", 7),
)
SCHOOLS = (
    ("fundamental", 0),
    ("medio", 3),
    ("tecnico", 6),
    ("superior", 9),
    ("pos gradua", 12),
    ("mestrado", 15),
    ("doutorado", 18),
)
DONE = (("incompleto", 0), ("cursando", 1), ("completo", 2))
LANGUAGE = {"nenhum": 0, "basico": 1, "tecnico": 2, "intermediario": 3, "avancado": 4, "fluente": 5}


@lru_cache(maxsize=4_096)
def level_rank(text: str | None) -> int:
    """Place of a professional level, 0 for an apprentice to 7 for a manager.

    Args:
        text: as a file or a person writes it, in Portuguese.

    Returns:
        0 to 7; -1 for an unknown level.

    >>> level_rank("Sênior"), level_rank("Pleno"), level_rank(None)
    (4, 3, -1)
    """
    return _first(text, PROFESSIONAL)


@lru_cache(maxsize=4_096)
def academic_rank(text: str | None) -> int:
    """Place of an academic level: the school's, and whether it was left, goes on or was finished.

    Args:
        text: as a file or a person writes it, in Portuguese.

    Returns:
        0 or more, higher for more education; -1 for an unknown level.

    >>> academic_rank("Ensino Superior Completo") > academic_rank("Ensino Superior Cursando")
    True
    """
    school, done = _first(text, SCHOOLS), _first(text, DONE)
    return UNKNOWN if school == UNKNOWN else school + max(done, 0)


@lru_cache(maxsize=4_096)
def language_rank(text: str | None) -> int:
    """Place of a language level, 0 for none to 5 for fluent.

    Args:
        text: as a file or a person writes it, in Portuguese.

    Returns:
        0 to 5; -1 for an unknown level.

    >>> language_rank("Básico"), language_rank("Fluente")
    (1, 5)
    """
    return LANGUAGE.get(plain(text or "").strip(), UNKNOWN)


def _first(text: str | None, ladder: tuple[tuple[str, int], ...]) -> int:
    lower = plain(text or "")
    return next((place for word, place in ladder if word in lower), UNKNOWN)
