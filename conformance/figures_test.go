//go:build conformance && unix

package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// figures is the output of measure.js; times are in milliseconds.
type figures struct {
	Load, First, Further, List float64
	Idle, Peak, Bytes          int64
	Lines                      int
}

// The numbers of listed accounts: for the first list of a process, and for its memory.
const (
	fewAccounts  = 100_000
	manyAccounts = 1_000_000
)

// BenchmarkBundles measures lists of accounts, and the start before them: for a connector on the
// original SDK, and for bundles of both modes.
func BenchmarkBundles(b *testing.B) {
	installed(b)
	program := filepath.Join(b.TempDir(), "program")
	run(b, ".", "go", "build", "-o", program, "./figures")
	files := map[string]string{"original": filepath.Join("figures", "original.js")}
	services := make(map[string]string)
	sizes := make(map[string]int)
	for _, mode := range []string{"wasm", "forward"} {
		p, content := pack(b, "simple", mode, "./figures", program)
		dir := b.TempDir()
		unpack(b, content, dir)
		files[mode], sizes[mode] = filepath.Join(dir, "index.js"), len(content)
		if p.service != nil {
			services[mode] = p.serviceConfig() + ","
		}
	}
	var original float64 // time in milliseconds for listing a few accounts
	for _, mode := range []string{"original", "wasm", "forward"} {
		b.Run(mode, func(b *testing.B) {
			list := func(accounts int) figures {
				return measure(b, files[mode], fmt.Sprintf(`{%s"token":"%d"}`, services[mode], accounts), accounts)
			}
			var few, many figures
			for range b.N {
				few.add(list(fewAccounts))
				many.add(list(manyAccounts))
			}
			n := float64(b.N)
			if mode == "original" {
				original = few.List / n
			}
			b.ReportMetric(float64(sizes[mode])/1024, "zip-KiB")
			many.report(b)
			b.ReportMetric(few.List/n, "list-100k-ms")
			b.ReportMetric(few.List/n/original, "list-100k-x-original")
			b.ReportMetric(manyAccounts*1000*n/many.List, "accounts/s")
		})
	}
}

// BenchmarkBundleOfProject measures the first command of a new project, which starts a process.
func BenchmarkBundleOfProject(b *testing.B) {
	installed(b)
	work := b.TempDir()
	conngen, dir := filepath.Join(work, "conngen"), filepath.Join(work, "demo")
	run(b, "..", "go", "build", "-o", conngen, "./cmd/conngen")
	run(b, work, conngen, "init", "demo")
	content, err := os.ReadFile(filepath.Join(dir, strings.TrimSpace(run(b, dir, conngen, "pack"))))
	if err != nil {
		b.Fatal(err)
	}
	unpack(b, content, work)
	config, err := os.ReadFile(filepath.Join(dir, "config.example.json"))
	if err != nil {
		b.Fatal(err)
	}
	const samples = 10 // accounts of the project
	var sum figures
	for b.Loop() {
		sum.add(measure(b, filepath.Join(work, "index.js"), string(config), samples))
	}
	b.ReportMetric(float64(len(content))/1024, "zip-KiB")
	sum.report(b)
}

// add adds the figures of another process.
func (f *figures) add(other figures) {
	f.Load += other.Load
	f.First += other.First
	f.Further += other.Further
	f.List += other.List
	f.Idle += other.Idle
	f.Peak += other.Peak
}

// report reports the sums of as many processes as the benchmark has run, except for the
// list.
func (f *figures) report(b *testing.B) {
	n := float64(b.N)
	b.ReportMetric(f.Load/n, "load-ms")
	b.ReportMetric(f.First/n, "first-ms")
	b.ReportMetric(f.Further/n, "further-ms")
	b.ReportMetric(float64(f.Idle)/n/(1<<20), "idle-MiB")
	b.ReportMetric(float64(f.Peak)/n/(1<<20), "peak-MiB")
	b.ReportMetric(0, "ns/op")
}

// measure starts a process with an index.js, which lists some accounts.
func measure(b *testing.B, index, config string, accounts int) figures {
	b.Helper()
	script, err := filepath.Abs(filepath.Join("figures", "measure.js"))
	if err != nil {
		b.Fatal(err)
	}
	if index, err = filepath.Abs(index); err != nil {
		b.Fatal(err)
	}
	node := exec.Command("node", script, index)
	node.Env = append(os.Environ(), "CONNECTOR_CONFIG="+base64.StdEncoding.EncodeToString([]byte(config)))
	node.Stderr = os.Stderr
	out, err := node.Output()
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n") // the figures come after the log
	var f figures
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &f); err != nil || f.Lines != accounts {
		b.Fatalf("%s: %v", lines[len(lines)-1], err)
	}
	return f
}
