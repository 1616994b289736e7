package tenant

import (
	"errors"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// sendCode makes a code for a recipient of the connection email and returns it.
func sendCode(t *testing.T, tn *Tenant, recipient string) (code string) {
	t.Helper()
	conn, _ := tn.Setup().Connection("email")
	_, err := tn.Challenge(ChallengeRequest{Connection: conn, Recipient: recipient, Now: noon, Compose: func(s Secret) outbox.Message {
		code = s.Code
		return outbox.Message{To: recipient}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// A double click sends a form twice.
func TestAFormThatIsSentTwiceGetsOneSession(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	client, _ := tn.Setup().Client("acme-web")
	a := Authorization{Client: client, Now: noon}
	tx := tn.Begin(Transaction{Authorization: a})
	tn.Identify(tx, "email", "ada@example.com")
	tx, ok := tn.Transaction(tx.ID, noon)
	if !ok || tx.Realm != "email" || tx.Recipient != "ada@example.com" {
		t.Fatalf("%+v, %t", tx, ok)
	}
	code := sendCode(t, tn, tx.Recipient)
	first, err := tn.SignIn(a, tx, code, "")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := tn.SignIn(a, tx, code, ""); err != nil || again.ID != first.ID {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	if _, err := tn.SignIn(a, tx, "000000", ""); !errors.Is(err, refusal.WrongEmailCode) {
		t.Errorf("another code: %v", err)
	}
	tn.Identify(tx, "email", "grace@example.com") // somebody else goes on in the same transaction
	other, _ := tn.Transaction(tx.ID, noon)
	if _, err := tn.SignIn(a, other, code, ""); err == nil {
		t.Error("the code of one user signs another in")
	}
	if !tn.End(tx) || tn.End(tx) {
		t.Error("a transaction does not end once")
	}
}

func TestATransactionExpires(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	client, _ := tn.Setup().Client("acme-web")
	state := "x"
	tx := tn.Begin(Transaction{Authorization: Authorization{Client: client, Now: noon, State: &state}})
	if again := tn.Begin(Transaction{Authorization: Authorization{Client: client, Now: noon, State: &state}}); again.ID == tx.ID {
		t.Error("two transactions have the same ID")
	}
	if _, ok := tn.Transaction(tx.ID, noon.Add(transactionLifetime-time.Nanosecond)); !ok {
		t.Error("it expires too early")
	}
	if _, ok := tn.Transaction(tx.ID, noon.Add(transactionLifetime)); ok {
		t.Error("it does not expire")
	}
}
