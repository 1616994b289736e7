package twilio

import (
	"net/http"
	"strconv"
	"strings"
)

// A problem is an answer of Twilio that refuses a request.
type problem struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`
}

func refuse(status, code int, message string) *problem {
	return &problem{code, message, "https://www.twilio.com/docs/errors/" + strconv.Itoa(code), status}
}

// about returns the problem with the numbers of a request in its message.
func (p *problem) about(to, from string) *problem {
	named := *p
	named.Message = strings.NewReplacer("{to}", to, "{from}", from).Replace(p.Message)
	return &named
}

// The refusals have Twilio's words.
var (
	unauthorized = refuse(http.StatusUnauthorized, 20003, "Authenticate")
	noTo         = refuse(http.StatusBadRequest, 21604, "A 'To' phone number is required.")
	noFrom       = refuse(http.StatusBadRequest, 21603, "A 'From' phone number is required.")
	noBody       = refuse(http.StatusBadRequest, 21602, "Message body is required.")
	tooLong      = refuse(http.StatusBadRequest, 21617, "The concatenated message body exceeds the 1600 character limit")
	badTo        = refuse(http.StatusBadRequest, 21211, "The 'To' number {to} is not a valid phone number.")
	badFrom      = refuse(http.StatusBadRequest, 21212, "The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.")
)

// Twilio's magic numbers. All other numbers work, because the mock has no accounts that
// own numbers. Source: twilio.com/docs/iam/test-credentials.
var (
	magicFrom = map[string]*problem{
		"+15005550001": badFrom,
		"+15005550007": refuse(http.StatusBadRequest, 21606, "The From phone number {from} is not a valid, SMS-capable inbound phone number or short code for your account."),
		"+15005550008": refuse(http.StatusBadRequest, 21611, "SMS queue is full."),
	}
	magicTo = map[string]*problem{
		"+15005550001": badTo,
		"+15005550002": refuse(http.StatusBadRequest, 21612, "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from} via SMS."),
		"+15005550003": refuse(http.StatusBadRequest, 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}."),
		"+15005550004": refuse(http.StatusBadRequest, 21610, "The message From/To pair violates a blacklist rule."),
		"+15005550009": refuse(http.StatusBadRequest, 21614, "To number: {to}, is not a mobile number"),
	}
)

func notFound(r *http.Request) *problem {
	return refuse(http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
}
