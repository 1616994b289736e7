package control

import (
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// ReadMessage is GET /_mock/outbox/{id}.
func (a *API) ReadMessage(c *web.Call) (any, error) {
	m, err := a.messageOf(c)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (a *API) messageOf(c *web.Call) (outbox.Message, error) {
	m, ok := a.Server.Outbox().Get(c.Vars["id"])
	if !ok {
		return m, controlError(http.StatusNotFound, "no_message", "there is no message %q; GET /_mock/outbox lists those there are", c.Vars["id"])
	}
	return m, nil
}

// ReadMessageText is GET /_mock/outbox/{id}/text.
func (a *API) ReadMessageText(c *web.Call) (any, error) {
	m, err := a.messageOf(c)
	if err != nil {
		return nil, err
	}
	return text(m.Text), nil
}

// ReadMessageHTML is GET /_mock/outbox/{id}/html.
func (a *API) ReadMessageHTML(c *web.Call) (any, error) {
	links, err := isOn(c, "links")
	if err != nil {
		return nil, err
	}
	pictures, err := isOn(c, "pictures")
	if err != nil {
		return nil, err
	}
	fit, err := isOn(c, "fit")
	if err != nil {
		return nil, err
	}
	m, err := a.messageOf(c)
	if err != nil {
		return nil, err
	}
	if m.HTML == "" {
		return nil, controlError(http.StatusNotFound, "no_html", "message %s (%s) has no HTML; GET /_mock/outbox/%s/text is its text", m.ID, m.Kind, m.ID)
	}
	return preview(withInlinePictures(m), links, pictures, fit), nil
}

// ReadMessageRaw is GET /_mock/outbox/{id}/raw.
func (a *API) ReadMessageRaw(c *web.Call) (any, error) {
	m, err := a.messageOf(c)
	if err != nil {
		return nil, err
	}
	raw := mail.Raw(m)
	if raw == nil {
		return nil, controlError(http.StatusNotFound, "no_email", "message %s (%s) is no e-mail; GET /_mock/outbox/%s/text is its text", m.ID, m.Kind, m.ID)
	}
	return source(m.ID, raw), nil
}

// ReadMessagePart is GET /_mock/outbox/{id}/parts/{part}.
func (a *API) ReadMessagePart(c *web.Call) (any, error) {
	m, err := a.messageOf(c)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, part := range attachments(m) {
		if part.Part == c.Vars["part"] {
			return download(m.ID, part), nil
		}
		known = append(known, part.Part)
	}
	if known == nil {
		return nil, controlError(http.StatusNotFound, "no_part", "message %s (%s) has no attachments", m.ID, m.Kind)
	}
	return nil, controlError(http.StatusNotFound, "no_part", "message %s has no attachment %q; it has %s", m.ID, c.Vars["part"], strings.Join(known, ", "))
}

// DeleteMessage is DELETE /_mock/outbox/{id}.
func (a *API) DeleteMessage(c *web.Call) (any, error) {
	m, err := a.messageOf(c)
	if err != nil {
		return nil, err
	}
	return deletion{a.Server.Outbox().Delete(outbox.ID(m.ID))}, nil
}

// ExpireMessage is POST /_mock/outbox/{id}/expire.
func (a *API) ExpireMessage(c *web.Call) (any, error) {
	if _, err := a.messageOf(c); err != nil {
		return nil, err
	}
	a.Server.ExpireMessage(c.Vars["id"])
	return a.ReadMessage(c)
}

// DeliverMessage is POST /_mock/outbox/{id}/deliver.
func (a *API) DeliverMessage(c *web.Call) (any, error) {
	if _, err := a.messageOf(c); err != nil {
		return nil, err
	}
	a.Server.Outbox().Deliver(c.Vars["id"])
	return a.ReadMessage(c)
}
