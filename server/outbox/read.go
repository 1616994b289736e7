package outbox

// Get returns the message with that id; false means that there is none.
func (b *Box) Get(id string) (Message, bool) {
	b.enter()
	defer b.leave()
	e := b.byID[id]
	if e == nil {
		return Message{}, false
	}
	return e.written(), true
}

// All returns the messages that match all filters: the delivered ones in order
// of delivery, then the queued, lost and bounced ones in order of creation.
func (b *Box) All(filters ...Filter) []Message {
	b.enter()
	defer b.leave()
	q, err := b.resolve(filters)
	if err != nil {
		return nil
	}
	var delivered, others []Message
	for _, e := range b.candidates(q) {
		if !q.match(&e.Message) {
			continue
		}
		if e.Seq != 0 {
			delivered = append(delivered, q.read(e))
		} else {
			others = append(others, q.read(e))
		}
	}
	return append(delivered, others...)
}

// Latest returns the newest delivered message that matches all filters; false
// means that there is none. With a State filter it looks at messages in that
// state instead.
func (b *Box) Latest(filters ...Filter) (Message, bool) {
	b.enter()
	defer b.leave()
	q, err := b.resolve(filters)
	if err != nil {
		return Message{}, false
	}
	return b.latest(q)
}

func (b *Box) latest(q query) (Message, bool) {
	list := b.candidates(q)
	for i := len(list) - 1; i >= 0; i-- {
		if e := list[i]; q.matchReady(&e.Message) {
			return q.read(e), true
		}
	}
	return Message{}, false
}

// A Query asks for a Page of messages.
type Query struct {
	// Filters all have to match. A State filter which asks for undelivered
	// messages needs no Undelivered.
	Filters []Filter
	// Since is a cursor: only what was delivered after it. "" means from the
	// beginning, "now" nothing yet.
	Since string
	// Limit is how many delivered messages to return at most; 0 means all.
	Limit int
	// Undelivered asks for the queued, lost and bounced ones, too. They have
	// no place in the order, so Since does not apply to them, and Limit does
	// not count them: they come, all, with the last page.
	Undelivered bool
}

// A Page is the answer to a Query.
type Page struct {
	// Items are the messages, oldest first, undelivered ones last.
	Items []Message `json:"items"`
	// Cursor is where to go on: the next Since.
	Cursor string `json:"cursor"`
	// Dropped is how many messages were evicted to make room, of any
	// recipient, since the box was made or reset.
	Dropped int `json:"dropped"`
	// Missed is how many messages delivered between Since and Cursor were
	// evicted before this reader came. They may or may not have matched.
	Missed int `json:"missed,omitempty"`
}

// List returns the messages that q asks for. It fails with a *CursorError if
// the cursor is malformed or void.
func (b *Box) List(q Query) (Page, error) {
	b.enter()
	defer b.leave()
	filters := q.Filters
	if q.Since != "" {
		filters = append(filters[:len(filters):len(filters)], Since(q.Since))
	}
	r, err := b.resolve(filters)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: []Message{}, Cursor: b.cursor(), Dropped: b.dropped}
	end, more := b.lastSeq, false
	list := b.candidates(r)
	for _, e := range list {
		if e.Seq == 0 || !r.match(&e.Message) {
			continue
		}
		if q.Limit > 0 && len(page.Items) == q.Limit {
			end, more = page.Items[q.Limit-1].Seq, true
			page.Cursor = cursorAt(b.epoch, end)
			break
		}
		page.Items = append(page.Items, r.read(e))
	}
	if r.since {
		page.Missed = b.evicted.within(r.after, end)
	}
	for _, e := range list {
		if !more && e.Seq == 0 && (q.Undelivered || r.state == e.State) && r.matchPlain(&e.Message) {
			page.Items = append(page.Items, r.read(e))
		}
	}
	return page, nil
}

// Counts tells how many messages the box holds, and how many were evicted to
// make room since it was made or reset.
func (b *Box) Counts() (held, dropped int) {
	b.enter()
	defer b.leave()
	return len(b.list), b.dropped
}
