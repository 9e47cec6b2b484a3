package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// minHeap is the size that the heap reaches before garbage is collected. Most runs end before that.
const minHeap = 64 << 20

// goMinHeap is what the runtime has in its place where GOGC is 100.
const goMinHeap = 4 << 20

// collectLate lets the heap grow to minHeap before garbage is collected, and from then on to minHeap or
// to twice what is in use, whichever is more. A GOGC of the user's own stays in force.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(minHeap / goMinHeap * 100)
	afterCollection()
}

// afterCollection adapts the goal of the heap after each collection.
func afterCollection() {
	type unreachable struct{ _ *byte }
	runtime.AddCleanup(new(unreachable), func(int) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			debug.SetGCPercent(gcPercent(live[0].Value.Uint64()))
		}
		afterCollection()
	}, 0)
}

// gcPercent is how much the heap may grow from what is in use, in percent of that.
func gcPercent(live uint64) int {
	if live >= minHeap/2 {
		return 100
	}
	return int((minHeap - live) * 100 / max(live, goMinHeap))
}
