package sdk

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/printable"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// helpVerb is the verb that explains the others.
const helpVerb = "help"

// isHelp reports whether an argument in place of a verb asks for help.
func isHelp(arg string) bool {
	return arg == helpVerb || arg == "-h" || arg == "-help" || arg == "--help"
}

// help explains the program, or the verb that an argument names.
func (c *Connector) help(p program, args []string) error {
	if len(args) == 0 || isHelp(args[0]) {
		_, err := io.WriteString(p.stdout, c.overview(p))
		return err
	}
	v, ok := verbNamed(args[0])
	switch {
	case !ok:
		return c.unknownVerb(p, args[0])
	case len(args) > 1 && !isHelp(args[1]):
		return usageError{fmt.Errorf("help explains one command, got %d: %s", len(args), shownArgs(args)), helpVerb}
	}
	return c.printHelp(p, v)
}

// overview explains the program as a whole.
func (c *Connector) overview(p program) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is a connector for SailPoint Identity Security Cloud.\n\nUsage:\n  %s [COMMAND] [flags]\n\nCommands:\n", printable.Text(c.spec.Name), p.name)
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-8s  %s\n", v.name, v.short)
	}
	fmt.Fprintf(&b, "  %-8s  %s\n\n", helpVerb, "explain a command, with all of its flags")
	b.WriteString(`Exit codes: 0 success, 1 the command, the server, the self test or config failed,
2 arguments, files or, for invoke, a config that cannot be used.

`)
	invocation := "invoke " + string(c.exampleCommand())
	if c.exampleCommand() != stdSpecRead {
		invocation += " --config config.json"
	}
	writeExamples(&b, p.name, []string{"serve", invocation, "selftest --config config.json", "help serve"})
	return b.String()
}

// printHelp explains a verb.
func (c *Connector) printHelp(p program, v verb) error {
	var b strings.Builder
	flags := newFlags()
	v.prepare(c, flags)
	usage := strings.TrimSpace(v.name + " " + v.operand)
	if hasFlags(flags) {
		usage += " [flags]"
	}
	fmt.Fprintf(&b, "%s\nUsage:\n  %s %s\n\n", v.long, p.name, usage)
	if hasFlags(flags) {
		writeFlags(&b, flags)
	}
	switch v.name {
	case "invoke":
		writeList(&b, "Commands of this connector", c.commands())
	case "selftest":
		writeList(&b, "Checks", selftest.CheckIDs())
	}
	if examples := c.examples(v); len(examples) > 0 {
		writeExamples(&b, p.name, examples)
	}
	_, err := io.WriteString(p.stdout, b.String())
	return err
}

// examples returns a verb's examples, without those of commands that the connector lacks.
func (c *Connector) examples(v verb) []string {
	return slices.DeleteFunc(slices.Clone(v.examples), func(example string) bool {
		words := strings.Fields(example)
		return v.operand != "" && !slices.Contains(c.commands(), words[1])
	})
}

func hasFlags(flags *flag.FlagSet) (has bool) {
	flags.VisitAll(func(*flag.Flag) { has = true })
	return has
}

// writeFlags lists flags with their defaults. A usage begins with the flag's value in backquotes.
func writeFlags(b *strings.Builder, flags *flag.FlagSet) {
	width := 0
	flags.VisitAll(func(f *flag.Flag) { width = max(width, len(flagSyntax(f))) })
	b.WriteString("Flags:\n")
	flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		usage = strings.TrimPrefix(usage, value+" ")
		if f.DefValue != "" && !isBool(f) {
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		fmt.Fprintf(b, "  %-*s  %s\n", width, flagSyntax(f), usage)
	})
	b.WriteByte('\n')
}

// flagSyntax returns how a flag is given: "--config FILE".
func flagSyntax(f *flag.Flag) string {
	if isBool(f) {
		return "--" + f.Name
	}
	value, _ := flag.UnquoteUsage(f)
	return "--" + f.Name + " " + value
}

func writeList(b *strings.Builder, title string, names []string) {
	fmt.Fprintf(b, "%s:\n", title)
	for _, name := range names {
		fmt.Fprintf(b, "  %s\n", name)
	}
	b.WriteByte('\n')
}

func writeExamples(b *strings.Builder, program string, examples []string) {
	b.WriteString("Examples:\n")
	for _, e := range examples {
		fmt.Fprintf(b, "  %s %s\n", program, e)
	}
}
