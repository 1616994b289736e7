package tenant

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A million who signed up are to fit into memory.
func TestOneWhoSignedUpIsSmall(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(user{}); size > 80 {
		t.Errorf("a user takes %d bytes, which the allocator makes more than 80 of", size)
	}
}

func (t *Tenant) signInForTest(connection, address string, now time.Time) *user {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.signInLocked(t.setup.connections[connection], address, now)
}

// Whether a user is kept small or whole is nobody's business: two tenants to
// which the same happens know the same users, though one keeps all whole.
func TestASmallUserIsAsGoodAsAWholeOne(t *testing.T) {
	t.Parallel()
	small, whole := newTenant(t), newTenant(t)
	addresses := []string{"ada@example.com", "grace@example.com", "eve@example.com", "+12025550101", "+12025550102"}
	r := rand.New(rand.NewPCG(1, 2))
	smallOnes := 0
	for step := range 3000 {
		now := noon.Add(time.Duration(step) * 1234567891)
		if step%500 == 499 {
			now = now.AddDate(-1500, 0, 0)
		}
		address := addresses[r.IntN(len(addresses))]
		connection := "email"
		if strings.HasPrefix(address, "+") {
			connection = "sms"
		}
		op, other, pick := r.IntN(10), addresses[r.IntN(3)], r.IntN(20)
		var outcomes [2]string
		for i, tn := range []*Tenant{small, whole} {
			id := ""
			if all := tn.Users(); len(all) > 0 {
				id = all[pick%len(all)].UserID
			}
			var got any
			var err error
			switch op {
			case 0:
				err = tn.DeleteUser(id)
			case 1:
				got, err = tn.UpdateUser(id, func(u *fixtures.User) error {
					u.Blocked, u.Name = pick%2 == 0, fmt.Sprint(pick)
					if u.Email != "" {
						u.Email = other
					}
					return nil
				})
			case 2:
				got, err = tn.AddUser(fixtures.User{Email: other, CreatedAt: now, Permissions: map[string][]string{"x": {"y"}}})
			case 3:
				got, err = tn.AddUser(fixtures.User{Email: other, UserID: "email|" + tn.setup.Seed.Hex(24, "user", "email", address), CreatedAt: now})
			case 4:
				f := *tn.Fixture()
				f.Users = []fixtures.User{{Email: other, Connection: "email", GivenName: fmt.Sprint(step), CreatedAt: now}}
				tn.Restore(&f)
			case 5:
				u, ok := tn.UserByAddress(address)
				got = []any{u, ok, tn.Knows(connection, address)}
			default:
				u := tn.signInForTest(connection, address, now)
				got = []any{u.id(), u.objectID(), u.blocked(), u.verified(), u.password(), u.permissions("x"), u.logins(), u.connection()}
				if u.more == nil && tn == whole {
					tn.users.remove(u)
					all := u.full()
					u.more = &all
					tn.users.insert(u)
				}
			}
			outcomes[i] = fmt.Sprintf("%+v, %v", got, err)
		}
		if outcomes[0] != outcomes[1] {
			t.Fatalf("step %d, op %d:\nsmall %s\nwhole %s", step, op, outcomes[0], outcomes[1])
		}
		a, b := small.Users(), whole.Users()
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("step %d, op %d:\nsmall %+v\nwhole %+v", step, op, a, b)
		}
		for _, u := range a {
			if got, ok := small.User(u.UserID); !ok || !reflect.DeepEqual(got, u) {
				t.Fatalf("step %d: by its id %+v is %+v, %t", step, u, got, ok)
			}
		}
		smallOnes += len(small.users.byObject)
		if small.users.len() != len(a) {
			t.Fatalf("%d users are %d", len(a), small.users.len())
		}
	}
	if smallOnes < 1000 || len(whole.users.byObject) > 0 {
		t.Errorf("there were %d small ones, and %d among the whole", smallOnes, len(whole.users.byObject))
	}
}

func TestNobodyHasAnIDThatIsNone(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	u := tn.signInForTest("email", "grace@example.com", noon)
	id := u.id()
	for _, wrong := range []string{"", "|", "email|", strings.ToUpper(id), strings.Replace(id, "email", "sms", 1), id[:len(id)-1], id + "0", "email|" + strings.Repeat("0", 24), "email|" + strings.Repeat("z", 24), u.objectID()} {
		if _, ok := tn.User(wrong); ok {
			t.Errorf("%q is somebody", wrong)
		}
	}
	if got, ok := tn.User(id); !ok || got.Email != "grace@example.com" || got.LoginsCount != 1 || !got.LastLogin.Equal(noon) {
		t.Errorf("%s is %+v, %t", id, got, ok)
	}
}
