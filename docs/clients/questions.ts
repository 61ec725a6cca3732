// Prints every question about a topic with its answers, page after page: node questions.js ADDRESS TOPIC
//
// The types come from the OpenAPI document: npx openapi-typescript ADDRESS/openapi.json --output quoth.ts
import createClient from "openapi-fetch";
import type { components, paths } from "./quoth.js";

// Small, so that the example turns pages; up to 100.
const PAGE_SIZE = 2;

// The same addresses have other forms too; without an Accept header they answer in these.
type Json = "application/json" | "application/problem+json";
type Question = components["schemas"]["Question"];

async function* questionsAbout(topic: string, address: string): AsyncGenerator<Question> {
  const quoth = createClient<paths, Json>({ baseUrl: address });
  let cursor: string | undefined;
  do {
    const { data, error } = await quoth.GET("/v1/questions", {
      params: { query: { topic: [topic], limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } },
    });
    if (error) throw new Error(error.detail);
    yield* data.items;
    cursor = data.page.next ? new URL(data.page.next, address).searchParams.get("cursor")! : undefined;
  } while (cursor);
}

const [address, topic] = process.argv.slice(2) as [string, string];
try {
  for await (const question of questionsAbout(topic, address)) {
    console.log(`${question.id} ${question.asked_by?.display_name ?? "(not known)"}: ${question.text}`);
    for (const answer of question.answers) {
      console.log(`  ${answer.id} ${answer.speaker?.display_name ?? "(not known)"}: ${answer.text}`);
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
