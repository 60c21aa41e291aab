"""Why a risk is as it is: the exact Shapley value (SHAP) of each factor, compared with a typical student.

The values of all factors sum to the student's chance of lagging minus that of the typical student, both of which
anybody can ask for. Phase, age, lag and ideal phase are one factor, because each of them alone says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import Float64s, FloatArray
from script_shared.students.explanation.coalitions import mixture_chances
from script_shared.students.explanation.shapley import shapley_values
from script_shared.students.features import FEATURES
from script_shared.students.risk_model import RiskModel

SMALLEST = 0.005  # changes below half a point are not worth a sentence
FACTOR_NAMES: dict[str, dict[str, str]] = {
    "position": {"en": "The distance between phase and age", "pt": "A distância entre a fase e a idade"},
    "learning": {"en": "Learning (IDA)", "pt": "A aprendizagem (IDA)"},
    "mathematics": {"en": "The mark in mathematics", "pt": "A nota de matemática"},
    "portuguese": {"en": "The mark in Portuguese", "pt": "A nota de português"},
    "english": {"en": "The mark in English", "pt": "A nota de inglês"},
    "engagement": {"en": "Engagement (IEG)", "pt": "O engajamento (IEG)"},
    "turning_point": {"en": "The turning point (IPV)", "pt": "O ponto de virada (IPV)"},
    "self_assessment": {"en": "Self-assessment (IAA)", "pt": "A autoavaliação (IAA)"},
    "psychosocial": {"en": "The psychosocial index (IPS)", "pt": "O indicador psicossocial (IPS)"},
    "psychopedagogical": {"en": "The psychopedagogical index (IPP)", "pt": "O indicador psicopedagógico (IPP)"},
}
VERBS = {"en": ("raises", "lowers"), "pt": ("aumenta", "reduz")}
SENTENCE = {
    "en": "{name} {verb} the risk by {points} {unit}{values}.",
    "pt": "{name} {verb} o risco em {points} {unit}{values}.",
}
UNITS = {"en": ("point", "points"), "pt": ("ponto", "pontos")}
VALUES = {"en": " ({value:.1f}, typical {typical:.1f})", "pt": " ({value:.1f}, típico {typical:.1f})"}


@dataclass(frozen=True)
class Reason:
    """One factor's part in a risk.

    Attributes:
        factor: its name.
        effect: its part in the difference to the chance of lagging of a typical student; above zero it raises the risk.
        value, typical: of a factor that is one feature; None for others.
    """

    factor: str
    effect: float
    value: float | None = None
    typical: float | None = None

    def sentence(self, language: str = "en") -> str:
        """The reason as a plain sentence, in ``en`` or ``pt``.

        Args:
            language: ``en`` or ``pt``.

        >>> Reason("engagement", 0.121, 4.2, 8.1).sentence()
        'Engagement (IEG) raises the risk by 12 points (4.2, typical 8.1).'
        >>> Reason("position", -0.008).sentence("pt")
        'A distância entre a fase e a idade reduz o risco em 1 ponto.'
        """
        known = self.value is not None and self.typical is not None
        values = VALUES[language].format(value=self.value, typical=self.typical) if known else ""
        name, points = FACTOR_NAMES[self.factor][language], max(round(abs(self.effect) * 100), 1)
        verb, unit = VERBS[language][self.effect < 0], UNITS[language][points > 1]
        text = SENTENCE[language].format(name=name, verb=verb, points=points, unit=unit, values=values)
        return text.replace(".", ",", text.count(".") - 1) if language == "pt" else text


def reasons(
    model: RiskModel, features: FloatArray, most: int = 3, *, effects: FloatArray | None = None
) -> list[Reason]:
    """The factors that change one student's chance of lagging most, strongest first.

    Args:
        model: the release's model.
        features: (features) of the student; a missing one has no part in it.
        most: how many at most.
        effects: what ``effects_of`` says, where it is known; else it is computed.
    """
    known = effects_of(model, features) if effects is None else effects
    found = [
        _reason(model, factor, columns, features, float(effect))
        for (factor, columns), effect in zip(factors_of(model).items(), known, strict=True)
        if abs(effect) >= SMALLEST
    ]
    return sorted(found, key=lambda reason: -abs(reason.effect))[:most]


def effects_of(model: RiskModel, features: FloatArray) -> Float64s:
    """float64 (factors): the Shapley value of each factor, in the order of ``factors_of``; takes milliseconds.

    Args:
        model: the model in service.
        features: float (features) of one student; nan counts as typical.
    """
    own, factors = np.where(np.isnan(features), model.typical, features), list(factors_of(model).values())
    unusual = [place for place, columns in enumerate(factors) if (own[columns] != model.typical[columns]).any()]
    found = np.zeros(len(factors))
    found[unusual] = shapley_values(mixture_chances(model, own, [factors[place] for place in unusual]))
    return found


def factors_of(model: RiskModel) -> Mapping[str, list[int]]:
    """Columns of the features of each factor.

    Args:
        model: the release's model.

    Returns:
        numbers of columns by the name of their factor, in the order in which the features first name it.
    """
    found: dict[str, list[int]] = {}
    for column, name in enumerate(model.features):
        found.setdefault(FEATURES[name].factor, []).append(column)
    return found


def _reason(model: RiskModel, factor: str, columns: list[int], features: FloatArray, effect: float) -> Reason:
    if len(columns) != 1:
        return Reason(factor, effect)
    column = columns[0]
    return Reason(factor, effect, float(features[column]), float(model.typical[column]))
