// What @hey-api/openapi-ts makes of the OpenAPI document of a server: a client that uses fetch, in hey-api/.
const address = process.env.QUOTH ?? "http://127.0.0.1:8000";

export default {
  input: `${address}/openapi.json`,
  // Node.js finds modules by their whole names.
  output: { path: "hey-api", module: { extension: ".js" } },
};
