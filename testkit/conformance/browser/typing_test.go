package browser

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// ownLanguage is a tenant whose language has a name that browsers do not know.
var ownLanguage = testkit.FixtureYAML("version: 1\nextends: default\ntenant: {enabled_locales: [en_US]}\nprompts: {custom_text: {en_US: {login-id: {login-id: {title: Hi}}}}}\n")

// A field for a phone number has a list of countries beside it, completes the number and
// writes it in groups. A field for a password tells of Caps Lock. One for a new password
// ticks the rules that it meets. Without script there are only the fields.
func TestHelpWhileTyping(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"connection": "sms"}, ownLanguage)
	number := func() string { return value[string](s.tab, `document.querySelector("#username").value`) }
	country := func() string { return value[string](s.tab, `document.querySelector(".country").value`) }
	typed := func(text string) {
		t.Helper()
		s.write("#username", text)
		value[any](s.tab, `document.activeElement.blur()`)
	}
	if got := value[string](s.tab, `(() => { const c = document.querySelector(".country"); return [c.ariaLabel, c.options.length > 200, c.selectedOptions[0].text].join("|"); })()`); got != "Select a Country Code|true|United States +1" {
		t.Errorf("the list of countries is %q", got)
	}
	if typed("2025550101"); number() != "+1 202 555 0101" {
		t.Errorf("a number without its country becomes %q", number())
	}
	if typed("+33612345678"); number() != "+33 612 345 678" || country() != "FR" {
		t.Errorf("a number of another country becomes %q of %s", number(), country())
	}
	value[any](s.tab, `(() => { const c = document.querySelector(".country"); c.value = "DE"; c.dispatchEvent(new Event("change")); })()`)
	if number() != "+49 612 345 678" {
		t.Errorf("with another country it is %q", number())
	}
	if typed("0301234567"); number() != "+49 301 234 567" {
		t.Errorf("a number of that country becomes %q", number())
	}
	for _, odd := range []string{"030", "call me", "+1202555"} {
		if typed(odd); number() != odd {
			t.Errorf("%q becomes %q", odd, number())
		}
	}
	s.continues("#username", "+1 (202) 555-0101")
	s.at(smsChallenge)

	s.authorize(map[string]string{"connection": "Username-Password-Authentication", "screen_hint": "signup"})
	s.continues("#email", "new@example.com")
	s.at("/u/signup/password")
	caps := func(event string, on bool) string {
		return value[string](s.tab, `(() => {
			const field = document.querySelector("#password"), on = `+map[bool]string{true: "true", false: "false"}[on]+`;
			field.dispatchEvent(`+event+`);
			const hint = document.querySelector(".caps");
			return [hint.innerText, hint.role, hint.checkVisibility()].join("|");
		})()`)
	}
	const down, up = `new KeyboardEvent("keydown", { modifierCapsLock: on })`, `new KeyboardEvent("keyup", { modifierCapsLock: on })`
	for _, step := range []struct {
		event string
		on    bool
		want  string
	}{
		{down, true, "Caps Lock is on|status|true"},
		{up, false, "|status|false"},
		{up, true, "Caps Lock is on|status|true"},
		{`new FocusEvent("blur")`, false, "|status|false"},
	} {
		if got := caps(step.event, step.on); got != step.want {
			t.Errorf("after %s with %v the hint is %q, want %q", step.event, step.on, got, step.want)
		}
	}

	met := func() string {
		return value[string](s.tab, `[...document.querySelectorAll("#rules-password .met")].map((each) => each.dataset.errorCode.replace("password-policy-", "") + (each.querySelector(":scope > .spoken").innerText === "Pass" ? "" : "?")).join(" ")`)
	}
	for password, want := range map[string]string{
		"a":         "lower-case",
		"aB1":       "contains-at-least lower-case upper-case numbers",
		"        ":  "length-at-least special-characters",
		"Passw0rd!": "length-at-least contains-at-least lower-case upper-case numbers special-characters",
		"":          "",
	} {
		if s.write("#password", password); met() != want {
			t.Errorf("%q meets %q, want %q", password, met(), want)
		}
	}
	s.mayBeRefused()
	s.continues("#password", "Passw")
	s.problem("The password is too weak")
	if got := value[string](s.tab, `[...document.querySelectorAll("#rules-password .broken")].map((each) => each.innerText.split("\n")[0].trim()).join("; ")`); !strings.HasPrefix(got, "At least 8 characters") || !strings.Contains(got, "Numbers (0-9)") {
		t.Errorf("the page names %q", got)
	}
	s.continues("#password", "Passw0rd!")
	s.gotCode()
}

// A tenant's own field is checked by its own function, when it says so and when the form
// is sent, and looks like the fields of the page.
func TestAPartialChecksItsField(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil, partials)
	const box = `document.querySelector("#pet").closest(".ulp-field")`
	shown := func() bool { return value[bool](s.tab, box+`.querySelector(".ulp-error-info").checkVisibility()`) }
	if shown() {
		t.Error("the field has a mistake before anybody typed")
	}
	if got := value[string](s.tab, `["#pet", "#username"].map((id) => { const style = getComputedStyle(document.querySelector(id)); return style.height + style.borderTopColor + style.fontSize; }).filter((each, i, all) => all.indexOf(each) === i).join(" and ")`); strings.Contains(got, " and ") {
		t.Errorf("the fields look like %s", got)
	}
	s.write("#username", ada)
	s.click(`button[value=default]`)
	if !shown() || value[string](s.tab, `location.pathname`) != "/u/login/identifier" {
		t.Error("the form was sent without the field")
	}
	s.write("#pet", "Rex")
	value[any](s.tab, `document.querySelector("#pet").dispatchEvent(new Event("change"))`)
	if shown() {
		t.Error("the field is still wrong")
	}
	s.next(func() { s.click(`button[value=default]`) })
	s.at(emailChallenge)
}

var partials = testkit.FixtureYAML(`
version: 1
extends: default
prompts:
  partials:
    login-id:
      login-id:
        form-content-end: |
          <div class="ulp-field">
            <label for="pet">Your pet</label>
            <input type="text" name="ulp-pet" id="pet">
            <div class="ulp-error-info" data-ulp-validation-function="named" data-ulp-validation-event-listeners="change">Name it</div>
          </div>
          <script>function named(field, sent) { return field.value !== ""; }</script>
`)
