// Package mailhog compares server/mailhog with MailHog itself: with the HTTP
// API of github.com/mailhog/MailHog-Server and its storage, fed through its
// mail server. MailHog's goroutines never end, so they are in this process
// alone, and what they need is in this module alone. MailHog races: this is not
// run with the race detector.
package mailhog
