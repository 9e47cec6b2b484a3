package protocol_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema/protocol"
)

// TestCommands: the rows of the table are consistent.
func TestCommands(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range protocol.Commands {
		if seen[c.Name] {
			t.Errorf("%s is listed twice", c.Name)
		}
		seen[c.Name] = true
		if found, ok := protocol.Find(c.Name); !ok || !reflect.DeepEqual(found, c) {
			t.Errorf("Find(%q) = %+v, %v", c.Name, found, ok)
		}
		if !strings.HasPrefix(c.Name, "std:") || !strings.HasSuffix(c.Doc, ".") {
			t.Errorf("%s: wrong name or doc %q", c.Name, c.Doc)
		}
		if hasType := strings.Contains(c.Doc, "%s"); hasType != (c.Object == protocol.Entitlements) {
			t.Errorf("%s: doc %q names an entitlement type: %v", c.Name, c.Doc, hasType)
		}
		if outputs := c.Output != "" || c.Object != protocol.NoObject; !outputs && c.Shape != protocol.Action && c.Shape != protocol.NoShape {
			t.Errorf("%s has an output of no type", c.Name)
		}
		if c.Output != "" && c.Shape == protocol.Action {
			t.Errorf("%s has an output, and its shape says that it has none", c.Name)
		}
		for _, a := range []protocol.Answer{c.Memory, c.Default} {
			if a.UsesObjects() && c.Object == protocol.NoObject {
				t.Errorf("%s works on no objects, and is answered with some", c.Name)
			}
		}
		if (c.Shape == protocol.NoShape) != (c.Name == protocol.SpecRead) {
			t.Errorf("%s has the shape %d", c.Name, c.Shape)
		}
	}
	if _, ok := protocol.Find("std:account:lst"); ok {
		t.Error("a command was found that does not exist")
	}
	if names := protocol.Names(); !slices.IsSorted(names) || len(names) != len(protocol.Commands) {
		t.Errorf("names are %v", names)
	}
}

// A recordedMember is a member of a recorded command's input. Keys are recorded as required, which
// they are if the spec has a key type.
type recordedMember struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional"`
}

// TestRecordedCommands compares the table with the commands of the recorded protocol.
func TestRecordedCommands(t *testing.T) {
	t.Parallel()
	const path = "../../../shared/protocol/commands.json"
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("no recorded protocol at %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var recorded []struct {
		Type      string           `json:"type"`
		Streaming bool             `json:"streaming"`
		Input     []recordedMember `json:"input"`
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	for _, r := range recorded {
		c, ok := protocol.Find(r.Type)
		if !ok || c.Shape.Streams() != r.Streaming {
			t.Errorf("%s: listed: %v, streams: %v, want %v", r.Type, ok, c.Shape.Streams(), r.Streaming)
		}
		var members []recordedMember
		for _, in := range c.Inputs {
			members = append(members, recordedMember{in.Name, !in.Required && in.Kind != protocol.Key})
		}
		if !slices.Equal(members, r.Input) {
			t.Errorf("%s: the input has %v, want %v", r.Type, members, r.Input)
		}
	}
}

func TestRespelt(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"stdAccountList":     "std:account:list",
		"StdAccountList":     "std:account:list",
		"STD:account:list":   "std:account:list",
		"Std:Account:List":   "std:account:list",
		"std:account:list ":  "std:account:list",
		"std_account_list":   "std:account:list",
		"account list":       "std:account:list",
		"account:list":       "std:account:list",
		"ACCOUNTLIST":        "std:account:list",
		"test:connection":    "std:test-connection",
		"testConnection":     "std:test-connection",
		"ssf-stream.verify":  "std:ssf-stream:verify",
		"std:account:list":   "",
		"std:acount:list":    "",
		"list":               "",
		"acme:account:list":  "",
		"account:list:stale": "",
		"std":                "",
		"::":                 "",
		"":                   "",
	} {
		if got := protocol.Respelt(name); got != want {
			t.Errorf("Respelt(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"std:acount:list":            "std:account:list",
		"std:acount-lst":             "std:account:list",
		"STD:Acount:List":            "std:account:list",
		"std:account:list ":          "std:account:list",
		"std:entitlements:list":      "std:entitlement:list",
		"std:account:disble":         "std:account:disable",
		"std:account:enble":          "std:account:enable",
		"std:account:discover-shema": "std:account:discover-schema",
		"std:conect-test":            "",
		"std:account:aggregate":      "",
		"std:account:lock":           "", // the opposite of unlock
		"std:account:get":            "",
		"std:account:remove":         "",
		"std:account":                "",
		"std:":                       "",
	} {
		if got := protocol.Near(name); got != want {
			t.Errorf("Near(%q) = %q, want %q", name, got, want)
		}
	}
}
