package twilio

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/mockauth0/mockauth0/internal/derive"
)

// A resource is a message in Twilio's API. nil becomes null.
type resource struct {
	AccountSID          string            `json:"account_sid"`
	APIVersion          string            `json:"api_version"`
	Body                string            `json:"body"`
	DateCreated         string            `json:"date_created"`
	DateSent            *string           `json:"date_sent"`
	DateUpdated         string            `json:"date_updated"`
	Direction           string            `json:"direction"`
	ErrorCode           *int              `json:"error_code"`
	ErrorMessage        *string           `json:"error_message"`
	From                *string           `json:"from"`
	MessagingServiceSID *string           `json:"messaging_service_sid"`
	NumMedia            string            `json:"num_media"`
	NumSegments         string            `json:"num_segments"`
	Price               *string           `json:"price"`
	PriceUnit           *string           `json:"price_unit"`
	SID                 string            `json:"sid"`
	Status              string            `json:"status"`
	SubresourceURIs     map[string]string `json:"subresource_uris"`
	To                  string            `json:"to"`
	URI                 string            `json:"uri"`
}

// A page is a part of the list of messages.
type page struct {
	Messages        []resource `json:"messages"`
	End             int        `json:"end"`
	FirstPageURI    string     `json:"first_page_uri"`
	NextPageURI     *string    `json:"next_page_uri"`
	Page            int        `json:"page"`
	PageSize        int        `json:"page_size"`
	PreviousPageURI *string    `json:"previous_page_uri"`
	Start           int        `json:"start"`
	URI             string     `json:"uri"`
}

// sidOf returns the sid of a message, which derives from the message's id, and from the
// name of its tenant if that has one.
func sidOf(m message) string {
	names := []string{"message", m.ID}
	if m.tenant != "" {
		names = append(names, m.tenant)
	}
	return "SM" + derive.Seed("twilio").Hex(32, names...)
}

// resourceOf returns the resource of a message that has arrived.
func resourceOf(account string, m message) resource {
	sid := sidOf(m)
	at := m.CreatedAt.UTC().Format(time.RFC1123Z)
	base := "/2010-04-01/Accounts/" + account + "/Messages/" + sid
	r := resource{
		AccountSID: account, APIVersion: "2010-04-01", Body: m.Text, DateCreated: at, DateSent: text(at), DateUpdated: at,
		Direction: "outbound-api", NumMedia: "0", NumSegments: strconv.Itoa(segments(m.Text)), PriceUnit: text("USD"), SID: sid,
		Status: "delivered", SubresourceURIs: map[string]string{"media": base + "/Media.json"}, To: m.To, URI: base + ".json",
	}
	if strings.HasPrefix(m.From, "MG") && len(m.From) == 34 {
		r.MessagingServiceSID = text(m.From)
	} else {
		r.From = text(m.From)
	}
	return r
}

func text(s string) *string { return &s }

// gsm are the letters of GSM 03.38 that ASCII does not have. wide are the letters that
// take two places.
const (
	gsm  = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤ÄÖÑÜ§¿äöñüà¡"
	wide = "^{}\\[~]|€"
)

// segments returns how many text messages carry a text. One holds 160 letters of GSM
// 03.38, or 70 if the text has other letters. Each of several holds fewer.
func segments(s string) int {
	places, one, many := 0, 160, 153
	for _, r := range s {
		switch {
		case strings.ContainsRune(wide, r):
			places += 2
		case r >= ' ' && r < 0x7f && r != '`' || strings.ContainsRune(gsm, r):
			places++
		default:
			places, one, many = len(utf16.Encode([]rune(s))), 70, 67
		}
		if one == 70 {
			break
		}
	}
	if places <= one {
		return 1
	}
	return (places + many - 1) / many
}

// numberIn reads a number from a query. It returns standard for a text that is no
// number, and highest for a number that is higher.
func numberIn(s string, standard, highest int) int {
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || n < 0 {
		return standard
	}
	return min(n, highest)
}
