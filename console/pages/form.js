// The source form as ISC draws it from sourceConfig, and next to it the resulting config.

import { html, useEffect, useMemo, useState } from "./vendor/preact.js";
import { run } from "./calls.js";
import { Loading, WithSpec } from "./parts.js";
import { useStore } from "./store.js";
import { go, href } from "./route.js";
import { Badge, Button, CloseButton, Code, Dialog, Empty, Field, Icon, Input, Notice, attempt, count, ms, toast, useAction } from "./ui.js";
import {
  basePage, configOf, keyOf, maskedConfig, menuOf, pathOf, problemsOf, readForm, reviewOf, reviewPage, setMember, visibleItems,
} from "./formmodel.js";
import { currentDraft, edit, editBase, flush, load, refresh, save, takeFile, touch, useDraft } from "./draft.js";
import { pretty, sentence } from "./values.js";
import { DocLink, Help } from "./help.js";
import { Item } from "./fields.js";

// Page is the page of the route "#/form/MENU?list=KEY&card=N&page=N&panel=closed".
export const Page = ({ route }) => html`<${WithSpec}>${(spec) => html`<${Draft} ...${{ spec, route }} />`}<//>`;

function Draft({ spec, route }) {
  const draft = useDraft();
  const form = useMemo(() => readForm(spec.spec, spec.secretItems), [spec]);
  const state = useStore((s) => s.state);
  useEffect(() => void load(form.scope), [form, state?.connector?.build]);
  useEffect(() => {
    const timer = setTimeout(refresh, 250);
    return () => clearTimeout(timer);
  }, [state]);
  if (draft.status === "failed") return html`<${Notice} tone="bad" title="The config cannot be read">${draft.error}<//>`;
  if (draft.status === "loading") return html`<${Loading} />`;
  return html`<${Form} ...${{ form, spec, draft, route }} />`;
}

function Form({ form, spec, draft, route }) {
  const { values } = draft;
  const [sought, setSought] = useState(null); // the path of the item to focus
  const problems = problemsOf(form.scope, values);
  const isClosed = route.params.panel === "closed";
  const showPanel = (panel) => go("form", route.path, { ...route.params, panel }, { replace: true });
  const at = route.path[0] ?? basePage;
  const params = isClosed ? { panel: "closed" } : {};
  const pages = [{ id: basePage, label: "Base Configuration" }, ...form.menus, { id: reviewPage, label: "Review and Test" }];
  const page = pages.find((p) => p.id === at);
  const context = {
    touch,
    problemsOf: (key) => (draft.touched.has(key) ? problems.filter((p) => keyOf(p.path) === key).map((p) => p.message) : []),
    card: route.params.list === undefined ? undefined : { list: route.params.list, index: route.params.card, page: route.params.page },
    openCard: (card, replace) => go("form", [at], card ? { ...params, list: card.list, card: card.index, page: card.page } : params, { replace }),
  };
  const find = (path) => {
    const menu = menuOf(form, path, values);
    if (!menu) return;
    touch(keyOf(path));
    go("form", [menu.id], { ...params, ...cardParams(form, path) });
    setSought(path);
  };
  useFocusOn(sought, () => setSought(null));
  return html`<div class="source ${isClosed ? "panel-closed" : ""}">
    <p class="preview"><${Badge} tone="info">Preview<//> Drawn from <code>sourceConfig</code> as SailPoint's public documentation describes it. Identity Security Cloud (ISC) may show it differently.
      ${isClosed && html`<${Button} kind="link" onClick=${() => showPanel("")}>Show the config<//>`}</p>
    <div class="isc source-form">
      <${Menus} ...${{ pages, at, params, spec }} />
      <div class="source-page">
        <h2>${page ? page.label : "No such page"}</h2>
        ${!page && html`<${Empty} title="The spec has no such menu"><p><a href=${href("form", [basePage], params)}>Open Base Configuration</a></p><//>`}
        ${at === basePage && html`<${Base} name=${spec.spec.name} base=${draft.base} />`}
        ${page?.sections && html`<${Menu} key=${at} ...${{ menu: page, form, values, context }} />`}
        ${at === reviewPage && html`<${Review} form=${form} values=${values} base=${baseRows(spec, draft.base)} problems=${problems} commands=${spec.commands} />`}
      </div>
    </div>
    ${!isClosed && html`<${Panel} ...${{ form, draft, problems, find, onClose: () => showPanel("closed") }} />`}
  </div>`;
}

function cardParams(form, path) {
  if (path.length < 3) return {};
  const item = form.scope.find((i) => i.key === path[0] && i.card);
  const page = item?.card.pages.findIndex((p) => p.items.some((i) => i.key === path[2])) ?? 0;
  return { list: path[0], card: path[1], page: Math.max(0, page) };
}

// useFocusOn focuses the item of a path, once it is drawn.
function useFocusOn(path, onDone) {
  useEffect(() => {
    if (!path) return undefined;
    const timer = setTimeout(() => {
      const wanted = JSON.stringify(path.length === 2 ? path.slice(0, 1) : path);
      const item = [...document.querySelectorAll("[data-path]")].find((e) => e.dataset.path === wanted);
      item?.querySelector("input, textarea, select, button")?.focus();
      item?.scrollIntoView({ block: "nearest" });
      onDone();
    }, 60);
    return () => clearTimeout(timer);
  }, [path]);
}

function Menus({ pages, at, params, spec }) {
  return html`<div class="source-side">
    <dl><dt>Source Name:</dt><dd>${spec.spec.name}</dd><dt>Source Type:</dt><dd>${spec.spec.name}</dd></dl>
    <nav class="source-menus" aria-label="Configuration"><ul>${pages.map((p) => html`<li key=${p.id}>
      <a href=${href("form", [p.id], params)} aria-current=${p.id === at ? "page" : undefined}>${p.label}</a></li>`)}</ul></nav>
  </div>`;
}

// Base stands for ISC's own fields of every source. They do not reach a connector.
function Base({ name, base }) {
  return html`<div class="source-items">
    <p class="item-note">ISC asks for this on every source. It never reaches the connector, and this page does not keep it.</p>
    <${Field} label="Source Name" required>${(control) => html`<input ...${control} type="text" readonly value=${name} />`}<//>
    ${baseItems.map(([key, label]) => html`<${Field} key=${key} label=${label}>${(control) => html`<${Input} ...${control} value=${base[key]} onText=${(text) => editBase(key, text)} />`}<//>`)}
  </div>`;
}

const baseItems = [["description", "Source Description"], ["owner", "Source Owner"], ["group", "Governance Group for Source Management"]];

const baseRows = (spec, base) => [["Source Name", spec.spec.name], ...baseItems.map(([key, label]) => [label, base[key]])];

function Menu({ menu, form, values, context }) {
  const visible = visibleItems(form.scope, values);
  const sections = menu.sections.map((s) => ({ ...s, items: s.items.filter((item) => item.fault || visible.has(item)) }));
  return html`<div class="source-items">
    ${sections.length === 0 && html`<p class="item-note">The spec has nothing in this menu.</p>`}
    ${sections.map((s, n) => html`<section key=${n}>
      ${s.title !== "" && html`<h3>${s.title}</h3>`}
      <${Help} text=${s.help} class="section-help" />
      <${DocLink} href=${s.docLink} label=${s.docLinkLabel} />
      ${s.items.map((item, i) => html`<${Item} key=${`${item.key} ${item.type} ${i}`} item=${item} values=${values} path=${[item.key]} context=${context} onChange=${(v) => edit(setMember(currentDraft().values, item.key, v))} />`)}
    </section>`)}
  </div>`;
}

function Panel({ form, draft, problems, find, onClose }) {
  const fileName = draft.file || "config.json";
  const write = async (overwrite) => {
    if (await attempt(async () => { await save(overwrite); return true; })) toast(`Saved to ${fileName}.`);
  };
  return html`<aside class="source-panel card" aria-labelledby="panel-title">
    <header><h2 id="panel-title">Config</h2><${CloseButton} label="Close the config" onClose=${onClose} /></header>
    <${Findings} ...${{ form, draft, problems, find }} />
    <${Code} label="The config that results, secrets masked">${pretty(maskedConfig(form.scope, configOf(form.scope, draft.values)))}<//>
    ${draft.check?.decoded && html`<details><summary>As the connector reads it</summary>
      <${Code} label="The config as the connector reads it">${pretty(draft.check.config)}<//></details>`}
    <footer>
      <span class="muted" role="status">${draft.error ? "" : draft.isSending ? "Sending…" : draft.isChanged ? `Not saved to ${fileName}.` : draft.file ? `Same as ${fileName}.` : ""}</span>
      <${Button} kind="primary" onClick=${() => write()}>Save to ${fileName}<//>
    </footer>
    ${draft.isEdited && html`<${Notice} tone="warn" title=${`${fileName} was edited meanwhile`} actions=${html`
      <${Button} onClick=${() => attempt(takeFile)}>Take its values<//><${Button} onClick=${() => write(true)}>Overwrite it<//>`}>The form has changes of its own. Keep one of the two.<//>`}
    ${draft.error && html`<${Notice} tone="bad" title="The last change was not accepted">${draft.error}<//>`}
  </aside>`;
}

// Findings are those of the connector's decoding and, for items without one, those of the form.
function Findings({ form, draft, problems, find }) {
  const { check } = draft;
  const found = (check?.findings ?? []).map((f) => ({ ...f, path: f.key ? pathOf(form.scope, f.key) : undefined }));
  const keys = new Set(found.map((f) => f.key));
  const own = problems.filter((p) => !keys.has(keyOf(p.path)));
  return html`<div class="source-findings" role="status">
    ${check?.decoded && found.length === 0 && html`<p><${Badge} tone="ok"><${Icon} name="check" />Accepted<//> The connector's decoding accepts this config.</p>`}
    ${check?.decoded && found.length > 0 && html`<p><${Badge} tone="bad">${count(found.length, "finding")}<//> from the connector's decoding:</p>`}
    ${check && !check.decoded && html`<p><${Badge}>Not decoded<//> ${sentence(check.why || "This connector cannot say how it reads the config.")}</p>`}
    ${draft.checkError !== "" && html`<p><${Badge} tone="bad">Not checked<//> ${draft.checkError}</p>`}
    ${found.length > 0 && html`<ul>${found.map((f, i) => html`<li key=${i} class=${f.severity === "warning" ? "warn" : "bad"}><${Finding} path=${f.path} label=${f.key} message=${f.message} find=${find} /></li>`)}</ul>`}
    ${own.length > 0 && html`<p><${Badge} tone="warn">${count(own.length, "finding")}<//> from the form:</p>
      <ul>${own.map((p, i) => html`<li key=${i} class="warn"><${Finding} path=${p.path} label=${keyOf(p.path)} message=${p.message} find=${find} /></li>`)}</ul>`}
  </div>`;
}

const Finding = ({ path, label, message, find }) => html`${path ? html`<${Button} kind="link" onClick=${() => find(path)}>${label}<//>` : label && html`<code>${label}</code>`} ${message}`;

const testCommand = "std:test-connection";

// Review lists the values of each menu. base has those of the source itself.
export function Review({ form, values, base, problems, commands }) {
  const [id, setId] = useState(0);
  const canTest = commands.some((c) => c.name === testCommand);
  const [test, isBusy, error, forget] = useAction(async () => {
    await flush();
    setId((await run(testCommand)).id);
  });
  const close = () => {
    setId(0);
    forget();
  };
  const buttons = html`<div class="review-buttons">
    <a class="button pill" href=${href("overview")}>Exit Configuration</a>
    <${Button} kind="pill primary" disabled=${!canTest} busy=${isBusy} onClick=${test}>Test Connection<//>
  </div>`;
  return html`<div class="review">
    ${buttons}
    ${!canTest && html`<${Notice} tone="warn" title="The connection cannot be tested">The spec does not list ${testCommand}.<//>`}
    ${problems.length > 0 && html`<${Notice} tone="warn" title=${count(problems.length, "item needs attention", "items need attention")}>
      ISC may not let an administrator get this far. The test uses the config as it is.<//>`}
    <${Group} label="Base Configuration" rows=${base} />
    ${reviewOf(form, values).map((menu) => html`<${Group} key=${menu.id} label=${menu.label} rows=${menu.rows} />`)}
    ${buttons}
    ${(id > 0 || error) && html`<${TestDialog} id=${id} error=${error} onClose=${close} />`}
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

// TestDialog waits for the call, and then shows the result in ISC's words.
function TestDialog({ id, error, onClose }) {
  const call = useStore((s) => s.calls.get(id));
  const end = error ? done.failed : done[call?.state];
  if (!end) return html`<${Dialog} title="Test Connection" onClose=${onClose}><p role="status">Testing the connection…</p><//>`;
  const actions = html`<${Button} kind="pill grey" onClick=${onClose}>Continue Editing<//><a class="button pill primary" href=${href("overview")}>Return to Source Page</a>`;
  return html`<${Dialog} key=${end.tone} title=${html`<${Icon} name=${end.tone === "ok" ? "check" : "warn"} /> ${end.title}`} tone=${end.tone} onClose=${onClose} actions=${actions}>
    <div class="stack">
      <p role="status">${end.text}</p>
      ${(error || call.error) && html`<p class="test-error">${error || call.error.message}</p>`}
      ${call && html`<p class="muted">It took ${ms(call.ms)}. <a href=${href("traffic", [call.id])}>Open the call</a></p>`}
    </div>
  <//>`;
}
