// Parts of the spec and of calls that several pages show.

import { html } from "./vendor/preact.js";
import { del, get } from "./api.js";
import { replay } from "./calls.js";
import { fromHere, href } from "./route.js";
import { addCalls, useStore } from "./store.js";
import { Badge, Button, Empty, Icon, Notice, attempt, useAction, useLoaded } from "./ui.js";

export const Loading = ({ children = "Loading…" }) => html`<p class="muted" role="status">${children}</p>`;

export function SpecError() {
  const error = useStore((s) => s.specError);
  return error && html`<${Notice} tone="bad" title="The spec cannot be read" actions=${html`<a class="button" href=${href("problems")}>Open Problems</a>`}>${error}<//>`;
}

// WithSpec draws its children with the spec once it is loaded.
export function WithSpec({ children }) {
  const spec = useStore((s) => s.spec);
  const error = useStore((s) => s.specError);
  if (spec) return children(spec);
  return error ? html`<${SpecError} />` : html`<${Loading} />`;
}

// useCall returns a call, requesting it if it is not known, and why there is none.
export function useCall(id) {
  const call = useStore((s) => s.calls.get(id));
  const { error } = useLoaded(async () => call || addCalls([await get(`/api/calls/${id}`)]), [id]);
  return [call, call ? "" : error];
}

export const NotRecorded = ({ problem, children }) => problem && html`<${Empty} title="This call is not recorded"><p>${problem}</p>${children}<//>`;

const tones = { running: "info", done: "ok", failed: "bad", cancelled: "warn" };

export const CallState = ({ call }) => html`<${Badge} tone=${tones[call.state]}>${call.state}<//>`;

export const CallNotices = ({ call, actions }) => html`
  ${call.error && html`<${Notice} tone="bad" title=${call.error.type} actions=${actions}><pre>${call.error.message}</pre><//>`}
  ${call.cut && html`<${Notice} tone="warn" title="Lines are missing">The recording reached its limit. Counts and times are of the whole answer.<//>`}`;

export const CancelButton = ({ call }) => call.state === "running" && html`<${Button} kind="danger" onClick=${() => attempt(() => del(`/api/calls/${call.id}`))}><${Icon} name="stop" />Cancel<//>`;

// ReplayButton repeats a call and opens the new one on a page.
export function ReplayButton({ call, page, children }) {
  const [again, busy] = useAction(() => attempt(async () => fromHere()(page, [(await replay(call.id)).id])));
  const isWhole = call.replayable !== false;
  return html`<${Button} busy=${busy} off=${!isWhole && "The recording does not hold the secrets of the input. Run the command again from Commands."} onClick=${again} title="The same input with the current config"><${Icon} name="again" />${children}<//>`;
}
