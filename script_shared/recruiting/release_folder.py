"""Names in a release's folder."""

CARD = "model_card.json"
CANDIDATES, VACANCIES = "candidates.jsonl", "vacancies.jsonl"  # what the API shows; without CVs
