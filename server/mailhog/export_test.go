package mailhog

import (
	"time"

	"github.com/mailhog/data"
)

// Parse reads a mail.
func Parse(e *data.SMTPMessage) (*data.Message, error) { return parse(e, "id", time.Time{}) }
