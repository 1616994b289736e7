// Package logintexts has Auth0's English texts of the pages of Universal Login.
//
// texts.txt is made from auth0/docs-v2
// main/docs/customize/login-pages/universal-login/customize-text-elements.mdx (MIT
// License, Copyright (c) 2025 Auth0). Where that page lost the key of a title,
// pageTitle is inferred.
package logintexts

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed texts.txt
var list string

// A Screen is the texts of one screen.
type Screen struct {
	Prompt string
	// Texts are the texts by their keys, with variables such as ${clientName}.
	Texts map[string]string
	keys  map[string][]string
}

// Keys are the keys that have this text on the screen, but for pageTitle.
func (s Screen) Keys(text string) []string { return s.keys[text] }

var screens = sync.OnceValue(func() map[string]Screen {
	all, screen := map[string]Screen{}, Screen{}
	for line := range strings.Lines(list) {
		line = strings.TrimSuffix(line, "\n")
		key, text, isText := strings.Cut(strings.TrimPrefix(line, "  "), ": ")
		if !isText {
			prompt, name, _ := strings.Cut(line, "/")
			screen = Screen{prompt, map[string]string{}, map[string][]string{}}
			all[name] = screen
			continue
		}
		screen.Texts[key] = text
		if key != "pageTitle" { // which often has the words of another text
			screen.keys[text] = append(screen.keys[text], key)
		}
	}
	return all
})

// Of returns the texts of a screen. No two prompts have screens of the same name.
func Of(screen string) (Screen, bool) {
	s, ok := screens()[screen]
	return s, ok
}

// ScreensOf are the names of the screens of a prompt.
func ScreensOf(prompt string) []string {
	var names []string
	for name, s := range screens() {
		if s.Prompt == prompt {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// All are the screens by their names.
func All() map[string]Screen { return screens() }
