package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const (
	// DeviceLifetime is for how many seconds a device has its codes.
	// Source: auth0/docs-v2 call-your-api-using-the-device-authorization-flow.mdx.
	DeviceLifetime = 900
	// DeviceInterval is how many seconds a device waits between two polls.
	DeviceInterval = 5

	// pollLeeway is by how much two polls may be closer than the interval. A client
	// that waits for exactly the interval comes a little early now and then.
	pollLeeway = time.Second

	maxDevices = 20_000
)

// A device is one that asks for tokens, until it gets them.
type device struct {
	fixtures.DeviceCode
	polled time.Time // when it asked last
	extra  *Extra    // what Actions change in its tokens
}

func (d *device) lapsed(now time.Time) bool {
	return d.State == fixtures.DeviceExpired || !now.Before(d.ExpiresAt)
}

// devices are the devices by device code. byUser has the same ones in the same
// order, by the characters of the user code. So both drop the same device when there
// are too many.
type devices struct {
	bounded[string, *device]
	byUser bounded[string, *device]
	count  tally[string] // how many codes each client had so far
}

func newDevices() devices {
	waits := func(d *device) bool { return d.State == fixtures.DevicePending }
	return devices{newBounded[string](maxDevices, waits), newBounded[string](maxDevices, waits), newTally[string](maxDevices)}
}

// has tells whether a device has one of the codes.
func (ds *devices) has(c fixtures.DeviceCode) bool {
	_, taken := ds.get(c.DeviceCode)
	_, shown := ds.byUser.get(characters(c.UserCode))
	return taken || shown
}

func (ds *devices) add(c fixtures.DeviceCode) {
	d := &device{DeviceCode: c}
	ds.put(c.DeviceCode, d)
	ds.byUser.put(characters(c.UserCode), d)
}

func (ds *devices) remove(d *device) {
	ds.bounded.remove(d.DeviceCode.DeviceCode)
	ds.byUser.remove(characters(d.UserCode))
}

// settle keeps a device whose codes have expired, since it is told so once.
func (ds *devices) settle(now time.Time) {
	for _, d := range ds.all {
		if d.lapsed(now) {
			d.State = fixtures.DeviceExpired
		}
	}
}

// userCodeAlphabets are the characters of user codes, by charset.
// Source: RFC 8628 §6.1 for base20.
var userCodeAlphabets = map[string]string{"base20": "BCDFGHJKLMNPQRSTVWXZ", "digits": "0123456789"}

// characters are what counts of a user code. Neither case nor separators do.
func characters(userCode string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(userCode))
}

// userCodeLocked puts characters into the mask of the tenant.
func (t *Tenant) userCodeLocked(names ...string) string {
	flow := t.setup.Fixture.Tenant.DeviceFlow
	text := t.setup.Seed.Text(userCodeAlphabets[flow.Charset], strings.Count(flow.Mask, "*"), append([]string{"user code"}, names...)...)
	code, next := []byte(flow.Mask), 0
	for i := range code {
		if code[i] == '*' {
			code[i] = text[next]
			next++
		}
	}
	return string(code)
}

// StartDevice gives a device its codes. They are derived from the client and from a
// count, and are never those of another device that is remembered.
func (t *Tenant) StartDevice(r TokenRequest) (fixtures.DeviceCode, error) {
	if err := t.checkAudience(r); err != nil {
		return fixtures.DeviceCode{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	id := r.Client.ClientID
	c := fixtures.DeviceCode{
		ClientID: id, Audience: r.Audience, Scope: r.Scope,
		ExpiresAt: r.Now.Add(seconds(DeviceLifetime)), State: fixtures.DevicePending,
	}
	for first := true; first || t.devices.has(c); first = false {
		n := strconv.FormatInt(t.devices.count.add(id), 10)
		c.DeviceCode, c.UserCode = t.setup.Seed.Opaque(24, "device code", id, n), t.userCodeLocked(id, n)
	}
	t.devices.add(c)
	t.noteChange()
	return c, nil
}

// WaitingDevice returns the device that shows a user code and waits for an answer.
func (t *Tenant) WaitingDevice(userCode string, now time.Time) (fixtures.DeviceCode, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, err := t.waitingDeviceLocked(userCode, now)
	if err != nil {
		return fixtures.DeviceCode{}, err
	}
	return d.DeviceCode, nil
}

func (t *Tenant) waitingDeviceLocked(userCode string, now time.Time) (*device, *refusal.Refusal) {
	text := characters(userCode)
	if text == "" {
		return nil, refusal.NoUserCode
	}
	d, ok := t.devices.byUser.get(text)
	flow := t.setup.Fixture.Tenant.DeviceFlow
	switch {
	case ok && d.lapsed(now):
		return nil, refusal.WrongUserCode.Because("the user code " + d.UserCode + " expired at " + d.ExpiresAt.UTC().Format(time.RFC3339))
	case ok && d.State != fixtures.DevicePending:
		return nil, refusal.WrongUserCode.Because("the device with the user code " + d.UserCode + " was " + d.State + " already")
	case ok:
		return d, nil
	case len(text) != strings.Count(flow.Mask, "*") || strings.Trim(text, userCodeAlphabets[flow.Charset]) != "":
		return nil, refusal.BadUserCode.Because("a user code of this tenant has the form " + flow.Mask + ", of the charset " + flow.Charset)
	}
	return nil, refusal.WrongUserCode.Because("no device has the user code " + strconv.Quote(userCode) + "; it may have its tokens already")
}

// ApproveDevice approves a device for a user, as if the user had signed in. Errors are
// of type *UserError.
func (t *Tenant) ApproveDevice(userCode, userID string, now time.Time) (fixtures.DeviceCode, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, err := t.waitingDeviceLocked(userCode, now)
	if err != nil {
		return fixtures.DeviceCode{}, noDevice(err)
	}
	u, ok := t.users.get(userID)
	switch {
	case !ok:
		return fixtures.DeviceCode{}, noUser(userID)
	case u.Blocked:
		return fixtures.DeviceCode{}, &UserError{"user_blocked", "the user " + u.address() + " is blocked"}
	}
	t.noteLoginLocked(u, now)
	return t.answerDeviceLocked(d, Session{UserID: userID}), nil
}

// DenyDevice denies a device its tokens. Errors are of type *UserError.
func (t *Tenant) DenyDevice(userCode string, now time.Time) (fixtures.DeviceCode, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, err := t.waitingDeviceLocked(userCode, now)
	if err != nil {
		return fixtures.DeviceCode{}, noDevice(err)
	}
	return t.answerDeviceLocked(d, Session{}), nil
}

// noDevice words for a test why no device waits with a user code.
func noDevice(refused *refusal.Refusal) *UserError {
	return &UserError{"no_device", cmp.Or(refused.Hint, refused.Description)}
}

// answerDeviceLocked approves a device for the user of a session, or denies it if
// there is none.
func (t *Tenant) answerDeviceLocked(d *device, s Session) fixtures.DeviceCode {
	d.State, d.UserID, d.SID = fixtures.DeviceApproved, s.UserID, s.SID
	if s.UserID == "" {
		d.State = fixtures.DeviceDenied
	}
	t.noteChange()
	return d.DeviceCode
}

// RedeemDevice is the device_code grant: a device asks whether its user has
// answered.
// Source: auth0/docs-v2 api/authentication/device-authorization-flow/authorize-device.mdx.
func (t *Tenant) RedeemDevice(r TokenRequest, deviceCode string) (*Login, error) {
	running := t.Clock.Running()
	t.mu.Lock()
	defer t.mu.Unlock()
	d, ok := t.devices.get(deviceCode)
	switch {
	case !ok:
		return nil, refusal.WrongDeviceCode.Because("the mock does not know this device_code; its device may have got the tokens, or the error expired_token, before")
	case d.ClientID != r.Client.ClientID:
		return nil, refusal.WrongDeviceCode.Because("the device_code was given to client " + strconv.Quote(d.ClientID))
	case d.lapsed(r.Now):
		t.devices.remove(d)
		t.noteChange()
		return nil, refusal.DeviceExpired.Because("the device_code expired at " + d.ExpiresAt.UTC().Format(time.RFC3339))
	case d.State == fixtures.DeviceDenied:
		return nil, refusal.DeviceDenied.Because("the user cancelled, the login of the user was refused, or a test denied the device")
	case d.State == fixtures.DevicePending:
		return nil, d.poll(r.Now, running)
	}
	u, ok := t.users.get(d.UserID)
	if !ok || blocked(u, r.Effects) {
		return nil, refusal.UserBlocked
	}
	granted := r
	granted.Audience = d.Audience
	api, err := t.apiLocked(granted)
	if err != nil {
		return nil, err
	}
	if err := r.allowsBearer(api); err != nil {
		return nil, err
	}
	t.devices.remove(d)
	t.noteChange()
	r.provedSecondFactor = t.asksLocked(api, u) // the pages have asked for it
	l := t.loginLocked(r, api, u, t.setup.grantScopes(strings.Fields(d.Scope), r.Client, api, u), nil, "device", deviceCode)
	l.SID = d.SID
	l.addExtra(d.extra)
	if slices.Contains(l.Scopes, "offline_access") {
		l.RefreshToken = t.newFamilyLocked(l, r.Now)
	}
	return l, nil
}

// poll is the answer to a device whose user has not answered. The first poll is
// never too fast, and none is while the clock stands still.
// Unverified: whether a poll that is too fast makes the interval longer. Here it does
// not.
func (d *device) poll(now time.Time, running bool) error {
	since, first := now.Sub(d.polled), d.polled.IsZero()
	d.polled = now
	if !first && running && since >= 0 && since < seconds(DeviceInterval)-pollLeeway {
		return refusal.DeviceTooFast.With("interval", strconv.Itoa(DeviceInterval))
	}
	return refusal.DevicePending.Because("the user enters the code " + d.UserCode + " at /activate; a test answers with POST /_mock/devices/" + d.UserCode + " (in Go, auth.ApproveDevice)")
}

// DeviceOwner returns the user who approved a device.
func (t *Tenant) DeviceOwner(deviceCode string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, ok := t.devices.get(deviceCode)
	if !ok {
		return fixtures.User{}, false
	}
	return t.ownerLocked(d.UserID)
}
