// The page comes to life: what needs the script is hidden until it runs.

for (const x of document.querySelectorAll('[hidden]')) if (x.id !== 'tip' && x.id !== 'more-entries') x.hidden = false;

// Patterns: search, open, copy.
const patterns = [...document.querySelectorAll('.pattern')];
const texts = new Map(patterns.map((x) => [x, x.textContent.toLowerCase()]));

function search() {
  wanted = byId('search').value.trim().toLowerCase();
  let found = 0;
  for (const x of patterns) {
    x.hidden = wanted !== '' && !texts.get(x).includes(wanted);
    if (!x.hidden) found++;
  }
  byId('found').textContent = wanted ? `${found} of ${patterns.length} patterns hold “${wanted}”` : '';
  if (byId('timeline')) refilter();
}

let waiting;
byId('search').addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
byId('open-all').addEventListener('click', () => {
  const all = [...document.querySelectorAll('.pattern details')], open = !all.every((x) => x.open);
  for (const x of all) x.open = open;
  byId('open-all').textContent = open ? 'Close all' : 'Open all';
});

async function copy(button) {
  const text = button.previousElementSibling.textContent;
  try { await navigator.clipboard.writeText(text); } catch { selectAndCopy(button.previousElementSibling); }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

// selectAndCopy serves browsers that keep the clipboard from pages on disk.
function selectAndCopy(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  document.execCommand('copy');
}

document.addEventListener('click', (e) => { if (e.target.matches('.copy')) copy(e.target); });

// A link to a pattern opens it and what it lies in.
function openTarget() {
  const target = location.hash.startsWith('#pattern-') && byId(location.hash.slice(1));
  for (let x = target && target.querySelector('details'); x; x = x.parentElement.closest('details')) x.open = true;
  if (target) target.scrollIntoView();
}
addEventListener('hashchange', openTarget);
addEventListener('beforeprint', () => { for (const x of document.querySelectorAll('details')) x.open = true; });

// Dark or light, where the reader wants another than the system has.
byId('theme').addEventListener('click', () => {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  redraw();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

function fillFilters() {
  timed.patterns.forEach((p, i) => {
    if (p.root === i) byId('by-pattern').append(new Option(`${p.label}: ${p.title.slice(0, 70)}`, i));
  });
  for (const ns of [...new Set(timed.lanes.map((l) => l.namespace))].filter(Boolean).sort()) byId('by-namespace').append(new Option(ns, ns));
  byId('filters').addEventListener('change', () => { listed = PAGE; refilter(); });
  byId('filters').addEventListener('submit', (e) => e.preventDefault());
  byId('filters').addEventListener('click', (e) => { if (e.target.dataset.zoom) zoom(e.target.dataset.zoom); });
  byId('more-entries').addEventListener('click', () => { listed += PAGE; redraw(); });
}

const KEYS = { ArrowLeft: 'left', ArrowRight: 'right', '+': 'in', '=': 'in', '-': 'out', Home: 'all' };

function listen() {
  const overview = byId('overview'), lanes = byId('lanes');
  const timeAt = (x) => timed.from + x / overview.clientWidth * (timed.to - timed.from);
  let begun = null;
  overview.addEventListener('pointerdown', (e) => { begun = e.offsetX; overview.setPointerCapture(e.pointerId); });
  overview.addEventListener('pointermove', (e) => { if (begun !== null && Math.abs(e.offsetX - begun) > 4) show(timeAt(Math.min(begun, e.offsetX)), timeAt(Math.max(begun, e.offsetX))); });
  overview.addEventListener('pointerup', (e) => { if (Math.abs(e.offsetX - begun) <= 4) show(timed.from, timed.to); begun = null; });
  for (const x of [overview, byId('lanes-box')]) {
    x.addEventListener('keydown', (e) => { if (KEYS[e.key]) { e.preventDefault(); zoom(KEYS[e.key]); } });
  }
  lanes.addEventListener('wheel', (e) => {
    if (!e.ctrlKey && !e.shiftKey) return; // the page scrolls
    e.preventDefault();
    const left = nameWidth(lanes.clientWidth), share = (e.offsetX - left) / (lanes.clientWidth - left - 8);
    zoom(e.deltaY < 0 ? 'in' : 'out', view.from + share * (view.to - view.from));
  }, { passive: false });
  lanes.addEventListener('pointermove', (e) => tip(e, nearest(e.offsetX, e.offsetY)));
  lanes.addEventListener('pointerleave', () => { byId('tip').hidden = true; });
  lanes.addEventListener('click', (e) => choose(nearest(e.offsetX, e.offsetY)));
}

function tip(event, i) {
  const box = byId('tip');
  box.hidden = i < 0;
  if (i < 0) return;
  const e = timed.entries[i];
  box.textContent = `${stamp(e.t)} ${told(e)}`.slice(0, 400);
  box.style.left = `${Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8)}px`;
  box.style.top = `${Math.min(event.clientY + 14, innerHeight - box.offsetHeight - 8)}px`;
}

function choose(i) {
  view.chosen = i;
  redraw();
  const row = document.querySelector('tr.chosen');
  if (row) row.scrollIntoView({ block: 'nearest' });
}

if (byId('timeline')) {
  fillFilters();
  listen();
  refilter();
  new ResizeObserver(redraw).observe(byId('lanes-box'));
}
openTarget();
