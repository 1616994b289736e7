package login_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

const authorize = "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb"

// loginPage is the first page of a login at a tenant with such a fixture.
func loginPage(t testing.TB, fixture, host string) (s *server.Server, w *httptest.ResponseRecorder) {
	t.Helper()
	s = servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, fixture)})
	to := servertest.Call(t, s, "GET", authorize, nil).Header().Get("Location")
	r := httptest.NewRequestWithContext(t.Context(), "GET", to, nil)
	r.Host = host
	w = httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return s, w
}

const bakery = `branding:
  logo_url: https://cdn.bakery.test/logo.png?a=")
  favicon_url: https://bakery.test/favicon.ico
  font: {url: https://fonts.bakery.test/f.woff2}
  colors: {primary: "#0059d6", page_background: {type: linear-gradient, start: "#ffffff", end: "#000000", angle_deg: 35}}
`

// The branding of the tenant is the look of the pages, and their policy allows what it
// brings, and nothing else.
func TestThePagesHaveTheBrandingOfTheTenant(t *testing.T) {
	t.Parallel()
	_, w := loginPage(t, bakery, "localhost:2884")
	page, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
	for _, part := range []string{
		`<img id="prompt-logo-center" class="own" src="https://cdn.bakery.test/logo.png?a=%22%29" alt="Acme">`, `<link rel="icon" href="https://bakery.test/favicon.ico">`,
		`@font-face { font-family: "ulp-font"; src: url("https://fonts.bakery.test/f.woff2"); }`, `--main: #0059d6;`, `--back: linear-gradient(35deg, #ffffff, #000000);`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s:\n%s", part, page)
		}
	}
	for _, part := range []string{"default-src 'none'; img-src data: https://bakery.test https://cdn.bakery.test; font-src https://fonts.bakery.test; style-src 'sha256-"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy has no %s: %s", part, policy)
		}
	}
}

// The policy names each style and script of a page. (A template drops a comment of a script,
// so that the script is another one.)
func TestThePolicyAllowsWhatThePageBrings(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, bakery)})
	to := servertest.Call(t, s, "GET", authorize+"&connection=sms", nil).Header().Get("Location")
	w := servertest.Call(t, s, "GET", to, nil)
	inline := regexp.MustCompile(`(?s)<(?:style|script)>(.*?)</(?:style|script)>`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(inline) != 3 {
		t.Errorf("the page has %d styles and scripts:\n%s", len(inline), w.Body)
	}
	for _, one := range inline {
		sum := sha256.Sum256([]byte(one[1]))
		if source := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(w.Header().Get("Content-Security-Policy"), source) {
			t.Errorf("the policy %s has no %s, which allows\n%s", w.Header().Get("Content-Security-Policy"), source, one[1])
		}
	}
}

// A theme wins over the branding. What is no color, length or address changes nothing.
func TestAThemeWinsOverTheBranding(t *testing.T) {
	t.Parallel()
	_, w := loginPage(t, bakery+`  themes:
    - colors: {primary_button: "#112233", widget_background: "#000000", header: red}
      borders: {button_border_radius: 7, buttons_style: rounded, inputs_style: pill, show_widget_shadow: false}
      fonts: {font_url: "javascript:alert(1)", title: {bold: true, size: 200}, links_style: underlined, reference_text_size: 14}
      page_background: {page_layout: left, background_image_url: "https://pictures.test/x.png\"); color: red"}
      widget: {logo_url: "https://theme.test/l.png", logo_height: 60, logo_position: none, header_text_alignment: left}
`, "localhost:2884")
	page := w.Body.String()
	for _, part := range []string{
		"--main: #0059d6; --link: #0059d6; --back: linear", "--main: #112233;", ":root { color-scheme: dark; }", "--button-radius: 7px;", "--input-radius: 9999px;", "--card-shadow: none;",
		"--size: 14px;", "--title-size: calc(200em / 100); --title-weight: 700;", "--link-line: underline;", "--place: flex-start;", `url("https://pictures.test/x.png%22%29;%20color:%20red")`,
		"--logo-height: 60px;", "#prompt-logo-center { display: none; }", "--title-place: start;", `src="https://theme.test/l.png"`, "fonts.bakery.test",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s:\n%s", part, page)
		}
	}
	if strings.Contains(page, "javascript:") || strings.Contains(page, "--title: ") {
		t.Errorf("the page takes what is no address and no color:\n%s", page)
	}
}

// Whatever a theme has in its fields, there is a page, and the page has no more elements
// than the one without a theme. Only what is a color, a length or an address gets into it.
func FuzzTheme(f *testing.F) {
	for _, value := range []string{
		`"javascript:alert(1)"`, `"</style><script>alert(1)</script>"`, `"#fff; } body { display: none"`, `"https://a.test/\"); } a { b: url(\""`, `"https://a.test/?</style>;,"`,
		`["left"]`, `{"a": [1]}`, `{"start": "#fff", "end": "#000", "angle_deg": 1e300}`, `{"size": -1, "bold": 3}`, `-1`, `1e308`, `null`, `true`, `"HTTPS://USER@[::1]:1/é"`, `"https://a.test;script-src *"`,
	} {
		f.Add(value)
	}
	tags := regexp.MustCompile(`</?[a-z]+`)
	_, w := loginPage(f, "branding: {themes: [{colors: {primary_button: \"#112233\"}}]}\n", "localhost")
	plain := len(tags.FindAllString(w.Body.String(), -1))
	f.Fuzz(func(t *testing.T, value string) {
		var given any
		if json.Unmarshal([]byte(value), &given) != nil {
			t.Skip()
		}
		all := func(names ...string) map[string]any {
			fields := map[string]any{}
			for _, name := range names {
				fields[name] = given
			}
			return fields
		}
		text, _ := given.(string)
		branding := fixtures.Branding{LogoURL: text, FaviconURL: text, Font: fixtures.BrandingFont{URL: text}, Colors: fixtures.BrandingColors{Primary: text, PageBackground: given}}
		branding.Themes = []fixtures.Theme{{
			Borders:        all("button_border_radius", "buttons_style", "inputs_style", "show_widget_shadow", "widget_corner_radius"),
			Colors:         all("primary_button", "widget_background", "error"),
			Fonts:          all("font_url", "links_style", "reference_text_size", "title", "links"),
			PageBackground: all("background_color", "background_image_url", "page_layout"),
			Widget:         all("logo_url", "logo_height", "logo_position", "header_text_alignment"),
		}}
		fixture := servertest.ParseFixture(t, "")
		fixture.Branding = branding
		s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: fixture})
		for path, status := range map[string]int{authorize: http.StatusOK, "/authorize?client_id=nobody": http.StatusBadRequest} {
			w := servertest.Call(t, s, "GET", path, nil)
			if to := w.Header().Get("Location"); to != "" {
				w = servertest.Call(t, s, "GET", to, nil)
			}
			page, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
			if w.Code != status || strings.Count(policy, "script-src") > 1 || strings.Contains(policy, "script-src *") || strings.Contains(page, "javascript:") {
				t.Fatalf("%s with %s: %d %s\n%s", path, value, w.Code, policy, page)
			}
			if n := len(tags.FindAllString(page, -1)); status == http.StatusOK && n > plain+3 { // an icon, and a style less a logo
				t.Errorf("%s makes %d elements of %d:\n%s", value, n, plain, page)
			}
		}
	})
}

// The page with an error looks as the others do, and may load the same pictures.
func TestTheErrorPageHasTheLook(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, bakery+`  themes:
    - {colors: {widget_background: "#000000"}, widget: {logo_position: right}}
tenant: {friendly_name: Bakery, mock_notice: corner}
`)})
	w := servertest.Call(t, s, "GET", "/authorize?client_id=nobody", nil)
	for _, part := range []string{
		`<img id="prompt-logo-center" class="own" src="https://cdn.bakery.test/logo.png?a=%22%29" alt="Bakery">`, `<link rel="icon" href="https://bakery.test/favicon.ico">`,
		"--main: #0059d6;", ":root { color-scheme: dark; }", "--logo-right: 0;", `<header class="mock corner"><p><strong>mockauth0</strong>: a test tenant, not Auth0.</p>`,
	} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("the page has no %s:\n%s", part, w.Body)
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; img-src data: https://bakery.test https://cdn.bakery.test; font-src https://fonts.bakery.test; style-src ") {
		t.Errorf("the policy is %s", policy)
	}
}

// The branding of an organization lies over that of the tenant. The text of its buttons is
// black or white, so that it can be read.
func TestTheBrandingOfAnOrganizationWins(t *testing.T) {
	t.Parallel()
	for main, text := range map[string]string{"#ffe0cc": "#000", "#003049": "#fff"} {
		s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, bakery+`clients: [{client_id: acme-web, name: Web, callbacks: ["http://localhost:*"], grant_types: [authorization_code], organization_usage: allow}]
organizations:
  - {id: org_acme000000000000, name: acme, branding: {logo_url: "https://acme.test/l.png", colors: {primary: "`+main+`", page_background: "#123456"}}, enabled_connections: [{connection: email}]}
`)})
		for organization, want := range map[string]string{
			"":                     "--back: linear-gradient(35deg, #ffffff, #000000); }",
			"org_acme000000000000": "--main: " + main + "; --link: " + main + "; --on-main: " + text + "; --back: #123456; }",
		} {
			page := servertest.Call(t, s, "GET", servertest.Call(t, s, "GET", authorize+"&organization="+organization, nil).Header().Get("Location"), nil).Body.String()
			if !strings.Contains(page, want) || strings.Contains(page, "https://acme.test/l.png") != (organization != "") {
				t.Errorf("the page of %q has no %s:\n%s", organization, want, page)
			}
		}
	}
}

// The logo of a client is there if the tenant has none.
func TestAClientsLogo(t *testing.T) {
	t.Parallel()
	client := `clients: [{client_id: acme-web, name: Web, logo_uri: "https://web.test/l.png", callbacks: ["http://localhost:*"], grant_types: [authorization_code]}]
`
	if _, w := loginPage(t, client, "localhost"); !strings.Contains(w.Body.String(), `src="https://web.test/l.png"`) {
		t.Errorf("%s", w.Body)
	}
	if _, w := loginPage(t, client+bakery, "localhost"); strings.Contains(w.Body.String(), "web.test") {
		t.Errorf("%s", w.Body)
	}
}

// A template that does not work is left out, and a partial, too. The journal says why. A page
// without its template is as closed as one that never had any.
func TestAPageDoesWithoutWhatDoesNotWork(t *testing.T) {
	t.Parallel()
	const loop = "{% for a in (1..100) %}{% for b in (1..100) %}{% for c in (1..100) %}{% endfor %}{% endfor %}{% endfor %}"
	for fixture, hint := range map[string]string{
		`branding: {templates: [{template: universal_login, body: "{%- auth0:head -%}{%- auth0:widget -%}` + loop + `"}]}`: "the page does without the template universal_login: line 1: the loops run too often",
		`prompts: {partials: {login-id: {login-id: {form-content-start: "` + loop + `"}}}}`:                                "the page does without the partial form-content-start of login-id: line 1: the loops run too often",
	} {
		s, w := loginPage(t, fixture, "localhost")
		if requests := s.Requests(); !strings.Contains(requests[len(requests)-1].Hint, hint) {
			t.Errorf("the journal says %q, not %q", requests[len(requests)-1].Hint, hint)
		}
		if policy := w.Header().Get("Content-Security-Policy"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<h1>Welcome</h1>") || strings.HasPrefix(policy, "default-src 'none'") != strings.HasPrefix(fixture, "branding") {
			t.Errorf("%d with %s:\n%s", w.Code, policy, w.Body)
		}
	}
}

// What a user is called is text in a page template, whatever letters it has.
func TestATemplateShowsNamesOfUsersAsText(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `branding:
  templates: [{template: universal_login, body: "{%- auth0:head -%}{%- auth0:widget -%}<footer>{{ prompt.screen.texts.description }} {{ user.email }}</footer>"}]
prompts: {custom_text: {en: {login-passwordless: {login-passwordless-email-code: {description: "<b>Hello</b> ${email}"}}}}}
`)})
	b := servertest.NewBrowser(t, s)
	page := b.Call("GET", b.Identify(b.Begin("x"), "o'brien@example.com"), nil).Body.String()
	if want := "<footer><b>Hello</b> o&#39;brien@example.com o&#39;brien@example.com</footer>"; !strings.Contains(page, want) {
		t.Errorf("the page has no %s:\n%s", want, page)
	}
}

// The caret is in one field: in the first one that is wrong, and in that of the captcha if its
// answer is wrong.
func TestOneFieldHasTheFocus(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.NamedFixture(t, "captcha")})
	b := servertest.NewBrowser(t, s)
	names := servertest.NewBrowser(t, servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.NamedFixture(t, "identifiers-one-page")}))
	signup := names.Call("GET", authorize+"&screen_hint=signup", nil).Header().Get("Location")
	for name, w := range map[string]*httptest.ResponseRecorder{
		"phone":    names.Call("POST", signup, url.Values{"email": {"new@example.com"}, "username": {"new"}, "phone": {"1"}}),
		"username": b.Call("GET", "/u/login/identifier?"+b.Begin("x"), nil),
		"captcha":  b.Call("POST", "/u/login/identifier?"+b.Begin("y"), url.Values{"username": {"ada@example.com"}, "captcha": {"wrong"}}),
	} {
		if got := regexp.MustCompile(`name="([a-z]+)"[^>]* autofocus`).FindAllStringSubmatch(w.Body.String(), -1); len(got) != 1 || got[0][1] != name {
			t.Errorf("the focus is in %q, want %s", got, name)
		}
	}
}

// Pages are whole while the Management API changes their look.
func TestTheLookChangesWhilePagesAreShown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, bakery)})
	token := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/_mock/tokens", `{"management":["update:branding","update:prompts"]}`))["token"].(string)
	var both sync.WaitGroup
	both.Go(func() {
		for i := range 30 {
			color := fmt.Sprintf("#%06x", i)
			for path, body := range map[string]string{
				"/api/v2/branding": `{"colors":{"primary":"` + color + `","page_background":"` + color + `"}}`, "/api/v2/prompts/login-id/custom-text/en": `{"login-id":{"title":"` + color + `"}}`,
			} {
				if w := servertest.Call(t, s, map[bool]string{true: "PATCH", false: "PUT"}[path == "/api/v2/branding"], path, body, servertest.Header("Authorization", "Bearer "+token)); w.Code != http.StatusOK {
					t.Errorf("%s: %d %s", path, w.Code, w.Body)
				}
			}
		}
	})
	both.Go(func() {
		for range 30 {
			w := servertest.Call(t, s, "GET", servertest.Call(t, s, "GET", authorize, nil).Header().Get("Location"), nil)
			colors := regexp.MustCompile(`:root { --main: (#[0-9a-f]{6}); --link: #[0-9a-f]{6}; --back: (#[0-9a-f]{6});`).FindStringSubmatch(w.Body.String())
			if w.Code != http.StatusOK || len(colors) > 0 && colors[1] != colors[2] || !strings.HasSuffix(w.Body.String(), "</html>\n") {
				t.Errorf("%d with %q:\n%s", w.Code, colors, w.Body)
			}
		}
	})
	both.Wait()
}

// A template has the page's head and widget, and the variables of Auth0. Its policy
// lets it bring what it wants.
func TestATemplateOfThePages(t *testing.T) {
	t.Parallel()
	template := `branding:
  templates:
    - template: universal_login
      body: |
        <!DOCTYPE html><html lang="{{ locale }}" dir="{{ dir }}"><head>{%- auth0:head -%}<script src="https://cdn.test/a.js"></script></head>
        <body class="{{ prompt.name }} {{prompt.screen.name}} {{ application.id }}">{%auth0:widget%}<footer>{{ tenant.friendly_name }}: {{ prompt.screen.texts.buttonText }}</footer></body></html>
`
	_, w := loginPage(t, template, "localhost:2884")
	page := w.Body.String()
	for _, part := range []string{
		`<html lang="en" dir="ltr">`, "<title>Log in | Acme Web</title>", `<script src="https://cdn.test/a.js">`, `<body class="login-id login-id acme-web">`, "<footer>Acme: Continue</footer>",
		"<strong>mockauth0</strong>: a test tenant", `<form method="post"`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s:\n%s", part, page)
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "http: https:") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the policy is %s", policy)
	}
}

// Only at an address of this machine the mark can be taken away.
func TestTheMarkOfTheMock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ notice, host, want string }{
		{"band", "localhost:2884", `<header class="mock"><p>`},
		{"corner", "localhost:2884", `<header class="mock corner"><p>`},
		{"corner", "auth.test", `<header class="mock corner"><p>`},
		{"none", "localhost:2884", ""},
		{"none", "127.0.0.1", ""},
		{"none", "[::1]:2884", ""},
		{"none", "acme.localhost", ""},
		{"none", "auth.test", `<header class="mock corner"><p>`},
		{"none", "192.0.2.1", `<header class="mock corner"><p>`},
		{"none", "notlocalhost", `<header class="mock corner"><p>`},
	} {
		_, w := loginPage(t, "tenant: {mock_notice: "+test.notice+"}\n", test.host)
		if got := regexp.MustCompile(`<header class="mock[^>]*><p>`).FindString(w.Body.String()); got != test.want {
			t.Errorf("mock_notice %s at %s: %q, want %q", test.notice, test.host, got, test.want)
		}
	}
}

// With show_codes the page has the live code. A code may have blanks, as one has that is
// copied from a mail.
func TestThePageShowsTheCode(t *testing.T) {
	t.Parallel()
	for _, show := range []string{"true", "false"} {
		s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, "tenant: {show_codes: "+show+"}\n")})
		b := servertest.NewBrowser(t, s)
		page := b.Identify(b.Begin("x"), "ada@example.com")
		code := servertest.Live(t, s, "ada@example.com")
		if got := b.Call("GET", page, nil).Body.String(); strings.Contains(got, ">"+code+"</button></p>") != (show == "true") {
			t.Errorf("show_codes %s:\n%s", show, got)
		}
		query := page[strings.Index(page, "?"):]
		if w := b.Call("POST", "/u/reset-password/request/Username-Password-Authentication"+query, url.Values{"email": {"ada@example.com"}}); strings.Contains(w.Body.String(), code) || !strings.Contains(w.Body.String(), "What was sent is in the <a") {
			t.Errorf("a page that asks for no code has one:\n%s", w.Body)
		}
		b.Call("POST", "/u/login/identifier"+query, url.Values{"username": {"ada@example.com"}})
		code = servertest.Live(t, s, "ada@example.com")
		if w := b.Call("POST", page, url.Values{"code": {" " + code[:3] + "\u00a0-" + code[3:] + "\n"}}); w.Code != http.StatusFound {
			t.Errorf("a code with blanks: %d %s", w.Code, w.Body)
		}
		if w := servertest.NewBrowser(t, s).Call("GET", page, nil); strings.Contains(w.Body.String(), code) {
			t.Errorf("a page shows a used code:\n%s", w.Body)
		}
	}
}
