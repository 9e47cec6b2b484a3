//go:build conformance && unix

package conformance

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// figures are what measure.js prints; times are in milliseconds.
type figures struct {
	Load, First, Further, List float64
	Idle, Peak, Bytes          int64
	Lines                      int
}

// BenchmarkBundles measures a list of 1,000,000 accounts, and what comes before it:
// of a connector on the original SDK, and of bundles of both modes.
func BenchmarkBundles(b *testing.B) {
	installed(b)
	config := `"token":"1000000"`
	program := filepath.Join(b.TempDir(), "program")
	run(b, ".", "go", "build", "-o", program, "./figures")
	files := map[string]string{"original": filepath.Join("figures", "original.js")}
	configs := map[string]string{"original": config, "wasm": config}
	sizes := make(map[string]int)
	for _, mode := range []string{"wasm", "forward"} {
		p, content := pack(b, "simple", mode, "./figures", program)
		dir := b.TempDir()
		unpack(b, content, dir)
		files[mode], sizes[mode] = filepath.Join(dir, "index.js"), len(content)
		if p.service != nil {
			configs[mode] = p.serviceConfig() + "," + config
		}
	}
	for _, mode := range []string{"original", "wasm", "forward"} {
		b.Run(mode, func(b *testing.B) {
			var sum figures
			for range b.N {
				f := measure(b, files[mode], "{"+configs[mode]+"}")
				sum.Load += f.Load
				sum.First += f.First
				sum.Further += f.Further
				sum.List += f.List
				sum.Idle += f.Idle
				sum.Peak += f.Peak
			}
			n := float64(b.N)
			b.ReportMetric(float64(sizes[mode])/1024, "zip-KiB")
			b.ReportMetric(sum.Load/n, "load-ms")
			b.ReportMetric(sum.First/n, "first-ms")
			b.ReportMetric(sum.Further/n, "further-ms")
			b.ReportMetric(float64(sum.Idle)/n/(1<<20), "idle-MiB")
			b.ReportMetric(float64(sum.Peak)/n/(1<<20), "peak-MiB")
			b.ReportMetric(listed*1000*n/sum.List, "accounts/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// listed is how many accounts are listed.
const listed = 1_000_000

func measure(b *testing.B, index, config string) figures {
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
	var f figures
	if err := json.Unmarshal(out, &f); err != nil || f.Lines != listed {
		b.Fatalf("%s: %v", out, err)
	}
	return f
}
