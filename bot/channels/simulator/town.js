// What the phones and the page share: the server's interface, the town's time, its people.

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element; `text` and attributes by name, then its children. Text never becomes markup. */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}

// ---- the server ---------------------------------------------------------------------------

/** GET, or POST when there is a body. Throws an Error with words that a user can read. */
export async function ask(path, body) {
  const request = body && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const response = await fetch(`/simulator/${path}`, {
    ...request, cache: "no-store", signal: AbortSignal.timeout(60_000),
  }).catch(() => { throw new Error("连不上服务"); });
  if (response.ok) return response.json();
  const { detail } = await response.json().catch(() => ({}));
  throw new Error(typeof detail === "string" ? detail : `服务没有办成（${response.status}）`);
}

// ---- the town's time ----------------------------------------------------------------------

const format = (parts) =>
  new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", ...parts });
const timeFormat = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = format({ month: "long", day: "numeric", weekday: "short" });
const dateFormat = format({ year: "numeric", month: "long", day: "numeric", weekday: "long" });

export const timeOf = (moment) => timeFormat.format(moment);
export const dayOf = (moment) => dayFormat.format(moment).replace("周", " 周");
export const momentOf = (iso) => `${dayOf(new Date(iso))} ${timeOf(new Date(iso))}`;

export const clock = {
  ahead: 0, // ms from this computer's clock to the town's
  skew: 0, // ms from this computer's clock to the server's real time

  start(now, offsetSeconds) {
    this.skew = Date.parse(now) - offsetSeconds * 1000 - Date.now();
    this.set(now);
  },
  set(now) {
    this.ahead = Date.parse(now) - Date.now();
    this.show();
  },
  show() {
    const now = new Date(Date.now() + this.ahead);
    $("#time").textContent = timeOf(now);
    $("#time").dateTime = now.toISOString();
    $("#date").textContent = dateFormat.format(now).replace("星期", " 星期");
    const minutes = Math.round((this.ahead - this.skew) / 60_000);
    $("#shift").hidden = minutes === 0;
    $("#shift").textContent = `比真实时间${minutes > 0 ? "快" : "慢"} ${inWords(Math.abs(minutes))}`;
  },
};

function inWords(minutes) {
  const parts = [[Math.floor(minutes / 1440), "天"], [Math.floor(minutes / 60) % 24, "小时"],
    [minutes % 60, "分钟"]];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join("");
}

/** "26小时", "3 天", "90分钟" as the server reads them; anything else goes as it was typed. */
export function spanOf(typed) {
  return typed.normalize("NFKC").replace(/\s/g, "").toLowerCase()
    .replace(/分钟?$/, "min").replace(/个?小时$/, "h").replace(/天$/, "d");
}

// ---- people -------------------------------------------------------------------------------

const ADDED = "xiaoge.villagers"; // villagers invented on this page outlive a reload

export const people = {
  villager: [],
  staff: [],
  news: new Set(), // "side:id" of those who got something that no phone has shown yet

  start({ villagers, staff }) {
    const added = this.added().filter(({ id }) => villagers.every((known) => known.id !== id));
    this.villager = [...villagers, ...added];
    this.staff = staff;
  },
  added: () => JSON.parse(localStorage.getItem(ADDED) ?? "[]"),
  add(name) {
    const person = { id: `v-${Math.random().toString(36).slice(2, 10)}`, name };
    this.villager.push(person);
    localStorage.setItem(ADDED, JSON.stringify([...this.added(), person]));
    return person.id;
  },
};
