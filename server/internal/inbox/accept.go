package inbox

import (
	"strconv"
	"strings"
)

// Wanted tells whether an Accept header asks for a page: whoever names
// text/html, and likes text/plain no better, as browsers do, gets one.
// Wildcards, which curl and fetch send, name nothing.
func Wanted(accept string) bool {
	html := quality(accept, "text/html")
	return html > 0 && html >= quality(accept, "text/plain")
}

// quality is how much a media type is liked, from 0 to 1; 0 if it is not named.
func quality(accept, media string) float64 {
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), media) {
			continue
		}
		for param := range strings.SplitSeq(params, ";") {
			if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "q="); ok {
				liked, err := strconv.ParseFloat(q, 64)
				if err != nil {
					return 0
				}
				return liked
			}
		}
		return 1
	}
	return 0
}
