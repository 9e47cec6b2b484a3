package browser

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	complete "github.com/conngen/conngen/golden/complete/connector"
	configtypes "github.com/conngen/conngen/golden/config-types/connector"
	"github.com/conngen/conngen/schema"
)

// A form fills in the source form with the keyboard only.
type form struct {
	*page
	types map[string]bool // of filled-in items
}

// filling records the type of an item.
func (f form) filling(path ...any) {
	f.t.Helper()
	f.waitFor(in("", path...))
	kind := eval[string](f.page, `[...document.querySelector(`+quoted(in("", path...))+`).classList].find((name) => name.startsWith("item-"))`)
	f.types[strings.TrimPrefix(kind, "item-")] = true
	if len(path) > 1 {
		f.types[schema.ItemCardList] = true
	}
}

// filledTypes are the types of items that are filled in.
var filledTypes = append(schema.ItemTypes(), schema.ItemPassword)

// checkTypes: items of all these types in a spec were filled in.
func (f form) checkTypes(spec string) {
	f.t.Helper()
	for e := range readSpec(golden(f.t, spec)).ConfigItems() {
		if slices.Contains(filledTypes, e.Type) && !f.types[e.Type] {
			f.t.Errorf("%s was not filled in, nor another item of the type %s", e.Key, e.Type)
		}
	}
}

// TestAllTypes: the specs whose forms are filled in have items of all types.
func TestAllTypes(t *testing.T) {
	t.Parallel()
	types := make(map[string]bool)
	for _, name := range []string{"complete", "config-types"} {
		for e := range readSpec(golden(t, name)).ConfigItems() {
			types[e.Type] = true
		}
	}
	for _, name := range filledTypes {
		if !types[name] {
			t.Errorf("no form with an item of the type %s is filled in", name)
		}
	}
}

// in returns the selector of an element in the item of a path, such as ["cards",0,"name"].
func in(selector string, path ...any) string {
	text, _ := json.Marshal(path) // of texts and numbers
	item := `[data-path='` + strings.ReplaceAll(string(text), `'`, `\'`) + `'] `
	return item + strings.ReplaceAll(selector, ", ", ", "+item)
}

// menu opens a menu.
func (f form) menu(id string) {
	f.t.Helper()
	link := `.source-menus a[href="#/form/` + id + `"]`
	f.tabTo(link)
	f.press(kb.Enter)
	f.waitFor(link + `[aria-current=page]`)
}

// fill replaces the text of an input.
func (f form) fill(text string, path ...any) {
	f.t.Helper()
	f.filling(path...)
	f.tabTo(in("input, textarea", path...))
	f.replace(text)
}

func (f form) replace(text string) {
	f.t.Helper()
	f.press("a", chromedp.ModifierCtrl)
	f.press(kb.Delete)
	f.press(strings.ReplaceAll(text, "\n", kb.Enter))
	if got := eval[string](f.page, `document.activeElement.value`); got != text {
		f.t.Fatalf("the input holds %q after %q was typed", got, text)
	}
}

// choose moves to a value in a menu or in radio buttons.
func (f form) choose(value string, path ...any) {
	f.t.Helper()
	f.filling(path...)
	f.tabTo(in("select, input[type=radio]", path...))
	isThere := `((e) => e.value === ` + quoted(value) + ` && e.checked !== false)(document.activeElement)`
	if eval[string](f.page, `document.activeElement.type`) == "radio" {
		f.press(" ")
	}
	for range 20 {
		if eval[bool](f.page, isThere) {
			return
		}
		f.press(kb.ArrowDown)
	}
	f.t.Fatalf("%v has no option %q", path, value)
}

// turn toggles a checkbox.
func (f form) turn(path ...any) {
	f.t.Helper()
	f.filling(path...)
	f.tabTo(in("input[type=checkbox]", path...))
	before := eval[bool](f.page, `document.activeElement.checked`)
	f.press(" ")
	if eval[bool](f.page, `document.activeElement.checked`) == before {
		f.t.Fatalf("%v does not turn", path)
	}
}

// add adds values to a list.
func (f form) add(texts []string, path ...any) {
	f.t.Helper()
	f.filling(path...)
	f.tabTo(in("input[type=text]", path...))
	for _, text := range texts {
		f.press(text)
		f.press(kb.Enter)
	}
	f.wait(`document.activeElement.value === ""`)
}

// pair fills in a row with a key and a value. It adds the row if there are too few.
func (f form) pair(row int, key, value string, path ...any) {
	f.t.Helper()
	f.filling(path...)
	has := func() bool {
		return eval[int](f.page, `document.querySelectorAll(`+quoted(in(".key-value", path...))+`).length`) > row
	}
	if !has() {
		f.tabTo(in("button.pill:last-child", path...))
		f.press(kb.Enter)
		f.wait(`document.activeElement.matches(` + quoted(in(".key-value:nth-of-type("+itoa(row+2)+") input", path...)) + `)`)
	}
	for n, text := range []string{key, value} {
		f.tabTo(in(".key-value:nth-of-type("+itoa(row+2)+") .part:nth-child("+itoa(n+1)+") input", path...))
		f.replace(text)
	}
}

func itoa(n int) string { return string(rune('0' + n)) }

// press presses Enter on a button or a link with a name.
func (f form) push(name string) {
	f.t.Helper()
	f.tabToNamed(name)
	f.press(kb.Enter)
}

// config tests the connection as an administrator does, and returns the config that the connector
// received.
func (f form) config(b *bench) json.RawMessage {
	f.t.Helper()
	f.menu("review-and-test")
	f.push("Test Connection")
	f.waitForText("dialog[open]", "Test Success!")
	f.press(kb.Escape)
	f.wait(`!document.querySelector("dialog[open]")`)
	commands := b.commands()
	return commands[len(commands)-1].Config
}

// checkConfig: the config is as expected, and a connector accepts it.
func checkConfig[Config any](t *testing.T, got json.RawMessage, want string, decode func(json.RawMessage) (Config, error)) Config {
	t.Helper()
	var gotValues, wantValues any
	if err := json.Unmarshal(got, &gotValues); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &wantValues); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantValues, gotValues); diff != "" {
		t.Errorf("the config (-want +got):\n%s", diff)
	}
	config, err := decode(got)
	if err != nil {
		t.Errorf("the connector refuses %s: %v", got, err)
	}
	return config
}

func openForm(t *testing.T, spec string) (*bench, form) {
	t.Helper()
	b := newBench(t, golden(t, spec))
	p := open(t, b.address("/form"))
	p.waitDrawn()
	p.waitFor(".source-panel pre")
	return b, form{p, make(map[string]bool)}
}

// TestFill fills in all types of items, a chain of conditions and cards, with the keyboard only.
func TestFill(t *testing.T) {
	t.Parallel()
	b, f := openForm(t, "complete")
	f.menu("connection")
	f.fill("https://acme.lighthouse.example", "workspaceUrl")
	f.fill("tenant-1", "tenantId")
	f.fill("Ask Ada,\nor Charles", "description")
	f.choose("us-west-2", "region")
	f.choose("oauth2", "authType")
	f.choose("refresh_token", "grantType")
	f.fill("client-1", "clientId")
	f.fill(`client "secret" ü`, "clientSecret")
	f.fill("refresh-secret", "refreshToken")
	f.add([]string{"scope one", "scope,two"}, "scopes")
	f.menu("aggregation")
	f.fill("250", "pageSize")
	f.fill("12", "maxRequestsPerSecond")
	f.turn("includeGuests")
	f.add([]string{"partner.example"}, "guestDomains")
	f.turn("spConnEnableStatefulCommands")
	f.pair(0, "X-First", "one", "requestHeaders")
	f.pair(1, "X-Second", "", "requestHeaders")
	f.menu("rules")
	f.push("Add a rule")
	f.waitFor("dialog[open]")
	card := func(key string) []any { return []any{"licenseRules", 0, key} }
	f.fill("Contractors", card("ruleName")...)
	f.choose("editor", card("license")...)
	f.fill("first\nsecond", card("remarks")...)
	f.turn(card("ruleEnabled")...)
	f.fill("40", card("seats")...)
	f.push("Members")
	f.choose("domain", card("matchBy")...)
	f.turn(card("includeSubdomains")...)
	f.push("Notice")
	f.turn(card("notify")...)
	f.fill("https://hooks.example.com/seats", card("webhook")...)
	f.pair(0, "team", "identity", card("webhookFields")...)
	f.push("Save")
	f.wait(`!document.querySelector("dialog[open]")`)
	f.push("Copy Contractors")
	f.wait(`document.querySelectorAll(".source-card").length === 2`)
	f.tabTo(`.source-card:nth-child(2) [aria-label="Edit Contractors"]`)
	f.press(kb.Enter)
	f.waitFor("dialog[open]")
	f.fill("Guests", "licenseRules", 1, "ruleName")
	f.push("Save")
	f.wait(`!document.querySelector("dialog[open]")`)
	f.tabTo(`.source-card:nth-child(2) .handle`)
	f.press(kb.ArrowUp)
	f.wait(`document.querySelector(".source-card strong").textContent === "Guests"`)
	f.fill("proxy-secret", "proxyPassword")
	f.fill("proxy.example", "proxyHost")

	config := checkConfig(t, f.config(b), `{
		"workspaceUrl": "https://acme.lighthouse.example", "tenantId": "tenant-1", "description": "Ask Ada,\nor Charles",
		"region": "us-west-2", "authType": "oauth2", "grantType": "refresh_token", "clientId": "client-1", "clientSecret": "client \"secret\" ü",
		"refreshToken": "refresh-secret", "scopes": ["groups.read", "licenses.read", "scope one", "scope,two"], "pageSize": 250,
		"maxRequestsPerSecond": 12, "includeGuests": true, "guestDomains": ["partner.example"], "spConnEnableStatefulCommands": true,
		"requestHeaders": [{"name": "X-First", "value": "one"}, {"name": "X-Second"}],
		"licenseRules": [
			{"ruleName": "Guests", "license": "editor", "remarks": "first\nsecond", "ruleEnabled": false, "seats": 40, "matchBy": "domain",
				"domain": "partner.example", "includeSubdomains": true, "notify": true, "webhook": "https://hooks.example.com/seats",
				"webhookFields": [{"key": "team", "value": "identity"}], "position": 0},
			{"ruleName": "Contractors", "license": "editor", "remarks": "first\nsecond", "ruleEnabled": false, "seats": 40, "matchBy": "domain",
				"domain": "partner.example", "includeSubdomains": true, "notify": true, "webhook": "https://hooks.example.com/seats",
				"webhookFields": [{"key": "team", "value": "identity"}], "position": 1}
		],
		"proxyPassword": "proxy-secret", "proxyHost": "proxy.example"
	}`, complete.DecodeConfig)
	if config.RefreshToken.Reveal() != "refresh-secret" || config.PageSize != 250 || len(config.LicenseRules) != 2 || config.LicenseRules[1].Domain != "partner.example" {
		t.Errorf("the connector reads %v", config)
	}

	// Another way to sign in hides the items of the first one, which stay in the form.
	f.menu("connection")
	f.choose("jwt", "authType")
	key := "-----BEGIN KEY-----\nkey-secret\n-----END KEY-----"
	f.fill(key, "credential")
	f.menu("rules")
	f.push("Delete Guests")
	f.wait(`document.querySelectorAll(".source-card").length === 1`)
	other := f.config(b)
	config, err := complete.DecodeConfig(other)
	if err != nil || config.Credential.Reveal() != key || config.ClientSecret.IsSet() || len(config.LicenseRules) != 1 || config.LicenseRules[0].RuleName != "Contractors" {
		t.Errorf("the connector reads %v (%v)", config, err)
	}
	f.checkTypes("complete")
	var members map[string]any
	if err := json.Unmarshal(other, &members); err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"grantType", "clientId", "clientSecret", "refreshToken", "scopes"} {
		if _, has := members[hidden]; has {
			t.Errorf("%s is hidden, and sent", hidden)
		}
	}
}

// TestFillSecrets fills in secrets in all places, and items that share a key.
func TestFillSecrets(t *testing.T) {
	t.Parallel()
	b, f := openForm(t, "config-types")
	f.menu("connection")
	f.fill("https://a.example", "address")
	f.fill("token-secret", "apiToken")
	f.fill("signature-secret", "signature")
	f.fill("certificate-secret\nline", "certificate")
	f.fill("private-secret", "private.key")
	f.pair(0, "acme", "acme-secret", "tokens")
	f.pair(1, "umbra", "umbra-secret", "tokens")
	f.pair(0, "X-A", "a", "headers")
	f.fill("0.5", "threshold")
	f.fill("-1.5", "weight")
	f.fill("9007199254740993", "limit")
	f.choose("proxy", "mode")
	f.fill("3", "retries")
	f.fill("https://proxy.example", "route")
	f.push("Add")
	f.waitFor("dialog[open]")
	f.fill("mirror", "mirrors", 0, "name")
	f.fill("https://user:url-secret@mirror.example", "mirrors", 0, "url")
	f.fill("mirror-secret", "mirrors", 0, "password")
	f.fill("7", "mirrors", 0, "weight")
	f.fill("json", "mirrors", 0, "format")
	f.push("Save")
	f.wait(`!document.querySelector("dialog[open]")`)

	config := checkConfig(t, f.config(b), `{
		"address": "https://a.example", "apiToken": "token-secret", "signature": "signature-secret", "certificate": "certificate-secret\nline",
		"private.key": "private-secret", "tokens": [{"tenant": "acme", "token": "acme-secret"}, {"tenant": "umbra", "token": "umbra-secret"}],
		"headers": [{"key": "X-A", "value": "a"}], "pageSize": 250, "threshold": 0.5, "weight": -1.5, "limit": "9007199254740993", "mode": "proxy",
		"retries": 3, "route": "https://proxy.example",
		"mirrors": [{"name": "mirror", "url": "https://user:url-secret@mirror.example", "password": "mirror-secret", "weight": 7, "format": "json"}]
	}`, configtypes.DecodeConfig)
	if config.Limit == nil || *config.Limit != 9007199254740993 || config.Mirrors[0].Password.Reveal() != "mirror-secret" || config.Tokens[1].Value.Reveal() != "umbra-secret" {
		t.Errorf("the connector reads %v", config)
	}
	f.checkTypes("config-types")
	shown := eval[string](f.page, `document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join(" ")`)
	var answer struct{ Values json.RawMessage }
	b.api(http.MethodGet, "/api/config", nil, &answer)
	f.menu("connection")
	shown += eval[string](f.page, `document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join(" ")`)
	for _, secret := range []string{"token-secret", "signature-secret", "certificate-secret", "private-secret", "acme-secret", "umbra-secret", "url-secret", "mirror-secret"} {
		if strings.Contains(shown, secret) || strings.Contains(string(answer.Values), secret) {
			t.Errorf("the page has %s", secret)
		}
	}

	f.choose("gateway", "mode")
	f.fill("gateway-1", "route")
	f.tabTo(in(".secret-set button:last-child", "signature"))
	f.press(kb.Enter)
	config, err := configtypes.DecodeConfig(f.config(b))
	if err != nil || config.Route != "gateway-1" || config.Retries != 0 || config.Signature.IsSet() || config.APIToken.Reveal() != "token-secret" {
		t.Errorf("the connector reads %v (%v)", config, err)
	}
}
