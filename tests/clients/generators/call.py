"""Calls a running service through the generated Python client; run in the generators' environment."""

import json
import sys

from pauta_generated import Client
from pauta_generated.api.events import post_events
from pauta_generated.api.operations import get_info, get_ready
from pauta_generated.api.recommendations import get_recommendations
from pauta_generated.models import Event, Problem, Recommendations

client = Client(base_url=sys.argv[1])
answer = get_recommendations.sync(client=client, user_id="log0", num_recs=3)
assert isinstance(answer, Recommendations), answer
sent = post_events.sync(client=client, body=Event(event_id="generated-py", user_id="log0", page=answer.items[0].page))
wrong = get_recommendations.sync(client=client, num_recs=1000)
ready, info = get_ready.sync(client=client), get_info.sync(client=client)
print(
    json.dumps(
        {
            "items": len(answer.items),
            "accepted": sent.accepted,
            "problem": isinstance(wrong, Problem) and bool(wrong.detail),
            "release": ready.release,
            "name": info.name,
        }
    )
)
