"""An experiment: its variants, their shares, and the limits at which a variant is stopped."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from script_shared.errors import InputError

NAME = "^[a-z0-9][a-z0-9_-]{0,31}$"
MOST_VARIANTS = 8
MOST_RELEASES = 2  # besides the one in service: each takes the memory of a release
Way = Literal["split", "interleaving", "shadow"]
Name = Annotated[str, Field(pattern=NAME)]
VARIANTS = {"split": (2, MOST_VARIANTS), "interleaving": (2, 2), "shadow": (1, 1)}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variant(_Shape):
    """One way to serve a use case. Without any change it is what everybody else gets."""

    name: Name
    share: float = Field(0.0, ge=0, le=1, description="Share of the users who get it; only in a split.")
    release: str = Field(
        "", max_length=128, pattern=r"^[^\x00]*$", description="Version of a release; the one in service when empty."
    )
    params: dict[str, JsonValue] = Field(
        default_factory=dict,
        max_length=50,
        description="Params of serving that differ, such as `explore_slots`.",
    )
    ranker: bool = Field(True, description="Whether the release's ranker orders the candidates.")
    rules: bool = Field(True, description="Whether the editors' rules apply; take-downs and embargoes always do.")
    stopped: bool = Field(False, description="Whether it was stopped while others go on; then it has no share.")

    @property
    def changes(self) -> bool:
        """Whether it differs from what everybody else gets."""
        return bool(self.release or self.params or not self.ranker or not self.rules)


class Limits(_Shape):
    """When the analysis stops a variant by itself."""

    loss: float = Field(0.1, gt=0, le=1, description="Loss of the metric, as a share of the first variant's.")
    fallback: float = Field(0.05, gt=0, le=1, description="Share of answers that the release in service had to give.")
    slower: float = Field(3.0, gt=1, description="Of a split: factor on the first variant's mean time for a list.")
    milliseconds: float = Field(
        50.0, gt=0, description="Of interleaving and shadows: mean time of the merged, or the shadow's, list."
    )
    answers: int = Field(500, ge=1, description="Answers of a variant before fallback and time are judged.")


class Experiment(_Shape):
    """An experiment as a person writes it; the first variant is the one that the others are compared with."""

    name: Name
    use_case: str = Field("news", max_length=64, pattern=r"^[a-z][a-z0-9_]*$")
    way: Way = Field(
        "split",
        description="`split`: each user gets one variant. `interleaving`: each user gets a list of both. `shadow`: "
        "the variant makes lists that nobody gets.",
    )
    share: float = Field(
        1.0, gt=0, le=1, description="Share of the users (interleaving) or requests (shadow) that take part."
    )
    variants: list[Variant] = Field(max_length=MOST_VARIANTS)
    metric: Literal["clicks_per_answer", "hit_rate"] = Field(
        "clicks_per_answer", description="What decides; the other one is reported as well."
    )
    about: str = Field("", max_length=1000, pattern=r"^[^\x00]*$", description="What it is to find out.")
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _check(self) -> "Experiment":
        least, most = VARIANTS[self.way]
        names = [variant.name for variant in self.variants]
        if not least <= len(names) <= most:
            raise ValueError(f"the way {self.way} needs {least} to {most} variants")
        if repeated := [name for name, count in Counter(names).items() if count > 1]:
            raise ValueError(f"two variants have the name {repeated[0]}")
        shares = [variant.share for variant in self.variants]
        if self.way != "split" and any(shares):
            raise ValueError(f"with the way {self.way}, share belongs to the experiment, not to a variant")
        if self.way == "split" and sum(shares) > 1 + 1e-9:
            raise ValueError("the shares of the variants add up to more than 1")
        if any(variant.stopped and variant.share for variant in self.variants):
            raise ValueError("a variant that was stopped has no share")
        if self.way == "split" and self.share != 1.0:
            raise ValueError("with the way split, share belongs to each variant")
        if len(self.releases) > MOST_RELEASES:
            raise ValueError(f"at most {MOST_RELEASES} releases besides the one in service are kept in memory")
        return self

    @property
    def releases(self) -> frozenset[str]:
        """The releases that it needs besides the one in service."""
        return frozenset(variant.release for variant in self.variants if variant.release)

    @property
    def shares(self) -> dict[str, float]:
        """The share of each variant of a split; the share of all, under the empty name, for the other ways."""
        if self.way == "split":
            return {variant.name: variant.share for variant in self.variants}
        return {"": self.share}

    def variant(self, name: str) -> Variant | None:
        """The variant of a name, None without one."""
        return next((variant for variant in self.variants if variant.name == name), None)

    def without(self, names: Iterable[str]) -> "Experiment":
        """The same experiment with these variants of a split stopped, in which case they have no share."""
        ended = set(names)
        found = self.model_dump()
        for variant in found["variants"]:
            if variant["name"] in ended:
                variant.update(stopped=True, share=0.0)
        return experiment_of(found)

    def with_shares(self, shares: Mapping[str, float]) -> "Experiment":
        """The same experiment with other shares; variants that are left out keep theirs.

        Raises:
            InputError: there is no such variant, or the shares are invalid.
        """
        if unknown := sorted(set(shares) - set(self.shares)):
            raise InputError(f"there is no variant {unknown[0]!r}.", fix=f"Use one of: {', '.join(self.shares)}.")
        found = self.model_dump()
        if self.way == "split":
            for variant in found["variants"]:
                variant["share"] = shares.get(variant["name"], variant["share"])
        else:
            found["share"] = shares.get("", self.share)
        return experiment_of(found)


def experiment_of(content: Any) -> Experiment:
    """An experiment from plain values.

    Args:
        content: of JSON or TOML.

    Raises:
        InputError: it is invalid; the message names the field.
    """
    try:
        return Experiment.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        text = first["msg"].removeprefix("Value error, ")
        raise InputError(f"the experiment is invalid: {where + ': ' if where else ''}{text}.") from None
