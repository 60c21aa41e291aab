"""What news counts, for Prometheus.

================================================  =========  =========================================================
metric                                            kind       what it says
================================================  =========  =========================================================
pauta_recommendations_total                       counter    lists answered by segment, source and release
pauta_recommendation_duration_seconds             histogram  time the list took, by segment, source and release
pauta_recommendation_empty_total                  counter    lists with no item at all, by segment
pauta_recommendation_short_total                  counter    lists with fewer items than asked, by segment
pauta_recommended_items_total                     counter    items of lists, by what made them candidates
pauta_candidates_total                            counter    articles that were ranked for a list, by source
pauta_degraded_answers_total                      counter    lists answered without a part, by part
pauta_events_total                                counter    events taken in by kind and result (new, duplicate)
pauta_events_refused_total                        counter    events refused, by reason
pauta_event_log_up                                gauge      1 when the event log could be read and written
pauta_event_log_position                          gauge      number of the last entry known to this process
pauta_event_log_lag_entries                       gauge      entries of the log that this process does not know yet
pauta_event_log_lag_seconds                       gauge      time since the log was last read to its end
pauta_event_log_pending_entries                   gauge      entries that wait to be written
pauta_served_dropped_total                        counter    served answers that the log did not keep up with
pauta_live_state_bytes                            gauge      memory of the live state
pauta_live_state_articles                         gauge      articles in the live state
pauta_live_state_readers                          gauge      users in the live state
pauta_live_judged_clicks_total                    counter    clicks credited to an answer, by its segment and source
pauta_live_hits_total                             counter    of those, in the first 10 (by: served, popularity_1h)
pauta_live_item_hits_total                        counter    clicks in the first 10, by segment and the item's source
pauta_experiment_answers_total                    counter    answers by experiment, variant and result (served,
                                                             fallback)
pauta_experiment_clicks_total                     counter    clicks by experiment, variant and result (hit, miss)
================================================  =========  =========================================================

A test compares this table with what ``/metrics`` exports.
"""

from app.experiments.experiment_metrics import ExperimentMetrics
from app.metrics.own_metrics import Across, OwnMetrics
from app.news.metrics.answer_metrics import AnswerMetrics
from app.news.metrics.live_metrics import LiveMetrics

ACROSS: dict[str, Across] = {
    "pauta_event_log_up": min,
    "pauta_event_log_position": min,
    "pauta_event_log_pending_entries": sum,
}


class NewsMetrics:
    """The metrics of news in one process.

    Attributes:
        answers: of lists.
        experiments: of variants.
        live: of events, the log and the live state.
    """

    def __init__(self, own: OwnMetrics) -> None:
        self.answers, self.experiments = AnswerMetrics(own.registry), ExperimentMetrics(own.registry)
        self.live = LiveMetrics(own.registry, self.experiments)
        own.leaving.append(self.answers.remove_release)
        own.across.update(ACROSS)
