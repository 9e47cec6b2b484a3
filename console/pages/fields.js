// The controls of the source form, one for each item type, as ISC draws them.

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { Notice, classes, useId } from "./ui.js";
import { DocLink, Help } from "./help.js";
import { elementsOf, isHandle, keyOf, member, rowsOf, setMember, textsOf, valueOf } from "./formmodel.js";
import { typingText } from "./draft.js";
import { CardList } from "./cards.js";

export const Bin = () => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.6 7v4M9.4 7v4" /></svg>`;

let isPointerDown = false;
let waiting = [];

addEventListener("pointerdown", () => { isPointerDown = true; }, true);
for (const name of ["pointerup", "pointercancel", "dragend"]) {
  addEventListener(name, () => {
    isPointerDown = false;
    const due = waiting;
    waiting = [];
    setTimeout(() => due.forEach((action) => action()));
  }, true);
}

// settled runs what makes the page longer once no pointer is down: it would move a button away
// from under the click that took the focus out of an item.
function settled(action) {
  if (isPointerDown) waiting.push(action);
  else action();
}

const Asterisk = () => html`<span class="required" aria-hidden="true"> *</span>`;

// Item draws an item with what stands above and below its control. path says where its value
// is; context has what is wrong (problems by key), touch, and what cards need.
export function Item({ item, values, path, onChange, context }) {
  const id = useId("item");
  if (item.fault) return html`<${Notice} tone="warn" title="This entry cannot be shown">${item.fault}<//>`;
  const key = keyOf(path);
  const problems = context.problemsOf(key);
  const hasHelp = item.help !== "" || item.undocumentedHelp !== "";
  const described = [hasHelp && `${id}-help`, problems.length > 0 && `${id}-problem`].filter(Boolean).join(" ") || undefined;
  const value = valueOf(item, values);
  const control = {
    id, "aria-describedby": described, "aria-invalid": problems.length > 0 ? "true" : undefined, "aria-required": item.required ? "true" : undefined,
  };
  const Control = controls[item.type] ?? TextControl;
  const props = { item, value, control, onChange, path, context };
  const isGroup = groups.has(item.type);
  return html`<div class=${classes("source-item", `item-${kind(item)}`)} data-path=${JSON.stringify(path)} onfocusout=${(event) => left(event) && settled(() => context.touch(key))}>
    ${isGroup
      ? html`<div class="item-label" id=${`${id}-label`}>${item.label}${item.required && html`<${Asterisk} />`}</div>`
      : !isBox(item) && html`<label class="item-label" for=${id}>${item.label}${item.required && html`<${Asterisk} />`}</label>`}
    ${!isBox(item) && html`<${ItemHelp} item=${item} id=${`${id}-help`} />`}
    <${Control} ...${props} labelledBy=${isGroup ? `${id}-label` : undefined} />
    ${isBox(item) && html`<${ItemHelp} item=${item} id=${`${id}-help`} />`}
    ${problems.length > 0 && html`<p class="error" id=${`${id}-problem`}>${problems.map((p) => `${item.label} ${p}.`).join(" ")}</p>`}
    <${ItemNotes} item=${item} value=${value} />
  </div>`;
}

// left reports whether the focus leaves the whole item.
const left = (event) => !event.currentTarget.contains(event.relatedTarget);

const isBox = (item) => item.type === "checkbox" || item.type === "toggle";

const kind = (item) => (Object.hasOwn(controls, item.type) ? item.type : "unknown");

function ItemHelp({ item, id }) {
  if (item.help !== "") return html`<${Help} text=${item.help} id=${id} />`;
  if (item.undocumentedHelp === "") return null;
  return html`<div class="help" id=${id}><${Help} text=${item.undocumentedHelp} class="undocumented" />
    <em>ISC may not show this: <code>${item.undocumentedHelpField}</code> is not documented, <code>helpKey</code> is.</em></div>`;
}

// ItemNotes says where the preview cannot know, or differs from, what ISC shows.
function ItemNotes({ item, value }) {
  const notes = [];
  if (!item.isKnown) notes.push(`The type "${item.type}" is not documented, so how ISC shows it is unknown.`);
  else if (item.isSecret && (item.type === "text" || item.type === "textarea" || item.type === "url")) notes.push("ISC shows this value in the clear. It is masked here because its key names a secret.");
  if (item.isSecret && item.hasInitial && value === undefined) notes.push("The spec sets an initial value, which is not shown.");
  return notes.map((note) => html`<p class="item-note">${note}</p>`);
}

// TextControl is the control of a text. A URL with a password in it is a secret too.
const TextControl = ({ item, value, control, onChange }) =>
  item.isSecret || isHandle(value) ? html`<${SecretControl} ...${{ item, value, control, onChange }} />` : html`<input ...${control} type="text" value=${plain(value)} placeholder=${item.placeholder} maxlength=${item.maxlength}
    autocomplete="off" autocapitalize="off" spellcheck=${false} ...${typed(onChange)} />`;

// typed are the events of a text that is typed.
const typed = (onChange, onLeft = () => {}) => ({
  onFocus: (event) => typingText(event.target.value || undefined),
  onInput: (event) => {
    typingText(event.target.value);
    onChange(event.target.value);
  },
  onBlur: () => {
    onLeft();
    typingText(undefined);
  },
});

const plain = (v) => (v === undefined || v === null ? "" : typeof v === "object" ? JSON.stringify(v) : String(v));

const URLControl = (props) => html`<${TextControl} ...${props} control=${{ ...props.control, inputmode: "url" }} />`;

const NumberControl = (props) => html`<${TextControl} ...${props} control=${{ ...props.control, inputmode: "decimal" }} />`;

const TextAreaControl = ({ item, value, control, onChange }) =>
  item.isSecret || isHandle(value) ? html`<${SecretControl} ...${{ item, value, control, onChange, isLong: true }} />` : html`<textarea ...${control} rows="4" placeholder=${item.placeholder} maxlength=${item.maxlength}
    value=${plain(value)} ...${typed(onChange)}></textarea>`;

const SecretTextAreaControl = (props) => html`<${SecretControl} ...${props} isLong=${true} />`;

// SecretControl never shows a secret that conngen has, since the page does not get it: it can
// be replaced or taken out.
function SecretControl({ item, value, control, onChange, isLong }) {
  const [isReplaced, setReplaced] = useState(false);
  const input = useRef();
  useEffect(() => {
    if (isReplaced) input.current?.focus();
  }, [isReplaced]);
  useEffect(() => () => typingText(undefined), []);
  if (isHandle(value) && !isReplaced) {
    return html`<div class="secret-set">
      <input ...${control} type="text" readonly value="••••••••" aria-label=${`${item.label}, set`} />
      <button type="button" class="pill" onClick=${() => setReplaced(true)}>Replace</button>
      <button type="button" class="pill" onClick=${() => onChange("")}>Clear</button>
    </div>`;
  }
  const props = {
    ...control, ref: input, value: isHandle(value) ? "" : plain(value), placeholder: item.placeholder, maxlength: item.maxlength, spellcheck: false, autocomplete: "new-password",
    ...typed(onChange, () => setReplaced(false)),
  };
  return isLong ? html`<textarea ...${props} class="masked" rows="4"></textarea>` : html`<input ...${props} type="password" />`;
}

const BoxControl = ({ item, value, control, onChange }) => html`<label class="tick">
  <input ...${control} type="checkbox" role=${item.type === "toggle" ? "switch" : undefined} class=${item.type === "toggle" ? "toggle" : undefined}
    checked=${value === true || value === "true"} onChange=${(event) => onChange(event.target.checked)} />
  <span class="item-label">${item.label}</span></label>`;

const optionsOf = (item, value) => {
  const text = plain(value);
  const isOther = text !== "" && !item.options.some((o) => o.value === text);
  return isOther ? [...item.options, { value: text, label: `${text} (not an option)`, docLink: "" }] : item.options;
};

function RadioControl({ item, value, control, onChange, labelledBy }) {
  const { id, ...aria } = control;
  return html`<div role="radiogroup" aria-labelledby=${labelledBy} class="radios" ...${aria}>
    ${optionsOf(item, value).map((o, i) => html`<div key=${o.value}><label class="radio">
      <input type="radio" id=${i === 0 ? id : undefined} name=${id} value=${o.value} checked=${plain(value) === o.value} onChange=${() => onChange(o.value)} />
      <span>${o.label}</span></label><${DocLink} href=${o.docLink} label=${o.docLinkLabel} /></div>`)}
    ${item.options.length === 0 && html`<${NoOptions} />`}
  </div>`;
}

function SelectControl({ item, value, control, onChange }) {
  const chosen = item.options.find((o) => o.value === plain(value));
  return html`<span class="select"><select ...${control} value=${plain(value)} onChange=${(event) => onChange(event.target.value)}>
    <option value="">${item.placeholder || "Select…"}</option>
    ${optionsOf(item, value).map((o) => html`<option key=${o.value} value=${o.value} selected=${o.value === plain(value)}>${o.label}</option>`)}
  </select></span>
  ${chosen && html`<${DocLink} href=${chosen.docLink} label=${chosen.docLinkLabel} />`}
  ${item.options.length === 0 && html`<${NoOptions} />`}`;
}

const NoOptions = () => html`<p class="item-note">The spec lists no options. ISC may ask the connector for them with std:config-options:read.</p>`;

// ListControl takes texts by Enter, and also when it is left, so that nothing typed is lost.
function ListControl({ item, value, control, onChange }) {
  const [text, setText] = useState("");
  const input = useRef();
  const texts = textsOf(value);
  const now = useRef();
  now.current = elementsOf(value);
  const add = (typed) => {
    const added = typed.split(/\r?\n/).map((t) => t.trim()).filter((t, i, all) => t !== "" && !now.current.includes(t) && all.indexOf(t) === i);
    setText("");
    if (added.length > 0) onChange([...now.current, ...added]);
  };
  const keys = (event) => {
    if (event.key !== "Enter" || event.isComposing || text.trim() === "") return;
    event.preventDefault();
    add(text);
  };
  const paste = (event) => {
    const pasted = event.clipboardData.getData("text");
    if (!/\n/.test(pasted)) return;
    event.preventDefault();
    add(text + pasted);
  };
  const remove = (i) => {
    onChange(now.current.filter((_, n) => n !== i));
    input.current.focus();
  };
  return html`<input ...${control} ref=${input} type="text" autocomplete="off" placeholder=${item.placeholder} value=${text}
      onInput=${(event) => setText(event.target.value)} onKeyDown=${keys} onPaste=${paste} onBlur=${() => settled(() => add(text))} />
    ${texts.length > 0 && html`<ul class="list-chips" aria-label=${`${item.label}: values`}>${texts.map((v, i) => html`<li key=${`${i} ${v}`}><span>${v}</span>
      <button type="button" aria-label=${`Remove ${v}`} onClick=${() => remove(i)}><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><circle cx="8" cy="8" r="8" /><path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" /></svg></button></li>`)}</ul>`}`;
}

// KeyValueControl always shows one row at least; rows without any text are not sent.
function KeyValueControl({ item, value, control, onChange, labelledBy }) {
  const rows = rowsOf(value);
  const shown = rows.length > 0 ? rows : [{}];
  const box = useRef();
  const [focused, setFocused] = useState(-1);
  useEffect(() => {
    if (focused < 0) return;
    box.current.querySelectorAll(".key-value")[focused]?.querySelector("input")?.focus();
    setFocused(-1);
  }, [focused]);
  const { id, ...aria } = control;
  delete aria["aria-invalid"];
  delete aria["aria-required"];
  const change = (i, part, text) => onChange(shown.map((row, n) => (n === i ? setMember(row, part.key, text) : row)));
  const remove = (i) => {
    onChange(shown.filter((_, n) => n !== i));
    setFocused(Math.max(0, i - 1));
  };
  return html`<div role="group" aria-labelledby=${labelledBy} class="key-values" ref=${box} ...${aria}>
    <div class="key-value-heads" aria-hidden="true">${item.parts.map((p) => html`<span key=${p.key} class="item-label">${p.label}${p.required && html`<${Asterisk} />`}</span>`)}</div>
    ${shown.map((row, i) => html`<div class="key-value" key=${i}>
      ${item.parts.map((p, n) => html`<${PartControl} key=${p.key} part=${p} id=${i === 0 && n === 0 ? id : undefined} label=${`${p.label}, row ${i + 1}`} value=${member(row, p.key)} onChange=${(text) => change(i, p, text)} />`)}
      <button type="button" class="round" aria-label=${`Delete row ${i + 1}`} title="Delete" onClick=${() => remove(i)}><${Bin} /></button>
    </div>`)}
    <button type="button" class="pill" onClick=${() => { onChange([...shown, {}]); setFocused(shown.length); }}>Add Another</button>
  </div>`;
}

function PartControl({ part, id, label, value, onChange }) {
  const control = { id, "aria-label": label, "aria-required": part.required ? "true" : undefined };
  const item = { label, placeholder: part.placeholder, maxlength: part.maxlength, isSecret: part.isSecret || isHandle(value) };
  return html`<div class="part"><${TextControl} ...${{ item, value, control, onChange }} /></div>`;
}

const CardListControl = ({ item, value, control, onChange, path, context, labelledBy }) =>
  html`<${CardList} ...${{ item, value, control, onChange, path, context, labelledBy }} />`;

// controls are by item type. What is not here is drawn as a text, with a note.
const controls = {
  text: TextControl,
  secret: SecretControl,
  password: SecretControl,
  secrettextarea: SecretTextAreaControl,
  textarea: TextAreaControl,
  url: URLControl,
  number: NumberControl,
  checkbox: BoxControl,
  toggle: BoxControl,
  radio: RadioControl,
  select: SelectControl,
  list: ListControl,
  keyValue: KeyValueControl,
  cardList: CardListControl,
};

// groups are the types whose label stands over several controls.
const groups = new Set(["radio", "keyValue", "cardList"]);
