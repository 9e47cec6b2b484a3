// A list of cards, and the dialog in which a card is filled in.

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { Dialog, Icon, classes } from "./ui.js";
import { cardSubtitle, cardTitle, cardsOf, keyOf, moveElement, problemsOf, setMember, visibleItems } from "./formmodel.js";
import { Bin, Item } from "./fields.js";

const newCard = "new";

// CardList draws the cards with the buttons that the spec allows. context.card says which card
// is open, and on which page; a list within a card keeps that to itself.
export function CardList({ item, value, control, onChange, path, context, labelledBy }) {
  const cards = cardsOf(value);
  const own = useState(undefined);
  const [open, setOpen] = path.length === 1 ? [context.card?.list === item.key ? context.card : undefined, context.openCard] : own;
  const [said, setSaid] = useState("");
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
    setSaid(`${title(from)} is now ${to + 1} of ${cards.length}.`);
    setFocused(`handle-${to}`);
  };
  const copy = (i) => {
    onChange([...cards.slice(0, i + 1), structuredClone(cards[i]), ...cards.slice(i + 1)]);
    setSaid(`${title(i)} is copied.`);
  };
  const remove = (i) => {
    onChange(cards.filter((_, n) => n !== i));
    setSaid(`${title(i)} is deleted.`);
    setFocused(`delete-${Math.min(i, cards.length - 2)}`);
  };
  const save = (values) => {
    onChange(open.index === newCard ? [...cards, values] : cards.map((c, n) => (n === Number(open.index) ? values : c)));
    setOpen(undefined);
  };
  const at = open?.index === newCard ? newCard : Number(open?.index);
  const isOpen = open && (at === newCard ? card.canAdd : cards[at] !== undefined && card.canEdit);
  const { id, ...aria } = control;
  delete aria["aria-invalid"];
  delete aria["aria-required"];
  return html`<div role="group" aria-labelledby=${labelledBy} class="cards" ref=${list} ...${aria}>
    ${cards.length > 0 && html`<${Cards} ...${{ item, cards, move, copy, remove }} onEdit=${(i) => setOpen({ list: item.key, index: String(i), page: 0 })} />`}
    ${card.canAdd && html`<button type="button" id=${id} class="pill" onClick=${() => setOpen({ list: item.key, index: newCard, page: 0 })}>${card.buttonLabel}</button>`}
    ${!card.canAdd && cards.length === 0 && html`<p class="item-note">There are no cards, and the spec does not allow adding any.</p>`}
    <p class="hidden" role="status">${said}</p>
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
        ${card.canCopy && html`<button type="button" class="round" title="Copy" aria-label=${`Copy ${title}`} onClick=${() => copy(i)}><${Icon} name="copy" /></button>`}
        ${card.canEdit && html`<button type="button" class="round" title="Edit" aria-label=${`Edit ${title}`} onClick=${() => onEdit(i)}><${Icon} name="edit" /></button>`}
        ${card.canDelete && html`<button type="button" class="round" title="Delete" aria-label=${`Delete ${title}`} data-focus=${`delete-${i}`} onClick=${() => remove(i)}><${Bin} /></button>`}
      </div>
    </li>`;
  })}</ol>`;
}

// Handle moves a card: it is dragged by it, or moved with the arrow keys while it has the focus.
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

// CardDialog fills in one card; nothing of it is in the config before it is saved.
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
  const [wanted, setWanted] = useState("input, select, textarea, button"); // what is to get the focus
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
  return html`<${Dialog} title=${title} wide onClose=${onClose} actions=${html`<button type="button" class="pill" onClick=${onClose}>Cancel</button><button type="button" class="pill primary" onClick=${save}>Save</button>`}>
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
