package main

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"

	"github.com/conngen/conngen/examples/directory/fakeapi"
	"github.com/conngen/conngen/templates/sdk"
)

// BenchmarkMillion lists a million accounts in pages of 200 from a directory that throttles and
// fails. The heap, which the directory shares, must not grow with the accounts.
func BenchmarkMillion(b *testing.B) {
	const accounts, most = 1_000_000, 16 << 20
	f := newFixture(b, fakeapi.Impatient(accounts))
	config, err := json.Marshal(f.config)
	if err != nil {
		b.Fatal(err)
	}
	var peak uint64
	for b.Loop() {
		listed, sunk := 0, 0
		err := f.Run(b.Context(), sdk.Request{Type: "std:account:list", Config: config}, func(lines []byte) error {
			listed += bytes.Count(lines, []byte(`"type":"output"}`))
			if sunk++; sunk%64 == 0 {
				peak = max(peak, heap())
			}
			return nil
		})
		if err != nil || listed != accounts || peak == 0 {
			b.Fatalf("%d accounts, a heap of %d bytes, error %v", listed, peak, err)
		}
	}
	b.ReportMetric(float64(accounts)*float64(b.N)/b.Elapsed().Seconds(), "accounts/s")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	if c := f.api.Counts(); peak > most || c.Users != accounts || c.Tokens != 1 {
		b.Errorf("a heap of %d bytes at most, want less than %d; the directory has counted %+v", peak, most, c)
	}
}

// heap is the memory used by objects, including garbage.
func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
