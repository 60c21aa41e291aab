"""Names in a release's folder."""

ENCODER = "encoder"
VECTORS = "vectors"
VACANCIES, CANDIDATES = "vacancies", "candidates"
APPLICATIONS = "applications"
VACANCY_RANKER = "ranker.txt"  # orders vacancies for a candidate
CANDIDATE_RANKER = "candidate_ranker.txt"  # orders candidates for a vacancy
INDEX = "index"
FACTS = "recruiting.json"
HELD_OUT = "held_out"  # the models that were measured: they have not seen the newest days
