package main

import "testing"

// TestGCPercent: a small heap grows to minHeap, and a big one to twice its size.
func TestGCPercent(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{
		0:             minHeap / goMinHeap * 100,
		1 << 20:       (minHeap - 1<<20) * 100 / goMinHeap,
		16 << 20:      300,
		minHeap/2 - 1: 100,
		minHeap / 2:   100,
		1 << 30:       100,
	} {
		if got := gcPercent(live); got != want {
			t.Errorf("with %d bytes in use it is %d, want %d", live, got, want)
		}
		if live >= 4<<20 && live < minHeap/2 {
			if goal := live + live*uint64(gcPercent(live))/100; goal > minHeap {
				t.Errorf("with %d bytes in use the heap grows to %d", live, goal)
			}
		}
	}
}
