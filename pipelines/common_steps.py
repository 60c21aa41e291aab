"""The last steps of a training, which every use case has."""

from pipelines.use_case import Step

PROMOTE = Step("promote", "pipelines.publishing:promote", about="puts it into service")
TRACK = Step(
    "track",
    "pipelines.tracking.step:track",
    always=True,
    about="records the run in MLflow, if there is one, even if it failed or was refused; this step never fails",
)


def publish_step(action: str) -> Step:
    """The step that publishes the trained model.

    Args:
        action: as ``module:function``.
    """
    return Step("publish", action, about="adds the candidate to the releases")
