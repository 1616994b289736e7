package server

import "github.com/mockauth0/mockauth0/scenarios"

// DecideSMTP says what the scenarios do to a mail that an application sends;
// nil if nothing. It is for server/mailhog, whose requests carry the endpoint
// smtp.
func (s *Server) DecideSMTP(q *scenarios.Request) *scenarios.Effects {
	if !s.engine.Concerns(nil, q.Recipient) {
		return nil
	}
	effects, err := s.engine.Decide(q)
	if err != nil {
		return nil // only a scenario that a header names can be wrong
	}
	return effects
}
