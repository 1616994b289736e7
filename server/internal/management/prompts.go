package management

import (
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// prompts are /prompts.
var prompts = setting[fixtures.Prompts]{
	path: "/prompts", one: "the settings of the login pages", scope: "prompts", change: []string{"PATCH"},
	of:     func(f *fixtures.Fixture) *fixtures.Prompts { return &f.Prompts },
	starts: object{{Key: "universal_login_experience", Value: "new"}, {Key: "identifier_first", Value: true}},
	fields: section[fixtures.Prompts]{
		hidden: []string{"custom_text", "partials", "rendering"},
		read:   []string{"customText", "screenRenderers"},
	},
}

// promptOperations are those on the texts and the HTML of the pages.
func promptOperations() []operation {
	read, update := []string{"read:prompts"}, []string{"update:prompts"}
	const text, partials, screen = "/prompts/{prompt}/custom-text/{language}", "/prompts/{prompt}/partials", "/prompts/{prompt}/screen/{screen}/rendering"
	return []operation{
		{method: "GET", path: text, summary: "reads the texts of a prompt in a language", scopes: read, run: readCustomText},
		{method: "PUT", path: text, summary: "sets the texts of a prompt in a language", scopes: update, body: &screensBody, run: setCustomText},
		{method: "GET", path: partials, summary: "reads the HTML that a prompt has beside its own", scopes: read, run: readPartials},
		{method: "PUT", path: partials, summary: "sets the HTML that a prompt has beside its own", scopes: update, body: &partialsBody, run: setPartials},
		{method: "GET", path: "/prompts/rendering", summary: "lists how screens are rendered", scopes: read, query: renderingQuery(), run: listRendering},
		{method: "PATCH", path: "/prompts/rendering", summary: "changes how screens are rendered", scopes: update, body: &renderingsBody, run: changeRenderings},
		{method: "GET", path: screen, summary: "reads how a screen is rendered", scopes: read, run: readRendering},
		{method: "PATCH", path: screen, summary: "changes how a screen is rendered", scopes: update, body: &renderingBody, run: changeRendering},
	}
}

// promptNames are the prompts of Auth0, which are groups of screens.
// Source: npm auth0 6.4.0, PromptGroupNameEnum; auth0/docs-v2 customize-text-elements.mdx.
var promptNames = []string{
	"login", "login-id", "login-password", "login-passwordless", "login-email-verification", "signup", "signup-id", "signup-password",
	"phone-identifier-enrollment", "phone-identifier-challenge", "email-identifier-challenge", "reset-password", "custom-form", "consent",
	"customized-consent", "logout", "mfa-push", "mfa-otp", "mfa-voice", "mfa-phone", "mfa-webauthn", "mfa-sms", "mfa-email", "mfa-recovery-code",
	"mfa", "status", "device-flow", "email-verification", "email-otp-challenge", "organizations", "invitation", "common", "passkeys", "captcha",
	"brute-force-protection", "async-approval-flow", "passkey-enrollment", "passkey-enrollment-local",
}

var (
	screensBody  = property{types: []string{"object"}}
	partialsBody = property{types: []string{"object"}, rest: &property{types: []string{"object", "null"}, rest: &property{types: []string{"string", "null"}, max: 10_000}}}
	languageTag  = func() *regexp.Regexp { return fixtures.Language }
	screenName   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9-]{1,100}$`) })
)

// partialPrompts are the prompts that may have partials.
// Source: npm auth0 6.4.0, PartialGroupsEnum.
var partialPrompts = []string{
	"login", "login-id", "login-password", "login-passwordless", "signup", "signup-id", "signup-password", "customized-consent", "passkeys", "confirmation",
}

// checkPath refuses a prompt, a language or a screen that there is not.
func (c *call) checkPath() error { return c.checkPathOf(promptNames) }

func (c *call) checkPathOf(prompts []string) error {
	var faults []fault
	if prompt := c.Vars["prompt"]; !slices.Contains(prompts, prompt) {
		faults = append(faults, fault{"No enum match for: " + clip(prompt), "prompt", "Name of the prompt."})
	}
	for name, pattern := range map[string]func() *regexp.Regexp{"language": languageTag, "screen": screenName} {
		if value, ok := c.Vars[name]; ok && !pattern().MatchString(value) {
			faults = append(faults, fault{"No enum match for: " + clip(value), name, ""})
		}
	}
	if len(faults) > 0 {
		return refusal.InvalidPath.With("problem", sentence("Path", faults))
	}
	return nil
}

// orEmpty is a value, or an empty object in place of none.
func orEmpty(value map[string]any) any {
	if value == nil {
		return object{}
	}
	return value
}

func readCustomText(c *call) (any, error) {
	if err := c.checkPath(); err != nil {
		return nil, err
	}
	return orEmpty(c.Setup.Fixture.Prompts.CustomText[c.Vars["language"]][c.Vars["prompt"]]), nil
}

// setCustomText replaces the texts; an empty object takes them away.
func setCustomText(c *call) (any, error) {
	if err := c.checkPath(); err != nil {
		return nil, err
	}
	language, prompt := c.Vars["language"], c.Vars["prompt"]
	err := c.configure(func(f *fixtures.Fixture) error {
		all := cloned(f.Prompts.CustomText)
		all[language] = cloned(all[language])
		if all[language][prompt] = c.body; len(c.body) == 0 {
			delete(all[language], prompt)
		}
		if len(all[language]) == 0 {
			delete(all, language)
		}
		f.Prompts.CustomText = all
		return nil
	})
	return orEmpty(c.body), err
}

// cloned is a copy of a map, and never nil.
func cloned[T any](m map[string]T) map[string]T {
	if m == nil {
		return map[string]T{}
	}
	return maps.Clone(m)
}

func readPartials(c *call) (any, error) {
	if err := c.checkPathOf(partialPrompts); err != nil {
		return nil, err
	}
	return orEmpty(c.Setup.Fixture.Prompts.Partials[c.Vars["prompt"]]), nil
}

func setPartials(c *call) (any, error) {
	if err := c.checkPathOf(partialPrompts); err != nil {
		return nil, err
	}
	maps.DeleteFunc(c.body, func(_ string, places any) bool { // an empty screen is taken away
		bag, isObject := places.(map[string]any)
		return isObject && len(bag) == 0
	})
	err := c.configure(func(f *fixtures.Fixture) error {
		f.Prompts.Partials = cloned(f.Prompts.Partials)
		if f.Prompts.Partials[c.Vars["prompt"]] = c.body; len(c.body) == 0 {
			delete(f.Prompts.Partials, c.Vars["prompt"])
		}
		return nil
	})
	return orEmpty(c.body), err
}

// renderingFields are what a screen's rendering has.
// Source: npm auth0 6.4.0, ListAculsResponseContentItem.
var renderingFields = []property{
	property{types: []string{"string"}, enum: []string{"standard", "advanced"}}.of("rendering_mode", ""),
	property{types: []string{"array", "null"}}.of("context_configuration", ""),
	property{types: []string{"boolean", "null"}}.of("default_head_tags_disabled", ""),
	property{types: []string{"boolean", "null"}}.of("use_page_template", ""),
	property{types: []string{"array", "null"}}.of("head_tags", ""),
	property{types: []string{"object", "null"}}.of("filters", ""),
}

var (
	renderingBody  = property{types: []string{"object"}, members: renderingFields}
	renderingsBody = property{types: []string{"object"}, required: []string{"configs"}, members: []property{{
		name: "configs", types: []string{"array"}, min: 1, max: 20, items: &property{
			types: []string{"object"}, required: []string{"prompt", "screen"},
			members: append([]property{text.of("prompt", ""), text.of("screen", "")}, renderingFields...),
		},
	}}}
	renderingOrder = []string{
		"tenant", "prompt", "screen", "rendering_mode", "context_configuration", "default_head_tags_disabled", "use_page_template", "head_tags", "filters",
	}
)

func renderingQuery() []property {
	return slices.Concat(pages, fieldLists, []property{text.of("prompt", ""), text.of("screen", ""), text.of("rendering_mode", "")})
}

// showRendering is how a screen is rendered: as usual, unless something else is set.
func showRendering(prompt, screen string, set map[string]any) object {
	shown := &shape{object{
		{Key: "tenant", Value: fixtures.TenantName},
		{Key: "prompt", Value: prompt},
		{Key: "screen", Value: screen},
		{Key: "rendering_mode", Value: "standard"},
		{Key: "context_configuration", Value: []string{}},
		{Key: "default_head_tags_disabled", Value: false},
		{Key: "use_page_template", Value: false},
		{Key: "head_tags", Value: []string{}},
		{Key: "filters", Value: nil},
	}}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		shown.set(name, set[name])
	}
	shown.arrange(renderingOrder)
	return shown.object
}

func isRendering(prompt, screen string) func(map[string]any) bool {
	return func(r map[string]any) bool { return r["prompt"] == prompt && r["screen"] == screen }
}

func listRendering(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, r := range c.Setup.Fixture.Prompts.Rendering {
		prompt, _ := r["prompt"].(string)
		screen, _ := r["screen"].(string)
		shown := (&shape{showRendering(prompt, screen, r)}).without("tenant")
		fits := true
		for _, name := range []string{"prompt", "screen", "rendering_mode"} {
			fits = fits && (c.query[name] == "" || (&shape{shown}).value(name) == c.query[name])
		}
		if fits {
			all = append(all, c.only(shown))
		}
	}
	return c.answer(listFirst, "configs", p, cut(p, all), len(all)), nil
}

func readRendering(c *call) (any, error) {
	if err := c.checkPath(); err != nil {
		return nil, err
	}
	prompt, screen := c.Vars["prompt"], c.Vars["screen"]
	all := c.Setup.Fixture.Prompts.Rendering
	var set map[string]any
	if at := slices.IndexFunc(all, isRendering(prompt, screen)); at >= 0 {
		set = all[at]
	}
	return showRendering(prompt, screen, set), nil
}

// render changes how a screen is rendered.
func render(f *fixtures.Fixture, prompt, screen string, change map[string]any) map[string]any {
	all := slices.Clone(f.Prompts.Rendering)
	at := slices.IndexFunc(all, isRendering(prompt, screen))
	if at < 0 {
		at = len(all)
		all = append(all, nil)
	}
	all[at] = mergedBag(all[at], change)
	all[at]["prompt"], all[at]["screen"] = prompt, screen
	f.Prompts.Rendering = all
	return all[at]
}

func changeRendering(c *call) (any, error) {
	if err := c.checkPath(); err != nil {
		return nil, err
	}
	var set map[string]any
	err := c.configure(func(f *fixtures.Fixture) error {
		set = render(f, c.Vars["prompt"], c.Vars["screen"], c.body)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(showRendering(c.Vars["prompt"], c.Vars["screen"], set), func(m member) bool {
		_, sent := c.body[m.Key]
		return !sent // Source: auth0/go-auth0, its recordings
	}), nil
}

func changeRenderings(c *call) (any, error) {
	configs, _ := c.body["configs"].([]any)
	shown := []object{}
	err := c.configure(func(f *fixtures.Fixture) error {
		for _, config := range configs {
			change, _ := config.(map[string]any)
			prompt, _ := change["prompt"].(string)
			screen, _ := change["screen"].(string)
			if !slices.Contains(promptNames, prompt) || !screenName().MatchString(screen) {
				return refusal.InvalidBody.With("problem", "'No enum match for: "+clip(prompt+" "+screen)+"' on property configs.")
			}
			set := render(f, prompt, screen, change)
			one := &shape{showRendering(prompt, screen, set)}
			if one.drop("tenant"); one.value("filters") == nil {
				one.drop("filters")
			}
			shown = append(shown, one.object)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return object{{Key: "configs", Value: shown}}, nil
}
