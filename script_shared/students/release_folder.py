"""Names in a release's folder."""

HELD_OUT = "held_out"  # the model that was measured: it has not seen the last pair of years
CARD = "model_card.json"
STORE = "students"
