package login

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image/png"
	"strconv"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// qrSize is the width and height of a QR code, in pixels.
const qrSize = 200

// qrCode is a text as a QR code: the address of a picture.
func qrCode(text string) (template.URL, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", err
	}
	if code, err = barcode.Scale(code, qrSize, qrSize); err != nil {
		return "", err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, code); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.Bytes())), nil
}

// showCode puts a text on the page as a QR code. A text that is too long for one, as
// with a very long name of the tenant, leaves the page without.
func (v *view) showCode(c *web.Call, text string) {
	var err error
	if v.QR, err = qrCode(text); err != nil { // the error quotes the text, which has a secret
		c.Hint("the page shows no QR code: " + strconv.Itoa(len(text)) + " bytes are too long for one; shorten friendly_name of the tenant")
	}
}
