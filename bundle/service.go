package bundle

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tailscale/hujson"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// The keys of a source's config that say where the connector's service is. They are only
// for the bundle: the service gets a config without them.
const (
	urlKey     = "connectorServiceUrl"
	secretKey  = "connectorServiceSecret"
	timeoutKey = "connectorServiceTimeout"
)

// serviceSettings are the settings of service.js.
type serviceSettings struct {
	Keys struct {
		URL     string `json:"url"`
		Secret  string `json:"secret"`
		Timeout string `json:"timeout"`
	} `json:"keys"`
	Own     []string `json:"own"`     // the keys that the spec itself has
	Reading []string `json:"reading"` // commands that may be sent again

	ClosingHeader string `json:"closingHeader"`
	LineLimit     int    `json:"lineLimit"` // bytes

	// in milliseconds
	Timeout        int   `json:"timeout"` // the silence after which the bundle gives up on the service
	ConnectTimeout int   `json:"connectTimeout"`
	KeepAlive      int   `json:"keepAlive"`
	Retries        []int `json:"retries"` // pauses
}

// Service returns the index.js that forwards commands to a service, and the spec with the config
// items that locate the service. The spec must have no errors.
func Service(info Info, spec *schema.Spec) (index, withItems []byte, err error) {
	settings := serviceSettings{
		Own:            ownKeys(spec),
		Reading:        reading(),
		ClosingHeader:  "connector-closing-line",
		LineLimit:      16 << 20,
		Timeout:        180_000,
		ConnectTimeout: 10_000,
		KeepAlive:      60_000,
		Retries:        []int{250, 1_000},
	}
	settings.Keys.URL, settings.Keys.Secret, settings.Keys.Timeout = urlKey, secretKey, timeoutKey
	index, err = script(info, ModeService, settings, []string{"connector.js", "service.js"}, "")
	if err != nil {
		return nil, nil, err
	}
	withItems, err = withServiceItems(spec, settings.Own)
	return index, withItems, err
}

// reading returns the commands that change nothing.
func reading() []string {
	var names []string
	for _, c := range protocol.Commands {
		if c.Reads() {
			names = append(names, c.Name)
		}
	}
	return names
}

// ownKeys returns the keys that the spec's author has declared.
func ownKeys(spec *schema.Spec) []string {
	own := []string{}
	for item := range spec.ConfigItems() {
		if slices.Contains([]string{urlKey, secretKey, timeoutKey}, item.Key) {
			own = append(own, item.Key)
		}
	}
	return own
}

// An item is a config item of the form that administrators fill in.
type item struct {
	Key         string `json:"key"`
	Label       string `json:"label"`
	Type        string `json:"type"`
	Required    bool   `json:"required,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
	Min         string `json:"min,omitempty"`
	Help        string `json:"helpKey"`
}

type section struct {
	Type  string `json:"type"`
	Title string `json:"sectionTitle"`
	Help  string `json:"sectionHelpMessage"`
	Items []item `json:"items"`
}

type menu struct {
	Type  string    `json:"type"`
	Label string    `json:"label"`
	Items []section `json:"items"`
}

// serviceItems are the config items with which an administrator describes the service.
var serviceItems = []item{
	{Key: urlKey, Label: "Service URL", Type: "url", Required: true, Placeholder: "https://connector.example.com", Help: "Where the connector's service is. It must be reachable from Identity Security Cloud by HTTPS."},
	{Key: secretKey, Label: "Service secret", Type: "secret", Required: true, Help: "The token that the service was started with."},
	{Key: timeoutKey, Label: "Timeout in seconds", Type: "number", Min: "1", Help: "How long the service may be silent before a command fails. 180 when empty."},
}

// The form's texts for the menu and the section of the service's items.
const (
	serviceTitle = "Connector service"
	serviceHelp  = "The program that this connector forwards its commands to."
)

// ServiceForm returns the menu that [Service] adds to the form of a spec that has none of its items.
func ServiceForm() *schema.Entry {
	s := &schema.Entry{Type: schema.EntrySection, SectionTitle: serviceTitle, SectionHelpMessage: serviceHelp}
	for _, i := range serviceItems {
		s.Items = append(s.Items, &schema.Entry{
			Key: i.Key, Label: i.Label, Type: i.Type, Required: i.Required, Placeholder: i.Placeholder, Min: i.Min, HelpKey: i.Help,
		})
	}
	return &schema.Entry{Type: schema.EntryMenu, Label: serviceTitle, Items: []*schema.Entry{s}}
}

// withServiceItems returns the spec's text with a section of the service's items, except
// those that it has. Everything else stays as its author wrote it.
func withServiceItems(spec *schema.Spec, own []string) ([]byte, error) {
	bare, err := SpecText(spec)
	if err != nil {
		return nil, err
	}
	s := section{Type: "section", Title: serviceTitle, Help: serviceHelp}
	for _, i := range serviceItems {
		if !slices.Contains(own, i.Key) {
			s.Items = append(s.Items, i)
		}
	}
	if len(s.Items) == 0 {
		return bare, nil
	}
	var entry any = menu{Type: "menu", Label: serviceTitle, Items: []section{s}}
	if len(spec.SourceConfig) > 0 && spec.SourceConfig[0].Type != schema.EntryMenu {
		entry = s // the form has no menus
	}
	patch, err := json.Marshal([]map[string]any{{"op": "add", "path": "/sourceConfig/-", "value": entry}})
	if err != nil {
		return nil, err
	}
	text, err := hujson.Parse(bare)
	if err != nil {
		return nil, err
	}
	if err := text.Patch(patch); err != nil {
		return nil, fmt.Errorf("the service's config items do not fit into the spec: %w", err)
	}
	packed := text.Pack()
	if again, found := schema.Parse(spec.File.Name, packed); found.HasErrors() || len(ownKeys(again)) != len(serviceItems) {
		return nil, fmt.Errorf("the service's config items do not fit into the spec: %v", found)
	}
	return packed, nil
}
