"""Which cluster each user is in, as a release has it."""

from script_shared.news.model import NewsModel
from script_shared.news.recommenders.grouped import GroupRecommender
from script_shared.news.state.reader_clusters import Assignment, nobody


def assignment_of(model: NewsModel) -> Assignment:
    """The cluster of a user id as a release has it, -1 for users it does not know or could not put in any.

    Args:
        model: the release; without a recommender by clusters, no user has one.
    """
    grouped = next((found for found in model.recommenders.values() if isinstance(found, GroupRecommender)), None)
    if grouped is None:
        return nobody
    ids, group = model.readers.ids, grouped.clusters.group

    def cluster(user: str) -> int:
        row = ids.row(user)
        return int(group[row]) if row >= 0 else -1

    return cluster
