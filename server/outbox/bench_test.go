package outbox

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
)

func fill(n int) *Box {
	b := New(Options{Clock: clock.New(ten, false)})
	for i := range n {
		b.Add(code(fmt.Sprintf("w%d@example.com", i)))
	}
	return b
}

func BenchmarkAdd(b *testing.B) {
	for _, bb := range []struct {
		name string
		n    int
	}{{"growing", 0}, {"full", DefaultMax}} {
		b.Run(bb.name, func(b *testing.B) {
			box := fill(bb.n)
			m := code("ada@example.com")
			m.OTPState = Used
			b.ReportAllocs()
			for b.Loop() {
				box.Add(m)
			}
		})
	}
}

// The worst case of eviction: nothing is finished, so all are looked at.
func BenchmarkAddFullOfActive(b *testing.B) {
	box := fill(DefaultMax)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		box.Add(Message{To: fmt.Sprint(i), Code: "1", ExpiresAt: ten.Add(time.Hour)})
	}
}

func BenchmarkLatestByRecipient(b *testing.B) {
	box := fill(DefaultMax)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := box.Latest(To("w7@example.com"), Live(), WithCode()); !ok {
			b.Fatal("not found")
		}
	}
}

// Adding for another recipient while a thousand wait.
func BenchmarkAddWithIdleWaiters(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			box := New(Options{Clock: clock.New(ten, false)})
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() { _, _ = box.Wait(ctx, To(fmt.Sprintf("idle%d@example.com", i))) })
			}
			for waiting := -1; waiting != n; { // else it measures how they come
				runtime.Gosched()
				box.mu.Lock()
				waiting = len(box.forOne)
				box.mu.Unlock()
			}
			m := Message{To: "ada@example.com"}
			b.ReportAllocs()
			for b.Loop() {
				box.Add(m)
			}
			cancel()
			wg.Wait()
		})
	}
}
