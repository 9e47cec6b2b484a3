package config

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

type printed struct {
	URL   string
	Token sdk.Secret
	Count *int64
	None  *int64
	Mode  choice
	Hosts []host
	Extra map[string]sdk.SecretJSON
}

func (p *printed) ConfigItems(items *Items) {
	items.URL("url", &p.URL)
	items.Secret("token", &p.Token)
	items.OptionalInt("count", &p.Count)
	items.OptionalInt("none", &p.None)
	Choice(items, "mode", &p.Mode)
	Cards(items, "hosts", &p.Hosts)
	items.Extra(&p.Extra)
}

func (p printed) Format(f fmt.State, verb rune) { Format(&p, f, verb) }

func (p printed) MarshalJSON() ([]byte, error) { return Marshal(&p) }

type host struct{ URL string }

func (h *host) ConfigItems(items *Items) { items.URL("url", &h.URL) }

func (h host) Format(f fmt.State, verb rune) { Format(&h, f, verb) }

func (h host) MarshalJSON() ([]byte, error) { return Marshal(&h) }

func TestPrint(t *testing.T) {
	t.Parallel()
	p, err := Read[printed](json.RawMessage(`{"url":"https://u:hush@a.example/x","token":"hush","count":5,"mode":"eu","hosts":[{"url":"https://hush@b.example"}],"state":{"a":"hush"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{
		"%v": `{https://[redacted]@a.example/x [redacted] 5 <nil> eu [{https://[redacted]@b.example}] map[state:[redacted]]}`,
		"%+v": `{URL:https://[redacted]@a.example/x Token:[redacted] Count:5 None:<nil> Mode:eu ` +
			`Hosts:[{URL:https://[redacted]@b.example}] Extra:map[state:[redacted]]}`,
		"%#v": `config.printed{URL:"https://[redacted]@a.example/x", Token:[redacted], Count:5, None:(*int64)(nil), Mode:"eu", ` +
			`Hosts:[]config.host{config.host{URL:"https://[redacted]@b.example"}}, Extra:map[string]sdk.SecretJSON{"state":[redacted]}}`,
	} {
		if got := fmt.Sprintf(format, p); got != want {
			t.Errorf("%s: %s\nwant %s", format, got, want)
		}
	}
	text, err := json.Marshal(struct{ Config *printed }{&p})
	if want := `{"Config":{"URL":"https://[redacted]@a.example/x","Token":"[redacted]","Count":5,"None":null,"Mode":"eu",` +
		`"Hosts":[{"URL":"https://[redacted]@b.example"}],"Extra":{"state":"[redacted]"}}}`; err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	if p.URL != "https://u:hush@a.example/x" || p.Hosts[0].URL != "https://hush@b.example" {
		t.Errorf("printing has changed %q and %q", p.URL, p.Hosts[0].URL)
	}
}
