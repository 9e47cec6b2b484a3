package sdk

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

// jsonWord stands for JSON in messages.
const jsonWord = "JSON"

// quotedArg returns an argument as messages quote it. JSON may hold secrets, and is not shown.
func quotedArg(arg string) string {
	if mayBeJSON(arg) {
		return jsonWord
	}
	return strconv.Quote(arg)
}

// shownArg returns an argument as messages show it among other words: quoted only where it is not a
// visible word. JSON may hold secrets, and is not shown.
func shownArg(arg string) string {
	if mayBeJSON(arg) {
		return jsonWord
	}
	return printable.Name(arg)
}

// shownArgs joins arguments as messages show them.
func shownArgs(args []string) string {
	shown := make([]string, len(args))
	for i, arg := range args {
		shown[i] = shownArg(arg)
	}
	return strings.Join(shown, " ")
}

// mayBeJSON reports whether an argument is JSON, or what a shell makes of it: some keep the single
// quotes around it, or drop the double quotes inside it.
func mayBeJSON(arg string) bool {
	text := strings.TrimLeft(arg, byteOrderMark+"' \t\r\n")
	if list, ok := strings.CutPrefix(text, "["); ok {
		host, _, _ := strings.Cut(list, "]")
		_, err := netip.ParseAddr(host)
		return err != nil // else it is an address, such as [::1]:3000
	}
	return strings.HasPrefix(text, `"`) || strings.Contains(text, "{")
}

// mayBeContent reports whether what should be the name of a file may be its content, as where a
// command line has "$(cat FILE)".
func mayBeContent(name string) bool { return mayBeJSON(name) || strings.ContainsAny(name, "\"'\r\n") }
