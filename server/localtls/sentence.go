package localtls

// A sentence is an error that reads as one, while its causes can still be
// found with [errors.Is] and [errors.As].
type sentence struct {
	text   string
	causes []error
}

func (s *sentence) Error() string   { return s.text }
func (s *sentence) Unwrap() []error { return s.causes }
