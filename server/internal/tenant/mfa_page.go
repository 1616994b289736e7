package tenant

import (
	"cmp"
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// MultiFactor is the value of acr_values that asks for a second factor, and of the
// acr claim that tells of one.
const MultiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// RememberLifetime is for how long a browser counts as known.
// Source: auth0/docs-v2, the option allowRememberBrowser.
const RememberLifetime = 30 * 24 * time.Hour

const maxRemembered = 20_000

// A rememberedBrowser is one in which a user has given a second factor and has asked
// not to be asked again.
type rememberedBrowser struct {
	userID  string
	expires time.Time
}

// A PageStep is what the pages of a second factor remember.
type PageStep struct {
	// ID is the state parameter of the pages.
	ID string
	// Login is the ID of the Transaction.
	Login string
	// Ticket is the enrolment ticket that led to the pages; "" if a login did.
	Ticket string
	// Enrolls tells that the user has to enroll a factor first.
	Enrolls bool
	// Remembers tells that the pages offer to remember the browser.
	Remembers bool
	// Authenticator is the one that the user has chosen, or begun to enroll.
	Authenticator Authenticator
	Enrollment    Enrollment
	// AsText tells that the page shows the secret as text and not as a picture.
	AsText bool
	// Proved tells that the user has given the factor. Then RecoveryCode is a new
	// code that the user has to write down; "" if there is none.
	Proved       bool
	RecoveryCode string
	// Over tells that the pages are done.
	Over bool

	proof Proof
}

// A SecondFactorPage is a PageStep with what its pages show.
type SecondFactorPage struct {
	PageStep
	User    fixtures.User
	Address string          // by which the user signs in
	Has     []Authenticator // that the user can use
	Can     []string        // the factors that the user can enroll
	// OOB names the message or notification that waits for the user; "" if none does.
	// It went to OOBTo. Answered tells that the user has answered it.
	OOB      string
	OOBTo    Authenticator
	Answered bool
}

// A Need tells whether a login needs a second factor now.
type Need struct {
	Due bool
	// Remembers tells that the browser can be remembered.
	Remembers bool
	// Hint is for the developer: why the login needs none after all.
	Hint string
}

// SecondFactor tells whether a login in a browser needs a second factor. A policy
// asks once a session, and not in a browser that remembered names. An app asks by
// acr_values or by the audience of the MFA API, whatever came before.
// Unverified: what acr_values do for a user without a second factor. On Auth0 an
// Action decides.
func (t *Tenant) SecondFactor(a Authorization, tx Transaction, s Session, remembered []string) Need {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(s.UserID)
	if !ok || tx.PassedBy == s.UserID || blocked(u, a.Effects) { // who is blocked learns so from Approve
		return Need{}
	}
	known := slices.ContainsFunc(remembered, func(token string) bool {
		b, ok := t.remembered.get(token)
		return ok && b.userID == u.UserID && a.Now.Before(b.expires)
	})
	api, _ := t.findAPILocked(a.request())
	asked := tx.Actions
	switch {
	case asked != nil && asked.Factors != nil:
		return Need{Due: true}
	case asked != nil && asked.Multifactor != nil && !(asked.Multifactor.Remember && known):
		return Need{Due: true, Remembers: asked.Multifactor.Remember}
	case (a.StepUp || api == mfaAPI) && t.enrolledLocked(u):
		return Need{Due: true}
	case !s.SecondFactor.IsZero():
		return Need{}
	case t.secondFactorDueLocked(u) && !known:
		return Need{Due: true, Remembers: true}
	case a.Effects.User("mfa_required"):
		return Need{Due: true}
	case a.StepUp:
		return Need{Hint: "acr_values asks for a second factor, and user " + u.UserID + " has none; add one to mfa of the user"}
	}
	return Need{}
}

// BeginSecondStep leads the user of a login to the pages of a second factor. It
// returns false if there is no factor that the user could give or enroll.
func (t *Tenant) BeginSecondStep(tx Transaction, s Session, remembers bool, now time.Time) (SecondFactorPage, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stored, ok := t.transactions.get(tx.ID)
	u, found := t.users.get(s.UserID)
	if !ok || !found {
		return SecondFactorPage{}, false
	}
	if step, ok := t.secondSteps.get(stored.secondStep); ok && step.userID == u.UserID && !step.page.Over {
		return t.pageLocked(step, u, now), true
	}
	c := tx.Authorization.Client
	step := &secondStep{userID: u.UserID, clientID: c.ClientID, expires: stored.expires}
	if asked := stored.Actions; asked != nil && asked.Factors != nil {
		step.adds = asked.Factors.Enroll
		step.only = []string{}
		for _, name := range asked.Factors.Types {
			step.only = append(step.only, FactorsOfActions[name])
		}
	}
	has, can := t.offeredLocked(step, u)
	if len(has)+len(can) == 0 {
		return SecondFactorPage{}, false
	}
	step.page = PageStep{Login: tx.ID, Enrolls: len(can) > 0, Remembers: remembers}
	name := "mfa-login"
	if step.page.Enrolls {
		name = "mfa-enroll"
	}
	t.addPageStepLocked(step, stored, name)
	return t.pageLocked(step, u, now), true
}

// addPageStepLocked gives a step its ID, which the pages have as state.
func (t *Tenant) addPageStepLocked(step *secondStep, tx *Transaction, name string) {
	n := strconv.FormatInt(t.secondSteps.count.add("page\t"+tx.ID), 10)
	derived := func(what string) string { return t.setup.Seed.Opaque(32, what, tx.ID, n) }
	step.id = pageState([][2]string{{"h", derived("mfa hash")}, {"n", name}, {"tid", derived("mfa transaction")}, {"cid", step.clientID}})
	step.page.ID = step.id
	t.secondSteps.put(step.id, step)
	tx.secondStep = step.id
}

// pageState is the state of Auth0's pages: texts in MessagePack, in base64. The
// texts are at most 255 bytes long.
// Source: recordings of real logins.
func pageState(members [][2]string) string {
	packed := []byte{0x80 | byte(len(members))}
	for _, m := range members {
		for _, text := range m {
			text = text[:min(len(text), math.MaxUint8)]
			if len(text) < 32 {
				packed = append(packed, 0xa0|byte(len(text)))
			} else {
				packed = append(packed, 0xd9, byte(len(text)))
			}
			packed = append(packed, text...)
		}
	}
	return base64.RawURLEncoding.EncodeToString(packed)
}

func (t *Tenant) pageLocked(s *secondStep, u *user, now time.Time) SecondFactorPage {
	page := SecondFactorPage{PageStep: s.page, User: cloned(u.User), Address: u.address()}
	page.Has, page.Can = t.offeredLocked(s, u)
	if c := s.oob; c != nil && c.state == pending && now.Before(c.expires) {
		page.OOB, page.OOBTo, page.Answered = c.id, c.authenticator, c.answer != ""
	}
	return page
}

// offeredLocked are the authenticators that the user can use in a step, and the factors
// that the user can enroll.
func (t *Tenant) offeredLocked(s *secondStep, u *user) (has []Authenticator, can []string) {
	if s.page.Ticket != "" {
		return nil, t.enrollableLocked(s)
	}
	has, can = t.usableLocked(u), t.requirementsLocked(u).Enroll
	if s.only == nil {
		return has, can
	}
	unwanted := func(factor string) bool { return !slices.Contains(s.only, factor) }
	if s.adds {
		return nil, slices.DeleteFunc(slices.Clone(fixtures.IndependentFactors), func(f string) bool { return unwanted(f) || !t.factorOn(f) })
	}
	return slices.DeleteFunc(has, func(a Authenticator) bool { return unwanted(a.Type) }), nil
}

// pageStepLocked is the step that a page's state names.
func (t *Tenant) pageStepLocked(state string, now time.Time) (*secondStep, *user, bool) {
	s, ok := t.secondSteps.get(state)
	if !ok || s.page.Login == "" || s.lapsed || !now.Before(s.expires) {
		return nil, nil, false
	}
	u, ok := t.users.get(s.userID)
	if ok && s.page.Enrolls && s.page.Ticket == "" && !s.page.Proved && !t.mayEnrollLocked(s, u) { // the user has enrolled a factor elsewhere
		s.page.Enrolls, s.page.Authenticator, s.page.Enrollment, s.enrolling = false, Authenticator{}, Enrollment{}, ""
	}
	return s, u, ok
}

// SecondFactorPage is the step that a page's state names. It returns false if there
// is none, or it has expired.
func (t *Tenant) SecondFactorPage(state string, now time.Time) (SecondFactorPage, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, u, ok := t.pageStepLocked(state, now)
	if !ok {
		return SecondFactorPage{}, false
	}
	return t.pageLocked(s, u, now), true
}

// onPage does something to the step that a page's state names.
func (t *Tenant) onPage(state string, now time.Time, do func(*secondStep, *user) (*user, error)) (SecondFactorPage, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, u, ok := t.pageStepLocked(state, now)
	if !ok {
		return SecondFactorPage{}, refusal.WrongTransaction
	}
	u, err := do(s, u)
	return t.pageLocked(s, u, now), err
}

// ChooseAuthenticator notes which authenticator the user wants to use.
func (t *Tenant) ChooseAuthenticator(state string, a Authenticator, now time.Time) (SecondFactorPage, error) {
	return t.onPage(state, now, func(s *secondStep, u *user) (*user, error) {
		s.page.Authenticator = a
		return u, nil
	})
}

// ToggleView shows the secret as text, or as a picture again.
func (t *Tenant) ToggleView(state string, now time.Time) (SecondFactorPage, error) {
	return t.onPage(state, now, func(s *secondStep, u *user) (*user, error) {
		s.page.AsText = !s.page.AsText
		return u, nil
	})
}

// EnrollOnPage begins the enrolment of a factor. An enrolment of the same goes on,
// so that a page shows the same when it is loaded again. Any other ends.
func (t *Tenant) EnrollOnPage(r EnrollRequest) (SecondFactorPage, error) {
	return t.onPage(r.Step, r.Now, func(s *secondStep, u *user) (*user, error) {
		begun := func(a fixtures.Authenticator) bool { return a.ID == s.enrolling && !a.Confirmed() }
		has := slices.ContainsFunc(u.MFA, begun)
		if a := s.page.Authenticator; has && a.Type == r.Factor && a.Channel == r.Channel && a.To == r.To {
			return u, nil
		}
		if has {
			var err error
			if u, err = t.setAuthenticatorsLocked(u, slices.DeleteFunc(slices.Clone(u.MFA), begun), r.Now); err != nil {
				return u, err
			}
		}
		e, err := t.enrollLocked(s, u, r)
		if err == nil {
			s.page.Enrollment, s.page.Authenticator = e, e.Authenticator
			u, _ = t.users.get(s.userID)
		}
		return u, err
	})
}

// ProveOnPage takes what the user gives as second factor. ofMessage tells that it is
// about the newest message or notification. A form that is sent twice gets the same
// answer twice.
func (t *Tenant) ProveOnPage(r StepRequest, p Proof, ofMessage bool) (SecondFactorPage, error) {
	return t.onPage(r.Step, r.Now, func(s *secondStep, u *user) (*user, error) {
		if ofMessage && s.oob != nil {
			p.OOBCode = s.oob.id
		}
		switch {
		case ofMessage && s.oob == nil:
			return u, refusal.OOBCodeExpired.Because("nothing was sent yet")
		case s.page.Proved && s.page.proof == p:
			return u, nil
		case s.page.Proved:
			return u, refusal.MFARejected.Because("the user gave another second factor already")
		}
		var ticket *mailTicket
		if s.page.Ticket != "" {
			var err error
			if ticket, _, err = t.enrollmentTicketLocked(s.page.Ticket, r.Now); err != nil {
				return u, err
			}
		}
		u, recoveryCode, err := t.proveLocked(s, u, p, r)
		if err != nil {
			return u, err
		}
		if ticket != nil {
			ticket.Used = true
		}
		s.page.Proved, s.page.proof = true, p
		s.page.RecoveryCode = cmp.Or(recoveryCode, s.page.Enrollment.RecoveryCode)
		if s.page.RecoveryCode == "" {
			t.passLocked(s, r.Now)
		}
		return u, nil
	})
}

// SaveRecoveryCode notes that the user has written the new recovery code down.
func (t *Tenant) SaveRecoveryCode(state string, now time.Time) (SecondFactorPage, error) {
	return t.onPage(state, now, func(s *secondStep, u *user) (*user, error) {
		if s.page.Proved {
			t.passLocked(s, now)
		}
		return u, nil
	})
}

// passLocked ends the pages: the login goes on, and the session has passed a second
// factor.
func (t *Tenant) passLocked(s *secondStep, now time.Time) {
	s.page.Over, s.used = true, true
	tx, ok := t.transactions.get(s.page.Login)
	if !ok {
		return
	}
	tx.PassedBy = s.userID
	if session, ok := t.sessions.get(tx.SignedIn); ok && session.UserID == s.userID {
		session.SecondFactor = now
	}
}

// RememberBrowser notes that a user need not give a second factor in a browser. It
// returns what the browser's cookie holds.
func (t *Tenant) RememberBrowser(userID string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := strconv.FormatInt(t.secondSteps.count.add("browser\t"+userID), 10)
	token := t.setup.Seed.Opaque(43, "remembered browser", userID, n)
	t.remembered.put(token, rememberedBrowser{userID, now.Add(RememberLifetime)})
	return token
}
