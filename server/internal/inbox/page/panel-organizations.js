// The organizations: who is a member with which roles, who is invited. Here one invites
// somebody, and changes the members.
import { el, setText, plural } from "./dom.js";
import { action, attempt, complaint, confirmed } from "./controls.js";
import { ask, watch } from "./api.js";
import { addressOf } from "./user.js";
import * as router from "./route.js";
import * as store from "./store.js";
import * as tenant from "./tenant.js";

const EVERY = 2000;
const MOST = 50; // members of one organization that are shown

export function organizationsPanel() {
  const line = complaint();
  const count = el("p", { class: "about", role: "status" });
  const none = el("p", { class: "note", hidden: true }, "No organizations yet. Add some to ", el("code", { text: "organizations" }), " of the fixture, or by the Management API.");
  const rows = el("ul", { class: "plain-list organizations", "aria-label": "Organizations" });
  const known = { roles: [], addresses: new Map() };
  const shown = new Map(); // by id
  let items = [];

  const organizations = watch("organizations", EVERY, () => true, (all) => {
    items = all.items;
    draw();
    name().catch(line.say);
  }, line.say);
  // name finds out the addresses of the members that are shown, each once.
  const asked = new Set();
  async function name() {
    const ids = items.flatMap(({ members = [] }) => members.slice(0, MOST).map(({ user }) => user)).filter((id) => !asked.has(id)).slice(0, 200);
    if (ids.length === 0) return;
    for (const id of ids) asked.add(id);
    const all = await ask("GET", `users?ids=${ids.map(encodeURIComponent).join(",")}`);
    for (const user of all.items) known.addresses.set(user.user_id, addressOf(user));
    draw();
    await name();
  }
  tenant.look().then(({ roles = [] }) => { known.roles = roles; draw(); }, line.say);

  function draw() {
    none.hidden = items.length > 0;
    setText(count, items.length ? plural(items.length, "organization") : "");
    for (const [id, row] of shown) {
      if (items.some((each) => each.id === id)) continue;
      row.element.remove();
      shown.delete(id);
    }
    items.forEach((organization, index) => {
      if (!shown.has(organization.id)) shown.set(organization.id, makeRow(known, organizations.look));
      const row = shown.get(organization.id);
      row.show(organization);
      if (rows.children[index] !== row.element) rows.insertBefore(row.element, rows.children[index] ?? null);
    });
  }

  return {
    stop: organizations.stop,
    tick() { for (const row of shown.values()) row.tick(); },
    elements: [count, line.element, none, rows],
  };
}

// makeRow is an organization. What is written into its form stays when its lists change.
function makeRow(known, look) {
  const line = complaint();
  const told = el("p", { class: "about", role: "status" });
  const name = el("strong"), handle = el("span"), about = el("p", { class: "about" });
  const address = el("input", { type: "text", placeholder: "grace@example.com", autocomplete: "off", autocapitalize: "off", spellcheck: false });
  const boxes = el("fieldset", { class: "boxes" });
  const invite = el("button", { type: "submit", class: "quiet", text: "Invite" });
  const add = action("Make a member", line, () => changed(`${written()} is a member of ${title()}.`, ask("PUT", member(written()), { roles: checked() })), { class: "quiet" });
  const form = el("form", { class: "stack", noValidate: true }, address, boxes, el("div", { class: "steps" }, invite, add), line.element, told);
  const members = lists("Members"), invitations = lists("Invitations");
  members.element.open = true;
  let organization = null, from = "", rolesFrom = "";

  const title = () => organization.display_name || organization.name;
  const member = (user) => `organizations/${encodeURIComponent(organization.id)}/members/${encodeURIComponent(user)}`;
  const checked = () => [...boxes.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
  const roleNames = (ids = []) => ids.map((id) => known.roles.find((role) => role.id === id)?.name ?? id);

  function written() {
    if (!address.value.trim()) throw new Error("Write an address.");
    return address.value.trim();
  }

  // changed waits for a change, and says what it was.
  async function changed(sentence, change) {
    await change;
    setText(told, sentence);
    fill("", []);
    look();
  }

  function fill(text, roles) {
    address.value = text;
    for (const box of boxes.querySelectorAll("input")) box.checked = roles.includes(box.value);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(invite, line, () => changed(`${written()} is invited to ${title()}. The e-mail is among the messages.`, ask("POST", "invitations", { organization: organization.id, email: written(), roles: checked() })));
  });

  function show(next) {
    organization = next;
    const roles = JSON.stringify(known.roles);
    if (roles !== rolesFrom) {
      rolesFrom = roles;
      const before = checked();
      boxes.replaceChildren(el("legend", { class: "unseen", text: `Roles in ${title()}` }),
        ...known.roles.map((role) => el("label", {}, el("input", { type: "checkbox", value: role.id, checked: before.includes(role.id) }), role.name)));
      boxes.hidden = known.roles.length === 0;
    }
    const all = [organization, roles, (organization.members ?? []).map((each) => known.addresses.get(each.user))];
    if (JSON.stringify(all) === from) return;
    from = JSON.stringify(all);
    setText(name, title());
    setText(handle, organization.name === title() ? "" : organization.name);
    const connections = (organization.enabled_connections ?? []).filter((each) => each.is_enabled !== false).map((each) => each.connection);
    about.replaceChildren(el("code", { text: organization.id }), connections.length ? ` · ${connections.join(", ")}` : " · no enabled_connections, so nobody can sign in");
    address.setAttribute("aria-label", `Address of somebody for ${title()}`);
    invite.setAttribute("aria-label", `Invite to ${title()}`);
    add.setAttribute("aria-label", `Make a member of ${title()}`);
    members.show((organization.members ?? []).filter((each) => each.joined !== false), memberRow, title());
    invitations.show(organization.invitations ?? [], invitationRow, title());
  }

  function memberRow(each) {
    const who = known.addresses.get(each.user) ?? each.user;
    return el("li", {},
      el("div", { class: "user-name" }, el("strong", { text: who }), el("span", { text: roleNames(each.roles).join(", ") || "no roles" })),
      el("div", { class: "steps" },
        action("Change", line, () => { fill(who, each.roles ?? []); address.focus(); }, { class: "quiet", "aria-label": `Change ${who} in ${title()}`, "data-does": `change ${each.user}` }),
        confirmed("Remove", line, () => `Remove ${who}?`, () => changed(`${who} is no member of ${title()} any more.`, ask("DELETE", member(each.user))), { class: "quiet", "aria-label": `Remove ${who} from ${title()}`, "data-does": `remove ${each.user}` })));
  }

  function invitationRow(each) {
    const roles = roleNames(each.roles).join(", ");
    return el("li", {},
      el("div", { class: "user-name" }, el("strong", { text: each.invitee.email }), el("span", { text: `${roles || "no roles"} · into ${each.client_id}` })),
      el("div", { class: "steps" }, el("a", { class: "button quiet", hidden: true, text: "Read the e-mail", "aria-label": `Read the e-mail to ${each.invitee.email}`, "data-ticket": each.ticket_id })));
  }

  // tick leads from each invitation to its e-mail, as soon as that is there.
  function tick() {
    for (const link of invitations.element.querySelectorAll("[data-ticket]")) {
      const message = store.newestWith((each) => each.links?.some((address) => address.includes(`invitation=${link.dataset.ticket}`)));
      link.hidden = !message;
      if (message) link.href = router.href(router.isNarrow() ? { message: message.id, panel: "" } : { message: message.id });
    }
  }

  const element = el("li", {},
    el("div", { class: "user-name" }, name, handle), about,
    members.element, invitations.element, form);
  return { element, show, tick };
}

// lists is a part of an organization that opens: its members, or its invitations.
function lists(label) {
  const summary = el("summary");
  const list = el("ul", { class: "plain-list" });
  const more = el("p", { class: "note", hidden: true, text: `The first ${MOST} are shown.` });
  const element = el("details", { class: "more" }, summary, list, more);
  return {
    element,
    show(items, row, of) {
      const focused = list.contains(document.activeElement) ? document.activeElement.dataset.does : "";
      setText(summary, `${label} (${items.length.toLocaleString("en")})`);
      list.setAttribute("aria-label", `${label} of ${of}`);
      list.replaceChildren(...items.slice(0, MOST).map(row));
      more.hidden = items.length <= MOST;
      if (focused) [...list.querySelectorAll("[data-does]")].find((each) => each.dataset.does === focused)?.focus();
    },
  };
}
