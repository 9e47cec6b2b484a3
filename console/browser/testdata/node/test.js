// The part of node:test that the pages' unit tests use, for a browser: it runs the tests one after
// another and keeps their results.

const waiting = [];
globalThis.results = [];

export default function test(name, run) {
  waiting.push({ name, run });
}

// finish runs the tests and returns [{name, error}], where the error of a test that passes is empty.
globalThis.finish = async () => {
  for (const { name, run } of waiting.splice(0)) {
    let error = "";
    try {
      await run();
    } catch (err) {
      error = String(err?.stack ?? err);
    }
    results.push({ name, error });
  }
  return results;
};
