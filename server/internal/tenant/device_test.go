package tenant

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// startDevice begins the login of a device of acme-native.
func startDevice(t testing.TB, tn *Tenant, now time.Time) (fixtures.DeviceCode, TokenRequest) {
	t.Helper()
	client, _ := tn.Setup().Client("acme-native")
	r := TokenRequest{Client: client, Scope: "openid offline_access", Issuer: "http://localhost:2884/", Now: now}
	d, err := tn.StartDevice(r)
	if err != nil {
		t.Fatal(err)
	}
	return d, r
}

func approveDevice(t testing.TB, tn *Tenant, d fixtures.DeviceCode, now time.Time) {
	t.Helper()
	if _, err := tn.ApproveDevice(d.UserCode, tn.Users()[0].UserID, now); err != nil {
		t.Fatal(err)
	}
}

// Of many polls at the same time one gets the tokens.
func TestADeviceCodeGivesTokensOnce(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	d, r := startDevice(t, tn, noon)
	approveDevice(t, tn, d, noon)
	var won, lost atomic.Int32
	var polls sync.WaitGroup
	for range 10_000 {
		polls.Go(func() {
			switch l, err := tn.RedeemDevice(r, d.DeviceCode); {
			case err == nil && l.RefreshToken != "":
				won.Add(1)
			case errors.Is(err, refusal.WrongDeviceCode):
				lost.Add(1)
			default:
				t.Errorf("%+v %v", l, err)
			}
		})
	}
	polls.Wait()
	if won.Load() != 1 || lost.Load() != 9_999 {
		t.Errorf("%d got the tokens, and %d did not", won.Load(), lost.Load())
	}
}

// Of an approval and a denial at the same time one counts.
func TestADeviceHasOneAnswer(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	user := tn.Users()[0].UserID
	for range 100 {
		d, _ := startDevice(t, tn, noon)
		var answers sync.WaitGroup
		var given atomic.Int32
		for i := range 10 {
			answers.Go(func() {
				answer := func() (fixtures.DeviceCode, error) { return tn.DenyDevice(d.UserCode, noon) }
				if i%2 == 0 {
					answer = func() (fixtures.DeviceCode, error) { return tn.ApproveDevice(d.UserCode, user, noon) }
				}
				if _, err := answer(); err == nil {
					given.Add(1)
				}
			})
		}
		if answers.Wait(); given.Load() != 1 {
			t.Fatalf("%d answers count", given.Load())
		}
	}
}

// A device is told once that its codes have expired, whatever it was waiting for. What
// has expired stays so when the clock goes back.
func TestDeviceCodesExpire(t *testing.T) {
	t.Parallel()
	end := noon.Add(DeviceLifetime * time.Second)
	for name, answer := range map[string]func(*Tenant, fixtures.DeviceCode){
		"pending":  func(*Tenant, fixtures.DeviceCode) {},
		"approved": func(tn *Tenant, d fixtures.DeviceCode) { approveDevice(t, tn, d, noon) },
		"denied":   func(tn *Tenant, d fixtures.DeviceCode) { _, _ = tn.DenyDevice(d.UserCode, noon) },
	} {
		tn := newTenant(t)
		d, r := startDevice(t, tn, noon)
		answer(tn, d)
		tn.Clock.Set(end)
		tn.Clock.Set(noon)
		if _, err := tn.WaitingDevice(d.UserCode, noon); !errors.Is(err, refusal.WrongUserCode) {
			t.Errorf("%s: the user code is good: %v", name, err)
		}
		for _, want := range []*refusal.Refusal{refusal.DeviceExpired, refusal.WrongDeviceCode, refusal.WrongDeviceCode} {
			if _, err := tn.RedeemDevice(r, d.DeviceCode); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
		d, r = startDevice(t, tn, noon)
		answer(tn, d)
		if _, err := tn.WaitingDevice(d.UserCode, end); !errors.Is(err, refusal.WrongUserCode) {
			t.Errorf("%s: the user code is good at its end: %v", name, err)
		}
		r.Now = end.Add(-time.Nanosecond)
		if _, err := tn.RedeemDevice(r, d.DeviceCode); errors.Is(err, refusal.DeviceExpired) {
			t.Errorf("%s: it expires too early", name)
		}
	}
}

// The interval counts from the last poll, by the tenant's clock. A client that waits
// for it exactly is never too fast.
func TestADeviceMayPollTooFast(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.Clock.Run()
	d, r := startDevice(t, tn, noon)
	at := noon
	for i, poll := range []struct {
		after time.Duration
		fast  bool
	}{{0, false}, {time.Second, true}, {3 * time.Second, true}, {5 * time.Second, false}, {4995 * time.Millisecond, false}, {0, true}, {-time.Hour, false}, {time.Minute, false}} {
		at = at.Add(poll.after)
		r.Now = at
		want := refusal.DevicePending
		if poll.fast {
			want = refusal.DeviceTooFast
		}
		if _, err := tn.RedeemDevice(r, d.DeviceCode); !errors.Is(err, want) {
			t.Errorf("poll %d, %s after the last: %v", i, poll.after, err)
		}
	}
	approveDevice(t, tn, d, at)
	if _, err := tn.RedeemDevice(r, d.DeviceCode); err != nil {
		t.Errorf("an answer that is there comes at any pace: %v", err)
	}
	tn.Clock.Freeze()
	d, r = startDevice(t, tn, noon)
	for range 3 {
		if _, err := tn.RedeemDevice(r, d.DeviceCode); !errors.Is(err, refusal.DevicePending) {
			t.Errorf("the clock stands still: %v", err)
		}
	}
}

// The codes of a new device are never those of one that is remembered, even if the
// count goes back, as after an import of an old state.
func TestCodesOfDevicesNeverCollide(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	first, _ := startDevice(t, tn, noon)
	second, _ := startDevice(t, tn, noon)
	state := tn.Export()
	state.State.Counters = nil
	tn = New(state, token.Embedded("fast"))
	next, _ := startDevice(t, tn, noon)
	third, _ := startDevice(t, tn, noon)
	codes := map[string]bool{}
	for _, d := range []fixtures.DeviceCode{first, second, next, third} {
		if codes[d.DeviceCode] || codes[d.UserCode] || len(d.DeviceCode) != 24 {
			t.Errorf("%+v is not new", d)
		}
		codes[d.DeviceCode], codes[d.UserCode] = true, true
	}
	if waits, err := tn.WaitingDevice(strings.ToLower(strings.ReplaceAll(second.UserCode, "-", " ")), noon); err != nil || waits != second {
		t.Errorf("the second device is %+v, %v", waits, err)
	}
}

// There is an end to how many devices are remembered. The oldest goes first, with both
// of its codes.
func TestDevicesAreBounded(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	oldest, _ := startDevice(t, tn, noon)
	kept, r := startDevice(t, tn, noon)
	for range maxDevices - 1 {
		startDevice(t, tn, noon)
	}
	if n := tn.Counts(); n.DeviceCodes != maxDevices || n.DroppedDevices != 1 || tn.devices.byUser.len() != maxDevices {
		t.Errorf("%+v", n)
	}
	if _, err := tn.WaitingDevice(oldest.UserCode, noon); !errors.Is(err, refusal.WrongUserCode) {
		t.Errorf("the oldest: %v", err)
	}
	if _, err := tn.RedeemDevice(r, oldest.DeviceCode); !errors.Is(err, refusal.WrongDeviceCode) {
		t.Errorf("the oldest: %v", err)
	}
	if _, err := tn.WaitingDevice(kept.UserCode, noon); err != nil {
		t.Errorf("the next: %v", err)
	}
	approveDevice(t, tn, kept, noon)
	if _, err := tn.RedeemDevice(r, kept.DeviceCode); err != nil {
		t.Error(err)
	}
	if n := tn.Counts().DeviceCodes; n != maxDevices-1 || tn.devices.byUser.len() != n {
		t.Errorf("with its tokens a device is forgotten: %d devices, and %d user codes", n, tn.devices.byUser.len())
	}
}

// What is exported goes on: a device that waits, one with an answer, and the count. A
// reset forgets all of them.
func TestDevicesAreExported(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	waiting, r := startDevice(t, tn, noon)
	approved, _ := startDevice(t, tn, noon)
	approveDevice(t, tn, approved, noon)
	other := New(tn.Export(), token.Embedded("fast"))
	if l, err := other.RedeemDevice(r, approved.DeviceCode); err != nil || l.User.UserID != tn.Users()[0].UserID {
		t.Errorf("the approved device gets %+v, %v", l, err)
	}
	if _, err := other.RedeemDevice(r, waiting.DeviceCode); !errors.Is(err, refusal.DevicePending) {
		t.Errorf("the other gets %v", err)
	}
	next, _ := startDevice(t, tn, noon)
	if same, _ := startDevice(t, other, noon); same != next {
		t.Errorf("the next codes are %+v there, and %+v here", same, next)
	}
	tn.Reset()
	if _, err := tn.RedeemDevice(r, waiting.DeviceCode); !errors.Is(err, refusal.WrongDeviceCode) || tn.Counts().DeviceCodes != 0 {
		t.Errorf("after a reset: %v, %+v", err, tn.Counts())
	}
	if again, _ := startDevice(t, tn, noon); again.DeviceCode != waiting.DeviceCode {
		t.Errorf("after a reset the first device has the codes %+v, and had %+v", again, waiting)
	}
}

// Each step of a device changes the state, so that a program saves it.
func TestDevicesAreChangesOfTheState(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	changed := func(step string, want bool) {
		t.Helper()
		select {
		case <-tn.Changed():
			if !want {
				t.Errorf("%s changes the state", step)
			}
		default:
			if want {
				t.Errorf("%s does not change the state", step)
			}
		}
	}
	changed("the start", true)
	d, r := startDevice(t, tn, noon)
	changed("a new device", true)
	_, _ = tn.RedeemDevice(r, d.DeviceCode)
	changed("a poll", false)
	approveDevice(t, tn, d, noon)
	changed("an answer", true)
	r.Scope = "openid"
	if _, err := tn.RedeemDevice(r, d.DeviceCode); err != nil {
		t.Fatal(err)
	}
	changed("the tokens", true)
	d, r = startDevice(t, tn, noon)
	changed("another device", true)
	r.Now = noon.Add(time.Hour)
	_, _ = tn.RedeemDevice(r, d.DeviceCode)
	changed("its end", true)
}

// The state of a device's login does not depend on the logins of other devices.
func TestTheLoginOfADeviceIsNamedByIt(t *testing.T) {
	t.Parallel()
	stateOf := func(tn *Tenant, userCode string) string {
		client, _ := tn.Setup().Client("acme-native")
		return tn.Begin(Transaction{Authorization: Authorization{Client: client, UserCode: userCode, Now: noon}}).ID
	}
	alone, crowded := newTenant(t), newTenant(t)
	stateOf(crowded, "BBBB-BBBB")
	if one, among := stateOf(alone, "CCCC-CCCC"), stateOf(crowded, "CCCC-CCCC"); one != among {
		t.Errorf("alone it is %s, and among others %s", one, among)
	}
}
