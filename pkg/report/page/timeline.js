// Drawing: an overview of how much happened when, and a lane for each workload
// and node. Both are canvases: ten thousand ticks would be ten thousand
// elements otherwise.

const LANE = 22, AXIS = 22, NEAR = 7;
const MARKS = { symptom: '!', change: '~', recovery: '+' };

const view = {
  from: timed.from, to: timed.to, // the period shown
  shown: [],                      // entries that the filters let through, in order
  lanes: [],                      // lanes that have some of them
  row: new Map(),                 // lane to its row
  chosen: -1,
};

const paints = () => {
  const css = getComputedStyle(document.documentElement);
  const value = (name) => css.getPropertyValue(name).trim();
  return {
    back: value('--back'), line: value('--line'), ink: value('--ink'), quiet: value('--quiet'), link: value('--link'), panel: value('--panel'),
    change: value('--change'), recovery: value('--good'), critical: value('--critical'), warning: value('--warning'), info: value('--info'),
  };
};

function colour(e, p) {
  if (e.k === 'change') return p.change;
  if (e.k === 'recovery') return p.recovery;
  return e.p < 0 ? p.quiet : p[timed.patterns[e.p].severity] || p.ink;
}

// fit sets a canvas to its size on the page, in the pixels of the screen.
function fit(canvas, height) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const g = canvas.getContext('2d');
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  g.font = '12px system-ui, sans-serif';
  return { g, width, height };
}

const nameWidth = (width) => Math.min(300, Math.max(90, width * 0.26));
const xOf = (t, left, width) => left + (t - view.from) / Math.max(1, view.to - view.from) * (width - left - 8);

function drawOverview() {
  const p = paints(), { g, width, height } = fit(byId('overview'), 48);
  const all = Math.max(1, timed.to - timed.from), bins = new Array(Math.max(1, Math.floor(width / 3))).fill(0);
  const changes = [];
  for (const i of view.shown) {
    const e = timed.entries[i];
    bins[Math.min(bins.length - 1, Math.floor((e.t - timed.from) / all * bins.length))]++;
    if (e.k === 'change') changes.push(e.t);
  }
  const top = Math.max(1, ...bins);
  g.fillStyle = p.warning;
  bins.forEach((n, i) => { if (n) { const h = Math.max(2, n / top * (height - 10)); g.fillRect(i * 3, height - h, 2, h); } });
  g.fillStyle = p.change;
  for (const t of changes) g.fillRect((t - timed.from) / all * width, 0, 2, 8);
  const a = (view.from - timed.from) / all * width, b = (view.to - timed.from) / all * width;
  g.globalAlpha = 0.16;
  g.fillStyle = p.link;
  g.fillRect(a, 0, Math.max(2, b - a), height);
  g.globalAlpha = 1;
  g.strokeStyle = p.link;
  g.strokeRect(a + 0.5, 0.5, Math.max(2, b - a) - 1, height - 1);
}

function drawLanes() {
  const p = paints(), rows = view.lanes.length;
  const { g, width, height } = fit(byId('lanes'), AXIS + rows * LANE + 4), left = nameWidth(byId('lanes').clientWidth);
  drawAxis(g, p, left, width, height);
  g.textBaseline = 'middle';
  view.lanes.forEach((lane, row) => {
    const y = AXIS + row * LANE;
    g.fillStyle = p.line;
    g.fillRect(left, y + LANE / 2, width - left - 8, 1);
    g.fillStyle = p.ink;
    g.fillText(shortened(g, timed.lanes[lane].name, left - 12), 6, y + LANE / 2);
  });
  g.save();
  g.beginPath();
  g.rect(left - 4, 0, width - left, height);
  g.clip();
  for (const i of view.shown) drawEntry(g, p, i, left, width);
  g.restore();
}

function drawAxis(g, p, left, width, height) {
  const { step, at } = ticks(view.from, view.to, width - left);
  g.textBaseline = 'alphabetic';
  for (const t of at) {
    const x = Math.round(xOf(t, left, width));
    g.fillStyle = p.line;
    g.fillRect(x, AXIS - 4, 1, height);
    g.fillStyle = p.quiet;
    if (x + 3 + g.measureText(tickLabel(t, step)).width < width) g.fillText(tickLabel(t, step), x + 3, AXIS - 9);
  }
}

function drawEntry(g, p, i, left, width) {
  const e = timed.entries[i], end = e.u || e.t;
  if (end < view.from || e.t > view.to) return;
  const y = AXIS + view.row.get(e.l) * LANE, x = xOf(e.t, left, width);
  g.fillStyle = colour(e, p);
  if (e.u > e.t) { g.globalAlpha = 0.3; g.fillRect(x, y + 7, Math.max(1, xOf(e.u, left, width) - x), LANE - 14); g.globalAlpha = 1; }
  if (e.k === 'symptom') g.fillRect(x - 1, y + 3, 3, LANE - 6);
  else { g.textBaseline = 'middle'; g.font = 'bold 15px monospace'; g.fillText(MARKS[e.k] || '?', x - 4, y + LANE / 2); g.font = '12px system-ui, sans-serif'; }
  if (i === view.chosen) { g.strokeStyle = p.link; g.strokeRect(x - 5, y + 1, 11, LANE - 2); }
}

// shortened cuts a name in the middle: names differ at their ends.
function shortened(g, text, width) {
  if (g.measureText(text).width <= width) return text;
  let keep = Math.max(4, Math.floor(text.length * width / g.measureText(text).width) - 1), out;
  do { out = `${text.slice(0, Math.ceil(keep / 3))}…${text.slice(text.length - Math.floor(keep * 2 / 3))}`; } while (g.measureText(out).width > width && --keep > 4);
  return out;
}

// nearest is the entry under the pointer, -1 for none.
function nearest(x, y) {
  const width = byId('lanes').clientWidth, left = nameWidth(width), row = Math.floor((y - AXIS) / LANE);
  let best = -1, distance = NEAR;
  for (const i of view.shown) {
    const e = timed.entries[i];
    if (view.row.get(e.l) !== row) continue;
    const a = xOf(e.t, left, width), b = e.u ? xOf(e.u, left, width) : a;
    const d = x >= a && x <= b ? Math.min(x - a, NEAR - 1) : Math.min(Math.abs(x - a), Math.abs(x - b));
    if (d < distance) { best = i; distance = d; }
  }
  return best;
}
