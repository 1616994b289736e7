package authapi

import (
	"encoding/pem"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// PEM is GET /pem: the certificate of the key that signs, as PEM.
func PEM(c *web.Call) (any, error) {
	block := &pem.Block{Type: "CERTIFICATE", Bytes: c.Tenant.Keys.Certificate()}
	return download(c, fixtures.TenantName+".pem", "application/x-pem-file", pem.EncodeToMemory(block))
}

// CER is GET /cer: the certificate of the key that signs, as DER.
func CER(c *web.Call) (any, error) {
	return download(c, fixtures.TenantName+".cer", "application/pkix-cert", c.Tenant.Keys.Certificate())
}

// download makes a browser save the response as a file.
func download(c *web.Call, name, contentType string, body []byte) (any, error) {
	c.ResponseHeader.Set("Content-Disposition", "attachment; filename="+name)
	return web.Raw{ContentType: contentType, Body: body}, nil
}
