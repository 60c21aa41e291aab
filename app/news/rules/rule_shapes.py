"""Models of requests about rules, and of their answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.http.question import Question
from app.news.event_shapes import Time
from app.news.shapes import Item
from app.news.text_fields import Id, Label, RequiredId, RequiredLabel
from app.routes.shapes import Moment
from script_shared.news.rules.rule import LAST_PLACE, STRENGTH, STRONGEST, By, Group, Kind, Rule
from script_shared.times import iso

RULE_ID = r"^[0-9a-f]{12}$"
Reason = Annotated[RequiredLabel, Field(description="Why, for colleagues and for the record of decisions.")]
State = Literal["active", "planned", "ended"]


class GroupBody(Question):
    by: By = Field(description="What the articles have in common; a source is the host of an article's address.")
    name: RequiredId = Field(description="The article id, section, tag or source.")

    def group(self) -> Group:
        """As rules have it."""
        return Group(self.by, self.name)


class RuleBody(Question):
    kind: Kind
    about: GroupBody
    start: Time | None = Field(None, description="Now on the release's clock when left out.")
    end: Time | None = Field(None, description="The rule ends by itself; required for pin, boost and embargo.")
    reason: Reason
    other: GroupBody | None = Field(None, description="Of keep_apart: what must not be beside it.")
    place: int = Field(0, ge=0, le=LAST_PLACE, description="Of a pin, from 1.")
    front: Label = Field("", description="Of a pin: the section whose front it is on; blank for the page.")
    strength: float = Field(
        STRENGTH,
        gt=1,
        le=STRONGEST,
        allow_inf_nan=False,
        description="Of boost and bury: an article at place 30 gets place 10 with a boost of 3.",
    )
    least: float | None = Field(None, ge=0, le=1, description="Of a quota: share of a list.")
    most: float | None = Field(None, ge=0, le=1, description="Of a quota: share of a list.")

    def rule(self, rule_id: str, now_ms: int) -> Rule:
        """The rule that it describes.

        Args:
            now_ms: when it starts if it does not say so.
        """
        return Rule(
            rule_id=rule_id,
            kind=self.kind,
            about=self.about.group(),
            start_ms=now_ms if self.start is None else self.start,
            end_ms=self.end,
            reason=self.reason,
            other=self.other.group() if self.other else None,
            place=self.place,
            front=self.front,
            strength=self.strength,
            least=self.least,
            most=self.most,
        )


class ChangedRuleBody(RuleBody):
    version: int = Field(ge=1, lt=2**31, description="Of the rule as you read it.")


class PreviewBody(RuleBody):
    user_id: Id = Field("", description="For whom; blank for a new user.")
    section: Label = Field("", description="The front of this section; the page when left out.")
    num_recs: int = Field(10, ge=1, le=100, description="Number of articles.")


class GroupAnswer(BaseModel):
    by: By
    name: str


class RuleAnswer(BaseModel):
    rule_id: str
    version: int
    state: State = Field(description="On the release's clock.")
    kind: Kind
    about: GroupAnswer
    other: GroupAnswer | None
    place: int
    front: str
    strength: float
    least: float | None
    most: float | None
    start: Moment
    end: Moment | None
    reason: str
    author: str
    changed_by: str
    changed: Moment = Field(description="On the wall clock.")


class RulesAnswer(BaseModel):
    now: Moment = Field(description="The release's clock, on which rules start and end.")
    rules: list[RuleAnswer]


class VersionAnswer(RuleAnswer):
    removed: bool = Field(description="The rule was removed with this version.")


class VersionsAnswer(BaseModel):
    versions: list[VersionAnswer] = Field(description="Oldest first.")


class CostAnswer(BaseModel):
    lists: int = Field(description="Lists for which it was estimated: of users of the last answers, and of new ones.")
    changed: int = Field(description="How many of them the rule changes.")
    with_rule: float = Field(description="Expected clicks per 1,000 lists.")
    without_rule: float
    cost: float = Field(description="Expected clicks per 1,000 lists that the rule costs; below 0 for a gain.")


class PreviewAnswer(BaseModel):
    before: list[Item]
    after: list[Item]
    conflict: str = Field(description="The rule that contradicts it; blank for none.")
    cost: CostAnswer


def rule_json(rule: Rule, now_ms: int) -> dict[str, Any]:
    """A rule in an answer.

    Args:
        rule: the rule.
        now_ms: on the release's clock, for its state.

    Returns:
        The fields of ``RuleAnswer``.
    """
    body = rule.body()
    return {
        **{name: value for name, value in body.items() if not name.endswith("_ms")},
        "rule_id": rule.rule_id,
        "version": rule.version,
        "state": rule.state(now_ms),
        "start": iso(rule.start_ms),
        "end": iso(rule.end_ms) if rule.end_ms is not None else None,
        "changed_by": rule.changed_by,
        "changed": iso(rule.changed_ms),
    }
