package actions

// An Info is an Action of a tenant.
type Info struct {
	Name    string  `json:"name"`
	Trigger Trigger `json:"trigger"`
	// Engine says what runs it: node, http or go.
	Engine string `json:"engine"`
	// File is its JavaScript file; "" if it has none.
	File string `json:"file,omitempty"`
	// Runs tells whether the trigger runs it. WhyNot says why it does not.
	Runs   bool   `json:"runs"`
	WhyNot string `json:"why_not,omitempty"`
	// Secrets are the names of its secrets.
	Secrets []string `json:"secrets,omitempty"`
}

// A Run is what an Action did that was run alone.
type Run struct {
	Name    string  `json:"name"`
	Trigger Trigger `json:"trigger"`
	// Commands are its calls of the api, in their order, whether they would act or not.
	Commands []Command `json:"commands"`
	// Dropped are the calls that would not act, each with the reason.
	Dropped []string `json:"dropped"`
	// Logs are the lines of console.log.
	Logs []string `json:"logs"`
	// Error is the message of the error that it threw; "" if it threw none. Stack has
	// the place in its file.
	Error string `json:"error,omitempty"`
	Stack string `json:"stack,omitempty"`
}

// Denied is the reason of its call of access.deny; "" if it made none.
func (r Run) Denied() string {
	if c, ok := r.Called("access.deny"); ok {
		return c.Text(0)
	}
	return ""
}

// Called returns the last call of that name. It returns false if there is none.
func (r Run) Called(call string) (Command, bool) {
	for i := len(r.Commands) - 1; i >= 0; i-- {
		if r.Commands[i].Call == call {
			return r.Commands[i], true
		}
	}
	return Command{}, false
}

// Claim is what its last call of idToken.setCustomClaim or accessToken.setCustomClaim
// gives a claim. The token is idToken or accessToken. It is nil if it sets none.
func (r Run) Claim(token, name string) any {
	for i := len(r.Commands) - 1; i >= 0; i-- {
		if c := r.Commands[i]; c.Call == token+".setCustomClaim" && c.Text(0) == name {
			return c.Arg(1)
		}
	}
	return nil
}
