package runner

import (
	"strings"

	"github.com/mockauth0/mockauth0/server/journal"
)

// An Outcome is what the Actions of a trigger want. The caller applies it.
type Outcome struct {
	// Denied ends the flow; nil if nothing does.
	Denied *Denial
	// Redirect is where the browser goes now, without the state; "" if it goes nowhere.
	Redirect string
	// Factors are asked for now; nil if none are. Redirect and Factors suspend the
	// Actions: Flow.After goes on.
	Factors *Factors
	// Next is the place of the Action with which Flow.After goes on, and Resumes tells
	// that its function for the way back runs.
	Next    int
	Resumes bool
	// Done tells that no Action is left.
	Done bool

	ID, Access []Claim
	// Added and Removed are scopes. None is in both.
	Added, Removed []string
	// AppMetadata and UserMetadata are merged into the user's. A nil value removes the
	// member.
	AppMetadata, UserMetadata map[string]any
	// Multifactor asks for a second factor at the end; nil if nothing does.
	Multifactor *Multifactor
	// Methods are the URLs of recordMethod.
	Methods []string
	// Transaction is event.transaction.metadata.
	Transaction map[string]any
	// TargetScopes are those of credentials-exchange; nil if they stay.
	TargetScopes []string
	// User is the one of a custom-token-exchange; nil if no Action named one.
	User *SetUser
	// Organization is that of a custom-token-exchange, by its id or its name; "" if no
	// Action named one. Actor acts in the user's name; nil if nobody does.
	Organization string
	Actor        map[string]any
	// Unsent says why a provider Action dropped a message, or could not send it.
	Unsent string

	// Ran is for the journal: the Actions that ran, also those before a suspension.
	Ran []journal.Action
}

// Claim is a claim of a token.
type Claim struct {
	Name  string
	Value any
}

// A Denial says how an Action ended the flow.
type Denial struct {
	// Code is the OAuth code.
	Code string
	// Reason is the description, and UserMessage what a page shows.
	Reason, UserMessage string
	// Call is that which denied; "" for an error that was thrown.
	Call string
	// KeepsTokens tells that session.revoke leaves the refresh tokens as they are.
	KeepsTokens bool
	// Action is the name of the Action.
	Action string
}

// Factors are second factors, one of which is asked for.
type Factors struct {
	Enroll bool
	Types  []string // as Auth0 names them in an Action
}

// Multifactor is the call of multifactor.enable that counts.
type Multifactor struct {
	Provider string
	Remember bool
}

// SetUser is the user of a custom-token-exchange: by an id, or by a connection and a
// profile there.
type SetUser struct {
	ID         string
	Connection string
	Profile    map[string]any
	Create     bool // a user who does not exist
	Update     bool // the profile of one who does
}

// Suspended tells whether the Actions go on later.
func (o *Outcome) Suspended() bool { return o.Redirect != "" || o.Factors != nil }

// setClaim sets a claim, in the place of an earlier one with its name.
func setClaim(list []Claim, name string, value any) []Claim {
	for i := range list {
		if list[i].Name == name {
			list[i].Value = value
			return list
		}
	}
	return append(list, Claim{name, value})
}

// clip cuts a text for the journal.
func clip(s string) string {
	const most = 256
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
