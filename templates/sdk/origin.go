package sdk

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// versionVerb is the verb that prints what the program was built from.
const versionVerb = "version"

const versionText = `version prints the version of the connector's module, the version of Go that built it, and
the platform. Where the build knows the commit, as go build does in a repository, it prints
that with its date, and says when files were edited after the checkout. --version prints
the same.
`

// An origin is what a program was built from, as programs read it. What is unknown is left out.
type origin struct {
	Version   int    `json:"version"` // of this form
	Command   string `json:"command"` // version
	Connector string `json:"connector"`
	Module    string `json:"module,omitempty"`
	Built     string `json:"connectorVersion"` // version of the module, else the commit, else devel
	Commit    string `json:"commit,omitempty"`
	Date      string `json:"date,omitempty"` // of the commit, by RFC 3339
	Modified  bool   `json:"modified"`       // files were edited after the checkout
	SDK       int    `json:"sdkVersion"`
	Go        string `json:"go"`
	Platform  string `json:"platform"`
}

// newOrigin reads what the go command recorded about a build.
func newOrigin(connector string, info *debug.BuildInfo) origin {
	o := origin{
		Version: 1, Command: versionVerb, Connector: connector, Module: info.Main.Path, SDK: sdkVersion,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			o.Commit = s.Value
		case "vcs.time":
			if date, err := time.Parse(time.RFC3339, s.Value); err == nil {
				o.Date = date.UTC().Format(time.RFC3339)
			}
		case "vcs.modified":
			o.Modified = s.Value == "true"
		}
	}
	o.Built = "devel"
	switch {
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		o.Built = info.Main.Version
	case o.Commit != "":
		o.Built = o.Commit
	}
	return o
}

// text returns the lines for people.
func (o origin) text(program string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s\n", program, o.Built, o.Go, o.Platform)
	if o.Commit != "" {
		day, _, _ := strings.Cut(o.Date, "T")
		fmt.Fprintf(&b, "commit %s", o.Commit)
		if day != "" {
			b.WriteString(" of " + day)
		}
		if o.Modified {
			b.WriteString(", edited since")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "connector %q, SDK version %d\n", o.Connector, o.SDK)
	return b.String()
}

// version prints what the program was built from.
func (c *Connector) version(flags *flag.FlagSet) func(context.Context, program) error {
	var format string
	formatVar(flags, &format)
	return func(_ context.Context, p program) error {
		info, ok := debug.ReadBuildInfo()
		if !ok {
			info = new(debug.BuildInfo)
		}
		o := newOrigin(c.spec.Name, info)
		if format == formatText {
			_, err := io.WriteString(p.stdout, o.text(p.name))
			return err
		}
		return p.printJSON(o)
	}
}
