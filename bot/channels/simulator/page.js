// The simulator: three phones on one page, the town's clock above them.

import { Phone } from "./phone.js";
import { $, ask, clock, make, momentOf, people, spanOf } from "./town.js";

const POLL = 3000; // ms, when the server cannot call us

const PHOTO = { label: "照片", kind: "image" };
const VOICE = { label: "语音", kind: "voice", hint: "写在输入框里的字，当作识别出来的话" };
const TABLE = { label: "表格", kind: "file", hint: "一张 .xlsx 或 .csv，里面的事一次登记" };
const PLACE = { label: "位置", kind: "location", hint: "写在输入框里的字，当作地名" };

// "{n}" in a suggestion is the number of the case last mentioned on that phone.
const phones = [
  {
    name: "villager", side: "villager", role: "村民", account: "公众号", person: "zhang",
    chips: ["村口路灯坏了一个星期了，晚上走路害怕", "绑定 石墙村三组", "低保要什么材料", "查进度",
      "催{n}", "补充{n} 灯杆也歪了", "满意", "不满意 还是不亮", "我的网格员",
      "举报村主任贪污低保款", "着火了快来人", "帮助"],
    extras: [PHOTO, VOICE, PLACE, { label: "关注", kind: "subscribe" },
      { label: "扫网格码", kind: "scan", event_key: "shiqiang-g3", hint: "石墙村三组网格的二维码" }],
  },
  {
    name: "grid", side: "staff", role: "网格员", account: "企业微信", person: "li",
    chips: ["待办", "接单 {n}", "回复 {n} 已联系电工，明天上午修", "问 {n} 是哪一根杆？",
      "上报 {n} 需要镇里协调资金", "延期 {n} 3天 等配件", "办结 {n} 已换新灯", "查 {n}"],
    extras: [PHOTO, VOICE, PLACE, TABLE],
  },
  {
    name: "admin", side: "staff", role: "镇管理员", account: "企业微信", person: "zhao",
    chips: ["/待办", "/督办 {n} 请今天给答复", "/查 {n}", "/统计", "/时限", "/人员", "/帮助"],
    extras: [PHOTO, TABLE],
  },
].map((setup) => new Phone(setup));

const refreshAll = () => Promise.all(phones.map((phone) => phone.refresh()));
const showPeople = () => phones.forEach((phone) => phone.showPeople());

// ---- tabs: one phone at a time on a narrow screen -----------------------------------------

const tabs = Object.fromEntries(phones.map(({ name, role }) => {
  const tab = make("button", { type: "button", text: role });
  tab.onclick = () => openTab(name);
  return [name, tab];
}));

function openTab(name) {
  document.body.dataset.phone = name;
  for (const [own, tab] of Object.entries(tabs)) tab.setAttribute("aria-pressed", String(own === name));
  tabs[name].classList.remove("news");
  tabs[name].removeAttribute("aria-label");
  phones.find((phone) => phone.name === name).toEnd();
}

function markTab({ name, role }) {
  if (name === document.body.dataset.phone) return;
  tabs[name].classList.add("news");
  tabs[name].setAttribute("aria-label", `${role}，有新消息`);
}

// ---- a new villager -----------------------------------------------------------------------

function askName(phone) {
  const dialog = $("#newcomer");
  const form = $("form", dialog);
  form.reset();
  phone.showPeople(); // the switcher goes back to the one who is on the phone
  dialog.returnValue = "";
  dialog.onclose = () => {
    const name = form.elements.name.value.trim();
    if (dialog.returnValue !== "add" || !name) return;
    phone.show(people.add(name));
    phone.say({ kind: "subscribe" });
    phone.input.focus();
  };
  dialog.showModal();
}

// ---- staying up to date: the server calls, or else we look every three seconds ------------

const live = {
  source: null,
  behind: false, // a reading failed; what was missed is read as soon as it can be

  start() {
    this.listen();
    setInterval(() => {
      // a browser gives up on a connection that was refused with an error
      if (this.source.readyState === EventSource.CLOSED) this.listen();
      this.poll();
    }, POLL);
  },
  listen() {
    this.source = new EventSource("/simulator/events");
    this.source.onopen = () => this.poll(true);
    this.source.onerror = () => this.poll();
    this.source.addEventListener("changed", ({ data }) => this.changed(JSON.parse(data)));
  },
  changed({ people: who, now }) {
    clock.set(now);
    for (const key of who) {
      const showing = phones.filter((phone) => phone.key === key);
      showing.forEach((phone) => phone.refresh());
      if (showing.length || people.news.has(key)) continue;
      people.news.add(key);
      showPeople();
    }
  },
  async poll(catchUp = false) {
    const connected = this.source.readyState === EventSource.OPEN;
    if (connected && !this.behind && !catchUp) return;
    const answer = await ask("people").catch(() => this.lose());
    if (!answer) return;
    this.behind = false;
    this.say(connected ? "live" : "poll", connected ? "实时" : "每 3 秒看一次");
    clock.start(answer.now, answer.offset_seconds);
    await refreshAll();
  },
  lose() {
    this.behind = true;
    this.say("lost", "连不上服务，正在重试");
  },
  say(state, words) {
    const status = $("#link");
    status.dataset.state = state;
    if (status.textContent !== words) status.textContent = words; // else it is read out again
  },
};

// ---- playing the town's time forward ------------------------------------------------------

async function advance(span) {
  const { elements } = $("#clock");
  for (const control of elements) control.disabled = true;
  report("正在拨快时间…");
  try {
    const { now, steps } = await ask("clock", { advance: span });
    clock.set(now);
    elements.span.value = "";
    const count = steps.length ? `其间 ${steps.length} 件事` : "其间没有到时的事";
    report(`拨到 ${momentOf(now)}，${count}`, steps);
  } catch (error) {
    report(`没有拨成：${error.message}`);
  }
  for (const control of elements) control.disabled = false;
  await refreshAll();
}

function report(summary, steps = []) {
  const played = $("#played");
  played.hidden = false;
  played.open = false;
  played.classList.toggle("bare", steps.length === 0);
  $("summary", played).textContent = summary;
  $("ol", played).replaceChildren(...steps.map(({ at, what }) => make("li", {},
    make("time", { datetime: at, text: momentOf(at) }), make("span", { text: what }))));
}

/** What was played lies over the phones while it is open: a click elsewhere, or Esc, folds it up. */
function foldPlayed() {
  const played = $("#played");
  document.addEventListener("pointerdown", ({ target }) => {
    if (!played.contains(target)) played.open = false;
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") played.open = false;
  });
}

function startClock() {
  const form = $("#clock");
  for (const button of form.querySelectorAll("[data-advance]")) {
    button.onclick = () => advance(button.dataset.advance);
  }
  form.onsubmit = (event) => {
    event.preventDefault();
    const span = spanOf(form.elements.span.value);
    if (span) advance(span);
    else form.elements.span.focus();
  };
  setInterval(() => clock.show(), 1000);
}

// ---- the page -----------------------------------------------------------------------------

async function start() {
  const answer = await ask("people").catch(() => live.lose());
  if (!answer) {
    setTimeout(start, POLL);
    return;
  }
  $("#town").textContent = `${answer.town} · `;
  clock.start(answer.now, answer.offset_seconds);
  people.start(answer);
  for (const phone of phones) {
    const side = people[phone.side];
    phone.show(side.some(({ id }) => id === phone.person) ? phone.person : side[0]?.id);
  }
  startClock();
  foldPlayed();
  live.start();
}

document.addEventListener("shown", showPeople);
document.addEventListener("news", ({ detail }) => markTab(detail));
document.addEventListener("newcomer", ({ detail }) => askName(detail));
document.addEventListener("lost", () => live.lose());
$("#newcomer [type=button]").onclick = () => $("#newcomer").close();
$(".phones").append(...phones.map(({ root }) => root));
$(".tabs").append(...Object.values(tabs));
openTab(document.body.dataset.phone);
start();
