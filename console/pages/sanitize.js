// Help texts of a spec may contain HTML. They are drawn through an allow-list: text, a few elements
// without attributes, and links to the web. Other elements are reduced to their text, except those
// whose text is not for readers. No HTML of a spec reaches the document as HTML: the result is a
// tree from which the page makes elements.

const allowed = new Set(["p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "code", "a"]);

const dropped = new Set([
  "script", "style", "template", "noscript", "iframe", "frame", "frameset", "noframes", "object", "embed", "applet", "svg", "math",
  "title", "head", "textarea", "select", "option", "button", "input", "form", "audio", "video", "canvas", "xmp", "plaintext", "noembed", "base", "link", "meta",
]);

const textNode = 3;
const elementNode = 1;
const htmlNamespace = "http://www.w3.org/1999/xhtml";

const maxDepth = 40;

// webLink returns the address of a link, or undefined unless it is absolute with http or https.
export function webLink(href) {
  const text = typeof href === "string" ? href.trim() : "";
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

// parts returns the drawable part of a node's children: texts, and {tag, href, children}.
export function parts(node, depth = 0) {
  return [...node.childNodes].flatMap((child) => {
    if (child.nodeType === textNode) return [child.data];
    if (child.nodeType !== elementNode || depth > maxDepth) return [];
    return element(child, depth);
  });
}

function element(node, depth) {
  const tag = node.namespaceURI === htmlNamespace ? node.localName : "svg";
  if (dropped.has(tag)) return [];
  const children = parts(node, depth + 1);
  if (!allowed.has(tag)) return children;
  if (tag !== "a") return [{ tag, children }];
  const href = webLink(node.getAttribute("href"));
  return href ? [{ tag, href, children }] : children;
}

// withoutViolations removes styles and event handlers; otherwise the browser reports them as violations
// of the page's policy while parsing. It is not for safety: parts is.
export function withoutViolations(text) {
  return text.replace(/<(?:[^>"']|"[^"]*"|'[^']*')*>/g, (tag) => {
    if (/^<base\b/i.test(tag)) return "";
    return tag.replace(/^<(\/?)style\b/i, "<$1template").replace(/([\s"'/])(style|on[a-z]+)(?=[\s=/>])/gi, "$1data-$2");
  });
}

// helpParts parses a help text. Parsing runs and loads nothing.
export function helpParts(text) {
  return parts(new DOMParser().parseFromString(withoutViolations(text), "text/html").body);
}
