package server

import (
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
)

// TenantLog is the tenant's log.
func (s *Server) TenantLog() *tenantlog.Log { return &s.tenant.Log }

// Endpoints are the names that the table gives to scenario files.
func Endpoints() (names []string) {
	for _, route := range routes(&control.API{}) {
		if route.Endpoint != "" {
			names = append(names, route.Endpoint)
		}
	}
	return names
}
