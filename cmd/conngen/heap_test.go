package main

import (
	"math"
	"testing"
)

// TestCollectionPace: a small heap may grow to the limit, and a big one has none that it could be stuck at.
func TestCollectionPace(t *testing.T) {
	t.Parallel()
	for _, live := range []uint64{0, 1 << 20, 10 << 20, roomyMemory/2 - 1} {
		percent, limit := collectionPace(live)
		if limit != roomyMemory || float64(max(live, 4<<20))*(1+float64(percent)/100) < roomyMemory {
			t.Errorf("with %d bytes in use: %d %%, limit %d", live, percent, limit)
		}
	}
	for _, live := range []uint64{roomyMemory / 2, roomyMemory, 1 << 40} {
		if percent, limit := collectionPace(live); percent != 100 || limit != math.MaxInt64 {
			t.Errorf("with %d bytes in use: %d %%, limit %d", live, percent, limit)
		}
	}
}
