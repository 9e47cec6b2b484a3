package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

var update = flag.Bool("update", false, "rewrite the expected files")

// checkGolden compares a text with a file of testdata.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := text(t, file); got != want {
		t.Errorf("%s differs (- expected, + got)\n%s", file, compare(want, got))
	}
}

// TestRun: scenarios are subtests, called after their files; nothing waits, and lines may
// come in any order.
func TestRun(t *testing.T) {
	t.Parallel()
	start := time.Now()
	Run(t, newConnector(nil), "testdata/scenarios")
	if took := time.Since(start); took > time.Minute {
		t.Errorf("the scenarios took %v", took)
	}
}

// TestDocumentation: the scenario of the package's documentation can be replayed.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(text(t, "doc.go"), "// The file is now complete:\n//\n")
	var b strings.Builder
	for line := range strings.Lines(rest) {
		indented, ok := strings.CutPrefix(line, "//\t")
		if !ok && line != "//\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(indented, "//"))
	}
	c := newConnector(map[sdk.Command]handler{"std:account:read": func(c client, ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
		var in struct{ Identity string }
		authorize, err := c.token(ctx)
		if err = errors.Join(err, json.Unmarshal(input, &in)); err != nil {
			return err
		}
		var u user
		if err := c.call(ctx, http.MethodGet, c.BaseURL+"/users/"+in.Identity, "", nil, authorize, &u); err != nil {
			return err
		}
		return out.Send(map[string]any{"identity": u.ID, "attributes": map[string]any{"email": u.Email, "name": u.Given}})
	}})
	if rep := runFile(t, c, newScenario(t, b.String()), nil); len(rep.errors) > 0 {
		t.Errorf("%s\nof\n%s", rep.text(), b.String())
	}
}

// TestRecord: what is recorded replays without the source, with stand-ins alone, and is the
// same when it is recorded again.
func TestRecord(t *testing.T) {
	t.Parallel()
	for name, command := range map[string]string{
		"list":    "std:account:list\n",
		"read":    "std:account:read\n{\"identity\": \"ada.lovelace@corp.test.io\"}\n",
		"missing": "std:account:read\n{\"identity\": \"nobody\"}\n",
		"create": `std:account:create
{"attributes": {"givenName": "Grace", "familyName": "Hopper", "email": "grace.hopper@corp.test.io", "password": "hush-Passw0rd"}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c := newFakeSource(t), newConnector(nil)
			file := newScenario(t, "What the comment says stays.\n\n-- command --\n"+command)
			for range 2 {
				if rep := runFile(t, c, file, s.config()); rep.text() != "" || len(rep.logs) > 0 {
					if name == "read" && strings.Contains(rep.text(), "Its input has the stand-in person1@example.com, which the source does not know.") {
						continue // on the second recording
					}
					t.Fatalf("%s\n%s", rep.text(), rep.logs)
				}
				got := strings.ReplaceAll(text(t, file), s.URL, "https://api.example.com")
				checkGolden(t, "recorded/"+name+".txtar", got)
				s.throttled = false
			}
			s.Close()
			if rep := runFile(t, c, file, nil); rep.text() != "" {
				t.Error(rep.text())
			}
		})
	}
}

// TestProblems: what a test says of scenarios that the connector no longer fits.
func TestProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			rep := runFile(t, newConnector(problemHandlers), file, nil)
			checkGolden(t, "problems/"+strings.TrimSuffix(filepath.Base(file), extension)+".txt", strings.ReplaceAll(rep.text(), `\`, "/")+"\n")
		})
	}
}

// problemHandlers are the commands of the scenarios that no longer fit.
var problemHandlers = map[sdk.Command]handler{"test:none": noRequests, "test:region": noRegion}

func noRegion(client, context.Context, json.RawMessage, *sdk.Writer) error {
	return itemMissing("region")
}

func noRequests(client, context.Context, json.RawMessage, *sdk.Writer) error {
	return sdk.NotFound("GET /users/9: not found")
}

// TestBroken: a file that was edited by hand and cannot be read says where.
func TestBroken(t *testing.T) {
	t.Parallel()
	const pair = "-- request 1 --\nGET https://a.example/\n-- answer 1 --\n200 OK\n"
	for content, want := range map[string]string{
		"":                                    `:1: the section "command" is missing`,
		"comment\n-- config --\n{}\n":         `:1: the section "command" is missing`,
		"-- command --\n\n":                   `:2: the first line must be the name of the command`,
		"-- command --\nx\n{\n\"a\": 1,\n}\n": `:5: the section is not JSON: invalid character '}'`,
		"-- command --\nx\n{} {}\n":           `:3: the section is not JSON`,
		"-- command --\nx\n-- config --\n{\"a\":\n":                                   `:5: the section is not JSON: unexpected end`,
		"-- command --\nx\n-- command --\ny\n":                                        `:3: duplicate section "command"`,
		"-- command --\nx\n-- comand --\n":                                            `:3: unknown section "comand"; did you mean "command"?`,
		"-- command --\nx\n-- zebra --\n":                                             `:3: unknown section "zebra": a scenario has command, config, request 1, answer 1, lines, error`,
		"-- command --\nx\n-- request --\nGET /\n":                                    `:3: the section "request" needs a number`,
		"-- command --\nx\n-- request 1 --\n":                                         `:3: the first line is missing`,
		"-- command --\nx\n-- request 1 --\nGET /users\n":                             `:4: "GET /users" is not the first line of a request`,
		"-- command --\nx\n-- answer 1 --\n200 OK\n":                                  `:3: the section "request 1" must come before`,
		"-- command --\nx\n-- request 1 --\nGET https://a.test/":                      `:3: request 1 has no answer`,
		"-- command --\nx\n" + pair + "A: b\nno header\n":                             `:8: "no header" is not a header`,
		"-- command --\nx\n-- request 1 --\nGET x://y\nno\n":                          `:5: "no" is not a header`,
		"-- command --\nx\n" + pair + "quoted\n\n\"a\nb\"\n":                          `:9: the line is not in Go's quotes`,
		"-- command --\nx\n" + pair + "base64\n\n?\n":                                 `:9: the body is not base64`,
		"-- command --\nx\n" + pair + "-- request 2 --\nG t://\n-- answer 2 --\nOK\n": `:10: "OK" is not the first line of an answer`,
		"-- command --\nx\n-- lines --\n{\"data\":{},\"type\":\"output\"}\n{\n":       `:5: a line is not JSON: unexpected EOF`,
		"-- command --\nx\n-- lines --\n\n[]\n":                                       `:5: a line has the members data and type`,
		"-- command --\nx\n-- error --\n":                                             `:3: the first line is missing`,
		"-- command --\nx\n-- error --\ngeneric\nx\n\ny\n":                            `:3: the first line is the type of the error`,
		"-- command --\nx\n":                                                          ` has not been recorded: set SDKTEST_RECORD=1`,
		"-- command --\nx\n-- config --\n{}\n":                                        ` has not been recorded: set SDKTEST_RECORD=1`,
		"-- command --\nx\n-- error --\ngeneric\n":                                    ` has not been recorded: set SDKTEST_RECORD=1`,
		"-- command --\nx\n" + pair:                                                   ` has answers, but neither of the sections "lines" and "error"`,
	} {
		file := newScenario(t, content)
		rep := runFile(t, newConnector(nil), file, nil)
		if !strings.HasPrefix(rep.text(), file+want) {
			t.Errorf("%q\ngives %s\nwant  %s", content, strings.TrimPrefix(rep.text(), file), want)
		}
	}
	if rep := runFile(t, newConnector(nil), filepath.Join(t.TempDir(), "none.txtar"), nil); !errorsContain(rep, "no such file") {
		t.Errorf("a file that does not exist gives %q", rep.errors)
	}
}

func errorsContain(rep *report, part string) bool { return strings.Contains(rep.text(), part) }

// TestSettings: what the environment and the folder must be.
func TestSettings(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]recording{"": recordNone, "1": recordNew, "all": recordAll} {
		if got, err := recordingOf(value); got != want || err != nil {
			t.Errorf("%q: %v, %v", value, got, err)
		}
	}
	for _, value := range []string{"0", "true", "ALL", "2", " "} {
		_, err := recordingOf(value)
		want := fmt.Sprintf("SDKTEST_RECORD is %q: set it to 1 to record the scenarios that have nothing after the command, or to all to record every scenario again", value)
		if err == nil || err.Error() != want {
			t.Errorf("the error is %v, want %s", err, want)
		}
	}
	if _, err := filesIn(t.TempDir()); err == nil || !strings.Contains(err.Error(), "has no scenarios: write a file such as") {
		t.Errorf("the error is %v", err)
	}
	if _, err := filesIn(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	if files, err := filesIn("testdata/scenarios"); len(files) != 2 || err != nil {
		t.Errorf("%q, %v", files, err)
	}
}

// TestRecordWithConfig: the config comes from the file in the environment, or else from
// scenarios that have no secrets.
func TestRecordWithConfig(t *testing.T) {
	t.Parallel()
	c := newConnector(map[sdk.Command]handler{"test:ping": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		return out.Send(map[string]string{"pong": c.BaseURL})
	}})
	for config, want := range map[string]string{
		"":                                       "set CONNECTOR_TEST_CONFIG to a file with its config",
		`{"clientSecret": "x"}`:                  "set CONNECTOR_TEST_CONFIG to a file with its config",
		`{"clientSecret": "secret-a"}`:           "set CONNECTOR_TEST_CONFIG to a file with its config",
		`{"baseUrl": "https://u:p@a.test"}`:      "set CONNECTOR_TEST_CONFIG to a file with its config",
		`[]`:                                     "the config of the scenario is not a JSON object",
		`{"baseUrl": "here", "clientSecret":""}`: "",
	} {
		section := ""
		if config != "" {
			section = "-- config --\n" + config + "\n"
		}
		file := newScenario(t, "-- command --\ntest:ping\n"+section+"-- lines --\n")
		r, err := newRunner(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.recording, r.notes = recordAll, io.Discard
		rep := &report{ctx: t.Context()}
		r.run(rep, file)
		switch {
		case want == "" && (rep.text() != "" || !strings.Contains(text(t, file), `{"data":{"pong":"here"},"type":"output"}`)):
			t.Errorf("%s: %s\n%s", config, rep.text(), text(t, file))
		case want != "" && !errorsContain(rep, want):
			t.Errorf("%s: %q, want %q", config, rep.text(), want)
		}
	}
	if rep := runFile(t, c, newScenario(t, "-- command --\ntest:ping\n"), []byte("null")); !errorsContain(rep, "the file in CONNECTOR_TEST_CONFIG is not a JSON object") {
		t.Errorf("%q", rep.errors)
	}
}

// TestRunRecords: what the environment says, and the lines that are not outputs. A test
// that sets the environment is not parallel.
func TestRunRecords(t *testing.T) {
	const refreshed = "hush-refreshed"
	source := newEcho(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		fmt.Fprintf(w, `{"refresh_token":%q}`, refreshed)
	})
	c := newConnector(map[sdk.Command]handler{"test:refresh": func(c client, ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
		var token struct {
			Text string `json:"refresh_token"`
		}
		err := c.call(ctx, http.MethodGet, c.BaseURL+"/token", "", nil, func(*http.Request) {}, &token)
		return errors.Join(err, out.KeepAlive(), out.PatchConfig(sdk.ConfigPatch{Op: "replace", Path: "/refreshToken", Value: token.Text}), out.SaveState(input))
	}})
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, fmt.Appendf(nil, `{"baseUrl": %q, "clientSecret": "hush-client"}`, source.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	// The config's own secret stands in for itself in the input, and comes back.
	file := newScenario(t, "-- command --\ntest:refresh\n{\"since\": \"secret-clientSecret\"}\n")
	t.Setenv(recordVariable, "1")
	t.Setenv(configVariable, config)
	Run(t, c, filepath.Dir(file))
	t.Setenv(recordVariable, "")
	source.Close()
	Run(t, c, filepath.Dir(file))
	_, lines, _ := strings.Cut(text(t, file), "-- lines --\n")
	const want = `{"data":[{"op":"replace","path":"/refreshToken","value":"secret-refresh_token"}],"type":"config"}
{"data":{"since":"secret-clientSecret"},"type":"state"}
`
	if lines != want {
		t.Errorf("the lines are\n%s\nwant\n%s", lines, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is now %v, %v", info, err)
	}
}

// TestRecordOnlyNew: recording a new scenario replays the others and leaves them as they are.
// All of them are recorded again only on demand.
func TestRecordOnlyNew(t *testing.T) {
	t.Parallel()
	var creates, reads, taken int
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, body string) {
		switch {
		case req.Method == http.MethodGet:
			reads++
			w.WriteHeader(http.StatusNotFound)
		case strings.Contains(body, `"alovelace"`):
			taken++
			w.WriteHeader(http.StatusConflict)
		default:
			creates++
			fmt.Fprint(w, `{"id": "8"}`)
		}
	})
	c := newConnector(map[sdk.Command]handler{
		"test:create": func(c client, ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
			var created user
			if err := c.call(ctx, http.MethodPost, c.BaseURL+"/users", "application/json", input, func(*http.Request) {}, &created); err != nil {
				return err
			}
			return out.Send(map[string]string{"identity": created.ID})
		},
		"test:read": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
			return c.call(ctx, http.MethodGet, c.BaseURL+"/users/9", "", nil, func(*http.Request) {}, nil)
		},
	})
	folder := t.TempDir()
	add := func(name, content string) (file string) {
		file = filepath.Join(folder, name+extension)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	// record runs all files, as Run does, and returns what their author sees.
	record := func(what recording) (*report, string) {
		r, err := newRunner(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		var notes strings.Builder
		r.recording, r.notes, r.config = what, &notes, fmt.Appendf(nil, `{"baseUrl": %q}`, source.URL)
		rep := &report{ctx: t.Context()}
		names, err := filesIn(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			r.run(rep, name)
		}
		r.end()
		return rep, strings.ReplaceAll(notes.String(), folder+string(filepath.Separator), "")
	}
	check := func(what recording, wantProblem, wantNotes string, wantCounts ...int) {
		t.Helper()
		rep, notes := record(what)
		if got := rep.text(); got != wantProblem {
			t.Errorf("the test says\n%s\nwant\n%s", got, wantProblem)
		}
		if notes != wantNotes {
			t.Errorf("the author sees %q, want %q", notes, wantNotes)
		}
		if got := []int{taken, creates, reads}; !slices.Equal(got, wantCounts) {
			t.Errorf("the source has had %v, want %v", got, wantCounts)
		}
	}

	conflict := add("01-conflict", "-- command --\ntest:create\n{\"userName\": \"alovelace\"}\n-- error --\ngeneric\n")
	create := add("02-create", "-- command --\ntest:create\n{\"userName\": \"cbabbage\"}\n")
	check(recordNew, "", "recorded 01-conflict.txtar\nrecorded 02-create.txtar\n", 1, 1, 0)

	conflicted, created := text(t, conflict), text(t, create)
	if !strings.Contains(conflicted, `"userName": "person1"`) || !strings.Contains(conflicted, "409 Conflict") {
		t.Errorf("the recording is\n%s", conflicted)
	}
	missing := add("03-missing", "-- command --\ntest:read\n")
	check(recordNew, "", "recorded 03-missing.txtar\n", 1, 1, 1)
	check(recordNew, "", "nothing to record: SDKTEST_RECORD=1 records only scenarios that have nothing after the command\n", 1, 1, 1)
	check(recordNone, "", "", 1, 1, 1)
	if text(t, conflict) != conflicted || text(t, create) != created {
		t.Errorf("the files are now\n%s\n%s", text(t, conflict), text(t, create))
	}

	// Nobody has the login person1, so the conflict does not come again.
	check(recordAll, conflict+` is not written: the command succeeds, but the file expects an error of type generic
Its input has the stand-in person1. If the source must know the value, write the real one: recording replaces it again
If the command must succeed, delete everything after it, and record it with SDKTEST_RECORD=1`,
		"recorded 02-create.txtar\nrecorded 03-missing.txtar\n", 1, 3, 2)
	if text(t, conflict) != conflicted || text(t, create) != created {
		t.Errorf("the files are now\n%s\n%s", text(t, conflict), text(t, create))
	}
	if !strings.Contains(text(t, missing), "-- lines --\n-- error --\nnotFound\n") {
		t.Errorf("the recording is\n%s", text(t, missing))
	}
}

// TestRecordOtherEnd: a command that ends otherwise than its file says leaves the file as it is.
func TestRecordOtherEnd(t *testing.T) {
	t.Parallel()
	c := newConnector(map[sdk.Command]handler{
		"test:none":    noRequests,
		"test:refused": func(client, context.Context, json.RawMessage, *sdk.Writer) error { return errors.New("refused") },
		"test:fine":    func(client, context.Context, json.RawMessage, *sdk.Writer) error { return nil },
	})
	const (
		remedy  = "\nIf it must, write only these lines after the command, and record it with SDKTEST_RECORD=1:\n-- error --\n"
		missing = "\n-- error --\nnotFound\n\nGET /users/9: not found\n"
	)
	for content, want := range map[string]string{
		"test:none\n":                       "",
		"test:none" + missing:               "",
		"test:none\n-- lines --" + missing:  "",
		"test:none\n-- lines --\n":          "the command fails: GET /users/9: not found" + remedy + "notFound",
		"test:none\n-- error --\ngeneric\n": "the command fails with an error of type notFound, but the file expects generic: GET /users/9: not found" + remedy + "notFound",
		"test:refused" + missing:            "the command fails with an error of type generic, but the file expects notFound: refused" + remedy + "generic",
		"test:fine" + missing:               "the command succeeds, but the file expects an error of type notFound\nIf the command must succeed, delete everything after it, and record it with SDKTEST_RECORD=1",
	} {
		file := newScenario(t, "-- command --\n"+content)
		before := text(t, file)
		rep := runFile(t, c, file, []byte("{}"))
		if want != "" {
			want = file + " is not written: " + want
		}
		if rep.text() != want {
			t.Errorf("%q: %s\nwant %s", content, rep.text(), want)
		}
		if after := text(t, file); (after == before) == (want == "") {
			t.Errorf("%q: the file is now\n%s", content, after)
		}
	}
}

// TestConcurrent: scenarios that are replayed at once, of one connector, do not see each
// other's requests.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	c := newConnector(nil)
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			file := "testdata/scenarios/list.txtar"
			if i%2 == 1 {
				file = "testdata/scenarios/read/missing.txtar"
			}
			if rep := runFile(t, c, file, nil); rep.text() != "" {
				t.Error(rep.text())
			}
		}()
	}
	all.Wait()
}

// TestOrder: requests that are sent at once get the answers that are meant for them, equal
// ones in the order of the file.
func TestOrder(t *testing.T) {
	t.Parallel()
	const count = 8
	c := newConnector(map[sdk.Command]handler{"test:many": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		var all sync.WaitGroup
		errs := make([]error, count)
		for i := range count {
			all.Add(1)
			go func() {
				defer all.Done()
				var answer int
				errs[i] = c.call(ctx, http.MethodGet, fmt.Sprint(c.BaseURL, "/pages/", i), "", nil, func(*http.Request) {}, &answer)
				if errs[i] == nil && answer != i {
					errs[i] = fmt.Errorf("page %d has the answer %d", i, answer)
				}
			}()
		}
		all.Wait()
		for want := range 3 {
			var answer int
			err := c.call(ctx, http.MethodGet, c.BaseURL+"/same", "", nil, func(*http.Request) {}, &answer)
			if err == nil && answer != want {
				err = fmt.Errorf("%d comes before %d", answer, want)
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}})
	var b strings.Builder
	b.WriteString("-- command --\ntest:many\n-- config --\n{\"baseUrl\": \"https://api.example.com\"}\n")
	for i := range count {
		fmt.Fprintf(&b, "-- request %[1]d --\nGET https://api.example.com/pages/%[1]d\n-- answer %[1]d --\n200\n\n%[1]d\n", count-1-i)
	}
	for i := range 3 {
		fmt.Fprintf(&b, "-- request same %[1]d --\nGET https://api.example.com/same\n-- answer same %[1]d --\n200\n\n%[1]d\n", i)
	}
	b.WriteString("-- lines --\n")
	if rep := runFile(t, c, newScenario(t, b.String()), nil); rep.text() != "" {
		t.Error(rep.text())
	}
}
