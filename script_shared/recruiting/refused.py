"""Names that no table and no feature may have: they hold later facts, or personal data."""

from collections.abc import Iterable

from script_shared.errors import InputError

_AFTERWARDS = "it is known only after the decision"
_HIRED = f"{_AFTERWARDS}: it is filled in for people who are hired"
_COMMENT = f"{_AFTERWARDS}: its length follows how far a candidate came, and it names people"
_COUNT = f"{_AFTERWARDS}: a vacancy collects candidates until it is filled"
_DELAY = f"{_AFTERWARDS}: the last update is of the decision"
_EMPLOYED = "it is filled in only for people who work for the company, which is the answer"
_PERSONAL = "it is personal data, which no model needs"
_UNFAIR = "no person may be ranked by it"

REFUSED: dict[str, str] = {
    **dict.fromkeys(("modalidade", "modality"), _HIRED),
    **dict.fromkeys(("comentario", "comment", "comment_length"), _COMMENT),
    **dict.fromkeys(("prospects", "n_prospects", "number_of_prospects", "numero_de_prospects"), _COUNT),
    **dict.fromkeys(("update_delay", "days_to_update", "dias_ate_atualizacao"), _DELAY),
    **dict.fromkeys(("cargo_atual", "current_position"), _EMPLOYED),
    **dict.fromkeys(("nome", "name", "email", "telefone", "phone", "cpf", "endereco", "address"), _PERSONAL),
    **dict.fromkeys(("data_nascimento", "birth_date", "linkedin", "facebook", "skype"), _PERSONAL),
    **dict.fromkeys(("sexo", "gender", "estado_civil", "marital_status", "pcd"), _UNFAIR),
}


def refuse_leaks(names: Iterable[str]) -> None:
    """Check the names of columns or features.

    Args:
        names: of columns or features; case and white space around them do not count.

    Raises:
        InputError: names the first one that is refused, and why.
    """
    for name in names:
        if reason := REFUSED.get(name.strip().lower()):
            raise InputError(f"{name!r} is refused: {reason}.", fix="Leave it out of tables and features.")
