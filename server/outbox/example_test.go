package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// tenOClock is an empty box whose clock stands at ten o'clock.
func tenOClock() (*outbox.Box, *clock.Clock) {
	c := clock.New(time.Date(2030, 1, 1, 10, 0, 0, 0, time.UTC), false)
	box := outbox.New(outbox.Options{Clock: c})
	c.Watch(box.Settle)
	return box, c
}

func ExampleBox_Latest() {
	box, _ := tenOClock()
	box.Add(outbox.Message{Kind: outbox.Email, To: "ada@example.com", Code: "241272"})

	if m, ok := box.Latest(outbox.To("ada@example.com"), outbox.Live()); ok {
		fmt.Println("the code is", m.Code)
	}
	// Output: the code is 241272
}

func ExampleBox_Wait() {
	box, _ := tenOClock()
	box.Add(outbox.Message{Kind: outbox.Email, To: "adda@example.com", Code: "241272"})

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := box.Wait(ctx, outbox.To("ada@example.com"), outbox.Live())
	fmt.Println(err)
	// Output: no live code for ada@example.com; the outbox has 1 message, to adda@example.com at 10:00:00; a message to adda@example.com arrived; did you mean that?
}

// A message that is delayed gets its place in the order when it arrives.
func ExampleBox_List() {
	box, c := tenOClock()
	box.Add(outbox.Message{Subject: "delayed", DeliverAt: c.Now().Add(time.Minute)})
	box.Add(outbox.Message{Subject: "prompt"})

	page, _ := box.List(outbox.Query{})
	for _, m := range page.Items {
		fmt.Println(m.ID, m.Subject)
	}
	c.Advance(time.Minute)
	page, _ = box.List(outbox.Query{Since: page.Cursor})
	for _, m := range page.Items {
		fmt.Println(m.ID, m.Subject)
	}
	// Output:
	// msg_00000002 prompt
	// msg_00000001 delayed
}

func ExampleCursorError() {
	box, _ := tenOClock()
	box.Add(outbox.Message{To: "ada@example.com"})
	cursor := box.Cursor()
	box.Reset()

	_, err := box.List(outbox.Query{Since: cursor})
	var void *outbox.CursorError
	if errors.As(err, &void) && void.Expired {
		fmt.Println(err)
	}
	// Output: cursor e1.1 is from before the outbox was emptied; go on from e2.0
}

func ExampleBox_Changes() {
	box, c := tenOClock()
	box.Add(outbox.Message{To: "ada@example.com", Code: "241272", ExpiresAt: c.Now().Add(3 * time.Minute)})

	token := ""
	for range 2 {
		batch, err := box.Changes(context.Background(), token)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, m := range batch.Messages {
			fmt.Println(m.To, m.OTPState)
		}
		token = batch.Next
		c.Advance(3 * time.Minute)
	}
	// Output:
	// ada@example.com active
	// ada@example.com expired
}
