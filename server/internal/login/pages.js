for (const button of document.querySelectorAll("[data-action=toggle]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const hide = field.type === "text";
    field.type = hide ? "password" : "text";
    button.setAttribute("aria-label", hide ? "Show password" : "Hide password");
    button.textContent = hide ? "Show" : "Hide";
  });
}
