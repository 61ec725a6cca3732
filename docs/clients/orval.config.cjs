// What orval makes of the OpenAPI document of a server: a client that uses fetch, in orval.ts.
const address = process.env.QUOTH ?? "http://127.0.0.1:8000";

module.exports = {
  quoth: {
    input: `${address}/openapi.json`,
    output: {
      target: "orval.ts",
      client: "fetch",
      baseUrl: address,
      // The same addresses have other forms too; without an Accept header they answer in these.
      override: { contentType: { include: ["application/json", "application/problem+json"] } },
    },
  },
};
