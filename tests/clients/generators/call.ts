// Calls a running service through the generated types; compiled with --strict.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Item = components["schemas"]["Item"];

async function main(url: string): Promise<void> {
  const api = createClient<paths>({ baseUrl: url });

  const list = await api.GET("/recommendations", { params: { query: { user_id: "log0", num_recs: 3 } } });
  if (list.error) throw new Error(list.error.detail);
  const items: Item[] = list.data.items;
  const first: string = items[0].page;

  const event = { event_id: "generated-ts", user_id: "log0", page: first };
  const sent = await api.POST("/events", { body: event });
  if (sent.error) throw new Error(sent.error.detail);

  const wrong = await api.GET("/recommendations", { params: { query: { num_recs: 1000 } } });
  const problem: string = wrong.error ? wrong.error.detail : "";

  const ready = await api.GET("/ready");
  const info = await api.GET("/info");
  const model = await api.GET("/model");
  console.log(JSON.stringify({
    items: items.length, accepted: sent.data.accepted, problem: problem.length > 0,
    release: ready.data?.release, name: info.data?.name, model: model.data !== undefined,
  }));
}

await main(process.argv[2]);
