// Review and Test: what was filled in, and the test of the connection.

import { html, useState } from "./vendor/preact.js";
import { post } from "./api.js";
import { addCalls, useStore } from "./store.js";
import { href } from "./route.js";
import { Dialog, Icon, Notice, ms } from "./ui.js";
import { reviewOf } from "./formmodel.js";
import { flush } from "./draft.js";

const testCommand = "std:test-connection";

// Review lists the values of each menu. base has those of the source itself.
export function Review({ form, values, base, problems, commands }) {
  const [test, setTest] = useState(null);
  const canTest = commands.some((c) => c.name === testCommand);
  const isBusy = test !== null && !test.id && !test.error;
  const run = async () => {
    setTest({});
    try {
      await flush();
      const call = await post("/api/calls", { command: testCommand, input: {} });
      addCalls([call]);
      setTest({ id: call.id });
    } catch (err) {
      setTest({ error: err.message });
    }
  };
  const buttons = html`<div class="review-buttons">
    <a class="pill" href=${href("overview")}>Exit Configuration</a>
    <button type="button" class="pill primary" disabled=${!canTest || isBusy} onClick=${run}>Test Connection</button>
  </div>`;
  return html`<div class="review">
    ${buttons}
    ${!canTest && html`<${Notice} tone="warn" title="The connection cannot be tested">The spec does not list ${testCommand}.<//>`}
    ${problems.length > 0 && html`<${Notice} tone="warn" title=${problems.length === 1 ? "One item needs attention" : `${problems.length} items need attention`}>
      ISC may not let an administrator get this far. The test uses the config as it is.<//>`}
    <${Group} label="Base Configuration" rows=${base} />
    ${reviewOf(form, values).map((menu) => html`<${Group} key=${menu.id} label=${menu.label} rows=${menu.rows} />`)}
    ${buttons}
    ${test && (test.id || test.error) && html`<${TestDialog} test=${test} onClose=${() => setTest(null)} />`}
  </div>`;
}

const Group = ({ label, rows }) => html`<section><h3>${label}</h3>
  ${rows.length === 0 ? html`<p class="item-note">With the current values, nothing on this page is shown.</p>`
    : html`<dl>${rows.map(([name, text], i) => html`<div key=${i}><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`}
</section>`;

const done = {
  done: { tone: "ok", title: "Test Success!", text: "Test Connection was successful." },
  failed: { tone: "bad", title: "Test Failed", text: "Test Connection failed." },
  cancelled: { tone: "bad", title: "Test Cancelled", text: "Test Connection was cancelled." },
};

// TestDialog waits for the call, and then says how it ended in the words of ISC.
function TestDialog({ test, onClose }) {
  const call = useStore((s) => s.calls.get(test.id));
  const end = test.error ? done.failed : done[call?.state];
  if (!end) return html`<${Dialog} title="Test Connection" onClose=${onClose}><p role="status">Testing the connection…</p><//>`;
  const actions = html`<button type="button" class="pill grey" onClick=${onClose}>Continue Editing</button><a class="pill primary" href=${href("overview")}>Return to Source Page</a>`;
  return html`<${Dialog} key=${end.tone} title=${html`<${Icon} name=${end.tone === "ok" ? "check" : "warn"} /> ${end.title}`} tone=${end.tone} onClose=${onClose} actions=${actions}>
    <div class="stack">
      <p role="status">${end.text}</p>
      ${(test.error || call.error) && html`<p class="test-error">${test.error ?? call.error.message}</p>`}
      ${call && html`<p class="muted">It took ${ms(call.ms)}. <a href=${href("traffic", [call.id])}>Open the call</a></p>`}
    </div>
  <//>`;
}
