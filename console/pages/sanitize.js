// Help texts of a spec hold HTML. What is drawn of it goes through an allow-list: its text and
// a few elements without attributes, and links to the web. Everything else leaves its text,
// except elements whose text is not for readers. No HTML of a spec reaches the document as
// HTML: the result is a tree of which the page makes elements.

const allowed = new Set(["p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "code", "a"]);

const dropped = new Set([
  "script", "style", "template", "noscript", "iframe", "frame", "frameset", "noframes", "object", "embed", "applet", "svg", "math",
  "title", "head", "textarea", "select", "option", "button", "input", "form", "audio", "video", "canvas", "xmp", "plaintext", "noembed", "base", "link", "meta",
]);

const textNode = 3;
const elementNode = 1;
const htmlNamespace = "http://www.w3.org/1999/xhtml";

const maxDepth = 40;

// webLink returns the address of a link, undefined unless it is an absolute one of http or
// https.
export function webLink(href) {
  const text = typeof href === "string" ? href.trim() : "";
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

// parts returns what of a node's children may be drawn: texts, and {tag, href, children}.
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

// withoutStyles takes out the styles, which the browser would otherwise report as refused by the
// page's policy while it parses. It makes nothing safe: that is what parts does.
export function withoutStyles(text) {
  return text.replace(/<(?:[^>"']|"[^"]*"|'[^']*')*>/g, (tag) => {
    if (/^<base\b/i.test(tag)) return "";
    return tag.replace(/^<(\/?)style\b/i, "<$1template").replace(/([\s"'/])style(?=[\s=/>])/gi, "$1data-style");
  });
}

// helpParts parses a help text. Parsing runs and loads nothing.
export function helpParts(text) {
  return parts(new DOMParser().parseFromString(withoutStyles(text), "text/html").body);
}
