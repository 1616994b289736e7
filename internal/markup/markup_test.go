package markup_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/markup"
)

// Sorts of markup, and the regular expressions that say the same.
var sorts = []struct {
	markup.Markup
	expression *regexp.Regexp
}{
	{
		markup.Markup{Elements: []markup.Element{{"<!--", "-->", false}, {"<style", "</style>", true}, {"<head", "</head>", true}}, Tags: true, AnyCase: true},
		regexp.MustCompile(`(?is)<!--.*?-->|<style\b.*?</style>|<head\b.*?</head>|<[^>]*>`),
	},
	{
		markup.Markup{Elements: []markup.Element{{"<!--", "-->", false}, {"<style", "</style>", true}}},
		regexp.MustCompile(`(?s)<!--.*?-->|<style\b.*?</style>`),
	},
	{
		markup.Markup{Elements: []markup.Element{{"<style", "</style>", false}, {"<!--", "-->", false}}, Tags: true},
		regexp.MustCompile(`(?s)<style.*?</style>|<!--.*?-->|<.*?>`),
	},
}

func FuzzReplace(f *testing.F) {
	for _, page := range []string{
		"a<b>c</b>", "<!--a><!--b-->c", "<STYLE a>b</Style >c</style>d", "<style", "<head>a</head><header>b</header>", "<style1>a</style>", "a<b", "<>", "<!-->a-->b<",
		"<style><!--a-->", "<head><style></head>",
	} {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page string) {
		if strings.ContainsAny(page, "\u017f\u212a") || len(page) > 10_000 { // an expression takes these for s and k
			return
		}
		for _, sort := range sorts {
			if got, want := sort.Replace(page, " "), sort.expression.ReplaceAllString(page, " "); got != want {
				t.Errorf("%s: %q becomes %q, not %q", sort.expression, page, got, want)
			}
		}
	})
}

// An expression needs a quarter of an hour for these pages. The bound is only there to
// end the test.
func TestWhatHasNoEndIsLookedForOnce(t *testing.T) {
	t.Parallel()
	done := make(chan bool)
	go func() {
		defer close(done)
		for _, start := range []string{"<!--a>", "<style>", "<style><!--a-->", "<head>", "<", "<a <"} {
			for _, sort := range sorts {
				sort.Replace(strings.Repeat(start, 500<<10/len(start)), "")
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		t.Error("it takes too long")
	}
}
