package browser

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server"
)

var updateScreenshot = flag.Bool("screenshot", false, "write .github/inbox.png anew")

var picture = filepath.Join("..", "..", "..", ".github", "inbox.png")

// The README's picture is the page with made-up messages of a seed and a
// stopped clock: go test ./browser -run Screenshot -screenshot takes it anew.
// Fonts differ from machine to machine, so the bytes are not compared.
func TestScreenshot(t *testing.T) {
	t.Parallel()
	chromium(t)
	s, err := server.New(server.Config{Seed: "mockauth0", At: time.Date(2030, 1, 1, 9, 58, 12, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	addr := "127.0.0.1:0"
	if *updateScreenshot {
		addr = "127.0.0.1:2884" // readers know this address
	}
	at := serve(t, addr, s)
	_, port, _ := net.SplitHostPort(at.addr)
	i := &inbox{blank(t, look{width: 1280, height: 800, still: true}), "http://localhost:" + port, s}

	i.redeem("grace@example.com", i.start("grace@example.com"))
	_ = s.Clock().Advance(41 * time.Second)
	i.start("katherine@example.com")
	_ = s.Clock().Advance(4 * time.Minute)
	if got := i.app("/passwordless/start", map[string]any{
		"client_id": "acme-web", "client_secret": "acme-web-secret", "connection": "email", "email": "dora@example.com", "send": "link",
		"authParams": map[string]any{"redirect_uri": "http://localhost:3000/callback", "response_type": "code", "scope": "openid"},
	}, ""); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	lost, err := s.Inject("sms-lost", none)
	if err != nil {
		t.Fatal(err)
	}
	i.app("/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "sms", "phone_number": "+12025550123", "send": "code"}, auth0js)
	lost.Off()
	_ = s.Clock().Advance(17 * time.Second)
	i.start("ada@example.com")
	i.start("+12025550101")
	_ = s.Clock().Advance(8 * time.Second)
	i.start("ada@example.com")
	_ = s.Clock().Advance(22 * time.Second)

	i.run(chromedp.Navigate(i.url + "/_mock/#/clock"))
	i.live()
	i.until(`document.querySelectorAll(".row").length === 7 && document.querySelector("#panel .big-time").innerText === "10:03:40"`)
	i.untilText("#reader .left", "Expires in 2:38")
	i.drawn()
	i.press("#ask", "No")
	i.run(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	shot := i.screenshot()
	drawn, err := png.Decode(bytes.NewReader(shot))
	if err != nil || drawn.Bounds().Size() != image.Pt(1280, 800) {
		t.Fatalf("the picture is %v, %v", drawn.Bounds(), err)
	}
	if *updateScreenshot {
		var small bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColours(drawn)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(picture, small.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.Stat(picture)
	if err != nil || kept.Size() > 200<<10 {
		t.Errorf("%s: %v, %v; go test ./browser -run Screenshot -screenshot takes it", picture, kept, err)
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil || !strings.Contains(string(readme), "(.github/inbox.png)") {
		t.Errorf("the README does not show the picture (%v)", err)
	}
}

// fewColours is a picture in its 256 commonest colours, which a page of text
// hardly needs more of, and a fraction of the bytes.
func fewColours(full image.Image) *image.Paletted {
	used := map[color.Color]int{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			used[full.At(x, y)]++
		}
	}
	commonest := slices.SortedFunc(maps.Keys(used), func(a, b color.Color) int {
		return cmp.Or(used[b]-used[a], slices.Compare(rgb(a), rgb(b)))
	})
	palette := color.Palette(commonest[:min(256, len(commonest))])
	few := image.NewPaletted(full.Bounds(), palette)
	nearest := map[color.Color]uint8{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			c := full.At(x, y)
			if _, known := nearest[c]; !known {
				nearest[c] = uint8(palette.Index(c))
			}
			few.SetColorIndex(x, y, nearest[c])
		}
	}
	return few
}

func rgb(c color.Color) []uint32 {
	r, g, b, _ := c.RGBA()
	return []uint32{r, g, b}
}
