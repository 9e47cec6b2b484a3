package sdk

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// newUsage returns a connector whose config must have an item.
func newUsage() *Connector {
	decode := func(raw json.RawMessage) (json.RawMessage, error) {
		if !strings.Contains(string(raw), "url") {
			return nil, &Error{Message: "config: url is required", Err: &ConfigError{Problems: []ConfigProblem{{Item: "url", Problem: "is required"}}}}
		}
		return raw, nil
	}
	open := func(context.Context, json.RawMessage) (nothing, error) { return nothing{}, nil }
	none := func(context.Context, nothing, json.RawMessage, *Writer) error { return nil }
	spec := testSpec
	spec.Required = []string{"url"}
	return New(spec, decode, open, []Handler[nothing]{
		raw("std:test-connection", none), raw("std:account:list", none), raw("std:account:delete", none), raw("acme:sync", none),
		Action(NewMethod[AccountReadInput, None]("std:account:read"), func(nothing, context.Context, AccountReadInput) error { return nil }),
	}, silent())
}

// wrongCommandLines are command lines and what they are answered with, without the name of the
// program. Files are in the folder DIR.
var wrongCommandLines = map[string]string{
	// What to do.
	"sevre":            `unknown command "sevre"; did you mean serve?` + seeHelp + " serve",
	"run":              `unknown command "run"; did you mean serve?` + seeHelp + " serve",
	"start":            `unknown command "start"; did you mean serve?` + seeHelp + " serve",
	"dev":              `unknown command "dev"; did you mean serve?` + seeHelp + " serve",
	"test":             `unknown command "test"; did you mean selftest?` + seeHelp + " selftest",
	"Check":            `unknown command "Check"; did you mean selftest?` + seeHelp + " selftest",
	"hlep":             `unknown command "hlep"; did you mean help?` + seeHelp,
	"verison":          `unknown command "verison"; did you mean version?` + seeHelp + " version",
	"std:account:list": `unknown command "std:account:list"; did you mean app invoke std:account:list?` + seeHelp + " invoke",
	"acme:snyc":        `unknown command "acme:snyc"; did you mean app invoke acme:sync?` + seeHelp + " invoke",
	"blub":             `unknown command "blub"; use serve, invoke, selftest, config, spec, version or help` + seeHelp,
	"a\x1b[31m":        `unknown command "a\x1b[31m"; use serve, invoke, selftest, config, spec, version or help` + seeHelp,
	"help srve":        `unknown command "srve"; did you mean serve?` + seeHelp + " serve",
	"help serve more":  `help explains one command, got 2: serve more` + seeHelp,
	"--hepl":           `unknown flag --hepl; did you mean --help?` + seeHelp + " serve",
	"--verson":         `unknown flag --verson; did you mean app --version?` + seeHelp + " serve",
	"-v":               `unknown flag -v; did you mean app --version?` + seeHelp + " serve",
	"serve --version":  `unknown flag --version; it belongs to app` + seeHelp + " serve",
	"decode":           `unknown command "decode"; did you mean config?` + seeHelp + " config",

	// Arguments and flags.
	"spec more":                           `spec takes no arguments, got "more"` + seeHelp + " spec",
	"serve 3000":                          `serve takes no arguments, got "3000"; did you mean --addr localhost:3000?` + seeHelp + " serve",
	"serve localhost:3000":                `serve takes no arguments, got "localhost:3000"; did you mean --addr localhost:3000?` + seeHelp + " serve",
	"serve --port 3000":                   `unknown flag --port; did you mean --addr HOST:PORT?` + seeHelp + " serve",
	"serve -p 3000":                       `unknown flag -p; did you mean --addr HOST:PORT?` + seeHelp + " serve",
	"serve -token x":                      `unknown flag -token; did you mean --auth-token-file FILE?` + seeHelp + " serve",
	"serve --adr x":                       `unknown flag --adr; did you mean --addr?` + seeHelp + " serve",
	"--adr=x":                             `unknown flag --adr; did you mean --addr?` + seeHelp + " serve",
	"serve --blub":                        `unknown flag --blub` + seeHelp + " serve",
	"serve -x":                            `unknown flag -x` + seeHelp + " serve",
	"serve --=x":                          `unknown flag --` + seeHelp + " serve",
	"serve --\x1b":                        `unknown flag "--\x1b"` + seeHelp + " serve",
	"--config x":                          `unknown flag --config; it belongs to app invoke, app selftest or app config` + seeHelp + " serve",
	"invoke std:account:list --write":     `unknown flag --write; it belongs to app selftest` + seeHelp + " invoke",
	"invoke std:account:list --confg x":   `unknown flag --confg; did you mean --config?` + seeHelp + " invoke",
	"invoke std:account:list -d {}":       `unknown flag -d; did you mean --input FILE?` + seeHelp + " invoke",
	"invoke std:account:list --json {}":   `unknown flag --json; did you mean --input FILE?` + seeHelp + " invoke",
	"invoke std:account:list --config":    `--config needs a value: --config FILE` + seeHelp + " invoke",
	"invoke acme:sync --config --input 1": `--config needs a value: --config FILE` + seeHelp + " invoke",
	"invoke acme:sync --config=":          `--config "" is neither a file nor JSON` + seeHelp + " invoke",
	"invoke acme:sync x.json":             `invoke takes one COMMAND, got 2: acme:sync x.json; did you mean --config x.json or --input x.json?` + seeHelp + " invoke",
	`invoke acme:sync {"a":1}`:            `invoke takes one COMMAND, got 2: acme:sync JSON; did you mean --config JSON or --input JSON?` + seeHelp + " invoke",
	`invoke acme:sync {"a":"secret"}`:     `invoke takes one COMMAND, got 2: acme:sync JSON; did you mean --config JSON or --input JSON?` + seeHelp + " invoke",
	`invoke acme:sync '[secret:1]'`:       `invoke takes one COMMAND, got 2: acme:sync JSON; did you mean --config JSON or --input JSON?` + seeHelp + " invoke",
	`invoke {"a":"secret"}`:               `unknown command JSON; the connector does not answer it` + seeHelp + " invoke",
	`invoke acme:sync -d{"a":"secret"}`:   `unknown flag -d; did you mean --input FILE?` + seeHelp + " invoke",
	`invoke acme:sync ---config x`:        `unknown flag ---config; did you mean --config?` + seeHelp + " invoke",
	`serve [{"a":"secret"}]`:              `serve takes no arguments, got JSON` + seeHelp + " serve",
	`serve [::1]:80`:                      `serve takes no arguments, got "[::1]:80"; did you mean --addr [::1]:80?` + seeHelp + " serve",
	`{"a":"secret"}`:                      `unknown command JSON; use serve, invoke, selftest, config, spec, version or help` + seeHelp,
	`help serve {"a":"secret"}`:           `help explains one command, got 2: serve JSON` + seeHelp,
	`selftest --check {"a":"secret"}`:     `--check: unknown check JSON; the help lists them` + seeHelp + " selftest",
	`selftest --url {"a":"secret"}`:       `--url JSON is not the URL of a server; use one such as http://localhost:3000` + seeHelp + " selftest",
	"invoke acme:sync -- a":               `invoke takes one COMMAND, got 2: acme:sync a` + seeHelp + " invoke",
	"selftest account-list-and-read":      `selftest takes no arguments, got "account-list-and-read"; did you mean --check account-list-and-read?` + seeHelp + " selftest",
	"selftest --write=maybe":              `--write "maybe" is not true or false; without a value, --write is true` + seeHelp + " selftest",
	"selftest --wirte":                    `unknown flag --wirte; did you mean --write?` + seeHelp + " selftest",
	"version --json":                      `unknown flag --json; did you mean --format json?` + seeHelp + " version",
	"version 1":                           `version takes no arguments, got "1"` + seeHelp + " version",

	// Values.
	"serve --grace ten":                           `--grace "ten" is not a time; use one such as 10s or 1m30s` + seeHelp + " serve",
	"serve --grace 10":                            `--grace "10" lacks a unit; use 10s for seconds, or a time such as 1m30s` + seeHelp + " serve",
	"serve --grace -1s":                           `--grace "-1s" is too short; use at least 0s` + seeHelp + " serve",
	"serve --max-commands -1":                     `--max-commands "-1" is not a whole number of at least 0` + seeHelp + " serve",
	"serve --max-commands many":                   `--max-commands "many" is not a whole number of at least 0` + seeHelp + " serve",
	"serve --allow-host a:1":                      `--allow-host "a:1" is not a host; use a name or an address without scheme and port, or "*" for any` + seeHelp + " serve",
	"serve --addr 3000":                           `--addr "3000" is not HOST:PORT; did you mean localhost:3000?` + seeHelp + " serve",
	"serve --addr localhost":                      `--addr "localhost" is not HOST:PORT; did you mean localhost:3000?` + seeHelp + " serve",
	"serve --addr https://127.0.0.1:80/":          `--addr "https://127.0.0.1:80/" is not HOST:PORT; did you mean 127.0.0.1:80?` + seeHelp + " serve",
	"serve --addr fe80::1":                        `--addr "fe80::1" is not HOST:PORT; did you mean [fe80::1]:3000?` + seeHelp + " serve",
	"serve --addr localhost:65536":                `--addr "localhost:65536" is not HOST:PORT, with a port from 0 to 65535; use one such as localhost:3000` + seeHelp + " serve",
	"serve --addr=":                               `--addr "" is not HOST:PORT, with a port from 0 to 65535; use one such as localhost:3000` + seeHelp + " serve",
	"serve --addr 0.0.0.0:0":                      `on 0.0.0.0:0 anyone could send commands; set --auth-token-file or CONNECTOR_AUTH_TOKEN, or --insecure-no-auth for the hosts of --allow-host` + seeHelp + " serve",
	"serve --addr 192.0.2.1:0 --insecure-no-auth": `--addr: 192.0.2.1 is not an address of this machine; use localhost, or 0.0.0.0 for all addresses`,
	"serve --addr TAKEN":                          `--addr: another program listens on port TAKENPORT of 127.0.0.1; stop it, or use another port`,
	"serve --tls-cert DIR/none --tls-key x":       `--tls-cert: DIR/none does not exist`,
	"serve --tls-cert CERT --tls-key DIR/none":    `--tls-key: DIR/none does not exist`,
	"serve --tls-cert KEY --tls-key CERT":         `--tls-cert: KEY holds no certificate in PEM form`,
	"serve --tls-cert CERT --tls-key CERT":        `--tls-key: CERT holds no private key in PEM form that is not encrypted`,
	"serve --tls-cert CERT --tls-key OTHERKEY":    `--tls-cert CERT and --tls-key OTHERKEY do not match: private key does not match public key`,
	"serve --tls-cert CERT":                       `--tls-cert and --tls-key must be given together` + seeHelp + " serve",
	"serve --auth-token-file DIR/none":            `--auth-token-file: DIR/none does not exist`,
	"serve --auth-token-file=":                    `--auth-token-file "" is not the name of a file` + seeHelp + " serve",
	"selftest --limit 0":                          `--limit "0" is not a whole number of at least 1` + seeHelp + " selftest",
	"selftest --timeout 0s":                       `--timeout "0s" is too short; use more than 0s` + seeHelp + " selftest",
	"selftest --url localhost:3000":               `--url "localhost:3000" is not the URL of a server; use one such as http://localhost:3000` + seeHelp + " selftest",
	"selftest --check acount-list-and-read":       `--check: unknown check "acount-list-and-read"; did you mean account-list-and-read?` + seeHelp + " selftest",
	"selftest --check nope":                       `--check: unknown check "nope"; the help lists them` + seeHelp + " selftest",
	"version --format xml":                        `unknown --format "xml"; use text or json` + seeHelp + " version",
	"selftest --format xml":                       `unknown --format "xml"; use text or json` + seeHelp + " selftest",

	// Commands, inputs and configs.
	"invoke":                                                           `invoke needs a command, such as std:test-connection` + seeHelp + " invoke",
	"invoke std:acount:list":                                           `unknown command "std:acount:list"; did you mean std:account:list?` + seeHelp + " invoke",
	"invoke account:list":                                              `unknown command "account:list"; did you mean std:account:list?` + seeHelp + " invoke",
	"invoke std:account:enable":                                        `unknown command "std:account:enable"; the connector does not answer it` + seeHelp + " invoke",
	"invoke std:account:list":                                          `config: url is required; pass a config with --config FILE` + seeHelp + " invoke",
	"invoke std:account:list --config EMPTY":                           `config: url is required (in EMPTY)`,
	"invoke std:account:list --config {}":                              `config: url is required (in --config)`,
	"invoke std:account:list --config -":                               `config: url is required (in standard input)`,
	"invoke std:account:read --config GOOD":                            `std:account:read: the request has neither identity nor key; pass one with --input '{"identity":"ID"}'` + seeHelp + " invoke",
	"invoke acme:sync --config DIR/none":                               `--config: DIR/none does not exist`,
	"invoke acme:sync --config DIR":                                    `--config: DIR is a folder, not a file`,
	"invoke acme:sync --config @GOOD":                                  `--config: @GOOD does not exist; leave out the @: --config GOOD`,
	"invoke acme:sync --config BAD":                                    `--config: BAD is not JSON: see line 2, column 7`,
	"invoke acme:sync --config UTF16":                                  `--config: UTF16 is in UTF-16; save it as UTF-8`,
	"invoke acme:sync --config LIST":                                   `--config: LIST must be a JSON object, not a list`,
	"invoke acme:sync --config NUMBER":                                 `--config: NUMBER must be a JSON object, not a number`,
	"invoke acme:sync --config []":                                     `--config must be a JSON object, not a list`,
	"invoke acme:sync --config - --input -":                            `only one of --config and --input can be standard input` + seeHelp + " invoke",
	"invoke acme:sync --input {":                                       `--input is not JSON: it ends too early`,
	"invoke acme:sync --input {secret":                                 `--input is not JSON: see line 1, column 2`,
	"invoke acme:sync --input=":                                        `--input "" is neither a file nor JSON` + seeHelp + " invoke",
	"invoke acme:sync --input '{secret:1}'":                            `--input is neither a file nor JSON`,
	"invoke acme:sync --input \"secret\"":                              `--input is neither a file nor JSON`,
	"invoke acme:sync --config '{secret:" + strings.Repeat("x", 1<<12): `--config is neither a file nor JSON`,
	"invoke acme:sync --config \uFEFF{secret":                          `--config is not JSON: see line 1, column 2`,
	"invoke acme:sync --input @":                                       `--input: @ does not exist`,
	"invoke acme:sync --input @DIR/none":                               `--input: @DIR/none does not exist`,
	"invoke std:account:read --input LIST":                             `--input: LIST must be a JSON object, not a list`,
	"invoke std:account:read --input [1]":                              `--input must be a JSON object, not a list`,
	"selftest":                                                         `the spec requires "url"; pass a config with --config FILE` + seeHelp + " selftest",
	"selftest --config DIR/none":                                       `--config: DIR/none does not exist`,
	"selftest --config BAD":                                            `--config: BAD is not JSON: see line 2, column 7`,
	"selftest --config LIST":                                           `--config: LIST must be a JSON object, not a list`,
	"selftest --config GOOD --create LIST":                             `--create: LIST must be a JSON object, not a list`,
	"selftest --config GOOD --update NUMBER":                           `--update: NUMBER must be a JSON object, not a number`,
	"selftest --config - --create -":                                   `only one of --config and --create can be standard input` + seeHelp + " selftest",
	"selftest --config GOOD --create GOOD":                             `--create changes nothing without --write; add --write` + seeHelp + " selftest",
	"config":                                                           `config needs a config; pass one with --config FILE` + seeHelp + " config",
	"config x.json":                                                    `config takes no arguments, got "x.json"; did you mean --config x.json?` + seeHelp + " config",
	"config --config DIR/none":                                         `--config: DIR/none does not exist`,
	"config --config BAD --format json":                                `--config: BAD is not JSON: see line 2, column 7`,
	"config --config GOOD --fromat json":                               `unknown flag --fromat; did you mean --format?` + seeHelp + " config",
}

// seeHelp begins the second line of an error; the words that follow name the help.
const seeHelp = "\nsee help"

// TestWrongCommandLines: an error says what is wrong and what would be right, in one line, and
// which help to read, in another.
func TestWrongCommandLines(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("names of files have backslashes, which messages quote")
	}
	t.Setenv(authTokenVariable, "") // else it would count for a server
	_ = os.Unsetenv(authTokenVariable)
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cert, key, _ := certificate(t)
	_, other, _ := certificate(t)
	names := strings.NewReplacer("OTHERKEY", other, "CERT", cert, "KEY", key, "DIR", dir, "TAKENPORT", portOf(taken), "TAKEN", taken.Addr().String(),
		"GOOD", dir+"/good.json", "EMPTY", dir+"/empty.json", "BAD", dir+"/bad.json", "UTF16", dir+"/utf16.json",
		"LIST", dir+"/list.json", "NUMBER", dir+"/number.json")
	for name, text := range map[string]string{
		"good.json": "\uFEFF{\"url\": 1}", "empty.json": "{}", "bad.json": "{\n\t\"é\": secret}", "utf16.json": "\xff\xfe{\x00}\x00",
		"list.json": "[1]", "number.json": "3\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	odd := regexp.MustCompile(`(?i)\bopen |stat |listen tcp|bind:|dial |syscall|parse error|strconv|provided but|\*?json\.|secret|-flag|0x`)
	ended, cancel := context.WithCancel(t.Context())
	cancel() // ends a server that starts in spite of all
	for line, want := range wrongCommandLines {
		line = names.Replace(line)
		want, help, hasHelp := strings.Cut(want, "\nsee ")
		want = "app: " + names.Replace(want) + "\n"
		if hasHelp {
			want += "   help: app " + help + "\n"
		}
		ctx := ended
		if strings.HasPrefix(line, "invoke") {
			ctx = t.Context()
		}
		var stdout, stderr strings.Builder
		p := program{name: "app", stdin: strings.NewReader("{}"), stdout: &stdout, stderr: &stderr}
		code := newUsage().runProgram(ctx, p, strings.Fields(line))
		if code != exitUsage || stdout.Len() > 0 || stderr.String() != want {
			t.Errorf("%s: exit %d, stdout %q\n%swant\n%s", line, code, stdout.String(), stderr.String(), want)
		}
		if strings.Count(stderr.String(), "\n") > 2 || odd.MatchString(strings.ReplaceAll(stderr.String(), dir, "")) {
			t.Errorf("%s: %s", line, stderr.String())
		}
	}
}

// TestHostileArguments: an argument starts no line of its own, which a CI service may obey, and what
// may be a secret is not shown.
func TestHostileArguments(t *testing.T) {
	t.Parallel()
	cert, _, _ := certificate(t)
	for want, args := range map[string][]string{
		`unknown flag "--fo\n::error::x"`:                            {"serve", "--fo\n::error::x"},
		`serve takes no arguments, got "a\n::error::x"`:              {"serve", "a\n::error::x"},
		`invoke takes one COMMAND, got 2: acme:sync "a\n::error::x"`: {"invoke", "acme:sync", "a\n::error::x"},
		`help explains one command, got 2: serve "a\n::error::x"`:    {"help", "serve", "a\n::error::x"},
		`unknown command "a\n::error::x"; use serve, invoke`:         {"a\n::error::x"},
		`--config " " is neither a file nor JSON`:                    {"invoke", "acme:sync", "--config", " "},
		`--config is not JSON: see line 1, column 2`:                 {"invoke", "acme:sync", "--config", "\uFEFF{secret: \"secret\"}"},
		`--input is neither a file nor JSON`:                         {"invoke", "acme:sync", "--input", ` '{"a": "secret"}'`},
		`--tls-key: the value is not the name of a file`:             {"serve", "--tls-cert", cert, "--tls-key", "-----BEGIN\nsecret"},
		`--auth-token-file: the value is not the name of a file`:     {"serve", "--auth-token-file", "secret\n"},
		`--tls-cert: the value is not the name of a file`:            {"serve", "--tls-cert", "secret\n", "--tls-key", "x"},
	} {
		var stderr strings.Builder
		p := program{name: "app", stdin: strings.NewReader("{}"), stdout: io.Discard, stderr: &stderr}
		code := newUsage().runProgram(t.Context(), p, args)
		first, rest, _ := strings.Cut(stderr.String(), "\n")
		if code != exitUsage || !strings.HasPrefix(first, "app: "+want) || rest != "" && !strings.HasPrefix(rest, "   help: app help") || strings.Contains(stderr.String(), "secret") {
			t.Errorf("%q: exit %d, %q, want %s", args, code, stderr.String(), want)
		}
	}
}

// TestSelfTestOfBrokenSpec: the arguments are not to blame for a spec that cannot be read.
func TestSelfTestOfBrokenSpec(t *testing.T) {
	t.Parallel()
	c := newUsage()
	c.spec.JSON = "{"
	var stderr strings.Builder
	p := program{name: "app", stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr}
	code := c.runProgram(t.Context(), p, []string{"selftest", "--config", "{}"})
	if code != exitFailed || !strings.HasPrefix(stderr.String(), "app: the connector's spec ") || strings.Contains(stderr.String(), "help:") {
		t.Errorf("exit %d, %s", code, &stderr)
	}
}

// TestHelp: help goes to standard output, explains all flags, and has examples that are right.
func TestHelp(t *testing.T) {
	t.Parallel()
	run := func(args ...string) (int, string, string) {
		var stdout, stderr strings.Builder
		code := newUsage().Execute(t.Context(), append([]string{"/bin/app.exe"}, args...), &stdout, &stderr)
		return code, stdout.String(), stderr.String()
	}
	_, overview, _ := run("help")
	for _, args := range []string{"help", "-h", "--help", "help help", "help --help"} {
		if code, stdout, stderr := run(strings.Fields(args)...); code != exitOK || stdout != overview || stderr != "" {
			t.Errorf("%s: exit %d, %q, %q", args, code, stdout, stderr)
		}
	}
	for _, v := range verbs() {
		if !strings.Contains(overview, "  "+v.name+" ") {
			t.Errorf("the overview lacks %s", v.name)
		}
		_, help, _ := run("help", v.name)
		for _, args := range [][]string{{v.name, "--help"}, {v.name, "-h"}, {"help", v.name, "-h"}, {"--help", v.name}} {
			if code, stdout, stderr := run(args...); code != exitOK || stdout != help || stderr != "" {
				t.Errorf("%q: exit %d, %q, %q", args, code, stdout, stderr)
			}
		}
		_, examples, _ := strings.Cut(help, "\nExamples:\n")
		if examples == "" {
			t.Errorf("%s has no example: %s", v.name, help)
		}
		for example := range strings.Lines(examples) {
			words := strings.Fields(strings.Split(strings.ReplaceAll(example, "'", ""), ">")[0])
			flags := newFlags()
			v.prepare(newUsage(), flags)
			if len(words) < 2 || words[0] != "app" || words[1] != v.name {
				t.Errorf("the example %q is of another program", example)
			} else if _, err := parse(program{}, flags, v, words[2:]); err != nil {
				t.Errorf("the example %q: %v", example, err)
			}
		}
		for line := range strings.Lines(help) {
			if len(line) > 110 {
				t.Errorf("%s: the line is too long: %s", v.name, line)
			}
		}
	}
	_, help, _ := run("help", "invoke")
	if !strings.Contains(help, "\n  acme:sync\n") || strings.Contains(help, "invoke std:account:create") {
		t.Errorf("the help names other commands than the connector's: %s", help)
	}
}

// TestExampleCommand: the commands that help and errors propose are the connector's own.
func TestExampleCommand(t *testing.T) {
	t.Parallel()
	none := func(context.Context, nothing, json.RawMessage, *Writer) error { return nil }
	for _, tt := range []struct{ has, invoke, lacks string }{
		{"acme:sync", "invoke std:spec:read", "such as std:spec:read"},
		{"std:account:list", "invoke std:account:list --config config.json", "such as std:account:list"},
		{"std:test-connection", "invoke std:test-connection --config config.json", "such as std:test-connection"},
	} {
		c := newTester([]Handler[nothing]{raw(Command(tt.has), none)}, silent())
		var help, wrong strings.Builder
		c.Execute(t.Context(), []string{"app", "help"}, &help, &help)
		c.Execute(t.Context(), []string{"app", "invoke"}, &wrong, &wrong)
		if !strings.Contains(help.String(), "\n  app "+tt.invoke+"\n") || strings.Count(help.String(), "app invoke") != 1 {
			t.Errorf("a connector with %s: %s", tt.has, &help)
		}
		if !strings.Contains(wrong.String(), tt.lacks+"\n") {
			t.Errorf("a connector with %s: %s", tt.has, &wrong)
		}
	}
}
