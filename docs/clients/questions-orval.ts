// Prints every question about a topic with its answers, page after page: node questions-orval.js TOPIC
//
// The client comes from the OpenAPI document: QUOTH=ADDRESS npx orval --config orval.config.cjs
import { listQuestions, type Question } from "./orval.js";

// Small, so that the example turns pages; up to 100.
const PAGE_SIZE = 2;

async function* questionsAbout(topic: string): AsyncGenerator<Question> {
  let cursor: string | undefined;
  do {
    const answer = await listQuestions({ topic: [topic], limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) });
    // Only who asks for a change alone, with If-None-Match, is answered 304.
    if (answer.status === 304) throw new Error("Nothing has changed.");
    if (answer.status !== 200) throw new Error(answer.data.detail);
    yield* answer.data.items;
    const { next } = answer.data.page;
    cursor = next ? new URL(next, "http://localhost").searchParams.get("cursor")! : undefined;
  } while (cursor);
}

const [topic] = process.argv.slice(2) as [string];
try {
  for await (const question of questionsAbout(topic)) {
    console.log(`${question.id} ${question.asked_by?.display_name ?? "(not known)"}: ${question.text}`);
    for (const answer of question.answers) {
      console.log(`  ${answer.id} ${answer.speaker?.display_name ?? "(not known)"}: ${answer.text}`);
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
