// Elements are made here, from text that is only ever text: what a message or
// a request holds is a stranger's.

// el makes an element. props are properties ("text" is the text content),
// attributes if their name has a dash or is one of ATTRIBUTES, "on…" listeners,
// and "class". Children that are null or false are left out.
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false && !name.startsWith("aria-")) continue;
    if (name === "text") element.textContent = inOrder(value);
    else if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || ATTRIBUTES.has(name)) element.setAttribute(name, String(value));
    else element[name] = value;
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(inOrder(child));
  }
  return element;
}

const ATTRIBUTES = new Set(["role", "for", "sandbox", "rel", "target", "referrerpolicy", "datetime", "inputmode", "spellcheck"]);

const SVG = "http://www.w3.org/2000/svg";

// icon is a drawing of index.html's sprite, which says nothing by itself.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// setText changes a text only if it is another one, so that nothing is
// announced or laid out for no reason.
export function setText(element, text) {
  const shown = inOrder(text);
  if (element.textContent !== shown) element.textContent = shown;
}

// inOrder shows the characters that turn the order of a text around: with them, the name of a
// file or an address looks like another one.
export function inOrder(text) {
  return typeof text === "string" ? text.replace(/[\u202d\u202e]/g, (turn) => `[U+${turn.charCodeAt(0).toString(16).toUpperCase()}]`) : text;
}

export function byId(id) { return document.getElementById(id); }

// webLink is an address that may be followed, or "" for javascript:, data: and
// whatever else a message may hold.
export function webLink(address) {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : "";
  } catch {
    return "";
  }
}

// plural counts: 1 message, 2 messages.
export function plural(n, one, many = `${one}s`) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

// nextFrame calls f before the next painting, once however often it is asked.
export function nextFrame(f) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; f(); });
  };
}
