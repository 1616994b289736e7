package web

import "sync"

// What is kept by the names that requests come by is bounded: anybody may make
// names up, and long ones.
const (
	maxDocuments = 64
	maxNames     = 512 // bytes of a document's names
)

// documents are JSON that is the same for all who call by the same names.
type documents struct {
	mu     sync.Mutex
	byName map[names][]byte
}

type names struct{ origin, issuer string }

// Document is the JSON of what describe returns, which may depend on the call's
// Origin and Issuer, and on nothing else: it is made once for each.
func (c *Call) Document(describe func() any) (Raw, error) {
	d, by := c.documents, names{c.Origin, c.Issuer}
	d.mu.Lock()
	defer d.mu.Unlock()
	body, ok := d.byName[by]
	if !ok {
		var err error
		if body, err = marshal(describe()); err != nil {
			return Raw{}, err
		}
		if d.byName == nil || len(d.byName) >= maxDocuments {
			d.byName = map[names][]byte{}
		}
		if len(by.origin)+len(by.issuer) <= maxNames {
			d.byName[by] = body
		}
	}
	return Raw{ContentType: jsonType(Discovery), Body: body}, nil
}
