// Times and their ticks. Times are shown in the zone that the page names.

const timed = JSON.parse(document.getElementById('timed').textContent);
const byId = (id) => document.getElementById(id);
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STEPS = [SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE,
  30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];

const shifted = (ms) => new Date(ms + timed.offset * MINUTE).toISOString();
const clock = (ms) => shifted(ms).slice(11, 19);
const date = (ms) => shifted(ms).slice(0, 10);
const sameDay = date(timed.from) === date(timed.to);
const stamp = (ms) => (sameDay ? clock(ms) : `${date(ms)} ${clock(ms)}`);

function span(ms) {
  const s = Math.round(ms / SECOND);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${s % 60 ? `${s % 60}s` : ''}`;
  if (s < 86400) return `${Math.floor(s / 3600)}h${Math.floor(s % 3600 / 60)}m`;
  return `${Math.floor(s / 86400)}d${Math.floor(s % 86400 / 3600)}h`;
}

// ticks are round times of the page's zone, not closer than a label is wide.
function ticks(from, to, width) {
  const most = Math.max(2, Math.floor(width / 110));
  const step = STEPS.find((s) => (to - from) / s <= most) || STEPS[STEPS.length - 1];
  const shift = timed.offset * MINUTE;
  const out = [];
  for (let t = Math.ceil((from + shift) / step) * step - shift; t <= to; t += step) out.push(t);
  return { step, at: out };
}

const tickLabel = (ms, step) => (step >= DAY ? date(ms).slice(5) : step >= MINUTE ? clock(ms).slice(0, 5) : clock(ms));
