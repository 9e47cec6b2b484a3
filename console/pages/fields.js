// The controls of the source form, one per item type, as ISC draws them.

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { Button, Chips, Dialog, Icon, Notice, Required, Select, classes, settled, useId } from "./ui.js";
import { DocLink, Help } from "./help.js";
import { cardSubtitle, cardTitle, elementText, elementsOf, isHandle, keyOf, moveElement, problemsOf, rowsOf, setMember, valueOf, visibleItems } from "./formmodel.js";
import { typingText } from "./draft.js";
import { member } from "./values.js";

// Item draws an item with the texts above and below its control. path locates its value; context
// has the problems by key, touch, and what cards need.
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
      ? html`<div class="item-label" id=${`${id}-label`}>${item.label}${item.required && html`<${Required} />`}</div>`
      : !isBox(item) && html`<label class="item-label" for=${id}>${item.label}${item.required && html`<${Required} />`}</label>`}
    ${!isBox(item) && html`<${ItemHelp} item=${item} id=${`${id}-help`} />`}
    <${Control} ...${props} labelledBy=${isGroup ? `${id}-label` : undefined} />
    ${isBox(item) && html`<${ItemHelp} item=${item} id=${`${id}-help`} />`}
    ${problems.length > 0 && html`<p class="error" id=${`${id}-problem`}>${problems.map((p) => `${item.label} ${p}.`).join(" ")}</p>`}
    <${ItemNotes} item=${item} value=${value} />
  </div>`;
}

const left = (event) => !event.currentTarget.contains(event.relatedTarget);

const isBox = (item) => item.type === "checkbox" || item.type === "toggle";

const kind = (item) => (Object.hasOwn(controls, item.type) ? item.type : "unknown");

function ItemHelp({ item, id }) {
  if (item.help !== "") return html`<${Help} text=${item.help} id=${id} />`;
  if (item.undocumentedHelp === "") return null;
  return html`<div class="help" id=${id}><${Help} text=${item.undocumentedHelp} class="undocumented" />
    <em>ISC may not show this: <code>${item.undocumentedHelpField}</code> is not documented, <code>helpKey</code> is.</em></div>`;
}

// ItemNotes says where the preview cannot know what ISC shows, or differs from it.
function ItemNotes({ item, value }) {
  const notes = [];
  if (!item.isKnown) notes.push(`The type "${item.type}" is not documented, so how ISC shows it is unknown.`);
  else if (item.isSecret && (item.type === "text" || item.type === "textarea" || item.type === "url")) notes.push("ISC shows this value in the clear. It is masked here because its key names a secret.");
  if (item.isSecret && item.hasInitial && value === undefined) notes.push("The spec sets an initial value, which is not shown.");
  return notes.map((note) => html`<p class="item-note">${note}</p>`);
}

// TextControl is the control of a text. A URL with a password is also a secret.
const TextControl = ({ item, value, control, onChange }) =>
  item.isSecret || isHandle(value) ? html`<${SecretControl} ...${{ item, value, control, onChange }} />` : html`<input ...${control} type="text" value=${plain(value)} placeholder=${item.placeholder} maxlength=${item.maxlength}
    autocomplete="off" autocapitalize="off" spellcheck=${false} ...${typed(onChange)} />`;

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

// SecretControl never shows a stored secret, since the page does not get it: it can be replaced or
// removed.
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
      <${Button} kind="pill" onClick=${() => setReplaced(true)}>Replace<//>
      <${Button} kind="pill" onClick=${() => onChange("")}>Clear<//>
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
  return html`<span class="select"><${Select} ...${control} value=${plain(value)} options=${[["", item.placeholder || "Select…"], ...optionsOf(item, value).map((o) => [o.value, o.label])]} onChoose=${onChange} /></span>
  ${chosen && html`<${DocLink} href=${chosen.docLink} label=${chosen.docLinkLabel} />`}
  ${item.options.length === 0 && html`<${NoOptions} />`}`;
}

const NoOptions = () => html`<p class="item-note">The spec lists no options. ISC may ask the connector for them with std:config-options:read.</p>`;

const ListControl = ({ item, value, control, onChange }) =>
  html`<${Chips} values=${elementsOf(value)} show=${elementText} onChange=${onChange} control=${control} label=${`${item.label}: values`} placeholder=${item.placeholder} />`;

const Round = ({ icon, title, what, ...rest }) => html`<button type="button" class="round" title=${title} aria-label=${`${title} ${what}`} ...${rest}><${Icon} name=${icon} /></button>`;

const withoutState = ({ "aria-invalid": _, "aria-required": __, ...rest }) => rest;

// KeyValueControl always shows at least one row; rows without any text are not sent.
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
  const { id, ...aria } = withoutState(control);
  const change = (i, part, text) => onChange(shown.map((row, n) => (n === i ? setMember(row, part.key, text) : row)));
  const remove = (i) => {
    onChange(shown.filter((_, n) => n !== i));
    setFocused(Math.max(0, i - 1));
  };
  return html`<div role="group" aria-labelledby=${labelledBy} class="key-values" ref=${box} ...${aria}>
    <div class="key-value-heads" aria-hidden="true">${item.parts.map((p) => html`<span key=${p.key} class="item-label">${p.label}${p.required && html`<${Required} />`}</span>`)}</div>
    ${shown.map((row, i) => html`<div class="key-value" key=${i}>
      ${item.parts.map((p, n) => html`<${PartControl} key=${p.key} part=${p} id=${i === 0 && n === 0 ? id : undefined} label=${`${p.label}, row ${i + 1}`} value=${member(row, p.key)} onChange=${(text) => change(i, p, text)} />`)}
      <${Round} icon="bin" title="Delete" what=${`row ${i + 1}`} onClick=${() => remove(i)} />
    </div>`)}
    <${Button} kind="pill" onClick=${() => { onChange([...shown, {}]); setFocused(shown.length); }}>Add Another<//>
  </div>`;
}

function PartControl({ part, id, label, value, onChange }) {
  const control = { id, "aria-label": label, "aria-required": part.required ? "true" : undefined };
  const item = { label, placeholder: part.placeholder, maxlength: part.maxlength, isSecret: part.isSecret || isHandle(value) };
  return html`<div class="part"><${TextControl} ...${{ item, value, control, onChange }} /></div>`;
}

// controls are by item type. Other types are drawn as a text, with a note.
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
  cardList: CardList,
};

const groups = new Set(["radio", "keyValue", "cardList"]);

const newCard = "new";

// CardList draws the cards with the buttons that the spec allows. context.card says which card is
// open, and on which page; a list within a card keeps that state itself.
function CardList({ item, value, control, onChange, path, context, labelledBy }) {
  const cards = rowsOf(value);
  const own = useState(undefined);
  const [open, setOpen] = path.length === 1 ? [context.card?.list === item.key ? context.card : undefined, context.openCard] : own;
  const [said, setSaid] = useState({ text: "" }); // the last action, and what undo restores
  const list = useRef();
  const [focused, setFocused] = useState("");
  useEffect(() => {
    if (focused === "") return;
    const target = list.current.querySelector(`[data-focus="${focused}"]`) ?? list.current.querySelector(".pill");
    target?.focus();
    setFocused("");
  }, [focused]);
  const { card } = item;
  const title = (i) => cardTitle(card, cards[i], i);
  const move = (from, to) => {
    if (to < 0 || to >= cards.length || from === to) return;
    onChange(moveElement(cards, from, to));
    setSaid({ text: `${title(from)} is now ${to + 1} of ${cards.length}.` });
    setFocused(`handle-${to}`);
  };
  const copy = (i) => {
    onChange([...cards.slice(0, i + 1), structuredClone(cards[i]), ...cards.slice(i + 1)]);
    setSaid({ text: `${title(i)} is copied.` });
  };
  const remove = (i) => {
    onChange(cards.filter((_, n) => n !== i));
    setSaid({ text: `${title(i)} is deleted.`, at: i, card: cards[i] });
    setFocused(`delete-${Math.min(i, cards.length - 2)}`);
  };
  const undo = () => {
    onChange([...cards.slice(0, said.at), said.card, ...cards.slice(said.at)]);
    setSaid({ text: "The card is back." });
    setFocused(`delete-${said.at}`);
  };
  const save = (values) => {
    onChange(open.index === newCard ? [...cards, values] : cards.map((c, n) => (n === Number(open.index) ? values : c)));
    setOpen(undefined);
  };
  const at = open?.index === newCard ? newCard : Number(open?.index);
  const isOpen = open && (at === newCard ? card.canAdd : cards[at] !== undefined && card.canEdit);
  const { id, ...aria } = withoutState(control);
  return html`<div role="group" aria-labelledby=${labelledBy} class="cards" ref=${list} ...${aria}>
    ${cards.length > 0 && html`<${Cards} ...${{ item, cards, move, copy, remove }} onEdit=${(i) => setOpen({ list: item.key, index: String(i), page: 0 })} />`}
    ${card.canAdd && html`<${Button} id=${id} kind="pill" onClick=${() => setOpen({ list: item.key, index: newCard, page: 0 })}>${card.buttonLabel}<//>`}
    ${!card.canAdd && cards.length === 0 && html`<p class="item-note">There are no cards, and the spec does not allow adding any.</p>`}
    <div class=${said.card ? "row" : "hidden"}><p role="status">${said.text}</p>${said.card && html`<${Button} kind="link" onClick=${undo}>Undo<//>`}</div>
    ${isOpen && html`<${CardDialog} key=${`${item.key} ${at}`} card=${card} title=${at === newCard ? card.buttonLabel : title(at)} start=${at === newCard ? {} : cards[at]}
      path=${[...path, at === newCard ? cards.length : at]} page=${open.page} onPage=${(page) => setOpen({ ...open, page }, true)} onSave=${save} onClose=${() => setOpen(undefined)} context=${context} />`}
  </div>`;
}

function Cards({ item, cards, move, copy, remove, onEdit }) {
  const { card } = item;
  const [drag, setDrag] = useState({ from: -1, over: -1, isArmed: -1 });
  const stop = () => setDrag({ from: -1, over: -1, isArmed: -1 });
  const dragProps = (i) => card.canMove && {
    draggable: drag.isArmed === i || drag.from === i,
    onDragStart: (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      setDrag({ ...drag, from: i });
    },
    onDragOver: (event) => {
      if (drag.from < 0) return;
      event.preventDefault();
      if (drag.over !== i) setDrag({ ...drag, over: i });
    },
    onDrop: (event) => {
      event.preventDefault();
      if (drag.from >= 0) move(drag.from, i);
      stop();
    },
    onDragEnd: stop,
  };
  return html`<ol class="card-list" aria-label=${item.label}>${cards.map((values, i) => {
    const title = cardTitle(card, values, i);
    const side = drag.from >= 0 && drag.over === i && drag.from !== i && (drag.from < i ? "drop-after" : "drop-before");
    return html`<li key=${i} class=${classes("source-card", drag.from === i && "dragged", side)} ...${dragProps(i)}>
      ${card.canMove && html`<${Handle} title=${title} at=${i} of=${cards.length} move=${move} onArm=${(on) => setDrag({ ...drag, isArmed: on ? i : -1 })} />`}
      <div class="source-card-text"><strong>${title}</strong><span>${cardSubtitle(card, values)}</span></div>
      <div class="source-card-buttons">
        ${card.canCopy && html`<${Round} icon="copy" title="Copy" what=${title} onClick=${() => copy(i)} />`}
        ${card.canEdit && html`<${Round} icon="edit" title="Edit" what=${title} onClick=${() => onEdit(i)} />`}
        ${card.canDelete && html`<${Round} icon="bin" title="Delete" what=${title} data-focus=${`delete-${i}`} onClick=${() => remove(i)} />`}
      </div>
    </li>`;
  })}</ol>`;
}

function Handle({ title, at, of, move, onArm }) {
  const keys = (event) => {
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: of - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(at, to);
  };
  return html`<button type="button" class="handle" data-focus=${`handle-${at}`} title="Drag, or press the arrow keys" aria-label=${`Move ${title}, ${at + 1} of ${of}, with the arrow keys`}
    onKeyDown=${keys} onPointerDown=${() => onArm(true)} onPointerUp=${() => onArm(false)}>
    <svg viewBox="0 0 10 16" aria-hidden="true" focusable="false">${[3, 8, 13].map((y) => [2, 8].map((x) => html`<circle cx=${x} cy=${y} r="1.4" />`))}</svg></button>`;
}

// CardDialog fills in one card; its content is not in the config before it is saved.
function CardDialog({ card, title, start, path, page, onPage, onSave, onClose, context }) {
  const [values, setValues] = useState(start);
  const [touched, setTouched] = useState(new Set());
  const [isTried, setTried] = useState(false);
  const form = useRef();
  const visible = visibleItems(card.scope, values);
  const shown = card.pages.map((p) => ({ ...p, items: p.items.filter((item) => item.fault || visible.has(item)) }));
  const now = Math.min(Math.max(0, Number(page) || 0), Math.max(0, shown.length - 1));
  const problems = problemsOf(card.scope, values, path);
  const inner = {
    ...context,
    touch: (key) => setTouched((old) => new Set(old).add(key)),
    problemsOf: (key) => (isTried || touched.has(key) ? problems.filter((p) => keyOf(p.path) === key).map((p) => p.message) : []),
  };
  const [wanted, setWanted] = useState("input, select, textarea, button"); // the next focus
  useEffect(() => {
    if (wanted === "") return;
    form.current.querySelector(wanted)?.focus();
    setWanted("");
  }, [wanted, now]);
  const save = () => {
    if (problems.length === 0) return onSave(values);
    setTried(true);
    const first = shown.findIndex((p) => p.items.some((item) => item.key === problems[0].path[path.length]));
    if (first >= 0 && first !== now) onPage(first);
    setWanted(".source-item:has(> .error) :is(input, select, textarea, button)");
  };
  return html`<${Dialog} title=${title} wide onClose=${onClose} actions=${html`<${Button} kind="pill" onClick=${onClose}>Cancel<//><${Button} kind="pill primary" onClick=${save}>Save<//>`}>
    <div class="card-form isc">
      <nav class="source-menus" aria-label="Pages of the card"><ul>${shown.map((p, i) => html`<li key=${i}>
        <button type="button" aria-current=${i === now ? "page" : undefined} onClick=${() => onPage(i)}>${p.label}</button></li>`)}</ul></nav>
      <div class="source-items" ref=${form}>
        ${shown.length === 0 && html`<p class="item-note">The spec has no subMenus for this card, so there is nothing to fill in.</p>`}
        ${shown[now]?.items.length === 0 && html`<p class="item-note">With the current values, nothing on this page is shown.</p>`}
        ${shown[now]?.items.map((item, i) => html`<${Item} key=${`${now} ${i} ${item.key}`} item=${item} values=${values} path=${[...path, item.key]} context=${inner}
          onChange=${(v) => setValues((old) => setMember(old, item.key, v))} />`)}
      </div>
    </div>
  <//>`;
}
