package browser

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/testkit"
)

var shots = flag.String("shots", "", "write a picture of each login page into this folder")

// eachPage opens one page of a login after the other, with and without
// mistakes.
func (s *sdk) eachPage(look func(name string)) {
	s.t.Helper()
	s.mayBeRefused()
	s.expect("403 (Forbidden)") // the last one
	long := strings.Repeat("averylongname", 4) + "@example.com"
	s.authorize(nil)
	s.at("/u/login/identifier")
	look("identifier")
	s.continues("#username", "bob")
	s.problem("Enter a valid")
	look("identifier-problem")
	s.continues("#username", long)
	s.at(emailChallenge)
	look("email")
	s.continues("#code", "x")
	s.problem("Code is invalid")
	look("email-problem")
	s.next(func() { s.press("main", "Resend") })
	s.untilText("[role=status]", "new code")
	look("email-resent")
	s.authorize(map[string]string{"connection": "sms", "screen_hint": "signup"})
	s.at("/u/signup/identifier")
	look("signup")
	s.continues("#phone", "+12025550101")
	s.at(smsChallenge)
	look("sms")
	s.authorize(map[string]string{"connection": "Username-Password-Authentication"})
	s.continues("#username", long)
	s.at("/u/login/password")
	look("password")
	s.continues("#password", "wrong")
	s.problem("Wrong email or password")
	look("password-problem")
	s.next(func() { s.press("main", "Forgot password?") })
	s.at(resetRequest)
	look("reset-request")
	s.continues("#email", "dora@example.com")
	s.untilText("h1", "Check Your Email")
	look("reset-email")
	s.next(func() { s.press("main", "Go back") })
	s.continues("#username", long)
	s.next(func() { s.press("main", "Sign up") })
	s.continues("#email", long)
	s.at("/u/signup/password")
	look("signup-password")
	s.run(chromedp.Navigate(s.resetLink()))
	s.untilText("h1", "Change Your Password")
	look("reset-password")
	s.continues("#re-enter-password", "N3w-Passw0rd")
	s.problem("Enter a new password.")
	s.write("#password-reset", "n3w")
	s.continues("#re-enter-password", "n3w")
	s.problem("The password is too weak")
	look("reset-password-problem")
	s.write("#password-reset", "N3w-Passw0rd")
	s.continues("#re-enter-password", "N3w-Passw0rd")
	s.untilText("h1", "Password Changed!")
	look("reset-success")
	s.run(chromedp.Navigate(s.resetLink()))
	s.untilText("h1", "Invalid Link")
	look("reset-used")
	s.run(chromedp.Navigate(s.tenant + "/authorize?client_id=acme-web&redirect_uri=https://" + strings.Repeat("elsewhere", 12) + ".example.com/cb"))
	s.untilText("h1", "Oops!")
	look("error")
}

// withoutIdentifierFirst is a tenant whose login page asks for address and password
// at once.
var withoutIdentifierFirst = testkit.FixtureYAML("version: 1\nextends: default\nprompts: {identifier_first: false}\n")

// eachPageWithoutIdentifierFirst is eachPage for such a tenant.
func (s *sdk) eachPageWithoutIdentifierFirst(look func(name string)) {
	s.t.Helper()
	s.mayBeRefused()
	s.authorize(nil)
	s.at("/u/login")
	look("one-page")
	s.continues("#username", strings.Repeat("averylongname", 4)+"@example.com")
	s.problem("Password is required")
	look("one-page-problem")
	s.next(func() { s.press("main", "Sign up") })
	s.at("/u/signup")
	look("signup-one-page")
}

// withCodes is a tenant whose login pages ask the users of a database for a code
// first, by whatever name they are called.
var withCodes = testkit.FixtureYAML(`
version: 1
extends: default
connections:
  - name: people
    strategy: auth0
    enabled_clients: ["*"]
    options:
      authentication_methods: {email_otp: {enabled: true}, phone_otp: {enabled: true}}
      attributes:
        email: {identifier: {default_method: email_otp}, signup: {status: optional}}
        phone_number: {identifier: {default_method: phone_otp}, signup: {status: optional}}
        username: {signup: {status: optional}}
`)

// eachPageWithCodes is eachPage for such a tenant: a new user signs in by a code, and
// confirms the sign-up.
func (s *sdk) eachPageWithCodes(look func(name string)) {
	s.t.Helper()
	s.mayBeRefused()
	s.authorize(map[string]string{"screen_hint": "signup"})
	look("signup-names")
	s.authorize(nil)
	s.continues("#username", "a b")
	s.problem("Enter a valid email address, phone number, or username.")
	look("identifier-names")
	s.continues("#username", "+12025550155")
	s.at("/u/phone-identifier/challenge")
	look("phone-code")
	s.next(func() { s.press("main", "get a call") })
	s.untilText("main", "via voice phone call")
	look("phone-code-call")
	s.next(func() { s.press("main", "Go back") })
	s.continues("#username", "nell@example.com")
	s.at("/u/email-identifier/challenge")
	look("email-code")
	s.continues("#code", "x")
	s.problem("The code must have 6 numeric characters")
	s.next(func() { s.press("main", "Continue with a password") })
	s.at("/u/login/password")
	look("password-or-code")
	s.next(func() { s.press("main", "Continue with a code") })
	s.at("/u/email-identifier/challenge")
	s.continues("#code", s.auth.OTP(s.t, "nell@example.com"))
	s.at("/u/confirmation")
	look("confirmation")
	s.next(func() { s.press("main", "Confirm") })
	s.gotCode()
}

// Whatever page it is, on a phone and on a desk, in the mock's look and in that of a
// tenant: axe-core finds nothing (contrast included), nothing overflows, nothing lies
// over anything else, there is no script without a use, and nobody takes it for Auth0.
func TestLoginPagesAreAccessible(t *testing.T) {
	t.Parallel()
	script := axe(t)
	looks := []struct {
		name string
		look
	}{
		{"1280", look{width: 1280, height: 800, still: true}},
		{"1280-at-200-percent", look{width: 640, height: 400, dark: true, still: true}}, // dark has no effect
		{"360", look{width: 360, height: 740, still: true}},                             // on this one the login goes on
	}
	for _, c := range []struct {
		tenant string
		pages  func(s *sdk, each func(page string))
		opts   []testkit.Option
	}{
		{"default", (*sdk).eachPage, nil},
		{"one-page", (*sdk).eachPageWithoutIdentifierFirst, []testkit.Option{withoutIdentifierFirst}},
		{"device", (*sdk).eachDevicePage, []testkit.Option{withoutIdentifierFirst}},
		{"mfa", (*sdk).eachMFAPage, []testkit.Option{secondFactors}},
		{"codes", (*sdk).eachPageWithCodes, []testkit.Option{withCodes}},
		{"light", (*sdk).eachPage, []testkit.Option{themed(t, "light-theme.yaml")}},
		{"dark", (*sdk).eachPage, []testkit.Option{themed(t, "dark-theme.yaml")}},
	} {
		t.Run(c.tenant, func(t *testing.T) {
			t.Parallel()
			s := startSDK(t, "http", desktop, c.opts...)
			passed := map[string]int{}
			c.pages(s, func(page string) {
				t.Helper()
				if n := value[int](s.tab, `document.scripts.length - document.querySelectorAll("[type=password] ~ [aria-label='Show password']:not([hidden]), [data-action=copy], [data-poll], [data-action=fill], [data-country], [data-ulp-validation-function]").length`); n > 0 {
					t.Errorf("%s has %d scripts that nothing on it needs", page, n)
				}
				if band := s.text("body > header"); band != "mockauth0: a test tenant, not Auth0. Do not enter real passwords." {
					t.Errorf("%s says %q", page, band)
				}
				s.run(chromedp.Evaluate[chromedp.Void](script))
				for _, how := range looks {
					s.pretend(how.look)
					if wide := s.tooWide(int(how.width)); len(wide) > 0 {
						t.Errorf("%s, %s: too wide: %q", page, how.name, wide)
					}
					if over := value[[]string](s.tab, overlaps); len(over) > 0 {
						t.Errorf("%s, %s: %q", page, how.name, over)
					}
					if *shots != "" {
						if err := os.WriteFile(filepath.Join(*shots, c.tenant+"-"+page+"-"+how.name+".png"), s.screenshot(), 0o644); err != nil {
							t.Fatal(err)
						}
					}
					passed[how.name] += s.axeFinds(page + ", " + how.name)
				}
				if slices.Contains(pictured[c.tenant], page) {
					s.looksAs(c.tenant + "-" + page)
				}
			})
			for _, how := range looks {
				if passed[how.name] < 20 {
					t.Errorf("%s: axe passed only %d rules", how.name, passed[how.name])
				}
			}
		})
	}
}

// overlaps finds what lies over something else, and what is cut off. A label lies over
// its field, and so does the button that shows a password.
const overlaps = `(() => {
	const seen = [...document.querySelectorAll("h1, p, label, legend, input:not([type=hidden]), select, button, a, img, code, dt, dd, .ulp-input-error-message")]
		.filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".spoken"));
	const name = (each) => each.tagName.toLowerCase() + (each.id ? "#" + each.id : "") + " " + each.innerText.slice(0, 40);
	const belong = (a, b) => a.contains(b) || b.contains(a) || a.control === b || b.control === a || b.id && a.getAttribute("aria-controls") === b.id || a.id && b.getAttribute("aria-controls") === a.id;
	const out = seen.filter((each) => each.matches("h1, p, label, button, a") && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 3) && getComputedStyle(each).display !== "inline").map((each) => name(each) + " is cut off");
	const boxes = seen.map((each) => [each, [...each.getClientRects()].filter((box) => box.width > 1 && box.height > 1)]);
	boxes.forEach(([a, of], i) => boxes.slice(i + 1).forEach(([b, others]) => {
		if (!belong(a, b) && of.some((x) => others.some((y) => Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1 && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1))) {
			out.push(name(a) + " and " + name(b) + " overlap");
		}
	}));
	return out;
})()`

// themed is a tenant with a look of its own and a long name.
func themed(t *testing.T, file string) testkit.Option {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return testkit.FixtureYAML(string(text))
}

// What suites look for, and what browsers and phones fill in by.
func TestFieldsOfTheLoginPages(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop)
	field := func(selector, want string) {
		t.Helper()
		s.until(`document.activeElement.matches("input")`) // autofocus comes with the first frame
		if got := value[string](s.tab, `(() => {
			const field = document.querySelector(`+quoted(selector)+`);
			const button = field?.form.querySelector("button[type=submit][name=action][value=default][data-action-button-primary=true]");
			return field && [field.id, field.name, field.type, field.autocomplete, field.inputMode, field.labels[0]?.innerText, document.activeElement === field ? "has the focus" : "", button?.innerText].join("|");
		})()`); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	problems := map[string]string{
		"identifier-problem": "alert|true|error-element-username|true|invalid-email-phone",
		"email-problem":      "alert|true|error-element-code|true|invalid-verification-code",
		"password-problem":   "alert|true|error-element-password|true|wrong-email-credentials",
	}
	s.eachPage(func(page string) {
		t.Helper()
		if logo := value[bool](s.tab, `document.querySelector("#prompt-logo-center")?.alt === "Acme"`); page != "error" && !logo {
			t.Errorf("%s has no logo", page)
		}
		switch page {
		case "identifier":
			field("input[name=username]", "username|username|text|username||Phone number or Email address|has the focus|Continue")
		case "email":
			field("input[name=code]", "code|code|text|one-time-code|numeric|Enter the code|has the focus|Continue")
		case "sms":
			field("input[name=code]", "code|code|text|one-time-code|numeric|Enter the 6-digit code|has the focus|Continue")
		case "signup":
			field("input[name=phone]", "phone|phone|tel|username||Phone number|has the focus|Continue")
		case "password":
			field("input[name=password]", "password|password|password|current-password||Password|has the focus|Continue")
		case "email-problem", "identifier-problem", "password-problem":
			s.until(`document.activeElement.matches("input")`)
			if got := value[string](s.tab, `(() => {
				const field = document.activeElement, problem = document.getElementById(field.getAttribute("aria-describedby"));
				return [problem?.role, field.ariaInvalid, problem?.id, problem?.matches(".ulp-input-error-message"), problem?.dataset.errorCode].join("|");
			})()`); got != problems[page] {
				t.Errorf("%s: the field with the problem says %q, want %q", page, got, problems[page])
			}
		}
	})
}
