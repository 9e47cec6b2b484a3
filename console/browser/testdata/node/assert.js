// The part of node:assert/strict that the pages' unit tests use, for a browser.

function isSame(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map || a instanceof Set) return isSame([...a], [...b]);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && a.length === b.length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

const shown = (v) => JSON.stringify(v, (_, x) => (x === undefined ? "undefined" : x instanceof Map || x instanceof Set ? [...x] : x));

function check(isTrue, message, otherwise) {
  if (!isTrue) throw new Error(message ? `${message}: ${otherwise}` : otherwise);
}

// isExpected reports whether an error has a class, or equals another error.
const isExpected = (err, expected) =>
  typeof expected === "function" ? err instanceof expected : err.message === expected.message && isSame(err, expected);

export default {
  ok: (v, message) => check(v, message, `${shown(v)} is not true`),
  equal: (got, want, message) => check(Object.is(got, want), message, `got ${shown(got)}, want ${shown(want)}`),
  notEqual: (got, other, message) => check(!Object.is(got, other), message, `got ${shown(got)}`),
  deepEqual: (got, want, message) => check(isSame(got, want), message, `got ${shown(got)}, want ${shown(want)}`),
  match: (got, pattern, message) => check(pattern.test(got), message, `${shown(got)} does not match ${pattern}`),
  rejects: async (promise, expected, message) => {
    try {
      await promise;
    } catch (caught) {
      return check(isExpected(caught, expected), message, `rejected with ${caught}`);
    }
    return check(false, message, "not rejected");
  },
};
