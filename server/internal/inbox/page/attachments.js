// The files and pictures that are attached to a mail. They are only ever saved, or
// shown as a picture, in which nothing runs.
import { el, icon } from "./dom.js";

// attachmentsOf lists what is attached to a message, or is null.
export function attachmentsOf(message) {
  const all = message.attachments ?? [];
  if (all.length === 0) return null;
  return el("section", { class: "attachments", "aria-label": "Attachments" },
    el("h3", { text: all.length === 1 ? "1 attachment" : `${all.length} attachments` }),
    el("ul", {}, all.map((each) => row(message, each))));
}

function row(message, { part, file_name: name, content_type: type, size }) {
  const address = `outbox/${encodeURIComponent(message.id)}/parts/${encodeURIComponent(part)}`;
  const title = name || `Part ${part}`;
  const shown = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/.test(type);
  const picture = shown ? el("img", { src: address, alt: "", loading: "lazy", referrerPolicy: "no-referrer" }) : icon("clip");
  // What cannot be drawn is a file like the others.
  if (shown) picture.addEventListener("error", () => picture.replaceWith(icon("clip")));
  return el("li", {}, el("span", { class: "thumb" }, picture),
    el("span", { class: "file" }, el("bdi", { class: "file-name", text: title, title }),
      el("span", { class: "note", text: `${type} · ${bytes(size)}` })),
    // The server gives the file its name.
    el("a", { class: "button quiet", href: address, download: "", "aria-label": `Save ${title}`, text: "Save" }));
}

// bytes is a size as people say it.
export function bytes(n) {
  if (n < 1024) return n === 1 ? "1 byte" : `${n} bytes`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}
