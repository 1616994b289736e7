// The second factors of a user: which they are, what an authenticator app shows, and
// the answer to a push notification.
import { el, setText } from "./dom.js";
import { action, attempt, complaint, confirmed } from "./controls.js";
import { ask } from "./api.js";

const NAMES = {
  otp: "Authenticator app",
  phone: "Phone",
  email: "E-mail",
  "push-notification": "Push notifications",
  "recovery-code": "Recovery code",
};

// factorsOf is a user's part of the panel. change sends some of the user's fields.
export function factorsOf(user, address, change) {
  const line = complaint();
  const all = user.mfa ?? [];
  const type = el("select", { "aria-label": `Factor to add to ${address}` }, Object.entries(NAMES).map(([value, text]) => el("option", { value, text })));
  const to = el("input", { type: "text", "aria-label": "Its number or address", placeholder: "+12025550123", autocomplete: "off", hidden: true });
  const add = el("button", { type: "submit", class: "quiet", text: "Add", "aria-label": `Add a factor to ${address}`, "data-does": "add-factor" });
  const form = el("form", { class: "inline", noValidate: true }, type, to, add);
  type.addEventListener("change", () => {
    to.hidden = type.value !== "phone" && type.value !== "email";
    to.placeholder = type.value === "phone" ? "+12025550123" : address;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const made = { type: type.value };
    if (!to.hidden && to.value.trim()) made[type.value === "phone" ? "phone_number" : "email"] = to.value.trim();
    attempt(add, line, () => change({ mfa: [...all, made] }));
  });
  const label = user.mfa_required ? "Do not ask always" : "Ask always";
  return el("details", { class: "more factors" },
    el("summary", { text: `Second factors (${all.length})` }),
    el("ul", { class: "plain-list", "aria-label": `Second factors of ${address}` }, all.map((factor) => row(factor, user, address, line, () => change({ mfa: all.filter((each) => each !== factor) })))),
    form,
    el("div", { class: "steps" }, action(label, line, () => change({ mfa_required: !user.mfa_required }), { class: "quiet", "aria-label": `${label} for a second factor of ${address}`, "data-does": "ask" })),
    line.element);
}

function row(factor, user, address, line, remove) {
  const name = NAMES[factor.type];
  const shown = el("code", { role: "status" });
  const answer = (text) => action(text, line, () => ask("POST", "push", { user: user.user_id, answer: text.toLowerCase() }), { class: "quiet", "aria-label": `${text} the notification of ${address}`, "data-does": `${text} ${factor.id}` });
  return el("li", {},
    el("div", { class: "user-head" },
      el("div", { class: "user-name" }, el("strong", { text: name }), el("span", { text: factor.phone_number ?? factor.email ?? factor.code ?? "" })),
      factor.active === false && el("span", { class: "badge", "data-state": "queued", text: "not confirmed" })),
    el("div", { class: "steps" },
      factor.secret && action("Show code", line, async () => setText(shown, (await ask("GET", `users/${encodeURIComponent(user.user_id)}/totp`)).code), { class: "quiet", "aria-label": `Show code of ${address}`, "data-does": `code ${factor.id}` }),
      shown,
      factor.type === "push-notification" && [answer("Accept"), answer("Reject")],
      confirmed("Remove", line, () => `Remove ${name}?`, remove, { class: "quiet", "aria-label": `Remove ${name} of ${address}`, "data-does": `remove ${factor.id}` })));
}
