package login

import (
	"cmp"
	"html"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/logintexts"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// words are the texts that the tenant has for a screen in place of Auth0's.
type words struct {
	Language string
	own      map[string]any // by Auth0's keys
	screen   logintexts.Screen
	values   *strings.Replacer // of the variables
	asHTML   *strings.Replacer // the same, for a text that is HTML
}

// Dir is the direction of the language, as HTML names it; "" from left to right.
func (w words) Dir() string {
	switch first, _, _ := strings.Cut(w.Language, "-"); first {
	case "ar", "fa", "he", "ur":
		return "rtl"
	}
	return ""
}

// InEnglish are the attributes of the mock's own words, which are English, on a page in
// another language.
func (w words) InEnglish() template.HTMLAttr {
	if w.Language == english {
		return ""
	}
	return `lang="en" dir="ltr"`
}

// text is the tenant's text with one of the keys.
func (w words) text(keys ...string) string {
	for _, key := range keys {
		if text, ok := w.own[key].(string); ok {
			return text
		}
	}
	return ""
}

// T is what a page shows in place of one of Auth0's English texts. The variables in
// the text have their values.
func (w words) T(english string) string {
	if after := w.text(afterName[english]); after != "" {
		return w.values.Replace("${userName} " + after)
	}
	if len(w.own) > 0 {
		english = cmp.Or(w.text(w.screen.Keys(english)...), w.text(aliases[english]), english)
	}
	return w.values.Replace(english)
}

// aliases are the keys of texts that Auth0's list does not have on the screen, or has in
// other words.
var aliases = map[string]string{
	"Account Unblocked":             "description",
	"Authentication Error":          "description",
	"Enter the code shown above":    "captchaCodePlaceholder",
	"Phone number or Email address": "phoneOrEmailPlaceholder",
	"Username or Email address":     "usernameOrEmailPlaceholder",
	"Phone Number or Username":      "phoneOrUsernamePlaceholder",
	"Phone or Username or Email":    "phoneOrUsernameOrEmailPlaceholder",
	"Use another email address":     "editEmailText",
	"Continue with a code":          "switchToOtpButtonText",
	"Continue with a password":      "switchToPasswordButtonText",
}

// afterName are the keys of texts that stand after the name of the user.
var afterName = map[string]string{
	"${userName} is a part of multiple organizations.":                                   "loggedInText",
	"${userName} is used as a personal account and is a part of multiple organizations.": "loggedInTextB2C",
}

// Mistake is what a page shows in place of the English words of a mistake, by Auth0's
// name for it.
func (w words) Mistake(code, english string) string {
	return w.values.Replace(cmp.Or(w.text(code), english))
}

// wordsIn are the words of a screen. chosen is the language that the app asked for, ""
// if the browser chooses.
func wordsIn(c *web.Call, screen, chosen string, digits int, variables ...string) words {
	if digits > 0 {
		variables = append(variables, "6-digit", strconv.Itoa(digits)+"-digit")
	}
	w := words{Language: cmp.Or(chosen, languageOf(c)), values: strings.NewReplacer(variables...)}
	for i := 1; i < len(variables); i += 2 {
		variables[i] = html.EscapeString(variables[i])
	}
	w.asHTML = strings.NewReplacer(variables...)
	byPrompt := c.Setup.Fixture.Prompts.CustomText[w.Language]
	if len(byPrompt) == 0 {
		return w
	}
	w.screen, _ = logintexts.Of(screen)
	w.own, _ = byPrompt[w.screen.Prompt][screen].(map[string]any)
	return w
}

// english is the language of the mock's own texts.
const english = "en"

// languages are those in which the tenant has texts. The first one is the default.
func languages(f *fixtures.Fixture) []string {
	var all []string
	for _, language := range f.Tenant.EnabledLocales {
		if _, has := f.Prompts.CustomText[language]; has || language == english {
			all = append(all, language)
		}
	}
	return append(append(all, english), slices.Sorted(maps.Keys(f.Prompts.CustomText))...)
}

// languageOf is the language of a page, by the header Accept-Language.
func languageOf(c *web.Call) string {
	all := languages(c.Setup.Fixture)
	return cmp.Or(pickLanguage(all, acceptedLanguages(c.Header.Get("Accept-Language"))), all[0])
}

// askedLanguage is the language that the app asks for with ui_locales; "" if the tenant
// has no texts in it.
// Source: auth0/docs-v2 universal-login-internationalization.mdx.
func askedLanguage(c *web.Call) string {
	asked := c.Params.Text("ui_locales")
	if asked == "" {
		return ""
	}
	language := pickLanguage(languages(c.Setup.Fixture), strings.Fields(asked))
	if language == "" {
		c.Hint("the tenant has no texts in the language of ui_locales " + asked + ": prompts.custom_text of the fixture has none in it, and mockauth0 has English ones only")
	}
	return language
}

// pickLanguage is the first of the asked languages that is there. One that differs only
// in its country will do. * is the default. Without any it is "".
func pickLanguage(there, asked []string) string {
	for _, language := range asked {
		if language == "*" {
			return there[0]
		}
		first, _, _ := strings.Cut(language, "-")
		near := ""
		for _, one := range there {
			if strings.EqualFold(one, language) {
				return one
			}
			if base, _, _ := strings.Cut(one, "-"); near == "" && strings.EqualFold(base, first) {
				near = one
			}
		}
		if near != "" {
			return near
		}
	}
	return ""
}

// acceptedLanguages are the languages of a header Accept-Language, the best first.
func acceptedLanguages(header string) []string {
	type accepted struct {
		language string
		quality  float64
	}
	var all []accepted
	for one := range strings.SplitSeq(header, ",") {
		language, parameter, _ := strings.Cut(one, ";")
		a := accepted{strings.TrimSpace(language), 1}
		if q, isQuality := strings.CutPrefix(strings.TrimSpace(parameter), "q="); isQuality {
			a.quality, _ = strconv.ParseFloat(q, 64)
		}
		if a.language != "" && a.quality > 0 {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b accepted) int { return cmp.Compare(b.quality, a.quality) })
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.language
	}
	return out
}
