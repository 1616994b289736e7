for (const button of document.querySelectorAll("[data-action=toggle]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const hide = field.type === "text";
    field.type = hide ? "password" : "text";
    button.setAttribute("aria-label", hide ? button.dataset.show : button.dataset.hide);
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
for (const button of document.querySelectorAll("[data-action=fill]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    field.value = button.textContent;
    field.focus();
  });
}
for (const field of document.querySelectorAll("input[autocomplete$=password]")) {
  const hint = document.createElement("p");
  hint.className = "caps";
  hint.setAttribute("role", "status");
  field.parentNode.append(hint);
  const tell = (event) => {
    hint.textContent = event.getModifierState && event.getModifierState("CapsLock") ? "Caps Lock is on" : "";
  };
  field.addEventListener("keydown", tell);
  field.addEventListener("keyup", tell);
  field.addEventListener("blur", () => { hint.textContent = ""; });
}
for (const rules of document.querySelectorAll("[data-rules]")) {
  const field = document.getElementById(rules.dataset.rules);
  const items = [...rules.querySelectorAll("[data-pattern], [data-least]")].reverse();
  field.addEventListener("input", () => {
    for (const item of items) {
      const { pattern, least } = item.dataset;
      const met = pattern ? new RegExp(pattern).test(field.value) : item.querySelectorAll(".met").length >= least;
      item.className = met ? "met" : "";
      item.querySelector(".spoken").textContent = met ? rules.dataset.pass : "";
    }
  });
}
for (const info of document.querySelectorAll("[data-ulp-validation-function]")) {
  const box = info.closest(".ulp-field");
  const field = box && box.querySelector("input, select, textarea");
  const { ulpValidationFunction, ulpValidationEventListeners = "" } = info.dataset;
  const check = (submitted) => {
    const valid = Boolean(window[ulpValidationFunction](field, submitted));
    info.classList.toggle("ulp-validator-error", !valid);
    box.classList.toggle("ulp-error", box.querySelector(".ulp-validator-error") !== null);
    return valid;
  };
  if (field && typeof window[ulpValidationFunction] === "function") {
    for (const name of ulpValidationEventListeners.split(/[,\s]+/).filter(Boolean)) {
      field.addEventListener(name, () => check(false));
    }
    field.form.addEventListener("submit", (event) => {
      if (!check(true)) {
        event.preventDefault();
      }
    });
  }
}
const dialCodes = "AC247 AD376 AE971 AF93 AG1 AI1 AL355 AM374 AO244 AR54 AS1 AT43 AU61 AW297 AZ994 BA387 BB1 BD880 BE32 BF226 BG359 BH973 BI257 BJ229 BM1 BN673 BO591 BR55 BS1 BT975 BW267 BY375 BZ501 CA1 CD243 CF236 CG242 CH41 CI225 CK682 CL56 CM237 CN86 CO57 CR506 CU53 CV238 CW599 CY357 CZ420 DE49 DJ253 DK45 DM1 DO1 DZ213 EC593 EE372 EG20 ER291 ES34 ET251 FI358 FJ679 FK500 FM691 FO298 FR33 GA241 GB44 GD1 GE995 GF594 GG44 GH233 GI350 GL299 GM220 GN224 GP590 GQ240 GR30 GT502 GU1 GW245 GY592 HK852 HN504 HR385 HT509 HU36 ID62 IE353 IL972 IM44 IN91 IQ964 IR98 IS354 IT39 JE44 JM1 JO962 JP81 KE254 KG996 KH855 KI686 KM269 KN1 KP850 KR82 KW965 KY1 KZ7 LA856 LB961 LC1 LI423 LK94 LR231 LS266 LT370 LU352 LV371 LY218 MA212 MC377 MD373 ME382 MG261 MH692 MK389 ML223 MM95 MN976 MO853 MP1 MQ596 MR222 MS1 MT356 MU230 MV960 MW265 MX52 MY60 MZ258 NA264 NC687 NE227 NF672 NG234 NI505 NL31 NO47 NP977 NR674 NU683 NZ64 OM968 PA507 PE51 PF689 PG675 PH63 PK92 PL48 PM508 PR1 PS970 PT351 PW680 PY595 QA974 RE262 RO40 RS381 RU7 RW250 SA966 SB677 SC248 SD249 SE46 SG65 SH290 SI386 SK421 SL232 SM378 SN221 SO252 SR597 SS211 ST239 SV503 SX1 SY963 SZ268 TC1 TD235 TG228 TH66 TJ992 TK690 TL670 TM993 TN216 TO676 TR90 TT1 TV688 TW886 TZ255 UA380 UG256 US1 UY598 UZ998 VA39 VC1 VE58 VG1 VI1 VN84 VU678 WF681 WS685 XK383 YE967 YT262 ZA27 ZM260 ZW263";
for (const field of document.querySelectorAll("input[data-country]")) {
  const countries = dialCodes.split(" ").map((c) => ({ id: c.slice(0, 2), code: c.slice(2) }));
  const namesIn = (language) => new Intl.DisplayNames(language, { type: "region" });
  let names;
  try {
    names = namesIn([document.documentElement.lang || "en", "en"]);
  } catch {
    names = namesIn("en");
  }
  const home = (navigator.language.split("-")[1] || "US").toUpperCase();
  const picker = document.createElement("select");
  picker.className = "country";
  picker.setAttribute("aria-label", field.dataset.country);
  for (const c of countries) {
    c.name = names.of(c.id) || c.id;
  }
  countries.sort((a, b) => a.name.localeCompare(b.name));
  for (const c of countries) {
    picker.append(new Option(c.name + " +" + c.code, c.id));
  }
  const typed = () => field.value.replace(/[^+0-9]/g, "");
  const countryOf = (number) => countries.filter((c) => number.startsWith("+" + c.code)).sort((a, b) => b.code.length - a.code.length || (b.id === home) - (a.id === home) || (b.id === "US") - (a.id === "US"))[0];
  const chosen = () => countries.find((c) => c.id === picker.value);
  const written = (number) => {
    const country = countryOf(number);
    if (!country) {
      return number;
    }
    const rest = number.slice(1 + country.code.length);
    const parts = country.code === "1" ? [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)] : rest.match(/.{3}(?=.{2})|.+/g) || [];
    return ["+" + country.code, ...parts].filter(Boolean).join(" ");
  };
  const start = countryOf(typed());
  picker.value = start ? start.id : countries.some((c) => c.id === home) ? home : "US";
  picker.addEventListener("change", () => {
    const number = typed(), old = countryOf(number);
    field.value = written("+" + chosen().code + (old ? number.slice(1 + old.code.length) : number.replace(/^\+/, "")));
    field.focus();
  });
  const complete = () => {
    const number = typed();
    if (/[^-+0-9 ().]/.test(field.value) || number.length < 6) {
      return;
    }
    const full = number.startsWith("+") ? number : "+" + chosen().code + number.replace(/^0+/, "");
    if (full.startsWith("+1") && full.length !== "+12025550100".length) {
      return;
    }
    field.value = written(full);
    const country = countryOf(typed());
    if (country && country.code !== chosen().code) {
      picker.value = country.id;
    }
  };
  field.addEventListener("blur", complete);
  field.form.addEventListener("submit", complete);
  field.parentNode.before(picker);
}
