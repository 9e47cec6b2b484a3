// What the unit tests of the pages use of node:fs, for a browser: files come from where the tests do.

export function readFileSync(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.send();
  if (request.status !== 200) throw new Error(`${url}: status ${request.status}`);
  return request.responseText;
}
