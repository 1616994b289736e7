package browser

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var updatePictures = flag.Bool("pictures", false, "write the pictures of testdata anew")

// pictured are the pages of which testdata has a picture, by tenant.
var pictured = map[string][]string{
	"default": {"identifier", "identifier-problem", "email", "signup", "signup-password", "reset-password-problem", "error"},
	"dark":    {"identifier", "password-problem", "error"},
}

// What a picture may differ by. Two machines with Debian's Chromium draw the edges of
// letters a little differently. So the pictures are compared by squares of a few pixels,
// each by its mean colour, and some of them may be off.
const (
	square       = 4
	tolerance    = 20    // of 255, in one of the colours
	mayBeOff     = 0.004 // of all squares
	pictureFonts = `"Liberation Sans", Arimo, Arial, sans-serif`
)

// looksAs compares the window with the picture in testdata. -pictures writes it anew. The
// fonts are those that Debian installs with Chromium, and no caret blinks.
func (p *tab) looksAs(name string) {
	p.t.Helper()
	value[any](p, `(() => { document.body.style.fontFamily = `+quoted(pictureFonts)+`; document.body.style.caretColor = "transparent"; })()`)
	defer value[any](p, `document.body.removeAttribute("style")`)
	value[any](p, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))`)
	shot, file := p.screenshot(), filepath.Join("testdata", name+".png")
	if *updatePictures {
		if err := os.WriteFile(file, small(p.t, shot), 0o644); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatalf("%v; go test ./browser -run Accessible -pictures takes it", err)
	}
	if off, of := squaresOff(p.t, shot, want); float64(off) > mayBeOff*float64(of) {
		now := filepath.Join(os.TempDir(), "mockauth0-"+name+".png")
		_ = os.WriteFile(now, shot, 0o644)
		p.t.Errorf("%d of %d squares of the page are not as in %s; it looks as in %s. If that is right, go test ./browser -run Accessible -pictures takes it anew", off, of, file, now)
	}
}

// small is a picture with its 256 commonest colours, which takes a third of the space.
func small(t testing.TB, shot []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	count, size := map[color.Color]int{}, full.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			count[full.At(x, y)]++
		}
	}
	common := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	out := image.NewPaletted(size, common[:min(len(common), 256)])
	draw.Draw(out, size, full, size.Min, draw.Src)
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&file, out); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// squaresOff counts the squares in which two pictures differ. All do if the pictures
// differ in size.
func squaresOff(t testing.TB, a, b []byte) (off, of int) {
	t.Helper()
	one, err := png.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	other, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	size := one.Bounds()
	same := size == other.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y += square {
		for x := size.Min.X; x < size.Max.X; x += square {
			of++
			at := image.Rect(x, y, x+square, y+square).Intersect(size)
			if !same || farApart(meanColor(one, at), meanColor(other, at)) {
				off++
			}
		}
	}
	return off, of
}

func farApart(a, b [3]int) bool {
	for i := range a {
		if d := a[i] - b[i]; d > tolerance || d < -tolerance {
			return true
		}
	}
	return false
}

func meanColor(of image.Image, in image.Rectangle) (mean [3]int) {
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			r, g, b, _ := of.At(x, y).RGBA()
			for i, c := range []uint32{r, g, b} {
				mean[i] += int(c >> 8)
			}
		}
	}
	for i := range mean {
		mean[i] /= in.Dx() * in.Dy()
	}
	return mean
}
