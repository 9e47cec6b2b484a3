package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// roomyMemory is how much memory conngen uses before it collects garbage. Most runs end before that.
const roomyMemory = 80 << 20

// collectLate lets the heap grow to roomyMemory before garbage is collected, and as usual once half of
// that is in use. The user's own GOGC or GOMEMLIMIT stays in force.
func collectLate() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	adaptCollection(0)
	afterCollection()
}

// afterCollection adapts the pace after each collection.
func afterCollection() {
	type unreachable struct{ _ *byte }
	runtime.AddCleanup(new(unreachable), func(int) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			adaptCollection(live[0].Value.Uint64())
		}
		afterCollection()
	}, 0)
}

func adaptCollection(live uint64) {
	percent, limit := collectionPace(live)
	debug.SetGCPercent(percent)
	debug.SetMemoryLimit(limit)
}

// collectionPace returns the settings of the collector for a heap with so much in use. Near a limit to its
// memory, the runtime would collect garbage all the time, so a big heap has none.
func collectionPace(live uint64) (percent int, limit int64) {
	if live < roomyMemory/2 {
		return 2000, roomyMemory // the limit comes first
	}
	return 100, math.MaxInt64
}
