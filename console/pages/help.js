// Help texts and their links.

import { h, html } from "./vendor/preact.js";
import { helpParts, webLink } from "./sanitize.js";

// ExternalLink opens another site in a new tab, which learns nothing about this page.
const ExternalLink = ({ href, children }) =>
  html`<a href=${href} target="_blank" rel="noopener noreferrer">${children}<span class="hidden"> (opens a new tab)</span></a>`;

const drawn = (part) => {
  if (typeof part === "string") return part;
  const children = part.children.map(drawn);
  return part.tag === "a" ? html`<${ExternalLink} href=${part.href}>${children}<//>` : h(part.tag, null, part.tag === "br" ? null : children);
};

// Help draws a text that may contain HTML.
export const Help = ({ text, id, class: name = "help" }) => text ? html`<div class=${name} id=${id}>${helpParts(text).map(drawn)}</div>` : null;

// DocLink draws the documentation link of a section or option.
export function DocLink({ href, label }) {
  const to = webLink(href);
  return to ? html`<p class="doc-link"><${ExternalLink} href=${to}>${label || to}<//></p>` : null;
}
