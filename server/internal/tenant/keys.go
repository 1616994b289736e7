package tenant

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// RotateKey makes the next key sign, and returns its kid.
func (t *Tenant) RotateKey() string {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteChange()
	return t.Keys.Rotate(now)
}

// ReplaceKey makes a key sign that was not published before, and withdraws all others.
func (t *Tenant) ReplaceKey() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteChange()
	t.Keys.Replace()
}

// RevokePreviousKey takes the previous key out of the key set.
func (t *Tenant) RevokePreviousKey() {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteChange()
	t.Keys.RevokePrevious(now)
}

// exportKeys is how far the keys have come; nil if the first one signs.
func (t *Tenant) exportKeys() *fixtures.KeyState {
	turn := t.Keys.Turn()
	if turn.Generation == 0 {
		return nil
	}
	return &fixtures.KeyState{Rotations: turn.Generation, RotatedAt: turn.Since, RevokedAt: turn.RevokedAt, Alone: turn.Alone}
}

// importKeys goes on from where the keys had come.
func (t *Tenant) importKeys(s *fixtures.KeyState) {
	if s != nil {
		t.Keys.Take(token.Turn{Generation: s.Rotations, Since: s.RotatedAt, RevokedAt: s.RevokedAt, Alone: s.Alone})
	}
}
