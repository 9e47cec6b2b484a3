package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/items"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

const configText = `config reads a source's config as the connector does, without calling the source. It prints
the problems by key, then what the connector gets: the values, with initial ones in place of
missing ones, and secrets redacted. The exit code is 1 if the connector refuses the config.

` + givenText

// configFlags are the flags of config.
type configFlags struct {
	config givenJSON
	format string
}

// A configReport says what the connector makes of a config. It shows no secrets.
type configReport struct {
	Config   any             `json:"config"` // what commands get, as far as it could be read
	Findings []configFinding `json:"findings"`
	Usable   bool            `json:"usable"` // commands run with it
}

// A configFinding is one thing that is wrong with a config, or looks so.
type configFinding struct {
	Key      string `json:"key"` // the item's path; "" for the config as a whole
	Message  string `json:"message"`
	Severity string `json:"severity"` // error or warning
}

const (
	severityError   = "error"
	severityWarning = "warning"
)

// configCommand says what the connector makes of a config.
func (c *Connector) configCommand(flags *flag.FlagSet) func(context.Context, program) error {
	f := new(configFlags)
	jsonVar(flags, &f.config, "config", "`FILE` the source's config")
	formatVar(flags, &f.format)
	return func(ctx context.Context, p program) error {
		return interruptible(ctx, func(context.Context) error { return c.printConfig(p, f) })
	}
}

func (c *Connector) printConfig(p program, f *configFlags) error {
	if f.config.value == "" {
		return misuse(errors.New("config needs a config; pass one with --config FILE"), "config")
	}
	err := readGiven("config", p.stdin, &f.config)
	if err != nil {
		return err
	}
	report := c.checkConfig(f.config.text)
	if f.format == formatJSON {
		err = p.printJSON(report)
	} else {
		_, err = io.WriteString(p.stdout, report.text())
	}
	switch {
	case err != nil:
		return err
	case !report.Usable:
		return errors.New("the connector refuses the config in " + f.config.source())
	}
	return nil
}

// checkConfig decodes a config as a command does.
func (c *Connector) checkConfig(raw json.RawMessage) configReport {
	config, err := c.decodeSafely(raw)
	report := configReport{Config: config, Findings: []configFinding{}}
	var wrong *ConfigError
	switch {
	case errors.As(err, &wrong):
		for _, p := range wrong.Problems {
			severity := severityError
			if p.Tolerable && c.options.lenient {
				severity = severityWarning
			}
			report.add(p.Item, p.Problem, severity)
		}
	case err != nil:
		report.add("", strings.TrimPrefix(err.Error(), "config: "), severityError)
	}
	report.Usable = err == nil || wrong != nil && wrong.Tolerable() && c.options.lenient
	c.addMisspelt(&report, raw)
	return report
}

// decodeSafely decodes a config. A panic in the code of a connector's author is an error.
func (c *Connector) decodeSafely(raw json.RawMessage) (config any, err error) {
	defer func() {
		if v := recover(); v != nil {
			config, err = nil, fmt.Errorf("panic: %v", v)
		}
	}()
	return c.decode(raw)
}

func (r *configReport) add(key, message, severity string) {
	r.Findings = append(r.Findings, configFinding{key, message, severity})
}

// addMisspelt adds warnings about keys that the spec does not have and that look like one that it
// has. Other keys may be ISC's, or the connector's own.
func (c *Connector) addMisspelt(r *configReport, raw json.RawMessage) {
	members, err := jsontext.Members(raw)
	if err != nil {
		return
	}
	keys, err := items.Read(c.spec.JSON)
	if err != nil {
		return
	}
	known := jsontext.SortedKeys(keys.Known)
	for _, key := range jsontext.SortedKeys(members) {
		if keys.Known[key] {
			continue
		}
		if meant := nearest.Name(key, known); meant != "" && members[meant] == nil {
			r.add(key, "is not in the spec; did you mean "+strconv.Quote(meant)+"?", severityWarning)
		}
	}
}

// text returns the report for people.
func (r configReport) text() string {
	var b strings.Builder
	for _, f := range r.Findings {
		line := f.Severity + ": " + strings.TrimSpace(f.Key+" "+f.Message)
		b.WriteString(printable.Text(strings.ReplaceAll(line, "\n", " ")) + "\n")
	}
	if len(r.Findings) > 0 {
		b.WriteString("\n")
	}
	text, err := indentedJSON(r.Config)
	if err != nil {
		text = []byte("The config cannot be shown: " + err.Error() + "\n")
	}
	return b.String() + printable.Text(string(text))
}

// printJSON prints a value as JSON for programs.
func (p program) printJSON(v any) error {
	text, err := indentedJSON(v)
	if err == nil {
		_, err = p.stdout.Write(text)
	}
	return err
}

// indentedJSON returns a value as indented JSON with a line end.
func indentedJSON(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return []byte(b.String()), err
}
