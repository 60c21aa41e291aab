"""Names of the features of a candidate and a vacancy on a day; nothing heavy is imported for them."""

from script_shared.recruiting.features.vacancy_side import NAMES as VACANCY_NUMBERS

AGE = ("age_days", "age_rank")
PAST = tuple(
    f"{space}_{kind}" for space in ("learnt", "title", "text", "learnt_title") for kind in ("last", "max", "mean")
)
RANKS = ("learnt_rank", "title_rank", "shared_rank", "recent_rank")
OWN = ("cv_learnt", "cv_title", "cv_text")
SAME = ("same_title", "same_city", "same_state", "same_client", "same_contract", "same_area")
GAPS = ("level_gap", "academic_gap", "english_gap", "spanish_gap")
FIT = ("level_fit", "academic_fit", "english_fit", "spanish_fit")
COMPANY = ("applicants_learnt", "applicants_shared", "shared_share")
BITS = 10  # of contract types and of areas, each a column of its own
NEED = (
    *("need_level", "need_academic", "need_english", "need_spanish", "title_words", "text_words", "age_workdays"),
    *(f"contract_{bit}" for bit in range(BITS)),
    *(f"area_{bit}" for bit in range(BITS)),
)
FRESH = ("fresh_learnt_rank", "fresh_title_rank", "age_by_learnt")
TIMES = ("past_vacancies", "days_since_last", "asked_after_last", "last_refused", "best_known_grade", "good_learnt")
NAMES = (*AGE, *VACANCY_NUMBERS, *PAST, *RANKS, *OWN, *SAME, *GAPS, *FIT, *COMPANY, *NEED, *FRESH, *TIMES)
