// The users: add one, sign in as one, block, delete. Their second factors are in factors.js.
import { el, setText, plural } from "./dom.js";
import { action, attempt, complaint, confirmed } from "./controls.js";
import { ask, watch } from "./api.js";
import { factorsOf } from "./factors.js";

const MOST = 200; // rows; with more users, people search

export function usersPanel() {
  const line = complaint(), addLine = complaint();
  const count = el("p", { class: "about", role: "status" });
  const signedIn = el("p", { class: "about", role: "status" });
  const none = el("p", { class: "note", hidden: true });
  const rows = el("ul", { class: "plain-list users", "aria-label": "Users" });
  const find = el("input", { id: "find-user", type: "search", placeholder: "Find a user", autocomplete: "off", spellcheck: false });
  const address = el("input", { id: "add-address", type: "text", placeholder: "grace@example.com or +12025550123", required: true, autocomplete: "off", autocapitalize: "off", spellcheck: false });
  const name = el("input", { id: "add-name", type: "text", placeholder: "Grace Hopper", autocomplete: "off" });
  const add = el("button", { type: "submit", class: "primary", text: "Add user" });
  const form = el("form", { class: "stack", noValidate: true },
    el("label", { for: "add-address", text: "E-mail address or phone number" }), address,
    el("label", { for: "add-name" }, "Name ", el("span", { class: "optional", text: "(optional)" })), name,
    add, addLine.element);
  let users = [];
  const shown = new Map(); // what each row was made from

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
      watching.look();
    });
  });
  find.addEventListener("input", draw);

  const watching = watch("users", 2000, () => true, ({ items }) => { users = items; draw(); }, line.say);

  function draw() {
    const text = find.value.trim().toLowerCase();
    const found = text ? users.filter((u) => [u.email, u.phone_number, u.name, u.user_id].some((part) => part?.toLowerCase().includes(text))) : users;
    const some = found.slice(0, MOST);
    none.hidden = !text || found.length > 0;
    setText(none, `No user matches “${find.value.trim()}”.`);
    setText(count, found.length > MOST ? `${plural(found.length, "user")}, the first ${MOST} shown` : plural(found.length, "user"));
    const ids = new Set(some.map((u) => u.user_id));
    for (const [id, row] of shown) {
      if (ids.has(id)) continue;
      row.element.remove();
      shown.delete(id);
    }
    some.forEach((user, index) => {
      const from = JSON.stringify(user);
      let row = shown.get(user.user_id);
      if (!row || row.from !== from) {
        const made = makeRow(user, (change) => change.then(() => watching.look()), (address) => setText(signedIn, `This browser is signed in as ${address}. Your app's next login shows no page.`));
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

  return {
    stop: watching.stop,
    elements: [form, el("div", { class: "section-head" }, count), el("div", { class: "inline" }, el("label", { class: "unseen", for: "find-user", text: "Find a user" }), find), line.element, signedIn, none, rows],
  };
}

function makeRow(user, changed, signedIn) {
  const line = complaint();
  const address = user.email || user.phone_number || user.user_id;
  const path = `users/${encodeURIComponent(user.user_id)}`;
  return el("li", {},
    el("div", { class: "user-head" },
      el("div", { class: "user-name" }, el("strong", { text: address }), user.name && user.name !== address && el("span", { text: user.name })),
      user.blocked && el("span", { class: "badge", "data-state": "locked", text: "blocked" })),
    el("p", { class: "about" }, `${user.connection} · `, el("code", { text: user.user_id })),
    el("div", { class: "steps" },
      !user.blocked && action("Sign in as", line, () => changed(ask("POST", "sessions", { user: user.user_id })).then(() => signedIn(address)), { class: "quiet", "aria-label": `Sign in as ${address}`, "data-does": "sign-in" }),
      action(user.blocked ? "Unblock" : "Block", line, () => changed(ask("PATCH", path, { blocked: !user.blocked })), { class: "quiet", "aria-label": `${user.blocked ? "Unblock" : "Block"} ${address}`, "data-does": "block" }),
      confirmed("Delete", line, () => `Delete ${address}?`, () => changed(ask("DELETE", path)), { class: "quiet", "aria-label": `Delete ${address}`, "data-does": "delete" })),
    line.element,
    factorsOf(user, address, (change) => changed(ask("PATCH", path, change))));
}
