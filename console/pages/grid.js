// A table of any length that keeps only the visible rows in the document.

import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { useStore } from "./store.js";
import { Icon, classes, useId } from "./ui.js";

const rowHeight = 30;

// Browsers limit the height of an element (Firefox to 17.9 million pixels), so a long table has a
// shorter track. Within `edge` of either end a pixel of the track is a pixel of the table; between
// them the track is compressed. Short scrolls always move the table by as much as the track; the
// track follows when scrolling pauses.
const longest = 8_000_000;
const edge = 200_000;

const sideStep = 240;

// track says how long the track of a table is, and maps positions between the two.
export function track(total, height) {
  const whole = total * rowHeight;
  const length = Math.min(whole, longest);
  const maxTop = Math.max(0, whole - height);
  const maxAt = Math.max(0, length - height);
  const ratio = (maxTop - 2 * edge) / (maxAt - 2 * edge);
  const bend = (x, max, otherMax, by) => {
    if (x <= edge) return x;
    if (x >= max - edge) return otherMax - (max - x);
    return edge + (x - edge) * by;
  };
  const short = whole <= longest;
  return {
    length, maxTop, short,
    toTop: (at) => short ? at : bend(at, maxAt, maxTop, ratio),
    toAt: (top) => short ? top : bend(top, maxTop, maxAt, 1 / ratio),
  };
}

// useScroll keeps the table's position in its own pixels, whatever the track does, and the visible
// part of its width, in steps: adding or removing a column needs no redraw at each pixel.
function useScroll(total) {
  const scroller = useRef();
  const [height, setHeight] = useState(0);
  const [across, setAcross] = useState({ left: 0, right: 1000 });
  const [top, setTop] = useState(0);
  const held = useRef({ at: 0, rest: 0 });
  const way = track(total, height);
  const bounded = Math.min(Math.max(0, top), way.maxTop);
  held.current.now = { way, top: bounded };

  const place = (at) => {
    const element = scroller.current;
    if (Math.abs(element.scrollTop - at) >= 1) element.scrollTop = at;
    held.current.at = element.scrollTop;
  };
  const rest = () => {
    held.current.rest = 0;
    if (scroller.current) place(held.current.now.way.toAt(held.current.now.top));
  };
  const moveTo = (to) => {
    const { way: now } = held.current.now;
    const next = Math.min(Math.max(0, to), now.maxTop);
    held.current.now.top = next;
    setTop(next);
    place(now.toAt(next));
  };
  const lookAcross = () => {
    const { scrollLeft, clientWidth } = scroller.current;
    const left = Math.max(0, Math.floor(scrollLeft / sideStep) - 1) * sideStep;
    const right = (Math.ceil((scrollLeft + clientWidth) / sideStep) + 1) * sideStep;
    setAcross((now) => now.left === left && now.right === right ? now : { left, right });
  };
  const onScroll = () => {
    lookAcross();
    const at = scroller.current.scrollTop;
    const moved = at - held.current.at;
    if (moved === 0) return;
    held.current.at = at;
    const { way: now, top: before } = held.current.now;
    const far = Math.abs(moved) > 3 * height;
    const next = now.short || far ? now.toTop(at) : Math.min(Math.max(0, before + moved), now.maxTop);
    held.current.now.top = next;
    setTop(next);
    if (now.short) return;
    clearTimeout(held.current.rest);
    held.current.rest = setTimeout(() => {
      const isMoving = scroller.current?.scrollTop !== held.current.at; // another scroll event is pending
      if (!isMoving) rest();
    }, 150);
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    const measure = () => {
      setHeight(Math.max(rowHeight, element.clientHeight - rowHeight));
      lookAcross();
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => {
      observer.disconnect();
      clearTimeout(held.current.rest);
    };
  }, []);
  useLayoutEffect(() => {
    if (!held.current.rest) rest();
  }, [total, height]);
  return { scroller, onScroll, top: bounded, height, across, length: way.length, moveTo };
}

// within finds the columns in a part of the width: a schema can have hundreds.
export function within(columns, { left, right }) {
  let x = 0, from = -1, to = 0, start = 0, width = 0;
  columns.forEach((column, n) => {
    if (x + column.width > left && x < right) {
      if (from < 0) {
        from = n;
        start = x;
      }
      to = n + 1;
      width += column.width;
    }
    x += column.width;
  });
  return { from: Math.max(0, from), to, start, width, all: x };
}

// inHead is the row of the head cell reached by keyboard. The buttons there are for the mouse: as
// Tab stops they would lose the focus when scrolled out of the document.
const inHead = -1;

// Grid draws columns [{id, label, width, cell(row), sortable, class}] of total rows. rowAt(i)
// returns a row or undefined while it loads, onRange(from, to) reports the visible ones. first is
// the row to begin at.
export function Grid({ label, columns, total, rowAt, onRange, onOpen, isChosen, sort, onSort, first = 0, handle }) {
  const scroll = useScroll(total);
  const [at, setAt] = useState({ row: first, col: 0 });
  const table = useRef();
  const id = useId("grid");
  const from = Math.floor(scroll.top / rowHeight);
  const shown = Math.min(total - from, Math.ceil(scroll.height / rowHeight) + 1);
  const row = Math.min(at.row, Math.max(0, total - 1));
  const col = Math.min(at.col, columns.length - 1);
  const part = within(columns, scroll.across);
  const seen = columns.slice(part.from, part.to);

  useEffect(() => onRange?.(from, from + shown), [from, shown, onRange]);
  const show = (n) => {
    const start = n * rowHeight;
    if (start < scroll.top) scroll.moveTo(start);
    else if (start + rowHeight > scroll.top + scroll.height) scroll.moveTo(start + rowHeight - scroll.height);
  };
  const showColumn = (n) => {
    const left = columns.slice(0, n).reduce((sum, column) => sum + column.width, 0);
    const element = scroll.scroller.current;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (left + columns[n].width > element.scrollLeft + element.clientWidth) element.scrollLeft = left + columns[n].width - element.clientWidth;
  };
  useLayoutEffect(() => {
    if (first > 0 && scroll.height > rowHeight) scroll.moveTo(Math.max(0, first * rowHeight - scroll.height / 2));
  }, [first, scroll.height > rowHeight && total > first]);
  if (handle) handle.current = { focus: () => table.current?.focus({ preventScroll: true }) };

  const move = (toRow, toCol) => {
    const next = { row: Math.min(Math.max(onSort ? inHead : 0, toRow), Math.max(0, total - 1)), col: Math.min(Math.max(0, toCol), columns.length - 1) };
    setAt(next);
    if (next.row !== inHead) show(next.row);
    showColumn(next.col);
  };
  const page = Math.max(1, Math.floor(scroll.height / rowHeight) - 1);
  const steps = {
    ArrowDown: () => move(row + 1, col), ArrowUp: () => move(row - 1, col),
    ArrowRight: () => move(row, col + 1), ArrowLeft: () => move(row, col - 1),
    PageDown: () => move(row + page, col), PageUp: () => move(Math.max(0, row - page), col),
    Home: () => move(0, col), End: () => move(total - 1, col),
    Enter: () => row === inHead ? columns[col].sortable && onSort(columns[col].id) : rowAt(row) && onOpen?.(row, rowAt(row)),
  };
  const keys = (event) => {
    if (event.target !== table.current || event.altKey || event.metaKey || (event.ctrlKey && event.key !== "Home" && event.key !== "End")) return;
    const step = steps[event.key];
    if (!step || total === 0) return;
    event.preventDefault();
    step();
  };
  const click = (event) => {
    const cell = event.target.closest("td");
    table.current.focus({ preventScroll: true });
    if (!cell) return;
    const n = Number(cell.parentElement.dataset.row);
    setAt({ row: n, col: part.from + cell.cellIndex });
    if (rowAt(n)) onOpen?.(n, rowAt(n));
  };

  const rows = [];
  for (let n = from; n < from + shown; n++) {
    rows.push(html`<${Row} key=${n} n=${n} id=${id} row=${rowAt(n)} columns=${seen} skipped=${part.from} at=${n === row ? col : -1} chosen=${isChosen && rowAt(n) && isChosen(rowAt(n))} />`);
  }
  const active = (row === inHead || row >= from && row < from + shown) && col >= part.from && col < part.to ? `${id}-${row}-${col}` : undefined;
  return html`<div class="grid" ref=${scroll.scroller} onScroll=${scroll.onScroll}>
    <div class="grid-size" style=${{ height: `${scroll.length + rowHeight}px`, minWidth: `${part.all}px` }}>
      <div class="grid-view" style=${{ height: `${scroll.height + rowHeight}px` }}>
        <table role="grid" ref=${table} tabindex="0" aria-label=${label} aria-rowcount=${total + 1} aria-colcount=${columns.length} aria-activedescendant=${active}
          onKeyDown=${keys} onClick=${click} style=${{ marginLeft: `${part.start}px`, width: part.to === columns.length ? `calc(100% - ${part.start}px)` : `${part.width}px` }}>
          <colgroup>${seen.map((column, n) => html`<col key=${column.id} width=${part.from + n === columns.length - 1 ? undefined : column.width} />`)}</colgroup>
          <thead><tr role="row" aria-rowindex="1">${seen.map((column, n) => html`<${Head} key=${column.id} id=${`${id}-${inHead}-${part.from + n}`} index=${part.from + n + 1} column=${column} sort=${sort} onSort=${onSort} at=${row === inHead && part.from + n === col} />`)}</tr></thead>
          <tbody style=${{ transform: `translateY(${from * rowHeight - scroll.top}px)` }}>${rows}</tbody>
        </table>
      </div>
    </div>
  </div>`;
}

function Head({ id, column, index, sort, onSort, at }) {
  const by = sort && sort.column === column.id;
  const order = by ? (sort.descending ? "descending" : "ascending") : undefined;
  return html`<th role="columnheader" scope="col" aria-colindex=${index} aria-sort=${order} id=${id} class=${classes(column.class, at && "at")}>
    ${column.sortable && onSort
      ? html`<button type="button" tabindex="-1" title=${column.title} onClick=${() => onSort(column.id)}><span>${column.label}</span>${by && html`<${Icon} name=${sort.descending ? "down" : "up"} />`}</button>`
      : html`<span>${column.label}</span>`}
  </th>`;
}

const Row = ({ n, id, row, columns, skipped, at, chosen }) =>
  html`<tr role="row" aria-rowindex=${n + 2} data-row=${n} aria-selected=${chosen ? "true" : undefined} class=${classes(at >= 0 && "at", n % 2 && "odd")}>
    ${columns.map((column, c) => html`<td key=${column.id} role="gridcell" aria-colindex=${skipped + c + 1} id=${`${id}-${n}-${skipped + c}`} class=${classes(column.class, skipped + c === at && "at")}>${row ? column.cell(row) : c === 0 ? "…" : ""}</td>`)}
  </tr>`;

const pageSize = 100;
const keptPages = 24;
const ahead = 60; // rows on both sides of the visible ones

// usePages loads the rows of a grid by page and keeps those near the visible ones. key identifies
// the data: when it changes, everything is dropped. load(from, count, signal) promises the rows.
export function usePages(key, load, total) {
  const held = useRef({});
  const [, draw] = useState(0);
  const link = useStore((s) => s.link);
  if (held.current.key !== key) {
    held.current.control?.abort();
    held.current = { key, pages: new Map(), waiting: new Map(), from: 0, to: 0, timer: 0, control: new AbortController(), error: "" };
  }
  const it = held.current;
  it.load = load;
  it.total = total;

  if (!it.rowAt) {
    const near = (page) => page >= Math.floor(it.from / pageSize) && page <= Math.floor(Math.max(it.from, it.to - 1) / pageSize);
    const full = (page) => {
      const rows = it.pages.get(page);
      return rows && rows.length >= Math.min(pageSize, it.total - page * pageSize);
    };
    const fetchPage = async (page) => {
      const control = new AbortController();
      it.waiting.set(page, control);
      it.control.signal.addEventListener("abort", () => control.abort());
      try {
        const rows = await it.load(page * pageSize, pageSize, control.signal);
        it.pages.set(page, rows);
        it.error = "";
      } catch (err) {
        if (err.name !== "AbortError") it.error = err.message;
      }
      if (it.waiting.get(page) === control) it.waiting.delete(page);
      if (it.pages.size > keptPages) {
        const middle = it.from / pageSize;
        const far = [...it.pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
        far.slice(0, it.pages.size - keptPages).forEach((one) => it.pages.delete(one));
      }
      if (held.current === it) draw((n) => n + 1);
    };
    const fill = () => {
      it.timer = 0;
      for (const [page, control] of it.waiting) if (!near(page)) control.abort();
      for (let page = Math.floor(it.from / pageSize); page * pageSize < Math.min(it.to, it.total); page++) {
        if (!full(page) && !it.waiting.has(page)) fetchPage(page);
      }
    };
    it.rowAt = (i) => it.pages.get(Math.floor(i / pageSize))?.[i % pageSize];
    it.onRange = (from, to) => {
      it.from = Math.max(0, from - ahead);
      it.to = to + ahead;
      it.timer ||= setTimeout(fill, 25);
    };
    it.fill = () => it.timer ||= setTimeout(fill, 25);
    it.again = () => {
      it.error = "";
      it.fill();
    };
  }
  useEffect(() => void it.again(), [key, total, link]);
  useEffect(() => () => {
    held.current.control?.abort();
    clearTimeout(held.current.timer);
  }, []);
  return { rowAt: it.rowAt, onRange: it.onRange, error: it.error, again: it.again };
}
