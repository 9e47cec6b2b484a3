package browser

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBroken: an error shows its line while the last good connector answers, and a fix brings the
// new one.
func TestBroken(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	p := open(t, d.address("/overview"))
	p.sees("Ready")
	good := d.state().Connector.Build
	const config = `{"baseUrl":"https://hr.example.com","apiToken":"token-of-the-loop"}`
	d.answers(config)

	for name, tt := range map[string]struct{ file, old, new, where, message string }{
		"compile": {"client.go", "\treturn &Client{", "\tvar unused int\n\treturn &Client{", "client.go:26:6", "declared and not used: unused"},
		"syntax":  {"client.go", "memory = connector.NewMemory()", "memory = connector.NewMemory(", "client.go:25:6", "syntax error"},
		"JSON":    {"connector-spec.json", `"keyType": "simple",`, `"keyType": simple,`, "connector-spec.json:3:14", ""},
		"rule":    {"connector-spec.json", `"identityAttribute": "id",`, `"identityAttribute": "ID",`, "connector-spec.json:63:26", `"ID"`},
	} {
		t.Logf("the fault is %s", name)
		before := d.replace(tt.file, tt.old, tt.new)
		p.route("#/overview")
		p.sees(fmt.Sprintf("Build %d still answers", good))
		p.sees(fmt.Sprintf("stale Build %d", good))
		p.waitForText("main", tt.where)
		p.route("#/problems")
		p.waitForText("main .finding", tt.where)
		p.waitForText("main .finding", tt.message)
		d.answers(config)
		if s := d.state(); !s.Connector.Stale || s.Connector.Build != good {
			t.Errorf("while it is broken, the connector is %+v", s.Connector)
		}

		d.write(tt.file, before)
		p.wait(`document.querySelector(".phase").innerText.trim() === "Ready"`)
		p.wait(`!document.querySelector("main .finding .mono")?.innerText.includes(` + quoted(tt.where) + `)`)
		p.route("#/overview")
		p.wait(`!document.querySelector(".step.failed") && !document.querySelector("main").innerText.includes("still answers")`)
		d.answers(config)
		good = d.state().Connector.Build
	}
}

// answers checks that the connector answers.
func (d *dev) answers(config string) {
	d.t.Helper()
	if answer := d.command("std:account:list", "{}", config); !strings.Contains(answer, `"type":"output"`) {
		d.t.Errorf("the connector answers %q", answer)
	}
}

// TestSave measures the time from saving a Go file to an answer. The time is only checked if the
// test runs alone.
func TestSave(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	for n := range 3 {
		said := fmt.Sprintf("answer %d", n)
		method := fmt.Sprintf("\nfunc (c *Client) TestConnection(context.Context, sdk.TestConnectionInput) error {\n\treturn errors.New(%q)\n}\n", said)
		text := strings.Replace(d.read("client.go"), "\t\"context\"\n\n", "\t\"context\"\n\t\"errors\"\n\n\t\""+d.module()+"/connector/sdk\"\n", 1)
		if at := strings.Index(text, "\nfunc (c *Client) TestConnection"); at >= 0 {
			text = text[:at]
		}
		begun := time.Now()
		d.write("client.go", []byte(text+method))
		for !strings.Contains(d.command("std:test-connection", "{}", `{"baseUrl":"https://hr.example.com","apiToken":"token-of-the-save"}`), said) {
			if time.Since(begun) > longPatience {
				t.Fatal("the new code does not come to answer")
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Logf("a saved Go file answers after %v", time.Since(begun).Round(10*time.Millisecond))
	}
}

// module is the module path of the project.
func (d *dev) module() string {
	d.t.Helper()
	line, _, _ := strings.Cut(d.read("go.mod"), "\n")
	return strings.TrimPrefix(line, "module ")
}
