// The addresses of the pages: the route is the fragment, so every state has a link.

import { useEffect, useState } from "./vendor/preact.js";
import { query, takeToken } from "./api.js";

// parse reads "#/results/3?sort=name": the page, the rest of the path, and the parameters.
function parse(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { page: parts[0] || "overview", path: parts.slice(1), params: Object.fromEntries(new URLSearchParams(search)) };
}

// href is the address of a page: href("results", [3], {sort: "name"}).
export const href = (page, path = [], params = {}) =>
  "#/" + [page, ...path].map((part) => encodeURIComponent(part)).join("/") + query(params);

// go opens a page; with replace it adds no step to the history.
export function go(page, path, params, { replace = false } = {}) {
  const to = href(page, path, params);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, "", to);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = to;
  }
}

// fromHere returns go for a pending answer: it does nothing if another page is open by then.
export function fromHere() {
  const here = location.hash;
  return (...to) => location.hash === here && go(...to);
}

export function useRoute() {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const changed = () => takeToken() ? location.reload() : setRoute(parse(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
