// Prints every question about a topic with its answers, page after page: node questions-hey-api.js ADDRESS TOPIC
//
// The client comes from the OpenAPI document: QUOTH=ADDRESS npx openapi-ts --file hey-api.config.mjs
import { createClient } from "./hey-api/client/index.js";
import { listQuestions, type Question } from "./hey-api/index.js";

// Small, so that the example turns pages; up to 100.
const PAGE_SIZE = 2;

async function* questionsAbout(topic: string, address: string): AsyncGenerator<Question> {
  const client = createClient({ baseUrl: address });
  let cursor: string | undefined;
  do {
    const { data, error } = await listQuestions({
      client,
      query: { topic: [topic], limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) },
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
