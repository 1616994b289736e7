package outbox

// Get returns the message with that id. It returns false if there is none.
func (b *Box) Get(id string) (Message, bool) {
	b.enter()
	defer b.leave()
	e := b.byID[id]
	if e == nil {
		return Message{}, false
	}
	return e.clone(), true
}

// All returns the messages that match all filters: first the delivered ones in
// order of delivery, then the queued, lost and bounced ones in order of creation.
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
			delivered = append(delivered, e.clone())
		} else {
			others = append(others, e.clone())
		}
	}
	return append(delivered, others...)
}

// Latest returns the newest delivered message that matches all filters. It returns
// false if there is none. With a State filter it looks for messages in that State
// instead of delivered ones.
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
		if e := list[i]; q.matchOne(&e.Message) {
			return e.clone(), true
		}
	}
	return Message{}, false
}

// A Query asks for a Page of messages.
type Query struct {
	// Filters must all match.
	Filters []Filter
	// Since is a cursor. The page has only messages that were delivered after
	// it. "" means all messages, and "now" means none of the present ones.
	Since string
	// Limit is how many delivered messages the page has at most. 0 means all.
	Limit int
	// Undelivered asks for the queued, lost and bounced messages too. A State
	// filter for one of these states does the same. They have no place in the
	// order of delivery, so all of them come with the last page, whatever Since
	// and Limit are.
	Undelivered bool
}

// A Page is the answer to a Query.
type Page struct {
	// Items are the messages: the delivered ones, the oldest first, and then
	// the undelivered ones.
	Items []Message `json:"items"`
	// Cursor is the Since for the next page.
	Cursor string `json:"cursor"`
	// Dropped is how many messages to any recipient were evicted to make room
	// since the box was made or reset.
	Dropped int `json:"dropped"`
	// Missed is how many messages between Since and Cursor were evicted before
	// this call. Nobody knows whether they would have matched.
	Missed int `json:"missed,omitempty"`
}

// List returns the messages that q asks for. It fails with a *CursorError if a
// cursor is malformed or from before the box was emptied.
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
		page.Items = append(page.Items, e.clone())
	}
	if r.since {
		page.Missed = b.evicted.within(r.after, end)
	}
	for _, e := range list {
		if !more && e.Seq == 0 && (q.Undelivered || r.state == e.State) && r.matchWithoutCursor(&e.Message) {
			page.Items = append(page.Items, e.clone())
		}
	}
	return page, nil
}

// Counts returns how many messages the box holds, and how many were evicted to make
// room since it was made or reset.
func (b *Box) Counts() (held, dropped int) {
	b.enter()
	defer b.leave()
	return len(b.list), b.dropped
}
