package mail

import (
	"html"
	"strings"
)

// A wording is the sentences of the default e-mail.
type wording struct {
	sentence, value string // the value is a code or a link
	client          string
	rules, ignore   string
	help            string // may be empty
}

func (w wording) plain() string {
	text := w.sentence + w.value + "\n\n" + w.rules + "\n" + w.ignore + "\n"
	if w.help != "" {
		text += "\n" + w.help + "\n"
	}
	return text
}

// The page uses only what all mail clients can show. It has tables, since Outlook
// for Windows lays out with Word. Its elements have their own styles, since some
// forms of Gmail drop style sheets. It fetches nothing. Apple Mail and Outlook on
// phones take the dark colours from the style sheet; other clients compute them.
// A list of mails shows the first line beside the subject. format-detection
// keeps clients from showing a code as a phone number.
const (
	pageHead = `<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<meta name="x-apple-disable-message-reformatting">
<title>`
	pageBody = `</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .canvas { background-color: #16181d !important; }
  .card { background-color: #22252c !important; border-color: #3a3e47 !important; }
  .text { color: #e8eaed !important; }
  .small { color: #a9afba !important; }
  .code { background-color: #16181d !important; color: #ffffff !important; }
  .link { color: #8ab4ff !important; }
}
</style>
</head>
<body class="canvas" style="margin:0; padding:0; background-color:#f3f4f6; -webkit-text-size-adjust:100%; -ms-text-size-adjust:100%;">
<div style="display:none; font-size:1px; line-height:1px; max-height:0; max-width:0; opacity:0; overflow:hidden; mso-hide:all;">`
	pageCard = `</div>
<table role="presentation" class="canvas" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f4f6" style="background-color:#f3f4f6;">
<tr><td align="center" style="padding:32px 16px;">
<table role="presentation" class="card" width="480" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%; max-width:480px; background-color:#ffffff; border:1px solid #e1e4e8; border-radius:8px;">
<tr><td class="text" style="padding:28px 32px 0; ` + pageFont + ` font-size:16px; line-height:24px; color:#1c1e21;">`
	pageCell  = "</td></tr>\n<tr><td"
	pageSmall = ` class="small" style="padding:20px 32px 0; ` + pageFont + ` font-size:14px; line-height:20px; color:#5f6673;">`
	pageLast  = ` class="small" style="padding:20px 32px 28px; ` + pageFont + ` font-size:14px; line-height:20px; color:#5f6673;">`
	pageTail  = "</td></tr>\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n"

	pageFont = `font-family:-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;`

	pageCode = `<br><span class="code" style="display:block; margin-top:16px; padding:16px 8px; background-color:#f3f4f6; border-radius:6px; ` +
		`font-family:Consolas, Menlo, 'Courier New', monospace; font-size:34px; line-height:40px; letter-spacing:6px; text-align:center; color:#111318;"><strong>`

	pageButton = ` align="center" style="padding:24px 32px 8px;">
<table role="presentation" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" bgcolor="#1f5fd6" style="border-radius:6px; background-color:#1f5fd6; mso-padding-alt:14px 28px;"><a href="`
	pageButtonText = `" style="display:inline-block; padding:14px 28px; ` + pageFont + ` font-size:16px; line-height:20px; font-weight:bold; color:#ffffff; text-decoration:none;">`
	pageLink       = `" class="link" style="color:#1f5fd6; word-break:break-all;">`
)

// page is the HTML. It has the same sentences as plain.
func (w wording) page(isLink bool) string {
	value, client := html.EscapeString(w.value), html.EscapeString(w.client)
	var b strings.Builder
	b.Grow(4096 + 3*len(value))
	add := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	if isLink {
		add(pageHead, "Sign in to ", client, pageBody, "Sign in to ", client, pageCard)
		add("Sign in to <strong>", client, "</strong>", pageCell, pageButton, value, pageButtonText, "Sign in", "</a></td></tr>\n</table>", pageCell, pageSmall)
		add(w.sentence, `<a href="`, value, pageLink, value, "</a>")
	} else {
		add(pageHead, w.sentence, value, pageBody, w.sentence, value, pageCard)
		add(w.sentence, pageCode, value, "</strong></span>")
	}
	last := w.ignore
	add(pageCell, pageSmall, w.rules)
	if w.help != "" {
		add(pageCell, pageSmall, html.EscapeString(last))
		last = w.help
	}
	add(pageCell, pageLast, html.EscapeString(last), pageTail)
	return b.String()
}
