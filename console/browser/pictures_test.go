package browser

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/conngen/conngen/examples/directory/fakeapi"
)

var screenshots = flag.String("screenshots", "", "write the pictures of README and docs into this `folder`")

// TestPictures makes the pictures for README and docs: the pages on the connector of
// examples/directory.
func TestPictures(t *testing.T) {
	if *screenshots == "" {
		t.Skip("the pictures stay as they are without -screenshots")
	}
	api := httptest.NewServer(fakeapi.New(fakeapi.Options{Users: 480}))
	t.Cleanup(api.Close)
	d := newExample(t).ready()
	config := func(address string) {
		d.api("PUT", "/api/config", map[string]any{"values": map[string]any{
			"baseUrl": address, "clientId": fakeapi.ClientID, "clientSecret": fakeapi.ClientSecret, "pageSize": 200, "requestsPerSecond": 50,
		}}, nil)
	}
	config(api.URL)
	for _, c := range []struct{ command, input string }{
		{"std:test-connection", `{}`},
		{"std:entitlement:list", `{"type":"group"}`},
		{"std:account:list", `{}`},
		{"std:account:read", `{"identity":"u-0000023","key":{"simple":{"id":"u-0000023"}}}`},
		{"std:account:list", `{}`},
	} {
		if got := runCall(t, d, c.command, raw(c.input)); got.State != "done" {
			t.Fatalf("%s: %+v", c.command, got)
		}
	}
	config("https://directory.acme.example")
	d.api("POST", "/api/config/save", map[string]any{"file": "config.json"}, nil)

	p := open(t, d.address("/overview"))
	p.size(1280, 1080)
	p.sees("Ready")
	p.picture("overview")
	p.size(1280, 850)
	p.route("#/form/connection")
	p.sees("The connector's decoding accepts this config.")
	p.picture("form")
	p.route("#/results/5?row=24")
	p.waitForText("aside.pane", "u-0000023")
	p.gridHas("u-0000023")
	p.picture("results")

	d.replace("connector-spec.json", `{ "name": "email", "type": "string", "description": "E-mail address", "writable": true }`, `{ "name": "mail", "type": "string", "description": "E-mail address" }`)
	d.replace("connector-spec.json", `"displayAttribute": "login",`, `"displayAttribute": "logn",`)
	p.route("#/problems")
	p.waitForText("main", "unknown field Email")
	p.waitForText("main", "is now probably")
	p.picture("problems")
}

// A raw text is unparsed JSON.
type raw string

func (r raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// newExample is a dev on the connector of examples/directory, in its own repository.
func newExample(t *testing.T) *dev {
	t.Helper()
	const example = "../../examples/directory"
	return newDev(t, func(d *dev) {
		before := d.dir
		d.dir = filepath.Join(filepath.Dir(before), "directory")
		if err := os.Rename(before, d.dir); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"connector-spec.json", "api.go", "client.go", "types.go", "main.go"} {
			text, err := os.ReadFile(filepath.Join(example, name))
			if err != nil {
				t.Fatal(err)
			}
			text = bytes.ReplaceAll(text, []byte("github.com/conngen/conngen/templates/sdk"), []byte("hr/connector/sdk"))
			text = bytes.ReplaceAll(text, []byte("github.com/conngen/conngen/examples/directory/"), []byte("hr/"))
			text = bytes.ReplaceAll(text, []byte(`	"$schema": "../../schema/connector-spec.schema.json",`+"\n"), nil)
			d.write(name, text)
		}
		if err := os.Remove(filepath.Join(d.dir, "client_test.go")); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=Author", "-c", "user.email=author@example.com", "commit", "-q", "-m", "example"}} {
			if out, err := exec.Command("git", append([]string{"-C", d.dir}, args...)...).CombinedOutput(); err != nil {
				t.Fatalf("git %s: %v\n%s", args, err, out)
			}
		}
	})
}

// picture takes pictures of the window, in light and dark mode.
func (p *page) picture(name string) {
	p.t.Helper()
	eval[chromedp.Void](p, `document.activeElement.blur()`)
	p.wait(`!document.querySelector(".toast")`)
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		p.still()
		text, err := within(p, chromedp.CaptureScreenshot())
		if err != nil {
			p.t.Fatal(err)
		}
		text, colors, err := smaller(text)
		if err != nil {
			p.t.Fatal(err)
		}
		path := filepath.Join(*screenshots, fmt.Sprintf("dev-%s-%s.png", name, scheme))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			p.t.Fatal(err)
		}
		p.t.Logf("%s has %d bytes, of %d colors", path, len(text), colors)
	}
	p.scheme("light")
}

// smaller writes a picture with at most 256 colors.
func smaller(text []byte) (_ []byte, colors int, _ error) {
	from, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		return nil, 0, err
	}
	counts := make(map[color.RGBA]int)
	bounds := from.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(from.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	to := image.NewPaletted(bounds, paletteOf(counts))
	nearest := make(map[color.RGBA]uint8)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			index, ok := nearest[c]
			if !ok {
				index = uint8(to.Palette.Index(c))
				nearest[c] = index
			}
			to.SetColorIndex(x, y, index)
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, to)
	return out.Bytes(), len(counts), err
}

// paletteOf chooses colors: repeatedly the one with the largest error so far, times its frequency.
func paletteOf(counts map[color.RGBA]int) color.Palette {
	const most = 256
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(rgb(a), rgb(b)))
	})
	errors := make([]float64, len(all))
	for i := range errors {
		errors[i] = math.Inf(1)
	}
	var palette color.Palette
	for len(palette) < min(most, len(all)) {
		worst, badness := 0, -1.0
		for i, c := range all {
			if b := errors[i] * math.Sqrt(float64(counts[c])); b > badness {
				worst, badness = i, b
			}
		}
		chosen := all[worst]
		palette = append(palette, chosen)
		for i, c := range all {
			errors[i] = min(errors[i], distance(c, chosen))
		}
	}
	return palette
}

func rgb(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

// distance is how different two colors look.
func distance(a, b color.RGBA) float64 {
	r, g, bl := float64(a.R)-float64(b.R), float64(a.G)-float64(b.G), float64(a.B)-float64(b.B)
	return 2*r*r + 4*g*g + 3*bl*bl
}
