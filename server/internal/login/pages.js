for (const button of document.querySelectorAll("[data-action=toggle]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const hide = field.type === "text";
    field.type = hide ? "password" : "text";
    button.setAttribute("aria-label", hide ? button.dataset.show : button.dataset.hide);
    button.textContent = hide ? "Show" : "Hide";
  });
}
for (const button of document.querySelectorAll("[data-action=copy]")) {
  const secret = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => navigator.clipboard.writeText(secret.textContent));
}
for (const button of document.querySelectorAll("[data-poll]")) {
  const pause = 5000;
  const ask = async () => {
    let next = pause;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "application/json" } });
      if (answer.status === 429) {
        next = Math.max(pause, Number(answer.headers.get("X-RateLimit-Reset")) * 1000 - Date.now());
      } else if (answer.ok && (await answer.json()).completed) {
        button.click();
        return;
      }
    } catch {
      next = pause;
    }
    setTimeout(ask, next);
  };
  setTimeout(ask, pause);
}
