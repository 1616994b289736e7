package journal

import (
	"encoding/binary"
	"net/http"
)

// An Exchange is a request and its answer as they went over the wire, with their secrets.
type Exchange struct {
	// URL is the path with the query.
	URL                           string
	RequestHeader, ResponseHeader http.Header
	// The bodies may be the first part only.
	RequestBody, ResponseBody []byte
	// RequestSize and ResponseSize are how many bytes the whole bodies have.
	RequestSize, ResponseSize int
}

// Bounds on the exchanges that a Journal keeps beside its requests, in bytes.
const (
	maxExchange  = 256 << 10
	maxExchanges = 512 << 10
)

// pack is the exchange as bytes; nil if it is too long to keep. Kept as maps and texts,
// 1,000 exchanges make the collector look at 60,000 objects: BenchmarkLogin then takes 1.4
// times as long.
func (x *Exchange) pack() []byte {
	if x == nil {
		return nil
	}
	size := len(x.URL) + len(x.RequestBody) + len(x.ResponseBody) + 7*binary.MaxVarintLen64
	for _, header := range []http.Header{x.RequestHeader, x.ResponseHeader} {
		for name, values := range header {
			size += len(name) + 2*binary.MaxVarintLen16
			for _, value := range values {
				size += len(value) + binary.MaxVarintLen32
			}
		}
	}
	if size > maxExchange {
		return nil
	}
	p := packed(make([]byte, 0, size))
	p.text(x.URL)
	for _, header := range []http.Header{x.RequestHeader, x.ResponseHeader} {
		p.number(len(header))
		for name, values := range header {
			p.text(name)
			p.number(len(values))
			for _, value := range values {
				p.text(value)
			}
		}
	}
	p.number(len(x.RequestBody))
	p = append(p, x.RequestBody...)
	p.number(len(x.ResponseBody))
	p = append(p, x.ResponseBody...)
	p.number(x.RequestSize)
	p.number(x.ResponseSize)
	return p
}

// unpack is the exchange that pack has made bytes of.
func unpack(data []byte) *Exchange {
	if data == nil {
		return nil
	}
	p := packed(data)
	x := &Exchange{URL: string(p.next())}
	for _, header := range []*http.Header{&x.RequestHeader, &x.ResponseHeader} {
		*header = http.Header{}
		for n := p.nextNumber(); n > 0; n-- {
			name := string(p.next())
			values := make([]string, p.nextNumber())
			for i := range values {
				values[i] = string(p.next())
			}
			(*header)[name] = values
		}
	}
	x.RequestBody, x.ResponseBody = p.next(), p.next()
	x.RequestSize, x.ResponseSize = p.nextNumber(), p.nextNumber()
	return x
}

// packed are numbers, and texts with their lengths before them.
type packed []byte

func (p *packed) number(n int) { *p = binary.AppendUvarint(*p, uint64(n)) } //nolint:gosec // lengths

func (p *packed) text(s string) {
	p.number(len(s))
	*p = append(*p, s...)
}

func (p *packed) nextNumber() int {
	n, length := binary.Uvarint(*p)
	*p = (*p)[length:]
	return int(n) //nolint:gosec // it was an int
}

func (p *packed) next() []byte {
	n := p.nextNumber()
	text := (*p)[:n:n]
	*p = (*p)[n:]
	return text
}
