package mailhog

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A mailpitMail is a mail with what Mailpit shows of it.
type mailpitMail struct {
	outbox.Message
	read    mail.Reading
	size    int
	lowered string // what words returns
}

func newMailpitMail(m outbox.Message) *mailpitMail {
	raw := mail.Raw(m)
	return &mailpitMail{Message: m, read: mail.Parts(raw), size: len(raw)}
}

// A mailpitSummary is Mailpit's MessageSummary.
type mailpitSummary struct {
	ID, MessageID        string
	Read                 bool
	From                 *netmail.Address
	To, Cc, Bcc, ReplyTo []*netmail.Address
	Subject              string
	Created              time.Time
	Username             string
	Tags                 []string
	Size, Attachments    int
	Snippet              string
}

// A mailpitMessage is Mailpit's Message.
type mailpitMessage struct {
	ID, MessageID        string
	From                 *netmail.Address
	To, Cc, Bcc, ReplyTo []*netmail.Address
	ReturnPath, Subject  string
	ListUnsubscribe      mailpitUnsubscribe
	Date                 time.Time
	Tags                 []string
	Username             string
	Text, HTML           string
	Size                 int
	Inline, Attachments  []mailpitAttachment
}

type mailpitUnsubscribe struct {
	Header     string
	Links      []string
	Errors     string
	HeaderPost string
}

type mailpitAttachment struct {
	PartID, FileName, ContentType, ContentID string
	Size                                     int
	Checksums                                struct{ MD5, SHA1, SHA256 string }
}

func (p *mailpitMail) summary() mailpitSummary {
	_, attached := p.attachments()
	return mailpitSummary{
		ID: p.ID, MessageID: p.messageID(), From: p.from(), To: orNull(p.addresses("To")), Cc: orNull(p.addresses("Cc")), Bcc: orNull(p.bcc()),
		ReplyTo: p.addresses("Reply-To"), Subject: p.Subject, Created: p.DeliveredAt.Truncate(time.Millisecond), Tags: []string{},
		Size: p.size, Attachments: len(attached), Snippet: p.snippet(),
	}
}

func (p *mailpitMail) message() mailpitMessage {
	when := p.DeliveredAt
	if t, err := netmail.ParseDate(p.read.Header.Get("Date")); err == nil {
		when = t
	}
	m := mailpitMessage{
		ID: p.ID, MessageID: p.messageID(), From: p.from(), To: p.addresses("To"), Cc: p.addresses("Cc"), Bcc: p.bcc(),
		ReplyTo: p.addresses("Reply-To"), ReturnPath: strings.Trim(p.read.Header.Get("Return-Path"), "<>"), Subject: p.Subject,
		Date: when, Tags: []string{}, Text: crlf(p.Text), HTML: crlf(p.HTML), Size: p.size,
		ListUnsubscribe: mailpitUnsubscribe{
			Header: p.read.Decoded("List-Unsubscribe"), Links: unsubscribeLinks(p.read.Decoded("List-Unsubscribe")),
			HeaderPost: p.read.Decoded("List-Unsubscribe-Post"),
		},
	}
	if m.ReturnPath == "" && m.From != nil {
		m.ReturnPath = m.From.Address
	}
	m.Inline, m.Attachments = p.attachments()
	return m
}

func (p *mailpitMail) messageID() string { return strings.Trim(p.read.Header.Get("Message-Id"), "<>") }

func (p *mailpitMail) from() *netmail.Address {
	if list := p.addresses("From"); len(list) > 0 {
		return list[0]
	}
	return &netmail.Address{Name: p.read.From}
}

func (p *mailpitMail) addresses(header string) []*netmail.Address {
	list, err := p.read.Addresses(header)
	if err != nil {
		return []*netmail.Address{}
	}
	return list
}

// orNull turns an empty list into null.
func orNull(list []*netmail.Address) []*netmail.Address {
	if len(list) == 0 {
		return nil
	}
	return list
}

// crlf returns a text with the line ends of mails, as Mailpit shows it.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// bcc returns the recipients that the headers To and Cc do not name.
func (p *mailpitMail) bcc() []*netmail.Address {
	list := p.addresses("Bcc")
	named := map[string]bool{}
	for _, a := range slices.Concat(p.addresses("To"), p.addresses("Cc"), list) {
		named[strings.ToLower(a.Address)] = true
	}
	for _, r := range p.Recipients {
		if !named[strings.ToLower(r)] {
			list = append(list, &netmail.Address{Address: r})
		}
	}
	return list
}

func (p *mailpitMail) attachments() (inline, attached []mailpitAttachment) {
	inline, attached = []mailpitAttachment{}, []mailpitAttachment{}
	for _, a := range p.read.Attachments {
		if a.FileName == "" && a.ContentID == "" {
			continue
		}
		one := mailpitAttachment{PartID: a.Part, FileName: a.FileName, ContentType: a.ContentType, ContentID: a.ContentID, Size: len(a.Content)}
		m, s1, s2 := md5.Sum(a.Content), sha1.Sum(a.Content), sha256.Sum256(a.Content)
		one.Checksums.MD5, one.Checksums.SHA1, one.Checksums.SHA256 = hex.EncodeToString(m[:]), hex.EncodeToString(s1[:]), hex.EncodeToString(s2[:])
		if a.Inline {
			inline = append(inline, one)
		} else {
			attached = append(attached, one)
		}
	}
	return inline, attached
}

// snippetLength is how many bytes of a mail its summary shows.
const snippetLength = 200

func (p *mailpitMail) snippet() string {
	s := strings.Join(strings.Fields(p.Text), " ")
	if p.HTML != "" {
		s = mail.Plain(p.HTML)
	}
	if len(s) <= snippetLength {
		return s
	}
	n := snippetLength
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}

// unsubscribeLinks returns the links in angle brackets.
func unsubscribeLinks(header string) []string {
	links := []string{}
	for part := range strings.SplitSeq(header, ",") {
		if link := strings.TrimSpace(part); strings.HasPrefix(link, "<") && strings.HasSuffix(link, ">") {
			links = append(links, link[1:len(link)-1])
		}
	}
	return links
}
