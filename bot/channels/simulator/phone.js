// One phone: a view of one person's transcript, and a place to say something in that name.
// It decides nothing; it shows what the transcript says. What concerns the rest of the page
// it tells by events: "shown" (another person), "news" (something came in), "newcomer", "lost".

import { $, ask, dayOf, make, people, timeOf } from "./town.js";

const KINDS = {
  image: "照片", voice: "语音", video: "视频", file: "文件", location: "位置", link: "链接",
  card: "卡片", subscribe: "关注了公众号", unsubscribe: "取消了关注", scan: "扫了网格的二维码",
  event: "点了菜单",
};
const EVENTS = new Set(["subscribe", "unsubscribe", "scan", "event"]);
const IMPORTANCE = { urgent: "加急", emergency: "紧急" };
const ADD = "+"; // never a person's id
const QUIET_GAP = 5 * 60_000; // ms; a longer silence gets a line with the time

export class Phone {
  /** `setup`: name, side, role, account, person (id), chips, extras; see page.js. */
  constructor(setup) {
    Object.assign(this, setup);
    this.sent = Promise.resolve(); // what is under way: one's words keep their order
    this.reading = Promise.resolve();
    this.queued = null;
    this.shown = 0; // counts changes of person, so that a late answer is left aside
    this.build();
  }

  get key() { return `${this.side}:${this.person}`; }

  get who() { return people[this.side].find(({ id }) => id === this.person)?.name ?? "我"; }

  tell(event) { this.root.dispatchEvent(new CustomEvent(event, { bubbles: true, detail: this })); }

  // ---- the case around the conversation

  build() {
    this.root = $("#phone").content.cloneNode(true).firstElementChild;
    this.root.dataset.name = this.name;
    this.root.dataset.side = this.side;
    this.root.setAttribute("aria-label", `${this.role}的手机`);
    $("h2", this.root).textContent = `${this.role} · ${this.account}`;
    this.log = $(".log", this.root);
    this.messages = $(".messages", this.root);
    this.pending = $(".pending", this.root);
    this.chipRow = $(".chips", this.root);
    this.chipRow.setAttribute("aria-label", `${this.role}可以试着说`);
    this.buildSwitcher();
    this.buildComposer();
    this.buildExtras();
  }

  buildSwitcher() {
    this.select = $("select", this.root);
    this.select.setAttribute("aria-label", `${this.role}手机：现在是谁`);
    this.select.onchange = () => {
      if (this.select.value === ADD) this.tell("newcomer");
      else this.show(this.select.value);
    };
    this.badge = $(".unread", this.root);
    this.badge.onclick = () => this.show(this.waiting()[0].id);
  }

  buildComposer() {
    this.input = $("textarea", this.root);
    this.input.setAttribute("aria-label", `${this.role}要说的话`);
    const form = $(".composer", this.root);
    form.onsubmit = (event) => {
      event.preventDefault();
      this.send({ kind: "text" });
    };
    this.input.onkeydown = (event) => {
      // while an input method is composing, Enter picks a word
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    };
  }

  buildExtras() {
    const more = $(".more", this.root);
    const panel = $(".extras", this.root);
    const toggle = () => {
      panel.hidden = !panel.hidden;
      more.setAttribute("aria-expanded", String(!panel.hidden));
      this.toEnd();
    };
    more.onclick = toggle;
    for (const { label, hint, ...message } of this.extras) {
      const button = make("button", { type: "button", text: label, title: hint });
      button.onclick = () => {
        toggle();
        if (message.kind === "file") this.pick();
        else this.send(message);
      };
      panel.append(button);
    }
  }

  /** A file from this machine, sent with its name. */
  pick() {
    const input = make("input", { type: "file", accept: ".xlsx,.csv" });
    input.onchange = async () => {
      const [file] = input.files;
      const bytes = new Uint8Array(await file.arrayBuffer());
      const content = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      this.say({ kind: "file", text: file.name, content });
    };
    input.click();
  }

  // ---- whose phone it is

  show(person) {
    this.person = person;
    this.shown += 1;
    this.cursor = null;
    this.last = null;
    this.numbers = new Set(); // case numbers that this person has been told
    this.number = ""; // the last of them
    this.seen = new Set();
    people.news.delete(this.key);
    this.messages.replaceChildren();
    this.pending.replaceChildren();
    this.log.setAttribute("aria-label", `${this.who}的对话`);
    this.showChips();
    this.tell("shown");
    return this.refresh();
  }

  /** Those of this side who have news and are on no phone. */
  waiting() {
    return people[this.side].filter(({ id }) => people.news.has(`${this.side}:${id}`));
  }

  showPeople() {
    const waiting = this.waiting();
    const options = people[this.side].map((person) => {
      const text = [person.name, person.title].filter(Boolean).join(" · ");
      return make("option", { value: person.id, text: waiting.includes(person) ? `● ${text}` : text });
    });
    if (this.side === "villager") options.push(make("option", { value: ADD, text: "＋ 新来一位村民…" }));
    this.select.replaceChildren(...options);
    this.select.value = this.person;
    this.badge.hidden = waiting.length === 0;
    this.badge.textContent = waiting.length === 1 ? `${waiting[0].name}有新消息` : `${waiting.length} 人有新消息`;
    this.badge.title = `换到：${waiting.map(({ name }) => name).join("、")}`;
  }

  showChips() {
    this.chipRow.replaceChildren(...this.chips.map((chip) => {
      const words = chip.replace(/( ?)\{n\}/, (_, gap) => this.number && gap + this.number);
      const button = make("button", { type: "button", text: words, title: words });
      button.onclick = () => this.fill(words);
      return button;
    }));
  }

  fill(words) {
    this.input.value = words;
    this.input.focus();
  }

  // ---- saying something: a pale bubble stands there until the transcript has the message

  /** `message`: kind and whatever goes with it; the words are taken from the input. */
  send(message) {
    if (EVENTS.has(message.kind)) return this.say(message);
    const text = this.input.value.trim();
    if (message.kind === "text" && !text) return undefined;
    this.input.value = "";
    return this.say({ ...message, text });
  }

  say({ kind, text = "", ...rest }) {
    const body = { side: this.side, person: this.person, text, ...rest };
    if (kind !== "text") body.kind = kind;
    const bubble = make("div", { class: "message me", "data-words": text },
      make("div", { class: "bubble", text: text || `［${KINDS[kind]}］` }),
      make("p", { class: "state" }));
    this.pending.append(bubble);
    return this.post(body, bubble);
  }

  post(body, bubble) {
    $(".state", bubble).replaceChildren("发送中…");
    this.showEmpty();
    this.toEnd();
    this.sent = this.sent.then(async () => {
      try {
        await ask("say", body);
        if (bubble.isConnected) await this.refresh();
        bubble.remove();
      } catch (error) {
        const again = make("button", { type: "button", text: "再发一次" });
        again.onclick = () => this.post(body, bubble);
        $(".state", bubble).replaceChildren(`没发出去：${error.message} `, again);
        this.toEnd();
      }
    });
    return this.sent;
  }

  // ---- reading the transcript

  /** One reading at a time; whoever asks meanwhile shares the next one. */
  refresh() {
    this.queued ??= this.reading.then(() => {
      this.queued = null;
      return this.read();
    });
    this.reading = this.queued;
    return this.queued;
  }

  async read() {
    const shown = this.shown;
    const query = new URLSearchParams({ side: this.side, person: this.person });
    if (this.cursor !== null) query.set("after", this.cursor);
    const answer = await ask(`transcript?${query}`).catch(() => this.tell("lost"));
    if (answer && shown === this.shown) this.take(answer);
  }

  take({ cursor, messages }) {
    const first = this.cursor === null;
    this.cursor = cursor;
    const fresh = messages.filter(({ id }) => !this.seen.has(id));
    const nearEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    const number = this.number;
    fresh.forEach((message) => this.append(message));
    this.showEmpty();
    if (this.number !== number) this.showChips();
    if (first || nearEnd || fresh.some(({ from }) => from === "me")) this.toEnd();
    if (!first && fresh.some(({ from }) => from === "them")) this.tell("news");
  }

  append(message) {
    this.seen.add(message.id);
    if (message.from === "them") this.learn(message.text);
    const at = new Date(message.at);
    const day = dayOf(at);
    if (day !== this.last?.day) this.stamp(`${day} ${timeOf(at)}`);
    else if (at - this.last.at > QUIET_GAP) this.stamp(timeOf(at));
    this.last = { day, at };
    if (EVENTS.has(message.kind)) this.stamp([KINDS[message.kind], message.text].filter(Boolean).join("："));
    else this.messages.append(this.bubble(message));
    if (message.from === "me") this.arrived(message);
  }

  stamp(text) { this.messages.append(make("p", { class: "stamp", text })); }

  /** What was under way stands in the transcript now. */
  arrived({ text, kind }) {
    const words = EVENTS.has(kind) ? "" : text;
    [...this.pending.children].find(({ dataset }) => dataset.words === words)?.remove();
  }

  learn(text) {
    for (const [, number] of text.matchAll(/编号\s*[：:]?\s*(\d+)/g)) {
      this.numbers.add(number);
      this.number = number;
    }
  }

  bubble(message) {
    const { from, kind, text, importance, buttons = [] } = message;
    const name = from === "me" ? this.who : "小格";
    const bubble = make("div", { class: "bubble" }, make("span", { class: "unseen", text: `${name}：` }));
    if (IMPORTANCE[importance]) bubble.append(make("strong", { class: "flag", text: IMPORTANCE[importance] }));
    if (kind !== "text") bubble.append(medium(message));
    bubble.append(...this.words(text));
    if (buttons.length) bubble.append(make("div", { class: "buttons" }, ...buttons.map((one) => this.press(one))));
    const face = from === "me" ? this.who.slice(0, 1) : "格";
    return make("article", { class: `message ${from} ${importance}`, "data-id": message.id },
      make("span", { class: "face", "aria-hidden": "true", text: face }), bubble);
  }

  press({ label, text }) {
    const button = make("button", { type: "button", text: label, title: text });
    button.onclick = () => this.say({ kind: "text", text });
    return button;
  }

  /** The text as nodes; the case numbers that this person has been told can be tapped. */
  words(text) {
    return text.split(/(\d{3,})/).map((part) => {
      if (!this.numbers.has(part)) return part;
      const link = make("button", { type: "button", class: "number", text: part, title: `查 ${part}` });
      link.onclick = () => this.fill(`查 ${part}`);
      return link;
    });
  }

  showEmpty() {
    $(".empty", this.root).hidden = this.seen.size > 0 || this.pending.hasChildNodes();
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; }
}

function medium({ kind, media, text }) {
  const label = KINDS[kind] ?? "消息";
  const url = typeof media === "string" && /^(\/|https?:)/.test(media) ? media : null;
  if (url && kind === "image") return make("img", { src: url, alt: label });
  const note = make("span", { class: "medium", text: text ? `${label}：` : label });
  return url ? make("a", { href: url, target: "_blank", rel: "noopener" }, note) : note;
}
