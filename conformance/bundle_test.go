//go:build conformance && unix

package conformance

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/conformance/library"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// serviceToken is the token of the services to which bundles forward.
const serviceToken = "hush-hush-hush-hush"

// A packed connector is a bundle in the dev server.
type packed struct {
	url     string
	service *service // that it forwards to; nil if the program is in it
}

// startBundle packs the connector of a folder, unpacks it, and serves it with the
// original's dev server.
func startBundle(t *testing.T, folder, mode string) packed {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	run(t, ".", "go", "build", "-o", program, "./program")
	p, content := pack(t, folder, mode, "./program", program)
	dir := t.TempDir()
	unpack(t, content, dir)
	p.url = startDevServer(t, dir, filepath.Join(dir, "index.js"), "CONFORMANCE_FOLDER="+folder)
	return p
}

// pack makes the bundle of the spec in a folder: with the program in it, or with the program
// started as its service.
func pack(t testing.TB, folder, mode, pkg, program string) (packed, []byte) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "connector-spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	spec, _ := schema.Parse("connector-spec.json", text)
	info := bundle.Info{Name: folder, Version: "1"}
	var p packed
	var index []byte
	if mode == "wasm" {
		w, err := generator.NewWorkspace(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		build, err := bundle.BuildProgram(t.Context(), ".", pkg, w)
		if err != nil {
			t.Fatal(err)
		}
		index, err = bundle.Program(info, build)
		if err != nil {
			t.Fatal(err)
		}
		text, err = bundle.SpecText(spec)
		if err != nil {
			t.Fatal(err)
		}
	} else {
		p.service = startService(t, program, "CONFORMANCE_FOLDER="+folder)
		index, text, err = bundle.Service(info, spec)
		if err != nil {
			t.Fatal(err)
		}
	}
	content, err := bundle.Zip(index, text)
	if err != nil {
		t.Fatal(err)
	}
	return p, content
}

func unpack(t testing.TB, content []byte, dir string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, r); err != nil {
		t.Fatal(err)
	}
}

// A service is the connector as a separate program.
type service struct {
	url     string
	process *os.Process
}

var answersOn = regexp.MustCompile(`answers on (http://\S+)\n`)

func startService(t testing.TB, program string, env ...string) *service {
	t.Helper()
	command := exec.Command(program, "serve", "--addr", "127.0.0.1:0")
	command.Env = slices.Concat(os.Environ(), env, []string{"CONNECTOR_AUTH_TOKEN=" + serviceToken})
	var output buffer
	command.Stderr = &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	for start := time.Now(); time.Since(start) < startTimeout; time.Sleep(10 * time.Millisecond) {
		if m := answersOn.FindStringSubmatch(output.tail()); m != nil {
			return &service{m[1], command.Process}
		}
	}
	t.Fatalf("the service does not answer: %s", output.tail())
	return nil
}

// serviceConfig returns the config members that locate the service.
func (p packed) serviceConfig() string {
	return `"connectorServiceUrl":"` + p.service.url + `","connectorServiceSecret":"` + serviceToken + `"`
}

// request returns a request with the config that the bundle needs. A request whose config is not an
// object stays unchanged.
func (p packed) request(r request) request {
	if p.service == nil {
		return r
	}
	more := p.serviceConfig()
	if !strings.Contains(r.body, `"config":{}`) {
		more += ","
	}
	r.body = strings.Replace(r.body, `"config":{`, `"config":{`+more, 1)
	return r
}

// TestBundles sends the requests of [TestConformance] to bundles.
func TestBundles(t *testing.T) {
	installed(t)
	for _, mode := range []string{"wasm", "forward"} {
		for _, folder := range library.Folders {
			t.Run(mode+"/"+folder, func(t *testing.T) {
				original, ours := startOriginal(t, folder), startBundle(t, folder, mode)
				allowed := slices.Concat(bundleDifferences[mode], differences)
				c := &tally{byDifference: make(map[int]int)}
				for _, r := range requestsOf(t, folder) {
					c.compared++
					c.judge(t, allowed, r, send(t, original, r), send(t, ours.url, ours.request(r)))
				}
				t.Logf("%d compared, %d differ on purpose", c.compared, c.differing)
			})
		}
	}
}

// TestBundleLoad puts bundles under load.
func TestBundleLoad(t *testing.T) {
	installed(t)
	for _, mode := range []string{"wasm", "forward"} {
		t.Run(mode, func(t *testing.T) {
			b := startBundle(t, "simple", mode)
			repeat := b.request(command("simple", "library:repeat", "", `{"times":100000}`, someConfig))
			a := send(t, b.url, repeat)
			if len(a.lines) != 100_000 || a.failure != "" || a.cutOff {
				t.Errorf("%d lines, %s", len(a.lines), a.failure)
			}
			var wait sync.WaitGroup
			read := b.request(command("simple", "std:account:read", "", `{`+oneSimple+`}`, someConfig))
			want := send(t, b.url, read)
			for range 50 {
				wait.Go(func() {
					if got := send(t, b.url, read); got.String() != want.String() || len(got.lines) != 1 {
						t.Errorf("got %v, want %v", got, want)
					}
				})
			}
			wait.Wait()
			leave(t, b.url, repeat)
			if got := send(t, b.url, read); got.String() != want.String() {
				t.Errorf("after a client has gone: %v", got)
			}
			if b.service != nil {
				b.dies(t, repeat)
			}
		})
	}
}

// leave sends a request and disconnects when the answer begins.
func leave(t *testing.T, url string, r request) {
	t.Helper()
	res := post(t, url, r)
	if _, err := io.ReadFull(res.Body, make([]byte, 1000)); err != nil {
		t.Error(err)
	}
	res.Body.Close()
}

func post(t *testing.T, url string, r request) *http.Response {
	t.Helper()
	res, err := client.Post(url+r.servedPath(), "application/json", strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// dies kills the service in the middle of a list.
func (p packed) dies(t *testing.T, r request) {
	t.Helper()
	r.body = strings.Replace(r.body, "100000", "10000000", 1)
	res := post(t, p.url, r)
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := p.service.process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if _, failure := split(string(rest)); !strings.Contains(failure, "broke off its answer to library:repeat after ") {
		t.Errorf("the service was killed, and the answer ends with %q", failure)
	}
	if got := send(t, p.url, r); !strings.Contains(got.failure, "cannot be reached") {
		t.Errorf("there is no service, and the answer is %v", got)
	}
}

// TestBundleOfProject makes a project as its user would, packs it, and runs the bundle: it must
// answer like the project's own server, and pass the self test.
func TestBundleOfProject(t *testing.T) {
	installed(t)
	work := t.TempDir()
	conngen, dir := filepath.Join(work, "conngen"), filepath.Join(work, "demo")
	run(t, "..", "go", "build", "-o", conngen, "./cmd/conngen")
	run(t, work, conngen, "init", "demo")
	program := filepath.Join(work, "demo-program")
	run(t, dir, "go", "build", "-o", program, ".")
	config, err := os.ReadFile(filepath.Join(dir, "config.example.json"))
	if err != nil {
		t.Fatal(err)
	}
	list := command("demo", "std:account:list", "", "{}", string(config))
	for _, mode := range []string{"wasm", "forward"} {
		t.Run(mode, func(t *testing.T) {
			p := packed{service: startService(t, program)}
			want := send(t, p.service.url, asked(list))
			file := strings.TrimSpace(run(t, dir, conngen, "pack", "--mode", mode))
			content, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			unpacked := t.TempDir()
			unpack(t, content, unpacked)
			p.url = startDevServer(t, unpacked, filepath.Join(unpacked, "index.js"))
			request := p.request(list)
			if mode == "wasm" {
				request = list
			}
			if got := send(t, p.url, request); got.String() != want.String() || len(got.lines) == 0 {
				t.Errorf("got %v\nwant %v", got, want)
			}
			_, text, _ := strings.Cut(request.body, `"config":`)
			text, _, _ = strings.Cut(text, `,"input":`)
			configFile := filepath.Join(unpacked, "config.json")
			if err := os.WriteFile(configFile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out := run(t, dir, program, "selftest", "--url", p.url+list.servedPath(), "--config", configFile, "--write")
			if !strings.Contains(out, "19 passed") || !strings.Contains(out, " 0 failed") {
				t.Error(out)
			}
		})
	}
}

// run runs a program in a folder and returns its output.
func run(t testing.TB, dir, program string, args ...string) string {
	t.Helper()
	command := exec.Command(program, args...)
	command.Dir = dir
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", filepath.Base(program), args, err, out, &stderr)
	}
	return string(out)
}

// asked returns a request to the service itself.
func asked(r request) request {
	r.headers = map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + serviceToken}
	return r
}
