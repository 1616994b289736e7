// The users: find one, add one, sign in as one, block, delete. One user alone is in user.js.
import { el, setText, plural } from "./dom.js";
import { attempt, complaint } from "./controls.js";
import { ask, watch } from "./api.js";
import { factorsOf } from "./factors.js";
import { userView, userActions, addressOf } from "./user.js";
import * as router from "./route.js";

const PAGE = 50; // users at a time

export function usersPanel() {
  const line = complaint(), addLine = complaint();
  const count = el("p", { class: "about", role: "status" });
  const signedIn = el("p", { class: "about", role: "status" });
  const none = el("p", { class: "note", hidden: true });
  const rows = el("ul", { class: "plain-list users", "aria-label": "Users" });
  const more = el("button", { type: "button", hidden: true, text: "Show more" });
  const find = el("input", { id: "find-user", type: "search", placeholder: "Find a user", autocomplete: "off", spellcheck: false });
  const address = el("input", { id: "add-address", type: "text", placeholder: "grace@example.com or +12025550123", required: true, autocomplete: "off", autocapitalize: "off", spellcheck: false });
  const name = el("input", { id: "add-name", type: "text", placeholder: "Grace Hopper", autocomplete: "off" });
  const add = el("button", { type: "submit", class: "primary", text: "Add user" });
  const form = el("form", { class: "stack", noValidate: true },
    el("label", { for: "add-address", text: "E-mail address or phone number" }), address,
    el("label", { for: "add-name" }, "Name ", el("span", { class: "optional", text: "(optional)" })), name,
    add, addLine.element);
  const shown = new Map(); // what each row was made from
  let most = PAGE, users = [], total = 0, watching = null, view = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(add, addLine, async () => {
      const to = address.value.trim();
      if (!to) throw new Error("Write an e-mail address or a phone number.");
      const user = /^[+\d][\d\s().-]*$/.test(to) ? { phone_number: to, phone_verified: true } : { email: to, email_verified: true };
      if (name.value.trim()) user.name = name.value.trim();
      await ask("POST", "users", user);
      address.value = name.value = "";
      address.focus();
      watching?.look();
    });
  });
  find.addEventListener("input", () => {
    most = PAGE;
    look();
  });
  more.addEventListener("click", () => {
    most += PAGE;
    look();
  });

  // look reads the users that are sought, now and again and again.
  function look() {
    watching?.stop();
    watching = watch(`users?limit=${Math.min(most, 1000)}&search=${encodeURIComponent(find.value.trim())}`, 2000, () => view === null, (answer) => {
      users = answer.items;
      total = answer.total;
      draw();
    }, line.say);
  }

  function draw() {
    const text = find.value.trim();
    none.hidden = !text || total > 0;
    setText(none, `No user matches “${text}”.`);
    setText(count, total > users.length ? `${plural(total, "user")}, the first ${users.length.toLocaleString("en")} shown` : plural(total, "user"));
    more.hidden = total <= users.length || most >= 1000;
    const ids = new Set(users.map((u) => u.user_id));
    for (const [id, row] of shown) {
      if (ids.has(id)) continue;
      row.element.remove();
      shown.delete(id);
    }
    users.forEach((user, index) => {
      const from = JSON.stringify(user);
      let row = shown.get(user.user_id);
      if (!row || row.from !== from) {
        const made = makeRow(user, changed, said);
        const focused = row?.element.contains(document.activeElement) ? document.activeElement.dataset.does : "";
        const open = row?.element.querySelector("details").open;
        row?.element.replaceWith(made);
        made.querySelector("details").open = open ?? false;
        row = { element: made, from };
        shown.set(user.user_id, row);
        if (focused) made.querySelector(`[data-does="${focused}"]`)?.focus();
      }
      if (rows.children[index] !== row.element) rows.insertBefore(row.element, rows.children[index] ?? null);
    });
  }

  function changed(change) { return change.then(() => watching.look()); }
  function said(address) { setText(signedIn, `This browser is signed in as ${address}. Your app's next login shows no page.`); }

  const list = el("div", { class: "stack-wide" },
    form, el("div", { class: "section-head" }, count), el("div", { class: "inline" }, el("label", { class: "unseen", for: "find-user", text: "Find a user" }), find), line.element, signedIn, none, rows, more);
  const one = el("div", { class: "stack-wide", hidden: true });
  look();

  return {
    stop() {
      watching.stop();
      view?.stop();
    },
    tick() { view?.tick(); },
    // select shows one user alone, or all again.
    select(id) {
      view?.stop();
      view = id ? userView(id, () => router.go({ item: "" }), said) : null;
      list.hidden = Boolean(view);
      one.hidden = !view;
      one.replaceChildren(...(view ? [signedIn, ...view.elements] : []));
      if (view) {
        view.elements[0].querySelector("button").focus();
        return;
      }
      list.insertBefore(signedIn, none);
      watching.look();
      find.focus();
    },
    elements: [list, one],
  };
}

function makeRow(user, changed, signedIn) {
  const line = complaint();
  const address = addressOf(user);
  const path = `users/${encodeURIComponent(user.user_id)}`;
  return el("li", {},
    el("div", { class: "user-head" },
      el("div", { class: "user-name" }, el("strong", {}, el("a", { href: router.href({ panel: "users", item: user.user_id }), text: address, "data-does": "open" })), user.name && user.name !== address && el("span", { text: user.name })),
      user.blocked && el("span", { class: "badge", "data-state": "locked", text: "blocked" })),
    el("p", { class: "about" }, `${user.connection} · `, el("code", { text: user.user_id })),
    el("div", { class: "steps" }, userActions(user, line, changed, signedIn)),
    line.element,
    factorsOf(user, address, (change) => changed(ask("PATCH", path, change))));
}
