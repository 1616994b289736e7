package tenant

import (
	"errors"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/derive"
)

// otherDigits is a code of the same length in which every digit is another.
func otherDigits(code string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return '0' + (r-'0'+5)%10
	}, code)
}

// makeCodeLocked is the n-th code of the recipient, by preset or mode. A derived
// code never equals the one before: if it does, n moves on.
func (t *Tenant) makeCodeLocked(conn *fixtures.Connection, recipient string, n int64, before string) (string, int64) {
	code, derived := t.nthCodeLocked(conn, recipient, n)
	if derived && code == before {
		n++
		code, _ = t.nthCodeLocked(conn, recipient, n)
	}
	return code, n
}

// nthCodeLocked is a code and whether it was derived from the seed.
func (t *Tenant) nthCodeLocked(conn *fixtures.Connection, recipient string, n int64) (code string, derived bool) {
	otp, length := t.setup.Fixture.OTP, conn.Code().Length
	if code, ok := presetCode(otp.Presets, recipient); ok {
		return code, false
	}
	switch otp.Mode {
	case "fixed":
		return otp.Code, false
	case "sequence":
		return otp.Codes[(n-1)%int64(len(otp.Codes))], false
	case "random":
		return derive.RandomDigits(length), false
	}
	return t.setup.Seed.OTP(conn.Name, address.Key(recipient), n, length), true
}

// presetCode is the preset code of a recipient, if there is one. An exact preset
// comes before patterns. Of several patterns it takes the longest, and of those
// that are equally long the first by alphabet.
func presetCode(presets map[string]string, recipient string) (code string, ok bool) {
	recipient = address.Key(recipient)
	if code, ok = presets[recipient]; ok {
		return code, true
	}
	best := ""
	for pattern, c := range presets {
		if !strings.Contains(pattern, "*") || !fixtures.MatchGlob(pattern, recipient) {
			continue
		}
		if !ok || len(pattern) > len(best) || len(pattern) == len(best) && pattern < best {
			best, code, ok = pattern, c, true
		}
	}
	return code, ok
}

// ErrUnpredictable is the error of PredictOTP where codes are random.
var ErrUnpredictable = errors.New("the codes of otp.mode random cannot be known beforehand")

// PredictOTP is the n-th code of a recipient on a connection, counted from 1.
func (t *Tenant) PredictOTP(connection, recipient string, n int64) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	conn, ok := t.setup.connections[connection]
	if !ok {
		return "", errors.New("there is no connection " + strconv.Quote(connection))
	}
	if _, preset := presetCode(t.setup.Fixture.OTP.Presets, recipient); !preset && t.setup.Fixture.OTP.Mode == "random" {
		return "", ErrUnpredictable
	}
	code, _ := t.nthCodeLocked(conn, recipient, n)
	return code, nil
}
