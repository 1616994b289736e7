package command

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const keysHelp = `  o  open the inbox in a browser
  c  copy the code or link of the last message
  r  reset: users, codes, messages and the clock are as at the start
  q  quit, as Ctrl-C does
`

// takeKeys lets the keys of the terminal act until end is called, which gives the
// terminal back. quit is closed when the user asks for the end.
func (i *instance) takeKeys(in *input) (quit <-chan struct{}, end func()) {
	desk := i.log.desk
	if desk == nil || desk.keys == nil || in.on(stopWithStdinFlag) {
		return nil, func() {}
	}
	keys, asked := desk.keys, make(chan struct{})
	keys.watch()
	keys.take()
	go func() {
		defer keys.end()
		for {
			key, err := keys.next()
			switch {
			case err != nil:
				return
			case key == 'q':
				close(asked)
				return
			}
			i.press(in.World, key)
		}
	}()
	return asked, keys.end
}

// press does what a key asks for.
func (i *instance) press(w World, key byte) {
	switch key {
	case '?':
		i.remark(keysHelp)
	case 'o':
		url := "http://" + i.host() + "/"
		if err := w.browse(url); err != nil {
			i.remark(fmt.Sprintf("Open %s in a browser: %s.\n", url, err))
			return
		}
		i.remark("A browser opens " + url + "\n")
	case 'c':
		i.copyCode(w)
	case 'r':
		for _, t := range i.server.Tenants() {
			t.Reset()
		}
		i.remark("Reset: everything is as at the start.\n")
	case '\r', '\n': // which sets the next lines apart
		i.remark("\n")
	}
}

// remark writes what a key did, in its place among the lines of the log.
func (i *instance) remark(text string) {
	_, _ = i.log.lines.Write([]byte(printable.Lines(text)))
}

// copyCode copies what the newest message of all tenants is about.
func (i *instance) copyCode(w World) {
	var last outbox.Message
	for _, t := range i.server.Tenants() {
		for _, m := range t.Outbox().All() {
			if secretOf(m) != "" && m.State == outbox.Delivered && !m.DeliveredAt.Before(last.DeliveredAt) {
				last = m
			}
		}
	}
	secret, state := secretOf(last), ""
	if secret == "" {
		i.remark("No message with a code has come yet.\n")
		return
	}
	if last.OTPState != "" && last.OTPState != outbox.Active {
		state = ", which is " + last.OTPState
	}
	if w.copy(secret) {
		i.remark(fmt.Sprintf("Copied: %s for %s%s\n", secret, last.To, state))
		return
	}
	// No program can copy it. With OSC 52 the terminal itself does, if its user allows that.
	_, _ = i.log.lines.Write([]byte(osc52(secret)))
	i.remark(fmt.Sprintf("Given to the terminal to copy: %s for %s%s\n", secret, last.To, state))
}

// secretOf is the code of a message, or else its link.
func secretOf(m outbox.Message) string {
	return cmp.Or(m.Code, m.Link, cmp.Or(slices.Concat(m.Codes, m.Links)...))
}
