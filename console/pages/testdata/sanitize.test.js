import test from "node:test";
import assert from "node:assert/strict";
import { parts, webLink, withoutViolations } from "../sanitize.js";

// The browser's parser is tested in a browser; here a tree stands for its result.
const xhtml = "http://www.w3.org/1999/xhtml";
const el = (localName, attributes, ...childNodes) => ({
  nodeType: 1, localName, namespaceURI: attributes.ns ?? xhtml, getAttribute: (name) => attributes[name] ?? null,
  childNodes: childNodes.map((c) => (typeof c === "string" ? { nodeType: 3, data: c } : c)),
});
const read = (...children) => parts(el("body", {}, ...children));

test("what is allowed stays, without attributes", () => {
  assert.deepEqual(read("a ", el("b", { onclick: "x()", style: "x" }, "bold"), el("ul", {}, el("li", {}, "one"))), [
    "a ", { tag: "b", children: ["bold"] }, { tag: "ul", children: [{ tag: "li", children: ["one"] }] },
  ]);
});

test("what is not leaves its text, unless that is not for readers", () => {
  assert.deepEqual(read(el("div", {}, el("h1", {}, "Title"), el("img", { src: "x", onerror: "x()" }))), ["Title"]);
  for (const tag of ["script", "style", "iframe", "textarea", "form", "svg", "math", "object", "template", "noscript"]) assert.deepEqual(read(el(tag, {}, "x()")), [], tag);
  assert.deepEqual(read(el("a", { ns: "http://www.w3.org/2000/svg", href: "https://example.com" }, "x")), []);
  assert.deepEqual(read({ nodeType: 8, data: "comment", childNodes: [] }), []);
});

test("links lead to the web alone", () => {
  assert.deepEqual(read(el("a", { href: " HTTPS://Example.com/a?b#c ", target: "_top", onclick: "x()" }, "x")), [{ tag: "a", href: "https://example.com/a?b#c", children: ["x"] }]);
  for (const href of ["javascript:x()", "JavaScript:x()", " java\nscript:x()", "data:text/html,x", "vbscript:x", "//example.com", "/path", "#hash", "file:///etc", "https:", "http://", "blob:https://example.com/x", null, 5]) {
    assert.equal(webLink(href), undefined, String(href));
    assert.deepEqual(read(el("a", { href }, "x")), ["x"]);
  }
});

test("depth has an end", () => {
  let node = el("b", {}, "deep");
  for (let i = 0; i < 5000; i++) node = el("b", {}, node);
  assert.ok(!JSON.stringify(read(node)).includes("deep"));
});

test("styles and event handlers are out before the text is parsed", () => {
  assert.equal(withoutViolations('a style="b" <p class="c"style = "d"\tSTYLE=e>f</p><style x>g</style><base href=h>'), 'a style="b" <p class="c"data-style = "d"\tdata-STYLE=e>f</p><template x>g</template>');
  assert.equal(withoutViolations(`<p title=">" style="x">f</p><p title='a>b' style='c'>`), `<p title=">" data-style="x">f</p><p title='a>b' data-style='c'>`);
  assert.equal(withoutViolations('on="a" <img src=x onerror="b"onLoad=c><svg/onload=d>'), 'on="a" <img src=x data-onerror="b"data-onLoad=c><svg/data-onload=d>');
  assert.equal(withoutViolations("<p style>x<p style/>y"), "<p data-style>x<p data-style/>y");
});
