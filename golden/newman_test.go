//go:build newman

package golden_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator/export"
	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/schema"
)

// TestNewman: newman finds no fault in the answers of the golden connectors, and its run leaves
// their accounts unchanged.
func TestNewman(t *testing.T) {
	t.Parallel()
	for name, spec := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, name, spec)
			server := httptest.NewServer(g)
			t.Cleanup(server.Close)
			if out, err := newman(t, spec, server.URL, "dataset_id=any"); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			g.check(t, spec)
		})
	}
}

// TestNewmanExisting: if a create returns an account that already existed, the run says so. It then
// changes and deletes no account: neither that one, nor one named in an environment. That also
// holds if the source writes the ID differently, or if its list fails.
func TestNewmanExisting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ spec, how string }{
		{"complete", ""}, {"compound-key", ""}, {"legacy", ""}, {"complete", "changed"}, {"complete", "capitals"}, {"complete", "no list"}, {"complete", "half a list"},
	} {
		t.Run(strings.TrimSpace(test.spec+" "+test.how), func(t *testing.T) {
			t.Parallel()
			spec := specs(t)[test.spec]
			g := newGuarded(t, test.spec, spec)
			var existing string
			for id := range g.there {
				existing = id
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				w.Header().Set("Content-Type", "application/x-ndjson")
				switch {
				case bytes.Contains(body, []byte(`"std:account:create"`)):
					_, _ = w.Write(existingAnswer(t, g.there[existing], body, existing, test.how))
					return
				case bytes.Contains(body, []byte(`"std:account:list"`)) && test.how == "no list":
					w.WriteHeader(http.StatusInternalServerError)
					return
				case bytes.Contains(body, []byte(`"std:account:list"`)) && test.how == "half a list":
					_, _ = io.WriteString(w, `{"type":"output","da`)
					return
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				g.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			out, err := newman(t, spec, server.URL, "test_account_id="+existing, "test_account_unique="+existing)
			if err == nil || !strings.Contains(out, "the account is new") {
				t.Errorf("%v\n%s", err, out)
			}
			for _, p := range g.problems {
				t.Error(p)
			}
			for _, command := range []string{"update", "delete", "enable", "disable", "unlock"} {
				if n := g.commands["std:account:"+command]; n > 0 {
					t.Errorf("std:account:%s was sent %d times", command, n)
				}
			}
		})
	}
}

// existingAnswer is the answer of a create that finds an account: unchanged, or with the new
// values, and with an ID in capitals.
func existingAnswer(t *testing.T, account any, body []byte, id, how string) []byte {
	t.Helper()
	output, err := json.Marshal(map[string]any{"type": "output", "data": account})
	if err != nil {
		t.Error(err)
	}
	if how != "" {
		var sent struct {
			Input struct{ Attributes map[string]any }
		}
		var answer struct {
			Type string         `json:"type"`
			Data map[string]any `json:"data"`
		}
		if err := errors.Join(json.Unmarshal(body, &sent), json.Unmarshal(output, &answer)); err != nil {
			t.Error(err)
		}
		answer.Data["attributes"] = sent.Input.Attributes
		output, _ = json.Marshal(answer)
	}
	if how == "capitals" {
		output = bytes.ReplaceAll(output, []byte(strconv.Quote(id)), []byte(strconv.Quote(strings.ToUpper(id))))
	}
	return append(output, '\n')
}

// TestNewmanAllowed: if no account is created, only one named in an environment is changed, and
// only if changes are allowed.
func TestNewmanAllowed(t *testing.T) {
	t.Parallel()
	all := specs(t)["complete"]
	spec, found := schema.Parse("connector-spec.json", bytes.Replace(all.File.Text(), []byte(`"std:account:create",`), nil, 1))
	if found.HasErrors() || spec.HasCommand("std:account:create") {
		t.Fatal(found)
	}
	writes := []string{"std:account:update", "std:account:disable", "std:account:enable", "std:account:unlock", "std:change-password", "std:account:delete"}
	for name, variables := range map[string][]string{
		"nothing": nil, "changes": {"allow_changes=true"}, "an account": {"test_account_id="}, "both": {"allow_changes=true", "test_account_id=", "test_account_new_password=aA1!aA1!"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, "complete", all)
			var id string
			for id = range g.there {
				break
			}
			named := make([]string, len(variables))
			for i, v := range variables {
				named[i] = v
				if strings.HasSuffix(v, "=") {
					named[i] += id
				}
			}
			server := httptest.NewServer(g)
			t.Cleanup(server.Close)
			out, _ := newman(t, spec, server.URL, named...) // the custom commands fail where they are sent
			for _, command := range writes {
				if sent := g.commands[command] > 0; sent != (name == "both") {
					t.Errorf("%s was sent: %v\n%s", command, sent, out)
				}
			}
			for other, before := range g.there {
				now, ok := g.accounts(t, all)[other]
				if changed := !ok || cmp.Diff(before, now) != ""; changed != (name == "both" && other == id) {
					t.Errorf("%s has changed: %v", other, changed)
				}
			}
		})
	}
}

// TestNewmanFresh: the collection of a new project passes against its server, which requires a
// token.
func TestNewmanFresh(t *testing.T) {
	t.Parallel()
	text, err := project.DefaultSpec("Fresh")
	if err != nil {
		t.Fatal(err)
	}
	spec, found := schema.Parse("connector-spec.json", text)
	if found.HasErrors() {
		t.Fatal(found)
	}
	files, err := project.Files(spec, project.Options{Name: "Fresh", Module: "example.com/fresh", Call: "conngen"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "fresh.exe")
	build := exec.Command("go", "build", "-trimpath", "-o", program, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const token = "0123456789abcdef"
	address := freeAddress(t)
	serve := exec.CommandContext(t.Context(), program, "serve", "--addr", address)
	serve.Env = append(os.Environ(), "CONNECTOR_AUTH_TOKEN="+token)
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Wait() }) // the end of the context has killed it
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if out, err := newman(t, spec, "http://"+address, "token="+token); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := newman(t, spec, "http://"+address, "token=wrong"); err == nil || !strings.Contains(out, "status is 200") {
		t.Errorf("with a wrong token: %v\n%s", err, out)
	}
}

// freeAddress returns an unused address.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// newman runs the collection of a spec, with an environment that sets the secrets.
func newman(t *testing.T, spec *schema.Spec, url string, variables ...string) (out string, err error) {
	t.Helper()
	dir := t.TempDir()
	documents := export.Postman.Export(spec, "x.postman_collection.json", export.Options{URL: url})
	for _, d := range documents {
		if err := os.WriteFile(filepath.Join(dir, d.Name), d.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"newman/node_modules/newman/bin/newman.js", "run", filepath.Join(dir, documents[0].Name), "-e", filepath.Join(dir, documents[1].Name), "--color", "off"}
	for _, secret := range secretNames(t, documents[1].Content) {
		args = append(args, "--env-var", secret+"=replace-me")
	}
	for _, v := range variables {
		args = append(args, "--env-var", v)
	}
	text, err := exec.Command("node", args...).CombinedOutput()
	return string(text), err
}
