// What is shown: the filters, the period, and the table of the entries in it.

const PAGE = 200;
let listed = PAGE;
let wanted = '';

function passes(e, by) {
  if (!by.kinds.has(e.k)) return false;
  if (by.namespace && timed.lanes[e.l].namespace !== by.namespace) return false;
  if (by.pattern !== '' && (e.p < 0 || (e.p !== by.pattern && timed.patterns[e.p].root !== by.pattern))) return false;
  return !wanted || `${e.s} ${e.r} ${e.m || ''}`.toLowerCase().includes(wanted);
}

function refilter() {
  const by = {
    kinds: new Set([...document.querySelectorAll('#filters [name=kind]:checked')].map((x) => x.value)),
    namespace: byId('by-namespace').value,
    pattern: byId('by-pattern').value === '' ? '' : Number(byId('by-pattern').value),
  };
  view.shown = [];
  const lanes = new Set();
  timed.entries.forEach((e, i) => { if (passes(e, by)) { view.shown.push(i); lanes.add(e.l); } });
  view.lanes = [...lanes].sort((a, b) => a - b);
  view.row = new Map(view.lanes.map((lane, row) => [lane, row]));
  redraw();
}

function redraw() {
  if (!byId('timeline')) return;
  drawOverview();
  drawLanes();
  const inside = view.shown.filter((i) => { const e = timed.entries[i]; return (e.u || e.t) >= view.from && e.t <= view.to; });
  byId('period').textContent = `${stamp(view.from)} – ${stamp(view.to)} ${timed.zone} (${span(view.to - view.from)}): ${inside.length} of ${timed.entries.length} entries`;
  list(inside);
}

function list(inside) {
  const body = document.createElement('tbody');
  for (const i of inside.slice(0, listed)) body.append(rowOf(i));
  byId('entries').tBodies[0].replaceWith(body);
  const more = byId('more-entries');
  more.hidden = inside.length <= listed;
  more.textContent = `Show ${Math.min(PAGE, inside.length - listed)} more of ${inside.length - listed}`;
}

function rowOf(i) {
  const e = timed.entries[i], row = document.createElement('tr');
  row.className = e.k + (i === view.chosen ? ' chosen' : '');
  row.dataset.entry = i;
  const pattern = document.createElement('td');
  if (e.p >= 0) pattern.append(linkTo(e.p));
  row.append(cell(stamp(e.t)), cell(`${MARKS[e.k] || ''} ${e.k}`), pattern, cell(told(e)));
  return row;
}

function linkTo(pattern) {
  const a = document.createElement('a');
  a.href = `#pattern-${timed.patterns[pattern].id.replace(/[^A-Za-z0-9-]/g, '')}`;
  a.textContent = timed.patterns[pattern].label;
  a.title = timed.patterns[pattern].title;
  return a;
}

function cell(text) {
  const td = document.createElement('td');
  td.textContent = text;
  return td;
}

function told(e) {
  let out = `${e.s} → ${e.r}`;
  if (e.c > 1) out += ` (at least ${e.c} times)`;
  if (e.u > e.t) out += `, until ${stamp(e.u)}`;
  return e.m ? `${out}: ${e.m}` : out;
}

// show sets the period, not shorter than ten seconds and not beyond the data.
function show(from, to) {
  const least = 10 * SECOND, all = Math.max(least, timed.to - timed.from), width = Math.min(all, Math.max(least, to - from));
  view.from = Math.min(Math.max(timed.from, from), timed.from + all - width);
  view.to = view.from + width;
  listed = PAGE;
  redraw();
}

function zoom(how, around) {
  const width = view.to - view.from, middle = around === undefined ? (view.from + view.to) / 2 : around;
  const share = (middle - view.from) / Math.max(1, width);
  const scaled = (factor) => show(middle - width * factor * share, middle + width * factor * (1 - share));
  ({
    in: () => scaled(0.5), out: () => scaled(2), all: () => show(timed.from, timed.to),
    left: () => show(view.from - width / 3, view.to - width / 3), right: () => show(view.from + width / 3, view.to + width / 3),
  })[how]();
}
