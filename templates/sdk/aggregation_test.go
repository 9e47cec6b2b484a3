package sdk

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"
)

// aggregation is a connector that lists n accounts of its making, in partitions.
func aggregation(n, partitions int) *Connector {
	find := func(nothing, context.Context, AccountListInput) ([]int, error) {
		starts := make([]int, partitions)
		for i := range starts {
			starts[i] = i * n / partitions
		}
		return starts, nil
	}
	return newTester([]Handler[nothing]{
		partitioned("std:account:list", find, func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member], start *int) error {
			account := benchMember()
			for i := *start; i < *start+n/partitions; i++ {
				account.Key.SimpleID = strconv.Itoa(i)
				account.Attributes.ID = account.Key.SimpleID
				if err := out.Send(account); err != nil {
					return err
				}
			}
			return nil
		}),
	})
}

// aggregate calls an aggregation over HTTP and reads it with a pause after each
// piece. It returns how many lines and bytes came, and the most memory that
// objects took meanwhile, beyond what they did before.
func aggregate(tb testing.TB, server *httptest.Server, pause time.Duration) (lines int, size int64, peak uint64) {
	tb.Helper()
	runtime.GC()
	before := heapInUse()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, server.URL,
		strings.NewReader(`{"type":"std:account:list","config":`+enabled+`}`))
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := server.Client().Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	piece := make([]byte, 256<<10)
	for {
		n, err := io.ReadFull(res.Body, piece)
		lines += bytes.Count(piece[:n], []byte("\n"))
		size += int64(n)
		if now := heapInUse(); now > before {
			peak = max(peak, now-before)
		}
		if err != nil {
			return lines, size, peak
		}
		time.Sleep(pause)
	}
}

// heapInUse returns the bytes of all objects, those not collected yet included.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// TestAggregationMemory is not parallel, since it measures the whole program: a
// long list must not gather in memory.
func TestAggregationMemory(t *testing.T) {
	const accounts, most = 100_000, 16 << 20
	server := httptest.NewServer(aggregation(accounts, 4))
	defer server.Close()
	lines, size, peak := aggregate(t, server, 0)
	if lines != accounts {
		t.Errorf("%d lines, want %d", lines, accounts)
	}
	if size < most || peak > most {
		t.Errorf("%d bytes took %d bytes of memory, want at most %d", size, peak, most)
	}
}

// BenchmarkAggregation lists a million accounts to a reader that takes 256 KiB at
// a time and then looks away.
func BenchmarkAggregation(b *testing.B) {
	const accounts = 1_000_000
	for _, bench := range []struct {
		name  string
		pause time.Duration
	}{
		{"fast", 0},
		{"slow", time.Millisecond},
	} {
		b.Run(bench.name, func(b *testing.B) {
			server := httptest.NewServer(aggregation(accounts, 8))
			defer server.Close()
			var most uint64
			for b.Loop() {
				lines, size, peak := aggregate(b, server, bench.pause)
				if lines != accounts {
					b.Fatalf("%d lines, want %d", lines, accounts)
				}
				b.SetBytes(size)
				most = max(most, peak)
			}
			b.ReportMetric(float64(accounts)*float64(b.N)/b.Elapsed().Seconds(), "accounts/s")
			b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
		})
	}
}
