//go:build conformance && unix

package conformance

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// startTimeout is how long the original may take until it listens.
const startTimeout = 30 * time.Second

// sdkVariable names the package folder of a version of the original other than the one that npm
// installs here.
const sdkVariable = "CONFORMANCE_SDK"

// originalFolder is the package folder of the original, relative to this one.
func originalFolder() string {
	if folder := os.Getenv(sdkVariable); folder != "" {
		return folder
	}
	return filepath.Join("node_modules", "@sailpoint", "connector-sdk")
}

// devServer is the original's dev server.
func devServer() string { return filepath.Join(originalFolder(), "dist", "bin", "spcx.js") }

// onlyRoot says that the original serves no path but /, as newer versions do.
var onlyRoot atomic.Bool

// originalCommands returns the standard commands that the original has.
func originalCommands(t *testing.T) map[string]bool {
	t.Helper()
	folder, err := filepath.Abs(originalFolder())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	text := run(t, ".", "node", "-e", `console.log(JSON.stringify(Object.values(require(process.argv[1]).StandardCommand)))`, folder)
	if err := json.Unmarshal([]byte(text), &names); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]bool)
	for _, name := range names {
		all[name] = true
	}
	return all
}

// startOriginal serves index.js with the original's dev server, in the folder of
// a spec, until the test ends, and returns its URL.
func startOriginal(t *testing.T, folder string) string {
	t.Helper()
	return startDevServer(t, folder, "index.js")
}

// startDevServer serves a JavaScript file with the original's dev server.
func startDevServer(t *testing.T, folder, index string, env ...string) string {
	t.Helper()
	server, err := filepath.Abs(devServer())
	if err != nil {
		t.Fatal(err)
	}
	if index, err = filepath.Abs(index); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	var output buffer
	node := exec.Command("node", server, index, port)
	node.Dir = folder
	node.Env = append(os.Environ(), env...)
	if folder := os.Getenv(sdkVariable); folder != "" {
		if folder, err = filepath.Abs(folder); err != nil {
			t.Fatal(err)
		}
		node.Env = append(node.Env, sdkVariable+"="+folder)
	}
	node.Stdout, node.Stderr = &output, &output
	node.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it starts others, which must end with it
	node.WaitDelay = time.Second
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = node.Wait()
	}()
	kill := func() { _ = syscall.Kill(-node.Process.Pid, syscall.SIGKILL) }
	forget := onInterrupt(kill)
	t.Cleanup(func() {
		forget()
		kill()
		<-exited
		if t.Failed() {
			t.Logf("the dev server of %s with %s printed, at the end:\n%s", folder, index, output.tail())
		}
	})
	address := net.JoinHostPort("localhost", port)
	waitFor(t, address, exited)
	res := post(t, "http://"+address, exchange("", "{}"))
	res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		onlyRoot.Store(true)
	}
	return "http://" + address
}

// onInterrupt calls stop and ends this program when it is interrupted; otherwise the original would
// survive in its process group. forget undoes that.
func onInterrupt(stop func()) (forget func()) {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-interrupted; ok {
			stop()
			os.Exit(1)
		}
	}()
	return func() {
		signal.Stop(interrupted)
		close(interrupted)
	}
}

// freePort returns a port that is currently unused.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func waitFor(t *testing.T, address string, exited <-chan struct{}) {
	t.Helper()
	for start := time.Now(); time.Since(start) < startTimeout; {
		select {
		case <-exited:
			t.Fatal("the original ended before it listened")
		case <-time.After(20 * time.Millisecond):
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatalf("the original did not listen on %s within %v", address, startTimeout)
}

// installed skips the test if the original cannot run.
func installed(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat(devServer()); err != nil {
		if os.Getenv(sdkVariable) != "" {
			t.Fatalf("%s is not the package folder of the original: %v", sdkVariable, err)
		}
		t.Skip("the original is not installed; make conformance installs it")
	}
}

// TestLint checks the JavaScript of bundles and of the tests.
func TestLint(t *testing.T) {
	installed(t)
	lint := exec.Command("node", filepath.Join("conformance", "node_modules", "eslint", "bin", "eslint.js"),
		"--config", filepath.Join("conformance", "eslint.config.js"), "templates/bundle", "bundle/testdata", "conformance/index.js")
	lint.Dir = ".."
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("eslint: %v\n%s", err, out)
	}
}

// A buffer keeps the output of a process. It is safe for concurrent use.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// tail returns the end of the text.
func (b *buffer) tail() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := b.text.Bytes()
	return string(text[max(0, len(text)-2000):])
}
